# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file without a project: all that a node holds besides projects, from the first plan to the way back."""

from __future__ import annotations

import copy
import json
import typing as t
import zipfile
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, DssError
from support.engine import run_module
from support.sandbox import SandboxProcess
from support.site import SandboxSite

Document = dict[str, t.Any]
PLANTED = ("plnt-user-pw", "plnt-user-secret", "plnt-connection", "plnt-preset", "plnt-ldap-bind")
DEFINITION: Document = {
    "groups": [{"name": "analysts", "may_create_projects": True}],
    "users": [
        {
            "login": "ada",
            "password": PLANTED[0],
            "email": "ada@example.com",
            "groups": ["analysts"],
            "secrets": {"warehouse-token": PLANTED[1]},
        }
    ],
    "project_folders": [
        {"name": "Finance", "owner": "ada"},
        {"name": "Reports", "parent": "Finance", "permissions": [{"group": "analysts", "read": True}]},
    ],
    "connections": [
        {
            "name": "warehouse",
            "type": "PostgreSQL",
            "host": "db",
            "database": "dwh",
            "password": PLANTED[2],
            "usable_by": "ALLOWED",
            "allowed_groups": ["analysts"],
        }
    ],
    "code_envs": [{"name": "churn", "packages": ["scipy", "Scikit_Learn>=1"], "permissions": [{"group": "analysts", "use": True}]}],
    "plugins": [{"id": "mailer", "presets": [{"name": "main", "type": "parameter-set-mailer-server", "config": {"password": PLANTED[3]}}]}],
    "instance_variables": {"variables": {"stage": "dev"}},
    "general_settings": {
        "build_configs": [{"name": "std"}],
        "execution_configs": [{"name": "k8s", "type": "KUBERNETES", "build_config": "std"}],
        "raw": {"ldapSettings": {"bindPassword": PLANTED[4]}},
    },
}  # fmt: skip
ADDRESSES = {
    *("group.analysts", "user.ada", "project_folder.Finance", "project_folder.Finance/Reports", "connection.warehouse"),
    *("code_env.churn", "plugin.mailer", "instance_variables", "general_settings"),
}


class Node:
    """A node and the state of its instance."""

    def __init__(self, sandbox: SandboxProcess, base: Path) -> None:
        self.sandbox = sandbox
        self.base = base
        self.client = sandbox.client()
        self.environ = sandbox.environ

    def run(self, definition: Document, check: bool = False, **options: t.Any) -> Document:
        return run_module(self.environ, check=check, base=self.base, definition=definition, **options)

    def actions(self, definition: Document, **options: t.Any) -> dict[str, str]:
        plan = self.run(definition, check=True, **options)["plan"]
        return {action["address"]: action["action"] for action in plan["actions"]}

    def rollback(self) -> Document:
        place = {"type": "local", "path": str(self.base / "state")}
        (environment,) = (path.name for path in (self.base / "state").iterdir() if path.is_dir())
        options = {"environment": environment, "project": "", "state_backend": place}
        return run_module(self.environ, "rollback", base=self.base, **options)


@pytest.fixture
def node(sandbox: SandboxProcess, tmp_path: Path) -> Node:
    sandbox.control.instance(plugin_store=[{"id": "mailer", "version": "1.0.0", "parameter_sets": ["server"]}])
    return Node(sandbox, tmp_path)


@pytest.fixture
def deployed(node: Node) -> Node:
    node.run(copy.deepcopy(DEFINITION))
    return node


def without(definition: Document, *sections: str) -> Document:
    return {section: copy.deepcopy(value) for section, value in definition.items() if section not in sections}


def test_everything_is_planned_and_applied_and_then_nothing_is_left_to_do(node: Node) -> None:
    planned = node.actions(DEFINITION)
    assert planned.keys() == ADDRESSES
    assert list(planned).index("group.analysts") < list(planned).index("user.ada")
    result = node.run(copy.deepcopy(DEFINITION))
    assert set(result["outcome"]["applied"]) == ADDRESSES
    assert node.actions(DEFINITION) == {}
    assert node.client.get_user("ada").get_settings().get_raw()["email"] == "ada@example.com"
    assert node.sandbox.control.secrets("warehouse") == {"password": PLANTED[2]}
    packages = node.client.get_code_env("PYTHON", "churn").get_settings().get_raw()["actualPackageList"]
    assert "scipy" in packages


