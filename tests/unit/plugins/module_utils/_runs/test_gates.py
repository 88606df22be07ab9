# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gates: what they do, how they judge, and what they say."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import (
    ConfigurationError,
    DssError,
    Interrupted,
    NodeError,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._runs.gates import GateResult, outlook_of, run_gates
from support.scripted_node import ScriptedNode, in_turn, never

P = "/projects/K"
SCENARIOS = [
    {"id": "smoke", "name": "Smoke test", "markedAsTest": True},
    {"id": "deep", "name": "Deep test", "markedAsTest": True},
    {"id": "nightly", "name": "Nightly", "markedAsTest": False},
]
GRAPH = {
    "nodes": {
        "orders": {"type": "COMPUTABLE_DATASET", "ref": "orders", "successors": ["clean"], "predecessors": []},
        "cleaned": {"type": "COMPUTABLE_DATASET", "ref": "cleaned", "successors": [], "predecessors": ["clean"]},
        "f1": {"type": "COMPUTABLE_FOLDER", "ref": "f1", "successors": [], "predecessors": ["clean"]},
        "clean": {
            "type": "RUNNABLE_RECIPE",
            "ref": "clean",
            "successors": ["cleaned", "f1"],
            "predecessors": ["orders"],
        },
    }
}


def scenario_calls(scenario: str, outcome: str) -> dict[str, t.Any]:
    fire = {"trigger": {"id": "manual", "type": "manual"}, "runId": f"fire-{scenario}", "cancelled": False}
    run = {"runId": f"run-{scenario}", "start": 1000, "end": 3000, "result": {"outcome": outcome}}
    step = {"step": {"name": "Check", "type": "custom_python"}, "result": {"outcome": outcome}}
    if outcome == "FAILED":
        step["result"]["thrown"] = {"message": "3 rows too many"}
    path = f"{P}/scenarios/{scenario}"
    return {
        f"GET {path}/get-last-runs": [],
        f"POST {path}/run": fire,
        f"GET {path}/get-run-for-trigger": {"scenarioRun": run},
        f"GET {path}/run-{scenario}/": {"scenarioRun": run, "stepRuns": [step]},
        f"GET {path}/run-{scenario}/log": "one\ntwo",
    }


def job_calls(state: str) -> dict[str, t.Any]:
    return {
        f"GET {P}/flow/graph/": GRAPH,
        f"GET {P}/jobs/": [],
        f"POST {P}/jobs/": {"id": "job.1"},
        f"GET {P}/jobs/job.1/": {
            "baseStatus": {"def": {"id": "job.1"}, "state": state, "startTime": 1, "endTime": 2001}
        },
        f"GET {P}/jobs/job.1/log": "broken pipe",
    }


def quality_calls(status: str) -> dict[str, t.Any]:
    path = f"{P}/datasets/orders/data-quality"
    return {
        f"GET {P}/flow/graph/": GRAPH,
        f"GET {P}/data-quality/status": {"orders": {}},
        f"POST {path}/actions/compute-rules": {"jobId": "f", "hasResult": True, "result": {}},
        f"GET {path}/status": f'"{status}"',
        f"GET {path}/last-rules-result": [{"name": "Rows", "outcome": "ERROR", "message": "none"}],
    }


def standards_calls(*results: dict[str, t.Any]) -> dict[str, t.Any]:
    info = {
        f"c{number}": {"check": {"name": f"Check {number}"}, "result": result} for number, result in enumerate(results)
    }
    report = {"projectKey": "K", "bundleChecksRunInfo": info}
    return {f"POST {P}/project-standards/actions/run": {"jobId": "f", "hasResult": True, "result": report}}


def judged(gate: dict[str, t.Any], calls: dict[str, t.Any]) -> GateResult:
    node: t.Any = ScriptedNode({f"GET {P}/scenarios/": SCENARIOS, **calls})
    (result,) = run_gates(node, "K", [gate], 5, never)
    return result


