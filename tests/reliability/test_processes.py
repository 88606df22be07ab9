# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real ansible-playbook whose worker or parent is killed or told to end; a second one finishes the job."""

from __future__ import annotations

import os
import signal
import sys
import typing as t
from pathlib import Path

import pytest
from support.changing_project import LATTER
from support.playbook import play
from support.process import Background, until
from support.trial import FULL, Laboratory, Trial, assert_finished

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the workers of a run are looked up in /proc"
)
MOMENTS = [2, 15, 36] if FULL else [4, 30]  # writes that the node has got by then, of 46


class Playbook:
    """A run of the latter configuration against a node that takes its time."""

    def __init__(self, trial: Trial, folder: Path, writes: int) -> None:
        self.trial = trial
        self.folder = folder
        self.environ = trial.laboratory.sandbox.environ
        for method in ("PUT", "POST", "DELETE"):
            trial.control.fault(method, "*", delay_ms=80, count=0)
        self.run = Background(folder, [self.task], self.environ)
        until(lambda: self.run.workers() and len(trial.writes) >= writes)

    @property
    def task(self) -> dict[str, t.Any]:
        options = {**self.trial.options, "workers": 2}
        return {"dataiku_iac.dss.configuration": {"definition": LATTER, "max_deletes": 50, **options}}

    def kill_workers(self) -> None:
        for pid in self.run.workers():
            os.kill(pid, signal.SIGKILL)

    def finish(self) -> None:
        """Run once more, as somebody would who finds the run failed."""
        self.trial.control.clear_faults()
        again = play(self.folder, [self.task], environ=self.environ)
        assert again.code == 0, again.output
        assert_finished(self.trial)


@pytest.fixture(params=MOMENTS)
def playbook(laboratory: Laboratory, tmp_path: Path, request: pytest.FixtureRequest) -> t.Iterator[Playbook]:
    with laboratory.trial("local") as trial:
        found = Playbook(trial, tmp_path, request.param)
        yield found
        found.run.close()
        assert not found.run.workers()


def test_a_killed_worker(playbook: Playbook) -> None:
    playbook.kill_workers()
    assert playbook.run.wait() != 0
    assert playbook.trial.is_open and playbook.trial.is_locked  # the next run sees that the holder is gone
    playbook.finish()


def test_a_killed_parent(playbook: Playbook) -> None:
    playbook.run.process.kill()
    playbook.run.wait()
    assert not playbook.trial.is_open and not playbook.trial.is_locked  # the worker has stopped by itself
    playbook.finish()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_the_whole_group(playbook: Playbook, number: int) -> None:
    os.killpg(playbook.run.process.pid, number)
    assert playbook.run.wait() != 0
    assert not playbook.trial.is_open and not playbook.trial.is_locked
    assert "Traceback" not in playbook.run.output
    playbook.finish()
