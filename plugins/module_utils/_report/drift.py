# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How DSS differs from what is recorded, as plain data (docs/schemas/report.schema.json)."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._kinds.base import SENSITIVE, Kind, Known, redacted
from .._plan.compare import MISSING, Change
from .._plan.drift import findings as expired_rules
from .._plan.model import Options, Snapshot
from .._state.journal import Journal
from .._state.model import State
from .accept import Acceptance, acceptance, is_sensitive
from .compared import DRIFTED, MISSED, STATUSES, UNMANAGED, Found
from .flow import Flow, edges
from .state import Report

ADVICE = {
    DRIFTED: (
        "overwrite: deploy the configuration again; on_drift has to be overwrite",
        "accept: put what stands under accept into the configuration",
        "ignore: add the resource to ignore_drift, with a reason and a date until when",
    ),
    MISSED: (
        "make it again: deploy the configuration again",
        "give it up: take it out of the configuration; the next deployment forgets it",
    ),
    UNMANAGED: (
        "manage it: declare it, and the next deployment adopts it",
        "delete it: deploy with prune",
        "ignore: add the resource to ignore_drift, with a reason and a date until when",
    ),
}


class Author(t.Protocol):
    """A commit of the project's Git on the node."""

    @property
    def id(self) -> str: ...

    @property
    def author(self) -> str: ...

    @property
    def at(self) -> str: ...

    @property
    def message(self) -> str: ...


@dataclass(frozen=True)
class Read:
    """Where and when the two sides were read; ``at`` is ISO time in UTC."""

    environment: str
    project: str
    url: str
    at: str
    place: str


def drift_report(
    read: Read,
    found: Iterable[Found],
    state: State | None,
    snapshot: Snapshot,
    journal: Journal | None,
    who: Mapping[str, Iterable[Author]],
    kinds: Mapping[str, Kind],
    options: Options,
) -> Report:
    """The report on one project; ``who`` has the commits that changed an object, by address, newest first."""
    found = list(found)
    known = known_in(snapshot, kinds)
    counts = Counter(entry.status for entry in found)
    return {
        "report": "drift",
        "environment": read.environment,
        "project": read.project,
        "node": read.url,
        "at": read.at,
        "refresh": "full",
        "place": read.place,
        "serial": state.serial if state else 0,
        "summary": {status: counts[status] for status in STATUSES},
        "resources": [_resource(entry, kinds[entry.kind], known, who.get(entry.address, ())) for entry in found],
        "findings": _findings(read, state, snapshot, journal, kinds, options),
        "edges": edges(_flow(found)),
    }


def _resource(found: Found, kind: Kind, known: Known, who: Iterable[Author]) -> dict[str, t.Any]:
    changes = [_change(kind, change, False) for change in found.changes]
    accept = acceptance(found, kind, known)
    return {
        "address": found.address,
        "kind": found.kind,
        "status": found.status,
        "object_id": found.object_id,
        "changes": changes + [_change(kind, change, True) for change in found.ignored],
        "ignored_by": [
            {"reason": rule.reason, "expires": rule.expires.isoformat() if rule.expires else None}
            for rule in found.ignored_by
        ],
        "who": [
            {"author": commit.author, "at": commit.at, "message": commit.message, "commit": commit.id} for commit in who
        ],
        "accept": accept.text,
        "advice": _advice(found, accept),
    }


def _change(kind: Kind, change: Change, ignored: bool) -> dict[str, t.Any]:
    recorded, actual = change.after, change.before
    if is_sensitive(kind, change):
        recorded, actual = SENSITIVE, SENSITIVE
    return {
        "path": kind.author_path(change.path),
        "recorded": _plain(redacted(recorded, kind.is_secret, change.path)),
        "actual": _plain(redacted(actual, kind.is_secret, change.path)),
        "ignored": ignored,
    }


def _plain(value: t.Any) -> t.Any:
    return None if value is MISSING else value


def _advice(found: Found, accept: Acceptance) -> list[str]:
    advice = list(ADVICE.get(found.status, ()))
    entry = found.recorded
    if entry is None:
        return advice
    if accept.left_out:
        advice.append(f"the secrets in {', '.join(accept.left_out)} are left out of accept: declare them yourself")
    if entry.status != "healthy":
        advice.append(f"its last deployment {_ENDED[entry.status]}: deploy the configuration again")
    if not entry.declared:
        advice.append("only its name is recorded: deploy the configuration once, so that its fields can be compared")
    if found.status != MISSED and found.object_id != entry.object_id:
        advice.append(f"it was made anew under the id {found.object_id}: the next deployment records it")
    return advice


_ENDED = {"failed": "failed", "unknown": "was interrupted"}


def _findings(
    read: Read,
    state: State | None,
    snapshot: Snapshot,
    journal: Journal | None,
    kinds: Mapping[str, Kind],
    options: Options,
) -> list[dict[str, str]]:
    """What else there is to know, each with a kind that conditions can ask for."""
    found = [{"kind": "expired_rule", "message": str(problem)} for problem in expired_rules(options)]
    if journal and not journal.closed:
        message = (
            f"{journal.operation} of {journal.by} at {journal.at} did not end: {len(journal.doubtful)} of "
            f"{len(journal.entries)} actions are in doubt; the next deployment resumes it"
        )
        found.append({"kind": "interrupted_run", "message": message})
    if not snapshot.project_exists:
        message = f"project {read.project} does not exist on {read.url}, or the key may not read it"
        found.append({"kind": "no_project", "message": message})
    if state is None:
        message = f"nothing is recorded in {read.place}: everything counts as unmanaged"
        found.append({"kind": "no_state", "message": message})
    strange = sorted({entry.kind for entry in state.resources.values()} - kinds.keys()) if state else []
    if strange:
        message = f"{', '.join(strange)} are recorded and not known to this version of the collection: update it"
        found.append({"kind": "unknown_kind", "message": message})
    return found


def known_in(snapshot: Snapshot, kinds: Mapping[str, Kind]) -> Known:
    """The names that an author form may use in place of ids."""
    return Known(
        {
            kind: {object_id: kinds[kind].label(object_id, document) for object_id, document in held.items()}
            for kind, held in snapshot.objects.items()
        }
    )


def _flow(found: Iterable[Found]) -> Flow:
    """The flow as it is, and as it was recorded where a recipe is missing."""
    return Flow(
        {(entry.kind, str(entry.object_id)): entry.address for entry in found},
        {
            entry.address: entry.document or (entry.recorded.declared if entry.recorded else {})
            for entry in found
            if entry.kind == "recipe"
        },
    )
