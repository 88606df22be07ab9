# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles of a design node: known by the Git commit that is their content, never made twice, never clashing."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle import design
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.design import Content, Wish
from ansible_collections.dataiku_iac.dss.plugins.module_utils._bundle.lost import Patience
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, NodeError
from support.bundle_nodes import DesignNode

HEAD, NEXT = "a" * 40, "b" * 40
SHORT = Patience(timeout=0.05)


def exported(node: DesignNode, **wish: t.Any) -> str:
    bundle, _warnings = design.export(node, design.intent(node, "FLOW", Wish(**wish)), SHORT)
    return bundle.id


def test_the_commit_stands_in_the_release_notes_after_those_of_the_user() -> None:
    node = DesignNode()
    assert exported(node, notes="Faster joins\n") == "v0001-aaaaaaaa"
    assert node.sent["releaseNotes"] == f"Faster joins\n\nContent: git {HEAD}"
    assert node.sent["evaluateProjectStandardsChecks"] is True
    (bundle,) = design.exported(node, "FLOW")
    assert (bundle.commit, bundle.exported_by, bundle.state) == (HEAD, "ada", "READY")


@pytest.mark.parametrize(
    ("head", "files"),
    [(HEAD, None), (NEXT, []), (NEXT, ["localvariables.json"])],
    ids=["the same commit", "a commit that touches no file", "only what no bundle holds"],
)
def test_an_unchanged_project_makes_no_new_bundle(head: str, files: list[str] | None) -> None:
    node = DesignNode()
    exported(node)
    node.head = head
    node.files = {} if files is None else {HEAD: files}
    assert exported(node) == "v0001-aaaaaaaa"
    assert len(node.writes) == 1


def test_a_change_and_force_make_a_new_one() -> None:
    node = DesignNode()
    exported(node)
    node.head = NEXT
    assert exported(node) == "v0002-bbbbbbbb"
    assert exported(node, force=True) == "v0003-bbbbbbbb"
    assert exported(node) == "v0003-bbbbbbbb"


def test_going_back_to_former_content_is_seen_by_the_newest_bundle_only() -> None:
    node = DesignNode()
    exported(node)
    node.head = NEXT
    exported(node)
    node.head = "c" * 40
    node.files = {HEAD: []}  # the project is again what the first bundle holds, which is long out of use
    assert exported(node) == "v0003-cccccccc"


def test_ids_never_clash_with_those_of_the_deployer_or_of_others() -> None:
    node = DesignNode()
    node.packages = ["v0007-11111111", "release-9"]
    node.add("v3", "by hand")
    assert exported(node) == "v0008-aaaaaaaa"
    assert exported(DesignNode(), taken=frozenset({"v0041-aaaaaaaa"})) == "v0042-aaaaaaaa"


def test_what_is_not_committed_is_refused_unless_it_is_wanted() -> None:
    node = DesignNode()
    exported(node)
    node.clean = False
    with pytest.raises(DssError, match="changes that are not committed; commit in DSS, or give uncommitted: include"):
        exported(node)
    assert exported(node, uncommitted="include") == "v0002-uncommitted"
    assert design.exported(node, "FLOW")[-1].notes.startswith("Content: not known, ")
    assert exported(node, uncommitted="include") == "v0003-uncommitted"
    node.clean = True
    assert exported(node) == "v0001-aaaaaaaa"


def test_an_id_of_ones_own_is_idempotent_and_never_stands_for_other_content() -> None:
    node = DesignNode()
    assert exported(node, id="release-1") == exported(node, id="release-1") == "release-1"
    assert len(node.writes) == 1
    node.head = NEXT
    with pytest.raises(DssError, match="release-1 of FLOW exists with other content: it holds git aaaaaaaaaaaa"):
        exported(node, id="release-1")
    with pytest.raises(DssError, match="bundles never change"):
        exported(node, id="release-1", force=True)
    node.add("by-hand", "no note")
    (warning,) = design.intent(node, "FLOW", Wish(id="by-hand")).warnings
    assert "because the bundle names no commit" in warning


def test_a_lost_answer_is_looked_up() -> None:
    node = DesignNode()
    node.lost = {
        "PUT /projects/FLOW/bundles/exported/v0001-aaaaaaaa",
        "POST /projects/FLOW/bundles/v0001-aaaaaaaa/publish",
    }
    assert exported(node) == "v0001-aaaaaaaa"
    assert design.publish(node, "FLOW", design.exported(node, "FLOW")[0], patience=SHORT)
    assert len(node.writes) == 2
    node.lost = {"DELETE /projects/FLOW/bundles/exported/v0001-aaaaaaaa"}
    design.delete(node, "FLOW", "v0001-aaaaaaaa")
    assert design.exported(node, "FLOW") == []


def test_a_lost_answer_to_what_did_not_arrive_is_an_error() -> None:
    node = DesignNode()
    node.lost = {"PUT /projects/FLOW/bundles/exported/v0001-aaaaaaaa"}
    node.add = lambda bundle, notes: None  # type: ignore[method-assign]
    with pytest.raises(NodeError, match="does not show that it was done: run again"):
        exported(node)


def test_publishing_once_is_enough() -> None:
    node = DesignNode()
    exported(node)

    def publish(project: str = "") -> bool:
        return design.publish(node, "FLOW", design.exported(node, "FLOW")[0], project)

    assert [publish(), publish(), publish("FLOW"), publish("OTHER"), publish("OTHER")] == [
        True,
        False,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("notes", "commit"),
    [
        ("", ""),
        ("Content: git abc1234", "abc1234"),
        ("Content: git 1111111\nmore\nContent: git 2222222\n", "2222222"),
        ("Content: git xyz", ""),
        ("see Content: git 1111111", ""),
    ],
)
def test_noted_commits(notes: str, commit: str) -> None:
    assert design.noted_commit(notes) == commit


def test_a_project_whose_git_cannot_be_asked_has_no_known_content() -> None:
    class NoGit(DesignNode):
        def do(self, method: str, path: str, body: t.Any, query: dict[str, t.Any]) -> t.Any:
            if "/git/" in path:
                raise NodeError("not allowed", 403)
            return super().do(method, path, body, query)

    content = design.content_of(NoGit(), "FLOW")
    assert content == Content("", "the project's Git cannot be asked: the key may not use it")
    assert not content.known
