# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much a node does at a time: how long a call waits for its turn, and when the node has too much to do."""

from __future__ import annotations

import heapq

from .errors import DssError
from .switches import Switches


class Load:
    """Works on a call for as long as an answer takes: on so many at once, on one write at a time. All of it unverified."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._busy: list[float] = []  # when each call that is worked on is done
        self._written = 0.0  # when the last write is done

    def seconds_until_done(self, seconds: float, write: bool, now: float) -> float:
        """How long a call takes whose work takes so many seconds, with what it waits for others before it."""
        start = now
        most = int(self._switches["calls_at_once"])
        while self._busy and (not most or len(self._busy) > most or self._busy[0] <= now):
            heapq.heappop(self._busy)
        if most and len(self._busy) == most:
            start = max(start, heapq.heappop(self._busy))
        if write and self._switches["writes"] == "serial":
            start = max(start, self._written)
            self._written = start + seconds
        if most:
            heapq.heappush(self._busy, start + seconds)
        return start + seconds - now

    def refusal(self, in_flight: int) -> DssError | None:
        """What a node answers that has more calls to answer than it wants."""
        most = int(self._switches["refused_beyond"])
        if not most or in_flight <= most:
            return None
        return DssError(429, "java.lang.RuntimeException", "Too many requests")  # text and type unverified
