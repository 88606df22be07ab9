# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables: those of a project (dss-api.md 2.3, ``P/variables/``) and those of the instance (2.1)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._errors import DssError
from .._plan.compare import Document, Exclusive, Rule, Whole
from .base import Kind, Neighbours, Node, Resource
from .paths import path_of
from .shape import FLAG, OBJECT, Field, Shape, described


class VariablesKind(Kind):
    """Mappings of names to any JSON, each value one thing; always there."""

    singleton = True
    identifier = {"exclusive": described(FLAG, "Whether variables that are not named are removed.")}
    parts: tuple[str, ...]  # the mappings in the document of DSS

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        rules: dict[str, Rule] = {
            f"{part}.{name}": Whole() for part in self.parts for name in built.declared.get(part) or {}
        }
        if not author.get("exclusive"):
            return replace(built, rules=rules)
        rules.update(dict.fromkeys(self.parts, Exclusive()))
        return replace(built, declared={**{part: {} for part in self.parts}, **built.declared}, rules=rules)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        return next(iter(listing), None)

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return self.read_all(node, project)[""]

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        return ""  # they are always there: the write that follows sets them


class Variables(VariablesKind):
    """The variables of a project: those that travel in a bundle and those that stay."""

    name = "variables"
    section = "variables"
    order = 10
    summary = "Project variables. Only those that are named are compared."
    rights = "write project content"
    parts = ("standard", "local")
    shape = Shape(
        fields=(
            Field("standard", "standard", described(OBJECT, "Variables that travel in a bundle, name to value.")),
            Field("local", "local", described(OBJECT, "Variables of this node alone, name to value.")),
        )
    )

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {"": node.get(path_of("projects", project, "variables") + "/")}

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        body = {"standard": {}, "local": {}, **document}
        node.put(path_of("projects", resource.project, "variables") + "/", body)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.put(path_of("projects", project, "variables") + "/", {"standard": {}, "local": {}})


class InstanceVariables(VariablesKind):
    """The variables of the instance, which all projects see. DSS holds them as one mapping."""

    name = "instance_variables"
    section = "instance_variables"
    scope = "instance"
    order = 8
    summary = "Variables of the instance, which every user can read. Only those that are named are compared."
    rights = "administer the node"
    parts = ("variables",)
    shape = Shape(
        fields=(Field("variables", "variables", described(OBJECT, "Variables of the instance, name to value.")),)
    )

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {"": {"variables": node.get("/admin/variables/")}}

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put("/admin/variables/", document.get("variables") or {})

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        raise DssError("the variables of the instance are always there: declare what they are to be")
