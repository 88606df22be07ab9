# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scenario runs that end as ordered, and the reports of test scenarios (dss-api.md 2.7)."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from support.site import SandboxSite

from .errors import refusal


@pytest.fixture
def scenario(project: Any) -> Any:
    """A test with two steps that run and one that is switched off."""
    scenario = project.create_scenario("Nightly", "step_based")
    settings = scenario.get_settings()
    settings.get_raw().update(markedAsTest=True)
    settings.get_raw()["params"]["steps"] = [
        {"type": "custom_python", "name": "prepare", "id": "s1"},
        {"type": "custom_python", "name": "compare", "id": "s2"},
        {"type": "custom_python", "name": "off", "id": "s3", "enabled": False},
    ]
    settings.save()
    return scenario


def ran(scenario: Any) -> Any:
    return scenario.run_and_wait(no_fail=True)


@pytest.mark.parametrize("outcome", ["SUCCESS", "WARNING", "FAILED", "ABORTED"])
def test_a_run_ends_as_ordered(control: Any, scenario: Any, outcome: str) -> None:
    control.outcomes(scenarios={"OTHER.*": "SUCCESS", "PROJ.Night*": outcome, "*": "SUCCESS"})
    run = ran(scenario)
    assert run.outcome == outcome and scenario.get_last_finished_run().outcome == outcome
    assert [step.outcome for step in run.get_details().steps] == ["SUCCESS", outcome]


def test_a_failed_run_names_the_step_that_failed(control: Any, scenario: Any) -> None:
    control.outcomes(scenarios={"PROJ.Nightly": "FAILED"})
    assert "returned status FAILED" in refusal(scenario.run_and_wait)
    run = scenario.get_last_runs()[0]
    error = run.get_details().first_error_details
    assert "Step compare of scenario PROJ.Nightly failed" in error["message"]
    assert error["message"] in run.get_log() and error["message"] in run.get_log(step_id="s2")
    assert error["message"] not in run.get_log(step_id="s1")
    assert "does not exist" in refusal(run.get_log, step_id="s3")


def test_a_failed_script_has_a_log_that_says_so(control: Any, project: Any) -> None:
    control.outcomes(scenarios={"*": "FAILED"})
    run = ran(project.create_scenario("Script", "custom_python"))
    assert "Scenario PROJ.Script failed" in run.get_log()


def test_a_reset_forgets_what_was_ordered(control: Any, client: Any) -> None:
    control.outcomes(scenarios={"*": "FAILED"})
    control.reset()
    assert ran(client.create_project("PROJ", "P", "admin").create_scenario("S", "step_based")).outcome == "SUCCESS"


def test_a_run_starts_after_a_while(control: Any, scenario: Any) -> None:
    control.switch(scenario_start_seconds=1)
    fire = scenario.run({"key": "value"})
    assert fire.get_scenario_run() is None and scenario.get_last_runs() == []
    assert scenario.get_trigger_fire("manual", fire.run_id).get_raw()["params"] == {"key": "value"}
    deadline = time.monotonic() + 10
    while fire.get_scenario_run() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    run = fire.get_scenario_run()
    assert run.id != fire.run_id and run.outcome == "SUCCESS"
    assert run.get_info()["start"] - fire.get_raw()["timestamp"] == 1000


def test_a_fire_can_be_cancelled(control: Any, scenario: Any) -> None:
    control.outcomes(scenarios={"PROJ.Nightly": "CANCELLED"})
    fire = scenario.run()
    assert fire.is_cancelled(refresh=True) and fire.get_scenario_run() is None
    assert "has been cancelled" in refusal(fire.wait_for_scenario_run)
    assert scenario.get_last_runs() == []


def test_a_fire_while_the_scenario_runs_is_cancelled(control: Any, scenario: Any) -> None:
    control.switch(scenario_run_seconds=3600)
    running = scenario.run().get_scenario_run()
    assert running.get_details().steps == [] and "Scenario: " not in running.get_log()
    assert scenario.run().is_cancelled()
    assert scenario.get_last_runs(only_finished_runs=True) == [] and len(scenario.get_last_runs()) == 1
    scenario.abort()
    control.switch(scenario_run_seconds=0)
    assert ran(scenario).outcome == "SUCCESS"


