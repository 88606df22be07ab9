# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the project library (dss-api.md 2.11): the folder ``lib`` of the project's Git."""

from __future__ import annotations

import base64
from typing import Any

from .. import contents, layout
from ..call import NOTHING, Call
from ..documents import Document
from ..errors import DssError, bad_request
from ..repository import Repository
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import already_there, not_found

_ROOT = "lib/"


def _clean(path: str) -> str:
    """The path of an item below the root; the client writes a slash before some (DSSLibraryItem.path)."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or any("\0" in part or "\\" in part for part in parts):
        raise bad_request(f"Invalid path: {path}")  # unverified text
    return "/".join(parts)


def _folders(call: Call) -> list[str]:
    """Folders that hold nothing: Git has none, so they are kept beside it."""
    kept: list[str] = call.project.library_folders
    return kept


def _files(repository: Repository) -> list[str]:
    return sorted(path[len(_ROOT) :] for path in repository.files if path.startswith(_ROOT))


def _is_folder(call: Call, path: str) -> bool:
    below = path + "/"
    return path in _folders(call) or any(name.startswith(below) for name in _files(call.project.repository))


def _tree(call: Call) -> Any:
    """unverified: only name and children of an item are known, children null for a file (DSSLibrary._build_node_)."""
    root: Document = {"children": []}
    for path in [*_files(call.project.repository), *(folder + "/" for folder in _folders(call))]:
        *folders, name = path.split("/")
        node = root
        for folder in folders:
            found = next((child for child in node["children"] if child["name"] == folder), None)
            if found is None:
                found = {"name": folder, "children": []}
                node["children"].append(found)
            node = found
        if name:
            node["children"].append({"name": name, "children": None})
    return root["children"]


def _read(call: Call) -> Any:
    path = _clean(call.params["path"])
    text = call.project.repository.read(_ROOT + path)
    if text is None:
        if _is_folder(call, path):  # reading a directory as a file is a 500 (dss-api.md 2.11)
            raise DssError(500, "java.io.IOException", f"Not a file: {path}")  # unverified text
        raise not_found(call, f"Library file {path} does not exist")  # unverified text
    data = contents.data_of(text)
    if call.text("dataEncoding") == "base64":
        return {"data": base64.b64encode(data).decode("ascii")}
    return {"data": data.decode("utf-8", "replace")}  # unverified: what is read as text although it is none


def _write(call: Call) -> Any:
    """A POST without a body makes an empty file (dss-api.md 2.11); unverified: missing folders are made."""
    path = _clean(call.params["path"])
    if _is_folder(call, path):
        raise DssError(500, "java.io.IOException", f"Not a file: {path}")
    _check_parents(call, path)
    if path == layout.LIBRARY[len(_ROOT) :]:
        _check_settings(call.body)
    call.project.repository.write(_ROOT + path, contents.stored(call.body))
    call.message = f"Saved library file {path}"
    return NOTHING


def _check_parents(call: Call, path: str) -> None:
    parts = path.split("/")
    for length in range(1, len(parts)):
        parent = "/".join(parts[:length])
        if call.project.repository.read(_ROOT + parent) is not None:
            raise DssError(500, "java.io.IOException", f"Not a directory: {parent}")  # unverified text


def _check_settings(body: bytes) -> None:
    """unverified: that what is no object with the known lists is refused."""
    settings = layout.parse(layout.LIBRARY, body.decode("utf-8"))
    lists = ("pythonPath", "rsrcPath", "importLibrariesFromProjects")
    if not isinstance(settings, dict) or not all(isinstance(settings.get(name, []), list) for name in lists):
        raise bad_request(f"{layout.LIBRARY} is misshapen")


def _delete(call: Call) -> Any:
    path = _clean(call.params["path"])
    repository = call.project.repository
    gone = [name for name in _files(repository) if name == path or name.startswith(path + "/")]
    empty = [folder for folder in _folders(call) if folder == path or folder.startswith(path + "/")]
    if not gone and not empty:
        raise not_found(call, f"Library item {path} does not exist")  # unverified text
    _keep_parent(call, path)
    for name in gone:
        repository.delete(_ROOT + name)
    call.project.library_folders = [folder for folder in _folders(call) if folder not in empty]
    return NOTHING


def _keep_parent(call: Call, path: str) -> None:
    """A folder stays when the last file in it goes."""
    parent = path.rpartition("/")[0]
    if parent and parent not in _folders(call):
        call.project.library_folders = [*_folders(call), parent]


def _make_folder(call: Call) -> Any:
    path = _clean(call.params["path"])
    if call.project.repository.read(_ROOT + path) is not None:
        raise already_there(call, f"Library item {path} already exists")
    if not _is_folder(call, path):
        call.project.library_folders = [*_folders(call), path]
    return NOTHING


def _rename(call: Call) -> Any:
    body = call.object()
    old, name = _clean(str(body.get("oldPath", ""))), _clean(str(body.get("newName", "")))
    if "/" in name:
        raise bad_request(f"Invalid name: {name}")
    return _moved(call, old, "/".join([*old.split("/")[:-1], name]))


def _move(call: Call) -> Any:
    """newPath is the folder to move to (DSSLibraryItem.move_to)."""
    body = call.object()
    old, folder = _clean(str(body.get("oldPath", ""))), str(body.get("newPath", "")).strip("/")
    if folder and not _is_folder(call, _clean(folder)):
        raise not_found(call, f"Library folder {folder} does not exist")
    return _moved(call, old, "/".join([*([_clean(folder)] if folder else []), old.rpartition("/")[2]]))


def _moved(call: Call, old: str, new: str) -> Any:
    repository = call.project.repository
    names = [name for name in _files(repository) if name == old or name.startswith(old + "/")]
    if not names and old not in _folders(call):
        raise not_found(call, f"Library item {old} does not exist")
    if _is_folder(call, new) or repository.read(_ROOT + new) is not None:
        raise already_there(call, f"Library item {new} already exists")
    _keep_parent(call, old)
    for name in names:
        repository.write(_ROOT + new + name[len(old) :], repository.read(_ROOT + name) or "")
        repository.delete(_ROOT + name)
    call.project.library_folders = [
        new + folder[len(old) :] if folder == old or folder.startswith(old + "/") else folder
        for folder in _folders(call)
    ]
    return NOTHING


_P = "/projects/{projectKey}/libraries"
ROUTES = [
    Route("GET", _P + "/contents", _tree, PROJECT_READ),
    Route("GET", _P + "/contents/{path...}", _read, PROJECT_READ),
    Route("POST", _P + "/contents/{path...}", _write, PROJECT_WRITE),
    Route("DELETE", _P + "/contents/{path...}", _delete, PROJECT_WRITE),
    Route("POST", _P + "/folders/{path...}", _make_folder, PROJECT_WRITE),
    Route("POST", _P + "/contents-actions/rename", _rename, PROJECT_WRITE),
    Route("POST", _P + "/contents-actions/move", _move, PROJECT_WRITE),
]
