# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of scenarios: the start is a trigger that fires and becomes a run some time later, or never (dss-api.md 2.7)."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from .._configuration.words import nearest
from .._errors import DssError, NodeError
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._node.wait import TimedOut
from .run import CANCELLED, Deadline, Part, Run, needing, of_project
from .watch import Watched, started_after_all

FAIL_ON = ("FAILED", "ABORTED")
RIGHT = "the right to run scenarios of the project, and the scenario a user it runs as"
_SEEN = 20  # runs that are looked at when the answer to a start was lost


@dataclass(frozen=True)
class Scenario:
    """An item of the list of scenarios; ``start`` is milliseconds since 1970 while it runs, else 0."""

    project: str
    id: str
    name: str
    active: bool
    running: bool
    test: bool
    start: int = 0

    @property
    def path(self) -> str:
        return path_of("projects", self.project, "scenarios", self.id)

    def __str__(self) -> str:
        return f"scenario {self.project}.{self.id}"


def scenarios_of(node: DssNode, project: str) -> list[Scenario]:
    """All scenarios of a project; one call. Raises ``DssError``."""
    with of_project(project), understood(f"the scenarios of {project}"):
        return [
            Scenario(
                project,
                str(item["id"]),
                str(item.get("name") or item["id"]),
                bool(item.get("active")),
                bool(item.get("running")),
                bool(item.get("markedAsTest")),
                int(item.get("start") or 0),
            )
            for item in node.get(path_of("projects", project, "scenarios") + "/")
        ]


def scenario_named(scenarios: Sequence[Scenario], wanted: str, project: str) -> Scenario:
    """The scenario with an id, else with a name. Raises ``DssError`` where there is none, or more than one."""
    for scenario in scenarios:
        if scenario.id == wanted:
            return scenario
    named = [scenario for scenario in scenarios if scenario.name == wanted]
    if len(named) == 1:
        return named[0]
    if named:
        ids = ", ".join(scenario.id for scenario in named)
        raise DssError(f"{project} has {len(named)} scenarios named '{wanted}': give one of the ids {ids}")
    known = [word for scenario in scenarios for word in (scenario.id, scenario.name)]
    raise DssError(f"{project} has no scenario '{wanted}'{nearest(wanted, known) or ': check its id or name'}")


def start_and_wait(
    node: DssNode,
    scenario: Scenario,
    params: Mapping[str, t.Any],
    deadline: Deadline,
    fail_on: Collection[str] = FAIL_ON,
    abort: bool = False,
    wait: bool = True,
) -> Run:
    """Run a scenario and wait for its end; without ``wait`` the run has neither outcome nor, as a rule, an id.

    ``Run.problem`` says what went wrong once it was started, a time that is over and a cancelled start included. With
    ``abort`` a run that takes too long is aborted. Raises ``DssError`` where it was not started, and ``Interrupted``.
    """
    before = {_run_id(run) for run in last_runs(node, scenario, _SEEN)}
    warnings: tuple[str, ...] = ()
    try:
        with needing(RIGHT), understood(f"the start of {scenario}", doubtful=True):
            fire = node.post(f"{scenario.path}/run", dict(params))
            trigger, fire_id, cancelled = str(fire["trigger"]["id"]), str(fire["runId"]), bool(fire.get("cancelled"))
    except NodeError as error:
        if not error.doubtful:
            raise
        run_id = started_after_all(lambda: _new_runs(node, scenario, before, params), str(scenario), deadline, error)
        warnings = (f"the answer to the start of {scenario} was lost; run {run_id}, which began then, is taken for it",)
    else:
        if cancelled:
            return _cancelled(scenario)
        if not wait:
            return Run(str(scenario))
        try:
            found = deadline.wait(lambda: _begun(node, scenario, trigger, fire_id), f"the start of {scenario}")
        except TimedOut as error:
            return Run(str(scenario), problem=str(error))
        except NodeError as error:
            return Run(
                str(scenario), problem=f"{error} (while waiting for the start of {scenario}, which may still come)"
            )
        if not found:
            return _cancelled(scenario)
        run_id = found
    if not wait:
        return Run(str(scenario), run_id, warnings=warnings)
    watched = _begun_run(node, scenario, run_id)
    return replace(watched.until_end(node, deadline, fail_on, abort), warnings=warnings)


