# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of a project as it is once a plan is applied: what reads and writes what."""

from __future__ import annotations

import typing as t
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .._kinds.base import address
from .compare import Document, Unknown, merge
from .model import CREATE, DELETE, REPLACE, UNCHANGED, Action, Plan, Snapshot


@dataclass(frozen=True)
class Flow:
    """Recipes, their inputs and their outputs, in the order in which recipes name them.

    Datasets and managed folders are known by their address, other things (models, objects of other projects) by the
    reference that DSS has for them. ``recipes`` are documents by address. ``complete`` says whether the node was asked
    for all of it; otherwise it is what is declared or recorded.
    """

    project: str
    items: frozenset[str]
    recipes: Mapping[str, Document]
    reads: Mapping[str, tuple[str, ...]]
    writes: Mapping[str, tuple[str, ...]]
    readers: Mapping[str, list[str]] = field(default_factory=dict)
    makers: Mapping[str, list[str]] = field(default_factory=dict)
    complete: bool = True

    def downstream(self, start: Iterable[str]) -> list[str]:
        """The given nodes and everything that is made of them, the nearest first."""
        found = dict.fromkeys(start)
        waiting = deque(found)
        while waiting:
            for recipe in self.readers.get(waiting.popleft(), ()):
                new = [output for output in self.writes[recipe] if output not in found]
                found.update(dict.fromkeys(new))
                waiting.extend(new)
        return list(found)


@dataclass(frozen=True)
class Names:
    """The addresses of datasets and managed folders by what DSS calls them."""

    project: str
    datasets: Mapping[str, str]
    folders: Mapping[str, str]

    def of(self, ref: t.Any) -> str:
        """The address behind a reference of a recipe or a scenario, or the reference where it is something else."""
        if isinstance(ref, Unknown):  # only managed folders are referred to before they have an id
            return address("managed_folder", self.project, ref.what)
        local = str(ref).removeprefix(f"{self.project}.")
        return self.datasets.get(local) or self.folders.get(local) or str(ref)


def names_of(plan: Plan, snapshot: Snapshot) -> Names:
    """The names of everything that the node holds or the plan creates."""
    project = next((action.project for action in plan.actions if action.project), "")
    datasets = {name: address("dataset", project, name) for name in snapshot.of("dataset")}
    folders = {
        object_id: address("managed_folder", project, str(document.get("name") or object_id))
        for object_id, document in snapshot.of("managed_folder").items()
    }
    for action in plan.actions:
        name = action.object_id or (action.resource.name if action.resource else "")
        if action.kind == "dataset":
            datasets[name] = action.address
        elif action.kind == "managed_folder" and action.object_id:
            folders[name] = action.address
    return Names(project, datasets, folders)


def flow_of(plan: Plan, snapshot: Snapshot, names: Names) -> Flow:
    """The flow after the plan: what it changes as declared, everything else as the node holds it."""
    actions = {action.address: action for action in plan.actions}
    recipes = {address("recipe", names.project, name): document for name, document in snapshot.of("recipe").items()}
    recipes.update((key, after(action)) for key, action in actions.items() if action.kind == "recipe")
    recipes = {key: document for key, document in recipes.items() if document}
    reads = {key: tuple(names.of(ref) for ref in references(document, "inputs")) for key, document in recipes.items()}
    writes = {key: tuple(names.of(ref) for ref in references(document, "outputs")) for key, document in recipes.items()}
    items = {*names.datasets.values(), *names.folders.values()}
    items |= {action.address for action in plan.actions if action.kind == "managed_folder"}  # new ones have no id yet
    items -= {action.address for action in plan.changed if action.action == DELETE}
    return Flow(
        names.project,
        frozenset(items),
        recipes,
        reads,
        writes,
        _reversed(reads),
        _reversed(writes),
        not snapshot.project_exists or {"dataset", "recipe"} <= snapshot.listed,
    )


def after(action: Action) -> Document:
    """The object as it is once its action is applied, as far as that is known; empty when it is deleted."""
    if action.action == DELETE:
        return {}
    if action.action == UNCHANGED or action.resource is None:
        return action.before
    anew = action.action in (CREATE, REPLACE) and not action.carried
    return t.cast(Document, merge(action.declared, {} if anew else action.before, action.resource.rules))


def references(document: Mapping[str, t.Any], side: str) -> Iterator[t.Any]:
    """What a recipe reads (``inputs``) or writes (``outputs``), role after role."""
    for role in part(document, side).values():
        for item in members(role, "items"):
            if item.get("ref"):
                yield item["ref"]


def part(document: t.Any, name: str) -> Mapping[str, t.Any]:
    """A mapping inside a document, empty where it is something else: a payload may hold anything."""
    value = document.get(name) if isinstance(document, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def members(document: t.Any, name: str) -> list[Mapping[str, t.Any]]:
    """The mappings of a list inside a document."""
    value = document.get(name) if isinstance(document, Mapping) else None
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _reversed(edges: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for recipe, nodes in edges.items():
        for node in dict.fromkeys(nodes):
            found.setdefault(node, []).append(recipe)
    return found
