# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run against one node with its states: opened with a lock, carried out with a journal, closed whatever happens."""

from __future__ import annotations

import datetime
import typing as t
import uuid
from collections.abc import Collection, Container, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from ._apply.executor import Outcome, apply
from ._configuration.policies import ToolSettings
from ._errors import DssError
from ._garbage import without_collection
from ._kinds import KINDS
from ._node.client import DssNode
from ._node.options import NodeOptions
from ._node.parallel import gather
from ._plan.model import Options, Plan, Snapshot
from ._secrets import scrubbed
from ._state.backend import BackendError
from ._state.holder import holder_from, timestamp
from ._state.journal import DONE, FAILED, SKIPPED, Journal, Result, continued
from ._state.ledger import Ledger
from ._state.model import INSTANCE, Reading, Recorded
from ._state.notes import Notes
from ._state.open import lease_of, open_backend
from ._state.records import Cover, Done, Stamp, entries_of, listed_ids, recorded_after
from ._task import Caller


class Work:
    """The node and the ledger of one run.

    In check mode no lock is taken and nothing is written. ``secrets`` are the values that must not get out.
    """

    def __init__(
        self,
        params: Mapping[str, t.Any],
        caller: Caller,
        options: NodeOptions,
        environment: str | None,
        project: str | None,
        secrets: set[str],
        root: Path | None = None,
        backend: Mapping[str, t.Any] | None = None,
    ) -> None:
        self.params = params
        self.caller = caller
        self.guard = caller.guard
        self.options = options
        self.environment = environment or host_of(options.url)
        self.project = project
        self._secrets = secrets
        self._root = root
        self._backend = params.get("state_backend") or backend

    def __enter__(self) -> Work:
        self.guard.__enter__()
        try:
            self.ledger = ledger_of(self.params, self.caller, self.environment, self.project, self._root, self._backend)
            self.guard.lost = lambda: self.ledger.lost
            self.node = DssNode(self.options, lambda: self.guard.stopped, lambda: self.ledger.lost)
        except BaseException:
            self.guard.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.node.release()
            self.ledger.close()
        finally:
            self.guard.__exit__(kind, error, trace)

    def begin(self, operation: str, instance: bool) -> None:
        """Take the locks, unless in check mode, and read what is recorded.

        The lock of the instance is taken for what is declared of it (``instance``), and for what was declared of it.
        """
        if not self.caller.check_mode:
            self.ledger.lock(
                operation,
                instance,
                self.caller.environ,
                lease_of(self._backend),
                self.params["lock_timeout"],
                lambda: self.guard.stopped,
            )
        self.ledger.read(tidy=not self.caller.check_mode)
        if not (instance or self.caller.check_mode) and self.ledger.has_of_instance:
            self.ledger.release()  # the lock of the instance comes first, or two runs could wait for each other
            self.begin(operation, instance=True)

    def hide(self, secrets: Collection[str]) -> None:
        """Cover further values wherever something is kept or said."""
        self._secrets.update(secrets)

    @property
    def is_shared(self) -> bool:
        """Whether other machines see the backend."""
        return bool((self._backend or {}).get("type", "local") != "local")

    @property
    def now(self) -> str:
        return timestamp(datetime.datetime.now(datetime.UTC))

    @property
    def by(self) -> str:
        return holder_from(self.caller.environ, "").owner

    def scrubbed(self, text: str) -> str:
        """A text in which no secret occurs."""
        return t.cast(str, scrubbed(text, self._secrets)) if text else ""

    @property
    def cover(self) -> Cover:
        """How secrets are covered in the state, and in the before-images of the journal unless it is encrypted."""
        salts = {"project": self.ledger.state.salt, "instance": self.ledger.states[INSTANCE].salt}
        return Cover(KINDS, frozenset(self._secrets), salts, getattr(self.ledger.backend, "encrypts", False))

    def carry_out(
        self,
        plan: Plan,
        options: Options,
        snapshot: Snapshot,
        operation: str,
        on_error: str = "stop",
        written: t.Callable[[], None] = lambda: None,
    ) -> tuple[Outcome, Journal, int]:
        """Apply a plan under a journal; returns the outcome, the journal with all results, and its segments."""
        journal = Journal(
            run=uuid.uuid4().hex,
            operation=operation,
            lineage=self.ledger.state.lineage,
            serial=self.ledger.state.serial,
            at=self.now,
            by=self.by,
            entries=entries_of(plan, self.cover),
            listed=listed_ids(snapshot),
        )
        if self.ledger.interrupted is not None:
            journal = continued(self.ledger.interrupted, journal)
        store = self.ledger.primary
        store.begin(journal)
        notes = Notes(store, journal.run, lambda: self.now, self.guard.stop)

        def note(address: str, message: str, object_id: str | None) -> None:
            status = FAILED if message else DONE
            notes.note(address, Result(status, object_id, self.scrubbed(message)))

        try:
            outcome = apply(
                plan,
                self.node,
                KINDS,
                self.guard,
                options,
                workers=self.options.workers,
                on_error=on_error,
                progress=self.caller.progress,
                note=note,
                settle=self.params["settle_timeout"],
                written=written,
                listed=listed_ids(snapshot),
            )
        finally:
            notes.close()
        results = {key: Result(SKIPPED) for key in outcome.skipped}
        results |= {key: Result(DONE, outcome.ids.get(key)) for key in outcome.applied}
        results |= {
            key: Result(FAILED, outcome.ids.get(key), self.scrubbed(message)) for key, message in outcome.failed.items()
        }
        return outcome, replace(journal, results={**journal.results, **results}), notes.segments

    def in_clear(self, journal: Journal, plan: Plan) -> Journal:
        """The journal with the secrets of its before-images, as far as this run has read them: never to be written."""
        images, cover = {action.address: action.before for action in plan.changed}, self.cover
        return replace(
            journal,
            entries=tuple(
                replace(entry, before=images[entry.address])
                if entry.before == cover.image(entry.kind, images.get(entry.address))
                else entry
                for entry in journal.entries
            ),
        )

    def stamp(self) -> Stamp:
        return Stamp(self.now, self.by, self.project or "")

    def after(self, plan: Plan, former: Mapping[str, Recorded], outcome: Outcome | None = None) -> dict[str, Recorded]:
        """What is to be recorded after a plan, applied or with nothing to apply."""
        known = {action.address: action.object_id for action in plan.actions if action.object_id is not None}
        if outcome is None:
            done = Done(known)
        else:
            done = Done(outcome.ids, frozenset(outcome.applied), frozenset(outcome.failed), outcome.rewritten)
        return recorded_after(plan, done, former, self.cover, self.stamp())

    def leave_open(self, journal: Journal, segments: int, unsettled: Collection[str]) -> None:
        """Leave a run whose writes may still arrive to the next one, which resumes it as if it had been killed."""
        results = {key: result for key, result in journal.results.items() if key not in unsettled}
        if not self.ledger.lost:
            self.ledger.primary.rewrite(replace(journal, results=results), segments)

    def close_run(
        self,
        former: Mapping[str, Recorded],
        after: Mapping[str, Recorded],
        journal: Journal | None,
        segments: int,
        operation: str,
        reading: Reading | None,
    ) -> None:
        """Write what is recorded now, then close the journal."""
        if self.ledger.lost:
            return  # somebody else has taken over: the journal tells them what this run did
        open_journal = journal or self.ledger.interrupted
        try:
            with without_collection():
                self.ledger.save(former, after, operation, self.by, self.now, open_journal, reading)
            if open_journal is not None:
                self.ledger.primary.end(open_journal, segments)
                self.ledger.interrupted = None
        except BackendError as error:
            raise BackendError(
                f"{error}; what this run did is not recorded yet: run again to have it recorded"
            ) from None


