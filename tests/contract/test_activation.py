# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles on an automation node: imported, prepared, activated under other names (dss-api.md 2.13, 2.14)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from support.site import SiteNode

from .client_version import newer_client
from .errors import NOT_FOUND, refusal
from .promotion import archive_of, codes, promoted, to_prod


def test_a_project_made_from_a_bundle_is_empty_until_it_is_activated(bundled: Any, prod: SiteNode) -> None:
    target = promoted(bundled, prod, "v1")
    assert target.list_datasets() == []
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1"]
    assert "activeBundleState" not in target.get_summary()
    assert target.get_settings().get_raw()["projectType"] == "BUNDLE_CONTAINER"
    assert "bundleContainerSettings" not in target.get_settings().get_raw()


def test_an_activation_replaces_the_content_under_other_names(bundled: Any, prod: SiteNode) -> None:
    target = promoted(bundled, prod, "v1", **to_prod())
    assert target.preload_bundle("v1")["success"]
    report = target.activate_bundle("v1")
    assert report["success"] and not report["anyMessage"] and report["maxSeverity"] == "SUCCESS"
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    assert target.get_dataset("orders").get_definition()["params"]["connection"] == "pg_prod"
    assert target.get_recipe("compute").get_settings().get_payload() == "print(1)"
    assert target.get_variables() == {"standard": {"a": 1}, "local": {}}
    assert target.get_project_git().get_status()["clean"] is True
    bundled.get_dataset("files").delete()
    promoted(bundled, prod, "v2").activate_bundle("v2")
    assert [item["name"] for item in target.list_datasets()] == ["orders"]
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1", "v2"]
    target.activate_bundle("v1")
    assert sorted(item["name"] for item in target.list_datasets()) == ["files", "orders"]


