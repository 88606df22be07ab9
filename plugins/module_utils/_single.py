# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan and apply one object, without a state."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import replace

from ._apply.executor import apply
from ._errors import Problem
from ._kinds import KINDS
from ._kinds.base import Kind
from ._node.client import DssNode
from ._node.read import read
from ._plan import render
from ._plan.build import build
from ._plan.model import Snapshot
from ._task import Caller, RunError, Target, brief, finished, options_of, result_of

Check = Callable[[Snapshot], tuple[Problem, ...]]


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
    whole = params["state"] == "absent" and any(resource.kind == "project" for resource in target.resources.values())
    of_project = (kind for kind in kinds.values() if kind.scope == "project" and not kind.singleton)
    sections = frozenset(kind.section for kind in of_project) if whole else frozenset()
    snapshot = read(node, target.project, target.resources, kinds, sections, workers, guard.check)
    options = options_of(params, target)
    plan = build(target.resources, snapshot, options, kinds)
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
