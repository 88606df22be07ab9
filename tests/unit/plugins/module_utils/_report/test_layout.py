# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the boxes of the flow go."""

from __future__ import annotations

import itertools
import random

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.layout import Layout, layout


def assert_readable(drawn: Layout) -> None:
    """No two boxes overlap, and everything lies inside."""
    by_column: dict[int, list[float]] = {}
    for column, row in drawn.places.values():
        assert 0 <= column < drawn.columns
        assert 0 <= row <= drawn.rows - 1 + 1e-6
        by_column.setdefault(column, []).append(row)
    for rows in by_column.values():
        rows.sort()
        assert all(lower - upper > 1 - 1e-6 for upper, lower in itertools.pairwise(rows))


def test_edges_lead_to_the_right() -> None:
    drawn = layout(["d", "c", "b", "a"], [("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")])
    assert {node: column for node, (column, _row) in drawn.places.items()} == {"a": 0, "b": 1, "c": 1, "d": 2}
    assert drawn.places["a"][1] == pytest.approx(drawn.places["d"][1], abs=0.05)  # in the middle of b and c
    assert_readable(drawn)


def test_a_source_stands_before_what_it_leads_to() -> None:
    drawn = layout(["a", "b", "c", "late"], [("a", "b"), ("b", "c"), ("late", "c")])
    assert drawn.places["late"][0] == 1


def test_parts_and_singles_stand_below_one_another() -> None:
    drawn = layout(["x", "a", "b", "c", "y"], [("a", "b"), ("b", "c")])
    assert [drawn.places[node] for node in "abcxy"] == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1)]


def test_nothing_is_drawn_of_nothing() -> None:
    assert layout([], [("a", "b")]) == Layout({}, 0, 0)


@pytest.mark.parametrize(
    "edges", [[("a", "a")], [("a", "b"), ("b", "a")], [("a", "b"), ("b", "c"), ("c", "a"), ("a", "x")]]
)
def test_circles_and_strangers_are_no_problem(edges: list[tuple[str, str]]) -> None:
    drawn = layout(["a", "b", "c"], edges)
    assert drawn.places.keys() == {"a", "b", "c"}
    assert_readable(drawn)


def test_a_chain_longer_than_the_stack_is_one_row() -> None:
    nodes = [str(number) for number in range(5000)]
    drawn = layout(nodes, itertools.pairwise(nodes))
    assert (drawn.columns, drawn.rows) == (5000, 1)


@pytest.mark.parametrize("seed", range(20))
def test_no_two_boxes_overlap(seed: int) -> None:
    chance = random.Random(seed)
    nodes = [str(number) for number in range(chance.randrange(2, 120))]
    edges = [(chance.choice(nodes), chance.choice(nodes)) for _edge in range(chance.randrange(150))]
    drawn = layout(nodes, edges)
    assert drawn.places.keys() == set(nodes)
    assert_readable(drawn)
