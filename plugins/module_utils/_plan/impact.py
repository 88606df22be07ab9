# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan means for the data and the runs of a project, besides the objects that it changes."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from .._errors import visible
from .._kinds import KINDS
from .._kinds.base import SENSITIVE
from .compare import Change, Document
from .due import Due, due
from .fit import Misfit, misfits
from .flow import Flow, Names, flow_of, names_of
from .model import CREATE, DELETE, UPDATE, Plan, Snapshot

_SHOWN = 10  # names on a line, and lines of one sort
_IN_DATA = 100

# Fields (an author's names) that leave the data as it is; a field that we do not know counts.
_ABOUT = frozenset(
    {
        *("name", "description", "short_description", "tags", "custom_fields", "custom_meta", "checklists", "labels"),
        *("dku_properties", "data_steward", "feature_group", "metrics", "checks", "quality", "flow_options"),
        *("engine", "container", "max_running_activities", "hash_propagation", "never_recompute"),
    }
)
_ABOUT_COLUMN = re.compile(r"schema\b.*\]\.(comment|meaning)$")


@dataclass(frozen=True)
class Loss:
    """Something of an object that is not there afterwards."""

    address: str
    what: str


@dataclass(frozen=True)
class Impact:
    """What follows from a plan.

    ``outdated`` are datasets and managed folders whose content no longer is what their recipe would make, the nearest to
    the changes first; ``unbuilt`` those that the plan creates and a recipe fills. ``lost`` is gone once the plan is
    applied, ``not_restored`` could not be given back by an undo. ``flow_known`` is False where the flow is known as far
    as it is declared or recorded only, ``runs_known`` where the node was not asked which scenarios run.
    """

    outdated: tuple[str, ...] = ()
    unbuilt: tuple[str, ...] = ()
    misfits: tuple[Misfit, ...] = ()
    scenarios: tuple[Due, ...] = ()
    lost: tuple[Loss, ...] = ()
    not_restored: tuple[Loss, ...] = ()
    flow_known: bool = True
    runs_known: bool = True


def impact(plan: Plan, snapshot: Snapshot, now: datetime, summaries: Mapping[str, Document] | None = None) -> Impact:
    """What follows from a plan; pure, and linear in the objects of the project.

    ``summaries`` are the list items of the scenarios (``_node.flow.scenario_summaries``), None where they were not read;
    ``now`` is aware of its time zone.
    """
    if not plan.changed:
        return Impact()
    names = names_of(plan, snapshot)
    flow = flow_of(plan, snapshot, names)
    created = {action.address for action in plan.changed if action.action == CREATE}
    sources, stale = _changed_content(plan, flow)
    made = [node for node in flow.downstream([*sources, *stale]) if node in flow.items and node in flow.makers]
    affected = {*made, *sources, *(action.address for action in plan.changed if action.action == DELETE)}
    return Impact(
        outdated=tuple(node for node in made if node not in created),
        unbuilt=tuple(node for node in made if node in created),
        misfits=misfits(plan, flow, names),
        scenarios=_scenarios(plan, snapshot, names, affected, now, summaries),
        lost=tuple(_lost(plan)),
        not_restored=tuple(_not_restored(plan)),
        flow_known=flow.complete,
        runs_known=summaries is not None,
    )


def needs_summaries(plan: Plan, snapshot: Snapshot) -> bool:
    """Whether it matters which scenarios run: only where something changes in a project that exists."""
    return snapshot.project_exists and any(action.project for action in plan.changed)


def _changed_content(plan: Plan, flow: Flow) -> tuple[list[str], list[str]]:
    """Datasets and folders whose own content changes, and the outputs of recipes that work in another way."""
    sources: list[str] = []
    stale: list[str] = []
    for action in plan.changed:
        if action.kind == "recipe":
            if any(map(_counts, action.changes)):
                stale += flow.writes.get(action.address, ())
        elif action.address in flow.items and any(map(_counts, action.changes)):
            sources.append(action.address)
    return sources, stale


def _counts(change: Change) -> bool:
    """Whether a change may have an effect on data."""
    return re.split(r"[.\[ ]", change.path, maxsplit=1)[0] not in _ABOUT and not _ABOUT_COLUMN.match(change.path)


