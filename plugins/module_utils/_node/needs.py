# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an instance has of what a project may require: at most one call for each kind of thing that is required."""

from __future__ import annotations

from collections.abc import Mapping

from .._configuration.requirements import Requirements
from .._errors import NodeError
from .._kinds.base import Node
from .._plan.model import Snapshot

# Key of the section -> call and key of a name in each item of its answer: dss-api.md 2.1, 2.16, 2.17. An admin call
# first, then what other keys may ask.
_CALLS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "connections": (("/admin/connections/", ""), ("/connections/get-names", "")),
    "code_envs": (("/admin/code-envs/", "envName"),),
    "plugins": (("/plugins/", "id"),),
    "users": (("/users", "login"),),
}


def held_of(node: Node, requirements: Requirements, snapshot: Snapshot) -> dict[str, frozenset[str] | None]:
    """The names that the node has under each key of ``requirements`` that is in use, None where they are secret.

    What the snapshot already knows is not asked again. Raises ``NodeError``.
    """
    known: dict[str, frozenset[str] | None] = {
        "connections": frozenset(snapshot.connections) if snapshot.connections_complete else None,
        "code_envs": snapshot.code_envs,
        "plugins": snapshot.plugins,
    }
    return {
        key: found if (found := known.get(key)) is not None else _names(node, calls)
        for key, calls in _CALLS.items()
        if requirements.of(key)
    }


def _names(node: Node, calls: tuple[tuple[str, str], ...]) -> frozenset[str] | None:
    for path, key in calls:
        try:
            answer = node.get(path)
        except NodeError as error:
            if error.forbidden or error.missing:
                continue
            raise
        return frozenset(str(item[key]) if key else str(item) for item in answer)
    return None
