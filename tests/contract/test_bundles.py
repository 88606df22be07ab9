# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles: made on a design node, activated on an automation node with other names (dss-api.md 2.12 to 2.14)."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.sandbox import import_project
from support.site import SandboxSite, SiteNode

from .errors import NOT_FOUND, refusal

SHARED = Path(os.environ.get("DSS_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"


@pytest.fixture(scope="module")
def site() -> Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation")
    yield site
    assert site.stop() == 0


@pytest.fixture
def dev(site: SandboxSite) -> SiteNode:
    node = site.nodes["dev"]
    defaults = node.control.switches()
    node.control.reset()
    node.client().create_connection("pg_dev", "PostgreSQL", {"host": "dev"})
    yield node
    node.control.switch(**defaults)


@pytest.fixture
def prod(site: SandboxSite) -> SiteNode:
    node = site.nodes["prod"]
    defaults = node.control.switches()
    node.control.reset()
    node.client().create_connection("pg_prod", "PostgreSQL", {"host": "prod"})
    yield node
    node.control.switch(**defaults)


@pytest.fixture
def project(dev: SiteNode) -> Any:
    """A project with everything that an activation has an opinion about."""
    project = dev.client().create_project("PROJ", "A project", "admin")
    project.create_dataset("orders", "PostgreSQL", params={"connection": "pg_dev", "table": "orders"})
    project.create_dataset("files", "Filesystem", params={"connection": "filesystem_managed", "path": "f"})
    project.new_recipe("python", "compute").with_script("print(1)").create()
    scenario = project.create_scenario("NIGHT", "step_based")
    settings = scenario.get_settings()
    settings.active = True
    settings.save()
    project.set_variables({"standard": {"a": 1}, "local": {"secret": "dev"}})
    return project


def archive_of(project: Any, bundle_id: str) -> io.BytesIO:
    return io.BytesIO(project.get_exported_bundle_archive_stream(bundle_id).content)


def texts(archive: io.BytesIO) -> dict[str, str]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def promoted(project: Any, prod: SiteNode, bundle_id: str, **settings: Any) -> Any:
    """The project of the automation node with the bundle imported; made if it is missing."""
    project.export_bundle(bundle_id)
    client = prod.client()
    if project.project_key in client.list_project_keys():
        target = client.get_project(project.project_key)
        target.import_bundle_from_stream(archive_of(project, bundle_id))
    else:
        client.create_project_from_bundle_archive(archive_of(project, bundle_id))
        target = client.get_project(project.project_key)
    if settings:
        stored = target.get_settings()
        stored.get_raw()["bundleContainerSettings"] = settings
        stored.save()
    return target


def to_prod(**more: Any) -> dict[str, Any]:
    return {"remapping": {"connections": [{"source": "pg_dev", "target": "pg_prod"}], **more}}


def codes(report: dict[str, Any]) -> list[str]:
    return [message["code"] for message in report["messages"]]


# -- design node --


def test_an_export_is_listed_with_what_made_it(project: Any) -> None:
    assert project.list_exported_bundles() == {"bundles": []}
    project.export_bundle("v1", release_notes="First")
    project.export_bundle("v2", evaluate_project_standards_checks=False)
    first, second = project.list_exported_bundles()["bundles"]
    assert (first["bundleId"], second["bundleId"]) == ("v1", "v2")
    told = first["exportManifest"]
    assert told["exportUserInfo"]["releaseNotes"] == "First" and told["exportUserInfo"]["exportedOn"] > 0
    assert (told["designNodeId"], told["projectStandardsSkipped"]) == ("dev", False)
    assert second["exportManifest"]["projectStandardsSkipped"] is True
    assert "publishedBundleState" not in first


def test_the_archive_holds_the_project_as_it_was_and_no_local_variables(project: Any) -> None:
    project.export_bundle("v1")
    before = archive_of(project, "v1").getvalue()
    project.get_dataset("orders").delete()
    assert archive_of(project, "v1").getvalue() == before
    files = texts(io.BytesIO(before))
    assert json.loads(files["export-manifest.json"])["bundleId"] == "v1"
    assert json.loads(files["project_config/variables.json"]) == {"a": 1}
    assert "project_config/datasets/orders.json" in files and "project_config/localvariables.json" not in files
    required = json.loads(files["export-manifest.json"])["requiredConnections"]
    assert required["pg_dev"] == {"name": "pg_dev", "type": "PostgreSQL", "isMissing": False}


def test_the_settings_of_bundles_travel(project: Any) -> None:
    settings = project.get_settings()
    settings.get_raw()["bundleExporterSettings"] = {"exportOptions": {"exportUploads": True}}
    settings.save()
    project.export_bundle("v1")
    files = texts(archive_of(project, "v1"))
    assert json.loads(files["export-manifest.json"])["exportedWithOptions"]["exportUploads"] is True
    assert json.loads(files["project_config/params.json"])["bundleExporterSettings"]["exportOptions"]["exportUploads"]


def test_an_existing_id_is_refused_unless_switched(project: Any, dev: SiteNode) -> None:
    project.export_bundle("v1")
    assert "already exists" in refusal(project.export_bundle, "v1")
    dev.control.switch(existing_bundle="replace")
    project.export_bundle("v1", release_notes="Again")
    (bundle,) = project.list_exported_bundles()["bundles"]
    assert bundle["exportManifest"]["exportUserInfo"]["releaseNotes"] == "Again"


@pytest.mark.parametrize("commits", [False, True])
def test_whether_an_export_is_a_commit_is_a_switch(project: Any, dev: SiteNode, commits: bool) -> None:
    dev.control.switch(bundle_export_commits=commits)
    before = len(project.get_project_git().log()["entries"])
    project.export_bundle("v1")
    assert len(project.get_project_git().log()["entries"]) == before + commits


def test_a_deleted_bundle_is_gone(project: Any) -> None:
    project.export_bundle("v1")
    project.delete_exported_bundle("v1")
    assert project.list_exported_bundles() == {"bundles": []}
    assert NOT_FOUND in refusal(project.delete_exported_bundle, "v1")
    assert NOT_FOUND in refusal(project.get_exported_bundle_archive_stream, "v1")


def test_publishing_needs_a_deployer(project: Any) -> None:
    project.export_bundle("v1")
    assert "deployer" in refusal(project.publish_bundle, "v1")


def test_each_side_is_on_its_own_type_of_node(project: Any, prod: SiteNode) -> None:
    assert "NotFound: " in refusal(project.list_imported_bundles)
    target = promoted(project, prod, "v1")
    assert "NotFound: " in refusal(target.list_exported_bundles)


# -- automation node --


def test_a_project_made_from_a_bundle_is_empty_until_it_is_activated(project: Any, prod: SiteNode) -> None:
    target = promoted(project, prod, "v1")
    assert target.list_datasets() == []
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1"]
    assert "activeBundleState" not in target.get_summary()
    assert target.get_settings().get_raw()["projectType"] == "BUNDLE_CONTAINER"
    assert "bundleContainerSettings" not in target.get_settings().get_raw()


def test_an_activation_replaces_the_content_under_other_names(project: Any, prod: SiteNode) -> None:
    target = promoted(project, prod, "v1", **to_prod())
    assert target.preload_bundle("v1")["success"]
    report = target.activate_bundle("v1")
    assert report["success"] and not report["anyMessage"] and report["maxSeverity"] == "SUCCESS"
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    assert target.get_dataset("orders").get_definition()["params"]["connection"] == "pg_prod"
    assert target.get_recipe("compute").get_settings().get_payload() == "print(1)"
    assert target.get_variables() == {"standard": {"a": 1}, "local": {}}
    assert target.get_project_git().get_status()["clean"] is True
    project.get_dataset("files").delete()
    promoted(project, prod, "v2").activate_bundle("v2")
    assert [item["name"] for item in target.list_datasets()] == ["orders"]
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1", "v2"]
    target.activate_bundle("v1")
    assert sorted(item["name"] for item in target.list_datasets()) == ["files", "orders"]


def test_what_belongs_to_the_node_survives(project: Any, prod: SiteNode) -> None:
    target = promoted(project, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    target.set_variables({"standard": {"a": 2}, "local": {"secret": "prod"}})
    permissions = target.get_permissions()
    permissions["permissions"] = [{"group": "readers", "readProjectContent": True}]
    target.set_permissions(permissions)
    before = target.get_permissions()
    local = target.create_scenario("LOCAL", "custom_python")
    local.set_payload("mine")
    promoted(project, prod, "v2").activate_bundle("v2")
    assert target.get_variables() == {"standard": {"a": 1}, "local": {"secret": "prod"}}
    assert target.get_permissions() == before
    assert target.get_settings().get_raw()["bundleContainerSettings"]["remapping"]["connections"]
    assert target.get_scenario("LOCAL").get_payload() == "mine"
    assert target.get_scenario("LOCAL").get_definition(with_status=False)["automationLocal"] is True
    assert target.get_scenario("NIGHT").get_definition(with_status=False)["automationLocal"] is False


def active(target: Any) -> bool:
    return bool(target.get_scenario("NIGHT").get_settings().active)


def test_scenarios_keep_their_activation_unless_the_call_says_otherwise(project: Any, prod: SiteNode) -> None:
    target = promoted(project, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    assert active(target) is False
    target.activate_bundle("v1", scenarios_to_enable={"NIGHT": True})
    assert active(target) is True
    promoted(project, prod, "v2").activate_bundle("v2")
    assert active(target) is True
    target.activate_bundle("v1", scenarios_to_enable={"NIGHT": False})
    assert active(target) is False


def test_a_first_activation_takes_scenarios_as_exported_if_switched(project: Any, prod: SiteNode) -> None:
    prod.control.switch(scenarios_of_first_bundle="as_exported")
    target = promoted(project, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    assert active(target) is True


def test_a_missing_connection_leaves_the_former_bundle_active(project: Any, prod: SiteNode) -> None:
    target = promoted(project, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    project.create_dataset("more", "Filesystem", params={"connection": "nowhere", "path": "x"})
    report = promoted(project, prod, "v2").activate_bundle("v2")
    assert codes(report) == ["ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION"] and report["fatal"] and not report["success"]
    assert "'nowhere' does not exist" in report["messages"][0]["message"]
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    assert "more" not in [item["name"] for item in target.list_datasets()]


def test_a_connection_of_another_type_is_refused(project: Any, prod: SiteNode) -> None:
    prod.client().create_connection("lake", "Filesystem", {"root": "/"})
    remapping = {"remapping": {"connections": [{"source": "pg_dev", "target": "lake"}]}}
    report = promoted(project, prod, "v1", **remapping).activate_bundle("v1")
    assert codes(report) == ["ERR_BUNDLE_ACTIVATE_BAD_CONNECTION_TYPE"] and report["fatal"]


def test_a_connection_that_cannot_be_written_is_refused(project: Any, prod: SiteNode) -> None:
    project.new_managed_dataset("made").with_store_into("pg_dev").create()
    connection = prod.client().get_connection("pg_prod")
    connection.set_definition({**connection.get_definition(), "allowWrite": False})
    report = promoted(project, prod, "v1", **to_prod()).activate_bundle("v1")
    assert codes(report) == ["ERR_BUNDLE_ACTIVATE_CONNECTION_NOT_WRITABLE"]


def test_a_connection_that_the_caller_may_not_use_is_refused(project: Any, prod: SiteNode) -> None:
    connection = prod.client().get_connection("pg_prod")
    connection.set_definition({**connection.get_definition(), "usableBy": "ALLOWED", "allowedGroups": ["data_team"]})
    target = promoted(project, prod, "v1", **to_prod())
    secret = prod.control.key(login="eve", groups=["readers"], projects={"PROJ": "admin"})
    limited = type(prod)(prod.name, prod.type, prod.url, secret).client().get_project("PROJ")
    assert codes(limited.activate_bundle("v1")) == ["ERR_BUNDLE_ACTIVATE_BAD_CONNECTION_PERMISSIONS"]
    assert target.activate_bundle("v1")["success"]


@pytest.fixture
def with_code_env(project: Any) -> Any:
    settings = project.get_settings()
    settings.get_raw()["settings"]["codeEnvs"]["python"] = {"mode": "EXPLICIT_ENV", "envName": "py_dev"}
    settings.save()
    return project


def env_names(node: SiteNode) -> list[str]:
    return [env["envName"] for env in node.client().list_code_envs()]


ENVS = [{"source": "py_dev", "target": "py_prod"}]


def test_a_preload_makes_the_code_environments(with_code_env: Any, prod: SiteNode) -> None:
    target = promoted(with_code_env, prod, "v1", **to_prod(codeEnvs=ENVS))
    report = target.activate_bundle("v1")
    assert codes(report) == ["ERR_CODEENV_MISSING_ENV"] and report["success"] and report["warning"]
    assert target.preload_bundle("v1")["success"]
    assert env_names(prod) == ["py_prod"]
    assert codes(target.activate_bundle("v1")) == []
    settings = target.get_settings().get_raw()["settings"]
    assert settings["codeEnvs"]["python"]["envName"] == "py_prod"


@pytest.mark.parametrize(("mode", "error"), [("FAIL_IF_MISS", True), ("DO_NOTHING", False)])
def test_a_preload_may_fail_or_do_nothing_instead(with_code_env: Any, prod: SiteNode, mode: str, error: bool) -> None:
    target = promoted(with_code_env, prod, "v1", **to_prod(codeEnvs=ENVS), codeEnvsBehavior={"importTimeMode": mode})
    report = target.preload_bundle("v1")
    assert (report["error"], codes(report)) == (error, ["ERR_CODEENV_MISSING_ENV"] if error else [])
    assert env_names(prod) == []


def test_containers_are_remapped_when_that_is_enabled(project: Any, prod: SiteNode) -> None:
    settings = project.get_settings()
    settings.get_raw()["settings"]["container"] = {"containerMode": "EXPLICIT_CONTAINER", "containerConf": "small"}
    settings.save()
    containers = [{"source": "small", "target": "big"}]
    for enabled, expected in ((False, "small"), (True, "big")):
        remapping = to_prod(containerExecs=containers, enableContainerExecRemapping=enabled)
        target = promoted(project, prod, f"enabled-{enabled}", **remapping)
        target.activate_bundle(f"enabled-{enabled}")
        assert target.get_settings().get_raw()["settings"]["container"]["containerConf"] == expected


def test_a_bundle_is_imported_from_a_path_too(project: Any, prod: SiteNode, tmp_path: Path) -> None:
    for bundle_id in ("v1", "v2"):
        project.export_bundle(bundle_id)
        project.download_exported_bundle_archive_to_file(bundle_id, str(tmp_path / bundle_id))
    prod.client().create_project_from_bundle_local_archive(str(tmp_path / "v1"))
    target = prod.client().get_project("PROJ")
    target.import_bundle_from_archive(str(tmp_path / "v2"))
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1", "v2"]
    assert "Cannot read" in refusal(target.import_bundle_from_archive, str(tmp_path / "v3"))


def test_what_is_no_bundle_is_refused(project: Any, prod: SiteNode) -> None:
    with project.get_export_stream() as stream:
        export = io.BytesIO(stream.read())
    client = prod.client()
    assert "not a bundle" in refusal(client.create_project_from_bundle_archive, export)
    assert "cannot be imported" in refusal(client.create_project_from_bundle_archive, io.BytesIO(b"no zip"))
    assert client.list_project_keys() == []


@pytest.mark.parametrize(("policy", "writes"), [("NONE", None), ("READ_ONLY", False), ("ALL", True)])
def test_permissions_are_propagated_as_asked(project: Any, prod: SiteNode, policy: str, writes: bool | None) -> None:
    permissions = project.get_permissions()
    permissions["permissions"] = [{"group": "readers", "readProjectContent": True, "writeProjectContent": True}]
    project.set_permissions(permissions)
    project.export_bundle("v1")
    client = prod.client()
    client.create_project_from_bundle_archive(archive_of(project, "v1"), permissions_propagation_policy=policy)
    entries = client.get_project("PROJ").get_permissions()["permissions"]
    assert [(entry["group"], entry["writeProjectContent"]) for entry in entries] == (
        [] if writes is None else [("readers", writes)]
    )


def test_an_unknown_group_fails_the_creation_unless_told_otherwise(project: Any, prod: SiteNode) -> None:
    permissions = project.get_permissions()
    permissions["permissions"] = [{"group": "strangers", "readProjectContent": True}]
    project.set_permissions(permissions)
    project.export_bundle("v1")
    make = prod.client().create_project_from_bundle_archive
    told = refusal(make, archive_of(project, "v1"), permissions_propagation_policy="ALL")
    assert "strangers" in told
    make(archive_of(project, "v1"), permissions_propagation_policy="ALL", fail_on_missing_users_or_groups=False)
    assert prod.client().get_project("PROJ").get_permissions()["permissions"] == []


def test_the_active_bundle_cannot_be_deleted(project: Any, prod: SiteNode) -> None:
    target = promoted(project, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    promoted(project, prod, "v2")
    assert "active" in refusal(target.delete_imported_bundle, "v1")
    target.delete_imported_bundle("v2")
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1"]
    assert NOT_FOUND in refusal(target.activate_bundle, "v2")


# -- the node --


def test_bundles_are_kept_and_restored(project: Any, dev: SiteNode, prod: SiteNode) -> None:
    target = promoted(project, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    for node in (dev, prod):
        node.control.keep()
    archive = archive_of(project, "v1").getvalue()
    project.delete_exported_bundle("v1")
    promoted(project, prod, "v2").activate_bundle("v2")
    for node in (dev, prod):
        node.control.restore()
    assert [bundle["bundleId"] for bundle in project.list_exported_bundles()["bundles"]] == ["v1"]
    assert archive_of(project, "v1").getvalue() == archive
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1"]


def test_what_is_lost_leaves_no_trace(project: Any, dev: SiteNode, prod: SiteNode) -> None:
    dev.control.fault("PUT", "*/bundles/exported/*", lost=True)
    project.export_bundle("v1")
    assert project.list_exported_bundles() == {"bundles": []}
    target = promoted(project, prod, "v1", **to_prod())
    prod.control.fault("POST", "*/activate", lost=True)
    assert target.activate_bundle("v1")["success"]
    assert target.list_datasets() == [] and "activeBundleState" not in target.get_summary()
    assert target.get_project_git().get_status()["clean"] is True
    assert target.activate_bundle("v1")["success"]
    assert len(target.list_datasets()) == 2


def test_bundles_survive_a_restart(tmp_path: Path) -> None:
    flags = ("--database", str(tmp_path / "site.db"))
    site = SandboxSite("dev=design", "prod=automation", flags=flags)
    project = site.nodes["dev"].client().create_project("PROJ", "P", "admin")
    for bundle_id in ("b", "a"):
        target = promoted(project, site.nodes["prod"], bundle_id)
    target.activate_bundle("b")
    archive = archive_of(project, "b").getvalue()
    assert site.stop() == 0
    site = SandboxSite("dev=design", "prod=automation", flags=flags)
    project, target = (site.nodes[name].client().get_project("PROJ") for name in ("dev", "prod"))
    assert [bundle["bundleId"] for bundle in project.list_exported_bundles()["bundles"]] == ["b", "a"]
    assert archive_of(project, "b").getvalue() == archive
    assert target.get_summary()["activeBundleState"]["bundleId"] == "b"
    assert target.activate_bundle("a")["success"]
    assert site.stop() == 0


# -- real projects --


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the corpus of real projects is not at {CORPUS}")
@pytest.mark.parametrize("name", ["nathanbry2__dss-realestate", "andreaSantiago__demo_dataiku"])
def test_a_real_project_is_the_same_on_the_other_node_but_for_the_names(
    name: str, dev: SiteNode, prod: SiteNode
) -> None:
    client = dev.client()
    import_project(client, CORPUS / name, "REAL")
    project = client.get_project("REAL")
    used = {item["params"].get("connection") for item in project.list_datasets() + project.list_managed_folders()}
    pairs = [{"source": old, "target": old + "_prod"} for old in sorted(used - {None})]
    for pair in pairs:
        if pair["source"] not in prod.client().list_connections():
            prod.client().create_connection(pair["target"], "Filesystem", {"root": "/"})
        else:
            pair["target"] = pair["source"]
    target = promoted(project, prod, "v1", remapping={"connections": pairs})
    target.preload_bundle("v1")
    report = target.activate_bundle("v1")
    assert report["success"], report
    new = {pair["source"]: pair["target"] for pair in pairs}
    expected = {item["name"]: item for item in project.list_datasets()}
    served = {item["name"]: item for item in target.list_datasets()}
    assert served.keys() == expected.keys()
    for key, item in expected.items():
        old = item["params"].get("connection")
        assert served[key]["params"].get("connection") == new.get(old, old)
        assert {**served[key], "params": {}} == {**item, "params": {}}
    for recipe in project.list_recipes():
        mine, theirs = (node.get_recipe(recipe["name"]).get_settings() for node in (project, target))
        assert mine.data.get("payload") == theirs.data.get("payload")
    assert [zone.id for zone in target.get_flow().list_zones()] == [zone.id for zone in project.get_flow().list_zones()]
    assert target.get_variables()["standard"] == project.get_variables()["standard"]
