# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments: from a published bundle to the automation node of an infrastructure (dss-api.md 2.15)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.site import SandboxSite, SiteNode

from .errors import NOT_FOUND, refusal
from .promotion import NODES, change, codes, furnish, health, make_infra, publish, remapped, updated


def test_creating_deploys_nothing(deployer: Any, deployment: Any, prod: SiteNode) -> None:
    status = deployment.get_status()
    assert status.get_light()["neverEverDeployed"] is True and status.get_health() == "UNKNOWN"
    basic = status.get_light()["deploymentBasicInfo"]
    assert (basic["infraId"], basic["bundleId"], basic["deployedProjectKey"]) == ("prod-infra", "v1", "PROJ")
    assert prod.client().list_project_keys() == []
    assert [found.id for found in deployer.list_deployments()] == ["proj-prod"]
    assert "already exists" in refusal(deployer.create_deployment, "proj-prod", "PROJ", "prod-infra", "v1")


@pytest.mark.parametrize("wrong", [("NONE", "prod-infra", "v1"), ("PROJ", "none", "v1"), ("PROJ", "prod-infra", "v9")])
def test_a_deployment_of_what_does_not_exist_is_refused(deployer: Any, infra: Any, wrong: tuple[str, str, str]) -> None:
    assert NOT_FOUND in refusal(deployer.create_deployment, "d", *wrong)


def test_an_update_is_a_future_that_brings_bundle_and_settings_to_the_node(deployment: Any, prod: SiteNode) -> None:
    change(
        deployment, localVariables={"at": "prod"}, scenariosToActivate={"NIGHT": True}, disableAutomaticTriggers=True
    )
    future = deployment.start_update()
    assert future.state["hasResult"] is False
    assert future.wait_for_result()["success"]
    status = deployment.get_status()
    assert status.get_health() == "HEALTHY" and status.get_light()["neverEverDeployed"] is False
    target = prod.client().get_project("PROJ")
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    assert target.get_dataset("orders").get_definition()["params"]["connection"] == "pg_prod"
    assert target.get_variables()["local"] == {"at": "prod"}
    assert target.get_scenario("NIGHT").get_settings().active is True
    settings = target.get_settings().get_raw()
    assert settings["projectType"] == "BUNDLE_CONTAINER" and settings["settings"]["disableAutomaticTriggers"] is True
    assert target.get_project_git().get_status()["clean"] is True


def test_settings_are_out_of_sync_until_the_update(site: SandboxSite, deployment: Any, prod: SiteNode) -> None:
    updated(deployment)
    publish(site, "v2")
    change(deployment, bundleId="v2")
    assert health(deployment) == "OUT_OF_SYNC"
    target = prod.client().get_project("PROJ")
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    updated(deployment)
    assert health(deployment) == "HEALTHY"
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v2"
    target.activate_bundle("v1")
    assert health(deployment) == "OUT_OF_SYNC"
    change(deployment, bundleId="v1")
    updated(deployment)
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"


def test_a_missing_connection_is_a_failed_report_and_an_error(
    site: SandboxSite, deployment: Any, prod: SiteNode
) -> None:
    updated(deployment)
    publish(site, "v2")
    change(deployment, bundleId="v2", bundleContainerSettings={"remapping": {"connections": []}})
    report = updated(deployment)
    assert not report["success"] and codes(report) == ["ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION"]
    status = deployment.get_status()
    assert status.get_health() == "ERROR"
    assert codes(status.get_health_messages()) == ["ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION"]
    assert prod.client().get_project("PROJ").get_summary()["activeBundleState"]["bundleId"] == "v1"
    remapped(deployment)
    assert updated(deployment)["success"] and health(deployment) == "HEALTHY"


def test_a_missing_code_environment_fails_the_update_if_it_is_to(deployment: Any, site: SandboxSite) -> None:
    project = site.nodes["dev"].client().get_project("PROJ")
    settings = project.get_settings()
    settings.get_raw()["settings"]["codeEnvs"]["python"] = {"mode": "EXPLICIT_ENV", "envName": "py"}
    settings.save()
    publish(site, "v2")
    stored = deployment.get_settings()
    stored.bundle_id = "v2"
    stored.get_raw()["bundleContainerSettings"]["codeEnvsBehavior"]["importTimeMode"] = "FAIL_IF_MISS"
    stored.save()
    assert codes(updated(deployment)) == ["ERR_CODEENV_MISSING_ENV"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"automationNodeUrl": "http://127.0.0.1:1"}, "No automation node"),
        ({"adminApiKey": "wrong"}, "Unknown API Key"),
    ],
)
def test_an_infrastructure_that_leads_nowhere_fails_the_update(
    infra: Any, deployment: Any, wrong: dict[str, str], said: str
) -> None:
    settings = infra.get_settings()
    settings.get_raw().update(wrong)
    settings.save()
    report = updated(deployment)
    assert not report["success"] and said in report["messages"][0]["message"]
    assert health(deployment) == "ERROR"


def test_a_project_may_get_another_key(deployer: Any, infra: Any, prod: SiteNode) -> None:
    deployment = deployer.create_deployment("other", "PROJ", infra.id, "v1", deployed_project_key="PROJ_PROD")
    updated(remapped(deployment))
    assert prod.client().list_project_keys() == ["PROJ_PROD"]


def test_a_remapping_that_cannot_be_read_is_refused(deployment: Any) -> None:
    wrong = {"remapping": {"connections": [{"from": "pg_dev"}]}}
    assert "Misshapen" in refusal(change, deployment, bundleContainerSettings=wrong)


