# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a project needs of its instance and does not own: connections, code environments, plugins, users."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping

from .._plan.checks import plugin_of_type

# The keys of DSS that hold a name, wherever they stand: dss-object-shapes.md, "Code environment and container
# selection", params of datasets and folders, steps and reporters; permissions in dss-api.md 2.3.
_CONNECTIONS = frozenset({"connection", "uploadConnection"})
_NO_CONNECTION = "Default (in DSS data dir.)"  # of uploaded files: dss-api.md 2.4, "Params by type"
_USERS = frozenset({"owner", "runAsUser", "dataSteward", "user"})
# Mappings whose keys are names that users made, so that "connection" in them may mean anything.
_OF_USERS = frozenset({"variables", "customFields", "customMeta", "outputColumnNameOverrides", "standard", "local"})
_COMPUTED = frozenset({"versionTag", "creationTag", "lastModifiedBy", "checklists"})


def requirements_of(documents: Iterable[Mapping[str, t.Any]], plugins: Iterable[str] = ()) -> dict[str, list[str]]:
    """The section ``requirements``: sorted names under each of its keys; ``plugins`` are those that the node has."""
    found: dict[str, set[str]] = {"connections": set(), "code_envs": set(), "plugins": set(), "users": set()}
    known = sorted(plugins, key=len, reverse=True)
    for document in documents:
        _look(document, found, known)
    return {key: sorted(names) for key, names in found.items() if names}


def _look(value: t.Any, found: Mapping[str, set[str]], plugins: list[str]) -> None:
    if isinstance(value, list):
        for inner in value:
            _look(inner, found, plugins)
        return
    if not isinstance(value, Mapping):
        return
    for key, inner in value.items():
        if isinstance(inner, str):
            _take(key, inner, value, found, plugins)
        elif key not in _OF_USERS and key not in _COMPUTED:
            _look(inner, found, plugins)


def _take(key: str, text: str, around: Mapping[str, t.Any], found: Mapping[str, set[str]], plugins: list[str]) -> None:
    if not text or "${" in text:
        return
    if key in _CONNECTIONS and text != _NO_CONNECTION:
        found["connections"].add(text)
    elif key == "envName" and around.get("envMode", around.get("mode")) == "EXPLICIT_ENV":
        found["code_envs"].add(text)
    elif key in _USERS:
        found["users"].add(text)
    elif key == "type":
        name = plugin_of_type(text, plugins)
        if name:
            found["plugins"].add(name)
