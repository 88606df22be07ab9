# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules scenario_run, build and gate: options in, result out."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from .._node.client import DssNode
from .._session import session
from .._task import Caller, RunError
from .gate_options import Gate, gates_from
from .gates import GateResult, outlook_of, run_gates
from .jobs import build_and_wait, build_of
from .run import CANCELLED, Deadline, Run
from .scenarios import scenario_named, scenarios_of, start_and_wait

Params = Mapping[str, t.Any]
Result = dict[str, t.Any]


def scenario_run(params: Params, caller: Caller, secrets: set[str]) -> Result:
    """Run a scenario. Raises ``DssError``; ``RunError`` where the run did not end as asked."""
    project = params["project"]
    with session(params, caller, secrets) as node:
        scenario = scenario_named(scenarios_of(node, project), params["scenario"], project)
        given = f" with {', '.join(sorted(params['params']))}" if params["params"] else ""
        result = _planned([f"run {scenario}{given}"]) | {"scenario": {"id": scenario.id, "name": scenario.name}}
        if caller.check_mode:
            return result
        caller.guard.check()
        caller.explain(f"{scenario} is started")
        abort, wait = params["abort_on_timeout"], params["wait"]
        run = start_and_wait(
            node, scenario, params["params"], _deadline(params, caller), params["fail_on"], abort, wait
        )
        return _ended(result | {"run": {**run.as_data(), "steps": run.parts_as_data()}}, run)


def build(params: Params, caller: Caller, secrets: set[str]) -> Result:
    """Run a job. Raises ``DssError``; ``RunError`` where the job did not end as done."""
    with session(params, caller, secrets) as node:
        wanted = build_of(
            node,
            params["project"],
            params["outputs"] or (),
            params["recipe"],
            params["type"],
            params["partition"] or "",
        )
        outputs = [{"type": output.type, "id": output.id, "name": output.name} for output in wanted.outputs]
        result = _planned([f"run {wanted} ({wanted.type})"]) | {"outputs": outputs, "type": wanted.type}
        if caller.check_mode:
            return result
        caller.guard.check()
        caller.explain(f"{wanted} is started")
        run = build_and_wait(node, wanted, _deadline(params, caller), params["abort_on_timeout"], params["wait"])
        return _ended(result | {"job": {**run.as_data(), "activities": run.parts_as_data()}}, run)


def gate(params: Params, caller: Caller, secrets: set[str]) -> Result:
    """Evaluate gates. Raises ``DssError``; ``RunError`` where one did not pass, unless ``fail`` is false."""
    gates = gates_from(params["gates"])
    with session(params, caller, secrets) as node:
        outlooks = outlook_of(node, params["project"], gates)
        result = _planned([f"{outlook.gate.name}: {outlook.text}" for outlook in outlooks])
        result["changed"] = any(outlook.runs for outlook in outlooks)
        if caller.check_mode:
            return result
        caller.guard.check()
        results = _evaluated(node, params, caller, gates)
    passed = all(found.passed for found in results)
    message = _said(results, len(gates))
    result |= {"gates": [found.as_data() for found in results], "passed": passed, "msg": message}
    if not passed and params["fail"]:
        raise RunError(message, result)
    return result


def _evaluated(node: DssNode, params: Params, caller: Caller, gates: Sequence[Gate]) -> list[GateResult]:
    return run_gates(
        node,
        params["project"],
        gates,
        params["wait_timeout"],
        lambda: caller.guard.stopped,
        params["fail_fast"],
        lambda gate: caller.explain(f"gate {gate.name} is evaluated"),
    )


def _said(results: Sequence[GateResult], total: int) -> str:
    failed = [found for found in results if not found.passed]
    if not failed:
        return f"all {total} gates passed"
    rest = total - len(results)
    left = f"; {rest} behind it not evaluated" if rest else ""
    if len(failed) == 1:
        return f"gate '{failed[0].name}' did not pass: {failed[0].message}{left}"
    reasons = "; ".join(f"'{found.name}': {found.message}" for found in failed)
    return f"{len(failed)} of {total} gates did not pass: {reasons}"


def _deadline(params: Params, caller: Caller) -> Deadline:
    return Deadline(params["wait_timeout"], lambda: caller.guard.stopped)


def _planned(lines: Sequence[str]) -> Result:
    return {"changed": True, "diff": {"prepared": "".join(f"{line}\n" for line in lines)}}


def _ended(result: Result, run: Run) -> Result:
    """The result of a run. Raises ``RunError`` where it counts as failed; a start that was cancelled changed nothing."""
    result = {**result, "changed": run.outcome != CANCELLED, "warnings": list(run.warnings)}
    if run.log:
        result["log"] = run.log
    if run.problem:
        raise RunError(run.problem, result)
    return result
