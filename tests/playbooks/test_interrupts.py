# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Interrupts: nothing new starts, what is in flight ends, no process stays, and the next run finishes the job."""

from __future__ import annotations

import os
import signal
import sys
import typing as t
from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
from support.engine import run_module
from support.playbook import play
from support.process import Background, until
from support.sandbox import SandboxProcess

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the workers of a run are looked up in /proc"
)
COUNT = 30
DEFINITION = {
    "project": {"key": "STOP", "name": "Stop"},
    "datasets": [{"name": f"d{number:02}", "type": "managed", "tags": ["whole"]} for number in range(COUNT)],
}
ON_HOST = {"dss_run_on": "host", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}


def task(**options: t.Any) -> dict[str, t.Any]:
    return {"dataiku_iac.dss.configuration": {"definition": DEFINITION, "workers": 2, **options}}


@pytest.fixture
def slow(sandbox: SandboxProcess) -> SandboxProcess:
    """A node that takes a while to make a dataset."""
    sandbox.control.fault("POST", "/projects/STOP/datasets*", delay_ms=150, count=0)
    return sandbox


@pytest.fixture
def start(tmp_path: Path, slow: SandboxProcess) -> t.Iterator[t.Callable[..., Background]]:
    """Start a run and return once it makes datasets and its workers are known."""
    runs: list[Background] = []

    def started(*tasks: dict[str, t.Any], **play: t.Any) -> Background:
        run = Background(tmp_path, tasks or [task()], slow.environ, **play)
        runs.append(run)
        until(lambda: run.workers() and made(slow) >= 2)
        return run

    yield started
    for run in runs:
        run.close()


def made(node: SandboxProcess) -> int:
    """How many datasets were asked for."""
    calls: int = node.control.calls()["counts"].get("POST /projects/{projectKey}/datasets/managed", 0)
    return calls


def datasets(node: SandboxProcess) -> list[t.Any]:
    return [
        item.get_raw() if hasattr(item, "get_raw") else item
        for item in node.client().get_project("STOP").list_datasets()
    ]


def finished(node: SandboxProcess) -> bool:
    """Whether a run finished the job; what a killed worker had sent may still arrive during it, which it says."""
    try:
        run_module(node.environ, definition=DEFINITION)
    except RunError as error:
        assert "already exists" in str(error)
        return False
    return True


def assert_whole_and_finished_by_the_next_run(node: SandboxProcess) -> None:
    """What there is, is complete; the rest is made by the next run; nothing is there twice."""
    left = datasets(node)
    assert 0 < len(left) < COUNT
    assert all(item["tags"] == ["whole"] for item in left)
    node.control.clear_faults()
    result = run_module(node.environ, definition=DEFINITION)
    assert result["plan"]["summary"]["create"] == COUNT - len(left)
    assert set(Counter(item["name"] for item in datasets(node)).values()) == {1}
    assert not run_module(node.environ, definition=DEFINITION, check=True)["changed"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_ansible_lets_what_is_in_flight_end_and_nothing_new_start(
    start: t.Callable[..., Background], slow: SandboxProcess, number: int
) -> None:
    run = start()
    os.killpg(run.process.pid, number)
    assert run.wait() != 0
    assert made(slow) < COUNT
    assert "Traceback" not in run.output
    assert_whole_and_finished_by_the_next_run(slow)


def test_a_worker_with_a_large_result_ends_too_when_nobody_reads_it_any_more(
    start: t.Callable[..., Background], slow: SandboxProcess
) -> None:
    # A pipe takes 64 KiB: the plan of this configuration is longer.
    long = {**DEFINITION, "project": {**DEFINITION["project"], "description": "long " * 20_000}}
    run = start(task(definition=long))
    os.kill(run.process.pid, signal.SIGINT)
    assert run.wait() != 0


def test_a_signal_to_the_worker_alone_is_reported(start: t.Callable[..., Background], slow: SandboxProcess) -> None:
    run = start()
    for worker in run.workers():
        os.kill(worker, signal.SIGTERM)
    assert run.wait() != 0
    assert "stopped by SIGTERM" in run.output
    assert "run again to finish" in run.output
    assert "Traceback" not in run.output
    assert_whole_and_finished_by_the_next_run(slow)


def test_a_killed_worker_leaves_a_node_that_the_next_run_finishes(
    start: t.Callable[..., Background], slow: SandboxProcess
) -> None:
    run = start()
    for worker in run.workers():
        os.kill(worker, signal.SIGKILL)
    assert run.wait() != 0
    assert "Traceback" not in run.output
    calls = made(slow)
    # Those that were in flight may lack what the second call of a creation writes.
    slow.control.clear_faults()
    until(lambda: finished(slow))
    assert calls <= COUNT
    assert set(Counter(item["name"] for item in datasets(slow)).values()) == {1}
    assert not run_module(slow.environ, definition=DEFINITION, check=True)["changed"]


def test_a_worker_whose_parent_was_killed_starts_nothing_new_and_ends(
    start: t.Callable[..., Background], slow: SandboxProcess
) -> None:
    run = start()
    workers = run.workers()
    run.process.kill()
    run.wait()
    assert workers
    assert_whole_and_finished_by_the_next_run(slow)


def test_a_task_timeout_says_what_was_applied_and_stops(tmp_path: Path, slow: SandboxProcess) -> None:
    played = play(tmp_path, [{**task(), "timeout": 1}], environ=slow.environ)
    assert played.code != 0
    assert played.result["msg"].startswith("the task timed out: ")
    outcome = played.result["outcome"]
    assert outcome["applied"] and outcome["skipped"] and not outcome["failed"]
    assert "Traceback" not in played.output
    assert len(outcome["applied"]) == len(datasets(slow)) + 1
    assert_whole_and_finished_by_the_next_run(slow)


def test_a_module_on_its_host_stops_too_when_its_task_times_out(
    start: t.Callable[..., Background], slow: SandboxProcess
) -> None:
    # Ansible leaves the module running; it notices that nobody reads what it will print.
    slow.control.clear_faults()
    slow.control.fault("POST", "/projects/STOP/datasets*", delay_ms=1000, count=0)
    run = start({**task(), "timeout": 6, "vars": ON_HOST}, connection="local")
    assert run.wait() != 0
    assert_whole_and_finished_by_the_next_run(slow)


def test_a_signal_reaches_a_module_on_its_host(start: t.Callable[..., Background], slow: SandboxProcess) -> None:
    run = start({**task(), "vars": ON_HOST}, connection="local")
    os.kill(run.process.pid, signal.SIGINT)
    assert run.wait() != 0
    assert_whole_and_finished_by_the_next_run(slow)
