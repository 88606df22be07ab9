# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that has too much to do gets fewer calls at a time, as the node itself counts them."""

from __future__ import annotations

import typing as t
from functools import partial

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import node_options
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.parallel import gather
from support.engine import run_module
from support.sandbox import SandboxProcess

WORKERS = 8


@pytest.fixture
def busy() -> t.Iterator[SandboxProcess]:
    """A node that takes 40 ms for each answer."""
    process = SandboxProcess("--latency-ms", "40")
    yield process
    process.stop()


@pytest.fixture
def switched(sandbox: SandboxProcess) -> t.Iterator[SandboxProcess]:
    """A node whose switches are put back."""
    usual = sandbox.control.switches()
    yield sandbox
    sandbox.control.switch(**usual)


def datasets(count: int) -> dict[str, t.Any]:
    return {
        "project": {"key": "PACE", "name": "Pace"},
        "datasets": [{"name": f"d{number:03}", "type": "managed"} for number in range(count)],
    }


def most_at_once(node: SandboxProcess, calls: int, connection: DssNode) -> int:
    node.control.forget_calls()
    gather([partial(connection.get, "/projects/PACE/metadata") for _number in range(calls)], WORKERS, lambda: None)
    most: int = node.control.calls()["most_open"]
    return most


def test_a_slow_node_gets_as_many_calls_as_it_can_work_on(busy: SandboxProcess) -> None:
    busy.client().create_project("PACE", "Pace", "admin")
    connection = DssNode(node_options({"workers": WORKERS}, busy.environ))
    assert most_at_once(busy, 40, connection) == WORKERS
    busy.control.switch(calls_at_once=1)
    most_at_once(busy, 40, connection)  # it is found out
    assert most_at_once(busy, 20, connection) <= 4
    busy.control.switch(calls_at_once=0)
    most_at_once(busy, 120, connection)
    assert most_at_once(busy, 20, connection) == WORKERS
    connection.close()


@pytest.mark.parametrize("wanted", [1, 3])
def test_a_node_that_refuses_what_is_too_much_gets_all_it_takes(switched: SandboxProcess, wanted: int) -> None:
    switched.client().create_project("PACE", "Pace", "admin")
    switched.control.fault("*", "/projects/PACE/datasets*", delay_ms=5, count=0)
    switched.control.switch(refused_beyond=wanted)
    switched.control.forget_calls()
    result = run_module(switched.environ, definition=datasets(60), workers=WORKERS)
    assert len(result["outcome"]["applied"]) == 60
    calls = switched.control.calls()["calls"]
    made = [call["status"] for call in calls if call["path"].endswith("/datasets/managed")]
    assert made.count(200) == 60  # nothing was made twice, nothing left out
    assert made.count(429) <= 30
    assert len(switched.client().get_project("PACE").list_datasets()) == 60


def test_what_a_node_asks_for_holds_for_all_calls(sandbox: SandboxProcess) -> None:
    sandbox.client().create_project("PACE", "Pace", "admin")
    connection = DssNode(node_options({"workers": WORKERS}, sandbox.environ))
    sandbox.control.fault("GET", "/projects/PACE/metadata", status=429, retry_after=1)
    most_at_once(sandbox, 20, connection)
    assert connection._gate.pace.resting_until > 0
    assert connection._gate.pace.allowed < WORKERS
    connection.close()


def test_writes_are_limited_apart(busy: SandboxProcess) -> None:
    busy.control.switch(writes="serial")
    run_module(busy.environ, definition={"project": {"key": "PACE", "name": "Pace"}})
    busy.control.forget_calls()
    run_module(busy.environ, definition=datasets(30), workers=WORKERS, write_connections=1)
    assert busy.control.calls()["most_open"] <= 3  # one write, beside the reads of the plan
