# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wiki articles and the tree that they form (dss-api.md 2.11, client wiki.py, wiki/ of project repositories)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..defaults import known, load
from ..documents import Document, fill, pick, tidy
from ..errors import bad_request

_D = load("article")
_KNOWN = known("article")

Tree = list[Document]


def normalise(body: Document) -> Document:
    document = pick(body, _KNOWN)
    if not isinstance(document.get("name"), str) or not document["name"].strip():
        raise bad_request("Article name is missing")  # unverified text
    fill(document, _D["common"])
    tidy(document)
    return document


def next_id(ids: Iterable[str]) -> str:
    """Articles are numbered in the order in which they are made; unverified: whether a number is used again."""
    return str(max((int(article_id) for article_id in ids if article_id.isdigit()), default=0) + 1)


# -- the tree --


def checked(tree: Any, ids: Iterable[str]) -> Tree:
    """Every article is in the taxonomy, once and only once (client, get_taxonomy); unverified: how another is refused."""
    found = list(_ids_of(tree))
    if sorted(found) != sorted(ids):
        raise bad_request("The taxonomy must hold every article of the wiki once and only once")
    return [_node(node) for node in tree]


def completed(tree: Tree, ids: Iterable[str]) -> Tree:
    """Articles that a repository does not place, as in those without a taxonomy file, are at the end of the root."""
    placed = set(_ids_of(tree))
    return [*tree, *({"id": article_id, "children": []} for article_id in ids if article_id not in placed)]


def added(tree: Tree, article_id: str, parent: str | None) -> Tree:
    new = {"id": article_id, "children": []}
    if parent is None:
        return [*tree, new]
    return [
        {**node, "children": [*node["children"], new]}
        if node["id"] == parent
        else {
            **node,
            "children": added(node["children"], article_id, parent) if _holds(node, parent) else node["children"],
        }
        for node in tree
    ]


def removed(tree: Tree, article_id: str) -> Tree:
    """unverified: the children of a deleted article take its place."""
    kept: Tree = []
    for node in tree:
        children = removed(node["children"], article_id)
        kept += children if node["id"] == article_id else [{**node, "children": children}]
    return kept


def _holds(node: Document, article_id: str) -> bool:
    return article_id in _ids_of(node["children"])


def _ids_of(tree: Any) -> Iterator[str]:
    for node in tree if isinstance(tree, list) else ():
        if not isinstance(node, dict) or not isinstance(node.get("id"), str):
            raise bad_request("Each article of the taxonomy needs an id and children")  # unverified text
        yield node["id"]
        yield from _ids_of(node.get("children"))


def _node(node: Document) -> Document:
    return {"id": node["id"], "children": [_node(child) for child in node.get("children") or ()]}