FOUND = {"status": "RUN_SUCCESS", "severity": 4, "message": "no description"}
CASES = {
    "scenario by name": (
        {"scenario": "Nightly"},
        scenario_calls("nightly", "SUCCESS"),
        True,
        "ended as SUCCESS after 2 s",
    ),
    "scenario fails": (
        {"scenario": "nightly"},
        scenario_calls("nightly", "FAILED"),
        False,
        "scenario K.nightly ended as FAILED after 2 s, in Check: 3 rows too many",
    ),
    "scenario warns": ({"scenario": "nightly"}, scenario_calls("nightly", "WARNING"), True, "ended as WARNING"),
    "scenario must not warn": (
        {"scenario": "nightly", "fail_on": ["WARNING"]},
        scenario_calls("nightly", "WARNING"),
        False,
        "ended as WARNING after 2 s, in Check",
    ),
    "scenario unknown": ({"scenario": "nighty"}, {}, False, "K has no scenario 'nighty'; did you mean 'nightly'?"),
    "tests pass": (
        {"test_scenarios": True},
        {**scenario_calls("smoke", "SUCCESS"), **scenario_calls("deep", "SUCCESS")},
        True,
        "2 of 2 test scenarios passed",
    ),
    "one test fails": (
        {"test_scenarios": True},
        {**scenario_calls("smoke", "FAILED"), **scenario_calls("deep", "SUCCESS")},
        False,
        "1 of 2 test scenarios failed: scenario K.smoke ended as FAILED",
    ),
    "no test": (
        {"test_scenarios": True},
        {f"GET {P}/scenarios/": SCENARIOS[2:]},
        False,
        "K has no test scenario, so this gate could never fail: allow_none",
    ),
    "no test is fine": (
        {"test_scenarios": True, "allow_none": True},
        {f"GET {P}/scenarios/": []},
        True,
        "K has no test scenario, which allow_none lets pass",
    ),
    "build": ({"build": ["cleaned"]}, job_calls("DONE"), True, "the build of cleaned in K ended as DONE after 2 s"),
    "build fails": ({"build": ["cleaned"]}, job_calls("FAILED"), False, "the build of cleaned in K ended as FAILED"),
    "recipe": ({"recipe": "clean"}, job_calls("DONE"), True, "the build of recipe clean in K ended as DONE"),
    "quality": ({"data_quality": ["orders"]}, quality_calls("OK"), True, "as allowed: orders is OK"),
    "quality of all": ({"data_quality": True}, quality_calls("WARNING"), True, "as allowed: orders is WARNING"),
    "quality fails": (
        {"data_quality": ["orders"]},
        quality_calls("ERROR"),
        False,
        "not OK or WARNING: orders is ERROR (rule 'Rows' ERROR: none)",
    ),
    "quality is strict": (
        {"data_quality": ["orders"], "allowed": ["OK"]},
        quality_calls("WARNING"),
        False,
        "is not OK:",
    ),
    "quality was never computed": (
        {"data_quality": True},
        quality_calls("NOT_COMPUTED"),
        False,
        "orders is NOT_COMPUTED",
    ),
    "no quality": (
        {"data_quality": True},
        {f"GET {P}/data-quality/status": {}},
        False,
        "no dataset of K has its data quality monitored, so this gate could never fail",
    ),
    "quality of nothing": (
        {"data_quality": ["order"]},
        quality_calls("OK"),
        False,
        "K has no dataset 'order'; did you mean 'orders'?",
    ),
    "standards": (
        {"project_standards": True},
        standards_calls({**FOUND, "severity": 3}, {"status": "NOT_APPLICABLE"}),
        True,
        "1 checks of the project standards found nothing above severity 3",
    ),
    "standards fail": (
        {"project_standards": True},
        standards_calls(FOUND),
        False,
        "1 of 1 checks of the project standards failed: Check 0: severity 4 (high), no description",
    ),
    "standards are lenient": (
        {"project_standards": True, "max_severity": 4},
        standards_calls(FOUND),
        True,
        "severity 4",
    ),
    "a check breaks": (
        {"project_standards": True, "max_severity": 5},
        standards_calls({"status": "RUN_ERROR", "message": "no such module"}),
        False,
        "Check 0: RUN_ERROR, no such module",
    ),
    "a check without a severity": (
        {"project_standards": True, "max_severity": 5},
        standards_calls({"status": "RUN_SUCCESS"}),
        False,
        "Check 0: RUN_SUCCESS",
    ),
    "no check applies": (
        {"project_standards": True},
        standards_calls({"status": "NOT_APPLICABLE"}),
        False,
        "no check of the project standards applies to K, so this gate could never fail",
    ),
}


@pytest.mark.parametrize(("gate", "calls", "passed", "message"), CASES.values(), ids=CASES)
def test_a_gate_judges(gate: dict[str, t.Any], calls: dict[str, t.Any], passed: bool, message: str) -> None:
    result = judged(gate, calls)
    assert result.passed is passed, result.message
    assert message in result.message


def test_a_failed_run_brings_the_end_of_its_log() -> None:
    assert judged({"scenario": "nightly"}, scenario_calls("nightly", "FAILED")).log == "one\ntwo"
    assert judged({"build": ["cleaned"]}, job_calls("FAILED")).log == "broken pipe"
    tests = {**scenario_calls("smoke", "FAILED"), **scenario_calls("deep", "SUCCESS")}
    assert judged({"test_scenarios": True}, tests).log == "scenario K.smoke:\none\ntwo"


def test_the_first_failure_ends_the_list_unless_told_otherwise() -> None:
    calls = {**scenario_calls("smoke", "FAILED"), **scenario_calls("deep", "SUCCESS")}
    gates = [{"name": "first", "scenario": "smoke"}, {"scenario": "deep"}]
    for fail_fast, expected in ((True, [("first", False)]), (False, [("first", False), ("scenario deep", True)])):
        node: t.Any = ScriptedNode({f"GET {P}/scenarios/": SCENARIOS, **calls})
        results = run_gates(node, "K", gates, 5, never, fail_fast)
        assert [(result.name, result.passed) for result in results] == expected


