# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources that have another address now: what is recorded of them, and whether DSS can give them the new name."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from .._errors import Location, Problem
from .._kinds.base import Kind, Resource
from .._state.model import Recorded
from .model import Action, Snapshot


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


def rename_faults(
    actions: Iterable[Action],
    snapshot: Snapshot,
    kinds: Mapping[str, Kind],
    recorded: Mapping[str, Recorded],
    moved: Mapping[str, str],
) -> Iterator[Problem]:
    """Objects that cannot be given the names of their new addresses, which are those of ``moved``."""
    for action in actions:
        kind, resource = kinds[action.kind], action.resource
        if resource is None:
            continue
        fault = _taken(kind, action, snapshot.of(kind.name))
        if action.address in moved and not fault:
            known = recorded.get(action.address)
            fault = _unnamed(kind, action, snapshot.of(kind.name), known, moved[action.address])
        if fault:
            yield Problem(fault, resource.path, resource.location)


def _taken(kind: Kind, action: Action, held: Mapping[str, t.Any]) -> str:
    name = _name(action)
    if kind.renamed_by != "call" or action.object_id in (None, name) or name not in held:
        return ""
    what = kind.name.replace("_", " ")
    return f"{action.object_id} cannot be renamed to {name}: the node holds another {what} of this name"


def _unnamed(kind: Kind, action: Action, held: Mapping[str, t.Any], known: Recorded | None, former: str) -> str:
    """What DSS does not rename: an object that is known by its id, or one whose name is no field of it."""
    left_behind = known is not None and known.object_id in held and action.object_id != known.object_id
    named = kind.renamed_by or any(change.path == kind.author_path("name") for change in action.changes)
    found = action.object_id
    called_otherwise = found is not None and found in held and kind.label(found, held[found]) != _name(action)
    if not left_behind and (named or not called_otherwise):
        return ""
    return (
        f"DSS cannot rename a {kind.name.replace('_', ' ')}: take the entry of {former} out of moved; then the new one is "
        "made and the old one is deleted"
    )


def _name(action: Action) -> str:
    return action.resource.name if action.resource else ""
