# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls a node gets at a time: fewer when it pushes back or slows down, more while it answers quickly."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

_AT_FIRST = 2
_FEW = 4  # answers of one sort after which their mean says something
_MANY = 8  # answers over which a mean goes
_GROWN = 1.5  # times the usual latency that a node takes when it has too much to do
_UNNOTICED = 0.015  # seconds that an answer may take longer in any case: our own threads wait for one another too
_NO_QUICKER = 0.8  # of the latency before: so many calls less made no difference
_LONGEST_REST = 60.0  # seconds, whatever a node asks for
_LOOK = 0.2  # seconds after which whoever waits looks whether the run is to end


@dataclass(frozen=True)
class Call:
    """A call that is under way. ``wanted`` says that no more could be, so that its answer tells whether more may."""

    sort: str
    write: bool
    at: float
    era: int
    wanted: bool


@dataclass
class _Latency:
    """What answers of one sort take, in seconds: at best, lately, the last one, and before there were fewer at a time.

    A mean lags behind: what it was before is the larger one of the mean and the last answer; 0 where it is not known.
    """

    usual: float
    lately: float = 0.0
    last: float = 0.0
    seen: int = 0
    before: float = 0.0

    def add(self, seconds: float) -> None:
        self.seen += 1
        self.last = seconds
        self.lately += (seconds - self.lately) / min(self.seen, _MANY)

    def begin_anew(self) -> None:
        """There are to be fewer calls at a time."""
        self.before = max(self.lately, self.last) if self.seen >= _FEW else 0.0
        self.seen, self.lately = 0, 0.0

    def judge(self) -> bool:
        """Whether answers take much longer than at best, for what is known of why; settles what they usually take."""
        if self.seen < _FEW:
            return False
        if self.lately > _NO_QUICKER * self.before > 0:
            self.usual = max(self.usual, self.lately)
        self.before = 0.0
        self.usual = min(self.usual, self.lately)
        return self.lately > _GROWN * self.usual + _UNNOTICED


class Pace:
    """Additive increase, multiplicative decrease; pure, as it is told the time.

    ``allowed`` calls may be in flight, from 1 to ``most``, of them ``most_writes`` that write. It starts small and grows by
    one with each answer until something speaks against it, from then on by one in a round. It is halved, once a round, when
    the node pushes back (429, 502, 503, 504, no answer) or when calls of one sort take twice as long as they do at best. Where
    fewer calls make them no quicker, it was not for our calls that they are slow: the new latency is the usual one then.
    """

    def __init__(self, most: int, most_writes: int) -> None:
        self.most = most
        self.most_writes = most_writes
        self.allowed = float(min(_AT_FIRST, most))
        self.in_flight = 0
        self.writing = 0
        self.resting_until = 0.0
        self._careful = False  # whether something has spoken against more calls
        self._era = 0  # number of decreases: what began before one says nothing about what came of it
        self._latencies: dict[str, _Latency] = {}

    def may_start(self, write: bool, now: float) -> bool:
        """Whether one more call may start now."""
        room = self.in_flight < int(self.allowed) and not (write and self.writing >= self.most_writes)
        return room and now >= self.resting_until

    def start(self, sort: str, write: bool, now: float) -> Call:
        """Count a call; calls of one ``sort`` take about as long as one another."""
        self.in_flight += 1
        self.writing += write
        return Call(sort, write, now, self._era, self.in_flight >= int(self.allowed))

    def answered(self, call: Call, now: float) -> None:
        """The node has answered, and its answer says nothing about its load."""
        self._leave(call)
        if call.era != self._era:
            return
        latency = self._latencies.setdefault(call.sort, _Latency(now - call.at))
        latency.add(now - call.at)
        if latency.judge():
            self._fewer()
        elif call.wanted:
            self.allowed = min(float(self.most), self.allowed + (1 / self.allowed if self._careful else 1))

    def refused(self, call: Call, now: float, rest: float = 0.0) -> None:
        """The node has too much to do; it asks for ``rest`` seconds."""
        self._leave(call)
        self.resting_until = max(self.resting_until, now + min(rest, _LONGEST_REST))
        if call.era == self._era:
            self._fewer()

    def untold(self, call: Call) -> None:
        """A call has ended and says nothing about the node, such as the transfer of a file."""
        self._leave(call)

    def _leave(self, call: Call) -> None:
        self.in_flight -= 1
        self.writing -= call.write

    def _fewer(self) -> None:
        self.allowed = max(1.0, self.allowed / 2)
        self._careful = True
        self._era += 1
        for latency in self._latencies.values():
            latency.begin_anew()


class Gate:
    """Where the calls of all threads wait for their turn. ``hurried`` says that a run is to end: then nobody rests."""

    def __init__(self, pace: Pace, hurried: Callable[[], object] = lambda: False) -> None:
        self.pace = pace
        self._hurried = hurried
        self._turn = Condition()
        self._waiting = 0

    def enter(self, sort: str, write: bool) -> Call:
        """Wait until one more call may start, and count it."""
        pace = self.pace
        with self._turn:
            self._waiting += 1
            try:
                while not pace.may_start(write, time.monotonic()):
                    if pace.resting_until > time.monotonic() and self._hurried():
                        pace.resting_until = 0.0
                    self._turn.wait(_LOOK if pace.resting_until <= time.monotonic() else _left(pace))
            finally:
                self._waiting -= 1
            return pace.start(sort, write, time.monotonic())

    def leave(self, call: Call, end: Callable[..., None], *told: float) -> None:
        """A call has ended: ``end`` is the method of the pace that says how, ``told`` what it wants to know besides."""
        with self._turn:
            end(call, *told)
            if self._waiting:
                self._turn.notify_all()


def _left(pace: Pace) -> float:
    return max(0.001, min(_LOOK, pace.resting_until - time.monotonic()))
