# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles of an automation node: sent whole, activated once, read back; and the archive itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle import archive, automation
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.archive import Archive, Manifest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.automation import Landing
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.lost import Patience
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.reports import ReportedError, warnings_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.transfer import checksum_of
from support.bundle_nodes import AutomationNode, DesignNode, archive_of

SHORT = Patience(timeout=0.05)


@pytest.fixture
def node() -> AutomationNode:
    return AutomationNode()


def packed(folder: Path, bundle: str) -> Archive:
    file = archive_of(folder / f"{bundle}.zip", "FLOW", bundle)
    return Archive(file, checksum_of(file))


def test_the_first_bundle_makes_the_project_and_the_next_joins_it(node: AutomationNode, tmp_path: Path) -> None:
    assert (automation.imported(node, "FLOW"), automation.active_bundle(node, "FLOW")) == ([], None)
    automation.deliver(node, "FLOW", "v1", packed(tmp_path, "v1"), Landing("prod", "READ_ONLY", False))
    assert node.sent == {
        "permissionsPropagationPolicy": "READ_ONLY",
        "failOnMissingUsersOrGroups": False,
        "projectFolderId": "prod",
    }
    automation.deliver(node, "FLOW", "v2", packed(tmp_path, "v2"))
    assert [bundle.id for bundle in automation.imported(node, "FLOW")] == ["v1", "v2"]
    assert automation.active_bundle(node, "FLOW") is None


def test_nothing_is_sent_that_is_not_what_was_meant(node: AutomationNode, tmp_path: Path) -> None:
    good = packed(tmp_path, "v1")
    with pytest.raises(DssError, match=r"its checksum is sha256:.* and not sha256:0"):
        automation.deliver(node, "FLOW", "v1", Archive(good.path, "sha256:0"))
    with pytest.raises(DssError, match="holds bundle v1 and not v2"):
        automation.deliver(node, "FLOW", "v2", good)
    with pytest.raises(DssError, match="holds a bundle of project FLOW and not of OTHER"):
        automation.deliver(node, "OTHER", "v1", good)
    assert node.writes == []


def test_lost_answers_are_looked_up_on_the_node(node: AutomationNode, tmp_path: Path) -> None:
    base = "POST /projects/FLOW/bundles/imported"
    node.lost = {"POST /projectsFromBundle/", f"{base}/v1/actions/preload", f"{base}/v1/actions/activate"}
    automation.deliver(node, "FLOW", "v1", packed(tmp_path, "v1"), patience=SHORT)
    assert automation.preload(node, "FLOW", "v1", SHORT) == ()
    (warning,) = automation.activate(node, "FLOW", "v1", {"NIGHT": True}, SHORT)
    assert "was lost; the node shows that it was done" in warning
    assert node.sent == {"scenariosActiveOnActivation": {"NIGHT": True}}
    assert automation.active_bundle(node, "FLOW") == "v1"
    assert [call.rsplit("/", 1)[-1] for call in node.writes] == ["", "preload", "preload", "activate"]


def test_a_bundle_that_was_active_before_proves_nothing(node: AutomationNode, tmp_path: Path) -> None:
    automation.deliver(node, "FLOW", "v1", packed(tmp_path, "v1"))
    automation.activate(node, "FLOW", "v1")
    node.report = {**node.report, "error": True}  # not done this time
    node.lost = {"POST /projects/FLOW/bundles/imported/v1/actions/activate"}
    with pytest.raises(NodeError, match="does not show that it was done"):
        automation.activate(node, "FLOW", "v1", patience=SHORT)


def test_a_report_of_an_error_is_a_failure_although_the_status_is_200(node: AutomationNode, tmp_path: Path) -> None:
    automation.deliver(node, "FLOW", "v1", packed(tmp_path, "v1"))
    code = "ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION"
    message = {"severity": "ERROR", "isFatal": True, "code": code, "title": "Missing", "message": "No pg_dev"}
    node.report = {"success": False, "error": True, "fatal": True, "messages": [message]}
    with pytest.raises(
        ReportedError, match=rf"the activation of bundle v1 of FLOW failed: Missing: No pg_dev \({code}\)"
    ):
        automation.activate(node, "FLOW", "v1")


def test_reports_are_found_wherever_they_are() -> None:
    warning = {"severity": "WARNING", "message": "Old env"}
    report = {"success": False, "warning": True, "error": False, "maxSeverity": "WARNING", "messages": [warning, "x"]}
    assert warnings_of(report, "the preload") == ("the preload: Old env",)
    assert warnings_of({"messages": report, "envName": "py"}, "the preload") == ("the preload: Old env",)
    assert warnings_of(None, "x") == warnings_of([1], "x") == warnings_of({"messages": []}, "x") == ()
    with pytest.raises(ReportedError, match="the preload failed: DSS gives no reason"):
        warnings_of({"report": {"maxSeverity": "ERROR", "messages": None}}, "the preload")


def test_an_active_bundle_is_not_deleted(node: AutomationNode, tmp_path: Path) -> None:
    automation.deliver(node, "FLOW", "v1", packed(tmp_path, "v1"))
    automation.deliver(node, "FLOW", "v2", packed(tmp_path, "v2"))
    automation.activate(node, "FLOW", "v2")
    with pytest.raises(DssError, match="v2 of FLOW is active and cannot be deleted"):
        automation.delete(node, "FLOW", "v2")
    node.lost = {"DELETE /projects/FLOW/bundles/imported/v1"}
    automation.delete(node, "FLOW", "v1")
    assert [bundle.id for bundle in automation.imported(node, "FLOW")] == ["v2"]


def test_a_download_is_whole_and_right_or_not_there(tmp_path: Path) -> None:
    good = packed(tmp_path, "v1")
    node = DesignNode(good.path.read_bytes())
    target = tmp_path / "out" / "flow.zip"
    assert archive.fetch(node, "FLOW", "v1", target) == Archive(target, good.checksum)
    before = len(node.calls)
    assert archive.fetch(node, "FLOW", "v1", target, good.checksum).checksum == good.checksum
    assert len(node.calls) == before
    with pytest.raises(DssError, match="is not the archive that was meant"):
        archive.fetch(node, "FLOW", "v1", target, "sha256:0")
    with pytest.raises(DssError, match="holds bundle v1 and not v9"):
        archive.fetch(node, "FLOW", "v9", target)
    assert checksum_of(target) == good.checksum
    assert [path.name for path in target.parent.iterdir()] == ["flow.zip"]
    with archive.fetched(node, "FLOW", "v1", good.checksum) as fetched:
        assert fetched.path.is_file()
    assert not fetched.path.exists()


def test_what_is_no_archive_is_said_and_what_names_nothing_is_taken(tmp_path: Path) -> None:
    junk = tmp_path / "junk.zip"
    junk.write_text("not a zip")
    with pytest.raises(DssError, match="is not the archive of a bundle"):
        archive.manifest_of(junk)
    with pytest.raises(DssError, match="cannot be read"):
        archive.manifest_of(tmp_path / "absent.zip")
    assert archive.manifest_of(archive_of(junk, "FLOW", "")) == Manifest("", "FLOW")
