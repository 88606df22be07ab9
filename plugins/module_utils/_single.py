# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan and apply one object, without a state."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import replace

from ._apply.executor import apply
from ._apply.guard import Guard
from ._errors import Problem
from ._kinds import KINDS
from ._kinds.base import Kind
from ._node.client import DssNode
from ._node.read import read
from ._node.read_alone import read_alone, surrounded
from ._plan import render
from ._plan.build import build
from ._plan.model import UNCHANGED, UPDATE, Options, Plan, Snapshot
from ._session import session
from ._task import Caller, RunError, Target, brief, finished, options_of, result_of, target_of

Check = Callable[[Snapshot], tuple[Problem, ...]]


def manage_object(module: str, params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """The module of a kind: make an object as declared, or delete it. Raises ``DssError``."""
    target = target_of(module, params, caller)
    secrets |= target.secrets
    with session(params, caller, secrets) as node:
        return one_object(params, caller, target, node)


def one_object(
    params: Mapping[str, t.Any],
    caller: Caller,
    target: Target,
    node: DssNode,
    kinds: Mapping[str, Kind] = KINDS,
    check: Check = lambda snapshot: (),
) -> dict[str, t.Any]:
    """Plan and apply one object; no state is kept of it, so that tasks for single objects never wait for one another.

    ``check`` gives what else stands against the plan, as problems and warnings. Raises ``DssError``.
    """
    guard, workers = caller.guard, node.options.workers
    options = options_of(params, target)
    snapshot, plan = _planned(target, node, options, kinds, guard)
    found = check(snapshot)
    plan = replace(
        plan,
        problems=(*plan.problems, *(problem for problem in found if problem.severity == "error")),
        warnings=(*plan.warnings, *(problem for problem in found if problem.severity != "error")),
    )
    result = result_of(plan, target.warnings)
    caller.show(plan)
    if plan.problems:
        raise RunError(render.problems(plan.problems), brief({**result, "changed": False}))
    if caller.check_mode or not plan.changed:
        return result
    outcome = apply(plan, node, kinds, guard, options, workers=workers, progress=caller.progress)
    return finished(result, outcome)


def _planned(
    target: Target, node: DssNode, options: Options, kinds: Mapping[str, Kind], guard: Guard
) -> tuple[Snapshot, Plan]:
    """What the node holds, and the plan: from the object alone where that shows that it stays or is changed in place."""
    desired, workers = target.resources, node.options.workers
    (resource,) = desired.values()
    alone = None if options.absent else read_alone(node, resource, kinds)
    if alone is not None:
        plan = build(desired, alone, options, kinds)
        if plan.changed and {action.action for action in plan.changed} == {UPDATE}:
            alone = surrounded(node, resource, kinds, alone)
            plan = build(desired, alone, options, kinds)
        if not plan.problems and {action.action for action in plan.actions} <= {UNCHANGED, UPDATE}:
            return alone, plan
    whole = options.absent and resource.kind == "project"
    of_project = (kind for kind in kinds.values() if kind.scope == "project" and not kind.singleton) if whole else ()
    sections = frozenset(kind.section for kind in of_project)
    snapshot = read(node, target.project, desired, kinds, sections, workers, guard.check)
    return snapshot, build(desired, snapshot, options, kinds)
