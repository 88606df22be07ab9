# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan that is saved and applied later: exactly that plan, or a refusal that says what moved."""

from __future__ import annotations

import copy
import json
import subprocess
import typing as t
from pathlib import Path

import jsonschema
import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.sandbox import ROOT, SandboxProcess

PASSWORD = "planted-Passw0rd"
CONFIGURATION: dict[str, t.Any] = {
    "project": {"key": "SALES", "name": "Sales"},
    "connections": [{"name": "warehouse", "type": "PostgreSQL", "params": {"host": "db", "password": "${PASSWORD}"}}],
    "datasets": [
        {"name": "orders", "type": "managed", "tags": ["bronze"]},
        {"name": "clean", "type": "managed", "tags": ["silver"]},
    ],
    "recipes": [{"name": "copy", "type": "python", "inputs": ["orders"], "outputs": ["clean"], "code": "pass\n"}],
}


class Team:
    """Runs of one configuration against one node, each of which may be in another folder."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.configuration = copy.deepcopy(CONFIGURATION)
        self.backend: dict[str, t.Any] = {"type": "local", "path": str(folder / "states")}
        self.require_approval = False

    def run(self, check: bool = False, folder: Path | None = None, **options: t.Any) -> dict[str, t.Any]:
        base = folder or self.folder
        path = base / "configuration"
        (path / "environments").mkdir(parents=True, exist_ok=True)
        (path / "project.yml").write_text(yaml.safe_dump(self.configuration))
        for name in ("dev", "prod"):
            settings = {"settings": {"require_approval": True}} if self.require_approval else {}
            (path / "environments" / f"{name}.yml").write_text(yaml.safe_dump({"variables": {}, **settings}))
        given = {
            "path": str(path),
            "environment": "dev",
            "state_backend": self.backend,
            "variables": {"PASSWORD": PASSWORD},
            **options,
        }
        return run_module(given.pop("environ", self.sandbox.environ), check=check, base=base, **given)

    def plan(self, **options: t.Any) -> dict[str, t.Any]:
        return self.run(check=True, plan_file="plan.json", **options)

    def apply(self, **options: t.Any) -> dict[str, t.Any]:
        return self.run(**{"plan_file": "plan.json", **options})

    def refused(self, **options: t.Any) -> str:
        """The message of an apply that must not write to the node."""
        writes = self.sandbox.control.calls()["writes"]
        with pytest.raises(DssError) as caught:
            self.apply(**options)
        assert self.sandbox.control.calls()["writes"] == writes
        assert "\n" not in str(caught.value)
        return str(caught.value)

    @property
    def file(self) -> Path:
        return self.folder / "plan.json"


@pytest.fixture
def team(sandbox: SandboxProcess, tmp_path: Path) -> Team:
    """A deployed project, and a changed tag that is not applied yet."""
    made = Team(sandbox, tmp_path)
    made.run()
    made.configuration["datasets"][0]["tags"] = ["gold"]
    return made


def tag(team: Team, name: str, value: str) -> None:
    """Change a dataset as a colleague does."""
    settings = team.sandbox.client().get_project("SALES").get_dataset(name).get_settings()
    settings.get_raw()["tags"] = [value]
    settings.save()


def test_the_plan_is_applied_as_it_was_saved(team: Team) -> None:
    planned = team.plan()
    done = team.apply()
    assert done["digest"] == planned["digest"]
    assert done["plan"] == planned["plan"]
    assert done["outcome"]["applied"] == ["dataset.SALES.orders"]
    assert team.run(check=True)["changed"] is False


def test_a_first_plan_is_applied_as_it_was_saved(sandbox: SandboxProcess, tmp_path: Path) -> None:
    team = Team(sandbox, tmp_path)
    assert team.plan()["digest"] == team.apply()["digest"]
    assert team.run(check=True)["changed"] is False


def test_check_mode_writes_the_file_and_nothing_else(team: Team) -> None:
    def contents() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in team.folder.rglob("*") if path.is_file()}

    team.run(check=True)  # which writes the configuration
    before, writes = contents(), team.sandbox.control.calls()["writes"]
    team.plan()
    assert contents().keys() - before.keys() == {str(team.file)}
    assert {path: data for path, data in contents().items() if path in before} == before
    assert team.sandbox.control.calls()["writes"] == writes
    assert team.file.stat().st_mode & 0o777 == 0o600


def test_a_saved_plan_fits_its_published_schema(team: Team) -> None:
    team.plan()
    schema = json.loads((ROOT / "docs" / "schemas" / "saved_plan.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(team.file.read_text()), schema)


# What moves -----------------------------------------------------------------------------------------------------------

REFUSED = "the plan plan.json cannot be applied any more: {}; make a new plan"


def test_the_configuration_moved(team: Team) -> None:
    team.plan()
    team.configuration["datasets"][1]["tags"] = ["gold"]
    assert team.refused() == REFUSED.format("the configuration of dataset.SALES.clean changed")


def test_a_secret_moved(team: Team) -> None:
    team.plan()
    message = team.refused(variables={"PASSWORD": "another-Passw0rd"})
    assert message == REFUSED.format("the configuration of connection.warehouse changed")


def test_the_state_moved(team: Team) -> None:
    planned = team.plan()
    team.configuration["datasets"][0]["tags"] = ["bronze"]
    team.configuration["datasets"][1]["tags"] = ["other"]
    team.run()
    team.configuration["datasets"][1]["tags"] = ["silver"]
    team.run()
    team.configuration["datasets"][0]["tags"] = ["gold"]
    assert planned["plan"]["actions"] == team.run(check=True)["plan"]["actions"]
    assert team.refused() == REFUSED.format("the state is another one: something was applied since")


@pytest.mark.parametrize("name", ["orders", "clean"])
def test_an_object_on_the_node_moved(team: Team, name: str) -> None:
    team.plan()
    tag(team, name, "colleague")
    assert team.refused() == REFUSED.format(f"the objects on the node changed (dataset.SALES.{name})")


def test_an_object_on_the_node_is_gone(team: Team) -> None:
    team.plan()
    team.sandbox.client().get_project("SALES").get_recipe("copy").delete()
    assert team.refused() == REFUSED.format("the objects on the node changed (recipe.SALES.copy)")


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"drop_data": True}, "drop_data"),
        ({"prune": True}, "prune"),
        ({"on_drift": "keep", "ignore_tags": ["x*"]}, "ignore_tags, on_drift"),
    ],
)
def test_other_options(team: Team, options: dict[str, t.Any], names: str) -> None:
    team.plan()
    assert team.refused(**options) == REFUSED.format(f"other options were given ({names})")


def test_another_node(team: Team, second_sandbox: SandboxProcess) -> None:
    team.plan()
    assert f"it was made for another node ({team.sandbox.url})" in team.refused(environ=second_sandbox.environ)
    assert second_sandbox.control.calls()["writes"] == 0


def test_another_environment(team: Team) -> None:
    team.plan()
    assert "it was made for another environment (dev)" in team.refused(environment="prod")


@pytest.mark.parametrize(
    "rules",
    [
        {"ignore_drift": [{"resource": "recipe.SALES.copy", "reason": "tuned by hand", "expires": "2099-01-01"}]},
        {"removed": [{"resource": "dataset.SALES.former", "forget": True}]},
    ],
    ids=lambda rules: next(iter(rules)),
)
def test_a_rule_of_the_configuration_moved(team: Team, rules: dict[str, t.Any]) -> None:
    team.plan()
    team.configuration |= rules
    assert team.refused() == REFUSED.format("ignore_drift or removed changed")


# The file -------------------------------------------------------------------------------------------------------------


def test_a_plan_holds_no_secret(team: Team) -> None:
    team.configuration["recipes"][0]["code"] = f"print('{PASSWORD}')\n"
    team.configuration["connections"][0]["params"]["host"] = "other"
    planned = team.plan()
    assert "~ recipe.SALES.copy" in planned["plan"]["text"] and "~ connection.warehouse" in planned["plan"]["text"]
    assert PASSWORD not in team.file.read_text()
    assert PASSWORD not in json.dumps(planned)
    assert team.apply()["changed"] is True


def test_an_encrypted_plan_needs_its_key(team: Team) -> None:
    team.plan(encryption_key="first")
    assert b"SALES" not in team.file.read_bytes()
    assert "plan.json/plan is encrypted: give its encryption_key" in team.refused()
    assert "cannot be decrypted: encryption_key is another one" in team.refused(encryption_key="second")
    assert team.apply(encryption_key="first")["changed"] is True


@pytest.mark.parametrize("length", [0, 40, -30])
def test_a_cut_file_is_refused(team: Team, length: int) -> None:
    team.plan()
    team.file.write_bytes(team.file.read_bytes()[:length])
    message = team.refused()
    assert "plan.json" in message and "damaged" in message
    assert "restore one of its former versions" not in message  # a plan has none


def test_a_changed_file_is_refused(team: Team) -> None:
    team.plan()
    content = json.loads(team.file.read_text())
    content["options"]["drop_data"] = True
    team.file.write_text(json.dumps(content))
    assert "plan.json" in team.refused(drop_data=True)


def test_a_file_that_is_not_there(team: Team) -> None:
    message = team.refused(plan_file="gone.json")
    assert f"plan_file {team.folder}/gone.json does not exist: make it in check mode" in message


def test_another_file_is_no_plan(team: Team) -> None:
    team.file.write_text(json.dumps({"format": "dataiku_iac.dss state"}))
    assert "plan.json is not a plan of this collection" in team.refused()


def test_a_file_that_cannot_be_written(team: Team) -> None:
    with pytest.raises(DssError, match=r"plan_file \S+ cannot be written: No such file or directory"):
        team.run(check=True, plan_file="missing/plan.json")


# Approval -------------------------------------------------------------------------------------------------------------


def test_an_environment_that_requires_approval_applies_saved_plans_only(team: Team) -> None:
    team.require_approval = True
    assert team.run(check=True)["changed"] is True
    message = team.refused(plan_file=None)
    assert message.startswith("environment dev has require_approval: make a plan in check mode with plan_file")
    team.plan()
    assert team.apply()["changed"] is True


def test_a_shared_backend_keeps_the_plan_by_its_digest(team: Team, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "states.git")], check=True)
    team.backend = {"type": "git", "path": str(tmp_path / "states.git")}
    team.run()
    team.configuration["datasets"][0]["tags"] = ["platinum"]
    digest = team.plan()["digest"]
    elsewhere = tmp_path / "elsewhere"
    unknown = "sha256:" + "0" * 64
    with pytest.raises(DssError, match=f"states.git#dataiku-state holds no plan {unknown}"):
        team.run(folder=elsewhere, plan_file=unknown)
    done = team.run(folder=elsewhere, plan_file=digest)
    assert (done["digest"], done["outcome"]["applied"]) == (digest, ["dataset.SALES.orders"])
    with pytest.raises(DssError, match=f"the plan {digest} cannot be applied any more: the state is another one"):
        team.run(folder=elsewhere, plan_file=digest)


def test_a_digest_is_no_place_to_write_to(team: Team) -> None:
    with pytest.raises(DssError, match="plan_file in check mode is the path that the plan is written to, not a digest"):
        team.run(check=True, plan_file="sha256:0")
