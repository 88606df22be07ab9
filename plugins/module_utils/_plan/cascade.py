# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DSS deletes by itself: a dataset takes the recipes that read it along (dss-api.md 2.4, quirk 26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .._kinds.base import address
from .compare import Document
from .model import DELETE, REPLACE, Action, Snapshot


def with_cascades(actions: list[Action], snapshot: Snapshot) -> list[Action]:
    """Add what goes with a deleted dataset, and mark what is made again with a replaced one.

    A recipe that is changed so that it no longer reads the dataset goes before it.
    """
    destroyed = [action for action in actions if action.kind == "dataset" and action.destroys]
    if not destroyed:
        return actions
    by_address = {action.address: action for action in actions}
    readers = _readers(snapshot)
    for action in destroyed:
        name = str(action.object_id)
        carries = []
        for recipe, document in readers.get(name, ()):
            key = address("recipe", action.project, recipe)
            known = by_address.get(key)
            if known and known.action == DELETE:
                action = replace(action, needs=(*action.needs, key))
            elif known and known.declared.get("inputs") is not None and name not in inputs_of(known.declared):
                by_address[key] = replace(known, needs=tuple(need for need in known.needs if need != action.address))
                action = replace(action, needs=(*action.needs, key))
            elif action.action == REPLACE:
                carries.append(recipe)
                by_address[key] = _carried(known, key, action, recipe, document)
            else:
                by_address[key] = _taken_along(known, key, action, recipe, document)
                action = replace(action, needs=(*action.needs, key))
        by_address[action.address] = replace(action, carries=tuple(carries))
    return list(by_address.values())


def _readers(snapshot: Snapshot) -> dict[object, list[tuple[str, Document]]]:
    """The recipes that read each input, in the order of the listing."""
    readers: dict[object, list[tuple[str, Document]]] = {}
    for recipe, document in snapshot.of("recipe").items():
        for name in inputs_of(document):
            readers.setdefault(name, []).append((recipe, document))
    return readers


def _carried(known: Action | None, key: str, dataset: Action, recipe: str, document: Document) -> Action:
    reason = f"DSS deletes it with {dataset.address}; it is made again"
    if known:
        return replace(known, action=REPLACE, reason=reason, carried=True)
    return Action(
        address=key,
        kind="recipe",
        project=dataset.project,
        action=REPLACE,
        object_id=recipe,
        before=document,
        needs=(dataset.address,),
        reason=reason,
        carried=True,
    )


def _taken_along(known: Action | None, key: str, dataset: Action, recipe: str, document: Document) -> Action:
    return Action(
        address=key,
        kind="recipe",
        project=dataset.project,
        action=DELETE,
        object_id=recipe,
        before=document,
        reason=f"it reads {dataset.address}, which is deleted",
        follows=dataset.address,
        resource=known.resource if known else None,
        location=known.location if known else dataset.location,
    )


def inputs_of(document: Mapping[str, object]) -> set[object]:
    """The names that a recipe reads."""
    roles = document.get("inputs")
    contents: Iterable[object] = roles.values() if isinstance(roles, Mapping) else ()
    return {
        item.get("ref") for content in contents if isinstance(content, Mapping) for item in content.get("items") or ()
    }
