# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of a Fleet Manager (dss-api.md 2.20). Every machine is ready at once; only the futures take their time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..call import NOTHING, Call
from ..documents import Document, random_id
from ..errors import NOT_FOUND, DssError, bad_request
from ..fleet import ACCOUNTS, BALANCERS, DEPROVISIONED, IMAGE, INSTANCES, NETWORKS, STOPPED, TEMPLATES, UP, Fleet
from ..router import INSTANCE_ADMIN, Handler, Route
from . import futures
from .common import not_found

_TENANT = "main"  # the client's default; here the only one

# The state that each action leaves; None: the one that it found.
_ACTIONS: dict[str, str | None] = {
    "reprovision": UP,
    "deprovision": DEPROVISIONED,
    "start": UP,
    "stop": STOPPED,
    "restart-dss": None,
    "replay-setup-actions": None,
}


def _future(call: Call) -> Document:
    """unverified: what the result of a future holds."""
    return call.node.futures.start({})


# -- collections --


def _item(call: Call, kind: str) -> Document:
    found = Fleet(call.node).items(kind).get(call.params["id"])
    if found is None:
        raise not_found(call, f"{kind} {call.params['id']} does not exist")  # unverified text
    return found


def _check_references(call: Call, kind: str, document: Document) -> None:
    if kind != INSTANCES:
        return
    for key, referred in (("virtualNetworkId", NETWORKS), ("instanceSettingsTemplateId", TEMPLATES)):
        if document.get(key) not in Fleet(call.node).items(referred):
            raise bad_request(f"{key} {document.get(key)!r} does not exist")  # unverified text


def _collection(kind: str, name_key: str = "label") -> list[Route]:
    """List, create, read, save. A load balancer has a name, everything else a label."""

    def listed(call: Call) -> Any:
        return list(Fleet(call.node).items(kind).values())

    def create(call: Call) -> Any:
        body = call.object()
        if not isinstance(body.get(name_key), str) or not body[name_key]:
            raise bad_request(f"{name_key} is missing")  # unverified text
        _check_references(call, kind, body)
        return Fleet(call.node).add(kind, body)

    def get(call: Call) -> Any:
        return _item(call, kind)

    def put(call: Call) -> Any:
        """The full document; unverified: the id in the body is not looked at."""
        body, found = call.object(), _item(call, kind)
        _check_references(call, kind, body)
        Fleet(call.node).put(kind, found["id"], body)
        return NOTHING

    def delete(call: Call) -> Any:
        """unverified: what is in use can be deleted."""
        Fleet(call.node).remove(kind, _item(call, kind)["id"])
        return _future(call)

    path = f"/{kind}"
    routes = [
        _route("GET", path, listed),
        _route("POST", path, create),
        _route("GET", path + "/{id}", get),
        _route("PUT", path + "/{id}", put),
    ]
    if kind == INSTANCES:
        return [*routes, _route("GET", path + "/{id}/actions/delete", delete)]
    return [*routes, _route("DELETE", path + "/{id}", delete)]


# -- instances --


def _status(call: Call) -> Any:
    return Fleet(call.node).status(_item(call, INSTANCES)["id"])


def _admin_api_key(call: Call) -> Any:
    """The real key of the node."""
    instance_id = _item(call, INSTANCES)["id"]
    node = Fleet(call.node).node_of(instance_id)
    if node is None:
        raise bad_request(f"Instance {instance_id} has never been provisioned")  # unverified text
    return {"adminAPIKey": node.api_key}


def _action(name: str, leaves: str | None) -> Route:
    """Actions are GET and answer futures (dss-api.md 2.20); unverified: none is refused in any state."""

    def act(call: Call) -> Any:
        instance_id = _item(call, INSTANCES)["id"]
        if leaves is not None:
            Fleet(call.node).set_state(instance_id, leaves)
        return _future(call)

    return _route("GET", f"/{INSTANCES}/{{id}}/actions/{name}", act)


def _initial_password(call: Call) -> Any:
    """Can be asked for once [client]; unverified: the field, and how the second time is refused."""
    instance_id, fleet = _item(call, INSTANCES)["id"], Fleet(call.node)
    given = fleet.document("passwords")
    if instance_id in given:
        raise bad_request(f"The initial password of instance {instance_id} was retrieved before")
    fleet.put_document("passwords", {**given, instance_id: "given"})
    return {"password": random_id(16)}  # of nobody: there is no login page


# -- the tenant --


def _images(call: Call) -> Any:
    return [{"id": IMAGE, "label": IMAGE}]


def _cloud_tags(call: Call) -> Any:
    return {"msg": json.dumps(Fleet(call.node).document("cloud-tags"))}


def _put_cloud_tags(call: Call) -> Any:
    Fleet(call.node).put_document("cloud-tags", call.object())
    return NOTHING


def _cloud_credentials(call: Call) -> Any:
    """unverified: secrets come back as they were sent."""
    return Fleet(call.node).document("cloud-credentials")


def _put_cloud_credentials(call: Call) -> Any:
    Fleet(call.node).put_document("cloud-credentials", call.object())
    return NOTHING


def _route(method: str, path: str, handler: Handler) -> Route:
    return Route(method, "/tenants/{tenant}" + path, _in_tenant(handler), INSTANCE_ADMIN)


def _in_tenant(handler: Handler) -> Callable[[Call], Any]:
    def handle(call: Call) -> Any:
        if call.params["tenant"] != _TENANT:
            raise DssError(404, NOT_FOUND, f"Tenant {call.params['tenant']} does not exist")  # unverified
        return handler(call)

    return handle


ROUTES = [
    *_collection(INSTANCES),
    *_collection(NETWORKS),
    *_collection(TEMPLATES),
    *_collection(ACCOUNTS),
    *_collection(BALANCERS, "name"),
    *(_action(name, leaves) for name, leaves in _ACTIONS.items()),
    _route("GET", f"/{INSTANCES}/{{id}}/status", _status),
    _route("GET", f"/{INSTANCES}/{{id}}/admin-api-key", _admin_api_key),
    _route("GET", f"/{INSTANCES}/{{id}}/actions/get-initial-password", _initial_password),
    _route("GET", "/images", _images),
    _route("GET", "/cloud-tags", _cloud_tags),
    _route("PUT", "/cloud-tags", _put_cloud_tags),
    _route("GET", "/cloud-credentials", _cloud_credentials),
    _route("PUT", "/cloud-credentials", _put_cloud_credentials),
    *(_route(route.method, route.template, route.handler) for route in futures.ROUTES),
]
