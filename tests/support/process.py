# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ``ansible-playbook`` that runs in the background, to be interrupted."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
import typing as t
from pathlib import Path


class Background:
    """One run of tasks on localhost; it and its workers end with the test whatever happens."""

    def __init__(
        self, folder: Path, tasks: t.Sequence[t.Mapping[str, t.Any]], environ: t.Mapping[str, str], **play: t.Any
    ) -> None:
        book = folder / "background.json"
        book.write_text(
            json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks), **play}]), encoding="utf-8"
        )
        self._log = folder / "background.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                ["ansible-playbook", "-i", "localhost,", str(book)],
                env={**os.environ, **environ},
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._workers: set[int] = set()

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._log.read_text(encoding="utf-8")

    def workers(self) -> list[int]:
        """The processes below it that live now; they are remembered for ``close``."""
        found: list[int] = []
        for parent in [self.process.pid, *self._workers]:
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split())
        self._workers.update(found)
        return [pid for pid in self._workers if _lives(pid)]

    def wait(self) -> int:
        """The exit status, once the workers have ended too."""
        code = self.process.wait(30)
        until(lambda: not self.workers())
        return code

    def close(self) -> None:
        for pid in [*self.workers(), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(condition: t.Callable[[], t.Any], seconds: float = 30) -> None:
    """Wait for a condition; fails when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
