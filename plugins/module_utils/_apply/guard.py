# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a run has to stop: a signal, a parent that is gone, a task that timed out, a lock that is lost."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import sys
import threading
import typing as t
from types import FrameType, TracebackType

from .._errors import Interrupted

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Guard:
    """Traps SIGINT and SIGTERM while it is entered, because Ansible ends a worker without running its ``finally``.

    Nothing new is started once ``stopped`` says why; what is in flight ends.
    """

    def __init__(self) -> None:
        parent = multiprocessing.parent_process()  # of a worker, even if it has ended already
        self._parent = parent.pid if parent else os.getppid()
        self._reason = ""
        self._signal = 0
        self._before: dict[int, t.Any] = {}
        self.lost: t.Callable[[], str] = lambda: ""  # why the run no longer holds its locks

    def __enter__(self) -> Guard:
        if threading.current_thread() is threading.main_thread():
            for number in _SIGNALS:
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signal = number
        self.stop(f"stopped by {signal.Signals(number).name}")

    @property
    def ends_worker(self) -> bool:
        """Whether a worker of Ansible is to end: nobody reads its result, and a full pipe would hold it for ever."""
        return bool(self._signal) or self._orphaned()

    def hand_over(self) -> None:
        """End the worker as Ansible would have done."""
        if self._signal:
            os.kill(os.getpid(), self._signal)
        os._exit(1)

    def _orphaned(self) -> bool:
        return os.getppid() != self._parent

    def stop(self, reason: str) -> None:
        """Let nothing new start."""
        self._reason = self._reason or reason

    @property
    def stopped(self) -> str:
        """Why nothing new may start, or an empty text."""
        if not self._reason and (self._orphaned() or _unheard()):
            self._reason = "stopped because Ansible itself has ended"
        if not self._reason and self.lost():
            self._reason = f"stopped because {self.lost()}"
        return self._reason

    def check(self) -> None:
        """Raise ``Interrupted`` if nothing new may start."""
        if self.stopped:
            raise Interrupted(f"{self.stopped} before anything was changed")


def _unheard() -> bool:
    """Whether nobody reads what a module prints: its connection is gone, or its task has timed out."""
    try:
        poll = select.poll()
        poll.register(sys.__stdout__.fileno() if sys.__stdout__ else 1, 0)
        return any(event & select.POLLERR for _file, event in poll.poll(0))
    except (AttributeError, OSError, ValueError):
        return False