def complete_images(plan: Plan, desired: Container[str], work: Work) -> Plan:
    """The plan whose objects are all known whole: what is not declared was only listed, and a list may lack content."""
    partly = [
        action
        for action in plan.changed
        if action.object_id is not None
        and action.address not in desired
        and not KINDS[action.kind].listing_is_complete
        and action.record is None
    ]
    calls = [partial(KINDS[entry.kind].read_one, work.node, entry.project, str(entry.object_id)) for entry in partly]
    images = dict(zip((entry.address for entry in partly), gather(calls, work.options.workers, work.guard.check)))
    actions = (replace(entry, before=images.get(entry.address, entry.before)) for entry in plan.actions)
    return replace(plan, actions=tuple(actions))


def ledger_of(
    params: Mapping[str, t.Any],
    caller: Caller,
    environment: str,
    project: str | None,
    root: Path | None = None,
    backend: Mapping[str, t.Any] | None = None,
) -> Ledger:
    """The ledger that the options of a task name. Raises ``DssError``.

    Relative places in an option count from the playbook, so that all modules mean the same; others from ``root``.
    """
    given = params.get("state_backend")
    base = caller.base if given else root or caller.base
    opened = open_backend(given or backend, base, caller.environ, params.get("encryption_key"))
    return Ledger(opened, environment, project, params["keep_versions"], root, KINDS)


def host_of(url: str) -> str:
    """The environment of a run that names none: the host of the node, so that two nodes never share a state."""
    parts = urlsplit(url)
    host = parts.hostname or "node"
    return f"{host.replace(':', '-')}_{parts.port}" if parts.port else host


def with_tool(params: Mapping[str, t.Any], tool: ToolSettings | None) -> Mapping[str, t.Any]:
    """The options, with the node that ``.dataiku/config.yml`` or the environment file names where they name none."""
    if tool is None or params.get("url") or params.get("instance"):
        return params
    key = params.get("api_key")
    if not key and tool.api_key_file is not None:
        try:
            key = tool.api_key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise DssError(f"the API key file {tool.api_key_file} cannot be read: {reason}") from None
    return {**params, "url": tool.host, "api_key": key}
