# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write results into the open journal while an apply runs: every second, or as soon as 64 have come together."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .._errors import DssError
from .journal import Result
from .store import Store

SECONDS = 1.0
MANY = 64


class Notes:
    """Collects results from the apply and writes them on a thread of its own, so that no action waits for it.

    ``failing`` is told why, once, when the journal cannot be written any more.
    """

    def __init__(self, store: Store, run: str, now: Callable[[], str], failing: Callable[[str], None]) -> None:
        self.results: dict[str, Result] = {}
        self.segments = 0
        self._store = store
        self._run = run
        self._now = now
        self._failing = failing
        self._pending: dict[str, Result] = {}
        self._wake = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def note(self, address: str, result: Result) -> None:
        """Take a result."""
        with self._wake:
            self.results[address] = result
            self._pending[address] = result
            if len(self._pending) >= MANY:
                self._wake.notify()

    def close(self) -> None:
        """Write nothing more; what is pending goes with the closing of the journal."""
        with self._wake:
            self._ended = True
            self._wake.notify()
        self._thread.join()

    def _write(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._ended or len(self._pending) >= MANY, SECONDS)
                if self._ended:
                    return
                taken, self._pending = self._pending, {}
            if taken:
                try:
                    self._store.note(self._run, self.segments, taken, self._now())
                except DssError as error:
                    self._failing(f"the journal cannot be written ({error})")
                    return
                self.segments += 1
