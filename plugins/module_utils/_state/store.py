# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of one project in one environment on a backend: its versions, its journal, its saved plans."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping
from dataclasses import asdict, replace

from .._errors import DssError
from .._plan.compare import Document
from . import journal as journals
from . import model
from .backend import ANYTHING, Backend, BackendError
from .journal import Journal, Result
from .model import State, UnusableState, Version

KEEP_VERSIONS = 20


class Store:
    """Names, versions and order of writes; raises ``UnusableState``, ``BackendError`` and ``Moved``."""

    def __init__(self, backend: Backend, environment: str, project: str, keep_versions: int = KEEP_VERSIONS) -> None:
        self.backend = backend
        self.environment = environment
        self.project = project
        self._keep = keep_versions
        self._state_version: str | None = None
        self._state_data: bytes | None = None
        self._journal_version: str | None = None

    @property
    def place(self) -> str:
        """Where the state is, for messages."""
        return f"{self.backend.place}/{self.name('state')}"

    @property
    def lock_name(self) -> str:
        return self.name("lock")

    def name(self, what: str) -> str:
        return f"{self.environment}/{self.project}.{what}.json"

    def _version_name(self, serial: int, what: str) -> str:
        return f"{self.environment}/{self.project}.versions/{serial}.{what}.json"

    # The state ------------------------------------------------------------------------------------------------------

    def read(self) -> State | None:
        """The state, or None where nothing was applied yet."""
        blob = self.backend.read(self.name("state"))
        self._state_version, self._state_data = (blob.version, blob.data) if blob else (None, None)
        return model.load(blob.data, self.place, self.environment, self.project) if blob else None

    def write(self, state: State, operation: str, by: str, at: str, run: Journal | None = None) -> State:
        """Write the next version after what was read last, and keep the former one; returns it as it was written."""
        version = Version(state.serial + 1, at, by, operation, run.run if run else "")
        kept = (*state.versions, version)[-self._keep :]
        written = model.succeeded(state, updated_at=at, versions=kept)
        beside = {}
        if self._state_data is not None:
            beside[self._version_name(state.serial, "state")] = self._state_data
        if run is not None:
            beside[self._version_name(written.serial, "journal")] = journals.dump(replace(run, closed=True))
        data = model.dump(written)
        self._state_version = self.backend.write(self.name("state"), data, self._state_version, beside)
        self._state_data = data
        for old in state.versions[: len(state.versions) + 1 - self._keep]:
            self.backend.remove(self._version_name(old.serial, "state"))
            self.backend.remove(self._version_name(old.serial, "journal"))
        return written

    def overwrite_unusable(self) -> None:
        """Let the next write replace a state that cannot be read; only for an explicit act."""
        blob = self.backend.read(self.name("state"))
        self._state_version, self._state_data = (blob.version if blob else None), None

    def version(self, serial: int) -> State:
        """A former state. Raises ``UnusableState`` where it is not kept any more."""
        name = self._version_name(serial, "state")
        blob = self.backend.read(name)
        if blob is None:
            raise UnusableState(
                f"{self.place} has no version {serial}: the module state (action: list) lists the versions"
            )
        return model.load(blob.data, f"{self.backend.place}/{name}", self.environment, self.project)

    # The journal ----------------------------------------------------------------------------------------------------

    def open_journal(self) -> Journal | None:
        """The journal of a run that did not end, with all results that it could still write."""
        blob = self.backend.read(self.name("journal"))
        self._journal_version = blob.version if blob else None
        if blob is None:
            return None
        journal = journals.load(blob.data, f"{self.backend.place}/{self.name('journal')}")
        if journal.closed:
            return None
        results = dict(journal.results)
        number = 0
        while (segment := self.backend.read(self._segment(journal.run, number))) is not None:
            content = _segment_of(segment.data, f"{self.backend.place}/{self._segment(journal.run, number)}")
            results.update({address: Result(**result) for address, result in content["results"].items()})
            journal = replace(journal, at=content["at"])
            number += 1
        return replace(journal, results=results)

    def begin(self, journal: Journal) -> None:
        """Open a journal, with one write."""
        self._journal_version = self.backend.write(self.name("journal"), journals.dump(journal), self._journal_version)

    def note(self, run: str, number: int, results: Mapping[str, Result], at: str) -> None:
        """Add results to the open journal: a write whose size is that of the results."""
        content = {"at": at, "results": {address: asdict(result) for address, result in results.items()}}
        self.backend.write(self._segment(run, number), json.dumps(content).encode(), ANYTHING)

    def end(self, journal: Journal, segments: int) -> None:
        """Close the journal; what it held stays with the version that it made."""
        self.rewrite(replace(journal, entries=(), listed={}, results={}, closed=True), segments)

    def rewrite(self, journal: Journal, segments: int) -> None:
        """Write the journal with its results, in place of the segments."""
        self.begin(journal)
        for number in range(segments):
            self.backend.remove(self._segment(journal.run, number))

    def journal_of(self, serial: int) -> Journal | None:
        """The journal of the run that made a version; None where the version was made without changing the node."""
        name = self._version_name(serial, "journal")
        blob = self.backend.read(name)
        return journals.load(blob.data, f"{self.backend.place}/{name}") if blob else None

    def _segment(self, run: str, number: int) -> str:
        return self.name(f"journal.{run}.{number}")

    # Saved plans ----------------------------------------------------------------------------------------------------

    def save_plan(self, digest: str, data: bytes) -> None:
        self.backend.write(_plan_name(digest), data, ANYTHING)

    def saved_plan(self, digest: str) -> bytes:
        blob = self.backend.read(_plan_name(digest))
        if blob is None:
            raise BackendError(
                f"{self.backend.place} holds no plan {digest}: save it there in check mode with plan_file"
            )
        return blob.data


def _plan_name(digest: str) -> str:
    return f"plans/{digest.removeprefix('sha256:')}.json"


def _segment_of(data: bytes, place: str) -> Document:
    try:
        content = json.loads(data)
        if isinstance(content["results"], dict) and isinstance(content["at"], str):
            return t.cast(Document, content)
    except (ValueError, KeyError, TypeError):
        pass
    raise DssError(f"{place} is damaged: remove it; the next run looks up on the node what it would have said")