def _scenarios(
    plan: Plan,
    snapshot: Snapshot,
    names: Names,
    affected: set[str],
    now: datetime,
    summaries: Mapping[str, Document] | None,
) -> tuple[Due, ...]:
    """Those that run or are due and change themselves, use what changes, or may use it."""
    changed = {action.address for action in plan.changed}
    whole = any(action.kind == "project" and action.action == DELETE for action in plan.changed)
    definitions = snapshot.of("scenario")
    found = []
    for entry in due(definitions if summaries is None else summaries, definitions, names, now):
        uses = None if entry.uses is None else tuple(key for key in entry.uses if key in affected)
        if whole or entry.address in changed or uses or (uses is None and affected):
            found.append(Due(entry.address, entry.running, entry.next_run, uses))
    return tuple(found)


def _lost(plan: Plan) -> Iterable[Loss]:
    for action in plan.changed:
        if action.loses:
            yield Loss(action.address, action.loses)
        if action.follows:
            yield Loss(action.address, f"the recipe itself, which DSS deletes with {action.follows}")


def _not_restored(plan: Plan) -> Iterable[Loss]:
    for action in plan.changed:
        if action.destroys and KINDS[action.kind].gone:
            yield Loss(action.address, KINDS[action.kind].gone)
        elif action.action == UPDATE and any(SENSITIVE in (change.before, change.after) for change in action.changes):
            yield Loss(action.address, "its former secrets")


def impact_lines(found: Impact) -> list[str]:
    """What follows from a plan, a line for each sort or object; the first names and how many more there are."""
    declared = "" if found.flow_known else ", as far as declared"
    scenarios = [f"Scenario {entry}{_uses(entry)}" for entry in found.scenarios]
    if not found.runs_known and found != Impact(flow_known=found.flow_known, runs_known=False):
        scenarios.append("Which scenarios run now or soon is not known")
    lines = [
        *_named(f"Out of date afterwards{declared}", found.outdated),
        *_named(f"Still to be built{declared}", found.unbuilt),
        *_capped([f"Schema: {entry}" for entry in found.misfits]),
        *_capped(scenarios),
        *_by_what("Lost", found.lost),
        *_by_what("An undo cannot give back", found.not_restored),
    ]
    return [visible(line).replace("\n", "\\n") for line in lines]


def _uses(entry: Due) -> str:
    if entry.uses is None:
        return ", what it uses is not known"
    return f" and uses {_first(entry.uses)}" if entry.uses else " and is changed"


def _named(title: str, names: Sequence[str]) -> list[str]:
    return [f"{title}: {_first(names)}"] if names else []


def _by_what(title: str, losses: Iterable[Loss]) -> list[str]:
    owners: dict[str, list[str]] = {}
    for loss in losses:
        owners.setdefault(loss.what, []).append(loss.address)
    return _capped([f"{title}: {what} ({_first(addresses)})" for what, addresses in owners.items()])


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _capped(lines: list[str]) -> list[str]:
    return lines if len(lines) <= _SHOWN else [*lines[:_SHOWN], f"and {len(lines) - _SHOWN} more"]


def impact_data(found: Impact) -> dict[str, t.Any]:
    """The same as plain data; of each list the first hundred with how many there are."""
    return {
        "outdated": _list(found.outdated),
        "unbuilt": _list(found.unbuilt),
        "misfits": _list([vars(entry) for entry in found.misfits]),
        "scenarios": _list([_due_data(entry) for entry in found.scenarios]),
        "lost": _list([vars(entry) for entry in found.lost]),
        "not_restored": _list([vars(entry) for entry in found.not_restored]),
        "flow_known": found.flow_known,
        "runs_known": found.runs_known,
    }


def _list(items: Sequence[t.Any]) -> dict[str, t.Any]:
    return {"count": len(items), "first": list(items[:_IN_DATA])}


def _due_data(entry: Due) -> dict[str, t.Any]:
    return {
        "address": entry.address,
        "running": entry.running,
        "next_run": entry.next_run.isoformat() if entry.next_run else None,
        "uses": None if entry.uses is None else list(entry.uses[:_IN_DATA]),
    }
