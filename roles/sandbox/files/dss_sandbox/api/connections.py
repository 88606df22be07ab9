# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections (dss-api.md 2.16)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call, Reply, done
from ..defaults import load
from ..documents import dumps
from ..errors import ILLEGAL_ARGUMENT, DssError, bad_request, forbidden
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from .common import already_there, check_identity, check_name

_FILE_SYSTEM_TYPES = frozenset(load("connection")["file_system_types"])


def _name(call: Call) -> str:
    name = call.params["name"]
    if name not in call.node.connections.definitions:
        # The text is exact [dac], the status unknown 1.
        raise DssError(call.switch("missing_object_status"), ILLEGAL_ARGUMENT, f"Connection '{name}' does not exist")
    return name


def _list(call: Call) -> Any:
    connections = call.node.connections
    return {name: connections.served(name) for name in connections.definitions}


def _create(call: Call) -> Any:
    body = call.object()
    name = check_name(body.get("name"), "connection")
    if not body.get("type"):
        raise bad_request("Connection type is missing")  # unverified text
    if body["type"] == "S3":
        raise DssError(
            500, "java.lang.NullPointerException", "Internal error"
        )  # the type is EC2 (dss-api.md 1.3 [tfp])
    if name in call.node.connections.definitions:
        raise already_there(call, f"Connection '{name}' already exists")
    call.node.connections.create(body, call.author)
    return Reply(dumps(name))  # the answer carries nothing (dss-api.md 2.16 [dac]); unverified: the bare name


def _get(call: Call) -> Any:
    return call.node.connections.served(_name(call))


def _put(call: Call) -> Any:
    name, body = _name(call), call.object()
    check_identity(call, body, {"name": name})
    call.node.connections.update(name, body, call.author)
    return done(f"Updated connection {name}")


def _delete(call: Call) -> Any:
    call.node.connections.delete(_name(call))  # unverified: a connection in use can be deleted (unknown 18)
    return NOTHING


def _names(call: Call) -> Any:
    wanted = call.text("type")
    return [
        name
        for name, definition in call.node.connections.definitions.items()
        if wanted in ("", "all", definition["type"]) and call.key.may_use(definition)
    ]


def _info(call: Call) -> Any:
    """Secrets are in clear here, for those with the right (dss-api.md 2.16 [client][docs])."""
    definition = call.node.connections.definitions[_name(call)]
    readable = definition["detailsReadability"]
    allowed = readable["readableBy"] == "ALL" or (
        readable["readableBy"] == "ALLOWED" and bool(set(call.key.groups) & set(readable.get("allowedGroups", ())))
    )
    if not call.key.admin and not allowed:
        raise forbidden(f"You may not read the details of connection '{definition['name']}'")  # unverified text
    return {"type": definition["type"], "params": definition["params"], "resolvedParams": definition["params"]}


def _test(call: Call) -> Any:
    definition = call.node.connections.definitions[_name(call)]
    if definition["type"] in _FILE_SYSTEM_TYPES:
        raise DssError(
            500, "org.apache.commons.lang.NotImplementedException", "Not implemented for this connection type"
        )
    return {"connectionOK": True}  # nothing is really connected to


def _sync(call: Call) -> Any:
    _name(call)
    return call.node.futures.start({})


ROUTES = [
    Route("GET", "/admin/connections", _list, INSTANCE_ADMIN),
    Route("POST", "/admin/connections", _create, INSTANCE_ADMIN),
    Route("GET", "/admin/connections/{name}", _get, INSTANCE_ADMIN),
    Route("PUT", "/admin/connections/{name}", _put, INSTANCE_ADMIN),
    Route("DELETE", "/admin/connections/{name}", _delete, INSTANCE_ADMIN),
    Route("POST", "/admin/connections/{name}/sync", _sync, INSTANCE_ADMIN),
    Route("GET", "/connections/get-names", _names, ANY_KEY),
    Route("GET", "/connections/{name}/info", _info, ANY_KEY),
    Route("GET", "/connections/{name}/test", _test, ANY_KEY),
]
