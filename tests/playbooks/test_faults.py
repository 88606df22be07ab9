# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fault at any call of an apply: one sentence, a consistent node, and a next run that finishes the job."""

from __future__ import annotations

import typing as t
from collections import Counter

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
from support.engine import run_module
from support.sandbox import SandboxProcess
from support.sentences import assert_readable

DEFINITION: dict[str, t.Any] = {
    "project": {"key": "FAULT", "name": "Fault", "tags": ["a"]},
    "variables": {"standard": {"a": 1}},
    "managed_folders": [{"name": "docs", "description": "Documents"}],
    "datasets": [{"name": "raw", "type": "managed", "tags": ["t"]}, {"name": "out", "type": "managed"}],
    "recipes": [
        {"name": "code", "type": "python", "inputs": ["raw"], "outputs": ["out"], "code": "print(1)\n", "tags": ["t"]}
    ],
    "scenarios": [{"name": "Daily", "active": False, "steps": [{"type": "build", "dataset": "out"}]}],
}
OTHER = {"project": {"key": "FAULT"}, "datasets": [{"name": "raw", "type": "managed", "managed": False}]}
FAULTS: dict[str, dict[str, t.Any]] = {
    "a 500": {"status": 500},
    "a login page": {"raw_body": "<html>Please log in</html>"},
    "an empty body": {"raw_body": ""},
    "JSON of another form": {"raw_body": "{}"},
    "a connection dropped before": {"drop": "before"},
    "a connection dropped after": {"drop": "after"},
    "half an answer": {"cut": True},
    "a lost write": {"lost": True},
}


def run(node: SandboxProcess, definition: dict[str, t.Any] | None = None, **options: t.Any) -> str:
    """One at a time, so that the calls come in one order; returns the message of a failure."""
    try:
        run_module(node.environ, definition=definition or DEFINITION, workers=1, timeout=5.0, **options)
    except DssError as error:
        if isinstance(error, RunError) and "outcome" in error.result:
            outcome = error.result["outcome"]
            assert outcome["failed"] or outcome["skipped"]
        return str(error)
    return ""


def number_of_calls(node: SandboxProcess) -> int:
    node.control.forget_calls()
    assert run(node) == ""
    total: int = node.control.calls()["total"]
    return total


def names(node: SandboxProcess) -> Counter[str]:
    project = node.client().get_project("FAULT")
    listed = [
        *project.list_datasets(),
        *project.list_recipes(),
        *project.list_managed_folders(),
        *project.list_scenarios(),
    ]
    return Counter(item["name"] for item in listed)


def assert_finished_by_the_next_run(node: SandboxProcess) -> None:
    node.control.clear_faults()
    assert run(node) == ""
    assert not run_module(node.environ, definition=DEFINITION, check=True)["changed"]
    assert names(node) == Counter(["docs", "raw", "out", "code", "Daily"])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_call_ends_in_one_sentence_and_the_next_run_finishes(
    sandbox: SandboxProcess, fault: str
) -> None:
    done_all_the_same = fault in ("a connection dropped after", "half an answer")
    failures = 0
    for index in range(number_of_calls(sandbox)):
        sandbox.control.reset()
        sandbox.control.fault(skip=index, **FAULTS[fault])
        message = run(sandbox)
        failures += bool(message)
        if message:
            assert_readable(message)
        if done_all_the_same:  # an answer that was lost is looked up, the write is not done twice
            assert message == ""
            posts = [call for call in sandbox.control.calls()["calls"] if call["method"] == "POST"]
            assert len([call for call in posts if "/admin/audit/" not in call["path"]]) == 6
        assert_finished_by_the_next_run(sandbox)
    assert failures or done_all_the_same


@pytest.mark.parametrize("body", ["null", "[]", '"done"', "7"])
def test_json_that_is_not_of_dss_ends_in_a_sentence_at_every_call(sandbox: SandboxProcess, body: str) -> None:
    for index in range(0, number_of_calls(sandbox), 3):
        sandbox.control.reset()
        sandbox.control.fault(skip=index, raw_body=body)
        assert_readable(run(sandbox))


def test_a_creation_that_takes_longer_than_the_timeout_is_waited_for(sandbox: SandboxProcess) -> None:
    assert run(sandbox, {"project": DEFINITION["project"]}) == ""
    sandbox.control.fault("POST", "/projects/FAULT/managedfolders*", delay_ms=700)
    folders = {"project": {"key": "FAULT"}, "managed_folders": DEFINITION["managed_folders"]}
    run_module(sandbox.environ, definition=folders, timeout=0.3)
    assert names(sandbox) == Counter(["docs"])


def test_a_read_is_tried_again_while_the_node_is_starting(sandbox: SandboxProcess) -> None:
    sandbox.control.fault("GET", "*", status=503, count=3)
    assert run(sandbox) == ""


def test_a_write_is_not_tried_again_when_it_may_have_arrived(sandbox: SandboxProcess) -> None:
    assert run(sandbox, {"project": DEFINITION["project"]}) == ""
    sandbox.control.forget_calls()
    sandbox.control.fault("POST", "/projects/FAULT/datasets*", drop="before")
    assert "run again" in run(sandbox)
    counts = sandbox.control.calls()["counts"]
    assert counts["POST /projects/FAULT/datasets/managed"] == 1


def test_a_write_that_was_refused_for_its_rate_is_tried_again(sandbox: SandboxProcess) -> None:
    sandbox.control.fault("POST", "*", status=429, count=2)
    assert run(sandbox) == ""


