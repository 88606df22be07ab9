# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project's Git in whatever words the node speaks; where it does not speak plainly it is not believed."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.history import (
    Commit,
    NoHistory,
    Standing,
    changed_paths,
    head,
    standing,
    who_changed,
)

CLEAN = {"clean": True, "hasUncommittedChanges": False, "currentBranch": "master", "untracked": []}
LOG = {"entries": [{"commitId": "b"}, {"commitId": "a"}]}


class Node:
    """Answers by the last part of the path; an exception is raised. Remembers what it was asked."""

    def __init__(self, **answers: t.Any) -> None:
        self.answers = {"status": CLEAN, "log": LOG, **answers}
        self.asked: list[tuple[str, dict[str, t.Any]]] = []

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        self.asked.append((path, query))
        answer = self.answers[path.rpartition("/")[2]]
        if isinstance(answer, Exception):
            raise answer
        return answer(query) if callable(answer) else answer

    put = post = delete = get


def commit_of(entry: t.Any) -> Commit:
    return standing(Node(log={"entries": [entry]}), "P").log[0]


def test_two_calls_say_where_a_project_stands() -> None:
    node = Node()
    assert standing(node, "P") == Standing("master", (Commit("b"), Commit("a")), complete=True)
    assert node.asked == [("/projects/P/git/status", {}), ("/projects/P/git/actions/log", {"count": 1000})]


@pytest.mark.parametrize(
    "entry",
    [
        {"commitId": "c1", "author": "ann", "timestamp": 1_700_000_000_000, "message": "m", "parents": ["p1", "p2"]},
        {"id": "c1", "authorName": "ann", "commitTime": 1_700_000_000, "title": "m", "parentIds": ["p1", "p2"]},
        {"hash": "c1", "author": {"name": "ann"}, "date": "2023-11-14T22:13:20Z", "subject": "m", "parents": [{"id": "p1"}, {"id": "p2"}]},
        {"sha": "c1", "author": {"login": "ann", "email": "x"}, "when": "2023-11-14T23:13:20+01:00", "fullMessage": "m", "parentCommits": ["p1", "p2"]},
    ],
)  # fmt: skip
def test_a_commit_is_understood_in_many_words(entry: dict[str, t.Any]) -> None:
    assert commit_of(entry) == Commit("c1", "ann", "2023-11-14T22:13:20+00:00", "m", ("p1", "p2"))


@pytest.mark.parametrize("more", [{}, {"author": 7, "timestamp": "soon"}, {"timestamp": True}, {"timestamp": 1e30}])
def test_author_and_time_may_be_lacking(more: dict[str, t.Any]) -> None:
    assert commit_of({"commitId": "c1", **more}) == Commit("c1")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"status": NodeError("no", 403)}, "the key may not use it"),
        ({"status": NodeError("boom", 500)}, "cannot be asked: boom"),
        ({"log": NodeError("boom", 500)}, "cannot be asked: boom"),
        ({"status": []}, "unknown form"),
        ({"log": [{"commitId": "a"}]}, "unknown form"),
        ({"log": {}}, "has no entries"),
        ({"log": {"entries": []}}, "no commits"),
        ({"log": {"entries": [{"author": "ann"}]}}, "does not name its commits"),
        ({"log": {"entries": ["a"]}}, "does not name its commits"),
        ({"status": {**CLEAN, "currentBranch": None}}, "branch"),
        ({"status": {**CLEAN, "clean": False}}, "not committed"),
        ({"status": {"currentBranch": "master"}}, "not committed"),
        ({"status": {**CLEAN, "hasUncommittedChanges": True}}, "not committed"),
        ({"status": {**CLEAN, "untracked": ["datasets/d.json"]}}, "not committed"),
    ],
)
def test_what_is_not_plain_is_a_reason(answers: dict[str, t.Any], reason: str) -> None:
    with pytest.raises(NoHistory, match=reason):
        standing(Node(**answers), "P")


@pytest.mark.parametrize(("more", "complete"), [({}, True), ({"nextCommit": "z"}, False)])
def test_a_log_with_more_to_come_is_not_complete(more: dict[str, t.Any], complete: bool) -> None:
    assert standing(Node(log={**LOG, **more}), "P").complete is complete


