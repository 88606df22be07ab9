# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tree of a wiki: whatever is moved, every article stays in it once, and is where it was to be."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS, wiki_tree
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Neighbours
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

Tree = list[dict[str, t.Any]]
TREE: Tree = [
    {"id": "1", "children": [{"id": "2", "children": []}, {"id": "3", "children": [{"id": "4", "children": []}]}]},
    {"id": "5", "children": []},
]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Up to seven articles, each below one that was placed before it or at the top."""
    nodes: list[dict[str, t.Any]] = []
    tree: Tree = []
    for number in range(draw(st.integers(1, 7))):
        parent = draw(st.sampled_from([None, *nodes]))
        nodes.append({"id": str(number), "children": []})
        (tree if parent is None else parent["children"]).append(nodes[-1])
    return tree


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=trees(), data=st.data())
def test_a_moved_article_is_where_it_was_to_be_and_nothing_is_lost(tree: Tree, data: st.DataObject) -> None:
    ids = wiki_tree.ids_of(tree)
    moving, parent = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(["", *ids]))
    below = next(wiki_tree.ids_of([node]) for node in _nodes(tree) if node["id"] == moving)
    assume(parent not in below)
    siblings = [key for key in ids if wiki_tree.near(tree, key)[0] == parent and key != moving]
    follows = data.draw(st.sampled_from([None, "", *siblings]))
    result = wiki_tree.moved(tree, [moving], parent, follows)
    assert sorted(wiki_tree.ids_of(result)) == sorted(ids)
    found_parent, found_before = wiki_tree.near(result, moving)
    assert found_parent == parent
    assert found_before == (follows if follows is not None else (siblings[-1] if siblings else ""))
    assert next(wiki_tree.ids_of([node]) for node in _nodes(result) if node["id"] == moving) == below
    assert wiki_tree.moved(result, [moving], parent, found_before) == result, "moved twice is moved once"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=trees(), data=st.data())
def test_an_emptied_article_keeps_its_place_and_its_children_stand_behind_it(tree: Tree, data: st.DataObject) -> None:
    emptied = data.draw(st.sampled_from(wiki_tree.ids_of(tree)))
    result = wiki_tree.emptied(tree, emptied)
    assert wiki_tree.near(result, emptied) == wiki_tree.near(tree, emptied)
    assert wiki_tree.ids_of(result) == wiki_tree.ids_of(tree)
    assert next(node["children"] for node in _nodes(result) if node["id"] == emptied) == []


def _nodes(tree: Tree) -> t.Iterator[dict[str, t.Any]]:
    for node in tree:
        yield node
        yield from _nodes(node["children"])


@pytest.mark.parametrize(
    ("row", "parent", "follows"), [(["1"], "4", None), (["1"], "1", None), (["5"], "1", "5"), (["2"], "", "3")]
)
def test_a_place_that_there_is_not_is_refused(row: list[str], parent: str, follows: str | None) -> None:
    with pytest.raises(ValueError, match="below"):
        wiki_tree.moved(TREE, row, parent, follows)


def test_a_row_moves_together() -> None:
    result = wiki_tree.moved(TREE, ["2", "3"], "5", "")
    assert [node["id"] for node in result] == ["1", "5"]
    assert [child["id"] for child in result[1]["children"]] == ["2", "3"]


def test_articles_are_told_by_their_names() -> None:
    articles = {
        key: {"article": {"id": key, "name": f"Article {key}", "tags": [], "attachments": [{"x": 1}]}, "payload": key}
        for key in "12345"
    }
    documents = wiki_tree.documents({"taxonomy": TREE, "homeArticleId": "1"}, articles)
    authors = [KINDS["wiki_article"].from_dss(document, Known()) for document in documents.values()]
    assert authors[0] == {"name": "Article 1", "content": "1", "home": True}
    assert authors[2] == {"name": "Article 3", "content": "3", "parent": "Article 1", "after": "Article 2"}


@pytest.mark.parametrize(
    "authors, expected",
    [
        ([{"name": "c", "after": "b"}, {"name": "b", "after": "a"}], ["b", "c"]),
        ([{"name": "a", "after": "b"}, {"name": "b", "after": "a"}], ["b", "a"]),
        ([{"name": "b", "after": None}, {"name": "c", "after": {"id": "7"}}, {"name": "d"}], []),
    ],
)
def test_articles_that_follow_one_another(authors: list[dict[str, object]], expected: list[str]) -> None:
    neighbours = Neighbours(authors={"wiki_article": tuple(authors)})
    assert wiki_tree.followers("a", neighbours.named_by("wiki_article", "after")) == expected
