# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project folders: the tree, where each project is, moves (dss-api.md 2.2)."""

from __future__ import annotations

from typing import Any

from .. import project_folders as tree
from ..call import NOTHING, Call
from ..documents import Document
from ..errors import DssError, bad_request, forbidden
from ..keys import READ
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from .common import already_there, not_found

_SETTINGS = frozenset({"name", "owner", "permissions"})


def _folder(call: Call, name: str = "id") -> Document:
    """The folder of a path parameter or a query; those whose settings one may not read do exist for all."""
    folder_id = call.params.get(name) or call.text(name)
    found = call.node.project_folders.get(folder_id)
    if found is None:
        raise not_found(call, f"Project folder {folder_id} does not exist")  # unverified text
    return found


def _shown(call: Call, folder: Document) -> Document:
    """Only the projects that the caller can see (dss-api.md 2.2)."""
    node = call.node
    visible = [
        key
        for key, project in node.projects.items()
        if node.project_folders.of_project(key) == folder["id"]
        and call.key.right_on(key, project.params.document) >= READ
    ]
    shown: Document = {
        "id": folder["id"],
        "childrenIds": node.project_folders.children(folder["id"]),
        "projectKeys": visible,
    }
    if folder["id"] != tree.ROOT:
        shown.update(name=folder["name"], parentId=folder["parentId"])
    return shown


def _root(call: Call) -> Any:
    return _shown(call, call.node.project_folders.get(tree.ROOT) or {})


def _get(call: Call) -> Any:
    return _shown(call, _folder(call))


def _settings(call: Call) -> Any:
    folder = _administered(call)
    return {key: folder[key] for key in sorted(_SETTINGS) if key in folder}


def _administered(call: Call) -> Document:
    """unverified: besides administrators only the owner may see and change settings."""
    folder = _folder(call)
    if not call.key.admin and folder.get("owner") != call.author:
        raise forbidden(f"You may not administer project folder {folder['id']}")  # unverified text
    return folder


def _put_settings(call: Call) -> Any:
    """Full replace; the root has no name to change."""
    folder, body = _administered(call), call.object()
    if not isinstance(body.get("permissions", []), list):
        raise bad_request("Expected a list as permissions")  # unverified text
    changed = {"owner": folder.get("owner"), "permissions": [], **{key: body[key] for key in _SETTINGS if key in body}}
    if folder["id"] == tree.ROOT:
        changed.pop("name", None)
    elif changed.setdefault("name", folder["name"]) != folder["name"]:
        _check_name(call, changed["name"], folder["parentId"])
    call.node.project_folders.put({**folder, **changed})
    return NOTHING


def _check_name(call: Call, name: Any, parent: str) -> str:
    """unverified: a slash, or a second folder of the same name in one folder, is refused."""
    if not isinstance(name, str) or not name.strip() or "/" in name:
        raise bad_request(f"Invalid project folder name: {name!r}")
    if name in call.node.project_folders.names_in(parent):
        raise already_there(call, f"Project folder '{name}' already exists")
    return name


def _create(call: Call) -> Any:
    parent = _folder(call)
    if not call.key.admin and parent.get("owner") != call.author:
        raise forbidden(f"You may not write in project folder {parent['id']}")  # unverified text
    name = _check_name(call, call.text("name"), parent["id"])
    return _shown(call, call.node.project_folders.make(name, parent["id"], call.author))


def _move(call: Call) -> Any:
    folder, destination = _folder(call), _folder(call, "destination")
    if folder["id"] == tree.ROOT or folder["id"] in call.node.project_folders.line(destination["id"]):
        raise bad_request("A project folder cannot be moved into itself")  # unverified text
    if destination["id"] != folder["parentId"]:
        _check_name(call, folder["name"], destination["id"])
    call.node.project_folders.put({**folder, "parentId": destination["id"]})
    return NOTHING


def _move_project(call: Call) -> Any:
    folder, destination, key = _folder(call), _folder(call, "destination"), call.params["key"]
    if key not in call.node.projects or call.node.project_folders.of_project(key) != folder["id"]:
        raise not_found(call, f"Project {key} does not exist in project folder {folder['id']}")  # unverified text
    call.node.project_folders.place(key, destination["id"])
    return NOTHING


def _locate(call: Call) -> Any:
    key = call.params["key"]
    if key not in call.node.projects:
        raise not_found(call, f"Project {key} does not exist")  # unverified text
    return _shown(call, call.node.project_folders.get(call.node.project_folders.of_project(key)) or {})


def _default(call: Call) -> Any:
    return _shown(call, _folder(call))  # unverified: the folder itself, for every user


def _delete(call: Call) -> Any:
    """Refused when it is not empty (dss-api.md 2.2 [tfp]); unverified: status and text."""
    folder = _folder(call)
    node = call.node
    holds = any(node.project_folders.of_project(key) == folder["id"] for key in node.projects)
    if folder["id"] == tree.ROOT or holds or node.project_folders.children(folder["id"]):
        raise DssError(400, "java.lang.IllegalStateException", f"Project folder {folder['id']} is not empty")
    node.project_folders.remove(folder["id"])
    return NOTHING


ROUTES = [
    Route("GET", "/project-folders", _root, ANY_KEY),
    Route("GET", "/project-folders/{id}", _get, ANY_KEY),
    Route("DELETE", "/project-folders/{id}", _delete, INSTANCE_ADMIN),
    Route("GET", "/project-folders/locate-project/{key}", _locate, ANY_KEY),
    Route("GET", "/project-folders/{id}/settings", _settings, ANY_KEY),
    Route("PUT", "/project-folders/{id}/settings", _put_settings, ANY_KEY),
    Route("GET", "/project-folders/{id}/default-for-project-creation", _default, ANY_KEY),
    Route("POST", "/project-folders/{id}/children", _create, ANY_KEY),
    Route("POST", "/project-folders/{id}/move", _move, INSTANCE_ADMIN),
    Route("POST", "/project-folders/{id}/projects/{key}/move", _move_project, INSTANCE_ADMIN),
]
