# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a node holds of a project, in a form in which two nodes with the same content are equal."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Node, is_secret

_OF_THE_NODE = ("versionTag", "creationTag")
_STEP_ID = re.compile(r"[a-z_]+_[A-Za-z0-9]{22}")  # made by the node when a step is sent without one


def held(node: Node, project: str) -> dict[str, t.Any]:
    """All objects by kind and name, those that have one name after one another, without what every write moves."""
    found: dict[str, list[t.Any]] = {}
    names: dict[str, str] = {}
    for kind in KINDS.values():
        for object_id, listed in kind.read_all(node, project).items():
            document = listed if kind.listing_is_complete else kind.read_one(node, project, object_id)
            label = kind.label(object_id, document)
            if object_id not in (label, document.get("projectKey")):
                names[object_id] = f"<{label}>"
            found.setdefault(f"{kind.name}.{label or project}", []).append(_stable(document))
    return t.cast("dict[str, t.Any]", renamed(found, names))


def differing(found: dict[str, t.Any], wanted: dict[str, t.Any]) -> dict[str, t.Any]:
    """What differs, by name: what there is and what was wanted."""
    keys = sorted(found.keys() | wanted.keys())
    return {key: (found.get(key), wanted.get(key)) for key in keys if found.get(key) != wanted.get(key)}


def _stable(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key not in _OF_THE_NODE}
        if _STEP_ID.fullmatch(str(kept.get("id"))):
            del kept["id"]
        return {key: "secret" if is_secret(key) else _stable(inner) for key, inner in kept.items()}
    return [_stable(inner) for inner in value] if isinstance(value, list) else value


def renamed(value: t.Any, names: dict[str, str]) -> t.Any:
    if isinstance(value, dict):
        return {key: renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value
