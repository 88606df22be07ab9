# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles from a design node to an automation node: nothing twice, nothing half, nothing that was not meant."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.transfer import checksum_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import RunError
from support.engine import run_module
from support.line import KEY, REAL, Line, real_project, small_project
from support.site import SandboxSite


@pytest.fixture(scope="module")
def site() -> t.Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "deployer")
    yield site
    site.stop()


@pytest.fixture
def line(site: SandboxSite, tmp_path: Path) -> Line:
    site.reset()
    made = Line(site, tmp_path)
    small_project(made)
    return made


def forget(line: Line) -> None:
    for node in (line.dev, line.prod):
        node.control.forget_calls()


@pytest.mark.skipif(not REAL.is_dir(), reason="needs ../shared/corpus, which is not published")
def test_a_real_project_goes_to_production_and_only_changes_go_again(site: SandboxSite, tmp_path: Path) -> None:
    site.reset()
    line = Line(site, tmp_path)
    real_project(line)
    planned = line.export(check=True, path="flow.zip")
    assert not (tmp_path / "flow.zip").exists()
    first = line.export(path="flow.zip")
    assert (planned["diff"], planned["bundle"]["id"]) == (first["diff"], first["bundle"]["id"])
    assert first["bundle"]["checksum"] == checksum_of(tmp_path / "flow.zip")
    again = line.export(path="flow.zip")
    assert (again["changed"], again["bundle"]) == (False, first["bundle"])
    line.change()
    second = line.export(path="flow.zip", checksum=None)
    assert second["bundle"]["id"].startswith("v0002-")
    assert second["bundle"]["checksum"] == checksum_of(tmp_path / "flow.zip") != first["bundle"]["checksum"]

    given = {"path": "flow.zip", "checksum": second["bundle"]["checksum"], "source": None}
    planned = line.release(check=True, **given)
    assert line.active() is None
    done = line.release(**given)
    assert (planned["diff"], planned["bundle"]) == (done["diff"], done["bundle"])
    assert line.active() == second["bundle"]["id"]
    forget(line)
    assert not line.release(**given)["changed"]
    assert not line.release()["changed"]
    assert line.writes(line.prod) == {}


def test_check_mode_writes_nothing_and_says_what_is_then_done(line: Line) -> None:
    forget(line)
    planned = line.export(check=True, publish=True, path="flow.zip")
    assert line.writes(line.dev) == {}
    done = line.export(publish=True, path="flow.zip")
    assert planned["diff"] == done["diff"]
    bundle = done["bundle"]["id"]
    commit = done["bundle"]["commit"]
    assert done["diff"]["prepared"].splitlines() == [
        f"bundle {bundle} of FLOW",
        f"  export (Content: git {commit})",
        "  publish to project FLOW of the deployer",
        f"  download to {line.folder / 'flow.zip'}",
    ]
    assert done["bundle"]["published_project"] == "FLOW"
    assert not line.export(publish=True)["changed"]


def test_an_id_that_only_the_deployer_still_has_is_not_used_again(line: Line) -> None:
    first = line.export(publish=True)["bundle"]["id"]
    line.export(id=first, state="absent")
    node = line.site.nodes["deployer"]
    planned = line.export(check=True, deployer={"url": node.url, "api_key": node.api_key})
    assert first.startswith("v0001-") and planned["bundle"]["id"].startswith("v0002-")


def test_a_commit_that_changes_nothing_makes_no_bundle(line: Line) -> None:
    line.dev.control.switch(bundle_export_commits=True)
    try:
        assert line.export()["changed"]
        assert not line.export()["changed"]
    finally:
        line.dev.control.switch(bundle_export_commits=False)


