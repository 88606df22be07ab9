# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources that have another address now: what is recorded of them, and whether DSS can give them the new name."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .._errors import Location, Problem
from .._kinds.base import Kind, Resource
from .._state.model import Recorded


class Move(t.Protocol):
    """An entry of the section ``moved``."""

    @property
    def source(self) -> str: ...

    @property
    def target(self) -> str: ...

    @property
    def location(self) -> Location: ...


def with_moves(
    recorded: Mapping[str, Recorded], moves: Iterable[Move], desired: Mapping[str, Resource]
) -> tuple[dict[str, Recorded], dict[str, str], list[Problem]]:
    """What is recorded, under the addresses of now; the moves that did something, new to old; and what stands in the way.

    A move of what is not recorded, because it was made before or never applied, does nothing.
    """
    result = dict(recorded)
    done: dict[str, str] = {}
    problems: list[Problem] = []
    for move in moves:
        entry = result.get(move.source)
        if entry is None:
            continue
        if move.target in result:
            message = (
                f"both {move.source} and {move.target} are recorded: delete the old one with removed, or take it out of the "
                "state with the module state (action: forget)"
            )
            problems.append(Problem(message, "moved", move.location))
            continue
        del result[move.source]
        name = desired[move.target].name if move.target in desired else entry.name
        result[move.target] = replace(entry, address=move.target, name=name)
        done[move.target] = done.pop(move.source, move.source)
    return {key: _moved_needs(entry, done) for key, entry in result.items()}, done, problems


def _moved_needs(entry: Recorded, done: Mapping[str, str]) -> Recorded:
    new = {old: target for target, old in done.items()}
    if new.keys().isdisjoint(entry.dependencies):
        return entry
    return replace(entry, dependencies=tuple(new.get(key, key) for key in entry.dependencies))


def known_ids(desired: Mapping[str, Resource], recorded: Mapping[str, Recorded]) -> dict[str, str]:
    """The ids of recorded objects that their names do not tell: DSS made them, or they have another name since."""
    return {
        key: recorded[key].object_id
        for key, resource in desired.items()
        if key in recorded and recorded[key].object_id != resource.name and not resource.identity.get("id")
    }


def rename_fault(kind: Kind, resource: Resource, object_id: str, held: Mapping[str, t.Any], moved_from: str) -> str:
    """Why an object cannot be given the name of its new address, or ""."""
    if kind.renamed_by == "call" and object_id != resource.name and resource.name in held:
        return f"{object_id} cannot be renamed to {resource.name}: the node holds another {kind.name.replace('_', ' ')} of this name"
    if moved_from and not kind.renamed_by and kind.label(object_id, held[object_id]) == object_id != resource.name:
        return (
            f"DSS cannot rename a {kind.name.replace('_', ' ')}: take the entry of {moved_from} out of moved; then the new "
            "one is made and the old one is deleted"
        )
    return ""
