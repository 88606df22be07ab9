# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys and what they may do (dss-api.md 1.1, 4)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .errors import bad_request, forbidden, unknown_key
from .switches import Switches

Credential = Callable[[bytes], str]

NONE, READ, WRITE, ADMIN = range(4)
LEVELS = {"read": READ, "write": WRITE, "admin": ADMIN}


@dataclass(frozen=True)
class ApiKey:
    """`login` makes it a personal key; without it the key is a global one, known by `id` only."""

    id: str
    secret: str
    login: str | None = None
    admin: bool = False
    may_create_projects: bool = False
    projects: dict[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    def author(self, switches: Switches) -> str:
        """`lastModifiedBy.login` of a global key is unknown 22."""
        if self.login is not None:
            return self.login
        return "admin" if switches["global_key_login"] == "admin" else f"api:{self.id}"

    def right_on(self, project_key: str, params: Mapping[str, Any]) -> int:
        if self.admin:
            return ADMIN
        right = LEVELS.get(self.projects.get(project_key, ""), NONE)
        if self.login is None:
            return right  # non-personal keys belong to no group (dss-api.md 4 [docs])
        if params.get("owner") == self.login:
            return ADMIN
        for entry in params.get("permissions", ()):
            if entry.get("user") == self.login or entry.get("group") in self.groups:
                right = max(right, _granted(entry))
        return right

    def may_use(self, connection: Mapping[str, Any]) -> bool:
        """Granted to groups only, and only a personal key has groups (dss-api.md 4 [docs])."""
        if self.admin or connection["usableBy"] == "ALL":
            return True
        return self.login is not None and bool(set(self.groups) & set(connection["allowedGroups"]))

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "groups": list(self.groups)}


def from_json(raw: Mapping[str, Any]) -> ApiKey:
    return ApiKey(**{**raw, "groups": tuple(raw.get("groups", ()))})


def from_control(body: Mapping[str, Any], key_id: str) -> ApiKey:
    """The body of POST /_sandbox/keys."""
    known = {"key", "login", "admin", "may_create_projects", "projects", "groups"}
    unknown = set(body) - known
    if unknown or not isinstance(body.get("key"), str):
        raise bad_request(f"A key needs 'key' and may have {', '.join(sorted(known))}; got {', '.join(sorted(body))}")
    projects = dict(body.get("projects") or {})
    for project, level in projects.items():
        if level not in LEVELS:
            raise bad_request(f"Right on {project} is read, write or admin, not {level!r}")
    return ApiKey(
        key_id,
        body["key"],
        body.get("login"),
        bool(body.get("admin")),
        bool(body.get("may_create_projects")),
        projects,
        tuple(body.get("groups") or ()),
    )


def _granted(entry: Mapping[str, Any]) -> int:
    """Implied rights: admin gives all, write gives read (dss-api.md 2.3, permissions)."""
    if entry.get("admin"):
        return ADMIN
    if entry.get("writeProjectContent"):
        return WRITE
    return READ if entry.get("readProjectContent") else NONE


def authenticate(
    headers: list[tuple[bytes, bytes]], keys: Mapping[str, ApiKey], users: Mapping[str, Any], credential: Credential
) -> ApiKey:
    authorization = proxy_user = None
    for name, value in headers:
        if name == b"authorization":
            authorization = value
        elif name == b"x-dku-proxyuser":
            proxy_user = value.decode("latin-1")
    key = keys.get(credential(authorization)) if authorization else None
    if key is None:
        raise unknown_key()
    return key if proxy_user is None else _impersonated(key, proxy_user, users)


def key_of_instance(authorization: bytes) -> str:
    """Bearer key, Basic with the key as user, or Basic with a blank user (dss-api.md 1.1)."""
    scheme, _sign, rest = authorization.partition(b" ")
    if scheme.lower() == b"bearer":
        return rest.strip().decode("latin-1")
    user, _colon, password = key_with_id(authorization).partition(":")
    return user or password


def key_with_id(authorization: bytes) -> str:
    """Basic with the id of a key and its secret, which together are the key (dss-api.md 2.20)."""
    scheme, _sign, rest = authorization.partition(b" ")
    if scheme.lower() != b"basic":
        return ""
    try:
        return base64.b64decode(rest, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _impersonated(key: ApiKey, login: str, users: Mapping[str, Any]) -> ApiKey:
    """X-DKU-ProxyUser: the caller must be admin (dss-api.md 1.1 [client][docs])."""
    if not key.admin:
        raise forbidden("Only administrators may impersonate a user")  # unverified text
    user = users.get(login)
    if user is None:
        raise forbidden(f"Cannot impersonate unknown user {login}")  # unverified text
    groups = tuple(user.get("groups", ()))
    return replace(
        key, login=login, admin="administrators" in groups, may_create_projects=True, projects={}, groups=groups
    )
