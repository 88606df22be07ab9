# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls on a bounded number of threads."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

T = t.TypeVar("T")
K = t.TypeVar("K", bound=Hashable)

_TICK = 0.2  # seconds after which whoever waits looks around


@dataclass(frozen=True)
class Ended(t.Generic[K, T]):
    """What became of a call: its result, or what it raised."""

    key: K
    value: T | None
    error: BaseException | None = None


class Crew(t.Generic[K, T]):
    """At most ``size`` threads that make the calls they are given, in order; one thread gives and takes.

    Two plain queues: a future with its lock and its waiters costs as much as a fifth of a call. What has ended is kept until
    it is ``settled``, so that an exception that comes from elsewhere, such as Ansible's time limit, loses nothing.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._given: SimpleQueue[tuple[K, Callable[[], T]] | None] = SimpleQueue()
        self._ended: SimpleQueue[K] = SimpleQueue()
        self._threads: list[Thread] = []
        self._open: dict[K, Ended[K, T] | None] = {}

    @property
    def busy(self) -> int:
        """How many calls were given and are not settled."""
        return len(self._open)

    def give(self, key: K, call: Callable[[], T]) -> None:
        """Let a call be made as soon as a thread is free."""
        self._open[key] = None
        if len(self._threads) < min(self._size, self.busy):
            self._threads.append(Thread(target=self._work, daemon=True))
            self._threads[-1].start()
        self._given.put((key, call))

    def take(self) -> Ended[K, T] | None:
        """The next call that has ended, None if none does within a moment."""
        try:
            return self._open[self._ended.get(timeout=_TICK)]
        except Empty:
            return None

    def settled(self, key: K) -> None:
        """What has become of a call is dealt with."""
        del self._open[key]

    def dismiss(self) -> list[Ended[K, T]]:
        """Let what is in flight end, and nothing else begin; what has ended and was not settled."""
        try:
            while True:
                self._given.get_nowait()
        except Empty:
            pass
        for _thread in self._threads:
            self._given.put(None)
        for thread in self._threads:
            thread.join()
        return [ended for ended in self._open.values() if ended is not None]

    def _work(self) -> None:
        while (given := self._given.get()) is not None:
            key, call = given
            try:
                self._open[key] = Ended(key, call())
            except BaseException as error:  # noqa: BLE001 - whoever takes it raises it
                self._open[key] = Ended(key, None, error)
            self._ended.put(key)


def gather(calls: Sequence[Callable[[], T]], workers: int, check: Callable[[], None]) -> list[T]:
    """Run calls on at most ``workers`` threads and return their results in order.

    ``check`` is called a few times a second and may raise to stop; the first error is raised after what is in flight
    has ended.
    """
    if len(calls) <= 1:
        return [call() for call in calls]
    results: dict[int, T] = {}
    crew: Crew[int, T] = Crew(workers)
    try:
        for number, call in enumerate(calls):
            crew.give(number, call)
        checked = time.monotonic()
        while crew.busy:
            ended = crew.take()
            if ended is None or time.monotonic() - checked >= _TICK:
                check()
                checked = time.monotonic()
            if ended is None:
                continue
            if ended.error is not None:
                raise ended.error
            results[ended.key] = t.cast(T, ended.value)
            crew.settled(ended.key)
        return [results[number] for number in range(len(calls))]
    finally:
        crew.dismiss()