def test_no_secret_is_shown_or_kept(node: Node) -> None:
    said = json.dumps([node.run(DEFINITION, check=True), node.run(copy.deepcopy(DEFINITION))])
    kept = "".join(path.read_text() for path in node.base.rglob("*") if path.is_file())
    assert not any(secret in said + kept for secret in PLANTED)
    assert "analysts" in kept


def test_what_somebody_changed_is_drift_and_is_put_right(deployed: Node) -> None:
    client = deployed.client
    group = client.get_group("analysts")
    group.set_definition({**group.get_definition(), "mayCreateProjects": False, "mayDevelopPlugins": True})
    variables = client.get_global_variables()
    variables.update(stage="prod", theirs=1)
    variables.save()
    settings = client.get_code_env("PYTHON", "churn").get_settings()
    settings.set_required_packages("scikit-learn>=1", "scipy", "theirs")
    settings.save()
    plan = deployed.run(DEFINITION, check=True)["plan"]
    found = {action["address"]: (action["cause"], [c["path"] for c in action["changes"]]) for action in plan["actions"]}
    assert found == {
        "group.analysts": ("drift", ["may_create_projects"]),
        "instance_variables": ("drift", ["variables.stage"]),
        "code_env.churn": ("drift", ["packages", "build"]),
    }
    deployed.run(copy.deepcopy(DEFINITION))
    assert deployed.actions(DEFINITION) == {}
    assert dict(client.get_global_variables()) == {"stage": "dev", "theirs": 1}
    assert group.get_definition()["mayDevelopPlugins"] is True


def test_packages_are_a_set_of_requirements(deployed: Node) -> None:
    changed = copy.deepcopy(DEFINITION)
    changed["code_envs"][0]["packages"] = "# models\nscikit-learn >= 1  # pinned later\n\nscipy\nscipy\n"
    assert deployed.actions(changed) == {}


def test_what_left_the_file_goes_but_for_what_is_always_there(deployed: Node) -> None:
    left = without(DEFINITION, "users", "project_folders", "plugins", "instance_variables", "general_settings")
    expected = dict.fromkeys(
        ("user.ada", "project_folder.Finance", "project_folder.Finance/Reports", "plugin.mailer"), "delete"
    )
    assert deployed.actions(left) == expected
    with pytest.raises(DssError, match=r"4 objects would be deleted or replaced .* max_deletes is 3"):
        deployed.run(copy.deepcopy(left), max_deletes=3)
    deployed.run(left)
    assert "ada" not in [user["login"] for user in deployed.client.list_users()]
    assert deployed.client.get_root_project_folder().list_child_folders() == []
    assert dict(deployed.client.get_global_variables()) == {"stage": "dev"}


def test_the_way_back(deployed: Node) -> None:
    before = deployed.client.get_group("analysts").get_definition()
    changed = without(DEFINITION, "users", "project_folders")
    changed["groups"][0].update(may_create_projects=False, description="other")
    changed["code_envs"][0]["packages"] = ["numpy"]
    changed["general_settings"]["default_execution_config"] = "k8s"
    deployed.run(changed)
    result = deployed.rollback()
    assert result["rollback"]["succeeded"], result["msg"]
    (lost,) = (line for line in result["rollback"]["not_restored"] if line.startswith("user.ada"))
    assert "its password" in lost and "its secrets" in lost
    assert deployed.client.get_group("analysts").get_definition() == before
    assert deployed.client.get_user("ada").get_settings().get_raw()["groups"] == ["analysts"]
    paths = [folder.get_path() for folder in deployed.client.get_root_project_folder().list_child_folders()]
    assert paths == ["/Finance"]
    env = next(item for item in deployed.client.list_code_envs() if item["envName"] == "churn")
    assert env["isUptodate"] is True
    assert deployed.actions(DEFINITION).keys() <= {"user.ada"}, "the secrets of the user are to be sent again"