@pytest.mark.parametrize("method", ["DELETE", "POST", "PUT"])
@pytest.mark.parametrize(
    "fault", ["a 500", "a login page", "a connection dropped before", "a connection dropped after"]
)
def test_a_replacement_that_fails_leaves_what_was_there_before(
    sandbox: SandboxProcess, method: str, fault: str
) -> None:
    """The recipe is not declared: nothing but the node knows its code."""
    assert run(sandbox) == ""
    code = sandbox.client().get_project("FAULT").get_recipe("code").get_settings().get_code()
    sandbox.control.fault(method, "/projects/FAULT/*", **FAULTS[fault])
    message = run(sandbox, OTHER)
    if message:
        assert_readable(message)
    sandbox.control.clear_faults()
    assert names(sandbox) == Counter(["docs", "raw", "out", "code", "Daily"])
    settings = sandbox.client().get_project("FAULT").get_recipe("code").get_settings()
    assert settings.get_code() == code
    assert settings.get_flat_input_refs() == ["raw"]
    assert settings.get_recipe_raw_definition()["tags"] == ["t"]
    assert run(sandbox, OTHER) == ""
    assert not run_module(sandbox.environ, definition=OTHER, check=True)["changed"]


def test_a_recipe_that_reads_two_replaced_datasets_is_made_again_once(sandbox: SandboxProcess) -> None:
    two = {**DEFINITION, "recipes": [{**DEFINITION["recipes"][0], "inputs": ["raw", "other"]}]}
    two["datasets"] = [*DEFINITION["datasets"], {"name": "other", "type": "managed"}]
    assert run(sandbox, two) == ""
    both = {
        "project": {"key": "FAULT"},
        "datasets": [{"name": name, "type": "managed", "managed": False} for name in ("raw", "other")],
    }
    # Were both replaced at once, the second would look for the recipe while the first has taken it along.
    sandbox.control.fault("GET", "/projects/FAULT/recipes/code", skip=1, delay_ms=200)
    sandbox.control.fault("POST", "/projects/FAULT/datasets*", delay_ms=600)
    run_module(sandbox.environ, definition=both)
    settings = sandbox.client().get_project("FAULT").get_recipe("code").get_settings()
    assert settings.get_flat_input_refs() == ["raw", "other"]
    assert settings.get_code() == "print(1)\n"


def test_a_deletion_that_the_node_only_says_it_did_is_a_failure(sandbox: SandboxProcess) -> None:
    assert run(sandbox) == ""
    sandbox.control.fault("DELETE", "*", lost=True)
    with pytest.raises(RunError, match="accepted the deletion but still holds it: run again") as caught:
        run_module(sandbox.environ, "recipe", project="FAULT", name="code", type="python", state="absent")
    assert caught.value.result["outcome"]["applied"] == []
    result = run_module(sandbox.environ, "recipe", project="FAULT", name="code", type="python", state="absent")
    assert result["outcome"]["applied"] == ["recipe.FAULT.code"]


def broken_datasets(node: SandboxProcess) -> dict[str, t.Any]:
    assert run(node, {"project": DEFINITION["project"]}) == ""
    node.control.fault("POST", "/projects/FAULT/datasets*", status=500)
    return DEFINITION


def test_stop_starts_nothing_new_after_a_failure(sandbox: SandboxProcess) -> None:
    definition = broken_datasets(sandbox)
    with pytest.raises(RunError) as caught:
        run_module(sandbox.environ, definition=definition, workers=1)
    outcome = caught.value.result["outcome"]
    assert [entry["address"] for entry in outcome["failed"]] == ["dataset.FAULT.raw"]
    assert set(outcome["skipped"]) >= {"dataset.FAULT.out", "recipe.FAULT.code", "scenario.FAULT.Daily"}
    assert (
        len(outcome["applied"]) + 1 + len(outcome["skipped"])
        == sum(caught.value.result["plan"]["summary"].values()) - 1
    )
    assert str(caught.value).startswith(f"the apply failed: {len(outcome['applied'])} applied, 1 failed, ")
    assert_finished_by_the_next_run(sandbox)


def test_continue_skips_only_what_depends_on_a_failure(sandbox: SandboxProcess) -> None:
    definition = broken_datasets(sandbox)
    with pytest.raises(RunError) as caught:
        run_module(sandbox.environ, definition=definition, workers=1, on_error="continue")
    outcome = caught.value.result["outcome"]
    assert [entry["address"] for entry in outcome["failed"]] == ["dataset.FAULT.raw"]
    assert outcome["skipped"] == ["recipe.FAULT.code"]
    assert set(outcome["applied"]) >= {"dataset.FAULT.out", "scenario.FAULT.Daily", "managed_folder.FAULT.docs"}
    assert_finished_by_the_next_run(sandbox)


def test_many_ready_actions_do_not_start_after_a_failure(sandbox: SandboxProcess) -> None:
    """All are ready at once: none may wait in a queue that nobody stops."""
    many = {
        "project": DEFINITION["project"],
        "datasets": [{"name": f"d{number}", "type": "managed"} for number in range(200)],
    }
    assert run(sandbox, {"project": DEFINITION["project"]}) == ""
    sandbox.control.fault("POST", "/projects/FAULT/datasets*", status=500, skip=5)
    with pytest.raises(RunError):
        run_module(sandbox.environ, definition=many, workers=2)
    assert len(sandbox.client().get_project("FAULT").list_datasets()) < 10


def test_what_a_node_drops_without_a_word_is_a_failure_that_names_the_field(sandbox: SandboxProcess) -> None:
    assert run(sandbox) == ""
    sandbox.control.fault("PUT", "/projects/FAULT/datasets/raw", lost=True)
    with pytest.raises(RunError) as caught:
        run_module(sandbox.environ, "dataset", project="FAULT", name="raw", type="managed", tags=["t", "gold"])
    assert "dataset.FAULT.raw: dropped: the node answered 200 but does not hold tags" in str(caught.value)
    assert_readable(str(caught.value))
