# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles on the node where a project is designed: made, listed, downloaded, published (dss-api.md 2.12)."""

from __future__ import annotations

import re
from typing import Any

from .. import DSS_VERSION, archive, layout
from ..call import Call, Reply, done
from ..documents import Document, now_ms
from ..errors import CODED, DssError, bad_request
from ..kinds import project as kind
from ..published import publish
from ..remapping import code_envs_used, connections_used
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from ..shelf import Bundle
from . import standards
from .common import already_there, not_found

_ID = re.compile(r"[\w. -]+")  # unverified: what is valid in an id
_STAYS = frozenset({layout.LOCAL_VARIABLES, layout.ACTIVE_BUNDLE})  # local variables do not travel (dss-api.md 2.12)


def _list(call: Call) -> Any:
    return {"bundles": [bundle.info for bundle in call.node.exported.of(call.project.key)]}


def _find(call: Call) -> Bundle:
    bundle = call.node.exported.find(call.project.key, call.params["bundleId"])
    if bundle is None:
        raise not_found(call, f"Bundle {call.params['bundleId']} does not exist")  # unverified text
    return bundle


def _get(call: Call) -> Any:
    return _find(call).info


def _export(call: Call) -> Any:
    """Done when it answers; what it answers is unverified. What an id that exists does is unknown 16."""
    bundle_id = call.params["bundleId"]
    if not _ID.fullmatch(bundle_id):
        raise bad_request(f"Invalid bundle id: {bundle_id}")  # unverified text
    project = call.project
    if call.node.exported.find(project.key, bundle_id) is not None and call.switch("existing_bundle") == "error":
        raise already_there(call, f"Bundle {bundle_id} already exists in project {project.key}")  # unverified text
    told = _export_manifest(call)
    files = {path: text for path, text in project.repository.contents().items() if path not in _STAYS}
    options = kind.bundle_options(project.params.document)
    types = call.node.connections.types({use.connection for use in connections_used(files)})
    manifest = {
        **archive.manifest_of(project.key, options, types),
        **told,
        "bundleId": bundle_id,
        "usedCodeEnvRefs": [{"envLang": language, "envName": name} for language, name in code_envs_used(files)],
    }
    if not told["projectStandardsSkipped"]:  # unverified: where a bundle keeps the report
        manifest["projectStandardsReport"] = standards.run_checks(call.node, project, call.author)
    info = {"bundleId": bundle_id, "state": "LOCAL", "typeBadges": [], "exportManifest": told}  # unverified: state
    call.node.exported.put(project.key, bundle_id, info, archive.write(manifest, files, project.version_tags()))
    if call.switch("bundle_export_commits"):
        project.repository.commit(call.author, f"Created bundle {bundle_id}")
    return info


def _export_manifest(call: Call) -> Document:
    return {
        "exportUserInfo": {
            "exportedBy": call.author,
            "exportedOn": now_ms(),
            "releaseNotes": call.text("releaseNotes"),
        },
        "projectStandardsSkipped": not call.flag("evaluateProjectStandardsChecks", True),
        "generatedWithDSSVersion": DSS_VERSION,
        "designNodeId": call.node.name,
    }


def _delete(call: Call) -> Any:
    bundle = _find(call)
    call.node.exported.remove(call.project.key, bundle.id)
    return done(f"Deleted bundle {bundle.id}")


def _archive(call: Call) -> Any:
    bundle = _find(call)
    return Reply(call.node.exported.archive(call.project.key, bundle.id), "application/zip")


def _publish(call: Call) -> Any:
    """On the deployer of the process; the text without one is unverified."""
    bundle = _find(call)
    deployer = call.node.site.of_type("deployer")
    if deployer is None:
        raise DssError(500, CODED, "This node is not connected to a deployer")
    key = call.text("publishedProjectKey") or call.project.key
    data = call.node.exported.archive(call.project.key, bundle.id)
    publish(deployer, key, data, call.author, call.node)
    state = {"publishedOn": now_ms(), "publishedBy": call.author, "publishedProjectKey": key}
    call.node.exported.say(call.project.key, bundle.id, publishedBundleState=state)
    return state


_P = "/projects/{projectKey}/bundles"
ROUTES = [
    Route("GET", _P + "/exported", _list, PROJECT_READ),
    Route("GET", _P + "/exported/{bundleId}", _get, PROJECT_READ),
    Route("PUT", _P + "/exported/{bundleId}", _export, PROJECT_WRITE),
    Route("DELETE", _P + "/exported/{bundleId}", _delete, PROJECT_WRITE),
    Route("GET", _P + "/exported/{bundleId}/archive", _archive, PROJECT_READ),
    Route("POST", _P + "/{bundleId}/publish", _publish, PROJECT_WRITE),
]
