# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read one declared object and nothing else, where that is enough: most tasks for one object find it as it is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._errors import NodeError
from .._kinds.base import Kind, Node, Resource
from .._plan.model import Snapshot
from .answer import understood
from .read import with_surroundings


def read_alone(node: Node, resource: Resource, kinds: Mapping[str, Kind]) -> Snapshot | None:
    """The object under the name that is declared, without its surroundings; None where only lists can tell.

    So it is where DSS makes the ids, where another object is looked up by its name, and where the node answers with
    anything but the object: whether that is missing, or its project, or a right, the lists say.
    """
    kind = kinds[resource.kind]
    if not kind.read_by_name or resource.external or resource.lookups:
        return None
    try:
        with understood(resource.address):
            held = kind.read_declared(node, resource, resource.name)
            is_it = held[kind.known_by] == resource.name
    except NodeError:
        return None
    return Snapshot({resource.kind: {resource.name: held}}) if is_it else None


def surrounded(node: Node, resource: Resource, kinds: Mapping[str, Kind], alone: Snapshot) -> Snapshot:
    """What ``read_alone`` gave, with what a change of the object could need of the node. Raises ``DssError``."""
    with understood(f"project {resource.project}" if resource.project else "itself"):
        objects = {kind: dict(held) for kind, held in alone.objects.items()}
        found = with_surroundings(node, resource.project, {resource.address: resource}, kinds, objects, True, False)
    return replace(found, listed=frozenset())
