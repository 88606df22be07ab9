# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instance itself: info, variables, licence, audit, global keys (dss-api.md 2.1, 2.18)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call
from ..documents import Document
from ..router import ANY_KEY, INSTANCE_ADMIN, Route


def _info(call: Call) -> Any:
    return call.node.info()


def _auth_info(call: Call) -> Any:
    key = call.key
    user = call.node.users.get(key.login or "", {})
    groups = list(key.groups) or user.get("groups") or (["administrators"] if key.admin else [])
    answer: Document = {"authIdentifier": key.author(call.node.switches), "groups": groups}
    if call.flag("withSecrets"):
        answer["secrets"] = []
    return answer


def _variables(call: Call) -> Any:
    return call.node.instance["variables"]


def _put_variables(call: Call) -> Any:
    call.node.instance["variables"] = call.object()
    call.node.save_instance()
    return NOTHING


def _audit(call: Call) -> Any:
    """An entry in the audit log, which no call reads (dss-api.md 2.18); ``GET /_sandbox/audit`` of the sandbox does."""
    call.node.audit.append({"type": call.params["type"], "params": call.object(), "author": call.author})
    return NOTHING


def _licence(call: Call) -> Any:
    return {"base": {"licenseContent": {"licenseKind": "SANDBOX"}}, "limits": {"licensedProfiles": {}}}


def _govern(call: Call) -> Any:
    return {"enabled": False, "nodeUrl": "", "apiKey": "", "trustAllSSLCertificates": False}


def _check_objects(call: Call) -> Any:
    """unverified: the answer's shape is not recorded."""
    items = []
    for item in call.object().get("items", ()):
        project = call.node.projects.get(item.get("objectProjectKey", ""))
        right = call.key.right_on(project.key, project.params.document) if project else 0
        items.append({**item, "readable": right >= 1, "writable": right >= 2})
    return {"items": items}


def _empty_list(call: Call) -> Any:
    return []


def _out_of_scope(path: str) -> Route:
    """Lists that dss-api.md 2.1 puts out of scope: always empty."""
    return Route("GET", path, _empty_list, ANY_KEY)


ROUTES = [
    Route("GET", "/instance-info", _info, ANY_KEY),
    Route("GET", "/auth/info", _auth_info, ANY_KEY),
    Route("GET", "/admin/licensing/status", _licence, INSTANCE_ADMIN),
    Route("GET", "/admin/variables", _variables, INSTANCE_ADMIN),
    Route("PUT", "/admin/variables", _put_variables, INSTANCE_ADMIN),
    Route("POST", "/admin/audit/custom/{type}", _audit, INSTANCE_ADMIN),
    Route("GET", "/admin/get-govern-node-ref", _govern, INSTANCE_ADMIN),
    Route("POST", "/permissions/actions/check-objects", _check_objects, ANY_KEY),
    _out_of_scope("/apps"),
    _out_of_scope("/meanings"),
    _out_of_scope("/messaging-channels"),
    _out_of_scope("/workspaces"),
    _out_of_scope("/data-collections"),
]
