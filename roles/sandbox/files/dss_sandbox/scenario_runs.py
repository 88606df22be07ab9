# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of scenarios: nothing is run, a run only ends as a test has said, at once or after a set time (dss-api.md 2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from .activation import active_id
from .documents import Document, now_ms, random_id
from .outcomes import CANCELLED, Outcomes
from .project import Entry, Project
from .switches import Switches


@dataclass(frozen=True)
class Run:
    """One fire of a trigger and the run that it became. Times are milliseconds; `start` may be in the future.

    `bundle` is the one that was active when the trigger fired.
    """

    id: str
    fire: Document
    scenario: Document
    steps: tuple[Document, ...]
    run_as: str
    start: int
    end: int
    outcome: str
    bundle: str | None

    @property
    def cancelled(self) -> bool:
        return self.outcome == CANCELLED and self.start <= now_ms()

    @property
    def started(self) -> bool:
        return self.outcome != CANCELLED and self.start <= now_ms()

    @property
    def running(self) -> bool:
        """One that takes no time has ended when it is asked for."""
        return self.started and self.end > now_ms() + 1

    @property
    def finished(self) -> bool:
        return self.started and not self.running

    def shown_fire(self) -> Document:
        return {**self.fire, "cancelled": self.cancelled}

    def shown(self) -> Document:
        """No end and no result while it runs (dss-api.md 2.7, DSSScenarioRun.running [client])."""
        document = {
            "runId": self.id,
            "scenario": self.scenario,
            "start": self.start,
            "trigger": self.shown_fire(),
            "runAsUser": {"realUserLogin": self.run_as},
        }
        if self.finished:
            document |= {"end": self.end, "result": {"type": "SCENARIO_DONE", "outcome": self.outcome}}
        return document

    def step_runs(self) -> list[Document]:
        """The steps that have ended. The last enabled one ends as the run does: unverified."""
        return list(self._step_runs()) if self.finished else []

    def _step_runs(self) -> Iterator[Document]:
        for number, step in enumerate(self.steps, 1):
            outcome = self.outcome if number == len(self.steps) else "SUCCESS"
            result: Document = {"type": "STEP_DONE", "outcome": outcome}
            if outcome == "FAILED":
                thrown = {"clazz": "java.lang.RuntimeException", "title": "Step failed", "message": self.reason(step)}
                result["thrown"] = thrown
            yield {
                "runId": f"{self.id}-{number}",  # unverified form
                "step": step,
                "start": self.start,
                "end": self.end,
                "result": result,
                "additionalReportItems": [],
            }

    def reason(self, step: Document | None = None) -> str:
        what = f"Step {step['name']} of scenario" if step else "Scenario"
        return f"{what} {self.scenario['projectKey']}.{self.scenario['id']} failed: a test of the sandbox node has ordered it"

    def log(self, step_id: str = "") -> str:
        """unverified form; of one step if its id is given."""
        name = f"{self.scenario['projectKey']}.{self.scenario['id']}"
        lines = [f"Run {self.id} of scenario {name}: the sandbox node runs nothing."]
        for step_run in self.step_runs():
            if step_id in ("", step_run["step"]["id"]):
                lines.append(f"Step {step_run['step']['name']}: {step_run['result']['outcome']}")
                if "thrown" in step_run["result"]:
                    lines.append(f"ERROR: {step_run['result']['thrown']['message']}")
        if self.finished:
            lines.append(f"Scenario: {self.outcome}")
            if self.outcome == "FAILED" and not self.steps:
                lines.append(f"ERROR: {self.reason()}")
        return "\n".join(lines) + "\n"


def start(project: Project, scenario_id: str, params: Document, outcomes: Outcomes, switches: Switches) -> Run:
    """Fires the manual trigger. Params become those of the trigger."""
    found = project.objects["scenarios"][scenario_id]
    now = now_ms()
    begins = now + 1000 * int(switches["scenario_start_seconds"])
    busy = any(run.running for run in project.runs.get(scenario_id, ()))
    run = Run(
        id=_run_id(begins),
        fire={
            "trigger": {"id": "manual", "type": "manual", "name": "Manual trigger"},
            "runId": _run_id(now),
            "projectKey": project.key,
            "scenarioId": scenario_id,
            "timestamp": now,
            "triggerState": "{}",
            "params": params,
        },
        scenario={
            "id": scenario_id,
            "projectKey": project.key,
            "name": found.document["name"],
            "markedAsTest": bool(found.document.get("markedAsTest")),
        },
        steps=tuple(_enabled_steps(found)),
        run_as=_run_as(found),
        start=begins,
        end=begins + max(1, 1000 * int(switches["scenario_run_seconds"])),
        # The client says that a fire "can be cancelled if the scenario was already running"; unverified that it always is.
        outcome=CANCELLED if busy else outcomes.scenario(project.key, scenario_id),
        bundle=active_id(project),
    )
    project.runs = {**project.runs, scenario_id: (run, *project.runs.get(scenario_id, ()))}
    return run


def abort(project: Project, scenario_id: str) -> bool:
    """False if nothing was running."""
    runs = project.runs.get(scenario_id, ())
    aborted = tuple(replace(run, end=now_ms(), outcome="ABORTED") if run.running else run for run in runs)
    project.runs = {**project.runs, scenario_id: aborted}
    return aborted != runs


def _run_id(time: int) -> str:
    """The run of a trigger and the run of a scenario have ids of their own ([client]); unverified: the random end."""
    return datetime.fromtimestamp(time / 1000).strftime("%Y-%m-%d-%H-%M-%S-%f")[:-3] + "-" + random_id(4)


def _run_as(found: Entry) -> str:
    """runAsUser, else the last modifier (dss-api.md 2.7, Effective run-as [client])."""
    login: str = found.document.get("runAsUser") or found.tag["lastModifiedBy"]["login"]
    return login


def _enabled_steps(found: Entry) -> Iterator[Document]:
    """Their identity; steps of an imported scenario need not have a name."""
    for number, step in enumerate(found.document.get("params", {}).get("steps", []), 1):
        if step.get("enabled", True) and step.get("runConditionType") != "DISABLED":
            yield {"id": step.get("id", ""), "name": step.get("name", f"Step #{number}"), "type": step.get("type", "")}
