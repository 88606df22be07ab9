# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed folders and their files (dss-api.md 2.8)."""

from __future__ import annotations

from typing import Any

from .. import upload
from ..call import NOTHING, Call, Reply, done
from ..documents import Document, now_ms, random_id
from ..errors import bad_request
from ..kinds import others, recipe
from ..project import Entry
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import born, check_connection, check_identity, editable, entry, list_served, not_found, sent_tag
from .flow import leave_zones


def find(call: Call) -> tuple[str, Entry]:
    folder_id = call.params["folderId"]
    message = f"Managed folder {folder_id} does not exist in project {call.project.key}"  # unverified text
    return folder_id, entry(call, "managed_folders", folder_id, message)


def _list(call: Call) -> Any:
    if call.switch("folder_list_items") == "full":
        return list_served(call, "managed_folders")
    project = call.project
    items = [project.full("managed_folders", folder_id) for folder_id in project.objects["managed_folders"]]
    return [{key: value for key, value in item.items() if key in others.SUMMARY} for item in items]


def _create(call: Call) -> Any:
    """Names are labels, not keys: a second folder of the same name is made (dss-api.md 2.8 [client])."""
    folder_id = create_folder(call, call.object())
    call.message = f"Created managed folder {folder_id}"
    return Reply(call.project.served("managed_folders", folder_id))


def create_folder(call: Call, body: Document) -> str:
    folder_id = random_id(8)
    document = born(call, others.folder(body, None, call.node.switches))
    check_connection(call, document)
    call.project.save("managed_folders", folder_id, document, None, call.author)
    return folder_id


def _get(call: Call) -> Any:
    folder_id, _found = find(call)
    return Reply(call.project.served("managed_folders", folder_id))


def _put(call: Call) -> Any:
    folder_id, old = find(call)
    body = call.object()
    check_identity(call, body, {"id": folder_id, "projectKey": call.project.key})
    version_tag = sent_tag(call, body, old)
    document = others.folder(body, old.document, call.node.switches)
    check_connection(call, document)
    call.project.save("managed_folders", folder_id, document, None, call.author, version_tag)
    call.message = f"Edited managed folder {folder_id}"
    return done(f"Updated managed folder {folder_id}")


def _delete(call: Call) -> Any:
    folder_id, _found = find(call)
    call.project.remove("managed_folders", folder_id)
    call.project.folder_files.pop(folder_id, None)
    call.project.metric_values.pop(("managed_folders", folder_id), None)
    leave_zones(call, "MANAGED_FOLDER", folder_id)
    call.message = f"Deleted managed folder {folder_id}"
    return done(f"Deleted managed folder {folder_id}")  # JSON since 15 (dss-api.md 2.8 [client])


def _rename(call: Call) -> Any:
    body = call.object()
    call.params["folderId"] = body.get("id", "")
    folder_id, old = find(call)
    if not body.get("newName"):
        raise bad_request("newName is missing")  # unverified text
    document = {**editable(old.document), "name": body["newName"]}
    call.project.save("managed_folders", folder_id, document, None, call.author)
    call.message = f"Renamed managed folder {folder_id}"
    return NOTHING


def _clean(path: str) -> str:
    return "/" + path.strip("/")


def _contents(call: Call) -> Any:
    folder_id, _found = find(call)
    files = call.project.folder_files.get(folder_id, {})
    return {"items": [_item(path, *content) for path, content in sorted(files.items())]}


def _item(path: str, data: bytes, modified: int) -> Document:
    return {"path": path, "size": len(data), "lastModified": modified}


def _get_file(call: Call) -> Any:
    folder_id, _found = find(call)
    path = _clean(call.params["path"])
    files = call.project.folder_files.get(folder_id, {})
    if path not in files:
        raise not_found(call, f"File {path} does not exist in managed folder {folder_id}")  # unverified text
    return Reply(files[path][0], "application/octet-stream")


def _put_file(call: Call) -> Any:
    """Kept in memory only: files are data, and the sandbox is about definitions."""
    folder_id, _found = find(call)
    path = _clean(call.params["path"])
    _name, data = upload.file_of(call.header(b"content-type"), call.body)
    files = call.project.folder_files.get(folder_id, {})
    call.project.folder_files[folder_id] = {**files, path: (data, now_ms())}
    return _item(path, *call.project.folder_files[folder_id][path])


def _delete_file(call: Call) -> Any:
    folder_id, _found = find(call)
    path = _clean(call.params["path"])
    files = call.project.folder_files.get(folder_id, {})
    call.project.folder_files[folder_id] = {name: content for name, content in files.items() if name != path}
    return NOTHING


def _usages(call: Call) -> Any:
    """unverified shape."""
    folder_id, _found = find(call)
    return [
        {"objectType": "RECIPE", "projectKey": call.project.key, "objectId": name}
        for name, user in call.project.objects["recipes"].items()
        if folder_id in recipe.refs(user.document, "inputs")
    ]


def _copy(call: Call) -> Any:
    find(call)
    return call.node.futures.start({"success": True})


_P = "/projects/{projectKey}/managedfolders"
ROUTES = [
    Route("GET", _P, _list, PROJECT_READ),
    Route("POST", _P, _create, PROJECT_WRITE),
    Route("GET", _P + "/{folderId}", _get, PROJECT_READ),
    Route("PUT", _P + "/{folderId}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/{folderId}", _delete, PROJECT_WRITE),
    Route("GET", _P + "/{folderId}/contents", _contents, PROJECT_READ),
    Route("GET", _P + "/{folderId}/contents/{path...}", _get_file, PROJECT_READ),
    Route("POST", _P + "/{folderId}/contents/{path...}", _put_file, PROJECT_WRITE),
    Route("DELETE", _P + "/{folderId}/contents/{path...}", _delete_file, PROJECT_WRITE),
    Route("GET", _P + "/{folderId}/usages", _usages, PROJECT_READ),
    Route("POST", _P + "/{folderId}/actions/copyTo", _copy, PROJECT_WRITE),
    Route("POST", "/projects/{projectKey}/actions/renameManagedFolder", _rename, PROJECT_WRITE),
]
