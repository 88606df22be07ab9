# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenarios that run, fail, take too long, are cancelled, or whose start is doubtful."""

from __future__ import annotations

import os
import signal
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
from support.engine import run_module
from support.playbook import play
from support.process import Background, until
from support.sandbox import SandboxProcess
from support.sentences import assert_readable

SECRET = "s3cr3t-of-the-shop"
STEPS = [{"type": "custom_python", "name": name, "code": "pass"} for name in ("prepare", f"load {SECRET}")]
DEFINITION: dict[str, t.Any] = {
    "project": {"key": "SHOP", "name": "Shop"},
    "scenarios": [{"name": "Nightly", "steps": STEPS}, {"name": "smoke", "marked_as_test": True, "steps": STEPS[:1]}],
}
RUN = "POST /projects/{projectKey}/scenarios/{scenarioId}/run"
SWITCHES = {"scenario_run_seconds": 0, "scenario_start_seconds": 0}


@pytest.fixture
def shop(sandbox: SandboxProcess) -> t.Iterator[SandboxProcess]:
    """A node with the scenarios; what a test switches is switched back."""
    run_module(sandbox.environ, definition=DEFINITION)
    sandbox.control.forget_calls()
    yield sandbox
    sandbox.control.switch(**SWITCHES)


def run(node: SandboxProcess, **options: t.Any) -> dict[str, t.Any]:
    return run_module(node.environ, "scenario_run", **{"project": "SHOP", "scenario": "Nightly", **options})


def refusal(node: SandboxProcess, **options: t.Any) -> DssError:
    with pytest.raises(DssError) as caught:
        run(node, **options)
    assert_readable(str(caught.value))
    return caught.value


def starts(node: SandboxProcess) -> int:
    count: int = node.control.calls()["counts"].get(RUN, 0)
    return count


def runs(node: SandboxProcess) -> list[t.Any]:
    return list(node.client().get_project("SHOP").get_scenario("Nightly").get_last_runs())


def test_playbook_runs_scenarios_and_sees_their_failures(tmp_path: Path, shop: SandboxProcess) -> None:
    shop.control.outcomes(scenarios={"SHOP.Nightly": "FAILED", "SHOP.smoke": "WARNING"})
    smoke = {"project": "SHOP", "scenario": "smoke"}
    nightly = {"project": "SHOP", "scenario": "Nightly", "params": {"api_token": SECRET, "day": "2026-05-04"}}

    def task(name: str, options: dict[str, t.Any], **more: t.Any) -> dict[str, t.Any]:
        return {"dataiku_iac.dss.scenario_run": options, "register": name, "ignore_errors": True, **more}

    checks = [
        "planned is changed and planned.run is not defined",
        "planned.diff.prepared == 'run scenario SHOP.Nightly with api_token, day\\n'",
        "warned is changed and warned.run.outcome == 'WARNING' and warned.run.seconds >= 0 and warned.log is not defined",
        "warned.scenario == {'id': 'smoke', 'name': 'smoke'} and warned.run.start is search('Z$')",
        "warned.run.steps == [{'name': 'prepare', 'type': 'custom_python', 'outcome': 'WARNING', 'message': ''}]",
        "strict is failed and strict.msg is search('^scenario SHOP.smoke ended as WARNING after .* s, in prepare$')",
        "broken is failed and broken is changed and broken.run.outcome == 'FAILED'",
        "broken.msg is search('^scenario SHOP.Nightly ended as FAILED after .* s, in load .*: Step load .* failed: ')",
        "broken.run.steps | map(attribute='outcome') == ['SUCCESS', 'FAILED'] and 'ERROR: Step load' in broken.log",
        "begun is changed and begun.run.outcome is none and begun.run.id is none",
        "info is not changed and info.scenarios | map(attribute='id') == ['Nightly', 'smoke']",
        "info.scenarios[0].runs[0].outcome == 'FAILED' and info.scenarios[1].runs | length == 3",
        "info.running == [] and info.testing == {'ran': 1, 'outcomes': {'WARNING': 1}}",
    ]
    tasks = [
        task("planned", nightly, check_mode=True),
        task("warned", smoke),
        task("strict", {**smoke, "fail_on": ["WARNING", "FAILED"]}),
        task("broken", nightly),
        task("begun", {**smoke, "wait": False}),
        {"dataiku_iac.dss.scenario_run_info": {"project": "SHOP"}, "register": "info"},
        {"ansible.builtin.assert": {"that": checks}},
    ]
    played = play(tmp_path, tasks, "-vvv", environ=shop.environ)
    assert played.code == 0, played.output
    assert starts(shop) == 4
    assert SECRET not in played.output.replace(f'"api_token": "{SECRET}"', "")
    assert "(sensitive)" in played.output


