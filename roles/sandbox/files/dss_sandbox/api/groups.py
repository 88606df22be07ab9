# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups and their abilities (dss-api.md 2.17)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call, Reply, done
from ..defaults import known, load
from ..documents import Document, dumps, fill, pick
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from .common import already_there, check_identity, check_name, editable, not_found

_D = load("group")
_KNOWN = known("group")
_CREATED_FROM = known("group", "created_from")


def _stored(call: Call) -> Document:
    name = call.params["name"]
    if name not in call.node.instance["groups"]:
        raise not_found(call, f"Group {name} does not exist")  # unverified beyond the error type (dss-api.md 1.3 [dac])
    return _filled(call.node.instance["groups"][name])


def _filled(group: Document) -> Document:
    filled = editable(group)
    fill(filled, _D["common"])
    return filled


def _list(call: Call) -> Any:
    return [_filled(group) for group in call.node.instance["groups"].values()]


def _names(call: Call) -> Any:
    return [{"name": name} for name in call.node.instance["groups"]]


def _create(call: Call) -> Any:
    """Abilities that are sent are ignored (dss-api.md 2.17 [client][dac])."""
    body = call.object()
    name = check_name(body.get("name"), "group")
    if name in call.node.instance["groups"]:
        raise already_there(call, f"Group '{name}' already exists")
    _save(call, name, pick(body, _CREATED_FROM))
    return Reply(dumps(name))  # unverified: the client ignores the text


def _get(call: Call) -> Any:
    return _stored(call)


def _put(call: Call) -> Any:
    """Full replace: an ability that is left out is gone."""
    name, body = call.params["name"], call.object()
    _stored(call)
    check_identity(call, body, {"name": name})
    _save(call, name, pick(body, _KNOWN))
    return done(f"Updated group {name}")


def _save(call: Call, name: str, group: Document) -> None:
    call.node.instance["groups"][name] = _filled({**group, "name": name})
    call.node.save_instance()


def _delete(call: Call) -> Any:
    """unverified: its members lose it, and permissions and connections go on naming it."""
    name = _stored(call)["name"]
    del call.node.instance["groups"][name]
    for login, user in call.node.users.items():
        if name in user.get("groups", ()):
            call.node.users[login] = {**user, "groups": [group for group in user["groups"] if group != name]}
    call.node.save_instance()
    return NOTHING


ROUTES = [
    Route("GET", "/groups", _names, ANY_KEY),
    Route("GET", "/admin/groups", _list, INSTANCE_ADMIN),
    Route("POST", "/admin/groups", _create, INSTANCE_ADMIN),
    Route("GET", "/admin/groups/{name}", _get, INSTANCE_ADMIN),
    Route("PUT", "/admin/groups/{name}", _put, INSTANCE_ADMIN),
    Route("DELETE", "/admin/groups/{name}", _delete, INSTANCE_ADMIN),
]
