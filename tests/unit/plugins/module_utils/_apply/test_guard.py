# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a run has to stop."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import typing as t
from types import FrameType

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply import guard as module
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.guard import Guard
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Interrupted


def test_nothing_stops_a_run_by_itself() -> None:
    with Guard() as guard:
        guard.check()
        assert guard.stopped == ""
        assert not guard.ends_worker


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_kept_until_what_is_in_flight_has_ended_and_is_then_handed_over(number: signal.Signals) -> None:
    received: list[int] = []

    def handler(given: int, frame: FrameType | None) -> None:
        received.append(given)
        raise SystemExit

    before = signal.signal(number, handler)
    try:
        with Guard() as guard:
            os.kill(os.getpid(), number)
            assert guard.stopped == f"stopped by {number.name}"
            assert guard.ends_worker
            with pytest.raises(Interrupted, match=f"stopped by {number.name} before anything was changed"):
                guard.check()
            assert received == []
        with pytest.raises(SystemExit):
            guard.hand_over()
        assert received == [number]
    finally:
        signal.signal(number, before)


def test_the_first_reason_stays() -> None:
    guard = Guard()
    guard.stop("first")
    guard.stop("second")
    assert guard.stopped == "first"


def test_a_parent_that_is_gone_stops_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Guard()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert guard.stopped == "stopped because Ansible itself has ended"
    assert guard.ends_worker


def test_a_parent_that_was_gone_before_the_task_began_stops_a_run_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Parent:
        pid = 4_000_000

    monkeypatch.setattr(multiprocessing, "parent_process", Parent)
    assert Guard().stopped == "stopped because Ansible itself has ended"


def test_a_module_that_nobody_listens_to_stops() -> None:
    source = (
        "import sys\n"
        "from ansible.plugins.loader import init_plugin_loader\n"
        "init_plugin_loader()\n"
        f"from {module.__name__} import _unheard\n"
        "print(_unheard(), flush=True)\n"
        "sys.stdin.readline()\n"
        "sys.stderr.write(str(_unheard()))\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    streams = t.cast("tuple[t.IO[str], t.IO[str], t.IO[str]]", (child.stdin, child.stdout, child.stderr))
    try:
        assert streams[1].readline() == "False\n"
        streams[1].close()
        streams[0].write("\n")
        streams[0].flush()
        assert streams[2].read() == "True"
    finally:
        child.kill()
        child.wait()
        streams[0].close()
        streams[2].close()
