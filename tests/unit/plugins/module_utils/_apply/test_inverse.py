# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run changed in a document, and the patch that gives it back."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.inverse import (
    Patch,
    effective,
    inverse,
    joined,
    readable,
    replaced,
    touched,
    whole,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import (
    MISSING,
    Change,
    Document,
    Exclusive,
    Keyed,
    OnCreateOnly,
    Rules,
    Secret,
    Whole,
    compare,
    is_hollow,
    merge,
    same,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import UPDATE, Action
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.fingerprint import Fingerprint
from hypothesis import given, settings
from hypothesis import strategies as st

SALT = "00" * 16
KEPT = Fingerprint.of("kept", SALT)


def action(declared: Document, before: Document, rules: Rules, ignored: tuple[str, ...] = (), sent: str = "") -> Action:
    resource = Resource("dataset", "P", "d", declared, rules=rules, ignore_changes=ignored)
    changes = (Change(sent, 1, 2),) if sent else ()
    return Action("dataset.P.d", "dataset", "P", UPDATE, changes, resource=resource, before=before)


@pytest.mark.parametrize(
    ("declared", "before", "rules", "expected"),
    [
        ({"a": 1}, {"b": 2}, {}, {"a": 1}),
        ({"a": 1, "b": {"c": 1}}, {"x": 1, "b": {"y": 1}}, {"": Exclusive()}, {"x": None, "a": 1, "b": {"c": 1}}),
        (
            {"v": {"a": {"b": 1}}},
            {"v": {"a": {"c": 1}, "d": 1}},
            {"v": Whole()},
            {"v": {"d": None, "a": {"c": None, "b": 1}}},
        ),
        ({"schema": [1], "a": 1}, {"schema": [2]}, {"schema": OnCreateOnly()}, {"a": 1}),
        ({"schema": [1], "a": 1}, {}, {"schema": OnCreateOnly()}, {"schema": [1], "a": 1}),
        (
            {"folder": {"$ref": ["managed_folder", "x"]}},
            {"folder": "id"},
            {},
            {"folder": {"$ref": ["managed_folder", "x"]}},
        ),
    ],
)
def test_the_effective_part_is_what_a_write_lays_over_an_object(
    declared: Document, before: Document, rules: Rules, expected: Document
) -> None:
    assert effective(declared, action(declared, before or {"z": 1}, rules), KINDS["dataset"]) == expected


def test_what_is_ignored_is_not_effective_and_a_secret_only_if_it_is_sent() -> None:
    declared = {"a": {"b": 1, "c": 2}, "secret": "s"}
    before = {"a": {"b": 0}, "secret": "e"}
    rules: Rules = {"secret": Secret()}
    assert effective(declared, action(declared, before, rules, ("a.b",)), KINDS["dataset"]) == {"a": {"c": 2}}
    assert effective(declared, action(declared, before, rules, sent="secret"), KINDS["dataset"]) == declared


def test_of_a_creation_everything_is_effective() -> None:
    declared = {"schema": [1]}
    assert effective(declared, action(declared, {}, {"schema": OnCreateOnly()}), KINDS["dataset"]) == declared


@pytest.mark.parametrize(
    ("declared", "before", "paths"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, {("b",)}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {("a", "c")}),
        ({"a": {"b": 1}}, {}, {("a", "b")}),
        ({"a": {"b": 1}}, {"a": [1]}, {("a",)}),
        ({"a": [1, 2]}, {"a": [2, 1]}, {("a",)}),
        ({"a": None, "b": ""}, {}, set()),
        ({"a": {"$ref": ["managed_folder", "x"]}}, {"a": "id"}, {("a",)}),
        ({"s": KEPT}, {"s": "kept"}, set()),
        ({"s": KEPT}, {"s": "other"}, {("s",)}),
    ],
)
def test_a_run_touched_what_the_object_did_not_hold(declared: Document, before: Document, paths: set[t.Any]) -> None:
    assert set(touched(declared, before)) == paths


def test_a_patch_gives_former_values_null_for_what_was_absent_and_what_dss_puts_there_by_itself() -> None:
    patch = inverse(
        {("a", "b"), ("a", "c"), ("d",), ("e", "f"), ("list",)},
        {"a": {"b": 1, "z": 0}, "list": [{"x": 1}]},
        {"a": {"b": 2, "c": 2, "z": 5}, "d": 3, "e": {"f": "N"}, "list": []},
        {"e": {"f": "STANDARD"}},
    )
    assert patch.document == {"a": {"b": 1, "c": None}, "d": None, "e": {"f": "STANDARD"}, "list": [{"x": 1}]}
    assert patch.rules == dict.fromkeys(("a.b", "a.c", "d", "e.f", "list"), Whole())


