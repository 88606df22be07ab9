# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles on an automation node: projects made from one, imported, prepared, activated, deleted (dss-api.md 2.13)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .. import activation, upload
from ..call import NOTHING, Call, done
from ..errors import DssError, bad_request
from ..kinds import project as kind
from ..router import ANY_KEY, PROJECT_ADMIN, PROJECT_READ, Route
from .common import already_there, may_create, not_found

_POLICIES = ("NONE", "READ_ONLY", "ALL")


def _uploaded(call: Call) -> bytes:
    return upload.file_of(call.header(b"content-type"), call.body)[1]


def _on_disk(call: Call) -> bytes:
    """A path on the machine of the node, which here is the caller's too."""
    path = Path(call.text("archivePath"))
    try:
        return path.read_bytes()
    except OSError as error:
        raise DssError(500, "java.io.IOException", f"Cannot read {path}: {error.strerror}") from error  # unverified


def _make(call: Call, data: bytes) -> Any:
    """unverified: the answer. `projectFolderId` has no effect: project folders are not served."""
    may_create(call)
    policy = call.text("permissionsPropagationPolicy") or "NONE"
    if policy not in _POLICIES:
        raise bad_request(f"permissionsPropagationPolicy is one of {', '.join(_POLICIES)}, not {policy}")
    content = activation.read(data)
    key = kind.check_key(content.project_key, call.node.switches)
    if key in call.node.projects:
        raise already_there(call, f"Project key already exists: {key}")
    fail_on_missing = call.flag("failOnMissingUsersOrGroups", True)
    project = activation.make_project(call.node, content, key, call.author, policy, fail_on_missing)
    try:
        activation.take(call.node, project, data)
    except DssError:
        call.node.drop_project(key)
        raise
    call.node.grant(call.key, key, "admin")
    return {"projectKey": key, "bundleId": content.id}


def _from_upload(call: Call) -> Any:
    return _make(call, _uploaded(call))


def _from_archive(call: Call) -> Any:
    return _make(call, _on_disk(call))


def _list(call: Call) -> Any:
    """Scripts take the last as the newest (dss-api.md 2.13)."""
    return {"bundles": [bundle.info for bundle in call.node.imported.of(call.project.key)]}


def _import_stream(call: Call) -> Any:
    _take(call, _uploaded(call))
    return NOTHING


def _import_archive(call: Call) -> Any:
    return _take(call, _on_disk(call))


def _take(call: Call, data: bytes) -> Any:
    """unverified: a bundle of a project with another key is taken, one in a project without bundles as well."""
    return {"bundleId": activation.take(call.node, call.project, data).id}


def _find(call: Call) -> str:
    bundle_id = call.params["bundleId"]
    if call.node.imported.find(call.project.key, bundle_id) is None:
        raise not_found(call, f"Bundle {bundle_id} does not exist")  # unverified text
    return bundle_id


def _preload(call: Call) -> Any:
    return activation.preload(call.node, call.project, _find(call))


def _activate(call: Call) -> Any:
    body = call.object() if call.body.strip() else {}
    chosen = body.get("scenariosActiveOnActivation", {})
    if not isinstance(chosen, dict) or not all(isinstance(value, bool) for value in chosen.values()):
        raise bad_request("scenariosActiveOnActivation maps the ids of scenarios to true or false")  # unverified text
    return activation.activate(call.node, call.project, _find(call), call.key, chosen)


def _delete(call: Call) -> Any:
    bundle_id = _find(call)
    if activation.active_id(call.project) == bundle_id:
        raise bad_request(f"Bundle {bundle_id} is active")  # unverified: that it is refused, and the text
    call.node.imported.remove(call.project.key, bundle_id)
    return done(f"Deleted bundle {bundle_id}")


_P = "/projects/{projectKey}/bundles/imported"
ROUTES = [
    Route("POST", "/projectsFromBundle", _from_upload, ANY_KEY),
    Route("POST", "/projectsFromBundle/fromArchive", _from_archive, ANY_KEY),
    Route("GET", _P, _list, PROJECT_READ),
    # unverified: which rights these need
    Route("POST", _P + "/actions/importFromStream", _import_stream, PROJECT_ADMIN),
    Route("POST", _P + "/actions/importFromArchive", _import_archive, PROJECT_ADMIN),
    Route("POST", _P + "/{bundleId}/actions/preload", _preload, PROJECT_ADMIN),
    Route("POST", _P + "/{bundleId}/actions/activate", _activate, PROJECT_ADMIN),
    Route("DELETE", _P + "/{bundleId}", _delete, PROJECT_ADMIN),
]
