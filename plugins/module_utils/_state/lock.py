# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock of a run: a record with a lease that is taken, renewed and given back by conditional writes only."""

from __future__ import annotations

import datetime
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from .._errors import DssError, Interrupted
from .backend import Backend, BackendError, Moved
from .holder import Holder, free_record, holder_from, parsed, record_of, timestamp

__all__ = ["LEASE", "Holder", "Lock", "Locked", "break_lock", "holder_from", "lock_of", "read_holder"]

LEASE = 60.0  # seconds
# How far the clocks of two machines may be apart; Kerberos allows the same.
_SKEW = 300.0
_BREAK = "run the module state_lock with action: break"


class Locked(DssError):
    """Somebody else holds the lock."""

    def __init__(self, place: str, holder: Holder) -> None:
        self.holder = holder
        super().__init__(
            f"{place} is locked by {holder}: wait for that run, raise lock_timeout, or, if it is surely dead, {_BREAK}"
        )


def _clock() -> float:
    """Seconds that go on while a machine sleeps, where the system has such a clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def lock_of(backend: Backend, name: str, holder: Holder, lease: float = LEASE) -> Lock:
    """A lock that is not taken yet; ``name`` is that of its record, ``lease`` in seconds."""
    return Lock(backend, name, holder, lease)


def read_holder(backend: Backend, name: str) -> Holder | None:
    """Who holds a lock now, expired or not. Raises ``BackendError``."""
    blob = backend.read(name)
    return parsed(blob.data, f"{backend.place}/{name}") if blob else None


def break_lock(backend: Backend, name: str) -> Holder | None:
    """Free a lock whoever holds it; returns who did. Its run stops before its next call. Raises ``BackendError``."""
    while True:
        blob = backend.read(name)
        if blob is None:
            return None
        try:
            holder = parsed(blob.data, name)
            if holder is None:
                return None
        except BackendError:
            holder = None  # what cannot be read is replaced as well
        try:
            backend.write(name, free_record("broken by hand"), blob.version)
        except Moved:
            continue  # it was renewed, or given back, just now
        return holder


class Lock:
    """One lock of one process. No thread and no call before ``acquire``.

    ``lost`` makes no call: it compares the clock with the lease of the last renewal that was surely written. ``clock``
    gives seconds that only grow.
    """

    def __init__(
        self, backend: Backend, name: str, holder: Holder, lease: float, clock: Callable[[], float] = _clock
    ) -> None:
        self._backend = backend
        self._name = name
        self._holder = replace(holder, lease=lease)
        self._lease = lease
        self._clock = clock
        self._place = f"{backend.place}/{name}"
        self._process = 0
        self._version = ""
        self._valid_until = 0.0
        self._lost = "the lock is not held"
        self._ended = threading.Event()
        self._writing = threading.Lock()

    # Taking it --------------------------------------------------------------------------------------------------------

    def acquire(self, timeout: float, stopped: Callable[[], str]) -> list[str]:
        """Take the lock, waiting up to ``timeout`` seconds for a living holder; returns warnings.

        An expired lease is watched for one lease more, whatever the timeout: a record that nobody renews in that time
        has no living holder, however wrong a clock is. Raises ``Locked``, ``Interrupted`` and ``BackendError``.
        """
        deadline = self._clock() + timeout
        seen, since, pause = "", 0.0, 0.02
        while True:
            if stopped():
                raise Interrupted(f"{stopped()} while it waited for the lock {self._place}")
            blob = self._backend.read(self._name)
            holder = parsed(blob.data, self._place) if blob else None
            version = blob.version if blob else None
            now = self._clock()
            if version != seen:
                seen, since = version or "", now
            reason = _takeover(holder, now - since) if holder else ""
            if holder is None or reason:
                if self._write_first(version):
                    return [f"the lock {self._place} of {holder} was taken over: {reason}"] if holder else []
            elif now >= deadline and holder.expired_for(_now()) < 0:
                raise Locked(self._place, holder)
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(pause * 2, 1.0, self._lease / 10)

    def _write_first(self, expected: str | None) -> bool:
        try:
            self._write(lambda record: self._backend.write(self._name, record, expected))
        except Moved:
            return False
        self._process = os.getpid()
        self._lost = ""
        self._ended.clear()
        threading.Thread(target=self._keep, name=f"lease of {self._name}", daemon=True).start()
        return True

    def _write(self, write: Callable[[bytes], str]) -> None:
        begun = self._clock()
        expires = timestamp(_now() + datetime.timedelta(seconds=self._lease))
        self._holder = replace(self._holder, expires=expires, renewals=self._holder.renewals + 1)
        self._version = write(record_of(self._holder))
        self._valid_until = begun + self._lease

    # Keeping it -------------------------------------------------------------------------------------------------------

    @property
    def lost(self) -> str:
        """Why this process may no longer write, or an empty text while it surely holds the lock."""
        if not self._lost and self._clock() >= self._valid_until:
            self._lost = f"the lease of the lock {self._place} ran out"
        return self._lost

    def _keep(self) -> None:
        """Renew at a third of the lease; after a fault more often, until the lease has run out."""
        pause = self._lease / 3
        while not self._ended.wait(pause):
            with self._writing:
                if self._ended.is_set() or self.lost:
                    return
                try:
                    self._write(self._replace)
                    pause = self._lease / 3
                except Moved:
                    self._lost = self._taken()
                except DssError:
                    pause = self._lease / 12

    def _replace(self, record: bytes) -> str:
        """Write over our own record, also over one whose writing seemed to fail; raises ``Moved`` over any other."""
        try:
            return self._backend.write(self._name, record, self._version)
        except Moved:
            blob = self._backend.read(self._name)
            holder = parsed(blob.data, self._place) if blob else None
            if blob is None or holder is None or holder.nonce != self._holder.nonce:
                raise
            return self._backend.write(self._name, record, blob.version)

    def _taken(self) -> str:
        try:
            holder = read_holder(self._backend, self._name)
        except DssError:
            return f"the lock {self._place} is held by somebody else"
        return f"the lock {self._place} is held by {holder}" if holder else f"the lock {self._place} was broken by hand"

    # Giving it back ---------------------------------------------------------------------------------------------------

    def release(self) -> None:
        """Write a free record if the lock is still ours; a successor's is left alone. Raises ``BackendError``."""
        if self._process != os.getpid():  # never taken, given back, or taken by the process that forked this one
            return
        self._ended.set()
        with self._writing:
            self._process = 0
            self._lost = "the lock is not held"
            try:
                self._replace(free_record("given back"))
            except Moved:
                return


def _takeover(holder: Holder, unchanged: float) -> str:
    """Why a lock may be taken from its holder, if so. ``unchanged`` is how long its record was watched, in seconds."""
    if holder.surely_gone:
        return "its process has ended"
    if unchanged > holder.lease:
        return f"it was not renewed for {unchanged:.0f} s"
    expired = holder.expired_for(_now())
    if expired > _SKEW:
        return f"its lease ended {expired:.0f} s ago"
    return ""


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