@pytest.mark.parametrize(
    ("former", "later", "expected"),
    [
        ({"a": 2}, {"b": 2}, {"b": 2, "a": 2}),  # no longer declared by the run that resumed
        ({"a": 2}, {"a": 1}, {"a": 2}),  # the later one was an undo
        ({"a": 1}, {"a": 3}, {"a": 3}),
        ({"a": 2}, {"a": 3}, {"a": 3}),
        ({"c": {"x": 2}}, {"c": {"y": 2}}, {"c": {"y": 2, "x": 2}}),
    ],
)
def test_of_two_runs_as_one_each_keeps_what_it_changed(former: Document, later: Document, expected: Document) -> None:
    assert joined(former, later, {"a": 1, "b": 1, "c": {"x": 1, "y": 1}}) == expected


def test_a_value_that_is_restored_whole_takes_what_is_in_it_along() -> None:
    patch = inverse({("a",), ("a", "b")}, {"a": [1]}, {"a": {"b": 1}}, {})
    assert patch == Patch({"a": [1]}, {"a": Whole()})


def test_a_secret_that_was_not_kept_is_left_as_it_is_and_named() -> None:
    former = {"password": KEPT, "port": 1, "params": {"properties": [{"name": "x", "value": KEPT}, {"name": "y"}]}}
    actual = {"password": "e:1", "port": 2, "params": {"properties": [{"name": "y"}, {"name": "x", "value": "e:2"}]}}
    patch = inverse({("password",), ("port",), ("params", "properties")}, former, actual, {})
    assert patch.document == {"port": 1, "params": {"properties": [{"name": "x", "value": "e:2"}, {"name": "y"}]}}
    assert patch.hidden == ("params.properties.value", "password")


def test_a_secret_that_the_object_still_holds_is_not_named() -> None:
    assert inverse({("password",)}, {"password": KEPT}, {"password": "kept"}, {}) == Patch()


def test_a_new_object_goes_without_the_secrets_that_were_not_kept() -> None:
    hidden: list[str] = []
    assert readable({"a": KEPT, "b": [KEPT, 1]}, MISSING, "params", hidden) == {"b": [1]}
    assert hidden == ["params.a", "params.b"]


def test_all_of_an_object_but_what_dss_keeps_for_itself() -> None:
    patch = whole({"id": "old", "a": {"b": 1}}, {"id": "new", "a": {"c": 1}, "d": 1}, frozenset({"id"}), {})
    assert patch.document == {"a": {"b": 1}, "d": None}


def test_only_a_whole_text_is_a_reference() -> None:
    new = Ref("managed_folder", "docs")
    assert replaced({"a": ["OLD", "see OLD"], "b": {"c": "OLD"}}, {"OLD": new}) == {
        "a": [new, "see OLD"],
        "b": {"c": new},
    }


NAMES = st.sampled_from("abcde")
VALUES = st.recursive(
    st.one_of(st.integers(0, 3), st.text("xy", max_size=2), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=4)
RULES = st.dictionaries(
    st.sampled_from(["a", "b", "a.b", "c.a", "d"]),
    st.sampled_from([Whole(), Exclusive(), OnCreateOnly(), Keyed(("a",))]),
    max_size=3,
)


def at(document: t.Any, path: tuple[str, ...]) -> t.Any:
    for key in path:
        document = document.get(key, MISSING) if isinstance(document, dict) else MISSING
    return document


def solid(value: t.Any) -> t.Any:
    """A value without what is hollow: DSS may as well not store it."""
    if isinstance(value, dict):
        return {key: solid(inner) for key, inner in value.items() if not is_hollow(inner)}
    return value


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(st.tuples(DOCUMENTS, RULES), min_size=1, max_size=3), DOCUMENTS, VALUES)
def test_after_any_runs_the_patch_gives_the_former_document_back_and_leaves_what_others_did(
    runs: list[tuple[Document, Rules]], former: Document, theirs: t.Any
) -> None:
    held = former
    paths: set[tuple[str, ...]] = set()
    for declared, rules in runs:
        written = effective(declared, action(declared, held, rules), KINDS["dataset"])
        paths |= set(touched(written, held))
        held = merge(declared, held, rules)
    elsewhere = {**held, "elsewhere": theirs}
    patch = inverse(paths, former, elsewhere, {})
    undone = merge(patch.document, elsewhere, patch.rules)
    assert all(same(solid(at(undone, path)), solid(at(former, path))) for path in paths)
    assert undone.pop("elsewhere") == theirs
    assert same(solid(undone), solid(former))
    assert not compare(patch.document, undone, patch.rules)