def test_changes_that_are_not_committed_are_refused(line: Line) -> None:
    settings = line.dev.client().get_project(KEY).get_settings()
    settings.get_raw().setdefault("settings", {})["gitCommitMode"] = "EXPLICIT"
    settings.save()
    line.change()
    with pytest.raises(
        DssError, match=r"the project has changes that are not committed; commit in DSS, or give uncommitted"
    ):
        line.export()
    assert line.export(uncommitted="include")["bundle"]["commit"] == ""
    assert line.export(uncommitted="include")["bundle"]["id"] == "v0002-uncommitted"
    line.dev.client().get_project(KEY).get_project_git().commit("Tagged")
    assert line.export()["bundle"]["id"].startswith("v0003-")


def test_an_older_bundle_is_taken_as_it_is_if_that_is_meant(line: Line) -> None:
    line.export(id="release-1")
    line.change()
    with pytest.raises(DssError, match="exists with other content"):
        line.export(id="release-1")
    assert line.export(id="release-1", content="any", path="old.zip")["changed"]
    assert not line.export(id="release-1", content="any", path="old.zip")["changed"]


def test_a_tampered_archive_is_not_sent(line: Line) -> None:
    first = line.export(id="v1", path="flow.zip")["bundle"]
    archive = line.folder / "flow.zip"
    archive.write_bytes(archive.read_bytes() + b"more")
    forget(line)
    with pytest.raises(DssError, match="is not the archive that was meant: its checksum is"):
        line.release(path="flow.zip", source=None, checksum=first["checksum"], check=True)
    with pytest.raises(DssError, match="is not the archive that was meant"):
        line.release(path="flow.zip", source=None, checksum=first["checksum"])
    with pytest.raises(DssError, match="is not the archive that was meant"):
        line.release(checksum="sha256:0")
    assert line.writes(line.prod) == {}
    assert line.export(id="v1", path="flow.zip", checksum=first["checksum"])["changed"], (
        "the right one is fetched again"
    )
    with pytest.raises(DssError, match="holds bundle v1 and not v2"):
        line.release(id="v2", path="flow.zip", source=None)


def test_scenarios_are_switched_with_the_activation_and_later(line: Line) -> None:
    line.export()
    line.release(scenarios={"NIGHTLY": True})

    def runs() -> bool:
        return bool(line.prod.client().get_project(KEY).list_scenarios()[0]["active"])

    assert runs()
    assert not line.release(scenarios={"NIGHTLY": True})["changed"]
    assert line.release(scenarios={"NIGHTLY": False})["changed"]
    assert not runs()
    with pytest.raises(DssError, match="has no scenario WEEKLY: correct scenarios"):
        line.release(scenarios={"WEEKLY": True})
    with pytest.raises(DssError, match="scenarios takes true or false"):
        line.release(scenarios={"NIGHTLY": "yes"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/projects/FLOW/bundles/exported/*"),
        ("POST", "/projects/FLOW/bundles/*/publish"),
        ("POST", "/projectsFromBundle*"),
        ("POST", "/projects/FLOW/bundles/imported/actions/importFromStream"),
        ("POST", "/projects/FLOW/bundles/imported/*/actions/preload"),
        ("POST", "/projects/FLOW/bundles/imported/*/actions/activate"),
    ],
)
def test_lost_answers_are_looked_up(line: Line, method: str, path: str) -> None:
    if "importFromStream" in path:
        line.export()
        line.release()
        line.change()
    for node in (line.dev, line.prod):
        node.control.fault(method, path, drop="after", count=1)
    try:
        line.export(publish=True)
        line.release()
        assert len([*line.dev.control.faults(), *line.prod.control.faults()]) == 1, "one of the two was hit"
    finally:
        for node in (line.dev, line.prod):
            node.control.clear_faults()
    assert not line.export(publish=True)["changed"]
    assert not line.release()["changed"]
    assert line.active() == line.export()["bundle"]["id"]


@pytest.mark.parametrize("effect", [{"late_ms": 400}, {"delay_ms": 900}], ids=["arrives late", "takes long"])
def test_what_arrives_late_or_takes_long_is_waited_for(line: Line, effect: dict[str, int]) -> None:
    line.dev.control.fault("PUT", "/projects/FLOW/bundles/exported/*", **effect)
    line.prod.control.fault("POST", "/projects/FLOW/bundles/imported/*/actions/activate", **effect)
    assert line.export(timeout=0.5)["bundle"]["id"] == line.export()["bundle"]["id"]
    done = line.release(timeout=0.5)
    assert line.active() == done["bundle"]["id"]
    assert any("the node shows that it was done" in warning for warning in done["warnings"])
    assert not line.release()["changed"]


