# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project settings, permissions and exposed objects as stored in params.json (dss-api.md 2.3)."""

from __future__ import annotations

import json
import re
from typing import Any

from ..defaults import known, load
from ..documents import Document, dumps, fill, now_ms, pick, random_id, tag, tidy
from ..errors import DssError, bad_request
from ..remapping import names_of
from ..switches import Switches

_D = load("project")
_MINIMAL = known("project", "settings_minimal")
_OWNED_ELSEWHERE = known("project", "settings_owned_elsewhere")
_KNOWN = known("project")
_FLAGS: tuple[str, ...] = tuple(_D["permission_flags"])
_PERMISSION_KEYS: tuple[str, ...] = tuple(_D["permission_keys"])
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

CONTAINER = "BUNDLE_CONTAINER"
LIBRARY: Document = _D["library"]


def check_key(key: Any, switches: Switches) -> str:
    """A confusing 500 is all that is known (dss-api.md 1.3 [tfp]); unverified: what exactly is valid."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        status = int(switches["invalid_project_key_status"])
        raise DssError(status, "com.dataiku.dip.exceptions.CodedException", f"Invalid project key: {key}")
    return key


def created(body: Document, login: str, switches: Switches) -> Document:
    """shortDesc is not settable at creation (dss-api.md 2.3 [tfp]); the rest is unknown 8."""
    document: Document = {"name": body.get("name") or body["projectKey"], "owner": body.get("owner") or login}
    if switches["project_description"] == "kept" and body.get("description"):
        document["description"] = body["description"]
    document["tags"] = body.get("tags", [])
    if body.get("settings"):
        document["settings"] = body["settings"]
    document["permissions"] = [_permission(entry, None, switches) for entry in body.get("permissions", ())]
    document["creationTag"] = tag(login)
    if switches["project_checklist"]:
        document["checklists"] = {"checklists": [_checklist(login)]}
    fill(document, _D["common"])
    tidy(document)
    return document


def of_automation(body: Document, login: str, switches: Switches) -> Document:
    """A project that is made to hold bundles (dss-api.md 2.3, projectType)."""
    return {**created(body, login, switches), "projectType": CONTAINER}


def activated(bundled: Document, own: Document) -> Document:
    """The settings of a bundle, with what stays on the node: permissions and remapping (dss-api.md 2.13, 2.14)."""
    stays = {*_PERMISSION_KEYS, "permissionsVersion", "bundleContainerSettings"}
    document = {key: value for key, value in bundled.items() if key not in stays}
    return {**document, **{key: own[key] for key in stays if key in own}, "projectType": CONTAINER}


def bundle_options(document: Document) -> Document:
    """What a bundle is to include; defaults until somebody has configured it (dss-api.md 2.3)."""
    options: Document = {**document.get("bundleExporterSettings", {}).get("exportOptions", {})}
    fill(options, _D["bundleExporterSettings"]["exportOptions"])
    return options


def container_settings(document: Document) -> Document:
    """Remapping and behaviour of code environments; defaults until first used (dss-api.md 2.14)."""
    settings: Document = json.loads(dumps(document.get("bundleContainerSettings", {})))  # filled to any depth
    fill(settings, _D["bundleContainerSettings"])
    return settings


def propagated(bundled: Document, policy: str) -> list[Document]:
    """The permissions that a project made from a bundle starts with; unverified: what READ_ONLY keeps."""
    if policy == "NONE":
        return []
    flags = _FLAGS if policy == "ALL" else ("readProjectContent", "readDashboards")
    return [
        {key: value if key in ("group", "user") else value and key in flags for key, value in entry.items()}
        for entry in bundled.get("permissions", ())
    ]


def _checklist(login: str) -> Document:
    now = now_ms()
    items = [
        {"done": False, "text": text, "createdOn": now, "createdBy": login, "stateChangedOn": 0}
        for text in _D["checklist"]
    ]
    return {"id": random_id(6), "title": "Getting started", "createdOn": now, "items": items}


# -- GET/PUT P/settings: its key list is unknown 6 --


def _settings_keys(document: Document, switches: Switches) -> frozenset[str]:
    mode = switches["project_settings_keys"]
    if mode == "minimal":
        return _MINIMAL
    return _KNOWN if mode == "all" else _KNOWN - _OWNED_ELSEWHERE


def settings(document: Document, switches: Switches) -> Document:
    return pick(document, _settings_keys(document, switches))


def with_settings(document: Document, body: Document, switches: Switches) -> Document:
    """Keys of this call that are left out fall back to defaults; keys that other calls own are dropped."""
    keys = _settings_keys(document, switches)
    changed = {key: value for key, value in document.items() if key not in keys}
    changed.update(pick(body, keys))
    for name in ("creationTag", "projectType"):
        if name in document:
            changed[name] = document[name]
    for name in ("bundleContainerSettings", "bundleExporterSettings"):
        if name in changed:  # absent until first used (dss-api.md 3.1 #16)
            fill(changed[name], _D[name])
    names_of(changed.get("bundleContainerSettings", {}).get("remapping", {}))  # refuses what it cannot read
    fill(changed, _D["common"])
    _exposed(changed)
    tidy(changed)
    return changed


def _exposed(document: Document) -> None:
    for exposed in document.get("exposedObjects", {}).get("objects", ()):
        if not exposed.get("type") or not exposed.get("localName"):
            raise bad_request("An exposed object needs a type and a localName")  # unverified text
        fill(exposed, _D["exposed_object"])
        for rule in exposed["rules"]:
            fill(rule, _D["exposed_rule"])


# -- GET/PUT P/permissions --


def permissions(document: Document) -> Document:
    return {key: document[key] for key in _PERMISSION_KEYS if key in document}


def with_permissions(document: Document, body: Document, switches: Switches) -> Document:
    changed = dict(document)
    for key in _PERMISSION_KEYS:
        if key in body:
            changed[key] = body[key]
        elif key != "owner":  # unverified: a missing owner keeps the old one
            changed[key] = _D["common"][key]
    entries = changed["permissions"]
    if not isinstance(entries, list):
        raise bad_request("permissions must be a list")  # unverified text
    before = {_subject(entry): entry for entry in document.get("permissions", ())}
    changed["permissions"] = [_permission(entry, before, switches) for entry in entries]
    changed["permissionsVersion"] = "V2"
    return changed


def _subject(entry: Document) -> tuple[str, str]:
    for kind in ("group", "user"):
        if entry.get(kind):
            return kind, entry[kind]
    return "", ""


def _permission(entry: Any, before: dict[tuple[str, str], Document] | None, switches: Switches) -> Document:
    """Exactly one of group or user, then all flags; a flag left out may keep its value (unknown 21)."""
    if not isinstance(entry, dict) or bool(entry.get("group")) == bool(entry.get("user")):
        raise bad_request("A permission entry needs exactly one of group or user")  # unverified text
    kind, name = _subject(entry)
    old = (before or {}).get((kind, name), {}) if switches["permission_flags_left_out"] == "keep" else {}
    return {kind: name, **{flag: bool(entry.get(flag, old.get(flag, False))) for flag in _FLAGS}}
