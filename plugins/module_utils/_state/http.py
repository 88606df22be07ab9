# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States on an HTTP server that speaks the protocol of Terraform's backend "http", such as GitLab.

The protocol has no conditional write and its lock no lease; GitLab does not even keep the text of a lock
(gitlabhq, lib/api/terraform/state.rb: a refused LOCK gets its own ``Info`` back). So the server's lock is held for the
milliseconds of one write only, where it makes read, compare and write one step; the lock of a run is a document like
the others. A writer that was stopped within that step loses the server's lock to the next one, and its write is
refused, because each write carries the ID of its lock.
"""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections.abc import Iterator, Mapping

from .backend import ANYTHING, BackendError, Blob, Expected
from .contents import blob_of, checked, require
from .http_service import Answer, Service
from .process import is_dead, named_token

_PATIENCE = 60.0  # seconds in which the server's lock of a name is waited for
_LOCKED = frozenset({409, 423})
_EMPTY = frozenset({204, 404})


class Http:
    """One Terraform state a name, in an envelope with the serial that GitLab wants to see grow.

    ``stale_after`` is how many seconds an unchanged lock of one write is respected, unless its process is known to be
    dead.
    """

    def __init__(self, service: Service, stale_after: float = 15.0) -> None:
        self._service = service
        self._stale_after = stale_after

    @property
    def place(self) -> str:
        return self._service.place

    def read(self, name: str) -> Blob | None:
        return self._get(name)[0]

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        for other, content in (beside or {}).items():
            self._write(other, content, ANYTHING)
        return self._write(name, data, expected)

    def remove(self, name: str) -> None:
        answer = self._service.call("DELETE", self._state(name))
        if answer.status in _LOCKED:
            raise BackendError(f"{self.place}/{name} cannot be removed: it is being written; try again")
        if answer.status not in _EMPTY:
            self._service.require(answer)

    def close(self) -> None:
        self._service.close()

    def _write(self, name: str, data: bytes, expected: Expected) -> str:
        with self._exclusively(name) as lock:
            taken = time.monotonic()
            kept, serial = self._get(name)
            require(kept, expected, self.place, name)
            # A server that does not compare the ID would take the write of one that has lost the lock long ago.
            if time.monotonic() - taken > self._stale_after / 2:
                raise BackendError(f"{self.place}/{name} was not written: the server answers too slowly")
            self._post(name, data, serial + 1, lock)
        return blob_of(data).version

    def _post(self, name: str, data: bytes, serial: int, lock: str) -> None:
        answer = self._service.call(
            self._service.update_method, self._state(name), {"ID": lock}, _wrapped(data, serial)
        )
        if answer.status in _LOCKED:
            raise BackendError(f"{self.place}/{name} was not written: its lock was taken away meanwhile; run again")
        if answer.status >= 400:
            kept = self._get(name)[0]
            if kept is not None and kept.data == data:
                return  # the first try was done and only its answer was lost: GitLab refuses the same serial twice
        self._service.require(answer)

    def _get(self, name: str) -> tuple[Blob | None, int]:
        answer = self._service.call("GET", self._state(name))
        if answer.status in _EMPTY:
            return None, 0
        self._service.require(answer)
        return _unwrapped(answer.content, f"{self.place}/{name}") if answer.content else (None, 0)

    @contextlib.contextmanager
    def _exclusively(self, name: str) -> Iterator[str]:
        """Hold the server's lock of a name; yields its ID."""
        address = self._service.lock_address_of(_part(name))
        lock = named_token()
        content = _lock_info(lock, name)
        self._take(address, content, lock, name)
        try:
            yield lock
        finally:
            with contextlib.suppress(BackendError):  # the next writer takes it away
                self._service.call(self._service.unlock_method, address, {"ID": lock}, content)

    def _take(self, address: str, content: bytes, lock: str, name: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        seen, since = "", time.monotonic()
        while True:
            answer = self._service.call(self._service.lock_method, address, content=content)
            holder = _holder(answer) if answer.status in _LOCKED else lock
            if holder == lock:  # ours also where the answer to the first try was lost
                if answer.status not in _LOCKED:
                    self._service.require(answer)
                return
            now = time.monotonic()
            if holder != seen:
                seen, since = holder, now
            if holder and (is_dead(holder) or now - since > self._stale_after):
                dead = _lock_info(holder, name)
                self._service.call(self._service.unlock_method, address, {"ID": holder}, dead)
                since = now
            if now > deadline:
                raise BackendError(
                    f"{self.place}/{name} cannot be written: the server says for {_PATIENCE:g} s that it is locked "
                    f"(ID {holder or 'not told'}); unlock it there"
                )
            time.sleep(random.uniform(0.005, 0.05))

    def _state(self, name: str) -> str:
        return self._service.address_of(_part(checked(name)))


def _part(name: str) -> str:
    """A name as one part of an address, unambiguous: ``/`` becomes ``--`` and ``-`` becomes ``-_``."""
    return name.replace("-", "-_").replace("/", "--")


def _wrapped(data: bytes, serial: int) -> bytes:
    """Looks like a Terraform state: GitLab wants JSON whose serial grows with each write."""
    text = data.decode("utf-8", "surrogateescape")
    return json.dumps({"version": 4, "serial": serial, "dataiku_iac": text}).encode()


def _unwrapped(content: bytes, where: str) -> tuple[Blob, int]:
    try:
        envelope = json.loads(content)
        return blob_of(envelope["dataiku_iac"].encode("utf-8", "surrogateescape")), int(envelope["serial"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackendError(
            f"{where} holds something that is not ours or not complete: check address in state_backend"
        ) from None


def _lock_info(lock: str, name: str) -> bytes:
    """The fields that Terraform sends and GitLab requires."""
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    fields = {"ID": lock, "Operation": "write", "Info": "", "Who": "dataiku_iac.dss", "Version": "1", "Path": name}
    return json.dumps({**fields, "Created": created}).encode()


def _holder(answer: Answer) -> str:
    """The ID that a refused LOCK names, if it does."""
    try:
        return str(json.loads(answer.content)["ID"])
    except (ValueError, KeyError, TypeError):
        return ""