def test_a_log_as_long_as_asked_for_is_not_complete() -> None:
    assert standing(Node(), "P", count=2).complete is False


def test_the_commits_since_another() -> None:
    stood = standing(Node(), "P")
    assert (stood.since("b"), stood.since("a")) == ((), (Commit("b"),))


@pytest.mark.parametrize(("complete", "reason"), [(True, "no longer in"), (False, "among the last 1 ")])
def test_a_commit_that_the_log_lacks_is_a_reason(complete: bool, reason: str) -> None:
    with pytest.raises(NoHistory, match=reason):
        Standing("master", (Commit("b"),), complete).since("a")


@pytest.mark.parametrize("merge", [Commit("m", parents=("a", "x")), Commit("m", message="Merge branch 'x'")])
def test_a_merge_since_the_commit_is_a_reason_and_one_before_it_is_none(merge: Commit) -> None:
    stood = Standing("master", (Commit("c"), merge, Commit("a")), complete=True)
    assert stood.since("m") == (Commit("c"),)
    with pytest.raises(NoHistory, match="merged"):
        stood.since("a")


def test_the_head_costs_one_call() -> None:
    node = Node(log=lambda query: {"entries": LOG["entries"][: query["count"]]})
    assert head(node, "P") == "b" and len(node.asked) == 1


@pytest.mark.parametrize(
    "entry",
    [{"path": "a.json"}, {"fileName": "a.json"}, {"newPath": "a.json", "oldPath": "/dev/null"}, {"file": "a.json"}, "a.json"],
)  # fmt: skip
def test_a_file_is_understood_in_many_words(entry: t.Any) -> None:
    node = Node(diff={"entries": [entry], "changedFiles": 1})
    assert changed_paths(node, "P", "a", "b") == {"a.json"}
    assert node.asked == [("/projects/P/git/actions/diff", {"commitFrom": "a", "commitTo": "b"})]


def test_both_names_of_a_renamed_file_count() -> None:
    node = Node(diff={"entries": [{"oldPath": "a.json", "newPath": "b.json"}]})
    assert changed_paths(node, "P", "a", "b") == {"a.json", "b.json"}


@pytest.mark.parametrize(
    ("diff", "reason"),
    [
        ({"changedFiles": 2}, "no entries"),
        ({"entries": [{"path": "a"}], "changedFiles": 2}, "names 1 of 2"),
        ({"entries": [{"addedLines": 2}]}, "does not name its files"),
        ({"entries": [7]}, "does not name its files"),
        (NodeError("no", 403), "may not use"),
    ],
)
def test_a_diff_that_is_not_plain_is_a_reason(diff: t.Any, reason: str) -> None:
    with pytest.raises(NoHistory, match=reason):
        changed_paths(Node(diff=diff), "P", "a", "b")


def test_who_changed_a_recipe_asks_for_its_files_and_keeps_the_order_of_the_log() -> None:
    def log(query: dict[str, t.Any]) -> t.Any:
        ids = {"recipes/r.json": ["a"], "recipes/r.sql": ["c", "a"]}[query["path"]]
        return {"entries": [{"commitId": name, "author": f"author of {name}"} for name in ids]}

    node = Node(log=log)
    newer = (Commit("c", "C"), Commit("b", "B"))
    assert who_changed(node, "P", KINDS["recipe"], "r", "sql_query", newer) == (Commit("c", "C"),)
    assert len(node.asked) == 2


def test_who_changed_without_a_starting_point_is_the_newest_first() -> None:
    entries = [{"commitId": "a", "timestamp": 1_600_000_000}, {"commitId": "b", "timestamp": 1_700_000_000}]
    found = who_changed(Node(log={"entries": entries}), "P", KINDS["dataset"], "d", "S3")
    assert [commit.id for commit in found] == ["b", "a"]


def test_who_changed_is_nobody_where_git_does_not_tell() -> None:
    assert who_changed(Node(log=NodeError("no", 500)), "P", KINDS["dataset"], "d", "S3") == ()
    node = Node()
    assert who_changed(node, "P", KINDS["connection"], "c", "S3") == () and node.asked == []
