# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calls of the Project Deployer share: rights, looking up, the short descriptions of its things (dss-api.md 2.15)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..call import Call
from ..documents import Document
from ..errors import bad_request, forbidden
from ..table import Table
from .common import already_there, not_found

INFRA, PROJECT, DEPLOYMENT = "Infrastructure", "Published project", "Deployment"


def find(call: Call, table: Table, what: str, name: Any) -> Document:
    """The document of that name, or the error that it does not exist; unverified texts."""
    if not isinstance(name, str) or name not in table:
        raise not_found(call, f"{what} {name} does not exist")
    return table[name]


def new_name(call: Call, table: Table, what: str, name: Any) -> str:
    """The name if it can be that of a new document of the table; unverified texts."""
    if not isinstance(name, str) or not name.strip() or "/" in name:
        raise bad_request(f"Invalid id: {name!r}")
    if name in table:
        raise already_there(call, f"{what} {name} already exists")
    return name


def readable(call: Call, table: Table) -> list[Document]:
    return [table[name] for name in table if granted(call, table[name], "read")]


def granted(call: Call, settings: Document, right: str) -> bool:
    """`permissions` give rights to groups; who administers may do all (dss-api.md 2.15, 4)."""
    if call.key.admin or (call.key.login is not None and settings.get("owner") == call.key.login):
        return True
    entries = settings.get("permissions", ()) if call.key.login is not None else ()
    return any(entry.get("group") in call.key.groups and (entry.get(right) or entry.get("admin")) for entry in entries)


def check(call: Call, what: str, settings: Document, right: str) -> None:
    if not granted(call, settings, right):
        raise forbidden(f"You may not {right} {what.lower()} {settings['id']}")  # unverified text


def check_permissions(settings: Document, flags: Iterable[str]) -> None:
    """Each entry has a group and all flags."""
    entries = settings["permissions"]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and entry.get("group") for entry in entries):
        raise bad_request("permissions is a list of objects with a group")  # unverified text
    settings["permissions"] = [
        {"group": entry["group"], **{flag: bool(entry.get(flag)) for flag in flags}} for entry in entries
    ]


def basic_infra(settings: Document) -> Document:
    return {key: settings[key] for key in ("id", "stage", "governCheckPolicy")}


def basic_project(settings: Document) -> Document:
    return {"id": settings["id"], "name": settings["name"]}


def basic_deployment(call: Call, deployment: Document) -> Document:
    settings = deployment["settings"]
    login = deployment["createdBy"]
    return {
        **{key: settings[key] for key in ("id", "infraId", "publishedProjectKey", "bundleId", "deployedProjectKey")},
        "tags": settings["tags"],
        "enabled": settings["enabled"],
        "createdBy": login,
        "createdByDisplayName": call.node.users.get(login, {}).get("displayName", login),
        "createdOn": deployment["createdOn"],
    }


def deployments_with(call: Call, key: str, value: str) -> list[Document]:
    """The short descriptions of the deployments whose settings have that value."""
    table = call.node.deployer.deployments
    return [basic_deployment(call, table[name]) for name in table if table[name]["settings"][key] == value]
