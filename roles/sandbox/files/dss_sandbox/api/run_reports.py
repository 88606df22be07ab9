# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of scenarios that are marked as tests (dss-api.md 2.7). The contents of the reports are unverified."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from ..activation import active_id
from ..call import Call, Reply
from ..documents import Document
from ..errors import bad_request
from ..project import Project
from ..router import PROJECT_READ, Route
from ..scenario_runs import Run
from .runs import check_step, run_of

_XML = "application/xml;charset=utf-8"
_HTML = "text/html;charset=utf-8"


def last_test_runs(project: Project, bundle_id: str = "") -> list[Run]:
    """The last finished run of each test scenario while that bundle was active, by default the one that is [client]."""
    bundle = bundle_id or active_id(project)
    lasts = [
        next((run for run in project.runs.get(scenario_id, ()) if run.finished and run.bundle == bundle), None)
        for scenario_id, found in project.objects["scenarios"].items()
        if found.document.get("markedAsTest")
    ]
    return [run for run in lasts if run is not None]


def testing_status(project: Project, bundle_id: str = "") -> Document:
    """What the client reads of it [client]; the rest is unverified."""
    runs = last_test_runs(project, bundle_id)
    return {"nbTotalRanScenarios": len(runs), "nbScenariosPerOutcome": dict(Counter(run.outcome for run in runs))}


def _testing_status(call: Call) -> Any:
    return testing_status(call.project, call.text("bundleId"))


def _last_report(call: Call) -> Any:
    return _junit(last_test_runs(call.project, call.text("bundleId")))


def _last_html_report(call: Call) -> Any:
    rows = "".join(
        f"<tr><td>{html.escape(run.scenario['name'])}</td><td>{run.outcome}</td></tr>"
        for run in last_test_runs(call.project, call.text("bundleId"))
    )
    title = f"Test scenarios of {html.escape(call.project.key)}"
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><table>{rows}</table></body></html>"
    return Reply(page, _HTML)


def _run_report(call: Call) -> Any:
    return _junit([_tested(call)])


def _step_report(call: Call) -> Any:
    run = _tested(call)
    return _junit([run], check_step(call, run))


def _tested(call: Call) -> Run:
    run = run_of(call)
    if not run.scenario["markedAsTest"]:
        raise bad_request(f"Scenario {run.scenario['id']} is not a test scenario")  # unverified text
    return run


def _junit(runs: Iterable[Run], step_id: str = "") -> Reply:
    """A suite for each scenario, a case for each step; of one step if its id is given."""
    root = ElementTree.Element("testsuites")
    for run in runs:
        cases = _cases(run, step_id)
        failures = sum(reason is not None for _name, reason in cases)
        named = {"name": run.scenario["name"], "tests": str(len(cases)), "failures": str(failures)}
        suite = ElementTree.SubElement(root, "testsuite", named)
        for name, reason in cases:
            of = f"{run.scenario['projectKey']}.{run.scenario['id']}"
            case = ElementTree.SubElement(suite, "testcase", {"name": name, "classname": of})
            if reason is not None:
                ElementTree.SubElement(case, "failure", {"message": reason})
    return Reply(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True), _XML)


def _cases(run: Run, step_id: str) -> list[tuple[str, str | None]]:
    """Names, with a reason for what failed. A scenario without steps is a case itself."""
    if not run.steps:
        return [(run.scenario["name"], run.reason() if run.outcome == "FAILED" else None)]
    return [
        (step_run["step"]["name"], step_run["result"].get("thrown", {}).get("message"))
        for step_run in run.step_runs()
        if step_id in ("", step_run["step"]["id"])
    ]


_P = "/projects/{projectKey}/scenarios"
ROUTES = [
    Route("GET", _P + "/testing-status", _testing_status, PROJECT_READ),
    Route("GET", _P + "/last-test-scenario-runs-report", _last_report, PROJECT_READ),
    Route("GET", _P + "/last-test-scenario-runs-html-report", _last_html_report, PROJECT_READ),
    Route("GET", _P + "/{scenarioId}/{runId}/scenario-run-report", _run_report, PROJECT_READ),
    Route("GET", _P + "/{scenarioId}/{runId}/step-run-report", _step_report, PROJECT_READ),
]
