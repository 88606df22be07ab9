# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project import, export and duplication (dss-api.md 2.3, 2.14)."""

from __future__ import annotations

import json
from typing import Any

from .. import archive, layout, upload
from ..call import Call, Reply
from ..documents import Document, dumps, random_id
from ..errors import SECURITY, DssError, bad_request
from ..kinds import project as kind
from ..project import Project
from ..router import ANY_KEY, PROJECT_READ, Route
from .common import already_there, not_found

_CONNECTION_KEYS = ("connection", "uploadConnection")


def _may_create(call: Call) -> None:
    if not (call.key.admin or call.key.may_create_projects):
        raise DssError(403, SECURITY, "You may not create new projects")


def _upload(call: Call) -> Any:
    _may_create(call)
    _name, data = upload.file_of(call.header(b"content-type"), call.body)
    archive.read(data)  # a broken archive is refused at once
    import_id = random_id(16)
    call.node.imports[import_id] = data
    return {"id": import_id}


def _process(call: Call) -> Any:
    """The answer has `success` and does not raise when a connection is missing (dss-api.md 2.3)."""
    _may_create(call)
    import_id = call.params["importId"]
    if import_id not in call.node.imports:
        raise not_found(call, f"Import {import_id} does not exist")  # unverified text
    settings = call.object()
    content = archive.read(call.node.imports[import_id])
    key = kind.check_key(_target_key(settings, content), call.node.switches)
    if key in call.node.projects:
        raise already_there(call, f"Project key already exists: {key}")
    files = remapped(content.files, settings.get("remapping") or {})
    missing = sorted(_used_connections(files) - call.node.connections.definitions.keys())
    fatal = bool(missing) and call.switch("missing_connection") == "error"
    if not fatal:
        _make(call, key, files, f"Imported project {key}")
        del call.node.imports[import_id]
    return {"success": not fatal, "projectKey": key, **_report(missing, fatal)}


def _target_key(settings: Document, content: archive.Archive) -> str:
    key = settings.get("targetProjectKey") or content.manifest.get("originalProjectKey")
    if not key:
        raise bad_request("targetProjectKey is missing and the archive does not name its project")  # unverified text
    return str(key)


def _make(call: Call, key: str, files: dict[str, str], message: str) -> Project:
    """The files stay as they are, so that objects read back in their stored form."""
    project = call.node.new_project(key)
    try:
        project.load(files, {}, call.author)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        call.node.drop_project(key)
        raise archive.refused(f"{error}") from error
    for path, text in files.items():
        if path != layout.VERSION_TAGS:
            project.repository.write(path, text)
    project.keep_tags()
    call.node.grant(call.key, key, "admin")
    project.repository.commit(call.author, message)
    return project


def _report(missing: list[str], fatal: bool) -> Document:
    """unverified: codes and texts; the shape is that of dss-api.md 1.3."""
    severity = "ERROR" if fatal else "WARNING"
    messages = [
        {
            "severity": severity,
            "isFatal": fatal,
            "code": "ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION",
            "title": "Missing connection",
            "message": f"Connection '{name}' does not exist",
        }
        for name in missing
    ]
    return {
        "anyMessage": bool(messages),
        "warning": bool(messages) and not fatal,
        "error": fatal,
        "fatal": fatal,
        "maxSeverity": severity if messages else "SUCCESS",
        "messages": messages,
    }


def _used_connections(files: dict[str, str]) -> set[str]:
    used: set[str] = set()
    for path, text in files.items():
        if path.startswith(("datasets/", "managed_folders/")) and path.endswith(".json"):
            params = _parsed(text).get("params") or {}
            if isinstance(params, dict) and isinstance(params.get("connection"), str):
                used.add(params["connection"])
    return used


def _parsed(text: str) -> Document:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def remapped(files: dict[str, str], remapping: Document) -> dict[str, str]:
    """Matching is by name (dss-api.md 2.14); files without a match keep their text."""
    connections = {item["source"]: item["target"] for item in remapping.get("connections", ())}
    code_envs = {item["source"]: item["target"] for item in remapping.get("codeEnvs", ())}
    if not connections and not code_envs:
        return files
    changed = dict(files)
    for path, text in files.items():
        if layout.object_of(path) is not None or path == layout.PARAMS:
            before = _parsed(text)
            after = _rewritten(before, connections, code_envs)
            if after != before:
                changed[path] = dumps(after)
    return changed


def _rewritten(value: Any, connections: dict[str, str], code_envs: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_rewritten(item, connections, code_envs) for item in value]
    if not isinstance(value, dict):
        return value
    result: Document = {}
    for key, item in value.items():
        if isinstance(item, str) and key in _CONNECTION_KEYS:
            item = connections.get(item, item)
        elif isinstance(item, str) and key == "envName":
            item = code_envs.get(item, item)
        result[key] = _rewritten(item, connections, code_envs)
    return result


def _version_tags(project: Project) -> Document:
    tags = {"PROJECT." + project.key: project.params.tag}
    for objects, name in layout.TAG_NAMES.items():
        tags.update({f"{name}.{object_id}": entry.tag for object_id, entry in project.objects[objects].items()})
    return tags


def _export(call: Call) -> Any:
    options = call.object() if call.body.strip() else {}
    data = archive.write(call.project.key, call.project.repository.contents(), options, _version_tags(call.project))
    return Reply(data, "application/zip")


def _duplicate(call: Call) -> Any:
    """Definitions only, whatever the mode: the sandbox holds no data."""
    _may_create(call)
    body = call.object()
    key = kind.check_key(body.get("targetProjectKey"), call.node.switches)
    if key in call.node.projects:
        raise already_there(call, f"Project key already exists: {key}")
    files = remapped(call.project.repository.contents(), body.get("remapping") or {})
    params = {**_parsed(files[layout.PARAMS]), "owner": call.author}
    params["name"] = body.get("targetProjectName") or params.get("name", key)
    project = _make(call, key, {**files, layout.PARAMS: dumps(params)}, f"Duplicated project {call.project.key}")
    return {"targetProjectKey": project.key}


ROUTES = [
    Route("POST", "/projects/import/upload", _upload, ANY_KEY),
    Route("POST", "/projects/import/{importId}/process", _process, ANY_KEY),
    Route("POST", "/projects/{projectKey}/export", _export, PROJECT_READ),
    Route("POST", "/projects/{projectKey}/duplicate", _duplicate, PROJECT_READ),
]
