# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every rendering shows of a report: clean texts, in the order in which people read them."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from .._errors import visible
from .._plan.compare import MISSING, Change
from .._plan.render import change_lines
from .compared import DRIFTED, HEALTHY, IGNORED, MISSED, STATUSES, UNMANAGED
from .drift import ADVICE
from .flow import FLOW_KINDS
from .state import Report

_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")  # neither UTF-8 nor XML can hold them


@dataclass(frozen=True)
class Look:
    """How a status looks where there is no colour, and what it means for a test."""

    sign: str
    fails: bool = False
    skips: bool = False


LOOKS = {
    DRIFTED: Look("~", fails=True),
    MISSED: Look("-", fails=True),
    "failed": Look("!", fails=True),
    "unknown": Look("?", fails=True),
    UNMANAGED: Look("+"),
    IGNORED: Look("o", skips=True),
    HEALTHY: Look("="),
}
_MEANINGS = {MISSED: "recorded, and no longer on the node", UNMANAGED: "on the node, and not recorded"}
_LISTED = 4  # paths of one resource in a table
_STATE_STATUSES = ("failed", "unknown", HEALTHY)


@dataclass(frozen=True)
class Row:
    """One resource: ``changes`` are lines of text (path, recorded, actual), ``notes`` are named lines below them."""

    address: str
    kind: str
    status: str
    summary: str
    changes: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    accept: str = ""

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.address.split(".", 2)[-1]


@dataclass(frozen=True)
class View:
    """``counts`` are in the order in which statuses matter; ``advice`` is about a status or an address; ``edges`` are pairs of
    addresses."""

    title: str
    facts: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    findings: tuple[str, ...]
    advice: tuple[tuple[str, tuple[str, ...]], ...]
    edges: tuple[tuple[str, str], ...]

    @property
    def remarkable(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.status != HEALTHY)

    @property
    def flow(self) -> tuple[Row, ...]:
        """The rows that belong to the flow."""
        return tuple(row for row in self.rows if row.kind in FLOW_KINDS)

    @property
    def summary(self) -> str:
        return ", ".join(f"{count} {status}" for status, count in self.counts)


def view_of(report: Report) -> View:
    """The view of a state or drift report."""
    report = _cleaned(report)
    return _drift(report) if report["report"] == "drift" else _state(report)


def _drift(report: Report) -> View:
    resources = sorted(report["resources"], key=lambda entry: STATUSES.index(entry["status"]))
    return View(
        title=f"Drift of {report['project']} in {report['environment']}",
        facts=(
            ("node", report["node"]),
            ("read", f"{report['at']}, {report['refresh']}"),
            ("state", f"{report['place']}, serial {report['serial']}"),
        ),
        counts=tuple((status, report["summary"][status]) for status in STATUSES),
        rows=tuple(_drift_row(entry) for entry in resources),
        findings=tuple(finding["message"] for finding in report["findings"]),
        advice=_advice(resources),
        edges=tuple((start, end) for start, end in report["edges"]),
    )


def _drift_row(entry: Mapping[str, t.Any]) -> Row:
    paths = [change["path"] + (" (ignored)" if change["ignored"] else "") for change in entry["changes"]]
    changes = [line for change in entry["changes"] for line in _change_lines(change)]
    notes = [("who", _who(commit)) for commit in entry["who"]]
    notes += [("ignored", _rule(rule)) for rule in entry["ignored_by"]]
    return Row(
        entry["address"],
        entry["kind"],
        entry["status"],
        _listed(paths) or _MEANINGS.get(entry["status"], ""),
        tuple(changes),
        tuple(notes),
        entry["accept"] or "",
    )


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - _LISTED} more" if len(paths) > _LISTED else ""
    return ", ".join(paths[:_LISTED]) + more


def _change_lines(change: Mapping[str, t.Any]) -> list[str]:
    """From what is recorded to what DSS holds, as a plan writes it; null is absent."""
    recorded, actual = (MISSING if change[side] is None else change[side] for side in ("recorded", "actual"))
    lines = change_lines(Change(change["path"], recorded, actual), creating=False)
    return [line.removeprefix("      ").replace("\n", "\\n") for line in lines]


def _who(commit: Mapping[str, t.Any]) -> str:
    told = [commit["author"], commit["at"], commit["commit"] and f"commit {commit['commit']}"]
    said = f": {commit['message']}" if commit["message"] else ""
    return ", ".join(part for part in told if part) + said


def _rule(rule: Mapping[str, t.Any]) -> str:
    until = f", until {rule['expires']}" if rule["expires"] else ""
    return f"{rule['reason']}{until}"


def _advice(resources: list[t.Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What can be done, once for each status; what concerns a single resource with its address."""
    groups: dict[str, dict[str, None]] = {}
    for entry in resources:
        common = ADVICE.get(entry["status"], ())
        for line in entry["advice"]:
            about = f"{entry['status']} resources" if line in common else entry["address"]
            groups.setdefault(about, {})[line] = None
    return tuple((about, tuple(lines)) for about, lines in groups.items())


def _state(report: Report) -> View:
    counts = Counter(entry["status"] for entry in report["resources"])
    resources = sorted(report["resources"], key=lambda entry: _STATE_STATUSES.index(entry["status"]))
    facts = [
        ("state", f"{report['place']}, serial {report['serial']}, lineage {report['lineage'] or 'none'}"),
        ("updated", report["updated_at"] or "never"),
        ("lock", _lock(report["lock"]) if report["lock"] else "free"),
    ]
    facts += [(f"version {entry['serial']}", _version(entry)) for entry in reversed(report["versions"])]
    run = report["interrupted"]
    found = f"{run['operation']} of {run['by']} at {run['at']} did not end; in doubt: " if run else ""
    return View(
        title=f"State of {report['project']} in {report['environment']}",
        facts=tuple(facts),
        counts=tuple((status, counts[status]) for status in _STATE_STATUSES),
        rows=tuple(_state_row(entry) for entry in resources),
        findings=(found + (", ".join(run["doubtful"]) or "nothing"),) if run else (),
        advice=(),
        edges=tuple((start, end) for start, end in report["edges"]),
    )


def _state_row(entry: Mapping[str, t.Any]) -> Row:
    notes = [("id", entry["object_id"]), ("checksum", entry["checksum"])]
    notes += [("needs", ", ".join(entry["dependencies"]))] if entry["dependencies"] else []
    deployed = f"deployed {entry['deployed_at']} by {entry['deployed_by']}"
    return Row(entry["address"], entry["kind"], entry["status"], deployed, notes=tuple(notes))


def _lock(lock: Mapping[str, str]) -> str:
    job = f", job {lock['job']}" if lock["job"] else ""
    return f"{lock['operation']} of {lock['owner']} on {lock['host']} since {lock['since']}{job}"


def _version(entry: Mapping[str, t.Any]) -> str:
    return f"{entry['operation']} of {entry['by']} at {entry['at']}"


def _cleaned(value: t.Any) -> t.Any:
    """A report whose texts can be shown and written anywhere; a name or an answer of a server may hold anything."""
    if isinstance(value, str):
        return _UNWRITABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(value))
    if isinstance(value, Mapping):
        return {_cleaned(key): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_cleaned(inner) for inner in value]
    return value
