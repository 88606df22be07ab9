# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why something differs, by the recorded side, and what is left alone although it differs."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from .._errors import Problem
from .._kinds.base import SENSITIVE, Kind, Resource
from .._state.fingerprint import holds_fingerprint
from .._state.model import Recorded, Rewritten
from .accept import accepting
from .compare import Change, Document, Rules, Secret, Whole, compare, same
from .model import BOTH, CONFIG, DRIFT, Ignored, Left, Options

_ORDER = " (order)"


@dataclass(frozen=True)
class Judged:
    """The differences of one object: those to apply, those to leave alone, and what the state is to hold then."""

    changes: list[Change]
    left: list[Left]
    record: Document


def judged(
    kind: Kind,
    resource: Resource,
    declared: Document,
    actual: Document,
    found: Iterable[Change],
    recorded: Recorded | None,
    options: Options,
) -> Judged:
    """Give each difference its cause and sort out what is left alone; paths are those of DSS.

    What somebody changed in DSS is left alone where a rule of the configuration says so, or ``on_drift="keep"``.
    """
    if recorded is None:
        return Judged([replace(change, cause=CONFIG) for change in found], [], resource.declared)
    rewritten = {entry.path: entry for entry in recorded.rewritten}
    differing = [change for change in found if not _only_rewritten(change, rewritten.get(change.path))]
    changes: list[Change] = []
    left: list[Left] = []
    for change in _caused(kind, resource, declared, actual, differing, recorded):
        why = _left_because(kind, resource, change, options)
        if why:
            left.append(Left(change, why))
        else:
            changes.append(change)
    record = accepting(resource.declared, recorded.declared, resource.rules, [entry.change.path for entry in left])
    return Judged(changes, left, record)


def _only_rewritten(change: Change, rewritten: Rewritten | None) -> bool:
    """Whether DSS holds the form into which it turned the same declaration before."""
    return rewritten is not None and same(rewritten.declared, change.after) and same(rewritten.held, change.before)


def _caused(
    kind: Kind, resource: Resource, declared: Document, actual: Document, found: Iterable[Change], recorded: Recorded
) -> list[Change]:
    found = list(found)
    if recorded.status != "healthy" or not recorded.declared or not found:
        return [replace(change, cause=CONFIG) for change in found]
    drifted = drift_paths(kind, resource.rules, recorded, actual)
    decided = [change.path for change in compare(declared, recorded.declared, resource.rules)]

    def cause(path: str) -> str:
        by_dss, by_us = _touches(path, drifted), _touches(path, decided)
        return BOTH if by_dss and by_us else DRIFT if by_dss else CONFIG

    return [replace(change, cause=cause(change.path)) for change in found]


def drift_paths(kind: Kind, rules: Rules, recorded: Recorded, actual: Document) -> list[str]:
    """Where an object is no longer as it was recorded; paths are those of DSS."""
    return [change.path for change in drift_of(kind, rules, recorded, actual)]


def drift_of(kind: Kind, rules: Rules, recorded: Recorded, actual: Document) -> list[Change]:
    """What somebody changed in DSS: ``before`` is what it holds, ``after`` what is recorded."""
    held = {entry.path: entry.held for entry in recorded.rewritten}
    return [
        change
        for change in compare(recorded.declared, actual, rules, kind.defaults(actual))
        if change.path not in held or not same(held[change.path], change.before)
    ]


def _touches(path: str, others: Iterable[str]) -> bool:
    return any(covers(*pair) for other in others for pair in ((path, other), (other, path)))


def covers(path: str, other: str) -> bool:
    """Whether ``other`` is at or below ``path``."""
    path = path.removesuffix(_ORDER)
    return other.removesuffix(_ORDER) == path or other.startswith((path + ".", path + "["))


def _left_because(kind: Kind, resource: Resource, change: Change, options: Options) -> str:
    if change.cause == DRIFT:
        for rule in options.ignored:
            if not expired(rule, options) and applies(rule, resource.address, kind, change.path):
                until = f", until {rule.expires}" if rule.expires else ""
                return f"ignored{until}: {rule.reason}"
    if change.cause in (DRIFT, BOTH) and options.on_drift == "keep":
        return "kept, because on_drift is keep"
    return ""


def applies(rule: Ignored, address: str, kind: Kind, path: str) -> bool:
    """Whether a rule speaks of a path of DSS in a resource."""
    if not fnmatchcase(address, rule.resource):
        return False
    return not rule.fields or any(
        covers(entry, path) or covers(kind.dss_path(entry), path) or covers(entry, kind.author_path(path))
        for entry in rule.fields
    )


def expired(rule: Ignored, options: Options) -> bool:
    """Whether the last day of a rule has passed."""
    return rule.expires is not None and rule.expires < options.today


def findings(options: Options) -> list[Problem]:
    """Rules that have expired."""
    return [
        Problem(
            f"the rule that ignores drift of {rule.resource} ({rule.reason}) expired on {rule.expires}: take it out, or "
            "declare what DSS holds, or set a later date",
            "ignore_drift",
            rule.location,
            "warning",
        )
        for rule in options.ignored
        if expired(rule, options)
    ]


def accepted(resource: Resource, actual: Document, left: Iterable[Left]) -> Resource:
    """The resource that declares what DSS holds wherever that is left alone."""
    paths = [entry.change.path for entry in left]
    return (
        replace(resource, declared=accepting(resource.declared, actual, resource.rules, paths)) if paths else resource
    )


def with_changed_secrets(resource: Resource, recorded: Recorded | None) -> Resource:
    """The resource whose secrets are marked where they are no longer the recorded ones."""
    secrets = {path for path, rule in resource.rules.items() if isinstance(rule, Secret)}
    if not secrets or recorded is None or not recorded.declared:
        return resource
    visible = {path: Whole() if path in secrets else rule for path, rule in resource.rules.items()}
    differing = {change.path for change in compare(resource.declared, recorded.declared, visible)}
    changed = dict.fromkeys(secrets & differing, Secret(changed=True))
    return replace(resource, rules={**resource.rules, **changed}) if changed else resource


def without_former_secrets(
    changes: Iterable[Change], resource: Resource, recorded: Recorded | None
) -> tuple[Change, ...]:
    """The changes for people: a former value that is recorded as a secret is none to show."""
    if recorded is None:
        return tuple(changes)
    former = compare(resource.declared, recorded.declared, resource.rules)
    secret = {change.path for change in former if holds_fingerprint(change.before)}
    return tuple(replace(change, before=SENSITIVE) if change.path in secret else change for change in changes)


def shown_left(
    kind: Kind, left: Iterable[Left], shown: t.Callable[[Kind, list[Change]], tuple[Change, ...]]
) -> tuple[Left, ...]:
    """What is left alone, for people."""
    return tuple(Left(shown(kind, [entry.change])[0], entry.why) for entry in left)
