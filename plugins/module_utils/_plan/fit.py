# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Columns that go or change their type, and what surely uses them.

Only what a document says by name counts: the columns of join and grouping recipes, and the declared schema of what
they and sync recipes write. What code or a formula reads is not known.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .._kinds.recipe_payloads import AGGREGATIONS
from .compare import Document, OnCreateOnly
from .flow import Flow, Names, after, members, part, references
from .model import REPLACE, UPDATE, Action, Plan

_FUNCTIONS = AGGREGATIONS | {"sum2"}


@dataclass(frozen=True)
class Misfit:
    """``user`` (a recipe, or a dataset with a declared schema) uses a column of ``dataset`` that is no longer as it was.

    ``now`` is the new type of the column, None where it is removed; ``before`` the former one.
    """

    user: str
    dataset: str
    column: str
    before: str
    now: str | None

    def __str__(self) -> str:
        change = f"changes from {self.before} to {self.now}" if self.now else "is removed"
        return f"{self.user} uses column {self.column} of {self.dataset}, which {change}"


@dataclass(frozen=True)
class _Use:
    """A recipe reads ``column`` of the input ``ref``, and writes it as ``written`` where that is known."""

    ref: t.Any
    column: str
    written: str | None = None
    by_name: bool = True


def misfits(plan: Plan, flow: Flow, names: Names) -> tuple[Misfit, ...]:
    """What uses a column that the plan removes or gives another type, in the order of the plan."""
    declared = {action.address: action for action in plan.actions if action.kind == "dataset"}
    found: dict[Misfit, None] = {}
    for action in plan.changed:
        columns = _changed_columns(action)
        for recipe in flow.readers.get(action.address, ()) if columns else ():
            for use in _uses(flow.recipes[recipe], columns):
                if use.column not in columns or names.of(use.ref) != action.address:
                    continue
                before, now = columns[use.column]
                if use.by_name:
                    found[Misfit(recipe, action.address, use.column, before, now)] = None
                for output in flow.writes[recipe]:
                    wanted = _declared_types(declared.get(output)).get(use.written) if use.written else None
                    if wanted is not None and wanted != now:
                        found[Misfit(output, action.address, use.column, before, now)] = None
    return tuple(found)


def _changed_columns(action: Action) -> dict[str, tuple[str, str | None]]:
    """The former and the new type of each column that changes, None for one that goes."""
    if action.kind != "dataset" or action.action not in (UPDATE, REPLACE) or not _types(action.declared):
        return {}
    before, now = _types(action.before), _types(after(action))
    return {name: (kind, now.get(name)) for name, kind in before.items() if now.get(name) != kind}


def _types(document: Mapping[str, t.Any]) -> dict[str, str]:
    return {str(column.get("name")): str(column.get("type")) for column in members(part(document, "schema"), "columns")}


def _declared_types(action: Action | None) -> dict[str, str]:
    """The columns that a configuration insists on."""
    if action is None or action.resource is None or isinstance(action.resource.rules.get("schema"), OnCreateOnly):
        return {}
    return _types(action.declared)


def _uses(document: Document, columns: Iterable[str]) -> list[_Use]:
    """What a recipe reads by name; of a recipe that passes all columns on, the given ones."""
    inputs = list(references(document, "inputs"))
    payload, kind = part(document, "payload"), document.get("type")
    if kind == "sync" and part(document, "params").get("schemaMode", "STRICT_SYNC") == "STRICT_SYNC":
        return [_Use(ref, column, column, by_name=False) for ref in inputs for column in columns]
    if kind == "join":
        return list(_of_join(payload, inputs))
    if kind == "grouping" and inputs:
        return list(_of_grouping(payload, inputs[0]))
    return []


def _of_join(payload: Mapping[str, t.Any], inputs: list[t.Any]) -> Iterator[_Use]:
    """``table`` counts the virtual inputs, whose ``index`` counts the inputs: so it is in all joins of the corpus."""
    tables = members(payload, "virtualInputs")
    conditions = [entry for join in members(payload, "joins") for entry in members(join, "on")]
    columns = [(column, True) for column in members(payload, "selectedColumns")]
    columns += [(part(entry, side), False) for entry in conditions for side in ("column1", "column2")]
    for column, kept in columns:
        name, table = str(column.get("name")), _at(tables, column.get("table")) or {}
        ref = _at(inputs, table.get("index"))
        if ref is None or any(entry.get("name") == name for entry in members(table, "computedColumns")):
            continue
        prefixed = f"{table['prefix']}_{name}" if table.get("prefix") else name
        yield _Use(ref, name, str(column.get("alias") or prefixed) if kept else None)


def _at(items: Sequence[t.Any], index: t.Any) -> t.Any:
    return items[index] if isinstance(index, int) and 0 <= index < len(items) else None


def _of_grouping(payload: Mapping[str, t.Any], ref: t.Any) -> Iterator[_Use]:
    """Keys keep their name, as in the corpus; of the values those that are aggregated are read."""
    computed = {entry.get("name") for entry in members(payload, "computedColumns")}
    renamed = part(payload, "outputColumnNameOverrides")
    for key in members(payload, "keys"):
        name = str(key.get("column"))
        if name not in computed:
            yield _Use(ref, name, str(renamed.get(name, name)))
    for value in members(payload, "values"):
        name = str(value.get("column"))
        if name not in computed and any(value.get(function) is True for function in _FUNCTIONS):
            yield _Use(ref, name)
