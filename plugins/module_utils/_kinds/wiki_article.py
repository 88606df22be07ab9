# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Articles of the wiki and their places in its tree: dss-api.md 2.11, client wiki.py, wiki/ of project repositories."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock

from .._errors import DssError
from .._plan.compare import AsSet, AsText, Document, Rule
from . import wiki_tree
from .base import Known, Neighbours, Node, Resource, with_references
from .named_by_dss import NamedByDss
from .paths import path_of
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, Field, Shape, described
from .wiki_tree import AFTER, HOME, PARENT, PLACE

CONTENT = "payload"


class WikiArticle(NamedByDss):
    """An article of the wiki. DSS makes its id; parent and neighbours are told by their names."""

    name = "wiki_article"
    section = "wiki_articles"
    made_with = ("name", wiki_tree.PARENT)
    gone = "its id, its creation tag and its attached files"
    order = 80
    summary = "An article of the wiki with its place in the tree of articles. Attached files are left alone."
    identifier = {
        "name": described(TEXT, "Name of the article."),
        "id": described(TEXT, "Id of the article, needed only where two articles have one name."),
    }
    rights = "write project content"
    git_folder = "wiki/articles"
    shape = Shape(
        fields=(
            Field("content", CONTENT, described(TEXT, "Text of the article in Markdown.", **{"x-verbatim": True})),
            Field(PARENT, PARENT, described(TEXT, "Name of the article above it; null for one at the top.")),
            Field(
                AFTER,
                AFTER,
                described(TEXT, "Name of the article that it follows below the same parent; null for the first one."),
            ),
            Field(HOME, HOME, described(FLAG, "Whether it is the home of the wiki.")),
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it is.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            Field("layout", "layout", described(TEXT, "Layout, with DSS's own name.")),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            Field("checklists", "checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")),
        ),
        defaults=lambda document: {"layout": "WIKI_ARTICLE", HOME: False},
        computed=frozenset({"versionTag", "creationTag", "attachments"}),
    )
    rules: Mapping[str, Rule] = {"tags": AsSet(), CONTENT: AsText()}
    changed_by_others = (AFTER,)
    _placing = Lock()  # the tree is one document, and each article is somewhere in it

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        if built.name in (author.get(PARENT), author.get(AFTER)):
            raise DssError(f"article {built.name} can neither be above nor before itself")
        named = [author[key] for key in (PARENT, AFTER) if author.get(key) and neighbours.has(self.name, author[key])]
        built = with_references(built, *((self.name, name) for name in named))
        followers = tuple(wiki_tree.followers(built.name, neighbours.authors.get(self.name, ())))
        identity = {**built.identity, "followers": followers}
        return replace(built, declared={"name": built.name, **built.declared}, identity=identity)

    def from_dss(self, document: Document, known: Known) -> Document:
        author = super().from_dss(document, known)
        author.pop("id", None)
        return author

    def git_paths(self, object_id: str, object_type: t.Any) -> tuple[str, ...]:
        return (*super().git_paths(object_id, object_type), f"{self.git_folder}/{object_id}.md", "wiki/taxonomy.json")

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        """The list has ids alone, so each article is a call."""
        settings = node.get(path_of("projects", project, "wiki") + "/")
        ids = wiki_tree.ids_of(settings.get("taxonomy") or ())
        return wiki_tree.documents(settings, {key: node.get(self._place(project, key)) for key in ids})

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        answer = node.get(self._place(project, object_id))
        settings = node.get(path_of("projects", project, "wiki") + "/")
        near = wiki_tree.near(settings.get("taxonomy") or (), object_id)
        articles = {key: node.get(self._place(project, key)) for key in near if key}
        return wiki_tree.document(settings, {**articles, object_id: answer}, object_id)

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        parent = document.get(PARENT)
        above = self._id_of(node, resource, parent) if parent else None
        body = {"projectKey": resource.project, "name": resource.name, PARENT: above}
        with self._placing:
            return str(node.post(path_of("projects", resource.project, "wiki") + "/", body)["article"]["id"])

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        article, former = (wiki_tree.without_place(side) for side in (document, before))
        if article != former:
            content = article.pop(CONTENT, None) or ""
            node.put(self._place(resource.project, object_id), {"article": article, CONTENT: content})
        changed = {key for key in PLACE if (document.get(key) or "") != (before.get(key) or "")}
        if changed:
            self._put_in_place(node, resource, object_id, document, changed)

    def _put_in_place(
        self, node: Node, resource: Resource, object_id: str, document: Document, changed: set[str]
    ) -> None:
        place = path_of("projects", resource.project, "wiki") + "/"
        parent, follows = (
            self._id_of(node, resource, document[key]) if document.get(key) else "" for key in (PARENT, AFTER)
        )
        # What it follows means nothing below another parent, unless it is declared.
        behind = follows if AFTER in changed or AFTER in resource.declared else None
        with self._placing:
            settings = node.get(place)
            if changed & {PARENT, AFTER}:
                tree = settings.get("taxonomy") or []
                row = [object_id, *self._along(node, resource, wiki_tree.behind(tree, object_id))]
                try:
                    tree = wiki_tree.moved(tree, row, parent, behind)
                except ValueError as error:
                    raise DssError(f"{resource.address}: {error}") from None
                settings = {**settings, "taxonomy": tree}
            if HOME in changed:
                settings = {**settings, "homeArticleId": object_id if document.get(HOME) else None}
            node.put(place, settings)

    def _along(self, node: Node, resource: Resource, behind: list[str]) -> t.Iterator[str]:
        """The articles behind one that are declared to follow it: they move with it."""
        for key, name in zip(behind, resource.identity.get("followers") or ()):
            if node.get(self._place(resource.project, key))["article"]["name"] != name:
                return
            yield key

    def _id_of(self, node: Node, resource: Resource, name: str) -> str:
        """The node finds an article by its id or its name (client, get_article), unless a name looks like an id or a path."""
        if not name.isdigit() and "/" not in name:
            return str(node.get(self._place(resource.project, name))["article"]["id"])
        held = self.read_all(node, resource.project)
        found = self.find(Resource(self.name, resource.project, name, {}), held)
        if found is None:
            raise DssError(f"{resource.address}: there is no article {name}")
        return found

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        """What is below the article goes up to its place first: whether DSS would delete it is not known."""
        place = path_of("projects", project, "wiki") + "/"
        with self._placing:
            settings = node.get(place)
            tree = wiki_tree.emptied(settings.get("taxonomy") or [], object_id)
            if tree != settings.get("taxonomy"):
                node.put(place, {**settings, "taxonomy": tree})
            node.delete(self._place(project, object_id))

    @staticmethod
    def _place(project: str | None, object_id: str) -> str:
        return path_of("projects", project, "wiki", object_id)
