# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Comparing and merging: what is declared is contained in the merge, and nothing else is touched."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.accept import accepting
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import (
    MISSING,
    AsSet,
    AsText,
    Change,
    Exclusive,
    Keyed,
    OnCreateOnly,
    Resent,
    Secret,
    Spelled,
    Whole,
    compare,
    compare_carefully,
    holds,
    identical,
    is_hollow,
    merge,
    same,
)
from hypothesis import example, given
from hypothesis import strategies as st

scalars = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


@given(documents, documents)
def test_merging_leaves_nothing_to_change(declared: dict, actual: dict) -> None:
    assert compare(declared, merge(declared, actual, {}), {}) == []


@given(documents)
def test_a_document_contains_itself(document: dict) -> None:
    assert compare(document, document, {}) == []


@given(documents, documents)
def test_no_change_means_that_merging_changes_nothing_that_counts(declared: dict, actual: dict) -> None:
    if not compare(declared, actual, {}):
        assert same(solid(merge(declared, actual, {})), solid(actual))


def solid(value: t.Any) -> t.Any:
    """A value without mappings in which there is nothing."""
    if not isinstance(value, dict):
        return value
    return {key: solid(inner) for key, inner in value.items() if not is_hollow(inner)}


@given(documents, documents)
def test_what_is_not_declared_stays(declared: dict, actual: dict) -> None:
    merged = merge(declared, actual, {})
    for key in actual.keys() - declared.keys():
        assert merged[key] == actual[key]


members = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("abc"), "v": st.integers(0, 2)}),
    max_size=3,
    unique_by=lambda item: item["name"],
)


@pytest.mark.parametrize("partial", [False, True])
@given(declared=members, actual=members)
def test_keyed_lists_merge_into_what_is_declared(partial: bool, declared: list, actual: list) -> None:
    rules = {"columns": Keyed(("name",), partial=partial)}
    merged = merge({"columns": declared}, {"columns": actual}, rules)
    assert compare({"columns": declared}, merged, rules) == []
    names = {item["name"] for item in merged["columns"]}
    kept = {item["name"] for item in actual} if partial else set()
    assert names == {item["name"] for item in declared} | kept


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        (None, "", True),
        (MISSING, [], True),
        (MISSING, False, False),
        ("a", "a ", False),
        ({"a": None}, {}, True),
    ],
)
def test_plain_values_are_compared_as_dss_stores_them(left: t.Any, right: t.Any, equal: bool) -> None:
    assert same(left, right) is equal


def test_an_absent_field_is_compared_as_its_default() -> None:
    def defaults(pattern: str, part: t.Any) -> dict:
        return {"mode": "table", "inner": {"limit": 10}} if not pattern else {}

    assert compare({"mode": "table", "inner": {"limit": 10}}, {}, {}, defaults) == []
    assert compare({"mode": "query"}, {}, {}, defaults) == [Change("mode", "table", "query")]


def test_null_declares_absence() -> None:
    assert compare({"a": None}, {"a": 1}, {}) == [Change("a", 1, MISSING)]
    assert merge({"a": None}, {"a": 1, "b": 2}, {}) == {"b": 2}


def test_sets_ignore_order_repetition_and_foreign_members() -> None:
    rules = {"tags": AsSet(frozenset({"creator_admin"}))}
    assert compare({"tags": ["b", "a"]}, {"tags": ["a", "b", "b", "creator_admin"]}, rules) == []
    assert merge({"tags": ["b"]}, {"tags": ["a", "creator_admin"]}, rules) == {"tags": ["b", "creator_admin"]}


def test_an_exclusive_mapping_loses_what_is_not_declared_but_hollow_parts_do_not_count() -> None:
    rules = {"inputs": Exclusive()}
    held = {"inputs": {"main": {"items": [1]}, "unused": {"items": []}}}
    assert compare({"inputs": {"main": {"items": [1]}}}, held, rules) == []
    assert compare({"inputs": {}}, held, rules) == [Change("inputs.main", {"items": [1]}, MISSING)]


def test_the_order_of_keyed_members_counts() -> None:
    rules = {"columns": Keyed(("name",))}
    changes = compare({"columns": [{"name": "b"}, {"name": "a"}]}, {"columns": [{"name": "a"}, {"name": "b"}]}, rules)
    assert changes == [Change("columns (order)", ["a", "b"], ["b", "a"])]


def test_members_are_matched_by_id_then_name_then_position_of_the_same_type() -> None:
    rules = {"steps": Keyed(("id", "name"), by_position=True)}
    held = [
        {"id": "1", "name": "x", "type": "build"},
        {"id": "2", "name": "y", "type": "sql"},
        {"id": "3", "name": "z", "type": "build"},
    ]
    wanted = [{"type": "build", "id": "1"}, {"name": "y", "type": "sql"}, {"type": "build", "v": 1}]
    assert compare({"steps": wanted}, {"steps": held}, rules) == [Change("steps[2].v", MISSING, 1)]


def test_a_member_of_another_type_is_replaced_and_not_overlaid() -> None:
    held = {"steps": [{"type": "sql", "params": {"sql": "x"}}]}
    assert merge({"steps": [{"type": "build", "params": {"n": 1}}]}, held, {}) == {
        "steps": [{"type": "build", "params": {"n": 1}}]
    }


def test_text_ignores_line_endings_and_trailing_blank_lines() -> None:
    assert compare({"code": "a\nb\n"}, {"code": "a\r\nb"}, {"code": AsText()}) == []
    assert compare({"code": "a\n b"}, {"code": "a\nb"}, {"code": AsText()}) != []


