# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Managed folders and flow zones (dss-api.md 2.8, 2.10)."""

from __future__ import annotations

from ..defaults import known, load
from ..documents import Document, fill, pick, tidy
from ..errors import bad_request
from ..switches import Switches

_FOLDER = load("managed_folder")
_FOLDER_KNOWN = known("managed_folder")
_ZONE = load("zone")
_ZONE_KNOWN = known("zone")

SUMMARY = frozenset(_FOLDER["summary"])
DEFAULT_ZONE: Document = _ZONE["default"]


def folder(body: Document, old: Document | None, switches: Switches) -> Document:
    document = pick(body, _FOLDER_KNOWN)
    if old is not None:
        document.setdefault("name", old["name"])
        document.setdefault("type", old["type"])
    if not document.get("name"):
        raise bad_request("Managed folder name is missing")  # unverified text
    fill(document, _FOLDER["common"])
    params = document["params"] = dict(document.get("params") or {})
    fill(params, _FOLDER["params"].get(document["type"], {}))
    fill(params, _FOLDER["params_other"])
    if switches["folder_path_slash"] == "stripped":  # unknown 13
        params["path"] = params["path"].lstrip("/")
    tidy(document)
    return document


def zone(body: Document, old: Document | None) -> Document:
    document = pick(body, _ZONE_KNOWN)
    if not document.get("name"):
        raise bad_request("Zone name is missing")  # unverified text
    if old is not None:
        # Items and shared items change only through their own calls (client, DSSFlowZoneSettings.get_raw).
        document["items"], document["shared"] = old.get("items", []), old.get("shared", [])
    fill(document, _ZONE["common"])
    tidy(document)
    return document
