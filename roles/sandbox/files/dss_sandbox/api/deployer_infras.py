# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stages and infrastructures of the Project Deployer (dss-api.md 2.15)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call
from ..deployments import reach
from ..documents import Document, pick, random_id
from ..errors import bad_request
from ..keys import ApiKey
from ..kinds import project as project_kind
from ..node import new_secret
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from .common import check_identity
from .deployer_common import (
    INFRA,
    basic_infra,
    check,
    check_permissions,
    deployments_with,
    find,
    granted,
    new_name,
    readable,
)

_STAGES = {"Development": "", "Testing": "", "Production": ""}  # unverified: the stages of a fresh deployer
_POLICIES = ("NO_CHECK", "WARN", "PREVENT")
_REMAPPING = "bundleContainerSettings"
# The keys that the client's documentation lists; those of newer versions are unknown 14.
_DEFAULTS: Document = {
    "autoconfigureFromNodesDirectory": False,
    "nodeId": "",
    "automationNodeUrl": "",
    "automationNodeExternalUrl": "",
    "adminApiKey": "",
    "trustAllSSLCertificates": False,
    "permissions": [],
}
_KNOWN = frozenset({*_DEFAULTS, "id", "stage", "governCheckPolicy"})


def _stages(call: Call) -> Any:
    return [{"id": stage, "desc": text} for stage, text in _STAGES.items()]


def _found(call: Call, right: str) -> Document:
    settings = find(call, call.node.deployer.infras, INFRA, call.params["infraId"])
    check(call, INFRA, settings, right)
    return settings


def _status(call: Call, settings: Document) -> Document:
    return {
        "infraBasicInfo": basic_infra(settings),
        "deployments": deployments_with(call, "infraId", settings["id"]),
        "canDeploy": granted(call, settings, "deploy"),
        "isAdmin": granted(call, settings, "admin"),
    }


def _list(call: Call) -> Any:
    return [_status(call, settings) for settings in readable(call, call.node.deployer.infras)]


def _create(call: Call) -> Any:
    body = call.object()
    name = new_name(call, call.node.deployer.infras, INFRA, body.get("id"))
    settings = {**_DEFAULTS, **pick(body, frozenset({"stage", "governCheckPolicy"})), "id": name}
    _save(call, settings)
    return _status(call, settings)


def _save(call: Call, settings: Document) -> None:
    settings.setdefault("governCheckPolicy", "NO_CHECK")
    if settings.get("stage") not in _STAGES:
        raise bad_request(f"Unknown stage: {settings.get('stage')}")  # unverified, as is the text
    if settings["governCheckPolicy"] not in _POLICIES:
        raise bad_request(f"governCheckPolicy is one of {', '.join(_POLICIES)}")  # unverified text
    for key in ("automationNodeUrl", "adminApiKey"):
        if not isinstance(settings[key], str):
            raise bad_request(f"{key} is a text")  # unverified text
    check_permissions(settings, ("admin", "read", "deploy"))
    settings["adminApiKey"] = call.node.connections.clear_text(settings["adminApiKey"])
    settings["$salt"] = random_id(16)
    call.node.deployer.infras.put(settings["id"], settings)


def _get(call: Call) -> Any:
    return _status(call, _found(call, "read"))


def _settings(call: Call) -> Any:
    """unverified: that the key is served encrypted, like other secrets."""
    settings = dict(_found(call, "admin"))
    salt = settings.pop("$salt")
    if settings["adminApiKey"] and call.switch("infra_key") == "encrypted":
        settings["adminApiKey"] = call.node.connections.encrypted(settings["adminApiKey"], salt)
    return settings


def _put_settings(call: Call) -> Any:
    """Full replace; `id` and `stage` stay. The key of a remapping of the infrastructure is unknown 14."""
    old = _found(call, "admin")
    body = call.object()
    check_identity(call, body, {"id": old["id"]})
    with_remapping = call.switch("infra_remapping") == _REMAPPING
    known = _KNOWN | {_REMAPPING} if with_remapping else _KNOWN
    settings = {**_DEFAULTS, "stage": old["stage"], **pick(body, known), "id": old["id"]}
    if with_remapping:
        settings[_REMAPPING] = project_kind.container_settings(settings)
    _save(call, settings)
    return NOTHING


def _delete(call: Call) -> Any:
    settings = _found(call, "admin")
    used = deployments_with(call, "infraId", settings["id"])
    if used:
        names = ", ".join(deployment["id"] for deployment in used)
        raise bad_request(f"Infrastructure {settings['id']} is used by deployments: {names}")  # unverified text
    call.node.deployer.infras.remove(settings["id"])
    return NOTHING


def _personal_key(call: Call) -> Any:
    """For infrastructures of several nodes only [client], and here each has one node; a switch makes it all the same."""
    settings = _found(call, "deploy")
    if call.switch("personal_key_of_infra") == "refused":
        raise bad_request("Only for infrastructures of several automation nodes")  # unverified text
    node = reach(call.node, settings["id"]).node
    login = call.text("forUser") or call.author
    answer: Document = {
        "createdOnAllNodes": False,
        "user": login,
        "nodesAndKeys": [],
        "nodesWhereUserDoesNotExist": [],
        "nodesWhereUserIsDisabled": [],
    }
    told = {"nodeId": node.name, "url": node.url}
    user = node.users.get(login)
    if user is None:
        return {**answer, "nodesWhereUserDoesNotExist": [told]}
    if not user.get("enabled", True):
        return {**answer, "nodesWhereUserIsDisabled": [told]}
    groups = tuple(user.get("groups", ()))
    key = ApiKey(random_id(8), new_secret(), login, "administrators" in groups, groups=groups)
    node.add_key(key)
    keys = [{**told, "id": key.id, "label": call.text("label"), "description": call.text("description")}]
    return {**answer, "createdOnAllNodes": True, "secret": key.secret, "nodesAndKeys": keys}


_P = "/project-deployer/infras"
ROUTES = [
    Route("GET", "/project-deployer/stages", _stages, ANY_KEY),
    Route("GET", _P + "/stages", _stages, ANY_KEY),
    Route("GET", _P, _list, ANY_KEY),
    Route("POST", _P, _create, INSTANCE_ADMIN),  # unverified right
    Route("GET", _P + "/{infraId}", _get, ANY_KEY),
    Route("DELETE", _P + "/{infraId}", _delete, ANY_KEY),
    Route("GET", _P + "/{infraId}/settings", _settings, ANY_KEY),
    Route("PUT", _P + "/{infraId}/settings", _put_settings, ANY_KEY),
    Route("POST", _P + "/{infraId}/generate-personal-api-key", _personal_key, ANY_KEY),
]