def test_one_own_user_is_never_deleted(node: Node) -> None:
    definition: Document = {"users": [{"login": "ada", "password": "x-password"}], "groups": []}
    node.run(copy.deepcopy(definition))
    own = node.sandbox.control.key(login="ada", admin=True)
    node.environ = {**node.sandbox.environ, "DKU_API_KEY": own}
    for gone, options in (({"users": []}, {}), (definition, {"state": "absent"})):
        with pytest.raises(DssError, match=r"user\.ada is not deleted: it is the user whose API key makes the calls"):
            node.run(copy.deepcopy(gone), **options)
    assert node.client.get_user("ada").get_settings()


def test_absent_leaves_what_is_always_there(deployed: Node) -> None:
    kept = ("instance_variables", "general_settings")
    assert deployed.actions(DEFINITION, state="absent").keys() == ADDRESSES - {*kept}


def test_a_failed_build_carries_its_log_and_the_next_run_builds(node: Node) -> None:
    definition: Document = {"code_envs": [{"name": "churn", "packages": ["no-such-thing"]}]}
    node.sandbox.control.outcomes(code_envs={"PYTHON.churn": "BUILD_FAILED"})
    with pytest.raises(DssError, match="the build of code environment churn failed") as failed:
        node.run(copy.deepcopy(definition))
    assert "No matching distribution found for no-such-thing" in str(failed.value)
    plan = node.run(definition, check=True)["plan"]
    assert [change["path"] for change in plan["actions"][0]["changes"]] == ["build"]
    node.sandbox.control.outcomes(code_envs={})
    node.run(copy.deepcopy(definition))
    assert node.actions(definition) == {}


def test_what_needs_no_build_is_not_built(deployed: Node) -> None:
    changed = copy.deepcopy(DEFINITION)
    changed["code_envs"][0].update(usable_by_all=False, owner="ada")
    deployed.sandbox.control.forget_calls()
    deployed.run(changed)
    assert not [call for call in deployed.sandbox.control.calls()["counts"] if call.endswith("/packages")]
    unbuilt = {"code_envs": [{"name": "later", "packages": ["scipy"], "build": False}]}
    deployed.run({**changed, "code_envs": [*changed["code_envs"], *unbuilt["code_envs"]]})
    env = next(item for item in deployed.client.list_code_envs() if item["envName"] == "later")
    assert env["isUptodate"] is False


@pytest.mark.parametrize("listed", [True, False])
def test_one_that_is_registered_only_is_made_anew(node: Node, listed: bool) -> None:
    definition: Document = {"code_envs": [{"name": "churn", "packages": ["scipy"]}]}
    control = node.sandbox.control
    control.switch(unbuilt_env_listed=listed)
    control.outcomes(code_envs={"*": "CREATION_FAILED"})
    with pytest.raises(
        DssError, match="the creation of code environment churn failed: Failed to build PYTHON env churn"
    ):
        node.run(copy.deepcopy(definition))
    control.outcomes(code_envs={})
    assert node.actions(definition) == {"code_env.churn": "create"}
    node.run(copy.deepcopy(definition))
    control.switch(unbuilt_env_listed=True)
    assert node.actions(definition) == {}


def test_another_interpreter_needs_another_environment(node: Node) -> None:
    node.run({"code_envs": [{"name": "churn", "python_interpreter": "PYTHON310"}]})
    wanted: Document = {"code_envs": [{"name": "churn", "python_interpreter": "PYTHON311"}]}
    assert node.actions(wanted) == {"code_env.churn": "replace"}
    node.run(copy.deepcopy(wanted))
    assert node.actions(wanted) == {}


def test_a_recipe_can_use_an_environment_of_the_same_file(node: Node) -> None:
    recipe = {"name": "r", "type": "python", "outputs": ["d"], "code": "1", "code_env": "churn"}
    definition: Document = {
        "project": {"key": "USES"},
        "datasets": [{"name": "d", "type": "managed"}],
        "recipes": [recipe],
        "code_envs": [{"name": "churn"}],
    }
    planned = list(node.actions(definition))
    assert planned.index("code_env.churn") < planned.index("recipe.USES.r")
    node.run(copy.deepcopy(definition))
    assert node.actions(definition) == {}


