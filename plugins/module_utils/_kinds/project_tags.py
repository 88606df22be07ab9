# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tags that a project offers, with their colours: ``P/tags`` of dss-api.md 2.3.

A kind of its own, so that the call is made only where tags are declared.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import Document, Exclusive
from .base import Neighbours, Node, Resource
from .paths import path_of
from .shape import FLAG, TEXT, Field, Schema, Shape, described
from .singleton import Singleton

_PLAIN = "none"  # of a tag without a colour: an empty object could not be told from a tag that is not there
_TAGS: Schema = {"type": "object", "additionalProperties": {"anyOf": [TEXT, {"type": "object"}, {"type": "null"}]}}


def _to_dss(tags: t.Any) -> t.Any:
    return {name: {"color": value} if isinstance(value, str) else value for name, value in tags.items()}


def _from_dss(tags: t.Any) -> t.Any:
    return {name: value["color"] if value.keys() == {"color"} else value for name, value in tags.items()}


class ProjectTags(Singleton):
    """The tags of a project and their colours."""

    name = "project_tags"
    section = "project_tags"
    order = 13
    summary = "The tags that a project offers, with their colours. Only those that are named are compared."
    identifier = {"exclusive": described(FLAG, "Whether tags that are not named are removed.")}
    rights = "write project content"
    shape = Shape(
        fields=(
            Field(
                "tags",
                "tags",
                described(_TAGS, "Tag to colour, such as V(#2ab1ac), or V(none) for a tag without one."),
                _to_dss,
                _from_dss,
            ),
        )
    )

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        if not author.get("exclusive"):
            return built
        return replace(built, declared={"tags": {}, **built.declared}, rules={"tags": Exclusive()})

    def read(self, node: Node, project: str | None) -> Document:
        tags = node.get(path_of("projects", project, "tags")).get("tags") or {}
        return {"tags": {name: {"color": _PLAIN, **held} for name, held in tags.items()}}

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        tags = {
            name: {key: value for key, value in held.items() if (key, value) != ("color", _PLAIN)}
            for name, held in document["tags"].items()
        }
        node.put(path_of("projects", resource.project, "tags"), {"tags": tags})

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.put(path_of("projects", project, "tags"), {"tags": {}})