def test_one_that_takes_too_long_goes_on(shop: SandboxProcess) -> None:
    shop.control.switch(scenario_run_seconds=60)
    error = refusal(shop, wait_timeout=0.3)
    assert isinstance(error, RunError)
    (begun,) = runs(shop)
    assert str(error) == (
        f"scenario SHOP.Nightly (run {begun.id}) did not end within 0.3 s and goes on in DSS: raise wait_timeout"
    )
    assert error.result["changed"] and error.result["run"]["id"] == begun.id and begun.running
    info = run_module(shop.environ, "scenario_run_info", project="SHOP", scenario="Nightly", limit=1)
    assert info["running"] == ["Nightly"] and info["scenarios"][0]["runs"][0]["outcome"] is None


def test_one_that_takes_too_long_is_aborted_if_asked(shop: SandboxProcess) -> None:
    shop.control.switch(scenario_run_seconds=60)
    error = refusal(shop, wait_timeout=0.3, abort_on_timeout=True)
    assert isinstance(error, RunError)
    assert str(error).endswith("did not end within 0.3 s and was aborted")
    assert error.result["run"]["outcome"] == "ABORTED" and not runs(shop)[0].running


def test_one_that_does_not_even_begin_in_time(shop: SandboxProcess) -> None:
    shop.control.switch(scenario_start_seconds=60)
    error = refusal(shop, wait_timeout=0.3, abort_on_timeout=True)
    assert str(error).startswith("the start of scenario SHOP.Nightly did not end within 0.3 s and goes on in DSS")


def test_a_late_begin_is_waited_for(shop: SandboxProcess) -> None:
    shop.control.switch(scenario_start_seconds=1)
    assert run(shop)["run"]["outcome"] == "SUCCESS"


def test_a_cancelled_start_is_an_error_and_no_change(shop: SandboxProcess) -> None:
    shop.control.outcomes(scenarios={"*": "CANCELLED"})
    error = refusal(shop)
    assert isinstance(error, RunError)
    assert str(error).startswith("scenario SHOP.Nightly was not run: DSS cancelled the start")
    assert error.result["changed"] is False and error.result["run"]["outcome"] == "CANCELLED"


def test_a_start_whose_answer_is_lost_is_found_and_not_sent_again(shop: SandboxProcess) -> None:
    run(shop)
    shop.control.fault("POST", "*/run", drop="after")
    result = run(shop, params={"day": 1})
    assert starts(shop) == len(runs(shop)) == 2
    assert result["run"]["id"] == runs(shop)[0].id and result["run"]["outcome"] == "SUCCESS"
    assert result["warnings"] == [
        f"the answer to the start of scenario SHOP.Nightly was lost; run {result['run']['id']}, which began then, "
        "is taken for it"
    ]


def test_a_start_that_did_not_arrive_is_said_to_be_doubtful(shop: SandboxProcess) -> None:
    shop.control.fault("POST", "*/run", drop="before")
    error = refusal(shop, wait_timeout=0.6)
    assert "nothing has begun within 1 s: look in DSS whether scenario SHOP.Nightly runs" in str(error)
    assert not runs(shop)