def test_runs_are_found_by_day(scenario: Any) -> None:
    run = ran(scenario)
    today = date.today()
    found = scenario.get_runs_by_date(str(today), str(today))
    assert [item.id for item in found] == [run.id]
    assert scenario.get_runs_by_date(str(today - timedelta(2)), str(today - timedelta(1))) == []


def test_a_lost_run_was_never_there(control: Any, scenario: Any) -> None:
    ran(scenario)
    control.switch(scenario_run_seconds=3600)
    control.fault("POST", "/projects/*/scenarios/*/run", lost=True)
    fire = scenario.run()
    assert "does not exist" in refusal(fire.get_scenario_run) and len(scenario.get_last_runs()) == 1
    going = scenario.run().get_scenario_run()
    control.fault("POST", "/projects/*/scenarios/*/abort", lost=True)
    scenario.abort()
    going.refresh()
    assert going.running


def test_the_testing_status_counts_the_last_runs_of_tests(control: Any, project: Any, scenario: Any) -> None:
    ran(project.create_scenario("No test", "step_based"))
    assert project.get_testing_status().nb_total_ran_scenarios == 0
    ran(scenario)
    control.outcomes(scenarios={"PROJ.Nightly": "FAILED"})
    ran(scenario)
    status = project.get_testing_status()
    assert (status.nb_total_ran_scenarios, status.nb_scenarios_per_outcome) == (1, {"FAILED": 1})


def test_runs_and_jobs_are_still_there_after_a_bundle_is_activated() -> None:
    site = SandboxSite("dev=design", "prod=automation")
    try:
        project = site.nodes["dev"].client().create_project("PROJ", "P", "admin")
        settings = project.create_scenario("t", "step_based").get_settings()
        settings.get_raw()["markedAsTest"] = True
        settings.save()
        project.create_dataset("d", "Inline")
        target = site.nodes["prod"].client().get_project("PROJ")
        counts = {}
        for number, bundle in enumerate(("v1", "v2"), 1):
            project.export_bundle(bundle)
            archive = io.BytesIO(project.get_exported_bundle_archive_stream(bundle).content)
            if number == 1:
                target.client.create_project_from_bundle_archive(archive)
            else:
                target.import_bundle_from_stream(archive)
            target.activate_bundle(bundle)
            counts[bundle] = target.get_testing_status().nb_total_ran_scenarios
            ran(target.get_scenario("t"))
            target.get_dataset("d").build()
            assert len(target.get_scenario("t").get_last_runs()) == len(target.list_jobs()) == number
            assert target.get_testing_status().nb_total_ran_scenarios == 1
        assert counts == {"v1": 0, "v2": 0}
        found = {bundle: target.get_testing_status(bundle).nb_total_ran_scenarios for bundle in ("v1", "v2", "v3")}
        assert found == {"v1": 1, "v2": 1, "v3": 0}
    finally:
        assert site.stop() == 0


def test_the_reports_of_tests_show_what_failed(control: Any, project: Any, scenario: Any) -> None:
    control.outcomes(scenarios={"PROJ.Nightly": "FAILED"})
    run = ran(scenario)
    for answer in (project.get_last_test_scenario_runs_report(), run.get_report()):
        [suite] = ElementTree.fromstring(answer.content)
        assert (suite.attrib["name"], suite.attrib["tests"], suite.attrib["failures"]) == ("Nightly", "2", "1")
        failed = {case.attrib["name"]: case.find("failure") for case in suite}
        assert failed["prepare"] is None
        assert failed["compare"] is not None and "Step compare" in failed["compare"].attrib["message"]
    [suite] = ElementTree.fromstring(run.get_step_run_report("s1").content)
    assert [case.attrib["name"] for case in suite] == ["prepare"]
    page = project.get_last_test_scenario_runs_html_report()
    assert page.headers["content-type"].startswith("text/html") and "<td>FAILED</td>" in page.text


def test_only_tests_have_reports(raw: Any, project: Any) -> None:
    run = ran(project.create_scenario("Plain", "step_based"))
    path = f"/public/api/projects/PROJ/scenarios/Plain/{run.id}/scenario-run-report"
    assert raw("GET", path).status_code == 400
    assert list(ElementTree.fromstring(project.get_last_test_scenario_runs_report().content)) == []
