# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the objects of a project that live outside of the flow's core have in common: docs/api-calls.md."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .._plan.compare import MISSING, AsSet, Document, Rule, Secret
from .base import Kind, Known, Neighbours, Node, Resource
from .checklists import CHECKLISTS
from .named_by_dss import NamedByDss
from .paths import path_of
from .references import Place, named, referring, used
from .shape import OBJECT, TEXT, TEXTS, Field, Shape, at, described, overlay, take

COMPUTED = frozenset({"versionTag", "creationTag"})
TAGS: Mapping[str, Rule] = {"tags": AsSet()}
TAGGABLE: tuple[Field, ...] = (
    Field("description", "description", described(TEXT, "Long description.")),
    Field("short_description", "shortDesc", described(TEXT, "One line on what it is.")),
    Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
    Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
    CHECKLISTS,
)


class ProjectObject(Kind):
    """An object of a project with a path of its own, which is read and written as one document."""

    call: str  # the segment of its calls below the project
    places: Sequence[Place] = ()  # where its document names other objects
    hidden: Sequence[str] = ()  # dotted paths of secrets that DSS shows in clear: they never get in here
    parts: Mapping[str, Shape] = {}  # the tables of the members of lists, by pattern
    listing_is_complete = False
    rights = "write project content"

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        secrets: dict[str, Rule] = {path: Secret() for path in self.hidden if at(built.declared, path) is not MISSING}
        built = referring(built, self.places, neighbours)
        return replace(built, rules={**built.rules, **secrets})

    def from_dss(self, document: Document, known: Known) -> Document:
        return super().from_dss(named(document, self.places, known), known)

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return self.parts[pattern].defaults(part) if pattern in self.parts and isinstance(part, Mapping) else {}

    def uses(self, document: Document) -> Iterator[tuple[str, str]]:
        return used(document, self.places)

    def is_secret(self, path: str) -> bool:
        return any(path == hidden or path.startswith((hidden + ".", hidden + "[")) for hidden in self.hidden) or (
            super().is_secret(path)
        )

    def place_of(self, project: str | None, object_id: str) -> str:
        """The path of the calls that read and write one object."""
        return path_of("projects", project, self.call, object_id)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["id"]: item for item in node.get(path_of("projects", project, self.call) + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        document = t.cast(Document, node.get(self.place_of(project, object_id)))
        for path in self.hidden:
            take(document, path)
        return {**document, "id": object_id}

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        place = self.place_of(resource.project, object_id)
        self.send(node, place, overlay(self._hidden_of(node, place), document))

    def send(self, node: Node, place: str, document: Document) -> None:
        """Replace the document at a place."""
        node.put(place, document)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(self.place_of(project, object_id))

    def _hidden_of(self, node: Node, place: str) -> Document:
        """What a document has to go back with, because DSS takes the whole of it."""
        kept: Document = {}
        held = node.get(place) if self.hidden else {}
        for path in self.hidden:
            value = at(held, path)
            for key in reversed(path.split(".")):
                value = {key: value} if value is not MISSING else MISSING
            kept = overlay(kept, value) if value is not MISSING else kept
        return kept


class Named(ProjectObject, NamedByDss):
    """An object whose id DSS makes: it is known by its name."""

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        built = super().finish(built, author, neighbours)
        return replace(built, declared={"name": built.name, **built.declared})


def identified(word: str) -> dict[str, t.Any]:
    """The author fields that say which object is meant, for one that is known by its name."""
    return {
        "name": described(TEXT, f"Name of the {word}."),
        "id": described(TEXT, f"Id of the {word}, needed only where two have one name."),
    }