def test_passing_faults_of_the_node_do_not_end_the_waiting(shop: SandboxProcess) -> None:
    shop.control.fault("GET", "*/get-run-for-trigger", status=500, count=2)
    shop.control.fault("GET", "*/scenarios/Nightly/2*", status=503, count=5)
    assert run(shop)["run"]["outcome"] == "SUCCESS"


def test_lasting_faults_end_the_waiting_and_say_what_goes_on(shop: SandboxProcess) -> None:
    shop.control.fault("GET", "*/get-run-for-trigger", status=403, message="not allowed")
    assert str(refusal(shop)).endswith("(while waiting for the start of scenario SHOP.Nightly, which may still come)")
    shop.control.fault("GET", "*/scenarios/Nightly/2*", status=403, message="not allowed")
    error = refusal(shop)
    assert isinstance(error, RunError)
    assert str(error).endswith("which goes on in DSS)") and error.result["run"]["id"] == runs(shop)[0].id


def test_the_testing_status_is_that_of_a_bundle_if_asked(shop: SandboxProcess) -> None:
    run(shop, scenario="smoke")
    told = [
        run_module(shop.environ, "scenario_run_info", project="SHOP", bundle=name)["testing"] for name in (None, "v1")
    ]
    assert told == [{"ran": 1, "outcomes": {"SUCCESS": 1}}, {"ran": 0, "outcomes": {}}]


def test_a_log_that_cannot_be_read_hides_no_failure(shop: SandboxProcess) -> None:
    shop.control.outcomes(scenarios={"*": "FAILED"})
    shop.control.fault("GET", "*/log", status=500, message="disk full", count=0)
    error = refusal(shop, scenario="smoke")
    assert isinstance(error, RunError)
    assert "SHOP.smoke ended as FAILED" in str(error) and "disk full" in error.result["log"]


def test_a_run_that_ends_at_once_costs_five_calls(shop: SandboxProcess) -> None:
    run(shop)
    assert shop.control.calls()["total"] == 5


def test_names_and_ids(shop: SandboxProcess) -> None:
    assert "SHOP has no scenario 'nigthly'; did you mean 'Nightly'?" in str(refusal(shop, scenario="nigthly"))
    assert "project SHOPS does not exist, or the key may not read it" in str(refusal(shop, project="SHOPS"))
    project = shop.client().get_project("SHOP")
    for name in ("first", "second"):
        settings = project.create_scenario(name, "step_based").get_settings()
        settings.get_raw()["name"] = "twin"
        settings.save()
    error = refusal(shop, scenario="twin")
    assert str(error) == "SHOP has 2 scenarios named 'twin': give one of the ids first, second"
    assert run(shop, scenario="second")["scenario"] == {"id": "second", "name": "twin"}


def test_a_key_without_the_right_to_run(shop: SandboxProcess) -> None:
    key = shop.control.key(projects={"SHOP": "read"})
    error = refusal(shop, api_key=key)
    assert "the key needs the right to run scenarios of the project" in str(error)
    assert not runs(shop)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the workers of a run are looked up in /proc")
def test_a_signal_ends_the_waiting_and_says_that_the_run_goes_on(tmp_path: Path, shop: SandboxProcess) -> None:
    shop.control.switch(scenario_run_seconds=60)
    task = {"dataiku_iac.dss.scenario_run": {"project": "SHOP", "scenario": "Nightly"}}
    background = Background(tmp_path, [task], shop.environ)
    try:
        until(lambda: starts(shop) and background.workers())
        for worker in background.workers():
            os.kill(worker, signal.SIGTERM)
        assert background.wait() != 0
        assert "stopped by SIGTERM while waiting for scenario SHOP.Nightly (run" in background.output
        assert "which goes on in DSS" in background.output and "Traceback" not in background.output
    finally:
        background.close()
    assert runs(shop)[0].running
