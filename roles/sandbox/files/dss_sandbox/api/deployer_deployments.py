# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of the Project Deployer (dss-api.md 2.15). Creating one deploys nothing, nor does saving its settings."""

from __future__ import annotations

from typing import Any

from .. import deployments, health
from ..call import NOTHING, Call
from ..documents import Document, now_ms, pick
from ..errors import CODED, DssError, bad_request
from ..kinds import project as project_kind
from ..remapping import names_of
from ..reports import report
from ..router import ANY_KEY, Route
from .common import check_identity, not_found
from .deployer_common import (
    DEPLOYMENT,
    INFRA,
    PROJECT,
    basic_deployment,
    basic_infra,
    basic_project,
    check,
    find,
    granted,
    new_name,
)

_FIXED = ("id", "infraId", "publishedProjectKey", "deployedProjectKey")  # unverified but for the published project
# The keys that the client's documentation lists; `enabled` is that of the API Deployer, unverified here.
_DEFAULTS: Document = {
    "tags": [],
    "projectFolderId": "ROOT",
    "bundleContainerSettings": {},
    "localVariables": {},
    "scenariosToActivate": {},
    "disableAutomaticTriggers": False,
    "enabled": True,
}
_KNOWN = frozenset({*_DEFAULTS, *_FIXED, "bundleId"})


def _checked(call: Call, settings: Document, right: str) -> None:
    """Deploying needs the right on the infrastructure and on the published project (dss-api.md 4 [docs])."""
    deployer = call.node.deployer
    check(call, INFRA, deployer.infras[settings["infraId"]], right)
    check(call, PROJECT, deployer.projects[settings["publishedProjectKey"]], right)


def _found(call: Call, right: str) -> Document:
    deployment = find(call, call.node.deployer.deployments, DEPLOYMENT, call.params["deploymentId"])
    _checked(call, deployment["settings"], right)
    return deployment


def _light(call: Call, deployment: Document) -> Document:
    deployer, settings = call.node.deployer, deployment["settings"]
    key = settings["publishedProjectKey"]
    return {
        "deploymentBasicInfo": basic_deployment(call, deployment),
        "infraBasicInfo": basic_infra(deployer.infras[settings["infraId"]]),
        "projectBasicInfo": basic_project(deployer.projects[key]),
        "packages": [bundle.info for bundle in deployer.bundles.of(key)],
        "neverEverDeployed": not deployment["updates"],  # unverified: a failed update counts
    }


def _list(call: Call) -> Any:
    deployer = call.node.deployer
    return [
        _light(call, deployer.deployments[name])
        for name in deployer.deployments
        if granted(call, deployer.infras[deployer.deployments[name]["settings"]["infraId"]], "read")
    ]


def _create(call: Call) -> Any:
    body = call.object()
    deployer = call.node.deployer
    name = new_name(call, deployer.deployments, DEPLOYMENT, body.get("deploymentId"))
    infra = find(call, deployer.infras, INFRA, body.get("infraId"))
    key = find(call, deployer.projects, PROJECT, body.get("publishedProjectKey"))["id"]
    settings = {
        **_DEFAULTS,
        **pick(body, frozenset({"bundleId", "projectFolderId"})),
        "id": name,
        "infraId": infra["id"],
        "publishedProjectKey": key,
        "deployedProjectKey": project_kind.check_key(body.get("deployedProjectKey") or key, call.node.switches),
        # Those of the infrastructure apply to new deployments (dss-api.md 2.14 [docs]).
        "bundleContainerSettings": infra.get("bundleContainerSettings", {}),
    }
    _checked(call, settings, "deploy")
    deployment: Document = {
        "settings": {},
        "deployed": None,
        "updates": [],
        "createdBy": call.author,
        "createdOn": now_ms(),
    }
    _save(call, deployment, settings)
    return _light(call, deployer.deployments[name])


def _save(call: Call, deployment: Document, settings: Document) -> None:
    key, bundle_id = settings["publishedProjectKey"], settings.get("bundleId")
    if not isinstance(bundle_id, str) or call.node.deployer.bundles.find(key, bundle_id) is None:
        raise not_found(call, f"Bundle {bundle_id} of project {key} does not exist")  # unverified text
    for name in ("bundleContainerSettings", "localVariables", "scenariosToActivate"):
        if not isinstance(settings[name], dict):
            raise bad_request(f"Expected an object as {name}")  # unverified text
    if not all(isinstance(value, bool) for value in settings["scenariosToActivate"].values()):
        raise bad_request("scenariosToActivate maps the ids of scenarios to true or false")  # unverified text
    settings["bundleContainerSettings"] = project_kind.container_settings(settings)
    names_of(settings["bundleContainerSettings"]["remapping"])  # refuses what it cannot read
    settings["tags"] = sorted(set(settings["tags"]))
    if settings.get("bundleId") != deployment["settings"].get("bundleId"):
        _check_governance(call, settings)
    call.node.deployer.deployments.put(settings["id"], {**deployment, "settings": settings})


