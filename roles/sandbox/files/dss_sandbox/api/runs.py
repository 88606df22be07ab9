# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls about scenario runs (dss-api.md 2.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .. import scenario_runs
from ..call import Call, Reply, done
from ..errors import bad_request
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from ..scenario_runs import Run
from .common import not_found
from .scenarios import find


def _runs(call: Call) -> tuple[Run, ...]:
    """Fires that are not a run yet, or never, are among them."""
    scenario_id, _found = find(call)
    return call.project.runs.get(scenario_id, ())


def _started(call: Call) -> list[Run]:
    return [run for run in _runs(call) if run.started]


def _run(call: Call) -> Any:
    """The body is the trigger's parameters; the answer is a trigger fire."""
    scenario_id, _found = find(call)
    params = call.json() if call.body.strip() else {}
    if not isinstance(params, dict):
        raise bad_request("The run parameters must be a JSON object")
    run = scenario_runs.start(call.project, scenario_id, params, call.node.outcomes, call.node.switches)
    return run.shown_fire()


def _of_fire(call: Call) -> Run:
    fire_id = call.text("triggerRunId")
    for run in _runs(call):
        if run.fire["runId"] == fire_id:
            return run
    raise not_found(call, f"Trigger run {fire_id} does not exist")  # unverified text


def run_of(call: Call) -> Run:
    """The run that the path names."""
    run_id = call.params["runId"]
    for run in _started(call):
        if run.id == run_id:
            return run
    raise not_found(call, f"Scenario run {run_id} does not exist")  # unverified text


def check_step(call: Call, run: Run) -> str:
    """The step that the query names, which must be one of the run."""
    step_id = call.text("stepId")
    if step_id and step_id not in {step["id"] for step in run.steps}:
        raise not_found(call, f"Step {step_id} does not exist in run {run.id}")  # unverified text
    return step_id


def _for_trigger(call: Call) -> Any:
    run = _of_fire(call)
    return {"scenarioRun": run.shown()} if run.started else {}


def _fire(call: Call) -> Any:
    return _of_fire(call).shown_fire()


def _last(call: Call) -> Any:
    only_finished = call.flag("onlyFinishedRuns")
    runs = [run.shown() for run in _started(call) if run.finished or not only_finished]
    return runs[: call.number("limit", 10)]


def _by_date(call: Call) -> Any:
    """Both days are included: unverified, the client calls the end exclusive but asks for today by default."""
    first, last = call.text("fromDate"), call.text("toDate")
    days = [(datetime.fromtimestamp(run.start / 1000).strftime("%Y-%m-%d"), run) for run in _started(call)]
    return [run.shown() for day, run in days if first <= day and (not last or day <= last)]


def _details(call: Call) -> Any:
    run = run_of(call)
    return {"scenarioRun": run.shown(), "stepRuns": run.step_runs()}


def _log(call: Call) -> Any:
    run = run_of(call)
    return Reply(run.log(check_step(call, run)), "text/plain;charset=utf-8")


def _abort(call: Call) -> Any:
    scenario_id, _found = find(call)
    aborted = scenario_runs.abort(call.project, scenario_id)
    return done("Aborted" if aborted else "No effect: not running")  # dss-api.md 2.7


_P = "/projects/{projectKey}/scenarios"
ROUTES = [
    Route("POST", _P + "/{scenarioId}/run", _run, PROJECT_WRITE),
    Route("POST", _P + "/{scenarioId}/abort", _abort, PROJECT_WRITE),
    Route("GET", _P + "/{scenarioId}/get-run-for-trigger", _for_trigger, PROJECT_READ),
    Route("GET", _P + "/{scenarioId}/get-last-runs", _last, PROJECT_READ),
    Route("GET", _P + "/{scenarioId}/get-runs-by-date", _by_date, PROJECT_READ),
    Route("GET", _P + "/trigger/{scenarioId}/{triggerId}", _fire, PROJECT_READ),
    Route("GET", _P + "/{scenarioId}/{runId}", _details, PROJECT_READ),
    Route("GET", _P + "/{scenarioId}/{runId}/log", _log, PROJECT_READ),
]
