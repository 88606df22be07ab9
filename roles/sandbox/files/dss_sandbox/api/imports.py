# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project import, export and duplication (dss-api.md 2.3, 2.14)."""

from __future__ import annotations

from typing import Any

from .. import archive, layout, reports, upload
from ..call import Call, Reply
from ..documents import Document, dumps, random_id
from ..errors import bad_request
from ..kinds import project as kind
from ..project import Project
from ..remapping import connections_used, parsed, remapped
from ..router import ANY_KEY, PROJECT_READ, Route
from .common import already_there, may_create, not_found


def _upload(call: Call) -> Any:
    may_create(call)
    _name, data = upload.file_of(call.header(b"content-type"), call.body)
    archive.read(data)  # a broken archive is refused at once
    import_id = random_id(16)
    call.node.imports[import_id] = data
    return {"id": import_id}


def _process(call: Call) -> Any:
    """The answer has `success` and does not raise when a connection is missing (dss-api.md 2.3)."""
    may_create(call)
    import_id = call.params["importId"]
    if import_id not in call.node.imports:
        raise not_found(call, f"Import {import_id} does not exist")  # unverified text
    settings = call.object()
    content = archive.read(call.node.imports[import_id])
    key = kind.check_key(_target_key(settings, content), call.node.switches)
    if key in call.node.projects:
        raise already_there(call, f"Project key already exists: {key}")
    files = remapped(content.files, settings.get("remapping") or {})
    missing = sorted({use.connection for use in connections_used(files)} - call.node.connections.definitions.keys())
    fatal = bool(missing) and call.switch("missing_connection") == "error"
    if not fatal:
        _make(call, key, files, f"Imported project {key}")
        del call.node.imports[import_id]
    return {"projectKey": key, **_report(missing, fatal)}


def _target_key(settings: Document, content: archive.Archive) -> str:
    key = settings.get("targetProjectKey") or content.manifest.get("originalProjectKey")
    if not key:
        raise bad_request("targetProjectKey is missing and the archive does not name its project")  # unverified text
    return str(key)


def _make(call: Call, key: str, files: dict[str, str], message: str) -> Project:
    project = call.node.new_project(key)
    try:
        project.become(files, {}, call.author, message)
    except archive.MISSHAPEN as error:
        call.node.drop_project(key)
        raise archive.refused(f"{error}") from error
    call.node.grant(call.key, key, "admin")
    return project


def _report(missing: list[str], fatal: bool) -> Document:
    """unverified: codes and texts; the shape is that of dss-api.md 1.3."""
    kind_of = reports.error if fatal else reports.warning
    return reports.report([kind_of(*reports.missing_connection(name)) for name in missing])


def _export(call: Call) -> Any:
    options = call.object() if call.body.strip() else {}
    project = call.project
    files = project.repository.contents()
    manifest = archive.manifest_of(
        project.key, options, call.node.connections.types({use.connection for use in connections_used(files)})
    )
    return Reply(archive.write(manifest, files, project.version_tags()), "application/zip")


def _duplicate(call: Call) -> Any:
    """Definitions only, whatever the mode: the sandbox holds no data."""
    may_create(call)
    body = call.object()
    key = kind.check_key(body.get("targetProjectKey"), call.node.switches)
    if key in call.node.projects:
        raise already_there(call, f"Project key already exists: {key}")
    files = remapped(call.project.repository.contents(), body.get("remapping") or {})
    params = {**parsed(files[layout.PARAMS]), "owner": call.author}
    params["name"] = body.get("targetProjectName") or params.get("name", key)
    project = _make(call, key, {**files, layout.PARAMS: dumps(params)}, f"Duplicated project {call.project.key}")
    return {"targetProjectKey": project.key}


ROUTES = [
    Route("POST", "/projects/import/upload", _upload, ANY_KEY),
    Route("POST", "/projects/import/{importId}/process", _process, ANY_KEY),
    Route("POST", "/projects/{projectKey}/export", _export, PROJECT_READ),
    Route("POST", "/projects/{projectKey}/duplicate", _duplicate, PROJECT_READ),
]