def _check_governance(call: Call, settings: Document) -> None:
    """Warnings are errors unless they are to be ignored (dss-api.md 2.15); unverified: one that prevents is never ignored."""
    for message in deployments.governance(call.node, settings["infraId"]):
        if message.fatal or not call.flag("ignoreWarnings"):
            raise DssError(400, CODED, f"{message.severity}: {message.text}")


def _get(call: Call) -> Any:
    return _light(call, _found(call, "read"))


def _status(call: Call) -> Any:
    return health.heavy(call.node, _found(call, "read")["settings"]["id"])


def _settings(call: Call) -> Any:
    return _found(call, "read")["settings"]


def _put_settings(call: Call) -> Any:
    """Full replace but for what identifies the deployment; nothing is deployed by it."""
    deployment = _found(call, "deploy")
    old = deployment["settings"]
    body = call.object()
    check_identity(call, body, {"id": old["id"], "publishedProjectKey": old["publishedProjectKey"]})
    fixed = {key: old[key] for key in _FIXED}
    _save(call, deployment, {**_DEFAULTS, **pick(body, _KNOWN), **fixed})
    return NOTHING


def _update(call: Call) -> Any:
    settings = _found(call, "deploy")["settings"]
    return call.node.futures.start(deployments.update(call.node, settings["id"], call.author))


def _delete(call: Call) -> Any:
    """Only when disabled and updated after that (dss-api.md 2.15); the project on the automation node stays (unknown 24)."""
    deployment = _found(call, "deploy")
    deployed = deployment["deployed"]
    if deployment["settings"]["enabled"] or deployed is None or deployed["enabled"]:
        name = deployment["settings"]["id"]
        raise bad_request(
            f"Deployment {name} must be disabled, and updated after that, before it is deleted"
        )  # unverified
    call.node.deployer.deployments.remove(deployment["settings"]["id"])
    return NOTHING


def _governance(call: Call) -> Any:
    """Of any bundle the same, see the switch."""
    return report(deployments.governance(call.node, _found(call, "read")["settings"]["infraId"]))


def _testing(call: Call) -> Any:
    return health.testing(call.node, _found(call, "read")["settings"]["id"], call.text("bundleId"))


def _run_tests(call: Call) -> Any:
    return health.run_tests(call.node, _found(call, "deploy")["settings"]["id"])


# -- updates: newest first, unverified --


def _updates(call: Call) -> Any:
    shown = ("startTimestamp", "type", "status")
    return [{key: update[key] for key in shown} for update in reversed(_found(call, "read")["updates"])]


def _one_update(call: Call) -> Any:
    for update in _found(call, "read")["updates"]:
        if str(update["startTimestamp"]) == call.params["timestamp"]:
            return update
    raise not_found(call, f"Update {call.params['timestamp']} does not exist")  # unverified text


def _last_update(call: Call) -> Any:
    updates = _found(call, "read")["updates"]
    if not updates:
        raise not_found(call, "The deployment has never been updated")  # unverified text
    return updates[-1]


_P = "/project-deployer/deployments"
ROUTES = [
    Route("GET", _P, _list, ANY_KEY),
    Route("POST", _P, _create, ANY_KEY),
    Route("GET", _P + "/{deploymentId}", _get, ANY_KEY),
    Route("DELETE", _P + "/{deploymentId}", _delete, ANY_KEY),
    Route("GET", _P + "/{deploymentId}/status", _status, ANY_KEY),
    Route("GET", _P + "/{deploymentId}/settings", _settings, ANY_KEY),
    Route("PUT", _P + "/{deploymentId}/settings", _put_settings, ANY_KEY),
    Route("POST", _P + "/{deploymentId}/actions/update", _update, ANY_KEY),
    Route("GET", _P + "/{deploymentId}/governance-status", _governance, ANY_KEY),
    Route("GET", _P + "/{deploymentId}/testing-status", _testing, ANY_KEY),
    Route("POST", _P + "/{deploymentId}/run-test-scenarios", _run_tests, ANY_KEY),
    Route("GET", _P + "/{deploymentId}/update", _updates, ANY_KEY),
    Route("GET", _P + "/{deploymentId}/update/{timestamp}", _one_update, ANY_KEY),
    Route("GET", _P + "/{deploymentId}/last-update", _last_update, ANY_KEY),
]
