# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario runs: nothing runs here, every run succeeds, at once or after a set time (dss-api.md 2.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..call import Call, Reply, done
from ..documents import Document, now_ms, random_id
from ..errors import bad_request
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import not_found, unfinished
from .scenarios import find

_MANUAL = "manual"


def _runs(call: Call) -> tuple[str, list[Document]]:
    scenario_id, _found = find(call)
    return scenario_id, [_shown(run) for run in call.project.runs.get(scenario_id, [])]


def _shown(run: Document) -> Document:
    """No end and no result while it runs (dss-api.md 2.7, DSSScenarioRun.running [client])."""
    return {key: value for key, value in run.items() if key not in ("end", "result")} if unfinished(run) else run


def _run(call: Call) -> Any:
    """The body is the trigger's parameters; the answer is a trigger fire."""
    scenario_id, found = find(call)
    params = call.json() if call.body.strip() else {}
    if not isinstance(params, dict):
        raise bad_request("The run parameters must be a JSON object")
    now = now_ms()
    fire = {
        "trigger": {"id": _MANUAL, "type": "manual", "name": "Manual trigger"},
        "runId": datetime.now().strftime("%Y-%m-%d-%H-%M-%S-%f")[:-3] + "-" + random_id(4),
        "projectKey": call.project.key,
        "scenarioId": scenario_id,
        "cancelled": False,
        "timestamp": now,
        "triggerState": "{}",
        "params": params,
    }
    run = {
        "runId": fire["runId"],
        "scenario": {"id": scenario_id, "projectKey": call.project.key, "name": found.document["name"]},
        "start": now,
        "end": now + max(1, 1000 * int(call.switch("scenario_run_seconds"))),
        "trigger": fire,
        "runAsUser": {"realUserLogin": _run_as(call)},
        "result": {"type": "SCENARIO_DONE", "outcome": "SUCCESS"},
    }
    call.project.runs.setdefault(scenario_id, [])
    call.project.runs[scenario_id] = [run, *call.project.runs[scenario_id]]
    return fire


def _run_as(call: Call) -> str:
    """runAsUser, else the last modifier (dss-api.md 2.7, Effective run-as [client])."""
    _id, found = find(call)
    login: str = found.document.get("runAsUser") or found.tag["lastModifiedBy"]["login"]
    return login


def _find_run(call: Call, run_id: str) -> Document:
    _id, runs = _runs(call)
    for run in runs:
        if run["runId"] == run_id:
            return run
    raise not_found(call, f"Scenario run {run_id} does not exist")  # unverified text


def _for_trigger(call: Call) -> Any:
    return {"scenarioRun": _find_run(call, call.text("triggerRunId"))}


def _fire(call: Call) -> Any:
    return _find_run(call, call.text("triggerRunId"))["trigger"]


def _last(call: Call) -> Any:
    return _runs(call)[1][: call.number("limit", 10)]


def _by_date(call: Call) -> Any:
    first, last = call.text("fromDate"), call.text("toDate")
    return [run for run in _runs(call)[1] if first <= run["runId"][: len(first)] and run["runId"][: len(last)] <= last]


def _details(call: Call) -> Any:
    return {"scenarioRun": _find_run(call, call.params["runId"]), "stepRuns": []}


def _log(call: Call) -> Any:
    _find_run(call, call.params["runId"])
    return Reply("The sandbox node runs nothing.\n", "text/plain;charset=utf-8")


def _abort(call: Call) -> Any:
    scenario_id, _found = find(call)
    going = [run for run in call.project.runs.get(scenario_id, []) if unfinished(run)]
    for run in going:
        run.update(end=now_ms(), result={**run["result"], "outcome": "ABORTED"})
    return done("Aborted" if going else "No effect: not running")  # dss-api.md 2.7


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