def test_what_dss_says_is_done_but_is_not_is_noticed(line: Line) -> None:
    line.dev.control.fault("PUT", "/projects/FLOW/bundles/exported/*", lost=True)
    with pytest.raises(DssError, match="was answered, but the node does not list the bundle"):
        line.export()
    line.export()
    line.prod.control.fault("POST", "/projects/FLOW/bundles/imported/*/actions/activate", lost=True)
    with pytest.raises(RunError, match="was answered, but the node shows another bundle as active"):
        line.release()
    line.release()
    assert line.active() == line.export()["bundle"]["id"]


def test_an_activation_that_dss_reports_as_failed_fails(line: Line) -> None:
    line.export()
    line.prod.client().get_connection("warehouse").delete()
    with pytest.raises(
        RunError, match=r"the activation of bundle .* failed: .*ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION"
    ) as failed:
        line.release()
    assert "run again to finish" in str(failed.value) and failed.value.result["changed"]
    assert line.active() is None


def test_bundles_are_deleted_but_never_the_active_one(line: Line) -> None:
    line.export(id="v1")
    line.release()
    line.change()
    line.export(id="v2")
    line.release()
    with pytest.raises(DssError, match="v2 of FLOW is active and cannot be deleted"):
        line.run(line.prod, id="v2", state="absent", check=True)
    for node in (line.dev, line.prod):
        assert line.run(node, id="v1", state="absent", check=True)["changed"]
        assert line.run(node, id="v1", state="absent")["changed"]
        assert not line.run(node, id="v1", state="absent")["changed"]
    told = line.run(line.prod, "bundle_info")
    assert ([entry["id"] for entry in told["bundles"]], told["active_bundle"]) == (["v2"], "v2")
    told = line.run(line.dev, "bundle_info")
    assert told["content"]["known"] and told["bundles"][0]["commit"] == told["content"]["commit"]


@pytest.mark.parametrize(
    ("node", "options", "message"),
    [
        ("dev", {"state": "active"}, "is a design node, where no bundle is active"),
        ("dev", {"scenarios": {"NIGHTLY": True}}, "scenarios means something on an automation node only"),
        (
            "prod",
            {"publish": True, "release_notes": "x"},
            "release_notes, publish means something on a design node only",
        ),
        ("prod", {}, "no bundle is given: give path with its archive, or source with the design node"),
        ("prod", {"id": "v9"}, "bundle v9 of FLOW is not on the node: give path"),
        ("deployer", {}, "bundle needs a design or an automation node, and this is a node of type deployer"),
        ("prod", {"source": {"api_key": "k"}}, "source names no node"),
    ],
)
def test_what_does_not_fit_the_node_is_one_sentence(
    line: Line, node: str, options: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(DssError, match=message) as failed:
        line.run(line.site.nodes[node], **options)
    assert "\n" not in str(failed.value)


def test_a_bundle_that_the_source_does_not_have_is_said(line: Line) -> None:
    line.export(id="v1")
    with pytest.raises(DssError, match="has not bundle v2 of FLOW; the last ones there: v1"):
        line.release(id="v2")
    with pytest.raises(DssError, match="source: no API key given"):
        line.release(source={"url": line.dev.url})


def test_the_key_of_the_source_is_nowhere(line: Line) -> None:
    line.export(id="v1")
    result = line.release()
    assert line.dev.api_key not in json.dumps(result)
    broken = {"url": line.dev.url, "api_key": "wrong-key-of-dev"}
    with pytest.raises(DssError) as failed:
        run_module(line.prod.environ, "bundle", base=line.folder, project=KEY, state="active", source=broken)
    assert "wrong-key-of-dev" not in str(failed.value)
