# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Project Deployer: from a published bundle to the automation node of an infrastructure (dss-api.md 2.15)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from support.site import SandboxSite, SiteNode

from .errors import NOT_FOUND, refusal
from .promotion import CONNECTIONS, publish

# -- published projects --


def test_publishing_makes_the_published_project(site: SandboxSite, deployer: Any) -> None:
    status = deployer.get_project("PROJ").get_status().get_raw()
    (package,) = status["packages"]
    assert package["id"] == "v1" and package["publishedOn"] > 0
    assert package["designNodeInfo"] == {"projectKey": "PROJ", "nodeId": "dev", "url": site.nodes["dev"].url}
    assert status["projectBasicInfo"] == {"id": "PROJ", "name": "A project"}
    assert (status["canDeploy"], status["canWrite"], status["isAdmin"]) == (True, True, True)
    project = site.nodes["dev"].client().get_project("PROJ")
    assert project.list_exported_bundles()["bundles"][0]["publishedBundleState"]["publishedProjectKey"] == "PROJ"
    told = publish(site, "v2", published_project_key="OTHER")
    assert told["publishedProjectKey"] == "OTHER" and told["publishedBy"] and told["publishedOn"]
    assert [project.id for project in deployer.list_projects()] == ["OTHER", "PROJ"]


def test_a_bundle_carries_its_report_of_project_standards(site: SandboxSite, deployer: Any) -> None:
    dev = site.nodes["dev"]
    dev.control.instance(standards_checks=[{"id": "described", "name": "It is described"}])
    dev.control.outcomes(standards={"PROJ": {"described": 4}})
    project = dev.client().get_project("PROJ")
    for bundle, evaluated in (("judged", True), ("skipped", False)):
        project.export_bundle(bundle, evaluate_project_standards_checks=evaluated)
        project.publish_bundle(bundle)
    published = deployer.get_project("PROJ")
    (info,) = published.get_project_standards_report("judged").checks_run_info.values()
    assert info.result.severity == 4
    assert published.get_project_standards_report("skipped") is None


def test_a_published_bundle_is_not_published_again_unless_switched(site: SandboxSite, published: Any) -> None:
    assert "already published" in refusal(published.publish_bundle, "v1")
    site.nodes["deployer"].control.switch(existing_bundle="replace")
    published.publish_bundle("v1")


def test_archives_are_uploaded_downloaded_and_deleted(site: SandboxSite, deployer: Any, tmp_path: Path) -> None:
    project = site.nodes["dev"].client().get_project("PROJ")
    project.export_bundle("v2")
    data = project.get_exported_bundle_archive_stream("v2").content
    deployer.upload_bundle(io.BytesIO(data))
    deployer.upload_bundle(io.BytesIO(data), project_key="NEW")
    published = deployer.get_project("PROJ")
    published.download_bundle_to_file("v2", str(tmp_path / "v2.zip"))
    assert (tmp_path / "v2.zip").read_bytes() == data
    assert [package["id"] for package in published.get_status().get_raw()["packages"]] == ["v1", "v2"]
    published.delete_bundle("v1")
    assert [package["id"] for package in published.get_status().get_raw()["packages"]] == ["v2"]
    assert NOT_FOUND in refusal(published.get_bundle_stream, "v1")
    deployer.get_project("NEW").delete()
    assert [project.id for project in deployer.list_projects()] == ["PROJ"]


def test_a_published_project_is_made_without_bundles(deployer: Any) -> None:
    deployer.create_project("EMPTY")
    assert "already exists" in refusal(deployer.create_project, "EMPTY")
    published = deployer.get_project("EMPTY")
    settings = published.get_settings()
    settings.get_raw()["permissions"] = [{"group": "readers", "deploy": True}]
    settings.save()
    (entry,) = published.get_settings().get_raw()["permissions"]
    assert entry == {"group": "readers", "admin": False, "read": False, "write": False, "deploy": True}


# -- infrastructures --


def test_an_infrastructure_has_a_stage(deployer: Any) -> None:
    stages = [stage["id"] for stage in deployer.list_stages()]
    infra = deployer.create_infra("one", stages[0], "WARN")
    assert "already exists" in refusal(deployer.create_infra, "one", stages[0])
    assert "stage" in refusal(deployer.create_infra, "two", "No such stage")
    assert [found.id for found in deployer.list_infras()] == ["one"]
    status = infra.get_status().get_raw()
    assert (status["infraBasicInfo"]["stage"], status["deployments"]) == (stages[0], [])
    assert infra.get_settings().get_raw()["governCheckPolicy"] == "WARN"
    infra.delete()
    assert deployer.list_infras() == []


def test_the_key_of_an_infrastructure_is_served_encrypted_and_kept(
    site: SandboxSite, deployer: Any, infra: Any, prod: SiteNode
) -> None:
    settings = infra.get_settings()
    assert prod.api_key not in str(settings.get_raw())
    before = settings.get_raw()["adminApiKey"]
    settings.save()
    assert infra.get_settings().get_raw()["adminApiKey"] not in (before, "")
    site.nodes["deployer"].control.switch(infra_key="clear")
    assert infra.get_settings().get_raw()["adminApiKey"] == prod.api_key


def test_an_infrastructure_in_use_is_not_deleted(infra: Any, deployment: Any) -> None:
    assert "proj-prod" in refusal(infra.delete)
    assert [found.id for found in infra.get_status().get_deployments()] == ["proj-prod"]


def test_unknown_settings_of_an_infrastructure_vanish_unless_switched(
    site: SandboxSite, deployer: Any, infra: Any
) -> None:
    settings = infra.get_settings()
    settings.get_raw().update(bundleContainerSettings={"remapping": CONNECTIONS}, nonsense=1)
    settings.save()
    assert not {"bundleContainerSettings", "nonsense"} & infra.get_settings().get_raw().keys()
    site.nodes["deployer"].control.switch(infra_remapping="bundleContainerSettings")
    settings.save()
    deployment = deployer.create_deployment("d", "PROJ", infra.id, "v1")
    remapping = deployment.get_settings().get_raw()["bundleContainerSettings"]["remapping"]
    assert remapping["connections"] == CONNECTIONS["connections"]


def test_a_personal_key_is_made_if_switched(site: SandboxSite, infra: Any, prod: SiteNode) -> None:
    assert "several automation nodes" in refusal(infra.generate_personal_api_key, "l", "d", "admin")
    site.nodes["deployer"].control.switch(personal_key_of_infra="made")
    made = infra.generate_personal_api_key("l", "d", "admin")
    assert made.created_on_all_nodes and made.user == "admin"
    mine = SiteNode(prod.name, prod.type, prod.url, made.secret).client()
    assert mine.get_auth_info()["authIdentifier"] == "admin"
    missing = infra.generate_personal_api_key("l", "d", "nobody")
    assert not missing.created_on_all_nodes and missing.secret is None
    assert missing.nodes_where_user_does_not_exist[0]["nodeId"] == "prod"
