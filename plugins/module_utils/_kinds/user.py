# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users: dss-api.md 2.17."""

from __future__ import annotations

import secrets
import typing as t
from collections.abc import Mapping

from .._plan.compare import AsSet, Document, Keyed, Rule, Secret
from .base import Kind, Known, Neighbours, Node, Resource, is_secret, with_references
from .paths import path_of
from .shape import FLAG, OBJECT, TEXT, TEXTS, Field, Shape, described

_AT_CREATION = ("password", "displayName", "sourceType", "groups", "userProfile", "email")
_IS_CALLER = "callersOwn"  # laid beside what DSS says: whose key makes the calls


class User(Kind):
    """A user. Passwords and other secrets cannot be read back, so they are sent when they change."""

    name = "user"
    section = "users"
    made_with = tuple(name for name in _AT_CREATION if name != "email")
    gone = "its password, its secrets and its credentials"
    history = "its password, its secrets and its credentials"
    scope = "instance"
    order = 2
    summary = "A user of the node. The user whose key makes the calls is never deleted."
    identifier = {"login": described({"type": "string", "minLength": 1}, "Login of the user.")}
    required = ("login",)
    rights = "administer the node"
    shape = Shape(
        fields=(
            Field(
                "password",
                "password",
                described(
                    TEXT,
                    "Password of a local user, never shown. One that is created without it gets one that nobody knows.",
                ),
            ),
            Field("display_name", "displayName", described(TEXT, "Name for people.")),
            Field("email", "email", described(TEXT, "E-mail address.")),
            Field("groups", "groups", described(TEXTS, "All groups of the user, in any order.")),
            Field("profile", "userProfile", described(TEXT, "Profile, as the licence has it, such as FULL_DESIGNER.")),
            Field(
                "source_type",
                "sourceType",
                described(TEXT, "Where the user comes from: V(LOCAL), V(LOCAL_NO_AUTH), V(LDAP), V(SAAS), V(PAM)."),
            ),
            Field("enabled", "enabled", described(FLAG, "Whether the user may sign in.")),
            Field("admin_properties", "adminProperties", described(OBJECT, "Properties that only administrators see.")),
            Field("user_properties", "userProperties", described(OBJECT, "Properties that the user sees too.")),
            Field(
                "secrets",
                "secrets",
                described(OBJECT, "Secrets of the user, name to value, never shown; others are left alone."),
                to_dss=lambda named: [{"name": name, "value": value, "secret": True} for name, value in named.items()],
            ),
            Field(
                "credentials",
                "credentials",
                described(OBJECT, "Credentials of the user, by name of the connection, with DSS's own names."),
            ),
            Field("preferences", "preferences", described(OBJECT, "Preferences, with DSS's own names.")),
        ),
        # The profile that the client sends; the rest is unverified.
        defaults=lambda document: {"sourceType": "LOCAL", "enabled": True},
        computed=frozenset(
            {"resultingUserProfile", "creationDate", "trialStatus", "activeWebSocketSesssions", _IS_CALLER}
        ),
    )
    rules: Mapping[str, Rule] = {"groups": AsSet(), "password": Secret(), "secrets": Keyed(("name",), partial=True)}

    def identity(self, author: Mapping[str, t.Any]) -> str:
        return str(author["login"])

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        rules = dict(built.rules)
        for name in author.get("secrets") or ():
            rules[f"secrets[{name}].value"] = Secret()
        for name, held in (built.declared.get("credentials") or {}).items():
            for key in held if isinstance(held, Mapping) else ():
                if is_secret(key):
                    rules[f"credentials.{name}.{key}"] = Secret()
        groups = (("group", str(name)) for name in built.declared.get("groups") or ())
        return with_references(built, *groups, rules=rules)

    def from_dss(self, document: Document, known: Known) -> Document:
        """Without secrets and credentials: what comes back is encrypted, and means nothing elsewhere."""
        shown = {key: value for key, value in document.items() if key not in ("secrets", "credentials")}
        return super().from_dss(shown, known)

    def is_secret(self, path: str) -> bool:
        """Not all that is below ``secrets`` and ``credentials``: names, types and logins are to be compared."""
        head, *below = path.split(".")
        if head == "credentials":
            return len(below) > 1 and is_secret(below[-1])  # the first is the name of a connection
        if head.partition("[")[0] == "secrets":
            return bool(below) and below[-1] != "name"
        return is_secret(path)

    def protected(self, document: Document) -> str:
        return "it is the user whose API key makes the calls" if document.get(_IS_CALLER) else ""

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        caller = node.get("/auth/info").get("authIdentifier")
        users = node.get("/admin/users/", includeSettings=True)
        return {str(item["login"]): _marked(item, caller) for item in users}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return t.cast(Document, node.get(path_of("admin", "users", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        # What the client sends where nothing is said; a local user has to have a password.
        body = {"displayName": "", "sourceType": "LOCAL", "groups": [], "userProfile": "DATA_SCIENTIST"}
        body.update((key, document[key]) for key in _AT_CREATION if key in document)
        if body["sourceType"] == "LOCAL":
            body.setdefault("password", secrets.token_urlsafe(24))
        node.post("/admin/users/", {**body, "login": resource.name})
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        body = {key: value for key, value in document.items() if key != _IS_CALLER}
        node.put(path_of("admin", "users", object_id), body)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("admin", "users", object_id), allowSelfDeletion=False)


def _marked(user: Document, caller: t.Any) -> Document:
    return {**user, _IS_CALLER: True} if user["login"] == caller else user
