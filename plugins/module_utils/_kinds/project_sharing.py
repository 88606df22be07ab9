# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What leaves a project: objects that others may use, and what its bundles hold (dss-api.md 2.3, ``P/settings``).

A kind of its own beside ``project``, because it names objects whose ids DSS makes: they have to be there first, while the project comes before
everything else.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import Document
from . import project_contents as contents
from .base import Known, Neighbours, Node, Ref, Resource, with_references
from .paths import path_of
from .shape import Field, Schema, Shape, described
from .singleton import Singleton


class ProjectSharing(Singleton):
    """Exposed objects and the contents of bundles."""

    name = "project_sharing"
    section = "project_sharing"
    order = 90
    summary = "What leaves a project: objects that other projects may use, and what its bundles hold."
    identifier: Mapping[str, Schema] = {}
    rights = "project admin"
    names_of = contents.NAMED
    shape = Shape(
        fields=(
            Field(
                "exposed_objects",
                "exposedObjects.objects",
                described(contents.EXPOSED, "All objects that other projects may use."),
                contents.exposed_to_dss,
                contents.exposed_from_dss,
            ),
            Field(
                "bundle_contents",
                "bundleExporterSettings",
                described(contents.CONTENTS, "What bundles hold besides the definitions of the project."),
                contents.contents_to_dss,
                contents.contents_from_dss,
            ),
        ),
        defaults=lambda document: {"bundleExporterSettings": contents.CONTENTS_DEFAULTS},
    )
    rules = {**contents.EXPOSED_RULES, **contents.CONTENTS_RULES}

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        references: list[tuple[str, str]] = []

        def refer(kind: str, name: str) -> t.Any:
            if not neighbours.has(kind, name):
                return name
            references.append((kind, name))
            return Ref(kind, name)

        def exposed(entry: Document) -> Document:
            kind, name = contents.KIND_OF_TYPE.get(entry.get("type", "")), entry.get("localName")
            return {**entry, "localName": refer(kind, name)} if kind and isinstance(name, str) else entry

        def member(kind: str, entry: t.Any) -> t.Any:
            if not isinstance(entry, str):
                return entry
            reference = refer(kind, entry) if kind else entry
            return {"id": reference, "name": entry} if isinstance(reference, Ref) else {"id": entry}

        declared = dict(built.declared)
        objects = (declared.get("exposedObjects") or {}).get("objects")
        if objects:
            declared["exposedObjects"] = {
                **declared["exposedObjects"],
                "objects": [exposed(entry) for entry in objects],
            }
        if declared.get("bundleExporterSettings"):
            declared["bundleExporterSettings"] = contents.with_members(declared["bundleExporterSettings"], member)
        return with_references(replace(built, declared=declared), *references)

    def from_dss(self, document: Document, known: Known) -> Document:
        def exposed(entry: Document) -> Document:
            names = known.of(contents.KIND_OF_TYPE.get(entry.get("type", ""), ""))
            return {**entry, "localName": names.get(entry.get("localName", ""), entry.get("localName"))}

        def member(kind: str, entry: t.Any) -> t.Any:
            is_plain = isinstance(entry, Mapping) and not entry.keys() - {"id", "name"}
            return known.of(kind).get(entry["id"], entry["id"]) if is_plain else entry

        objects = (document.get("exposedObjects") or {}).get("objects") or []
        kept = {
            "exposedObjects": {"objects": [exposed(entry) for entry in objects]},
            "bundleExporterSettings": contents.with_members(document.get("bundleExporterSettings") or {}, member),
        }
        author = self.shape.from_dss(kept)
        return {key: value for key, value in author.items() if value}

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return contents.part_defaults(pattern)

    def read(self, node: Node, project: str | None) -> Document:
        return t.cast(Document, node.get(path_of("projects", project, "settings")))

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put(path_of("projects", resource.project, "settings"), document)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        """Nothing is exposed any more, and bundles hold what DSS puts there by itself."""
        path = path_of("projects", project, "settings")
        held = {key: value for key, value in node.get(path).items() if key != "bundleExporterSettings"}
        node.put(path, {**held, "exposedObjects": {"objects": []}})
