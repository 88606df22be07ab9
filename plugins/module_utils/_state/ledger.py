# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states that one run uses: that of its project and that of the instance, with their locks and the journal."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from .._errors import DssError
from .._kinds.base import Kind
from .backend import Backend
from .holder import Holder, holder_from
from .journal import Journal
from .layouts import candidates, read_layout
from .lock import Lock, lock_of
from .model import INSTANCE, Reading, Recorded, State, UnusableState, new_state
from .records import differ
from .store import Store


class Ledger:
    """Everything that is recorded about one project, and about the instance as far as the project declares it.

    ``root`` is the folder of the configuration, where other tools keep their states. Raises ``DssError``.
    """

    def __init__(
        self,
        backend: Backend,
        environment: str,
        project: str | None,
        keep_versions: int,
        root: Path | None,
        kinds: Mapping[str, Kind],
    ) -> None:
        self.backend = backend
        self.environment = environment
        self.project = project
        self._kinds = kinds
        self._root = root
        scopes = [INSTANCE] if project is None else [INSTANCE, project]
        self.stores = {scope: Store(backend, environment, scope, keep_versions) for scope in scopes}
        self.states: dict[str, State] = {}
        self.interrupted: Journal | None = None
        self.warnings: list[str] = []
        self.taken_over = False  # from the state of another tool, which covers no secrets
        self._locks: list[Lock] = []

    @property
    def primary(self) -> Store:
        """The store that holds the journal: that of the project where there is one."""
        return self.stores[self.project or INSTANCE]

    @property
    def state(self) -> State:
        return self.states[self.project or INSTANCE]

    def read(self, tidy: bool) -> None:
        """Read the states and the journal of a run that did not end; ``tidy`` closes one that has written its state."""
        self.states = {scope: store.read() or self._first(scope) for scope, store in self.stores.items()}
        self.interrupted = self.primary.open_journal()
        if self.interrupted and self.interrupted.lineage != self.state.lineage:
            self._take_lineage(self.interrupted)
        if self.interrupted and any(self.interrupted.run == version.run for version in self.state.versions):
            if tidy:
                self.primary.end(self.interrupted, 0)
            self.interrupted = None

    def _take_lineage(self, journal: Journal) -> None:
        """A first run that did not end has left a journal and no state; any other journal belongs to another state."""
        if self.state.serial:
            place = f"{self.backend.place}/{self.primary.name('journal')}"
            raise UnusableState(
                f"{place} is the journal of another state (lineage {journal.lineage}, not {self.state.lineage}): move it "
                "away, or put back the state that it belongs to"
            )
        scope = self.project or INSTANCE
        self.states[scope] = replace(self.states[scope], lineage=journal.lineage)

    def _first(self, scope: str) -> State:
        state = new_state(self.environment, scope)
        if scope == INSTANCE or self._root is None:
            return state
        for path in candidates(self._root, self.environment):
            try:
                data = path.read_bytes()
            except OSError as error:
                raise DssError(f"the state of another tool, {path}, cannot be read: {error.strerror}") from None
            found = read_layout(data, str(path), self.environment, scope, self._kinds)
            if found is not None:
                recorded, warnings = found
                self.taken_over = True
                self.warnings += [
                    f"the state of another tool, {path}, is taken over into {self.primary.place}",
                    *warnings,
                ]
                return replace(state, resources=recorded)
        return state

    @property
    def empty(self) -> State:
        """The state before anything was applied."""
        return replace(self.state, serial=0, resources={}, reading=None, versions=())

    def unended(self, holder: Holder | None, now: datetime.datetime) -> Journal | None:
        """The journal of a run that was interrupted; a run that is at work, and holds the lock, has one too."""
        at_work = holder is not None and not holder.surely_gone and holder.expired_for(now) < 0
        return None if at_work else self.interrupted

    # What is recorded -------------------------------------------------------------------------------------------------

    def recorded(self, declared: Iterable[str]) -> dict[str, Recorded]:
        """What is recorded and concerns this project; objects of the instance if it declares or declared them."""
        wanted = set(declared)
        owner = self.project or ""
        instance = {
            key: entry
            for key, entry in self.states[INSTANCE].resources.items()
            if key in wanted or entry.owner == owner
        }
        return {**instance, **(self.state.resources if self.project else {})}

    @property
    def has_of_instance(self) -> bool:
        """Whether objects of the instance are recorded as declared by this project."""
        return any(entry.owner == self.project for entry in self.states[INSTANCE].resources.values())

    def save(
        self,
        before: Mapping[str, Recorded],
        after: Mapping[str, Recorded],
        operation: str,
        by: str,
        at: str,
        run: Journal | None = None,
        reading: Reading | None = None,
    ) -> None:
        """Write what is recorded now; a state that would say the same is not written, unless a run made it."""
        for scope, store in self.stores.items():
            state = self.states[scope]
            mine = {key: entry for key, entry in after.items() if self._scope_of(entry) == scope}
            gone = before.keys() - after.keys()
            resources = {**{key: entry for key, entry in state.resources.items() if key not in gone}, **mine}
            primary = store is self.primary
            new_reading = reading if primary else state.reading
            if differ(state.resources, resources) or (primary and (run or new_reading != state.reading)):
                state = replace(state, resources=resources, reading=new_reading)
                self.states[scope] = store.write(state, operation, by, at, run if primary else None)

    def _scope_of(self, entry: Recorded) -> str:
        return INSTANCE if self._kinds[entry.kind].scope == "instance" else self.project or INSTANCE

    # Locks --------------------------------------------------------------------------------------------------------------

    def lock(
        self,
        operation: str,
        instance: bool,
        environ: Mapping[str, str],
        lease: float,
        timeout: float,
        stopped: Callable[[], str],
    ) -> None:
        """Take the lock of the project, and first that of the instance if the run may change the instance."""
        scopes = [scope for scope in self.stores if scope != INSTANCE or instance or self.project is None]
        for scope in scopes:
            lock = lock_of(self.backend, self.stores[scope].lock_name, holder_from(environ, operation), lease)
            self.warnings += lock.acquire(timeout, stopped)
            self._locks.append(lock)

    @property
    def lost(self) -> str:
        """Why this run no longer holds its locks, or an empty text; without any call."""
        return next((lock.lost for lock in self._locks if lock.lost), "")

    def release(self) -> None:
        """Give the locks back, the last one first."""
        while self._locks:
            with suppress(DssError):  # the lease ends by itself
                self._locks.pop().release()

    def close(self) -> None:
        self.release()
        self.backend.close()
