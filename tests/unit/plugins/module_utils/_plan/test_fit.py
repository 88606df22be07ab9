# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Columns that go or change, and what surely uses them."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_flow import HELD, PROJECT, column, dataset, found, names, ours, recipe

JOIN = {
    "virtualInputs": [{"index": 1, "prefix": "r"}, {"index": 0, "computedColumns": [{"name": "made"}]}],
    "joins": [{"on": [{"column1": {"name": "id", "table": 0}, "column2": {"name": "key", "table": 1}}]}],
    "selectedColumns": [
        {"name": "n", "table": 0},
        {"name": "label", "table": 1, "alias": "title"},
        {"name": "made", "table": 1},
    ],
}


def joined(left: list[dict[str, t.Any]], out: list[dict[str, t.Any]] | None = None) -> list[str]:
    """What is said when the first input of a join of (left, right) gets other columns; ``n`` of right is removed."""
    held = {
        "project": {"P": PROJECT},
        "dataset": {
            "left": dataset(key="string", label="string", made="string", free="string", n="int"),
            "right": dataset(id="string", n="bigint"),
            "out": dataset(r_n="bigint", title="string"),
        },
        "recipe": {"join": recipe(["left", "right"], ["out"], "join", payload=JOIN)},
    }
    sections = {"datasets": [ours("left", schema=left), ours("right", schema=[column("id")])]}
    if out is not None:
        sections["datasets"].append(ours("out", schema=out))
    return [str(entry) for entry in found(sections, held=held).misfits]


KEPT = [column("key"), column("label"), column("made"), column("free")]
REMOVED = "recipe.P.join uses column n of dataset.P.right, which is removed"


def test_a_join_names_the_columns_of_each_input() -> None:
    assert joined(KEPT) == [REMOVED]
    assert joined([column("key", "int"), column("made")]) == [
        "recipe.P.join uses column label of dataset.P.left, which is removed",
        "recipe.P.join uses column key of dataset.P.left, which changes from string to int",
        REMOVED,
    ]


def test_columns_that_a_recipe_computes_or_does_not_name_do_not_count() -> None:
    assert joined([column("key"), column("label")]) == [REMOVED]


def test_a_declared_output_that_keeps_the_column_no_longer_fits() -> None:
    declared = [column("r_n", "bigint"), column("title")]
    assert joined([column("key"), column("label", "int")], declared) == [
        "recipe.P.join uses column label of dataset.P.left, which changes from string to int",
        "dataset.P.out uses column label of dataset.P.left, which changes from string to int",
        REMOVED,
        "dataset.P.out uses column n of dataset.P.right, which is removed",
    ]
    assert joined([column("key"), column("label", "int")], [column("title", "int")])[1:] == [REMOVED]


def test_a_grouping_uses_its_keys_and_what_it_aggregates() -> None:
    payload = {
        "keys": [{"column": "id"}, {"column": "day"}],
        "values": [{"column": "n", "sum": True}, {"column": "m", "sum": False}],
        "computedColumns": [{"name": "day"}],
        "outputColumnNameOverrides": {"id": "who"},
    }
    held = {
        **HELD,
        "dataset": {
            "raw": dataset(id="string", day="date", n="bigint", m="int", z="int"),
            "gold": dataset(who="string"),
        },
        "recipe": {"group": recipe(["raw"], ["gold"], "grouping", payload=payload)},
    }
    impacts = found(
        {"datasets": [ours("raw", schema=[column("z", "int")]), ours("gold", schema=[column("who")])]}, held=held
    )
    assert [(entry.user, entry.column, entry.now) for entry in impacts.misfits] == [
        ("recipe.P.group", "id", None),
        ("dataset.P.gold", "id", None),
        ("recipe.P.group", "n", None),
    ]


@pytest.mark.parametrize(("mode", "count"), [("STRICT_SYNC", 2), (None, 2), ("FREE_SCHEMA_NAME_BASED", 0)])
def test_a_sync_passes_its_columns_on_to_a_declared_output(mode: str | None, count: int) -> None:
    params = {"schemaMode": mode} if mode else {}
    held = {**HELD, "recipe": {"copy": recipe(["raw"], ["gold"], "sync", params=params)}}
    both = [column("id"), column("n", "bigint")]
    sections = {"datasets": [ours("raw", schema=[column("n", "int")]), ours("gold", schema=both)]}
    assert [entry.user for entry in found(sections, held=held).misfits] == ["dataset.P.gold"] * count
    assert found({"datasets": sections["datasets"][:1]}, held=held).misfits == ()


def test_an_output_whose_schema_is_not_compared_insists_on_nothing() -> None:
    held = {**HELD, "recipe": {"copy": recipe(["raw"], ["gold"], "sync")}}
    declared = {"columns": [column("id")], "mode": "ignore"}
    sections = {"datasets": [ours("raw", schema=[column("n", "bigint")]), ours("gold", schema=declared)]}
    assert found(sections, held=held).misfits == ()


def test_of_a_replaced_dataset_without_a_declared_schema_nothing_is_said() -> None:
    held = {**HELD, "recipe": {"copy": recipe(["raw"], ["gold"], "sync")}}
    made_anew = {"name": "raw", "type": "S3", "connection": "s3"}
    sections = {"datasets": [made_anew, ours("gold", schema=[column("id"), column("n", "bigint")])]}
    assert found(sections, held=held).misfits == ()


def test_a_schema_that_only_contains_removes_nothing() -> None:
    held = {**HELD, "recipe": {"copy": recipe(["raw"], ["gold"], "sync")}}
    declared = {"columns": [column("new")], "mode": "contains"}
    sections = {"datasets": [ours("raw", schema=declared), ours("gold", schema=[column("id"), column("n", "bigint")])]}
    assert found(sections, held=held).misfits == ()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-2, 3) | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        *(
                            "virtualInputs",
                            "joins",
                            "on",
                            "column1",
                            "selectedColumns",
                            "table",
                            "index",
                            "name",
                            "keys",
                        ),
                        *("column", "values", "computedColumns", "outputColumnNameOverrides", "prefix", "sum", "alias"),
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(["join", "grouping", "sync"]),
)
def test_a_payload_may_hold_anything(payload: t.Any, kind: str) -> None:
    held = {**HELD, "recipe": {"r": recipe(["raw"], ["gold"], kind, payload=payload)}}
    assert found({"datasets": [ours("raw", schema=[])]}, held=held).outdated == names("gold")
