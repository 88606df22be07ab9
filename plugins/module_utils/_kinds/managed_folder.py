# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Managed folders: dss-api.md 2.8, dss-object-shapes.md "Managed folders"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import AsSet, Document, Rule, Spelled
from . import quality, storage
from .base import Neighbours, Node, Resource, with_references
from .building import FLOW_OPTIONS
from .checklists import CHECKLISTS
from .dataset_types import ENGINE_CONFIG, params_defaults
from .dataset_types import FLOW_OPTIONS as FLOW_DEFAULTS
from .metrics import METRICS
from .named_by_dss import NamedByDss
from .partitioning import PARTITIONING, PARTITIONING_DEFAULTS, PARTITIONING_RULES
from .paths import path_of
from .probes import probe_defaults, standard_probe, with_complete_probes
from .shape import OBJECT, TEXT, TEXTS, Field, Shape, described

DEFAULT_CONNECTION = "filesystem_folders"  # dss-object-shapes.md: 14 of 16 folders
_CHECKS = "checks.checks"


def _defaults(document: Mapping[str, t.Any]) -> dict[str, t.Any]:
    kind = document.get("type", "Filesystem")
    params = dict(params_defaults(kind))
    if kind == "Filesystem":
        params["path"] = "${projectKey}/${odbId}"
    return {
        "type": "Filesystem",
        "params": params,
        "flowOptions": FLOW_DEFAULTS,
        "metrics": {
            "probes": [standard_probe("basic")],
            "engineConfig": ENGINE_CONFIG,
            "displayedState": {"columns": [], "metrics": ["basic:COUNT_FILES", "basic:SIZE"], "partition": "NP"},
        },
        "checks": {"runOnBuild": False, "displayedState": {"partition": "NP"}},
        "partitioning": PARTITIONING_DEFAULTS,
    }


def _without_slash(path: t.Any) -> t.Any:
    return path.lstrip("/") if isinstance(path, str) else path


class ManagedFolder(NamedByDss):
    """A managed folder. DSS makes its id, so it is known by its name."""

    name = "managed_folder"
    section = "managed_folders"
    made_with = ("name", "type", "params")
    whole_items = ("name", "type", "params", "flowOptions", "metrics", "tags")
    gone = "its id and its creation tag"
    order = 20
    summary = (
        "A managed folder, known by its name because DSS makes its id. Its files stay, unless drop_data says otherwise."
    )
    identifier = {
        "name": described(TEXT, "Name of the folder."),
        "id": described(TEXT, "Id of the folder, needed only where two folders have one name."),
    }
    data = "its files"
    rights = "write project content; use of the connection"
    shape = Shape(
        fields=(
            Field("type", "type", described(TEXT, "DSS type such as Filesystem or S3.")),
            storage.CONNECTION,
            storage.PATH,
            storage.BUCKET,
            storage.CONTAINER,
            storage.FOLDER_PARAMS,
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it is.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            PARTITIONING,
            FLOW_OPTIONS,
            METRICS,
            quality.checks(_CHECKS, "Checks: a list, or a mapping with C(items) and C(exclusive)."),
            quality.quality("checks"),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            CHECKLISTS,
        ),
        defaults=_defaults,
        computed=frozenset({"versionTag", "creationTag"}),
    )
    # Whether a leading slash is kept is unknown 13 of dss-api.md.
    rules: Mapping[str, Rule] = {
        "tags": AsSet(),
        "params.path": Spelled(_without_slash),
        **PARTITIONING_RULES,
        **quality.compared(_CHECKS, {}),
    }
    replaced_by = ("type",)
    surveyed = True
    git_folder = "managed_folders"

    def prepare(
        self, author: Mapping[str, t.Any], neighbours: Neighbours
    ) -> tuple[Mapping[str, t.Any], tuple[str, ...]]:
        return author, storage.overruled(self.shape, author)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        connection = author.get("connection")
        if connection:
            built = with_references(built, ("connection", connection))
        first = {"type": "Filesystem", "params": {"path": "${projectKey}/${odbId}"}}  # the stored default, 2.8
        if author.get("type", "Filesystem") != "Filesystem":
            first = {}
        elif not connection:
            first["params"] = {"connection": DEFAULT_CONNECTION, "path": "${projectKey}/${odbId}"}
        return replace(
            built,
            declared={"name": built.name, **built.declared},
            first=first,
            rules={**self.rules, **quality.compared(_CHECKS, author)},
            notes=(*built.notes, *quality.notes(author)),
        )

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        known = {_CHECKS + "[]": quality.rule_defaults, "metrics.probes[]": probe_defaults}
        return known[pattern](part) if pattern in known else {}

    def complete(self, document: Document, resource: Resource) -> Document:
        return with_complete_probes(document)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["id"]: item for item in node.get(path_of("projects", project, "managedfolders") + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return t.cast(Document, node.get(path_of("projects", project, "managedfolders", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        body = {
            "name": resource.name,
            "projectKey": resource.project,
            "type": document.get("type"),
            "params": document.get("params"),
        }
        return str(node.post(path_of("projects", resource.project, "managedfolders") + "/", body)["id"])

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put(path_of("projects", resource.project, "managedfolders", object_id), document)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("projects", project, "managedfolders", object_id), dropData=drop_data)
