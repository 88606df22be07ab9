# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gates against a node: each type passes and fails, in a playbook and in this process."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
from support.engine import run_module
from support.playbook import play
from support.sandbox import SandboxProcess
from support.sentences import assert_readable

DEFINITION: dict[str, t.Any] = {
    "project": {"key": "SHOP", "name": "Shop"},
    "datasets": [{"name": name, "type": "managed"} for name in ("orders", "clean")],
    "recipes": [{"name": "tidy", "type": "sync", "inputs": ["orders"], "outputs": ["clean"]}],
    "scenarios": [{"name": name, "marked_as_test": True} for name in ("smoke", "deep")] + [{"name": "Nightly"}],
}
ALL: list[dict[str, t.Any]] = [
    {"test_scenarios": True},
    {"scenario": "Nightly", "params": {"day": 1}},
    {"name": "clean can be built", "build": ["clean"], "type": "forced"},
    {"recipe": "tidy"},
    {"data_quality": ["orders"]},
    {"project_standards": True, "max_severity": 2},
]


@pytest.fixture
def shop(sandbox: SandboxProcess) -> t.Iterator[SandboxProcess]:
    """A node with something for each type of gate; what a test switches is switched back."""
    run_module(sandbox.environ, definition=DEFINITION)
    dataset = sandbox.client().get_project("SHOP").get_dataset("orders")
    dataset.get_data_quality_rules().create_rule({"type": "RecordCountInRangeRule", "displayName": "Enough"})
    checks = [{"id": "described", "name": "It is described"}, {"id": "tested", "name": "It has tests"}]
    sandbox.control.instance(standards_checks=checks)
    sandbox.control.forget_calls()
    yield sandbox
    sandbox.control.switch(scenario_run_seconds=0, data_quality_status="text")


def gate(node: SandboxProcess, *gates: dict[str, t.Any], **options: t.Any) -> dict[str, t.Any]:
    return run_module(node.environ, "gate", project="SHOP", gates=list(gates), **options)


def refusal(node: SandboxProcess, *gates: dict[str, t.Any], **options: t.Any) -> str:
    with pytest.raises(DssError) as caught:
        gate(node, *gates, **options)
    assert_readable(str(caught.value))
    return str(caught.value)


def test_playbook_passes_gates_and_stops_at_one(tmp_path: Path, shop: SandboxProcess) -> None:
    shop.control.outcomes(jobs={"*": "FAILED"}, scenarios={"SHOP.deep": "FAILED"})
    good = [ALL[1], ALL[4], ALL[5]]

    def task(name: str, gates: list[dict[str, t.Any]], **options: t.Any) -> dict[str, t.Any]:
        more = {"check_mode": True} if name == "planned" else {}
        common = {"register": name, "ignore_errors": True, **more}
        return {"dataiku_iac.dss.gate": {"project": "SHOP", "gates": gates, **options}, **common}

    checks = [
        "planned is changed and planned.gates is not defined and planned.diff.prepared.splitlines() | length == 6",
        "'test_scenarios: run the test scenarios of SHOP: ' in planned.diff.prepared",
        "passed is changed and passed.passed and passed.msg == 'all 3 gates passed'",
        "passed.gates | map(attribute='name') == ['scenario Nightly', 'data_quality orders', 'project_standards']",
        "broken is failed and broken is changed and broken.gates | map(attribute='passed') == [true, false]",
        "broken.msg is search(\"^gate 'clean can be built' did not pass: the build of clean in SHOP ended as FAILED\")",
        "broken.msg is search('; 3 behind it not evaluated$') and 'ERROR: Building SHOP.clean' in broken.gates[1].log",
        "known is changed and not known.passed and known.gates | map(attribute='passed') == [false, true, false]",
        "known.msg is search(\"^2 of 3 gates did not pass: 'test_scenarios': 1 of 2 test scenarios failed: \")",
    ]
    tasks = [
        task("planned", ALL),
        task("passed", good),
        task("broken", ALL[1:]),
        task("known", [ALL[0], ALL[4], ALL[3]], fail=False, fail_fast=False),
        {"ansible.builtin.assert": {"that": checks}},
    ]
    played = play(tmp_path, tasks, environ=shop.environ)
    assert played.code == 0, played.output


