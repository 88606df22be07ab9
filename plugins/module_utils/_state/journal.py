# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal of one apply: what it was about to do, what was there before, what it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .._apply.inverse import joined
from .._plan.compare import Document
from .fingerprint import as_plain, from_plain
from .model import digest_of, parsed

FORMAT = "dataiku_iac.dss journal"
VERSION = 1

_WAY_OUT = "move the file away; the next run looks on the node for what this one would have said"

_WRITTEN = json.JSONEncoder(ensure_ascii=False, default=as_plain)

DONE, FAILED, SKIPPED = "done", "failed", "skipped"


@dataclass(frozen=True)
class Entry:
    """One action that was planned.

    ``action`` is create, update, replace or delete (``_plan.model``); ``declared`` is what the action lays over the object
    (``_apply.inverse.effective``: DSS form, null for what is taken away, ids that were not known yet as
    ``{"$ref": [kind, name]}``); ``before`` is the whole object as it was, None when there
    was none. Secrets in both are ``Fingerprint`` unless the backend is encrypted. ``carried`` is a recipe that DSS
    deletes with a dataset and that is made again. ``loses`` says what data goes for good.
    """

    address: str
    kind: str
    project: str | None
    name: str
    action: str
    object_id: str | None
    declared: Document = field(default_factory=dict)
    before: Document | None = None
    needs: tuple[str, ...] = ()
    carried: bool = False
    loses: str = ""


@dataclass(frozen=True)
class Result:
    """How an action ended (``DONE``, ``FAILED``, or ``SKIPPED`` without a beginning), the id of the object, what was said."""

    status: str
    object_id: str | None = None
    message: str = ""


@dataclass(frozen=True)
class Journal:
    """One run. ``listed`` are the ids that the node held before, by kind, where they were listed.

    An entry without a result is doubtful: it was not begun, or its answer was lost with the run.
    """

    run: str
    operation: str
    lineage: str
    serial: int
    at: str
    by: str
    entries: tuple[Entry, ...] = ()
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    closed: bool = False

    @property
    def doubtful(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.address not in self.results)


def dump(journal: Journal) -> bytes:
    """The journal as JSON with a checksum."""
    body = {
        "format": FORMAT,
        "version": VERSION,
        **{name: getattr(journal, name) for name in Journal.__dataclass_fields__},
        "entries": [vars(entry) for entry in journal.entries],
        "results": {address: vars(result) for address, result in journal.results.items()},
    }
    return (_WRITTEN.encode({**body, "checksum": digest_of(body)}) + "\n").encode()


def load(data: bytes, place: str) -> Journal:
    """The journal that was dumped. Raises ``UnusableState``."""
    content = parsed(data, place, FORMAT, VERSION, _WAY_OUT)
    entries = []
    for entry in content["entries"]:
        before = entry["before"]
        entries.append(
            Entry(
                **{
                    **entry,
                    "declared": from_plain(entry["declared"]),
                    "before": None if before is None else from_plain(before),
                    "needs": tuple(entry["needs"]),
                }
            )
        )
    kept = {name: content[name] for name in Journal.__dataclass_fields__}
    kept["entries"] = tuple(entries)
    kept["listed"] = {kind: tuple(ids) for kind, ids in content["listed"].items()}
    kept["results"] = {address: Result(**result) for address, result in content["results"].items()}
    return Journal(**kept)


def continued(former: Journal, later: Journal) -> Journal:
    """One journal for an interrupted run and the one that resumes it: what was there before the first counts."""
    entries = {entry.address: entry for entry in former.entries}
    results = dict(former.results)
    for entry in later.entries:
        known = entries.get(entry.address)
        # What is planned once more is open again.
        done = results.pop(entry.address, None)
        entries[entry.address] = _joined(known, entry, done) if known else entry
    return replace(
        later,
        entries=tuple(entries.values()),
        listed={**later.listed, **former.listed},
        results={**results, **later.results},
    )


def _joined(former: Entry, later: Entry, done: Result | None) -> Entry:
    declared = later.declared
    if former.before is not None:
        declared = joined(former.declared, declared, former.before)
    object_id = former.object_id or (done.object_id if done else None)
    carried = former.carried or later.carried  # it stays what is to be brought back, however often that is tried
    return replace(later, declared=declared, before=former.before, object_id=object_id, carried=carried)
