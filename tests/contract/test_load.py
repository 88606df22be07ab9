# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much the node does at a time: by counts and by the clock of its own reckoning."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from support.sandbox import PACKAGE

sys.path.append(str(PACKAGE))
from dss_sandbox.load import Load
from dss_sandbox.switches import Switches


@pytest.fixture
def load() -> tuple[Load, Switches]:
    """What a node reckons with, and its switches."""
    switches = Switches()
    return Load(switches), switches


def test_without_a_limit_each_call_takes_its_own_time(load: tuple[Load, Switches]) -> None:
    reckoning, _switches = load
    assert [reckoning.seconds_until_done(2.0, True, 10.0) for _number in range(3)] == [2.0, 2.0, 2.0]


def test_calls_beyond_what_is_worked_on_wait(load: tuple[Load, Switches]) -> None:
    reckoning, switches = load
    switches.set("calls_at_once", 2)
    assert [reckoning.seconds_until_done(1.0, False, 0.0) for _number in range(5)] == [1.0, 1.0, 2.0, 2.0, 3.0]
    assert reckoning.seconds_until_done(1.0, False, 2.5) == 1.0
    assert reckoning.seconds_until_done(1.0, False, 10.0) == 1.0
    switches.set("calls_at_once", 1)
    assert reckoning.seconds_until_done(1.0, False, 10.0) == 2.0
    switches.set("calls_at_once", 0)
    assert reckoning.seconds_until_done(1.0, False, 10.0) == 1.0


def test_serial_writes_wait_for_one_another_and_reads_do_not(load: tuple[Load, Switches]) -> None:
    reckoning, switches = load
    switches.set("writes", "serial")
    assert [reckoning.seconds_until_done(1.0, True, 0.0) for _number in range(3)] == [1.0, 2.0, 3.0]
    assert reckoning.seconds_until_done(1.0, False, 0.5) == 1.0


def test_what_is_beyond_the_limit_is_refused_and_counted(control: Any, running: Any) -> None:
    control.fault(path="/projects", delay_ms=300, count=0)
    control.switch(refused_beyond=2)
    control.forget_calls()
    url, auth = f"{running.url}/dip/publicapi/projects/", (running.api_key, "")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _number: requests.get(url, auth=auth, timeout=10), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429, 429, 429]
    assert {answer.json()["message"] for answer in answers if answer.status_code == 429} == {"Too many requests"}
    calls = control.calls()
    assert (calls["open"], calls["total"]) == (0, 6) and 3 <= calls["most_open"] <= 6
    control.forget_calls()
    assert control.calls()["most_open"] == 0


def test_a_fault_may_ask_for_rest(control: Any, running: Any) -> None:
    control.fault(status=429, retry_after=7)
    answer = requests.get(f"{running.url}/dip/publicapi/projects/", auth=(running.api_key, ""), timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    answer = requests.get(f"{running.url}/dip/publicapi/projects/", auth=(running.api_key, ""), timeout=10)
    assert "Retry-After" not in answer.headers
