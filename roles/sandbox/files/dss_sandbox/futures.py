# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long tasks: the first answers have no result yet (dss-api.md 1.5, 6 #11)."""

from __future__ import annotations

from typing import Any

from .documents import Document, now_ms, random_id
from .errors import NOT_FOUND, DssError
from .switches import Switches


class Futures:
    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._running: dict[str, dict[str, Any]] = {}

    def start(self, result: Any) -> Document:
        """The work itself is already done; only the answer takes its time."""
        job_id = random_id(16)
        self._running[job_id] = {
            "result": result,
            "polls": self._switches["future_polls"],
            "start": now_ms(),
            "aborted": False,
        }
        return self.state(job_id, peek=True, initial=True)

    def state(self, job_id: str, peek: bool, initial: bool = False) -> Document:
        task = self._running.get(job_id)
        if task is None:
            raise DssError(404, NOT_FOUND, f"Future {job_id} does not exist")  # unverified text
        if not initial:
            task["polls"] -= 1
        done = task["polls"] <= 0 or task["aborted"]
        state: Document = {
            "jobId": job_id,
            "hasResult": done and not task["aborted"],
            "alive": not done,
            "aborted": task["aborted"],
            "startTime": task["start"],
        }
        if state["hasResult"] and not peek:
            state["result"] = task["result"]
        return state

    def abort(self, job_id: str) -> None:
        if job_id in self._running:
            self._running[job_id]["aborted"] = True

    def running(self) -> list[Document]:
        return [
            self.state(job_id, peek=True, initial=True) for job_id, task in self._running.items() if task["polls"] > 0
        ]

    def clear(self) -> None:
        self._running.clear()
