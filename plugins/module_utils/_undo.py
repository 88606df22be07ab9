# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Undo runs: after a failure, or later with the module rollback."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ._apply.actions import without
from ._apply.executor import Outcome
from ._apply.undo import Undo, ids_of, resources_of, sections_of, undo, verified
from ._kinds import KINDS
from ._node.read import read
from ._plan.model import Options, Plan, Section, Snapshot
from ._secrets import secret_values
from ._state.journal import DONE, Entry, Journal, Result, continued
from ._state.model import Recorded
from ._state.records import entries_of
from ._work import Work, complete_images


@dataclass(frozen=True)
class Undone:
    """How an undo went; ``differs`` is what is not as it was, although nothing stands in the way."""

    outcome: Outcome
    restored: tuple[str, ...]
    not_restored: tuple[str, ...]
    differs: tuple[str, ...]
    seconds: float

    @property
    def succeeded(self) -> bool:
        return self.outcome.succeeded and not self.differs

    @property
    def text(self) -> str:
        """The result for people."""
        count = len(self.restored)
        objects = "1 object is as it was" if count == 1 else f"{count} objects are as they were"
        lines = [f"rolled back in {self.seconds:.1f} s: {objects} before"]
        if not self.succeeded:
            lines = [f"the rollback is not complete after {self.seconds:.1f} s; run the module rollback to go on"]
            lines += [f"{address}: {message}" for address, message in self.outcome.failed.items()]
            lines += [f"not as it was: {line}" for line in self.differs]
        lines += [f"not restored: {line}" for line in self.not_restored]
        return "\n".join(lines)

    @property
    def data(self) -> dict[str, t.Any]:
        return {
            "succeeded": self.succeeded,
            "seconds": round(self.seconds, 1),
            "restored": list(self.restored),
            "failed": [{"address": key, "message": message} for key, message in self.outcome.failed.items()],
            "not_restored": list(self.not_restored),
            "differs": list(self.differs),
        }


def snapshot_for(journals: Sequence[Journal], work: Work) -> Snapshot:
    """What the node holds of everything that some runs touched, and of what may refer to it.

    The variables are read in any case: code may hold the secrets among them, and what is said of it must not.
    """
    snapshot = read(
        work.node,
        work.project,
        resources_of(journals, KINDS),
        KINDS,
        sections_of(journals, KINDS) | ({KINDS["variables"].section} if work.project else set()),
        work.options.workers,
        work.guard.check,
        ids=ids_of(journals, KINDS),
    )
    images = [entry.before for journal in journals for entry in journal.entries]
    work.hide(secret_values([*images, *snapshot.of("variables").values()]))
    return snapshot


def undo_plan(undo_of: Undo) -> Plan:
    """The plan of an undo, which says before it is applied what it cannot give back."""
    lines = ["Not restored:", *(f"  {line}" for line in undo_of.not_restored)] if undo_of.not_restored else []
    return replace(undo_of.plan, sections=(Section("not_restored", lines, list(undo_of.not_restored)),))


def undone(
    journals: Sequence[Journal],
    work: Work,
    recorded: Mapping[str, Recorded],
    target: Mapping[str, Recorded],
    reverted: Plan | None = None,
) -> Undone:
    """Undo runs, oldest first, and read back; then ``target`` is recorded in place of ``recorded``.

    ``reverted`` is what the project's own Git has undone already: the journal tells it like the rest.
    """
    began = time.monotonic()
    snapshot = snapshot_for(journals, work)
    planned = undo(journals, snapshot, KINDS)
    plan = complete_images(planned.plan, (), work)
    outcome, journal, segments = work.carry_out(plan, Options(), snapshot, "rollback", on_error="continue")
    by_git = entries_of(reverted, work.cover) if reverted else ()
    journal = _with(by_git, journal)
    differs = () if outcome.stopped else verified(planned, snapshot_for(journals, work), KINDS)
    wrong = {*outcome.failed, *outcome.skipped, *(line.split(":", 1)[0] for line in differs)}
    hidden = planned.hidden
    after = {key: _restored(entry, outcome, wrong, hidden.get(key, ())) for key, entry in target.items()}
    left = {key: replace(entry, status="failed") for key, entry in recorded.items() if key in wrong}
    work.close_run(recorded, {**left, **after}, journal, segments, "rollback", None)
    restored = tuple(dict.fromkeys([*(entry.address for entry in by_git), *outcome.applied]))
    return Undone(outcome, restored, planned.not_restored, differs, time.monotonic() - began)


def _with(entries: Sequence[Entry], journal: Journal) -> Journal:
    """The journal with entries that are done; where it speaks of the same object, what was there first counts."""
    results = {entry.address: Result(DONE, entry.object_id) for entry in entries}
    return continued(replace(journal, entries=tuple(entries), results=results), journal) if entries else journal


def _restored(entry: Recorded, outcome: Outcome, wrong: set[str], hidden: tuple[str, ...]) -> Recorded:
    """The record of an object; a secret that was not restored is not in it, so that the next apply sends it."""
    return replace(
        entry,
        object_id=outcome.ids.get(entry.address, entry.object_id),
        declared=without(entry.declared, hidden),
        status="failed" if entry.address in wrong else entry.status,
    )
