# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Folders of projects: dss-api.md 2.2. DSS makes their ids, so a folder is known by its path."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from .._errors import DssError
from .._plan.compare import Document, Keyed, Rule
from .base import Kind, Neighbours, Node, Resource, with_references
from .paths import path_of
from .shape import TEXT, Field, Shape, described

_ROOT = "ROOT"
# That a permission has these flags is unverified; the client says only that there is a list.
_PERMISSION: Mapping[str, t.Any] = {
    "type": "object",
    "properties": {
        "group": {"type": "string", "description": "Name of a group."},
        "read": {"type": "boolean", "description": "Whether its members see what is in the folder."},
        "write": {"type": "boolean", "description": "Whether they put projects and folders in it."},
        "admin": {"type": "boolean", "description": "Whether they change its settings."},
    },
    "required": ["group"],
}


class ProjectFolder(Kind):
    """A folder of projects; ``name`` in its document is the whole path. Reading the tree costs a call for each folder."""

    name = "project_folder"
    section = "project_folders"
    made_with = ("name",)
    gone = "its id"
    scope = "instance"
    order = 3
    summary = "A folder of projects, known by its path. It can be deleted only when it is empty."
    identifier = {
        "name": described(
            {"type": "string", "minLength": 1}, "Path of the folder from the root, such as C(Finance/Reports)."
        ),
        "parent": described(TEXT, "Path of the folder that it is in, where O(name) is only its last part."),
    }
    required = ("name",)
    listing_is_complete = False
    rights = "administer the node; to create one, write in the folder above"
    shape = Shape(
        fields=(
            Field("owner", "owner", described(TEXT, "Login of the owner.")),
            Field(
                "permissions",
                "permissions",
                described(
                    {"type": "array", "items": _PERMISSION},
                    "All groups that may use it, each with C(group), C(read), C(write) and C(admin).",
                ),
            ),
        ),
        computed=frozenset({"id"}),
    )
    rules: Mapping[str, Rule] = {"permissions": Keyed(("group",))}

    def identity(self, author: Mapping[str, t.Any]) -> str:
        parts = [str(author.get("parent") or ""), str(author["name"])]
        return "/".join(filter(None, "/".join(parts).split("/")))

    def problems(self, author: Mapping[str, t.Any]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        if isinstance(author.get("name"), str) and not self.identity({"name": author["name"]}):
            yield "the root folder cannot be declared: name a folder in it", ("name",)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        above = built.name.rpartition("/")[0]
        groups = [("group", str(entry["group"])) for entry in author.get("permissions") or ()]
        owner = [("user", str(author["owner"]))] if author.get("owner") else []
        return with_references(built, *([("project_folder", above)] if above else []), *owner, *groups)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        return next((key for key, document in listing.items() if self.label(key, document) == resource.name), None)

    def label(self, object_id: str, document: Document) -> str:
        return str(document["name"])

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        found: dict[str, Document] = {}
        waiting = [(child, "") for child in node.get("/project-folders/")["childrenIds"]]
        while waiting:
            folder_id, above = waiting.pop()
            folder = node.get(path_of("project-folders", folder_id))
            path = f"{above}/{folder['name']}" if above else str(folder["name"])
            found[folder_id] = {"id": folder_id, "name": path}
            waiting += [(child, path) for child in folder["childrenIds"]]
        return found

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        settings = node.get(path_of("project-folders", object_id, "settings"))
        return {**settings, "id": object_id, "name": self._path(node, object_id)}

    def read_declared(self, node: Node, resource: Resource, object_id: str) -> Document:
        """Without the calls for the path, by which the folder was found."""
        settings = node.get(path_of("project-folders", object_id, "settings"))
        return {**settings, "id": object_id, "name": resource.name}

    def _path(self, node: Node, folder_id: str) -> str:
        names: list[str] = []
        while folder_id != _ROOT:
            folder = node.get(path_of("project-folders", folder_id))
            names.append(str(folder["name"]))
            folder_id = folder.get("parentId") or _ROOT
        return "/".join(reversed(names))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        above, _slash, name = resource.name.rpartition("/")
        parent = _ROOT if not above else self._by_path(node, above)
        if parent is None:
            raise DssError(f"there is no project folder {above}: declare it too")
        return str(node.post(path_of("project-folders", parent, "children"), None, name=name)["id"])

    def _by_path(self, node: Node, path: str) -> str | None:
        return next((key for key, document in self.read_all(node, None).items() if document["name"] == path), None)

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        body = {**document, "name": resource.name.rpartition("/")[2]}
        body.pop("id", None)
        node.put(path_of("project-folders", object_id, "settings"), body)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("project-folders", object_id))