def last_runs(node: DssNode, scenario: Scenario, limit: int, finished: bool = False) -> list[Mapping[str, t.Any]]:
    """The last runs as DSS describes them, newest first. Raises ``NodeError``."""
    with understood(f"the runs of {scenario}"):
        return list(node.get(f"{scenario.path}/get-last-runs", limit=limit, onlyFinishedRuns=finished))


def run_from(what: str, details: Mapping[str, t.Any]) -> Run:
    """A run from what DSS answers about it; ``{scenarioRun, stepRuns}``. Raises what ``understood`` turns into errors."""
    raw = details["scenarioRun"]
    parts = tuple(_step(step) for step in details.get("stepRuns") or ())
    outcome = str((raw.get("result") or {}).get("outcome") or "")
    return Run(what, str(raw["runId"]), outcome, int(raw.get("start") or 0), int(raw.get("end") or 0), parts)


def _cancelled(scenario: Scenario) -> Run:
    return Run(
        str(scenario),
        outcome=CANCELLED,
        problem=f"{scenario} was not run: DSS cancelled the start, as it may while the scenario already runs or another "
        "trigger fires; run again once it is idle",
    )


def _begun(node: DssNode, scenario: Scenario, trigger: str, fire: str) -> str | None:
    """The id of the run that a fire became; an empty text if it was cancelled, None as long as neither is known."""
    with understood(f"the start of {scenario}"):
        found = node.get(f"{scenario.path}/get-run-for-trigger", triggerId=trigger, triggerRunId=fire)
        if found.get("scenarioRun"):
            return str(found["scenarioRun"]["runId"])
        path = path_of("projects", scenario.project, "scenarios", "trigger", scenario.id, trigger)
        return "" if node.get(path, triggerRunId=fire).get("cancelled") else None


def _new_runs(node: DssNode, scenario: Scenario, before: Collection[str], params: Mapping[str, t.Any]) -> list[str]:
    """The runs that have begun since and may be ours, by their ids."""
    runs = last_runs(node, scenario, _SEEN)
    with understood(f"the runs of {scenario}"):
        return [_run_id(run) for run in runs if _run_id(run) not in before and _is_from(run, params)]


def _is_from(run: Mapping[str, t.Any], params: Mapping[str, t.Any]) -> bool:
    """Whether a run may come from our fire: of a manual trigger ([client]; its type is unverified), with our parameters."""
    fire = run.get("trigger") or {}
    kind = (fire.get("trigger") or {}).get("type", "manual")
    return bool(kind == "manual" and (fire.get("params") or {}) == params)


def _run_id(run: Mapping[str, t.Any]) -> str:
    return str(run["runId"])


def _begun_run(node: DssNode, scenario: Scenario, run_id: str) -> Watched:
    path = f"{scenario.path}{path_of(run_id)}"
    label = f"{scenario} (run {run_id})"

    def look() -> Run | None:
        with understood(label):
            details = node.get(f"{path}/")
            return run_from(str(scenario), details) if "result" in details["scenarioRun"] else None

    return Watched(label, Run(str(scenario), run_id), look, f"{path}/log", f"{scenario.path}/abort")


def _step(raw: Mapping[str, t.Any]) -> Part:
    """A step run; where its name stands is unverified, ``result`` and ``additionalReportItems`` are [client]."""
    step, result = raw.get("step") or {}, raw.get("result") or {}
    thrown = [result.get("thrown")] + [item.get("thrown") for item in raw.get("additionalReportItems") or ()]
    message = next((str(error.get("message") or error.get("title") or "") for error in thrown if error), "")
    name = str(step.get("name") or step.get("id") or raw.get("runId") or "")
    return Part(name, str(step.get("type") or ""), str(result.get("outcome") or ""), message)
