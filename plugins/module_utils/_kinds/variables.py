# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Project variables: dss-api.md 2.3, ``P/variables/``."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import Document, Exclusive, Rule, Whole
from .base import Kind, Neighbours, Node, Resource
from .paths import path_of
from .shape import FLAG, OBJECT, Field, Shape, described


class Variables(Kind):
    """The variables of a project: those that travel in a bundle and those that stay."""

    name = "variables"
    section = "variables"
    singleton = True
    order = 10
    summary = "Project variables. Only those that are named are compared."
    identifier = {"exclusive": described(FLAG, "Whether variables that are not named are removed.")}
    rights = "write project content"
    shape = Shape(
        fields=(
            Field("standard", "standard", described(OBJECT, "Variables that travel in a bundle, name to value.")),
            Field("local", "local", described(OBJECT, "Variables of this node alone, name to value.")),
        )
    )

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        rules: dict[str, Rule] = {
            f"{part}.{name}": Whole() for part in ("standard", "local") for name in built.declared.get(part) or {}
        }
        if not author.get("exclusive"):
            return replace(built, rules=rules)
        rules.update(standard=Exclusive(), local=Exclusive())
        return replace(built, declared={"standard": {}, "local": {}, **built.declared}, rules=rules)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        return next(iter(listing), None)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {"": node.get(path_of("projects", project, "variables") + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return self.read_all(node, project)[""]

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        return ""  # a project always has variables: the write that follows sets them

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        body = {"standard": {}, "local": {}, **document}
        node.put(path_of("projects", resource.project, "variables") + "/", body)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.put(path_of("projects", project, "variables") + "/", {"standard": {}, "local": {}})
