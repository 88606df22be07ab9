# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Project Deployer as code: what each module plans, sends and says, and that a second run has nothing to do."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils import _run
from ansible_collections.dataiku_iac.dss.plugins.module_utils._deployer import run as deployer
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._options import module_spec
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import Caller
from support.fake_deployer import FakeDeployer

PLANTED = "planted-admin-key"
INFRASTRUCTURE: dict[str, t.Any] = {
    "id": "prod",
    "stage": "Production",
    "automation_node_url": "https://automation",
    "admin_api_key": PLANTED,
    "permissions": [{"group": "operators", "deploy": True}],
}
DEPLOYMENT: dict[str, t.Any] = {
    "id": "SALES-on-prod",
    "project": "SALES",
    "infrastructure": "prod",
    "bundle": "v1",
    "remapping": {"connections": {"z_dev": "filesystem_managed", "a_dev": "filesystem_managed"}},
    "local_variables": {"STAGE": "prod"},
    "scenarios": {"NIGHTLY": True},
    "code_envs_behavior": {"import_mode": "DO_NOTHING"},
    "tags": ["b", "a"],
}
ID = DEPLOYMENT["id"]


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> FakeDeployer:
    fake = FakeDeployer()
    fake.bundles = {"SALES": ["v1", "v2"]}

    @contextmanager
    def session(params: t.Any, caller: Caller, secrets: set[str]) -> Iterator[FakeDeployer]:
        yield fake

    monkeypatch.setattr(deployer, "session", session)
    return fake


@pytest.fixture
def deployable(node: FakeDeployer) -> FakeDeployer:
    node.infras["prod"] = {"id": "prod", "stage": "Production"}
    node.projects["SALES"] = {"id": "SALES"}
    return node