def test_what_belongs_to_the_node_survives(bundled: Any, prod: SiteNode) -> None:
    target = promoted(bundled, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    target.set_variables({"standard": {"a": 2}, "local": {"secret": "prod"}})
    permissions = target.get_permissions()
    permissions["permissions"] = [{"group": "readers", "readProjectContent": True}]
    target.set_permissions(permissions)
    before = target.get_permissions()
    local = target.create_scenario("LOCAL", "custom_python")
    local.set_payload("mine")
    promoted(bundled, prod, "v2").activate_bundle("v2")
    assert target.get_variables() == {"standard": {"a": 1}, "local": {"secret": "prod"}}
    assert target.get_permissions() == before
    assert target.get_settings().get_raw()["bundleContainerSettings"]["remapping"]["connections"]
    assert target.get_scenario("LOCAL").get_payload() == "mine"
    assert target.get_scenario("LOCAL").get_definition(with_status=False)["automationLocal"] is True
    assert target.get_scenario("NIGHT").get_definition(with_status=False)["automationLocal"] is False


def active(target: Any) -> bool:
    return bool(target.get_scenario("NIGHT").get_settings().active)


def test_scenarios_keep_their_activation_unless_the_call_says_otherwise(bundled: Any, prod: SiteNode) -> None:
    target = promoted(bundled, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    assert active(target) is False
    target.activate_bundle("v1", scenarios_to_enable={"NIGHT": True})
    assert active(target) is True
    promoted(bundled, prod, "v2").activate_bundle("v2")
    assert active(target) is True
    target.activate_bundle("v1", scenarios_to_enable={"NIGHT": False})
    assert active(target) is False


def test_a_first_activation_takes_scenarios_as_exported_if_switched(bundled: Any, prod: SiteNode) -> None:
    prod.control.switch(scenarios_of_first_bundle="as_exported")
    target = promoted(bundled, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    assert active(target) is True


def test_a_remapping_that_cannot_be_read_is_refused(bundled: Any, prod: SiteNode) -> None:
    assert "Misshapen" in refusal(promoted, bundled, prod, "v1", remapping={"connections": [{"from": "pg_dev"}]})


def test_a_missing_connection_leaves_the_former_bundle_active(bundled: Any, prod: SiteNode) -> None:
    target = promoted(bundled, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    bundled.create_dataset("more", "Filesystem", params={"connection": "nowhere", "path": "x"})
    report = promoted(bundled, prod, "v2").activate_bundle("v2")
    assert codes(report) == ["ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION"] and report["fatal"] and not report["success"]
    assert "'nowhere' does not exist" in report["messages"][0]["message"]
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    assert "more" not in [item["name"] for item in target.list_datasets()]


def test_a_connection_of_another_type_is_refused(bundled: Any, prod: SiteNode) -> None:
    prod.client().create_connection("lake", "Filesystem", {"root": "/"})
    remapping = {"remapping": {"connections": [{"source": "pg_dev", "target": "lake"}]}}
    report = promoted(bundled, prod, "v1", **remapping).activate_bundle("v1")
    assert codes(report) == ["ERR_BUNDLE_ACTIVATE_BAD_CONNECTION_TYPE"] and report["fatal"]


def test_a_connection_that_cannot_be_written_is_refused(bundled: Any, prod: SiteNode) -> None:
    bundled.new_managed_dataset("made").with_store_into("pg_dev").create()
    connection = prod.client().get_connection("pg_prod")
    connection.set_definition({**connection.get_definition(), "allowWrite": False})
    report = promoted(bundled, prod, "v1", **to_prod()).activate_bundle("v1")
    assert codes(report) == ["ERR_BUNDLE_ACTIVATE_CONNECTION_NOT_WRITABLE"]


def test_a_connection_that_the_caller_may_not_use_is_refused(bundled: Any, prod: SiteNode) -> None:
    connection = prod.client().get_connection("pg_prod")
    connection.set_definition({**connection.get_definition(), "usableBy": "ALLOWED", "allowedGroups": ["data_team"]})
    target = promoted(bundled, prod, "v1", **to_prod())
    secret = prod.control.key(login="eve", groups=["readers"], projects={"PROJ": "admin"})
    limited = type(prod)(prod.name, prod.type, prod.url, secret).client().get_project("PROJ")
    assert codes(limited.activate_bundle("v1")) == ["ERR_BUNDLE_ACTIVATE_BAD_CONNECTION_PERMISSIONS"]
    assert target.activate_bundle("v1")["success"]


@pytest.fixture
def with_code_env(bundled: Any) -> Any:
    settings = bundled.get_settings()
    settings.get_raw()["settings"]["codeEnvs"]["python"] = {"mode": "EXPLICIT_ENV", "envName": "py_dev"}
    settings.save()
    return bundled


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


def test_containers_are_remapped_when_that_is_enabled(bundled: Any, prod: SiteNode) -> None:
    settings = bundled.get_settings()
    settings.get_raw()["settings"]["container"] = {"containerMode": "EXPLICIT_CONTAINER", "containerConf": "small"}
    settings.save()
    containers = [{"source": "small", "target": "big"}]
    for enabled, expected in ((False, "small"), (True, "big")):
        remapping = to_prod(containerExecs=containers, enableContainerExecRemapping=enabled)
        target = promoted(bundled, prod, f"enabled-{enabled}", **remapping)
        target.activate_bundle(f"enabled-{enabled}")
        assert target.get_settings().get_raw()["settings"]["container"]["containerConf"] == expected


def test_a_bundle_is_imported_from_a_path_too(bundled: Any, prod: SiteNode, tmp_path: Path) -> None:
    for bundle_id in ("v1", "v2"):
        bundled.export_bundle(bundle_id)
        bundled.download_exported_bundle_archive_to_file(bundle_id, str(tmp_path / bundle_id))
    prod.client().create_project_from_bundle_local_archive(str(tmp_path / "v1"))
    target = prod.client().get_project("PROJ")
    target.import_bundle_from_archive(str(tmp_path / "v2"))
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1", "v2"]
    assert "Cannot read" in refusal(target.import_bundle_from_archive, str(tmp_path / "v3"))


def test_what_is_no_bundle_is_refused(bundled: Any, prod: SiteNode) -> None:
    with bundled.get_export_stream() as stream:
        export = io.BytesIO(stream.read())
    client = prod.client()
    assert "not a bundle" in refusal(client.create_project_from_bundle_archive, export)
    assert "cannot be imported" in refusal(client.create_project_from_bundle_archive, io.BytesIO(b"no zip"))
    assert client.list_project_keys() == []


@pytest.mark.parametrize(("policy", "writes"), [("NONE", None), ("READ_ONLY", False), ("ALL", True)])
@newer_client
def test_permissions_are_propagated_as_asked(bundled: Any, prod: SiteNode, policy: str, writes: bool | None) -> None:
    permissions = bundled.get_permissions()
    permissions["permissions"] = [{"group": "readers", "readProjectContent": True, "writeProjectContent": True}]
    bundled.set_permissions(permissions)
    bundled.export_bundle("v1")
    client = prod.client()
    client.create_project_from_bundle_archive(archive_of(bundled, "v1"), permissions_propagation_policy=policy)
    entries = client.get_project("PROJ").get_permissions()["permissions"]
    assert [(entry["group"], entry["writeProjectContent"]) for entry in entries] == (
        [] if writes is None else [("readers", writes)]
    )


@newer_client
def test_an_unknown_group_fails_the_creation_unless_told_otherwise(bundled: Any, prod: SiteNode) -> None:
    permissions = bundled.get_permissions()
    permissions["permissions"] = [{"group": "strangers", "readProjectContent": True}]
    bundled.set_permissions(permissions)
    bundled.export_bundle("v1")
    make = prod.client().create_project_from_bundle_archive
    told = refusal(make, archive_of(bundled, "v1"), permissions_propagation_policy="ALL")
    assert "strangers" in told
    make(archive_of(bundled, "v1"), permissions_propagation_policy="ALL", fail_on_missing_users_or_groups=False)
    assert prod.client().get_project("PROJ").get_permissions()["permissions"] == []


def test_the_active_bundle_cannot_be_deleted(bundled: Any, prod: SiteNode) -> None:
    target = promoted(bundled, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    promoted(bundled, prod, "v2")
    assert "active" in refusal(target.delete_imported_bundle, "v1")
    target.delete_imported_bundle("v2")
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1"]
    assert NOT_FOUND in refusal(target.activate_bundle, "v2")