def test_an_error_of_the_node_is_a_failure_and_a_signal_is_not() -> None:
    refused = NodeError("POST run: the node answered 403: not allowed", 403)
    calls = {**scenario_calls("nightly", "SUCCESS"), f"POST {P}/scenarios/nightly/run": refused}
    assert "not allowed: the key needs the right to run scenarios" in judged({"scenario": "nightly"}, calls).message

    waiting = {**scenario_calls("nightly", "SUCCESS"), f"GET {P}/scenarios/nightly/get-run-for-trigger": {}}
    waiting[f"GET {P}/scenarios/trigger/nightly/manual"] = {"cancelled": False}
    node: t.Any = ScriptedNode({f"GET {P}/scenarios/": SCENARIOS, **waiting})
    with pytest.raises(Interrupted, match=r"while waiting for the start of scenario K\.nightly, which goes on in DSS"):
        run_gates(node, "K", [{"scenario": "nightly"}], 60, lambda: "stopped by SIGTERM")


def test_a_gate_has_its_own_time() -> None:
    calls = job_calls("RUNNING")
    result = judged({"build": ["cleaned"], "wait_timeout": 0.02}, calls)
    assert result.message.endswith("(job job.1) did not end within 0.02 s and goes on in DSS: raise wait_timeout")
    calls[f"GET {P}/jobs/job.1/"] = in_turn(calls[f"GET {P}/jobs/job.1/"], job_calls("ABORTED")[f"GET {P}/jobs/job.1/"])
    calls[f"POST {P}/jobs/job.1/abort"] = {}
    result = judged({"build": ["cleaned"], "wait_timeout": 0, "abort_on_timeout": True}, calls)
    assert result.message.endswith("(job job.1) did not end within 0 s and was aborted")


def test_the_outlook_writes_nothing_and_says_what_would_run() -> None:
    node: t.Any = ScriptedNode({f"GET {P}/scenarios/": SCENARIOS, **job_calls("DONE"), **quality_calls("OK")})
    gates = [
        {"test_scenarios": True},
        {"scenario": "Nightly"},
        {"build": ["cleaned"], "type": "forced"},
        {"recipe": "clean"},
        {"data_quality": ["orders"]},
        {"data_quality": True, "compute": False},
        {"project_standards": True},
    ]
    assert [(outlook.text, outlook.runs) for outlook in outlook_of(node, "K", gates)] == [
        ("run the test scenarios of K: smoke, deep", True),
        ("run scenario K.nightly", True),
        ("run the build of cleaned in K (NON_RECURSIVE_FORCED_BUILD)", True),
        ("run the build of recipe clean in K (NON_RECURSIVE_FORCED_BUILD)", True),
        ("compute and judge the data quality in K of orders", True),
        ("judge the data quality in K of orders", False),
        ("run the project standards of K", True),
    ]
    assert not node.writes()
    with pytest.raises(DssError, match="no recipe 'clan'; did you mean 'clean'"):
        outlook_of(node, "K", [{"recipe": "clan"}])


WRONG = {
    "text": ("smoke", r"gates\[0\]: a gate is a mapping, and not 'smoke'"),
    "none": ({"name": "x"}, "a gate has one of test_scenarios, .*; this one has none of them"),
    "two": ({"scenario": "a", "recipe": "b"}, "this one has scenario and recipe"),
    "typo": ({"scenaro": "a"}, "a gate has no 'scenaro'; did you mean 'scenario'"),
    "other option": ({"scenario": "a", "max_severity": 3}, "max_severity says nothing to a gate with scenario"),
    "false": ({"test_scenarios": False}, "test_scenarios is true, and not False"),
    "no datasets": ({"data_quality": []}, r"data_quality is true or a list of datasets, and not \[\]"),
    "severity": ({"project_standards": True, "max_severity": 6}, "max_severity is a severity from 0 to 5"),
    "outcome": ({"scenario": "a", "fail_on": ["BAD"]}, "fail_on is a list of WARNING, FAILED, ABORTED"),
    "type": ({"build": ["a"], "type": "all"}, "type is one of recursive, forced"),
    "output": ({"build": [{"nme": "a"}]}, "build is a list of names, or of mappings"),
    "time": ({"scenario": "a", "wait_timeout": "soon"}, "wait_timeout is a number of seconds"),
}


@pytest.mark.parametrize(("gate", "message"), WRONG.values(), ids=WRONG)
def test_a_gate_that_is_wrong_is_a_sentence_and_nothing_runs(gate: t.Any, message: str) -> None:
    node: t.Any = ScriptedNode({})
    with pytest.raises(ConfigurationError, match=message):
        run_gates(node, "K", [gate], 5, never)


def test_all_that_is_wrong_is_said_at_once_and_an_empty_list_is_wrong() -> None:
    node: t.Any = ScriptedNode({})
    with pytest.raises(ConfigurationError) as caught:
        run_gates(node, "K", [{"recipe": ""}, {"recipe": "a"}, {"x": 1}], 5, never)
    assert [problem.path for problem in caught.value.problems] == ["gates[0]", "gates[2]"]
    with pytest.raises(ConfigurationError, match="lets everything pass"):
        run_gates(node, "K", [], 5, never)