def test_check_mode_writes_nothing_and_all_gates_pass(shop: SandboxProcess) -> None:
    planned = gate(shop, *ALL, check=True)
    assert shop.control.calls()["writes"] == 0
    done = gate(shop, *ALL)
    assert (planned["changed"], planned["diff"]) == (done["changed"], done["diff"])
    assert done["passed"] and [result["passed"] for result in done["gates"]] == [True] * 6
    assert all(result["seconds"] >= 0 and not result["log"] for result in done["gates"])


@pytest.mark.parametrize("form", ["text", "object"])
def test_data_quality(shop: SandboxProcess, form: str) -> None:
    shop.control.switch(data_quality_status=form)
    assert "orders is EMPTY" in refusal(shop, {"data_quality": ["orders"], "compute": False})
    shop.control.outcomes(data_quality={"SHOP.orders": "WARNING"})
    assert gate(shop, {"data_quality": ["orders"]})["passed"]
    seen = gate(shop, {"data_quality": ["orders"], "compute": False})
    assert seen["changed"] is False and seen["passed"]
    message = refusal(shop, {"data_quality": ["orders"], "allowed": ["OK"]})
    assert "is not OK: orders is WARNING (rule 'Enough' WARNING: " in message
    assert "SHOP has no dataset 'order'; did you mean 'orders'?" in refusal(shop, {"data_quality": ["order"]})
    assert "so this gate could never fail" in refusal(shop, {"data_quality": True})
    assert gate(shop, {"data_quality": True, "allow_none": True})["changed"] is False


def test_project_standards(shop: SandboxProcess) -> None:
    shop.control.outcomes(standards={"SHOP": {"described": 4, "tested": "RUN_ERROR"}})
    message = refusal(shop, {"project_standards": True})
    assert "2 of 2 checks of the project standards failed: It is described: severity 4 (high)" in message
    assert "It has tests: RUN_ERROR" in message
    assert gate(shop, {"project_standards": True, "max_severity": 4, "checks": ["described"]})["passed"]
    shop.control.outcomes(standards={"SHOP": {"*": "NOT_APPLICABLE"}})
    assert "no check of the project standards applies to SHOP" in refusal(shop, {"project_standards": True})
    assert "does not exist" in refusal(shop, {"project_standards": True, "checks": ["no"]})


def test_test_scenarios_have_to_be_there(shop: SandboxProcess) -> None:
    for name in ("smoke", "deep"):
        shop.client().get_project("SHOP").get_scenario(name).delete()
    assert "SHOP has no test scenario, so this gate could never fail" in refusal(shop, {"test_scenarios": True})
    result = gate(shop, {"test_scenarios": True, "allow_none": True})
    assert result["passed"] and result["changed"] is False


def test_names_that_are_not_there_fail_before_anything_runs(shop: SandboxProcess) -> None:
    message = refusal(shop, {"scenario": "Nightly"}, {"scenario": "Nigthly"})
    assert message == "SHOP has no scenario 'Nigthly'; did you mean 'Nightly'?"
    assert "gates[1]: a gate has one of test_scenarios" in refusal(shop, {"scenario": "Nightly"}, {"name": "x"})
    assert shop.control.calls()["writes"] == 0


def test_a_gate_that_takes_too_long_and_one_that_the_key_may_not_run(shop: SandboxProcess) -> None:
    shop.control.switch(scenario_run_seconds=60)
    message = refusal(shop, {"scenario": "Nightly", "wait_timeout": 0.2, "abort_on_timeout": True})
    assert message.endswith("did not end within 0.2 s and was aborted")
    key = shop.control.key(projects={"SHOP": "read"})
    options = {"api_key": key, "fail": False, "fail_fast": False}
    found = gate(shop, *ALL, **options)
    assert [result["passed"] for result in found["gates"]] == [False] * 6
    assert all("the key needs the right to" in result["message"] for result in found["gates"])


def test_secrets_among_the_parameters_are_not_shown(shop: SandboxProcess) -> None:
    secret = "s3cr3t-of-the-shop"
    project = shop.client().get_project("SHOP")
    settings = project.get_scenario("Nightly").get_settings()
    settings.get_raw()["params"]["steps"] = [{"type": "custom_python", "name": f"load {secret}", "id": "s"}]
    settings.save()
    shop.control.outcomes(scenarios={"*": "FAILED"})
    with pytest.raises(RunError) as caught:
        gate(shop, {"scenario": "Nightly", "params": {"token": secret}})
    assert "in load (sensitive): " in str(caught.value)
    assert secret not in str(caught.value) + str(caught.value.result)
