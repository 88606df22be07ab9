# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tree of a wiki, ``[{id, children}]``, and the documents of its articles: pure functions."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping

from .._plan.compare import Document

PARENT, AFTER, HOME = "parent", "after", "home"
PLACE = (PARENT, AFTER, HOME)  # what a document has besides the article itself
Tree = t.Sequence[Mapping[str, t.Any]]
Articles = Mapping[str, Mapping[str, t.Any]]


def ids_of(tree: Iterable[Mapping[str, t.Any]]) -> list[str]:
    """All ids, each before those below it."""
    return [node_id for node_id, _parent, _before in _places(tree)]


def near(tree: Tree, object_id: str) -> tuple[str, str]:
    """The ids of the article above and of the one before it, empty where there is none."""
    return next(((parent, before) for found, parent, before in _places(tree) if found == object_id), ("", ""))


def documents(settings: Mapping[str, t.Any], articles: Articles) -> dict[str, Document]:
    """Every article as one document: its own JSON, its text and its place, in which articles are told by their names.

    ``settings`` is ``{taxonomy, homeArticleId}`` and ``articles`` gives ``{article, payload}`` by id, as DSS answers them.
    """
    return {object_id: document(settings, articles, object_id) for object_id in articles}


def document(settings: Mapping[str, t.Any], articles: Articles, object_id: str) -> Document:
    """One article as a document; ``articles`` holds those near it too."""
    answer = articles[object_id]
    parent, before = (
        articles[key]["article"]["name"] if key else "" for key in near(settings.get("taxonomy") or (), object_id)
    )
    return {
        **answer["article"],
        "id": object_id,
        "payload": answer.get("payload") or "",
        PARENT: parent,
        AFTER: before,
        HOME: settings.get("homeArticleId") == object_id,
    }


def without_place(article: Mapping[str, t.Any]) -> Document:
    """The article itself."""
    return {key: value for key, value in article.items() if key not in PLACE}


def behind(tree: Iterable[Mapping[str, t.Any]], object_id: str) -> list[str]:
    """The ids of what stands behind an article below the same parent, in order."""
    row = [node["id"] for node in tree]
    if object_id in row:
        return row[row.index(object_id) + 1 :]
    return next(filter(None, (behind(node.get("children") or (), object_id) for node in tree)), [])


def followers(name: str, after: Mapping[str, str]) -> list[str]:
    """The names of the articles that are declared to follow one, one after the other; ``after`` says what follows each."""
    row: dict[str, None] = {}
    while name in after and after[name] not in row:
        name = after[name]
        row[name] = None
    return list(row)


def moved(tree: Tree, row: t.Sequence[str], parent: str, follows: str | None) -> list[Document]:
    """The tree with a row of articles, and all below them, under a parent ("" for none) and behind one of its children.

    ``follows`` is "" for the first place, and None for the last. Raises ``ValueError`` where there is no such place.
    """
    known = {node["id"]: dict(node) for node in _nodes(tree)}
    moving = [known.get(key, {"id": key, "children": []}) for key in row]
    if parent and parent in ids_of(moving):
        raise ValueError("an article cannot be below itself")

    def placed(siblings: Tree) -> list[Document]:
        others = list(_pruned(siblings, row))
        names = [sibling["id"] for sibling in others]
        if follows and follows not in names:
            raise ValueError("the article that it is to follow is not below the same parent")
        index = len(others) if follows is None else names.index(follows) + 1 if follows else 0
        return [*others[:index], *moving, *others[index:]]

    def rebuilt(siblings: Tree) -> list[Document]:
        return [
            {**node, "children": (placed if node["id"] == parent else rebuilt)(node.get("children") or ())}
            for node in siblings
            if node["id"] not in row
        ]

    return rebuilt(tree) if parent else placed(tree)


def emptied(tree: Tree, object_id: str) -> list[Document]:
    """The tree in which what is below an article stands behind it."""
    result: list[Document] = []
    for node in tree:
        children = node.get("children") or []
        if node["id"] == object_id:
            result += [{**node, "children": []}, *children]
        else:
            result.append({**node, "children": emptied(children, object_id)})
    return result


def _places(tree: Iterable[Mapping[str, t.Any]], parent: str = "") -> Iterator[tuple[str, str, str]]:
    before = ""
    for node in tree:
        yield node["id"], parent, before
        yield from _places(node.get("children") or (), node["id"])
        before = node["id"]


def _nodes(tree: Iterable[Mapping[str, t.Any]]) -> Iterator[Mapping[str, t.Any]]:
    for node in tree:
        yield node
        yield from _nodes(node.get("children") or ())


def _pruned(tree: Tree, row: t.Sequence[str]) -> Iterator[Document]:
    for node in tree:
        if node["id"] not in row:
            yield {**node, "children": list(_pruned(node.get("children") or (), row))}
