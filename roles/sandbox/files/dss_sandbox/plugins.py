# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plugin is: read from an archive, a store or a repository; its settings (client, dss/plugin.py).

The client names the calls and a few fields; all other fields here are unverified.
"""

from __future__ import annotations

import io
import json
import posixpath
import zipfile
from typing import Any

from .documents import Document
from .errors import bad_request

# What the store of this node offers; ``PUT /_sandbox/instance`` puts others there. The versions are made up.
STORE: list[Document] = [
    {"id": "geoadmin", "version": "1.3.0"},
    {"id": "googlesheets", "version": "1.2.4"},
    {"id": "timeseries-preparation", "version": "2.0.2"},
]
_SETTINGS = ("codeEnvName", "presets", "parameterSets", "permissions")
_MANIFEST = "plugin.json"


def installed(plugin_id: str, version: str, parameter_sets: tuple[str, ...] = (), origin: str = "store") -> Document:
    types = {name: f"parameter-set-{plugin_id}-{name}" for name in parameter_sets}
    return {
        "id": plugin_id,
        "version": version,
        "isDev": False,
        "meta": {"label": plugin_id},
        "$origin": origin,
        "$settings": {
            "codeEnvName": "",
            "presets": [],
            "parameterSets": [
                {"name": name, "type": kind, "defaultPermission": {}, "permissions": []} for name, kind in types.items()
            ],
            "permissions": [],
            "accessibleParameterSetDescs": [
                {
                    "id": name,
                    "elementType": kind,
                    "ownerPluginId": plugin_id,
                    "desc": {"params": [], "pluginParams": []},
                }
                for name, kind in types.items()
            ],
        },
    }


def updated(old: Document, new: Document) -> Document:
    """A new version keeps the settings of the old one."""
    kept = settings_of(old)
    sets = {entry["name"]: entry for entry in kept["parameterSets"]}
    fresh = new["$settings"]
    merged = [sets.get(entry["name"], entry) for entry in fresh["parameterSets"]]
    settings = {
        **fresh,
        **{key: kept[key] for key in ("codeEnvName", "presets", "permissions")},
        "parameterSets": merged,
    }
    return {**new, "$settings": settings}


def settings_of(plugin: Document) -> Document:
    """Also of one that a test has put there with little more than an id."""
    settings: Document = plugin.get("$settings") or installed(plugin["id"], "")["$settings"]
    return settings


def with_settings(plugin: Document, body: Document) -> Document:
    """Full replace of what can be set; the descriptions of the parameter sets belong to the plugin."""
    kept = settings_of(plugin)
    sent = {key: body[key] for key in _SETTINGS if key in body}
    empty: Document = {"codeEnvName": "", "presets": [], "parameterSets": [], "permissions": []}
    changed = {**kept, **empty, **sent}
    known = {entry["elementType"] for entry in kept["accessibleParameterSetDescs"]}
    for preset in changed["presets"]:
        if not preset.get("name") or preset.get("type") not in known:
            raise bad_request(f"Unknown parameter set of preset {preset.get('name')}: {preset.get('type')}")
        for key, value in (("config", {}), ("pluginConfig", {}), ("defaultPermission", {}), ("permissions", [])):
            preset.setdefault(key, value)
    return {**plugin, "$settings": changed}


def of_archive(data: bytes) -> Document:
    """The plugin in a zip, at its root or in its only folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            manifest = next((name for name in names if posixpath.basename(name) == _MANIFEST), None)
            if manifest is None:
                raise bad_request("The archive has no plugin.json")  # unverified text
            described = json.loads(archive.read(manifest))
    except (zipfile.BadZipFile, ValueError, KeyError) as error:
        raise bad_request(f"Not a plugin archive: {error}") from error  # unverified text
    root = manifest.removesuffix(_MANIFEST)
    sets = [name.removeprefix(root).split("/") for name in names if name.startswith(f"{root}parameter-sets/")]
    found = tuple(sorted({parts[1] for parts in sets if len(parts) > 2}))
    return installed(_text(described, "id"), _text(described, "version"), found, "zip")


def _text(manifest: Any, key: str) -> str:
    value = manifest.get(key) if isinstance(manifest, dict) else None
    if not isinstance(value, str) or not value:
        raise bad_request(f"plugin.json has no {key}")  # unverified text
    return value


def of_repository(url: str, checkout: str, subpath: str) -> Document:
    """No remote is ever reached: the id is that of the folder or the repository, the version what is checked out."""
    name = posixpath.basename((subpath or url).rstrip("/")).removesuffix(".git").removeprefix("dss-plugin-")
    if not name:
        raise bad_request("gitRepositoryUrl is missing")  # unverified text
    return installed(name, checkout.removeprefix("v"), origin="git")


def type_belongs_to(object_type: str, plugin_id: str) -> bool:
    """How the types of datasets and recipes name their plugin: dss-api.md 2.4, 2.6."""
    for prefix in ("CustomPython_", "CustomCode_", "CustomJython_", "CustomR_"):
        if object_type.startswith((f"{prefix}{plugin_id}_", f"{prefix}{plugin_id}-")):
            return True
    return False