def test_updates_are_kept(deployment: Any) -> None:
    assert deployment.list_updates() == []
    assert NOT_FOUND in refusal(deployment.get_update)
    change(deployment, bundleContainerSettings={})
    updated(deployment)
    remapped(deployment)
    updated(deployment)
    second, first = deployment.list_updates()
    assert (first.status, second.status) == ("ERROR", "SUCCESS") and first.start_time < second.start_time
    assert deployment.get_update().start_time == second.start_time
    full = first.get_full_update()
    assert full.requester and full.end_time >= full.start_time and "pg_dev" in full.logs[0]


def test_only_a_disabled_and_updated_deployment_is_deleted(deployer: Any, deployment: Any, prod: SiteNode) -> None:
    updated(deployment)
    assert "disabled" in refusal(deployment.delete)
    change(deployment, enabled=False)
    assert "disabled" in refusal(deployment.delete)
    updated(deployment)
    deployment.delete()
    assert deployer.list_deployments() == []
    assert prod.client().list_project_keys() == ["PROJ"]


def test_scenarios_of_the_node_show_in_the_status(deployment: Any, prod: SiteNode) -> None:
    updated(deployment)
    monitoring = deployment.get_status().get_heavy()["monitoring"]
    assert (monitoring["hasScenarios"], monitoring["hasActiveScenarios"]) == (True, False)
    deployment.run_test_scenarios()
    assert deployment.get_status().get_heavy()["monitoring"]["successful"] == ["NIGHT"]
    assert "nbScenariosPerOutcome" in deployment.get_testing_status().get_raw()


@pytest.mark.parametrize(("policy", "ignored"), [("NO_CHECK", None), ("WARN", True), ("PREVENT", False)])
def test_governance_warns_or_prevents(
    site: SandboxSite, deployer: Any, prod: SiteNode, policy: str, ignored: bool | None
) -> None:
    site.nodes["deployer"].control.switch(governance="not_approved")
    infra = make_infra(deployer, prod, governCheckPolicy=policy)
    create = deployer.create_deployment
    if ignored is not None:
        assert ("WARNING" if ignored else "ERROR") in refusal(create, "d", "PROJ", infra.id, "v1")
    if ignored is False:
        assert "ERROR" in refusal(create, "d", "PROJ", infra.id, "v1", ignore_warnings=True)
        return
    deployment = create("d", "PROJ", infra.id, "v1", ignore_warnings=True)
    assert len(deployment.get_governance_status()["messages"]) == bool(ignored)


def test_rights_are_those_of_groups(site: SandboxSite, deployer: Any, infra: Any, deployment: Any) -> None:
    node = site.nodes["deployer"]
    secret = node.control.key(login="eve", groups=["readers"])
    eve = SiteNode(node.name, node.type, node.url, secret).client().get_projectdeployer()
    assert eve.list_infras() == eve.list_projects() == eve.list_deployments() == []
    settings = infra.get_settings()
    settings.get_raw()["permissions"] = [{"group": "readers", "read": True}]
    settings.save()
    published = deployer.get_project("PROJ").get_settings()
    published.get_raw()["permissions"] = [{"group": "readers", "read": True}]
    published.save()
    assert [found.id for found in eve.list_deployments()] == ["proj-prod"]
    assert "deploy" in refusal(eve.get_deployment("proj-prod").start_update)
    settings.get_raw()["permissions"] = [{"group": "readers", "read": True, "deploy": True}]
    settings.save()
    published.get_raw()["permissions"] = [{"group": "readers", "deploy": True}]
    published.save()
    assert updated(eve.get_deployment("proj-prod"))["success"]
    assert "admin" in refusal(eve.get_infra("prod-infra").get_settings)


# -- the node --


def test_what_is_lost_leaves_no_trace_on_either_node(site: SandboxSite, deployment: Any, prod: SiteNode) -> None:
    site.nodes["deployer"].control.fault("POST", "*/actions/update", lost=True)
    deployment.start_update().wait_for_result()
    assert deployment.get_status().get_light()["neverEverDeployed"] is True and deployment.list_updates() == []
    assert prod.client().list_project_keys() == []
    assert updated(deployment)["success"]


def test_a_deployer_is_kept_and_restored(site: SandboxSite, deployer: Any, deployment: Any) -> None:
    control = site.nodes["deployer"].control
    control.keep()
    publish(site, "v2")
    change(deployment, bundleId="v2")
    control.restore()
    assert deployment.get_settings().bundle_id == "v1"
    assert [package["id"] for package in deployer.get_project("PROJ").get_status().get_raw()["packages"]] == ["v1"]
    control.reset()
    assert deployer.list_infras() == deployer.list_projects() == deployer.list_deployments() == []


def test_a_deployer_survives_a_restart(tmp_path: Path) -> None:
    flags = ("--database", str(tmp_path / "site.db"), "--api-key", "k")
    site = SandboxSite(*NODES, flags=flags)
    furnish(site)
    site.nodes["dev"].client().create_project("PROJ", "P", "admin")
    publish(site, "v1")
    deployer = site.nodes["deployer"].client().get_projectdeployer()
    infra = make_infra(deployer, site.nodes["prod"])
    deployment = remapped(deployer.create_deployment("d", "PROJ", infra.id, "v1"))
    updated(deployment)
    before = deployment.get_settings().get_raw(), deployment.get_update().get_raw()
    assert site.stop() == 0
    site = SandboxSite(*NODES, flags=flags)
    deployer = site.nodes["deployer"].client().get_projectdeployer()
    deployment = deployer.get_deployment("d")
    assert (deployment.get_settings().get_raw(), deployment.get_update().get_raw()) == before
    settings = deployer.get_infra(infra.id).get_settings()
    settings.get_raw()["automationNodeUrl"] = site.nodes["prod"].url  # free ports are others now
    settings.save()
    assert health(deployment) == "HEALTHY"
    assert updated(deployment)["success"]
    assert site.stop() == 0
