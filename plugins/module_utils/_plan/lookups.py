# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of objects that the configuration does not declare: the node says which ids they have."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._errors import Problem
from .._kinds.base import Kind, Ref, Resource, resolved
from .model import Snapshot


def looked_up(
    desired: Mapping[str, Resource], snapshot: Snapshot, kinds: Mapping[str, Kind], problems: list[Problem]
) -> dict[str, Resource]:
    """The resources with the ids of what they name and nobody declares; ``problems`` collects what is not on the node."""
    return {
        key: _settled(resource, snapshot, kinds, problems) if resource.lookups else resource
        for key, resource in desired.items()
    }


def _settled(resource: Resource, snapshot: Snapshot, kinds: Mapping[str, Kind], problems: list[Problem]) -> Resource:
    ids: dict[Ref, str] = {}
    for kind, name in resource.lookups:
        held = snapshot.of(kind)
        found = [object_id for object_id, document in held.items() if kinds[kind].label(object_id, document) == name]
        if len(found) == 1:
            ids[Ref(kind, name)] = found[0]
        else:
            problems.append(_unclear(resource, kind.replace("_", " "), name, sorted(found)))

    def lookup(value: t.Any) -> t.Any:
        return ids.get(value, value) if isinstance(value, Ref) else value

    return replace(resource, declared=resolved(resource.declared, lookup))


def _unclear(resource: Resource, word: str, name: str, found: list[str]) -> Problem:
    if found:
        message = f"{len(found)} objects of kind {word} are named '{name}' ({', '.join(found)}): give the id of the one that is meant"
    else:
        message = f"there is no {word} '{name}' on the node, and none is declared: declare it, or give its id"
    return Problem(f"{resource.address}: {message}", resource.path, resource.location)
