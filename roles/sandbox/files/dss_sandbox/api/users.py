# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users: one, all, many at once, and the caller's own (dss-api.md 2.17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..call import NOTHING, Call, Reply, done
from ..defaults import known, load
from ..documents import Document, dumps, fill, now_ms, pick
from ..errors import DssError, bad_request
from ..router import ANY_KEY, INSTANCE_ADMIN, Route
from ..sealing import kept, served
from .common import already_there, check_identity, editable, not_found

_D = load("user")
_KNOWN = known("user")
_CREATED_FROM = known("user", "created_from")
_OWN = frozenset({"displayName", "email", "userProperties", "secrets", "credentials", "preferences"})
_STAMPED = ("creationDate", "$password")


def _stored(call: Call, login: str) -> Document:
    user = call.node.users.get(login)
    if user is None:
        raise not_found(call, f"User {login} does not exist")  # unverified beyond the error type (dss-api.md 1.3 [dac])
    return user


def _shown(call: Call, user: Document) -> Document:
    shown = editable(served(user, call.node.connections))
    fill(shown, _D["common"])
    shown["resultingUserProfile"] = shown["userProfile"]  # unverified: a trial or the licence may say another one
    return shown


def _list(call: Call) -> Any:
    users = [_shown(call, user) for user in call.node.users.values()]
    if call.flag("includeSettings"):
        return users
    return [{key: user[key] for key in _D["listed"] if key in user} for user in users]


def _public(call: Call) -> Any:
    return [_info(call, user) for user in call.node.users.values()]


def _info(call: Call, user: Document) -> Document:
    shown = _shown(call, user)
    return {key: shown[key] for key in _D["public"] if key in shown}


def _one_public(call: Call) -> Any:
    return _info(call, _stored(call, call.params["login"]))


def _create(call: Call) -> Any:
    body = call.object()
    _make(call, body)
    return Reply(dumps(body["login"]))  # unverified: the client ignores the text


def _make(call: Call, body: Document) -> None:
    """Only six fields count; e-mail and ``enabled`` were ignored by older versions (dss-api.md 2.17 [dac])."""
    login = body.get("login")
    if not isinstance(login, str) or not login.strip():
        raise bad_request("Login is missing")  # unverified text
    if login in call.node.users:
        raise already_there(call, f"User '{login}' already exists")
    if body.get("sourceType", "LOCAL") == "LOCAL" and not body.get("password"):
        raise bad_request("A local user needs a password")  # unverified
    user = pick(body, _CREATED_FROM)
    if call.switch("user_email_at_creation") == "kept" and "email" in body:
        user["email"] = body["email"]
    user["creationDate"] = now_ms()
    _save(call, login, user, body.get("password"))


def _save(call: Call, login: str, user: Document, password: Any) -> None:
    filled = editable(user)
    fill(filled, _D["common"])
    if filled["sourceType"] not in _D["source_types"]:
        raise bad_request(f"Unknown user source type: {filled['sourceType']}")  # unverified text
    groups = call.node.instance["groups"]
    for name in filled["groups"]:
        if name not in groups:
            raise bad_request(f"Group {name} does not exist")  # unverified: whether an unknown group is refused
    filled["groups"] = list(dict.fromkeys(filled["groups"]))
    if password:
        filled["$password"] = str(password)
    call.node.users[login] = kept({**filled, "login": login}, call.node.connections)
    call.node.save_instance()


def _get(call: Call) -> Any:
    return _shown(call, _stored(call, call.params["login"]))


def _put(call: Call) -> Any:
    login, body = call.params["login"], call.object()
    _change(call, login, body, _KNOWN)
    return done(f"Updated user {login}")


def _change(call: Call, login: str, body: Document, fields: frozenset[str]) -> None:
    """Full replace of some fields; the password stays unless one is sent (dss-api.md 2.17 [client11])."""
    old = _stored(call, login)
    check_identity(call, body, {"login": login})
    rest = {key: value for key, value in old.items() if key in _KNOWN - fields or key in _STAMPED}
    _save(call, login, {**rest, **pick(body, fields)}, body.get("password"))


def _delete(call: Call) -> Any:
    _remove(call, call.params["login"])
    return NOTHING


def _remove(call: Call, login: str) -> None:
    """One's own user only when that is said (dss-api.md 2.17, ``allowSelfDeletion``); unverified: status and text."""
    _stored(call, login)
    if login == call.author and not call.flag("allowSelfDeletion"):
        raise bad_request(f"You may not delete your own user {login}")
    del call.node.users[login]
    call.node.save_instance()


def _in_bulk(call: Call, work: Callable[[Any], None], name: Callable[[Any], str]) -> Reply:
    """A list of statuses as text: what fails does not stop the rest (client, ``create_users``)."""
    items = call.json()
    if not isinstance(items, list):
        raise bad_request("Expected a list of users")  # unverified text
    statuses = []
    for item in items:
        try:
            work(item)
            statuses.append({"login": name(item), "status": "SUCCESS", "error": ""})
        except DssError as error:
            statuses.append({"login": name(item), "status": "FAILURE", "error": error.message})
    return Reply(dumps(statuses), "text/plain;charset=utf-8")


def _create_many(call: Call) -> Any:
    return _in_bulk(call, lambda item: _make(call, item), lambda item: str(item.get("login")))


def _change_many(call: Call) -> Any:
    """Only what is sent changes (client, ``edit_users``)."""

    def change(item: Document) -> None:
        login = str(item.get("login"))
        _change(call, login, item, _KNOWN & item.keys())

    return _in_bulk(call, change, lambda item: str(item.get("login")))


def _delete_many(call: Call) -> Any:
    return _in_bulk(call, lambda login: _remove(call, str(login)), str)


def _activity(call: Call) -> Any:
    return _activity_of(_stored(call, call.params["login"]))


def _activity_of(user: Document) -> Document:
    """Nobody ever logs in here."""
    return {"login": user["login"], "lastSuccessfulLogin": 0, "lastFailedLogin": 0, "lastSessionActivity": 0}


def _activities(call: Call) -> Any:
    return [_activity_of(user) for user in call.node.users.values()]


def _current(call: Call) -> Any:
    user = call.node.users.get(call.author)
    return _shown(call, user) if user else {"login": call.author}


def _put_current(call: Call) -> Any:
    """What a user may change alone; unverified: which fields those are."""
    body = call.object()
    _change(call, call.author, {**body, "login": call.author}, _OWN)
    return NOTHING


ROUTES = [
    Route("GET", "/users", _public, ANY_KEY),
    Route("GET", "/users/{login}", _one_public, ANY_KEY),
    Route("GET", "/current-user", _current, ANY_KEY),
    Route("PUT", "/current-user", _put_current, ANY_KEY),
    Route("GET", "/admin/users", _list, INSTANCE_ADMIN),
    Route("POST", "/admin/users", _create, INSTANCE_ADMIN),
    Route("POST", "/admin/users/actions/bulk", _create_many, INSTANCE_ADMIN),
    Route("PUT", "/admin/users/actions/bulk", _change_many, INSTANCE_ADMIN),
    Route("DELETE", "/admin/users/actions/bulk", _delete_many, INSTANCE_ADMIN),
    Route("GET", "/admin/users/{login}", _get, INSTANCE_ADMIN),
    Route("PUT", "/admin/users/{login}", _put, INSTANCE_ADMIN),
    Route("DELETE", "/admin/users/{login}", _delete, INSTANCE_ADMIN),
    Route("GET", "/admin/users/{login}/activity", _activity, INSTANCE_ADMIN),
    Route("GET", "/admin/users-activity", _activities, INSTANCE_ADMIN),
]
