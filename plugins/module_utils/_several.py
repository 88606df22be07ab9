# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run over several projects: one plan of all, then each is applied after those whose objects it uses.

Each project keeps its own state, lock and journal. So each is planned again under its lock, and nothing else is applied than
what the plan of all has shown.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from ._deploy import deploy
from ._errors import DssError
from ._plan import render
from ._plan.model import Plan
from ._plan.projects import order_of, together
from ._task import Caller, RunError, Target, brief, result_of

_DIGEST = "sha256:"


@dataclass(frozen=True)
class _Part:
    """A project, its own options and what its plan was."""

    target: Target
    params: Mapping[str, t.Any]
    plan: Plan | None = None
    result: Mapping[str, t.Any] | None = None


def deploy_several(
    params: Mapping[str, t.Any], caller: Caller, targets: Sequence[Target], secrets: set[str]
) -> dict[str, t.Any]:
    """Plan several projects as one, and apply them one after the other unless in check mode. Raises ``DssError``."""
    _possible(params)
    keys = {target.project or "": target for target in targets}
    order, warnings = order_of({key: target.resources for key, target in keys.items()})
    order.sort(key=lambda key: key != "")  # what belongs to the node comes first
    parts = _chosen([_Part(keys[key], _own(params, key)) for key in order], set(keys))
    parts = [_planned(part, caller, secrets) for part in parts]
    plan = together([part.plan for part in parts if part.plan is not None])
    plan = replace(plan, warnings=(*warnings, *plan.warnings))
    caller.show(plan)
    told = [warning for part in parts for warning in t.cast("Mapping[str, t.Any]", part.result)["warnings"]]
    result = result_of(replace(plan, warnings=tuple(warnings)), list(dict.fromkeys(told)))
    result["projects"] = [_of_project(part) for part in parts]
    if plan.problems:
        raise RunError(render.problems(plan.problems), brief({**result, "changed": False}))
    return result if caller.check_mode else _applied(parts, caller, secrets, result)


def _possible(params: Mapping[str, t.Any]) -> None:
    if params["state"] == "absent":
        raise DssError("state: absent deletes one project: give path the file or the folder of that project")
    if str(params.get("plan_file") or "").startswith(_DIGEST):
        raise DssError(
            "plan_file is a digest, which is that of one project: give the path of the saved plans, or path the file of one "
            "project"
        )


def _own(params: Mapping[str, t.Any], key: str) -> Mapping[str, t.Any]:
    """The options for one project: a saved plan has a file for each of them."""
    if not params.get("plan_file"):
        return params
    path = PurePath(params["plan_file"])
    return {**params, "plan_file": str(path.with_name(f"{path.stem}.{key or 'instance'}{path.suffix}"))}


def _chosen(parts: list[_Part], keys: set[str]) -> list[_Part]:
    """The projects of which ``only`` selects something, each with the selectors that may be about it."""
    chosen = []
    for part in parts:
        only = part.params["only"]
        if only is None:
            chosen.append(part)
            continue
        mine = [selector for selector in only if _project_of(selector, keys) in (None, part.target.project)]
        if mine:
            chosen.append(replace(part, params={**part.params, "only": mine}))
    return chosen


def _project_of(selector: str, keys: set[str]) -> str | None:
    """The project in a selector such as ``dataset.KEY.NAME``, None where it names none of these."""
    return next((word for word in selector.split(".")[1:2] if word in keys), None)


def _planned(part: _Part, caller: Caller, secrets: set[str]) -> _Part:
    """The plan of a project, which takes no lock and writes nothing."""
    shown: list[Plan] = []
    looking = replace(caller, check_mode=True, show=shown.append)
    params = part.params if caller.check_mode else {**part.params, "plan_file": None}
    try:
        result = deploy(params, looking, part.target, secrets)
    except RunError as error:
        if not shown:
            raise
        result = error.result
    return replace(part, plan=shown[0], result=result)


def _of_project(part: _Part) -> dict[str, t.Any]:
    result = t.cast("Mapping[str, t.Any]", part.result)
    return {"project": part.target.project, "changed": result["changed"], "digest": result.get("digest")}


def _applied(parts: Sequence[_Part], caller: Caller, secrets: set[str], result: dict[str, t.Any]) -> dict[str, t.Any]:
    """Apply one project after the other; the first that fails ends the run."""
    outcome: dict[str, list[t.Any]] = {"applied": [], "failed": [], "skipped": []}
    warnings: list[str] = list(result["warnings"])
    done: list[dict[str, t.Any]] = []
    for number, part in enumerate(parts):
        try:
            caller.guard.check()
            current = deploy(part.params, replace(caller, show=_as_shown(part)), part.target, secrets)
        except DssError as error:
            ended = error.result if isinstance(error, RunError) else {}
            _add(outcome, ended)
            left = [other.target.project or "the instance" for other in parts[number + 1 :]]
            message = f"{part.target.project or 'the instance'}: {error}"
            if left:
                message += f"\nnot started: {', '.join(left)}"
            told = {**result, "warnings": warnings, "outcome": outcome, "changed": bool(outcome["applied"])}
            raise RunError(message, brief(told)) from None
        _add(outcome, current)
        warnings += [warning for warning in current["warnings"] if warning not in warnings]
        done.append({"project": part.target.project, "changed": current["changed"], "digest": current.get("digest")})
    changed = any(entry["changed"] for entry in done)
    more = {"outcome": outcome} if changed else {}
    return {**result, **more, "changed": changed, "warnings": warnings, "projects": done}


def _add(outcome: dict[str, list[t.Any]], result: Mapping[str, t.Any]) -> None:
    for name, entries in outcome.items():
        entries += (result.get("outcome") or {}).get(name, ())


def _as_shown(part: _Part) -> t.Callable[[Plan], None]:
    """Refuse what is not the plan that was shown: it has moved since."""

    def check(plan: Plan) -> None:
        shown = _essence(t.cast(Plan, part.plan))
        moved = sorted({address for address, _action in shown ^ _essence(plan)})
        if moved:
            raise DssError(f"the node has changed since the plan was made ({', '.join(moved[:5])}): run again")

    return check


def _essence(plan: Plan) -> set[tuple[str, str]]:
    return {(action.address, action.action) for action in plan.changed}
