# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules scenario_run_info and build_info: what has run and what runs."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._node.parallel import gather
from .._session import session
from .._task import Caller
from .jobs import job_from, jobs_of
from .running import running_jobs
from .scenarios import Scenario, last_runs, run_from, scenario_named, scenarios_of

Params = Mapping[str, t.Any]
Result = dict[str, t.Any]


def scenario_run_info(params: Params, caller: Caller, secrets: set[str]) -> Result:
    """The last runs of one scenario or of all; a call for each, and two. Raises ``DssError``."""
    project, wanted = params["project"], params["scenario"]
    with session(params, caller, secrets) as node:
        found = scenarios_of(node, project)
        # Scenarios that were made at the same time are listed in any order.
        chosen = [scenario_named(found, wanted, project)] if wanted else sorted(found, key=lambda scenario: scenario.id)
        calls = [lambda scenario=scenario: _runs(node, scenario, params) for scenario in chosen]
        runs = gather(calls, node.options.workers, caller.guard.check)
        return {
            "changed": False,
            "scenarios": [_described(scenario) | {"runs": its} for scenario, its in zip(chosen, runs, strict=True)],
            "running": [scenario.id for scenario in found if scenario.running],
            "testing": _testing(node, project, params["bundle"]),
        }


def build_info(params: Params, caller: Caller, secrets: set[str]) -> Result:
    """The last jobs of a project, and those that run; two calls. Raises ``DssError``."""
    project = params["project"]
    with session(params, caller, secrets) as node:
        last = jobs_of(node, project, params["limit"])
        with understood(f"the jobs of {project}"):
            return {
                "changed": False,
                "jobs": [_job(job) for job in last],
                "running": [_job(job) for job in running_jobs(node, project)],
            }


def _runs(node: DssNode, scenario: Scenario, params: Params) -> list[Result]:
    runs = last_runs(node, scenario, params["limit"], params["only_finished"])
    with understood(f"the runs of {scenario}"):
        return [run_from(str(scenario), {"scenarioRun": run}).as_data() for run in runs]


def _described(scenario: Scenario) -> Result:
    return {
        "id": scenario.id,
        "name": scenario.name,
        "active": scenario.active,
        "running": scenario.running,
        "test": scenario.test,
    }


def _testing(node: DssNode, project: str, bundle: str | None) -> Result:
    """How the last runs of the test scenarios ended ([client] DSSTestingStatus)."""
    query = {"bundleId": bundle} if bundle else {}
    with understood(f"the testing status of {project}"):
        status = node.get(path_of("projects", project, "scenarios", "testing-status"), **query)
        return {"ran": status["nbTotalRanScenarios"], "outcomes": dict(status["nbScenariosPerOutcome"])}


def _job(item: Mapping[str, t.Any]) -> Result:
    """A list item; DSS lists outputs under other names than it is sent (dss-api.md 2.9)."""
    definition = item.get("def") or {}
    outputs = [str(output.get("targetDataset") or output.get("id")) for output in definition.get("outputs") or ()]
    return {
        **job_from("", item).as_data(),
        "name": definition.get("name"),
        "type": definition.get("type"),
        "initiator": definition.get("initiator"),
        "outputs": outputs,
    }
