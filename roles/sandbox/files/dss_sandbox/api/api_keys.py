# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Global and personal API keys, which can be used at once, and the logs of the node (dss-api.md 2.18)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call
from ..documents import Document, now_ms, random_id
from ..errors import bad_request, forbidden
from ..keys import ApiKey
from ..node import new_secret
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from .common import not_found

_GLOBAL, _PERSONAL = "global_api_keys", "personal_api_keys"
_OF_GLOBAL = ("label", "description", "groups", "globalPermissions", "execSQLLike")
_OF_PERSONAL = ("label", "description")


def _table(call: Call, sort: str) -> dict[str, Document]:
    table: dict[str, Document] = call.node.instance.setdefault(sort, {})
    return table


def _shown(stored: Document) -> Document:
    """Keys are hashed since 13.1: the secret is shown once, when the key is made [docs]."""
    return {**stored, "key": "*" * 8}


def _stored(call: Call, sort: str) -> Document:
    found = _table(call, sort).get(call.params["id"])
    if found is None:
        raise not_found(call, f"API key {call.params['id']} does not exist")  # unverified text
    return found


def _made(call: Call, sort: str, definition: Document, key: ApiKey) -> Document:
    stored = {**definition, "id": key.id, "createdOn": now_ms(), "createdBy": call.author}
    _table(call, sort)[key.id] = stored
    call.node.add_key(key)
    call.node.save_instance()
    return {**stored, "key": key.secret}


def _dropped(call: Call, sort: str) -> Any:
    del _table(call, sort)[call.params["id"]]
    call.node.drop_key(call.params["id"])
    call.node.save_instance()
    return NOTHING


# -- global keys --


def _is_admin(definition: Document) -> bool:
    """unverified: groups of a key that holds some count through their abilities."""
    return bool((definition.get("globalPermissions") or {}).get("admin"))


def _list_global(call: Call) -> Any:
    return [_shown(stored) for stored in _table(call, _GLOBAL).values()]


def _create_global(call: Call) -> Any:
    body = call.object()
    definition = {key: body[key] for key in _OF_GLOBAL if key in body}
    key = ApiKey(random_id(16), new_secret(), admin=_is_admin(definition))
    return _made(call, _GLOBAL, definition, key)


def _get_global(call: Call) -> Any:
    return _shown(_stored(call, _GLOBAL))


def _put_global(call: Call) -> Any:
    stored, body = _stored(call, _GLOBAL), call.object()
    changed = {
        **{key: stored[key] for key in ("id", "createdOn", "createdBy")},
        **{k: body[k] for k in _OF_GLOBAL if k in body},
    }
    _table(call, _GLOBAL)[stored["id"]] = changed
    call.node.change_key(stored["id"], admin=_is_admin(changed))
    call.node.save_instance()
    return NOTHING


def _delete_global(call: Call) -> Any:
    _stored(call, _GLOBAL)
    return _dropped(call, _GLOBAL)


# -- personal keys --


def _own(call: Call) -> str:
    if call.key.login is None:
        raise forbidden("Only a user has personal API keys")  # unverified text
    return call.key.login


def _create_for(call: Call, login: str, body: Document) -> Document:
    user = call.node.users.get(login)
    if user is None:
        raise bad_request(f"User {login} does not exist")  # unverified text
    groups = tuple(user.get("groups", ()))
    key = ApiKey(random_id(16), new_secret(), login=login, admin="administrators" in groups, groups=groups)
    return _made(call, _PERSONAL, {"user": login, **{key: body[key] for key in _OF_PERSONAL if key in body}}, key)


def _list_personal(call: Call) -> Any:
    login = _own(call)
    return [_shown(stored) for stored in _table(call, _PERSONAL).values() if stored["user"] == login]


def _list_all_personal(call: Call) -> Any:
    return [_shown(stored) for stored in _table(call, _PERSONAL).values()]


def _create_personal(call: Call) -> Any:
    return _create_for(call, _own(call), call.object())


def _create_personal_for(call: Call) -> Any:
    body = call.object()
    return _create_for(call, str(body.get("user", "")), body)


def _mine(call: Call) -> Document:
    stored = _stored(call, _PERSONAL)
    if not call.key.admin and stored["user"] != call.key.login:
        raise forbidden("This is not your API key")  # unverified text
    return stored


def _get_personal(call: Call) -> Any:
    return _shown(_mine(call))


def _put_personal(call: Call) -> Any:
    """Only label and description can be changed (client)."""
    stored, body = _mine(call), call.object()
    changed = {**stored, **{key: body[key] for key in _OF_PERSONAL if key in body}}
    _table(call, _PERSONAL)[stored["id"]] = changed
    call.node.save_instance()
    return NOTHING


def _delete_personal(call: Call) -> Any:
    _mine(call)
    return _dropped(call, _PERSONAL)


# -- logs --

_LOG = "backend.log"  # the only one here


def _logs(call: Call) -> Any:
    return [{"name": _LOG, "totalSize": len(_lines(call)), "lastModified": now_ms()}]  # unverified shape


def _lines(call: Call) -> str:
    return "\n".join(
        f"{entry['method']} {entry['path']} {entry['status']}" for entry in call.node.calls.to_json()["calls"]
    )


def _log(call: Call) -> Any:
    if call.params["name"] != _LOG:
        raise not_found(call, f"Log {call.params['name']} does not exist")  # unverified text
    return {"name": _LOG, "tail": {"lines": _lines(call).split("\n")}}  # unverified shape; the client wants JSON


ROUTES = [
    Route("GET", "/admin/global-api-keys", _list_global, INSTANCE_ADMIN),
    Route("POST", "/admin/global-api-keys", _create_global, INSTANCE_ADMIN),
    Route("GET", "/admin/global-api-keys/{id}", _get_global, INSTANCE_ADMIN),
    Route("PUT", "/admin/global-api-keys/{id}", _put_global, INSTANCE_ADMIN),
    Route("DELETE", "/admin/global-api-keys/{id}", _delete_global, INSTANCE_ADMIN),
    Route("GET", "/personal-api-keys", _list_personal, ANY_KEY),
    Route("POST", "/personal-api-keys", _create_personal, ANY_KEY),
    Route("GET", "/personal-api-keys/{id}", _get_personal, ANY_KEY),
    Route("PUT", "/personal-api-keys/{id}", _put_personal, ANY_KEY),
    Route("DELETE", "/personal-api-keys/{id}", _delete_personal, ANY_KEY),
    Route("GET", "/admin/personal-api-keys", _list_all_personal, INSTANCE_ADMIN),
    Route("POST", "/admin/personal-api-keys", _create_personal_for, INSTANCE_ADMIN),
    Route("GET", "/admin/logs", _logs, INSTANCE_ADMIN),
    Route("GET", "/admin/logs/{name}", _log, INSTANCE_ADMIN),
]
