# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan deletes: what is declared absent, what is recorded and no longer declared, what is pruned."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .._errors import Problem
from .._kinds.base import Kind, Resource, address
from .._state.model import Recorded
from .compare import Document
from .model import DELETE, Action, Options, Snapshot


@dataclass(frozen=True)
class Undeclared:
    """What is recorded and no longer declared: deletions, and what only leaves the state with the reason."""

    deletions: list[Action] = field(default_factory=list)
    forgets: Mapping[str, str] = field(default_factory=dict)


def undeclared(
    desired: Mapping[str, Resource],
    snapshot: Snapshot,
    taken: frozenset[tuple[str, str]],
    options: Options,
    kinds: Mapping[str, Kind],
    recorded: Mapping[str, Recorded],
    problems: list[Problem],
) -> Undeclared:
    """Plan the end of everything that is recorded and no longer declared; ``taken`` are objects that are declared."""
    project = next((resource.project for resource in desired.values() if resource.project), None)
    deletions: dict[str, Action] = {}
    forgets: dict[str, str] = {}
    for key, entry in recorded.items():
        if key in desired:
            continue
        kind, held = kinds[entry.kind], snapshot.of(entry.kind)
        if key in options.forget:
            forgets[key] = "removed from the state only, as declared; the object stays"
        elif kind.singleton or not kind.deletable or kind.is_inherent(entry.object_id):
            forgets[key] = "no longer declared; what DSS holds stays"
        elif (entry.kind, entry.object_id) in taken:
            forgets[key] = "the object is declared under another address"
        elif entry.object_id not in held:
            forgets[key] = "no longer declared, and no longer on the node"
        else:
            if entry.prevent_destroy:
                problems.append(
                    Problem(
                        f"{key} is no longer declared and would be deleted but lifecycle.prevent_destroy was set: declare "
                        "it again without that line, or take it over with removed and forget: true"
                    )
                )
            owner = project if kind.scope == "project" else None
            deletions[key] = replace(
                deletion(kind, owner, entry.object_id, held[entry.object_id], options, reason="no longer declared"),
                address=key,
            )
    return Undeclared(_after_their_users(deletions, recorded), forgets)


def released(desired: Mapping[str, Resource], recorded: Mapping[str, Recorded]) -> dict[str, str]:
    """What was managed and is declared external now."""
    return {
        key: "declared external; the object stays"
        for key, resource in desired.items()
        if resource.external and key in recorded
    }


def _after_their_users(deletions: Mapping[str, Action], recorded: Mapping[str, Recorded]) -> list[Action]:
    """What used an object is deleted, or changed so that it no longer does, before the object goes."""
    users: dict[str, list[str]] = {}
    for key, entry in recorded.items():
        for used in entry.dependencies:
            users.setdefault(used, []).append(key)
    return [replace(action, needs=tuple(users.get(key, ()))) for key, action in deletions.items()]


def deletion(
    kind: Kind, project: str | None, object_id: str, document: Document, options: Options, **more: t.Any
) -> Action:
    return Action(
        address=address(kind.name, project, kind.label(object_id, document)),
        kind=kind.name,
        project=project,
        action=DELETE,
        object_id=object_id,
        before=document,
        loses=kind.data if options.drop_data else "",
        **more,
    )


def removals(
    desired: Mapping[str, Resource],
    snapshot: Snapshot,
    ids: Mapping[str, str],
    options: Options,
    kinds: Mapping[str, Kind],
) -> list[Action]:
    """``state: absent``: a project goes with everything in it, otherwise each declared object goes.

    ``ids`` are those of the declared objects that exist.
    """
    whole = [key for key in ids if desired[key].kind == "project"]
    actions = []
    for key in ids:
        resource = desired[key]
        kind = kinds[resource.kind]
        if resource.external or (kind.singleton and kind.scope == "instance"):  # those are always there
            continue
        if whole and resource.kind != "project" and kinds[resource.kind].scope == "project":
            continue
        taken = ""
        if resource.kind == "project":
            counts = [
                f"{count} {name}s"
                for name, held in snapshot.objects.items()
                if kinds[name].scope == "project" and not kinds[name].singleton
                if (count := sum(not kinds[name].is_inherent(object_id) for object_id in held))
            ]
            taken = f"with {', '.join(counts)}" if counts else ""
        document = snapshot.of(resource.kind)[ids[key]]
        actions.append(
            deletion(
                kinds[resource.kind],
                resource.project,
                ids[key],
                document,
                options,
                location=resource.location,
                resource=resource,
                reason=taken,
            )
        )
    return actions


def pruned(actions: Sequence[Action], snapshot: Snapshot, options: Options, kinds: Mapping[str, Kind]) -> list[Action]:
    """What the project holds and no action speaks of, in the sections that the configuration contains."""
    if not options.prune:
        return []
    project, addresses = _project(actions), {action.address for action in actions}
    found = []
    for kind in kinds.values():
        fixed = kind.singleton or not kind.deletable
        if fixed or kind.scope != "project" or kind.section not in options.sections:
            continue
        others = _others(kind, snapshot, actions)
        labels = Counter(kind.label(object_id, document) for object_id, document in others.items())
        for object_id, document in sorted(others.items()):
            action = deletion(kind, project, object_id, document, options, reason="not in the configuration")
            # Managed folders may have one name, also one that is declared of another that somebody renamed.
            if labels[kind.label(object_id, document)] > 1 or action.address in addresses:
                action = replace(
                    action, address=f"{action.address}[{object_id}]", reason=f"id {object_id}, {action.reason}"
                )
            found.append(action)
    return found


def unmanaged(actions: Sequence[Action], snapshot: Snapshot, kinds: Mapping[str, Kind]) -> tuple[str, ...] | None:
    """What the project holds and no action speaks of; None where not all of it was listed.

    A kind that is not surveyed counts where something of it is declared.
    """
    of_project = [kind for kind in kinds.values() if kind.scope == "project" and not kind.singleton]
    listed = [kind for kind in of_project if kind.name in snapshot.listed]
    if not snapshot.project_exists:
        return ()
    if any(kind.surveyed and kind not in listed for kind in of_project):
        return None
    project = _project(actions)
    return tuple(
        sorted(
            address(kind.name, project, kind.label(object_id, document))
            for kind in listed
            for object_id, document in _others(kind, snapshot, actions).items()
        )
    )


def _others(kind: Kind, snapshot: Snapshot, actions: Iterable[Action]) -> dict[str, Document]:
    """The objects of a kind that no action speaks of."""
    known = {action.object_id for action in actions if action.kind == kind.name}
    return {
        object_id: held
        for object_id, held in snapshot.of(kind.name).items()
        if object_id not in known and not kind.is_inherent(object_id)
    }


def _project(actions: Iterable[Action]) -> str | None:
    return next((action.project for action in actions if action.project), None)
