# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the node says of a flow besides its objects: zones (dss-api.md 2.10), and when scenarios run (2.7)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .._plan.compare import Document
from .._plan.model import Snapshot
from .answer import understood

_KINDS = {"DATASET": "dataset", "RECIPE": "recipe", "MANAGED_FOLDER": "managed_folder"}
_DEFAULT = "default"


def zones(node: Node, project: str, snapshot: Snapshot) -> dict[str, frozenset[tuple[str, str]]]:
    """The members of each zone as (kind, id of the object), by the name of the zone; one call.

    The default zone lists no items: of the objects of ``snapshot`` it holds what is in no other zone. Zones with one
    name are taken together. Raises ``NodeError``.
    """
    if not snapshot.project_exists:
        return {}
    with understood(f"the zones of {project}"):
        return _members(node.get(path_of("projects", project, "flow", "zones")), snapshot)


def _members(listing: list[Document], snapshot: Snapshot) -> dict[str, frozenset[tuple[str, str]]]:
    members: dict[str, set[tuple[str, str]]] = {}
    placed: set[tuple[str, str]] = set()
    for zone in listing:
        items = {
            (_KINDS[item["objectType"]], item["objectId"])
            for item in zone.get("items") or ()
            if item["objectType"] in _KINDS
        }
        placed |= items
        members.setdefault(str(zone["name"]), set()).update(items)
    everything = {(kind, object_id) for kind in _KINDS.values() for object_id in snapshot.of(kind)}
    for zone in listing:
        if zone.get("id") == _DEFAULT:
            members[str(zone["name"])] |= everything - placed
    return {name: frozenset(items) for name, items in members.items()}


def scenario_summaries(node: Node, project: str) -> dict[str, Document] | None:
    """The list items of all scenarios by id, which say ``running`` and ``nextRun``; one call, None where it fails.

    Only a remark of the plan depends on it, so a refusal must not stop the plan.
    """
    try:
        with understood(f"the scenarios of {project}"):
            listing = node.get(path_of("projects", project, "scenarios") + "/")
            return {str(item["id"]): t.cast(Document, item) for item in listing if isinstance(item, Mapping)}
    except NodeError:
        return None
