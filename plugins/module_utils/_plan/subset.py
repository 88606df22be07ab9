# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of a plan: what ``only`` selects, what that needs, and what stays behind."""

from __future__ import annotations

import re
import typing as t
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .._errors import Problem, visible
from .._kinds.base import Resource, address
from .checks import drift_limits, limits
from .model import SIGNS, UNCHANGED, UPDATE, Action, Options, Plan
from .select import Zones, selected

_SHOWN = 10


@dataclass(frozen=True)
class Subset:
    """A part of a plan. ``plan`` holds what is kept and all that is unchanged, in the order of the whole plan.

    ``left`` are the changed actions that stay behind; ``brought`` maps an address that was not selected to the selected
    one that needs it.
    """

    plan: Plan
    left: tuple[Action, ...] = ()
    brought: Mapping[str, str] = field(default_factory=dict)


def subset(
    plan: Plan,
    only: Sequence[str],
    desired: Mapping[str, Resource],
    zones: Zones,
    recorded: Collection[str],
    options: Options,
) -> Subset:
    """Keep what ``only`` selects and what that needs; ``zones`` are those of the node, ``recorded`` addresses of the state.

    Needed is whatever has to be done first (``Action.needs``, transitively), what DSS does by itself in the same breath,
    and a project that is to be created; a change of the project itself is not needed by what is in it. Limits such as
    ``max_deletes`` then count what is kept. Raises ``DssError`` for a selector that selects nothing.
    """
    meant = selected(only, plan, desired, zones, recorded)
    actions = {action.address: action for action in plan.actions}
    # What DSS deletes with a dataset stays with it, selected or not.
    chosen = [action.address for action in plan.changed if action.address in meant and not action.follows]
    origins = _closure(chosen, actions)
    kept = tuple(action for key, action in actions.items() if action.action == UNCHANGED or key in origins)
    left = tuple(action for key, action in actions.items() if action.action != UNCHANGED and key not in origins)
    brought = {
        action.address: origins[action.address]
        for action in kept
        if action.action != UNCHANGED and action.address not in meant
    }
    places = frozenset(action.resource.path for action in left if action.resource and action.resource.path)
    part = replace(
        plan,
        actions=kept,
        warnings=tuple(warning for warning in plan.warnings if not _is_at(warning, places)),
        problems=_problems(plan, kept, places, options),
        forgets={key: why for key, why in plan.forgets.items() if key in meant},
    )
    return Subset(part, left, brought)


def _closure(chosen: Iterable[str], actions: Mapping[str, Action]) -> dict[str, str]:
    """For everything that is kept the selected address that needs it; what is selected needs itself."""
    origins = {key: key for key in chosen}
    carriers = _carriers(actions.values())
    waiting = deque(origins)
    while waiting:
        key = waiting.popleft()
        for need in _wanted_by(actions[key], carriers):
            needed = actions.get(need)
            if needed is None or need in origins or _stands_without(needed):
                continue
            origins[need] = origins[key]
            waiting.append(need)
    return origins


def _wanted_by(action: Action, carriers: Mapping[str, Sequence[str]]) -> list[str]:
    """What goes first, and the other side of a replaced dataset and the recipes that DSS deletes with it."""
    carried = [address("recipe", action.project, name) for name in action.carries]
    return [*action.needs, *carried, *(carriers.get(action.address, ()) if action.carried else ())]


def _carriers(actions: Iterable[Action]) -> dict[str, list[str]]:
    carriers: dict[str, list[str]] = {}
    for action in actions:
        for name in action.carries:
            carriers.setdefault(address("recipe", action.project, name), []).append(action.address)
    return carriers


def _stands_without(action: Action) -> bool:
    """Whether what is in a project can do without this: the project is there, only its settings change."""
    return action.kind == "project" and action.action == UPDATE


def _problems(plan: Plan, kept: Sequence[Action], places: Collection[str], options: Options) -> tuple[Problem, ...]:
    """The problems without those at the places of what is left; those that count actions are counted anew."""
    counted = {*limits(plan.actions, options), *drift_limits(plan.actions, options)}
    others = [problem for problem in plan.problems if problem not in counted and not _is_at(problem, places)]
    return (*others, *limits(kept, options), *drift_limits(kept, options))


def _is_at(problem: Problem, places: Collection[str]) -> bool:
    """Whether a problem is at one of the places in the configuration, or below: ``datasets[2]``, ``datasets[2].type``."""
    ends = [match.start() for match in re.finditer(r"[.\[]", problem.path)]
    return any(problem.path[:end] in places for end in (*ends, len(problem.path)))


def left_lines(part: Subset) -> list[str]:
    """What came along and what stayed behind, a line for each of the first of them."""
    brought = [f"  + {key} for {origin}" for key, origin in part.brought.items()]
    left = [f"  {SIGNS[action.action]} {action.address}" for action in part.left]
    return [
        *_listed("Also planned, because it is needed:", brought),
        *_listed("Left behind, because only does not select it:", left),
    ]


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    more = [f"  and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return [title, *(visible(line).replace("\n", "\\n") for line in lines[:_SHOWN]), *more]


def subset_data(part: Subset) -> dict[str, t.Any]:
    """The same as plain data: ``left`` as addresses by action, ``brought`` as address to the selected address."""
    left: dict[str, list[str]] = {}
    for action in part.left:
        left.setdefault(action.action, []).append(action.address)
    return {"left": left, "brought": dict(part.brought)}
