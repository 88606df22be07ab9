# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of the Project Deployer against a deployer that brings bundles to an automation node."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.line import Line, warehouse
from support.site import SandboxSite

ID = "LINE-on-prod"
DEPLOYMENT: dict[str, t.Any] = {
    "id": ID,
    "project": "LINE",
    "infrastructure": "prod",
    "bundle": "v1",
    "remapping": {"connections": [{"source": "warehouse", "target": "warehouse_prod"}]},
    "scenarios": {"NIGHTLY": True},
    "local_variables": {"STAGE": "prod"},
}


@pytest.fixture(scope="module")
def started() -> t.Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "deployer")
    yield site
    site.stop()


@pytest.fixture
def site(started: SandboxSite, tmp_path: Path) -> SandboxSite:
    """Two bundles of a project are published, whose connection has another name on the automation node."""
    started.reset()
    line = Line(started, tmp_path)
    warehouse(line.dev, "warehouse")
    warehouse(line.prod, "warehouse_prod")
    project = line.dev.client().create_project("LINE", "Line", "admin")
    project.create_dataset("orders", "PostgreSQL", params={"connection": "warehouse", "mode": "table", "table": "o"})
    project.create_scenario("NIGHTLY", "step_based")
    for bundle in ("v1", "v2"):
        project.export_bundle(bundle)
        project.publish_bundle(bundle)
    return started


def task(site: SandboxSite, module: str, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
    return run_module(site.nodes["deployer"].environ, module, check, **options)


def converges(site: SandboxSite, module: str, **options: t.Any) -> dict[str, t.Any]:
    """Check mode writes nothing and predicts, and a second run has nothing to do."""
    control = site.nodes["deployer"].control
    control.forget_calls()
    planned = task(site, module, check=True, **options)
    assert control.calls()["writes"] == 0
    done = task(site, module, **options)
    assert planned["changed"] and done["changed"] and planned["diff"] == done["diff"]
    control.forget_calls()
    assert not task(site, module, **options)["changed"] and control.calls()["writes"] == 0
    return done


def infrastructure(site: SandboxSite) -> dict[str, t.Any]:
    node = site.nodes["prod"]
    return {"id": "prod", "stage": "Production", "automation_node_url": node.url, "admin_api_key": node.api_key}


def test_everything_is_made_changed_and_deleted(site: SandboxSite) -> None:
    rights = {"permissions": [{"group": "data_team", "read": True, "deploy": True}]}
    done = converges(site, "deployer_infrastructure", **infrastructure(site), **rights)
    assert site.nodes["prod"].api_key not in str(done)
    converges(site, "deployer_infrastructure", **infrastructure(site), **rights, govern_check_policy="WARN")
    assert task(site, "deployer_infrastructure", **infrastructure(site), update_secrets="always")["changed"]
    converges(site, "deployer_project", key="LINE", name="The line", **rights)
    converges(site, "deployment", **DEPLOYMENT, ignore_warnings=True)
    project = site.nodes["prod"].client().get_project("LINE")
    assert project.get_dataset("orders").get_settings().get_raw()["params"]["connection"] == "warehouse_prod"
    assert project.get_scenario("NIGHTLY").get_settings().active
    assert project.get_variables()["local"]["STAGE"] == "prod"
    for module, name in (("deployer_infrastructure", {"id": "prod"}), ("deployer_project", {"key": "LINE"})):
        with pytest.raises(DssError, match=f"delete {ID} first"):
            task(site, module, check=True, state="absent", **name)
    converges(site, "deployment", id=ID, state="absent")
    converges(site, "deployer_project", key="LINE", state="absent")
    converges(site, "deployer_infrastructure", id="prod", state="absent")
    assert "LINE" in site.nodes["prod"].client().list_project_keys()


def test_a_deployment_is_what_its_settings_say_after_each_run(site: SandboxSite) -> None:
    task(site, "deployer_infrastructure", **infrastructure(site))
    task(site, "deployment", **DEPLOYMENT, update=False)
    assert site.nodes["prod"].client().list_project_keys() == []
    converges(site, "deployment", **DEPLOYMENT)
    converges(site, "deployment", **{**DEPLOYMENT, "bundle": "v2"})
    handle = site.nodes["deployer"].client().get_projectdeployer().get_deployment(ID)
    settings = handle.get_settings()
    settings.get_raw()["localVariables"]["OTHER"] = 1
    settings.save()
    done = converges(site, "deployment", **{**DEPLOYMENT, "bundle": "v2"})
    assert "deployed" in done["diff"]["prepared"]
    assert handle.get_settings().get_raw()["localVariables"] == {"STAGE": "prod", "OTHER": 1}
    assert handle.get_status().get_health() == "HEALTHY"
    (found,) = task(site, "deployment_info")["deployments"]
    assert (found["deployed"], found["health"], found["options"]["bundle"]) == (True, "HEALTHY", "v2")
    assert not task(site, "deployment", **found["options"])["changed"]


def test_an_update_that_fails_is_told_and_tried_again(site: SandboxSite) -> None:
    task(site, "deployer_infrastructure", **infrastructure(site))
    wrong = {**DEPLOYMENT, "remapping": {"connections": {"warehouse": "nowhere"}}}
    for _attempt in range(2):
        with pytest.raises(DssError, match=r"the update of deployment LINE-on-prod failed: .*nowhere"):
            task(site, "deployment", **wrong)
        assert task(site, "deployment", check=True, **wrong)["changed"]
    converges(site, "deployment", **DEPLOYMENT)


CALLS = [
    ("POST", "/project-deployer/infras"),
    ("PUT", "/project-deployer/infras/prod/settings"),
    ("POST", "/project-deployer/deployments"),
    ("PUT", "/project-deployer/deployments/*/settings"),
    ("POST", "*/actions/update"),
    ("GET", "*/status"),
]


@pytest.mark.parametrize("effect", [{"status": 500}, {"drop": "after"}, {"lost": True}], ids=str)
def test_after_a_call_that_failed_the_next_run_goes_on(site: SandboxSite, effect: dict[str, t.Any]) -> None:
    control = site.nodes["deployer"].control
    for method, path in CALLS:
        control.fault(method, path, count=1, **effect)
        for module, options in (("deployer_infrastructure", infrastructure(site)), ("deployment", DEPLOYMENT)):
            for _attempt in range(3):
                try:
                    task(site, module, **options)
                except DssError as error:
                    assert site.nodes["prod"].api_key not in str(error)
                else:
                    break
            assert not task(site, module, **options)["changed"], (method, path)
        handle = site.nodes["deployer"].client().get_projectdeployer().get_deployment(ID)
        assert handle.get_status().get_health() == "HEALTHY", (method, path)
        control.clear_faults()
        task(site, "deployment", id=ID, state="absent")
        task(site, "deployer_infrastructure", id="prod", state="absent")


def test_what_the_deployer_lacks_is_named(site: SandboxSite) -> None:
    with pytest.raises(DssError, match="the deployer has no stage 'Live'; it has Development, Testing, Production"):
        task(site, "deployer_infrastructure", check=True, **{**infrastructure(site), "stage": "Live"})
    with pytest.raises(DssError, match="no infrastructure 'prod'; it has none"):
        task(site, "deployment", **DEPLOYMENT)
    task(site, "deployer_infrastructure", **infrastructure(site))
    with pytest.raises(DssError, match="bundle 'v9' of LINE is not published; there are v1, v2"):
        task(site, "deployment", **{**DEPLOYMENT, "bundle": "v9"})
