# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project folder that a project is in: dss-api.md 2.2.

A kind of its own, so that a project is only moved, and its folder only looked up, where that is declared.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import DssError
from .._plan.compare import Document, Rule, Spelled
from .base import Neighbours, Node, Resource, with_references
from .paths import path_of
from .shape import TEXT, Field, Schema, Shape, described
from .singleton import Singleton

_ROOT = "ROOT"


def _tidy(path: t.Any) -> t.Any:
    """``/Finance/Reports`` without slashes at its ends; the root is ``/``."""
    return path.strip("/") or "/" if isinstance(path, str) else path


class ProjectLocation(Singleton):
    """Where a project is among the project folders."""

    name = "project_location"
    section = "project_location"
    order = 13
    summary = "The project folder that a project is in. The folder has to be there."
    identifier: Mapping[str, Schema] = {}
    rights = "write in both folders"
    shape = Shape(
        fields=(
            Field(
                "folder",
                "folder",
                described(TEXT, "Path of the folder, such as V(/Finance/Reports); V(/) is the root."),
            ),
        ),
        defaults=lambda document: {"folder": "/"},
    )
    rules: Mapping[str, Rule] = {"folder": Spelled(_tidy)}

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        folder = _tidy(author.get("folder"))
        known = neighbours.has("project_folder", folder) if folder else False
        return with_references(built, ("project_folder", folder)) if known else built

    def read(self, node: Node, project: str | None) -> Document:
        folder = node.get(path_of("project-folders", "locate-project", project))
        names: list[str] = []
        while folder.get("parentId"):
            names.append(str(folder["name"]))
            folder = node.get(path_of("project-folders", folder["parentId"]))
        return {"folder": "/" + "/".join(reversed(names))}

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        self._move(node, resource.project, _by_path(node, document["folder"]))

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        """The project is in the root."""
        self._move(node, project, _ROOT)

    def _move(self, node: Node, project: str | None, destination: str) -> None:
        held = node.get(path_of("project-folders", "locate-project", project))["id"]
        if held != destination:
            node.post(path_of("project-folders", held, "projects", project, "move"), None, destination=destination)


def _by_path(node: Node, path: str) -> str:
    """The id of a folder, one call for each folder beside the way. Raises ``DssError``."""
    found = node.get(path_of("project-folders", _ROOT))
    for name in filter(None, path.split("/")):
        children = (node.get(path_of("project-folders", child)) for child in found["childrenIds"])
        below = next((child for child in children if child["name"] == name), None)
        if below is None:
            raise DssError(f"there is no project folder {path}: make it in DSS, or declare it as project_folder")
        found = below
    return str(found["id"])
