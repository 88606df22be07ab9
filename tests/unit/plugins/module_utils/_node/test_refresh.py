# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What need not be read: each rule of the design's section 10 alone stops it, with its reason."""

from __future__ import annotations

import typing as t
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Ref, Resource, TypeOfConnection
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.history import Commit, Standing
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.refresh import Refresh, as_recorded, closed, refresh
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import AsSet, Keyed, OnCreateOnly
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import (
    Reading,
    Recorded,
    Rewritten,
    State,
    new_state,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AUTO = {"settings": {"settings": {"gitCommitMode": "AUTO"}}}
DECLARED: dict[str, t.Any] = {
    "dataset.P.d": {"type": "PostgreSQL", "params": {"connection": "pg"}},
    "recipe.P.r": {"type": "python", "inputs": {"main": {"items": [{"ref": "Ab3"}]}}, "code": "pass\n"},
    "scenario.P.s": {"name": "s", "active": True},
    "managed_folder.P.box": {"tags": ["a"]},
}
IDS = {"managed_folder.P.box": "Ab3"}
EVERYTHING = frozenset(DECLARED)


class Node:
    """A project whose newest commit comes first in ``log``; ``files`` differ between any two. ``answers`` come first."""

    def __init__(self, *log: t.Any, files: t.Iterable[str] = (), **answers: t.Any) -> None:
        self.log = list(log) or ["h0"]
        self.files = files
        self.answers = answers
        self.asked: list[str] = []

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        name = path.rpartition("/")[2]
        self.asked.append(name)
        answer = self.answers.get(name) or getattr(self, f"_{name}")(query)
        if isinstance(answer, Exception):
            raise answer
        return answer

    put = post = delete = get

    def _status(self, query: t.Any) -> t.Any:
        return {"clean": True, "currentBranch": "master"}

    def _log(self, query: t.Any) -> t.Any:
        entries = [entry if isinstance(entry, dict) else {"id": entry} for entry in self.log]
        return {"entries": entries[: query["count"]]}

    def _diff(self, query: t.Any) -> t.Any:
        return {"entries": [{"path": path} for path in self.files]}

    def _settings(self, query: t.Any) -> t.Any:
        return AUTO["settings"]


def resource_of(key: str, declared: t.Any) -> Resource:
    kind, project, name = key.split(".")
    return Resource(kind, project, name, declared, rules=KINDS[kind].rules)


def recorded_of(key: str) -> Recorded:
    kind, _project, name = key.split(".")
    return Recorded(key, kind, name, IDS.get(key, name), DECLARED[key])


@pytest.fixture
def desired() -> dict[str, Resource]:
    return {key: resource_of(key, declared) for key, declared in DECLARED.items()}


@pytest.fixture
def state() -> State:
    reading = Reading("master", "h0", EVERYTHING, ("dataset.P.other",), NOW.isoformat())
    return replace(new_state("prod", "P"), resources={key: recorded_of(key) for key in DECLARED}, reading=reading)


def ask(node: Node, desired: t.Any, state: State | None, **changes: t.Any) -> Refresh:
    usual: dict[str, t.Any] = {
        "document": AUTO,
        "mode": "auto",
        "max_age": timedelta(hours=24),
        "now": NOW,
        "whole": False,
        "interrupted": False,
    }
    return refresh(node, "P", desired, state, KINDS, **{**usual, **changes})


# What is skipped ------------------------------------------------------------------------------------------------------


def test_nothing_is_read_again_where_nothing_moved_for_two_calls(desired: t.Any, state: State) -> None:
    node = Node()
    found = ask(node, desired, state)
    assert (found.skip, found.reason, found.unmanaged) == (EVERYTHING, "", ("dataset.P.other",))
    assert found.standing == Standing("master", (Commit("h0"),), complete=True)
    assert node.asked == ["status", "log"]


@pytest.mark.parametrize(
    ("paths", "read"),
    [
        (["datasets/d.json"], {"dataset.P.d"}),
        (["recipes/r.py"], {"recipe.P.r"}),
        (["scenarios/s.py", "scenarios/s.json"], {"scenario.P.s"}),
        (["managed_folders/Ab3.json"], {"managed_folder.P.box"}),
        (["params.json", "wiki/1.md", "lib/python/a.py", "zones/z.json", "version-tags.json"], set()),
        ([], set()),
    ],
)
def test_what_the_diff_names_is_read_for_a_third_call(
    paths: list[str], read: set[str], desired: t.Any, state: State
) -> None:
    node = Node("h1", "h0", files=paths)
    found = ask(node, desired, state)
    assert EVERYTHING - found.skip == read and found.sections == frozenset()
    assert node.asked == ["status", "log", "diff"]


LISTABLE = {"datasets", "recipes", "scenarios", "managed_folders"}


def test_what_is_unmanaged_is_listed_again_where_something_of_it_moved(desired: t.Any, state: State) -> None:
    found = ask(Node("h1", "h0", files=["recipes/new.py"]), desired, state)
    assert (found.skip, found.unmanaged) == (EVERYTHING, None) and found.sections >= LISTABLE


def test_what_is_unmanaged_is_listed_again_where_it_was_not_known(desired: t.Any, state: State) -> None:
    state = replace(state, reading=replace(state.reading, unmanaged=None))
    found = ask(Node(), desired, state)
    assert (found.skip, found.unmanaged) == (EVERYTHING, None) and found.sections >= LISTABLE


def test_a_name_with_dots_is_found_whole_and_in_part(desired: t.Any, state: State) -> None:
    dotted = replace(recorded_of("recipe.P.r"), address="recipe.P.a.b", name="a.b", object_id="a.b")
    state = replace(state, resources={**state.resources, dotted.address: dotted})
    desired[dotted.address] = replace(desired["recipe.P.r"], name="a.b")
    state = replace(state, reading=replace(state.reading, addresses=EVERYTHING | {dotted.address}))
    assert ask(Node(), desired, state).skip == EVERYTHING | {dotted.address}
    assert ask(Node("h1", "h0", files=["recipes/a.b.py"]), desired, state).skip == EVERYTHING


@pytest.mark.parametrize("key", sorted(EVERYTHING))
def test_an_object_is_read_whose_declaration_changed(key: str, desired: t.Any, state: State) -> None:
    desired[key] = replace(desired[key], declared={**desired[key].declared, "shortDesc": "new"})
    assert EVERYTHING - ask(Node(), desired, state).skip == {key}


def test_an_object_is_read_that_the_reading_does_not_name(desired: t.Any, state: State) -> None:
    state = replace(state, reading=replace(state.reading, addresses=EVERYTHING - {"dataset.P.d"}))
    assert EVERYTHING - ask(Node(), desired, state).skip == {"dataset.P.d"}


@pytest.mark.parametrize("status", ["failed", "unknown"])
def test_an_object_is_read_whose_last_apply_failed(status: t.Any, desired: t.Any, state: State) -> None:
    unwell = replace(recorded_of("dataset.P.d"), status=status)
    state = replace(state, resources={**state.resources, "dataset.P.d": unwell})
    assert EVERYTHING - ask(Node(), desired, state).skip == {"dataset.P.d"}


@pytest.mark.parametrize(("recorded_id", "skipped"), [("Ab3", True), ("Zz9", False)])
def test_a_reference_stands_for_the_recorded_id(recorded_id: str, skipped: bool, desired: t.Any, state: State) -> None:
    items = {"main": {"items": [{"ref": Ref("managed_folder", "box")}]}}
    desired["recipe.P.r"] = resource_of("recipe.P.r", {**DECLARED["recipe.P.r"], "inputs": items})
    folder = replace(recorded_of("managed_folder.P.box"), object_id=recorded_id)
    state = replace(state, resources={**state.resources, folder.address: folder})
    assert ("recipe.P.r" in ask(Node(), desired, state).skip) is skipped


def test_a_reference_to_what_is_not_recorded_is_not_as_recorded(desired: t.Any, state: State) -> None:
    items = {"main": {"items": [{"ref": Ref("managed_folder", "other")}]}}
    desired["recipe.P.r"] = resource_of("recipe.P.r", {**DECLARED["recipe.P.r"], "inputs": items})
    assert "recipe.P.r" not in ask(Node(), desired, state).skip


def test_the_type_of_a_connection_stands_for_the_recorded_type(desired: t.Any, state: State) -> None:
    desired["dataset.P.d"] = resource_of("dataset.P.d", {**DECLARED["dataset.P.d"], "type": TypeOfConnection("pg")})
    assert "dataset.P.d" in ask(Node(), desired, state).skip


@pytest.mark.parametrize(("code", "skipped"), [("pass\n", True), ("fail\n", False)])
def test_a_fingerprint_stands_for_its_value(code: str, skipped: bool, desired: t.Any, state: State) -> None:
    covered = {**DECLARED["recipe.P.r"], "code": Fingerprint.of("pass\n", state.salt)}
    recipe = replace(recorded_of("recipe.P.r"), declared=covered)
    desired["recipe.P.r"] = resource_of("recipe.P.r", {**DECLARED["recipe.P.r"], "code": code})
    state = replace(state, resources={**state.resources, recipe.address: recipe})
    assert ("recipe.P.r" in ask(Node(), desired, state).skip) is skipped


def test_what_is_not_in_git_is_always_read(desired: t.Any, state: State) -> None:
    always = {"variables.P": Recorded("variables.P", "variables", "", "", {"standard": {"a": 1}})}
    desired["variables.P"] = Resource("variables", "P", "", {"standard": {"a": 1}})
    reading = replace(state.reading, addresses=EVERYTHING | {"variables.P"})
    state = replace(state, resources={**state.resources, **always}, reading=reading)
    assert ask(Node(), desired, state).skip == EVERYTHING


# What stops it --------------------------------------------------------------------------------------------------------

EXPLICIT = {"settings": {"settings": {"gitCommitMode": "EXPLICIT"}}}
MERGE = {"id": "h1", "message": "Merge branch 'x'"}


@pytest.mark.parametrize(
    ("node", "asked", "reason"),
    [
        (Node(), {"mode": "full"}, "refresh is full"),
        (Node(), {"interrupted": True}, "journal"),
        (Node(), {"whole": True}, "deleted"),
        (Node(), {"now": NOW + timedelta(hours=25)}, "last read at 2026-03-01"),
        (Node(), {"now": NOW - timedelta(hours=25)}, "last read at 2026-03-01"),
        (Node(), {"document": EXPLICIT}, "not AUTO"),
        (Node(), {"document": {"settings": {}}}, "not AUTO"),
        (Node(), {"document": {}}, "does not exist"),
        (Node(settings=NodeError("no", 403)), {"document": None}, "settings of the project cannot be read"),
        (Node(status={"clean": True, "currentBranch": "work"}), {}, "on branch work, recorded is master"),
        (Node(status={"clean": False, "currentBranch": "master"}), {}, "not committed"),
        (Node(status=NodeError("no", 403)), {}, "may not use"),
        (Node(log=NodeError("boom", 500)), {}, "boom"),
        (Node("h9"), {}, "no longer in the project's history"),
        (Node(log={"entries": [{"id": "h9"}], "nextCommit": "h8"}), {}, "not among the last 1 "),
        (Node("h2", MERGE, "h0"), {}, "merged"),
        (Node("h1", "h0", files=["active-bundle.json"]), {}, "active-bundle.json has changed"),
        (Node("h1", "h0", files=["datasets/deep/d.json"]), {}, "datasets/deep/d.json has changed"),
        (Node("h1", "h0", files=['datasets/"d\\303.json"']), {}, "has changed"),
        (Node("h1", "h0", files=["datasets/d"]), {}, "has changed"),
        (Node("h1", "h0", files=["projects/P/datasets/d.json"]), {}, "all projects"),
        (Node("h1", "h0", diff=NodeError("boom", 500)), {}, "boom"),
        (Node("h1", "h0", diff={"entries": [{"lines": 2}]}), {}, "does not name its files"),
    ],
)  # fmt: skip
def test_each_rule_alone_has_everything_read(
    node: Node, asked: dict[str, t.Any], reason: str, desired: t.Any, state: State
) -> None:
    found = ask(node, desired, state, **asked)
    assert (found.skip, found.surviving, found.unmanaged) == (frozenset(), frozenset(), None)
    assert reason in found.reason


@pytest.mark.parametrize("full_at", ["", "yesterday", "2026-03-01T12:00:00"])
def test_a_reading_without_a_usable_date_is_not_used(full_at: str, desired: t.Any, state: State) -> None:
    found = ask(Node(), desired, replace(state, reading=replace(state.reading, full_at=full_at)))
    assert (found.skip, bool(found.reason)) == (frozenset(), True)


@pytest.mark.parametrize("recorded", [True, False])
def test_without_a_reading_everything_is_read(recorded: bool, desired: t.Any, state: State) -> None:
    found = ask(Node(), desired, replace(state, reading=None) if recorded else None)
    assert (found.skip, found.reason) == (frozenset(), "nothing is recorded of a former read")
    assert found.standing is not None  # so that this read can be recorded


def test_git_is_not_asked_about_a_project_that_does_not_exist(desired: t.Any) -> None:
    node = Node()
    assert ask(node, desired, None, document={}).standing is None and node.asked == []


def test_the_settings_are_read_where_the_project_is_not_declared(desired: t.Any, state: State) -> None:
    node = Node()
    assert ask(node, desired, state, document=None).skip == EVERYTHING
    assert node.asked == ["settings", "status", "log"]


# What is as recorded --------------------------------------------------------------------------------------------------

COLUMNS = [{"name": "a", "type": "string"}]
WITH_SCHEMA = Recorded("dataset.P.d", "dataset", "d", "d", {"type": "S3", "schema": {"columns": COLUMNS}})


@pytest.mark.parametrize(
    ("rules", "held"),
    [
        ({"schema.columns": Keyed(("name",), partial=True)}, {"schema": {"columns": [*COLUMNS, {"name": "b"}]}}),
        ({"schema": OnCreateOnly(), "schema.columns": Keyed(("name",))}, {"schema": {"columns": [{"name": "b"}]}}),
    ],
)
def test_what_the_configuration_lets_pass_is_not_as_recorded(rules: t.Any, held: t.Any) -> None:
    resource = replace(resource_of("dataset.P.d", WITH_SCHEMA.declared), rules=rules)
    document = {"type": "S3", "name": "d"}
    assert not as_recorded(KINDS["dataset"], resource, WITH_SCHEMA, {**document, **held})
    assert as_recorded(KINDS["dataset"], resource, WITH_SCHEMA, {**document, "schema": {"columns": COLUMNS}})


def test_ignored_tags_are_not_as_recorded() -> None:
    recorded = Recorded("recipe.P.r", "recipe", "r", "r", {"tags": ["a"]})
    resource = replace(resource_of("recipe.P.r", {"tags": ["a"]}), rules={"tags": AsSet(frozenset({"creator_*"}))})
    assert not as_recorded(KINDS["recipe"], resource, recorded, {"tags": ["a", "creator_x"]})


@pytest.mark.parametrize(("held", "expected"), [("v1", True), ("v", True), ("v2", False)])
def test_the_form_that_dss_made_of_a_value_is_as_recorded(held: str, expected: bool) -> None:
    recorded = Recorded(
        "recipe.P.r", "recipe", "r", "r", {"shortDesc": "v"}, rewritten=(Rewritten("shortDesc", "v", "v1"),)
    )
    resource = resource_of("recipe.P.r", {"shortDesc": "v"})
    assert as_recorded(KINDS["recipe"], resource, recorded, {"shortDesc": held}) is expected


# The next reading -----------------------------------------------------------------------------------------------------


def close(
    node: Node, refreshed: Refresh, former: State | None, state: State, since: Standing | None, **changes: t.Any
) -> Reading | None:
    usual: dict[str, t.Any] = {"seen": frozenset(), "unmanaged": ("dataset.P.other",), "now": NOW + timedelta(hours=1)}
    return closed(node, "P", refreshed, former, state, KINDS, since=since, **{**usual, **changes})


def at_commit(*log: str) -> Standing:
    return Standing("master", tuple(map(Commit, log)), complete=True)


def rewritten(state: State, *keys: str) -> State:
    """The state after these were written anew."""
    written = {key: replace(state.resources[key], declared={"shortDesc": "new"}) for key in keys}
    return replace(state, resources={**state.resources, **written})


def test_an_unchanged_project_keeps_its_reading_without_a_call(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state)
    node = Node()
    assert close(node, refreshed, state, state, refreshed.standing) == state.reading
    assert node.asked == []


def test_a_full_read_is_recorded_for_one_call(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state, mode="full")
    node = Node()
    reading = close(node, refreshed, state, state, refreshed.standing, seen=EVERYTHING | {"project.P"}, unmanaged=())
    assert reading == Reading("master", "h0", EVERYTHING, (), (NOW + timedelta(hours=1)).isoformat())
    assert node.asked == ["log"]


def test_what_was_written_is_joined_to_what_no_diff_names(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state)
    node = Node("h1", "h0", files=["datasets/d.json"])
    reading = close(
        node, refreshed, state, rewritten(state, "dataset.P.d"), at_commit("h1", "h0"), seen=frozenset({"dataset.P.d"})
    )
    assert reading is not None and (reading.head, reading.addresses) == ("h1", EVERYTHING)
    assert (reading.full_at, reading.unmanaged) == (NOW.isoformat(), ("dataset.P.other",))
    assert node.asked == ["log", "diff"]


def test_what_a_colleague_committed_in_the_middle_is_not_as_recorded(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state)
    node = Node("h2", "h1", "h0", files=["datasets/d.json", "recipes/r.py"])
    written = rewritten(state, "dataset.P.d")
    reading = close(node, refreshed, state, written, at_commit("h2", "h1", "h0"), seen=frozenset({"dataset.P.d"}))
    assert reading is not None and EVERYTHING - reading.addresses == {"recipe.P.r"}


def test_a_write_that_was_lost_is_not_as_recorded(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state)
    reading = close(Node(), refreshed, state, rewritten(state, "dataset.P.d"), refreshed.standing)
    assert reading is not None and EVERYTHING - reading.addresses == {"dataset.P.d"}


def test_a_commit_during_the_closing_read_leaves_the_former_reading(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state)
    written = rewritten(state, "dataset.P.d")
    reading = close(
        Node("h2", "h1", "h0"), refreshed, state, written, at_commit("h1", "h0"), seen=frozenset({"dataset.P.d"})
    )
    assert reading == replace(state.reading, addresses=EVERYTHING - {"dataset.P.d"})


@pytest.mark.parametrize("node", [Node(log=NodeError("boom", 500)), Node()])
def test_where_git_does_not_help_the_former_reading_is_left(node: Node, desired: t.Any, state: State) -> None:
    written = rewritten(state, "recipe.P.r")
    since = None if not node.answers else at_commit("h1", "h0")
    reading = close(node, ask(Node(), desired, state), state, written, since, seen=frozenset({"recipe.P.r"}))
    assert reading == replace(state.reading, addresses=EVERYTHING - {"recipe.P.r"})
    assert close(node, Refresh(), None, state, since, seen=EVERYTHING) is None


def test_a_merge_in_the_middle_leaves_only_what_was_read_back(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state)
    merged = Standing("master", (Commit("h1", message="Merge branch 'x'"), Commit("h0")), complete=True)
    written = rewritten(state, "dataset.P.d")
    reading = close(Node("h1"), refreshed, state, written, merged, seen=frozenset({"dataset.P.d"}))
    assert reading is not None and (reading.addresses, reading.unmanaged) == ({"dataset.P.d"}, None)


def test_an_unknown_object_in_the_middle_makes_the_unmanaged_unknown(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state)
    reading = close(Node("h1", files=["datasets/new.json"]), refreshed, state, state, at_commit("h1", "h0"))
    assert reading is not None and (reading.addresses, reading.unmanaged) == (EVERYTHING, None)


def test_our_own_delete_is_no_unknown_object(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, state, whole=True)
    after = replace(state, resources={key: state.resources[key] for key in EVERYTHING - {"dataset.P.d"}})
    node = Node("h1", files=["datasets/d.json"])
    reading = close(node, refreshed, state, after, at_commit("h1", "h0"), earlier=EVERYTHING - {"dataset.P.d"})
    assert reading is not None
    assert (reading.addresses, reading.unmanaged) == (EVERYTHING - {"dataset.P.d"}, ("dataset.P.other",))


def test_a_new_project_has_a_reading_after_its_first_apply(desired: t.Any, state: State) -> None:
    refreshed = ask(Node(), desired, None, document={})
    reading = close(Node("h4"), refreshed, None, state, at_commit("h4"), seen=EVERYTHING, unmanaged=())
    assert reading == Reading("master", "h4", EVERYTHING, (), (NOW + timedelta(hours=1)).isoformat())


def test_what_failed_is_in_no_reading(desired: t.Any, state: State) -> None:
    failed = replace(state.resources["dataset.P.d"], status="failed")
    after = replace(state, resources={**state.resources, "dataset.P.d": failed})
    refreshed = ask(Node(), desired, state, mode="full")
    reading = close(Node(), refreshed, state, after, refreshed.standing, seen=EVERYTHING)
    assert reading is not None and EVERYTHING - reading.addresses == {"dataset.P.d"}


def test_a_part_of_the_configuration_leaves_the_rest_of_the_reading(desired: t.Any, state: State) -> None:
    part = {"dataset.P.d": desired["dataset.P.d"]}
    refreshed = ask(Node("h1", "h0", files=["recipes/r.py"]), part, state)
    assert refreshed.skip == {"dataset.P.d"}
    reading = close(Node("h1", "h0"), refreshed, state, state, refreshed.standing)
    assert reading is not None and (reading.head, EVERYTHING - reading.addresses) == ("h1", {"recipe.P.r"})
