# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the calls of the API, so that call budgets are exact numbers in tests (dss-api.md 6 #17)."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any

_KEPT = 100_000  # single calls; the counts go on
READS = frozenset({"GET", "HEAD"})


class CallLog:
    def __init__(self) -> None:
        self._calls: deque[tuple[str, str, int]] = deque(maxlen=_KEPT)
        self._total = 0
        self._counts: Counter[str] = Counter()
        self._reads = 0
        self.open = 0
        self._most = 0
        self._bytes_in = 0
        self._bytes_out = 0

    def begin(self) -> None:
        """A call has come in and is still to be processed."""
        self.open += 1
        self._most = max(self._most, self.open)

    def record(self, method: str, path: str, template: str, status: int, bytes_in: int = 0, bytes_out: int = 0) -> None:
        """A call was answered; bytes are those of the bodies."""
        self.open -= 1
        self._calls.append((method, path, status))
        self._total += 1
        self._bytes_in += bytes_in
        self._bytes_out += bytes_out
        self._counts[f"{method} {template}"] += 1
        if method in READS:
            self._reads += 1

    def clear(self) -> None:
        self._calls.clear()
        self._counts.clear()
        self._total = self._reads = self._bytes_in = self._bytes_out = 0
        self._most = self.open

    def to_json(self) -> dict[str, Any]:
        return {
            "total": self._total,
            "open": self.open,
            "most_open": self._most,
            "reads": self._reads,
            "writes": self._total - self._reads,
            "bytes_in": self._bytes_in,
            "bytes_out": self._bytes_out,
            "counts": dict(sorted(self._counts.items())),
            "calls": [{"method": method, "path": path, "status": status} for method, path, status in self._calls],
        }
