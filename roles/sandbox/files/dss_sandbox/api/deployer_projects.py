# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published projects of the Project Deployer and their bundles (dss-api.md 2.15)."""

from __future__ import annotations

from typing import Any

from .. import activation, published, upload
from ..call import NOTHING, Call, Reply
from ..documents import Document, pick
from ..errors import bad_request
from ..router import ANY_KEY, Route
from ..shelf import Bundle
from .common import check_identity, may_create, not_found
from .deployer_common import (
    PROJECT,
    basic_infra,
    basic_project,
    check,
    check_permissions,
    deployments_with,
    find,
    granted,
    new_name,
    readable,
)

_KNOWN = frozenset({"id", "name", "owner", "permissions", "basicImageInfo"})


def _found(call: Call, right: str) -> Document:
    settings = find(call, call.node.deployer.projects, PROJECT, call.params["publishedKey"])
    check(call, PROJECT, settings, right)
    return settings


def _status(call: Call, settings: Document) -> Document:
    deployer = call.node.deployer
    deployments = deployments_with(call, "publishedProjectKey", settings["id"])
    return {
        "projectBasicInfo": basic_project(settings),
        "packages": [bundle.info for bundle in deployer.bundles.of(settings["id"])],
        "deployments": deployments,
        # unverified: that only infrastructures in use are told
        "infras": [basic_infra(deployer.infras[name]) for name in sorted({item["infraId"] for item in deployments})],
        "canDeploy": granted(call, settings, "deploy"),
        "canWrite": granted(call, settings, "write"),
        "isAdmin": granted(call, settings, "admin"),
    }


def _list(call: Call) -> Any:
    return [_status(call, settings) for settings in readable(call, call.node.deployer.projects)]


def _create(call: Call) -> Any:
    may_create(call)  # unverified: the right to publish projects is one of its own
    key = new_name(call, call.node.deployer.projects, PROJECT, call.object().get("publishedProjectKey"))
    published.create(call.node, key, key, call.author)
    return _status(call, call.node.deployer.projects[key])


def _get(call: Call) -> Any:
    return _status(call, _found(call, "read"))


def _settings(call: Call) -> Any:
    return _found(call, "read")


def _put_settings(call: Call) -> Any:
    old = _found(call, "admin")
    body = call.object()
    check_identity(call, body, {"id": old["id"]})
    settings = {**old, "permissions": [], "basicImageInfo": {}, **pick(body, _KNOWN), "id": old["id"]}
    check_permissions(settings, ("admin", "read", "write", "deploy"))
    call.node.deployer.projects.put(old["id"], settings)
    return NOTHING


def _delete(call: Call) -> Any:
    key = _found(call, "admin")["id"]
    _refuse_used(f"Published project {key}", deployments_with(call, "publishedProjectKey", key))
    call.node.deployer.bundles.drop_project(key)
    call.node.deployer.projects.remove(key)
    return NOTHING


def _refuse_used(what: str, deployments: list[Document]) -> None:
    if deployments:
        names = ", ".join(deployment["id"] for deployment in deployments)
        raise bad_request(f"{what} is used by deployments: {names}")  # unverified text


# -- bundles --


def _upload(call: Call) -> Any:
    _name, data = upload.file_of(call.header(b"content-type"), call.body)
    key = call.text("projectKey") or activation.read(data).project_key
    if key in call.node.deployer.projects:
        check(call, PROJECT, call.node.deployer.projects[key], "write")
    else:
        may_create(call)
    published.publish(call.node, key, data, call.author, None)
    return NOTHING


def _bundle(call: Call, right: str) -> tuple[str, Bundle]:
    key = _found(call, right)["id"]
    bundle = call.node.deployer.bundles.find(key, call.params["bundleId"])
    if bundle is None:
        raise not_found(call, f"Bundle {call.params['bundleId']} does not exist")  # unverified text
    return key, bundle


def _download(call: Call) -> Any:
    key, bundle = _bundle(call, "read")
    return Reply(call.node.deployer.bundles.archive(key, bundle.id), "application/zip")


def _delete_bundle(call: Call) -> Any:
    """unverified: that a bundle of a deployment is refused."""
    key, bundle = _bundle(call, "write")
    used = [item for item in deployments_with(call, "publishedProjectKey", key) if item["bundleId"] == bundle.id]
    _refuse_used(f"Bundle {bundle.id}", used)
    call.node.deployer.bundles.remove(key, bundle.id)
    return NOTHING


def _standards(call: Call) -> Any:
    """The report that was made when the bundle was, null without one [client]."""
    key, bundle = _bundle(call, "read")
    report = activation.read(call.node.deployer.bundles.archive(key, bundle.id)).manifest.get("projectStandardsReport")
    return report if report is not None else Reply("null")


_P = "/project-deployer/projects"
ROUTES = [
    Route("GET", _P, _list, ANY_KEY),
    Route("POST", _P, _create, ANY_KEY),
    Route("POST", _P + "/bundles", _upload, ANY_KEY),
    Route("GET", _P + "/{publishedKey}", _get, ANY_KEY),
    Route("DELETE", _P + "/{publishedKey}", _delete, ANY_KEY),
    Route("GET", _P + "/{publishedKey}/settings", _settings, ANY_KEY),
    Route("PUT", _P + "/{publishedKey}/settings", _put_settings, ANY_KEY),
    Route("GET", _P + "/{publishedKey}/bundles/{bundleId}", _download, ANY_KEY),
    Route("DELETE", _P + "/{publishedKey}/bundles/{bundleId}", _delete_bundle, ANY_KEY),
    Route("GET", _P + "/{publishedKey}/bundles/{bundleId}/project-standards-report", _standards, ANY_KEY),
]