def test_an_archive_brings_a_plugin_and_its_next_version(node: Node, tmp_path: Path) -> None:
    def packed(version: str) -> Document:
        path = tmp_path / f"mailer-{version}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("plugin.json", json.dumps({"id": "mailer", "version": version}))
        return {"plugins": [{"id": "mailer", "version": version, "zip": str(path), "managed_code_env": {}}]}

    for version in ("1.0.0", "1.1.0"):
        node.run(packed(version))
        assert node.actions(packed(version)) == {}
        assert node.client.list_plugins()[0]["version"] == version
    assert node.client.get_plugin("mailer").get_settings().get_raw()["codeEnvName"]
    older = packed("1.2.0")
    older["plugins"][0]["version"] = "2.0.0"
    with pytest.raises(DssError, match=r"brought version 1\.2\.0, declared is 2\.0\.0"):
        node.run(older)


def test_a_plugin_that_cannot_be_installed_or_is_used(node: Node) -> None:
    node.sandbox.control.outcomes(plugins={"mailer": "FAILED"})
    with pytest.raises(DssError, match="the installation of plugin mailer failed: Failed to install mailer"):
        node.run({"plugins": [{"id": "mailer"}]})
    node.sandbox.control.outcomes(plugins={})
    node.run({"plugins": [{"id": "mailer"}]})
    project = node.client.create_project("USES", "u", "admin")
    project.create_dataset("mails", "CustomPython_mailer_inbox", params={})
    with pytest.raises(DssError, match="the deletion of plugin mailer failed: Plugin mailer is used"):
        node.run({"plugins": []})


def test_a_key_without_rights_is_told_what_it_lacks(node: Node) -> None:
    node.environ = {**node.sandbox.environ, "DKU_API_KEY": node.sandbox.control.key(login="bob")}
    with pytest.raises(DssError, match=r"may not manage code envs \(manage all code environments\): use an admin key"):
        node.run({"code_envs": [{"name": "churn"}]})


MISTAKES = {
    "connections: [{name: c, type: PostgreSQL, host: db}]": "needs database",
    "connections: [{name: c, type: S3, s3_authentication: KEYPAIR, access_key: abcd}]": "needs secret_key",
    "connections: [{name: c, type: Filesystem, root: /, bucket: b}]": "has no bucket",
    "project_folders: [{name: /}]": "the root folder cannot be declared",
    "plugins: [{id: p, zip: a.zip, git: {repository: r}}]": "keep one of them",
    "users: [{login: a}, {login: a}]": "is declared twice",
    "code_envs: [{name: e, deployment_mode: AUTOMATION_VERSIONED, packages: [x]}]": "declare none here",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_has_a_place(node: Node, tmp_path: Path, text: str) -> None:
    (tmp_path / "instance.yml").write_text(f"# first\n{text}\n")
    with pytest.raises(ConfigurationError, match=rf"instance\.yml:2:\d+ .*{MISTAKES[text]}"):
        run_module(node.environ, check=True, base=tmp_path, path=str(tmp_path / "instance.yml"))


def test_a_connection_may_be_declared_in_part_or_with_names_of_dss(node: Node) -> None:
    node.run({"connections": [{"name": "c", "type": "PostgreSQL", "params": {"host": "db"}}]})
    node.run({"connections": [{"name": "c", "type": "PostgreSQL", "allow_write": False}]})
    mixed = {"name": "c", "type": "PostgreSQL", "host": "new", "params": {"db": "dwh", "sslmode": "x"}}
    node.run({"connections": [mixed]})
    assert node.client.get_connection("c").get_definition()["params"] == {"host": "new", "db": "dwh", "sslmode": "x"}


def test_an_automation_node_keeps_one_version(tmp_path: Path) -> None:
    site = SandboxSite("prod=automation")
    try:
        prod = site.nodes["prod"]
        wanted: Document = {"code_envs": [{"name": "churn", "packages": ["scipy"], "usable_by_all": False}]}
        run_module(prod.environ, base=tmp_path, definition=copy.deepcopy(wanted))
        settings = prod.client().get_code_env("PYTHON", "churn").get_settings()
        assert (
            settings.get_raw()["deploymentMode"] == "AUTOMATION_SINGLE" and settings.get_raw()["usableByAll"] is False
        )
        assert settings.get_version().get_required_packages() == "scipy"
        again = run_module(prod.environ, base=tmp_path, check=True, definition=wanted)
        assert not again["changed"]
    finally:
        site.stop()