def test_several_spellings_are_one_value() -> None:
    rules = {"charset": Spelled(lambda value: value.replace("-", ""))}
    assert compare({"charset": "utf8"}, {"charset": "utf-8"}, rules) == []
    assert merge({"charset": "utf8"}, {"charset": "utf-8"}, rules) == {"charset": "utf-8"}


@pytest.mark.parametrize("rule", [OnCreateOnly(), Secret()])
def test_what_is_sent_only_once_is_never_compared_and_never_overwritten(rule: t.Any) -> None:
    assert compare({"password": "new"}, {"password": "e:AES"}, {"password": rule}) == []
    assert merge({"password": "new"}, {"password": "e:AES"}, {"password": rule}) == {"password": "e:AES"}
    assert merge({"password": "new"}, {}, {"password": rule}) == {"password": "new"}


def test_a_resent_secret_is_always_a_change() -> None:
    rules = {"password": Resent()}
    assert compare({"password": "same"}, {"password": "same"}, rules) == [Change("password", "same", "same")]
    assert merge({"password": "new"}, {"password": "e:AES"}, rules) == {"password": "new"}


# Accepting ------------------------------------------------------------------------------------------------------------

ruled = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.lists(st.sampled_from("abc"), max_size=3),
        "columns": members,
        "some": members,
        "items": st.lists(values, max_size=3),
        "whole": values,
        "map": st.dictionaries(st.sampled_from("abcd"), scalars, max_size=3),
        "text": st.text("a\n", max_size=3),
    },
)
RULES = {
    "tags": AsSet(frozenset({"c"})),
    "columns": Keyed(("name",)),
    "some": Keyed(("name",), partial=True),
    "whole": Whole(),
    "map": Exclusive(),
    "text": AsText(),
}


@given(ruled, ruled)
def test_accepting_nothing_changes_nothing(declared: dict, actual: dict) -> None:
    assert accepting(declared, actual, RULES, []) == declared


@given(ruled, ruled)
@example({"items": [None, [[]]]}, {"items": [None, False]})
def test_accepting_everything_that_differs_leaves_no_difference(declared: dict, actual: dict) -> None:
    differing = [change.path for change in compare(declared, actual, RULES)]
    assert compare(accepting(declared, actual, RULES, differing), actual, RULES) == []


@given(ruled, ruled, st.randoms(use_true_random=False))
def test_accepting_a_part_leaves_the_differences_of_the_rest(declared: dict, actual: dict, random: t.Any) -> None:
    declared.pop("items", None)  # members that are known by their position move up
    differing = [change.path for change in compare(declared, actual, RULES)]
    order = [path for path in differing if path.endswith(" (order)")]  # it follows from what is accepted besides
    part = [path for path in differing if path not in order and random.random() < 0.5]
    left = [change.path for change in compare(accepting(declared, actual, RULES, part), actual, RULES)]
    assert {path for path in left if not path.endswith(" (order)")} == {*differing} - {*part} - {*order}


def test_accepting_leaves_its_arguments_as_they_are() -> None:
    declared, actual = {"a": {"b": 1}, "columns": [{"name": "x"}]}, {"a": {"b": 2}, "columns": [{"name": "y"}]}
    former = repr((declared, actual))
    accepting(declared, actual, RULES, ["a.b", "columns[x]", "columns[y]"])
    assert repr((declared, actual)) == former


PLACES = ("a", "b", "a.b", "b.c", "a[]", "a[].b", "c", "a[x]", "a[].b.c")
KINDS_OF_RULES = (
    AsText(),
    Exclusive(),
    Keyed(("b",)),
    Keyed(("b", "c"), by_position=True),
    Keyed(("b+c",), partial=True),
    OnCreateOnly(),
    Resent(),
    Secret(),
    Secret(fills=True),
    Spelled(str),
    Whole(),
)
rules_of_any_kind = st.dictionaries(st.sampled_from(PLACES), st.sampled_from(KINDS_OF_RULES), max_size=3)


@given(documents, documents, rules_of_any_kind)
@example({"a": [{"c": 1}]}, {}, {"a": Keyed(("b",))})
@example({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": Exclusive()})
@example({"a": {"b": {}}}, {"a": {"b": {"c": 1}}}, {"a": Whole()})
def test_the_quick_look_never_misses_what_the_careful_one_finds(declared: dict, more: dict, rules: dict) -> None:
    for actual in (more, declared, merge(declared, more, {})):
        if holds(declared, actual, rules):
            assert compare_carefully(declared, actual, rules) == []


@given(documents)
def test_the_quick_look_sees_what_is_there_to_the_letter(document: dict) -> None:
    assert holds(document, {**document, "more": 1}, {"a": AsText(), "tags": AsSet()})


@pytest.mark.parametrize(("declared", "actual"), [(1, True), (True, 1), (0, False), (1, 1.0), ("1", 1), (None, "")])
def test_the_quick_look_leaves_values_of_two_types_to_the_careful_one(declared: t.Any, actual: t.Any) -> None:
    assert not holds({"a": declared}, {"a": actual}, {})
    assert not holds({"a": [declared]}, {"a": [actual]}, {})


def test_members_that_stand_where_they_are_declared_need_no_key() -> None:
    assert compare({"a": [{"v": 1}, {"b": "x"}]}, {"a": [{"v": 1, "w": 2}, {"b": "x"}]}, {"a": Keyed(("b",))}) == []


@given(documents, documents)
def test_what_is_identical_is_the_same(left: dict, right: dict) -> None:
    assert identical(left, {**left})
    assert same(left, right) or not identical(left, right)