def task(module: str, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
    spec = module_spec(module)["argument_spec"]
    assert options.keys() <= spec.keys()
    params = {name: options.get(name, rule.get("default")) for name, rule in spec.items()}
    return _run.run(module, params, Caller(environ={}, check_mode=check))


def refused(module: str, check: bool = False, **options: t.Any) -> str:
    with pytest.raises(DssError) as caught:
        task(module, check, **options)
    return str(caught.value)


def converges(module: str, node: FakeDeployer, **options: t.Any) -> dict[str, t.Any]:
    """Check mode predicts what is done and writes nothing, and a second run finds nothing to do."""
    node.calls.clear()
    planned = task(module, check=True, **options)
    assert node.calls == []
    done = task(module, **options)
    assert (planned["changed"], planned["diff"]) == (True, done["diff"]) and done["changed"], (planned, done)
    written = list(node.calls)
    again = task(module, **options)
    assert not again["changed"] and node.calls == written, again
    assert not task(module, check=True, **options)["changed"]
    return done


def test_an_infrastructure_is_made_with_its_key_changed_and_deleted(node: FakeDeployer) -> None:
    done = converges("deployer_infrastructure", node, **INFRASTRUCTURE)
    assert PLANTED not in str(done) and node.infras["prod"]["adminApiKey"] == PLANTED
    assert node.infras["prod"]["governCheckPolicy"] == "NO_CHECK"
    node.infras["prod"]["adminApiKey"] = "encrypted"
    node.infras["prod"]["hooks"] = ["of a colleague"]
    changed = {**INFRASTRUCTURE, "govern_check_policy": "WARN"}
    converges("deployer_infrastructure", node, **changed)
    assert node.infras["prod"]["adminApiKey"] == "encrypted" and node.infras["prod"]["hooks"]
    assert task("deployer_infrastructure", **{**changed, "update_secrets": "always"})["changed"]
    assert node.infras["prod"]["adminApiKey"] == PLANTED
    assert converges("deployer_infrastructure", node, id="prod", state="absent")
    assert node.infras == {}


def test_a_stage_has_to_exist(node: FakeDeployer) -> None:
    message = refused("deployer_infrastructure", check=True, **{**INFRASTRUCTURE, "stage": "Prod"})
    assert "deployer_infrastructure.prod: the deployer has no stage 'Prod'; it has Development, Production" in message
    assert "a new infrastructure needs a stage: Development, Production" in refused("deployer_infrastructure", id="x")
    task("deployer_infrastructure", **INFRASTRUCTURE)
    assert "no stage 'Prod'" in refused("deployer_infrastructure", id="prod", stage="Prod")
    assert node.infras["prod"]["stage"] == "Production"


def test_an_infrastructure_whose_key_could_not_be_sent_is_not_left_behind(node: FakeDeployer) -> None:
    node.refused["PUT /infras/prod/settings"] = NodeError("out of order", 500)
    assert "out of order; it was deleted again" in refused("deployer_infrastructure", **INFRASTRUCTURE)
    assert node.infras == {}
    node.refused["DELETE /infras/prod"] = NodeError("out of order too", 500)
    assert "prod is there without its key" in refused("deployer_infrastructure", **INFRASTRUCTURE)


def test_a_published_project(node: FakeDeployer) -> None:
    project = {"key": "SALES", "name": "Sales", "permissions": [{"group": "operators", "deploy": True}]}
    converges("deployer_project", node, **project)
    assert node.projects["SALES"]["owner"] == "admin"
    converges("deployer_project", node, **{**project, "owner": "ada"})
    converges("deployer_project", node, key="SALES", state="absent")


def test_a_deployment_is_made_and_deployed(deployable: FakeDeployer) -> None:
    done = converges("deployment", deployable, **DEPLOYMENT)
    assert deployable.deployed[ID] == deployable.deployments[ID]
    held = deployable.deployments[ID]
    assert [pair["source"] for pair in held["bundleContainerSettings"]["remapping"]["connections"]] == [
        "a_dev",
        "z_dev",
    ]
    assert held["bundleContainerSettings"]["codeEnvsBehavior"] == {"importTimeMode": "DO_NOTHING"}
    assert held["scenariosToActivate"] == {"NIGHTLY": True} and "deployed" not in held
    assert done["warnings"] == [f"the update of deployment {ID}: a scenario has no owner"]
    assert "SALES-on-prod" in done["diff"]["prepared"]
    reordered = {"connections": dict(reversed(DEPLOYMENT["remapping"]["connections"].items()))}
    assert not task("deployment", **{**DEPLOYMENT, "remapping": reordered, "tags": ["a", "b"]})["changed"]


def test_what_was_changed_on_the_deployer_alone_is_updated(deployable: FakeDeployer) -> None:
    task("deployment", **DEPLOYMENT)
    deployable.deployed[ID]["bundleId"] = "v0"
    done = converges("deployment", deployable, **DEPLOYMENT)
    assert "deployed" in done["diff"]["prepared"]
    assert deployable.calls == [f"POST /deployments/{ID}/actions/update"]
    del deployable.deployed[ID]
    converges("deployment", deployable, **DEPLOYMENT)


def test_another_bundle_is_written_and_deployed_once(deployable: FakeDeployer) -> None:
    task("deployment", **DEPLOYMENT)
    converges("deployment", deployable, **{**DEPLOYMENT, "bundle": "v2"})
    assert deployable.calls == [f"PUT /deployments/{ID}/settings", f"POST /deployments/{ID}/actions/update"]
    assert deployable.deployed[ID]["bundleId"] == "v2"


def test_without_update_only_the_settings_are_written(deployable: FakeDeployer) -> None:
    converges("deployment", deployable, **{**DEPLOYMENT, "update": False})
    assert deployable.deployed == {}
    task("deployment", **DEPLOYMENT)
    converges("deployment", deployable, **{**DEPLOYMENT, "update": False, "bundle": "v2"})
    assert deployable.deployed[ID]["bundleId"] == "v1"


def test_an_update_that_fails_says_why_and_is_tried_again(deployable: FakeDeployer) -> None:
    wrong = {**DEPLOYMENT, "remapping": {"connections": {"a_dev": "nowhere"}}}
    for _attempt in range(2):
        message = refused("deployment", **wrong)
        assert f"the update of deployment {ID} failed: nowhere (ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION)" in message
    deployable.connections.add("nowhere")
    converges("deployment", deployable, **wrong)


def test_what_the_deployer_lacks_is_named(deployable: FakeDeployer) -> None:
    bundle = {**DEPLOYMENT, "bundle": "v9"}
    assert "bundle 'v9' of SALES is not published; there are v1, v2" in refused("deployment", **bundle)
    assert "'v9' of SALES is not published" in str(task("deployment", check=True, **bundle)["warnings"])
    assert "no infrastructure 'x'; it has prod" in refused("deployment", **{**DEPLOYMENT, "infrastructure": "x"})
    assert "no project 'X'; publish a bundle" in refused("deployment", **{**DEPLOYMENT, "project": "X"})
    assert "a new deployment needs infrastructure, bundle" in refused("deployment", id="x", project="SALES")
    assert deployable.calls == []
    task("deployment", **DEPLOYMENT)
    for moved in ({"infrastructure": "x"}, {"project": "X"}, {"deployed_project": "Y"}):
        message = refused("deployment", check=True, **{**DEPLOYMENT, **moved})
        assert f"{next(iter(moved))} of a deployment cannot change" in message
    assert not task("deployment", **{**DEPLOYMENT, "deployed_project": "SALES"})["changed"]


def test_a_mistake_in_the_remapping_is_one_sentence(deployable: FakeDeployer) -> None:
    message = refused("deployment", **{**DEPLOYMENT, "remapping": {"connection": {}}})
    assert "remapping.connection: has no section connection" in message


def test_a_refusal_because_of_warnings_says_how_to_go_on(deployable: FakeDeployer) -> None:
    deployable.refused["POST /deployments"] = NodeError("WARNING: Govern cannot be reached", 400)
    assert "ignore_warnings: true goes on all the same" in refused("deployment", **DEPLOYMENT)


def test_a_deployment_is_disabled_updated_and_deleted(deployable: FakeDeployer) -> None:
    task("deployment", **DEPLOYMENT)
    assert f"delete {ID} first" in refused("deployer_infrastructure", check=True, id="prod", state="absent")
    assert f"delete {ID} first" in refused("deployer_project", key="SALES", state="absent")
    converges("deployment", deployable, id=ID, state="absent")
    assert [call.partition(" ")[0] for call in deployable.calls] == ["PUT", "POST", "DELETE"]
    assert task("deployer_infrastructure", id="prod", state="absent")["changed"]


@pytest.mark.parametrize(
    ("module", "options", "state"),
    [
        ("deployer_infrastructure", INFRASTRUCTURE, {"deployments": [ID]}),
        ("deployer_project", {"key": "SALES", "name": "Sales"}, {"bundles": ["v1", "v2"], "deployments": [ID]}),
        ("deployment", DEPLOYMENT, {"deployed": True, "health": "HEALTHY", "messages": []}),
    ],
)
def test_what_an_info_module_gives_is_what_its_module_takes(
    deployable: FakeDeployer, module: str, options: dict[str, t.Any], state: dict[str, t.Any]
) -> None:
    task("deployment", **DEPLOYMENT)
    task(module, **options)
    key = {"deployer_infrastructure": "infrastructures", "deployer_project": "projects", "deployment": "deployments"}
    found = task(f"{module}_info")
    assert not found["changed"] and PLANTED not in str(found)
    (entry,) = found[key[module]]
    assert {name: value for name, value in entry.items() if name not in ("id", "options")} == state
    told = {name: value for name, value in options.items() if name not in ("admin_api_key", "tags", "permissions")}
    assert told.items() <= entry["options"].items()
    assert not task(module, **entry["options"])["changed"]
    name = "key" if module == "deployer_project" else "id"
    assert task(f"{module}_info", **{name: "other"})[key[module]] == []
