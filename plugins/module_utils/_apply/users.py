# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who uses what on a node, as its documents say."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from .._kinds.base import Kind
from .._plan.compare import Document

Object = tuple[str, str]  # kind and id


def uses(kind: Kind, document: Document, project: str | None) -> Iterator[Object]:
    """What has to be there for an object to work (dss-api.md 2.4, 2.6, 2.8)."""
    if project is not None and kind.scope == "project" and kind.name != "project":
        yield "project", project
    yield from kind.uses(document)
    params = document.get("params")
    if kind.name in ("dataset", "managed_folder") and isinstance(params, dict):
        yield "connection", str(params.get("connection"))
        yield "managed_folder", str(params.get("folderSmartId"))
    if kind.name == "recipe":
        for side in ("inputs", "outputs"):
            for role in (document.get(side) or {}).values():
                for item in role.get("items") or ():
                    yield "dataset", str(item.get("ref"))
                    yield "managed_folder", str(item.get("ref"))


def used_by_others(
    ours: Mapping[Object, Document], others: Mapping[Object, Document], kinds: Mapping[str, Kind], project: str | None
) -> dict[Object, Object]:
    """The objects of ours that cannot go because something stays that uses them, each with its user."""
    used: dict[Object, Object] = {}
    users = deque(others.items())
    while users:
        user, document = users.popleft()
        for target in uses(kinds[user[0]], document, project):
            if target in ours and target not in used:
                used[target] = user
                users.append((target, ours[target]))
    return used
