# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which connections and code environments the files of a project name, and other names in their place (dss-api.md 2.14)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import layout
from .documents import Document, dumps

_CONNECTION_KEYS = ("connection", "uploadConnection")
_LANGUAGES = {"python": "PYTHON", "r": "R", "julia": "JULIA"}
_STORED_ON_CONNECTIONS = ("datasets/", "managed_folders/")


@dataclass(frozen=True)
class Names:
    """New names by old ones."""

    connections: dict[str, str]
    code_envs: dict[str, str]
    containers: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.connections or self.code_envs or self.containers)


def names_of(remapping: Document) -> Names:
    """The value of `remapping`; containers count if `enableContainerExecRemapping` says so."""
    containers = remapping.get("containerExecs", ()) if remapping.get("enableContainerExecRemapping") else ()
    return Names(_table(remapping.get("connections", ())), _table(remapping.get("codeEnvs", ())), _table(containers))


def _table(items: Any) -> dict[str, str]:
    return {item["source"]: item["target"] for item in items}


def remapped(files: dict[str, str], remapping: Document) -> dict[str, str]:
    """Matching is by name (dss-api.md 2.14); files without a match keep their text."""
    names = names_of(remapping)
    if not names:
        return files
    changed = dict(files)
    for path, text in files.items():
        if layout.object_of(path) is not None or path == layout.PARAMS:
            before = parsed(text)
            after = _rewritten(before, names)
            if after != before:
                changed[path] = dumps(after)
    return changed


def _rewritten(value: Any, names: Names) -> Any:
    if isinstance(value, list):
        return [_rewritten(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    result: Document = {}
    for key, item in value.items():
        if isinstance(item, str) and key in _CONNECTION_KEYS:
            item = names.connections.get(item, item)
        elif isinstance(item, str) and key == "envName":
            item = names.code_envs.get(item, item)
        elif isinstance(item, str) and key == "containerConf":
            item = names.containers.get(item, item)
        result[key] = _rewritten(item, names)
    return result


def parsed(text: str) -> Document:
    """An object, empty if the text is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


# -- what the files name --


@dataclass(frozen=True)
class Use:
    """A connection that an object is stored on; `written` if DSS itself writes there."""

    connection: str
    object: str
    written: bool


def connections_used(files: dict[str, str]) -> list[Use]:
    """unverified: only datasets and managed folders count, and of them `params.connection`."""
    used = []
    for path, text in sorted(files.items()):
        if path.startswith(_STORED_ON_CONNECTIONS) and path.endswith(".json"):
            document = parsed(text)
            params = document.get("params")
            if isinstance(params, dict) and isinstance(params.get("connection"), str):
                written = path.startswith("managed_folders/") or bool(document.get("managed"))
                used.append(Use(params["connection"], path.removesuffix(".json"), written))
    return used


def code_envs_used(files: dict[str, str]) -> list[tuple[str, str]]:
    """Language and name of each code environment that is chosen explicitly, in order."""
    used: set[tuple[str, str]] = set()
    for path, text in files.items():
        if layout.object_of(path) is not None or path == layout.PARAMS:
            document = parsed(text)
            language = "R" if path.startswith("recipes/") and document.get("type") == "r" else "PYTHON"
            used.update(_explicit(document, language))
    return sorted(used)


def _explicit(value: Any, language: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for item in value:
            yield from _explicit(item, language)
    elif isinstance(value, dict):
        if value.get("envMode", value.get("mode")) == "EXPLICIT_ENV" and value.get("envName"):
            yield language, value["envName"]
        for key, item in value.items():
            yield from _explicit(item, _LANGUAGES.get(key, language))
