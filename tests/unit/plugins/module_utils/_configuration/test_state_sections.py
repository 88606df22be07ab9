# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section ``moved``: its two forms, chains, and what is wrong with it."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.moves import with_moves
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded
from hypothesis import given, settings
from hypothesis import strategies as st

Write = Callable[..., Path]
HEAD = "project: {key: P, name: P}\ndatasets: [{name: new, type: managed}]\n"


def moves(write: Write, text: str) -> list[tuple[str, str, str]]:
    found = load(write({"p.yml": HEAD + text}) / "p.yml", kinds=KINDS, variables={"KEY": "P"}).moved
    return [(move.source, move.target, str(move.location)) for move in found]


@pytest.mark.parametrize(
    "text",
    [
        "moved: [{from: dataset.P.old, to: dataset.P.new}]\n",
        "moved: {dataset.P.old: dataset.P.new}\n",
        'moved: {dataset.P.old: "dataset.${KEY}.new"}\n',
    ],
)
def test_a_list_or_a_mapping(write: Write, text: str) -> None:
    (found,) = moves(write, text)
    assert found[:2] == ("dataset.P.old", "dataset.P.new")
    assert found[2].startswith("p.yml:3:")


def test_a_chain_leads_to_what_is_declared_in_any_order(write: Write) -> None:
    text = "moved: {dataset.P.b: dataset.P.new, dataset.P.a: dataset.P.b}\n"
    assert [move[:2] for move in moves(write, text)] == [
        ("dataset.P.b", "dataset.P.new"),
        ("dataset.P.a", "dataset.P.new"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{dataset.P.old: dataset.P.gone}", "moved[0].to: 'dataset.P.gone' is not declared: declare the resource"),
        ("{dataset.P.a: dataset.P.b, dataset.P.b: dataset.P.a}", "moved[0].to: 'dataset.P.b' is not declared"),
        (
            "{dataset.P.new: dataset.P.old}",
            "'dataset.P.new' is still declared, at p.yml:2:12 datasets[0]: take out one",
        ),
        (
            "{recipe.P.old: dataset.P.new}",
            "moved[0].to: a recipe cannot become a dataset: an address moves within its kind",
        ),
        ("{dataset.Q.old: dataset.P.new}", "'dataset.Q.old' belongs to another project than P"),
        ("{set.P.old: dataset.P.new}", "'set.P.old' is no address, because there is no kind 'set'"),
        (
            "{dataset.P: dataset.P.new}",
            "'dataset.P' is no address; this kind has addresses such as dataset.PROJECT.NAME",
        ),
        ("{project.P: project.P}", "a project has no name of its own that could change"),
        (
            "{dataset.P.a: dataset.P.new, dataset.P.b: dataset.P.new}",
            "'dataset.P.new' stands here twice, first at p.yml:3",
        ),
        ("[{from: dataset.P.a}]", "moved[0].to: 'to' is missing"),
        ("[{from: dataset.P.a, to: dataset.P.new, via: x}]", "unknown key 'via'"),
        ("3", "must be a list"),
    ],
)
def test_what_is_wrong(write: Write, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        moves(write, f"moved: {text}\n")
    assert message in str(caught.value)


class Move(t.NamedTuple):
    source: str
    target: str
    location: t.Any = None


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from("abcdef"), unique=True), st.lists(st.tuples(*[st.sampled_from("abcdefgh")] * 2)))
def test_no_record_is_lost(recorded: list[str], pairs: list[tuple[str, str]]) -> None:
    former = {key: Recorded(key, "dataset", key, f"id-{key}", dependencies=("a",)) for key in recorded}
    result, done, problems = with_moves(former, [Move(*pair) for pair in pairs], {})
    assert sorted(entry.object_id for entry in result.values()) == sorted(f"id-{key}" for key in recorded)
    assert all(entry.address == key for key, entry in result.items())
    assert set(done) <= set(result)
    assert all(former[old].object_id == result[new].object_id for new, old in done.items())
    assert all(problem.severity == "error" for problem in problems)
