# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles: made on a design node, activated on an automation node with other names (dss-api.md 2.12 to 2.14)."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support.sandbox import import_project
from support.site import SandboxSite, SiteNode

from .errors import NOT_FOUND, refusal
from .promotion import archive_of, promoted, to_prod

SHARED = Path(os.environ.get("DSS_SHARED", Path(__file__).parents[3] / "shared"))
CORPUS = SHARED / "corpus"


def texts(archive: io.BytesIO) -> dict[str, str]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


# -- design node --


def test_an_export_is_listed_with_what_made_it(bundled: Any) -> None:
    assert bundled.list_exported_bundles() == {"bundles": []}
    bundled.export_bundle("v1", release_notes="First")
    bundled.export_bundle("v2", evaluate_project_standards_checks=False)
    first, second = bundled.list_exported_bundles()["bundles"]
    assert (first["bundleId"], second["bundleId"]) == ("v1", "v2")
    told = first["exportManifest"]
    assert told["exportUserInfo"]["releaseNotes"] == "First" and told["exportUserInfo"]["exportedOn"] > 0
    assert (told["designNodeId"], told["projectStandardsSkipped"]) == ("dev", False)
    assert second["exportManifest"]["projectStandardsSkipped"] is True
    assert "publishedBundleState" not in first


def test_the_archive_holds_the_project_as_it_was_and_no_local_variables(bundled: Any) -> None:
    bundled.export_bundle("v1")
    before = archive_of(bundled, "v1").getvalue()
    bundled.get_dataset("orders").delete()
    assert archive_of(bundled, "v1").getvalue() == before
    files = texts(io.BytesIO(before))
    assert json.loads(files["export-manifest.json"])["bundleId"] == "v1"
    assert json.loads(files["project_config/variables.json"]) == {"a": 1}
    assert "project_config/datasets/orders.json" in files and "project_config/localvariables.json" not in files
    required = json.loads(files["export-manifest.json"])["requiredConnections"]
    assert required["pg_dev"] == {"name": "pg_dev", "type": "PostgreSQL", "isMissing": False}


def test_the_settings_of_bundles_travel(bundled: Any) -> None:
    settings = bundled.get_settings()
    settings.get_raw()["bundleExporterSettings"] = {"exportOptions": {"exportUploads": True}}
    settings.save()
    bundled.export_bundle("v1")
    files = texts(archive_of(bundled, "v1"))
    assert json.loads(files["export-manifest.json"])["exportedWithOptions"]["exportUploads"] is True
    assert json.loads(files["project_config/params.json"])["bundleExporterSettings"]["exportOptions"]["exportUploads"]


def test_an_existing_id_is_refused_unless_switched(bundled: Any, dev: SiteNode) -> None:
    bundled.export_bundle("v1")
    assert "already exists" in refusal(bundled.export_bundle, "v1")
    dev.control.switch(existing_bundle="replace")
    bundled.export_bundle("v1", release_notes="Again")
    (bundle,) = bundled.list_exported_bundles()["bundles"]
    assert bundle["exportManifest"]["exportUserInfo"]["releaseNotes"] == "Again"


@pytest.mark.parametrize("commits", [False, True])
def test_whether_an_export_is_a_commit_is_a_switch(bundled: Any, dev: SiteNode, commits: bool) -> None:
    dev.control.switch(bundle_export_commits=commits)
    before = len(bundled.get_project_git().log()["entries"])
    bundled.export_bundle("v1")
    assert len(bundled.get_project_git().log()["entries"]) == before + commits


def test_a_deleted_bundle_is_gone(bundled: Any) -> None:
    bundled.export_bundle("v1")
    bundled.delete_exported_bundle("v1")
    assert bundled.list_exported_bundles() == {"bundles": []}
    assert NOT_FOUND in refusal(bundled.delete_exported_bundle, "v1")
    assert NOT_FOUND in refusal(bundled.get_exported_bundle_archive_stream, "v1")


def test_publishing_needs_a_deployer_in_the_process(project: Any) -> None:
    project.export_bundle("v1")
    assert "deployer" in refusal(project.publish_bundle, "v1")


def test_each_side_is_on_its_own_type_of_node(bundled: Any, prod: SiteNode) -> None:
    assert "NotFound: " in refusal(bundled.list_imported_bundles)
    target = promoted(bundled, prod, "v1")
    assert "NotFound: " in refusal(target.list_exported_bundles)


# -- the node --


def test_bundles_are_kept_and_restored(bundled: Any, dev: SiteNode, prod: SiteNode) -> None:
    target = promoted(bundled, prod, "v1", **to_prod())
    target.activate_bundle("v1")
    for node in (dev, prod):
        node.control.keep()
    archive = archive_of(bundled, "v1").getvalue()
    bundled.delete_exported_bundle("v1")
    promoted(bundled, prod, "v2").activate_bundle("v2")
    for node in (dev, prod):
        node.control.restore()
    assert [bundle["bundleId"] for bundle in bundled.list_exported_bundles()["bundles"]] == ["v1"]
    assert archive_of(bundled, "v1").getvalue() == archive
    assert target.get_summary()["activeBundleState"]["bundleId"] == "v1"
    assert [bundle["bundleId"] for bundle in target.list_imported_bundles()["bundles"]] == ["v1"]


def test_what_is_lost_leaves_no_trace(bundled: Any, dev: SiteNode, prod: SiteNode) -> None:
    dev.control.fault("PUT", "*/bundles/exported/*", lost=True)
    bundled.export_bundle("v1")
    assert bundled.list_exported_bundles() == {"bundles": []}
    target = promoted(bundled, prod, "v1", **to_prod())
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
