# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one run changed in a document, and the patch that gives the former values back: pure functions."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .._kinds.base import Kind
from .._kinds.shape import overlay
from .._plan.compare import MISSING, Document, Exclusive, OnCreateOnly, Rule, Rules, Whole, same
from .._plan.model import Action
from .._state.fingerprint import Fingerprint

Path = tuple[str, ...]


@dataclass(frozen=True)
class Patch:
    """What an object is to hold again; each value that is one thing has the rule ``Whole``.

    ``hidden`` are dotted paths of secrets that nobody has kept: the object keeps what it holds there.
    """

    document: Document = field(default_factory=dict)
    rules: Rules = field(default_factory=dict)
    hidden: tuple[str, ...] = ()


def effective(declared: Document, action: Action, kind: Kind) -> Document:
    """The part of a declared document that the action lays over the object, with null for what it takes away.

    ``declared`` is that of the action, with open references as ``{"$ref": [kind, name]}``. The journal keeps this part:
    without the rules of the resource nobody could tell afterwards what was written.
    """
    resource = action.resource
    if resource is None or not action.before:
        return declared
    sent = {change.path for change in action.changes}

    def written(value: t.Any, before: t.Any, pattern: str, complete: bool) -> t.Any:
        rule: Rule | None = resource.rules.get(pattern)
        is_there = value is not None and before is not MISSING  # null is laid over whatever the rule says
        untouched = is_there and isinstance(rule, OnCreateOnly) and kind.author_path(pattern) not in sent
        if untouched or pattern in resource.ignore_changes:
            return MISSING
        if not _is_mapping(value):
            return value
        held = before if isinstance(before, dict) else {}
        complete = complete or isinstance(rule, Whole)
        taken = dict.fromkeys(held.keys() - value.keys()) if complete or isinstance(rule, Exclusive) else {}
        kept = {
            key: written(inner, held.get(key, MISSING), f"{pattern}.{key}" if pattern else key, complete)
            for key, inner in value.items()
        }
        return {**taken, **{key: inner for key, inner in kept.items() if inner is not MISSING}}

    return t.cast(Document, written(declared, action.before, "", False))


def touched(declared: t.Any, before: t.Any, path: Path = ()) -> Iterator[Path]:
    """Where a run changed an object: the declared values that it did not hold. A list is one value."""
    if _is_mapping(declared) and (before is MISSING or isinstance(before, dict)):
        held = before if isinstance(before, dict) else {}
        for key, value in declared.items():
            yield from touched(value, held.get(key, MISSING), (*path, key))
    elif not same(declared, before):
        yield path


def joined(former: Document, later: Document, before: Document) -> Document:
    """What two runs declared, as if they had been one that found ``before``: neither loses what only it changed."""
    lost = set(touched(former, before)) - set(touched(later, before))
    return overlay(later, _nested({path: _at(former, path) for path in lost}))


def inverse(paths: Iterable[Path], former: Document, actual: Document, standard: Mapping[str, t.Any]) -> Patch:
    """The patch that gives some paths of an object their former values.

    What was absent becomes what DSS puts there by itself (``standard``), or null.
    """
    changed = set(paths)
    outermost = sorted(path for path in changed if not any(path[:length] in changed for length in range(len(path))))
    values: dict[Path, t.Any] = {}
    hidden: list[str] = []
    for path in outermost:
        value = _at(former, path)
        if value is MISSING:
            value = _at(standard, path)
        known = readable(None if value is MISSING else value, _at(actual, path), ".".join(path), hidden)
        if not isinstance(value, Fingerprint):
            values[path] = known
    return Patch(_nested(values), dict.fromkeys(map(".".join, values), Whole()), tuple(hidden))


def whole(former: Document, actual: Document, own: frozenset[str], standard: Mapping[str, t.Any]) -> Patch:
    """The patch that makes an object all that it was, but for the fields that DSS keeps for itself (``own``)."""
    keys = (former.keys() | actual.keys()) - own
    return inverse([(key,) for key in keys], former, actual, standard)


def readable(value: t.Any, actual: t.Any, path: str, hidden: list[str]) -> t.Any:
    """A value in which each secret that was not kept is what the object holds there; ``hidden`` gets their paths."""
    if isinstance(value, Fingerprint):
        if actual is MISSING or value != actual:
            hidden.append(path)
        return actual
    if isinstance(value, dict):
        held = actual if isinstance(actual, dict) else {}
        known = {key: readable(inner, held.get(key, MISSING), f"{path}.{key}", hidden) for key, inner in value.items()}
        return {key: inner for key, inner in known.items() if inner is not MISSING}
    if isinstance(value, list):
        partners = [_partner(member, index, actual) for index, member in enumerate(value)]
        members = [readable(member, partner, path, hidden) for member, partner in zip(value, partners)]
        return [member for member in members if member is not MISSING]
    return value


def _partner(member: t.Any, index: int, actual: t.Any) -> t.Any:
    """What a list holds in the place of a member: that of its name, or the one at its position."""
    held = actual if isinstance(actual, list) else []
    if isinstance(member, dict) and "name" in member:
        return next((item for item in held if isinstance(item, dict) and item.get("name") == member["name"]), MISSING)
    return held[index] if index < len(held) else MISSING


def replaced(value: t.Any, instead: Mapping[str, t.Any]) -> t.Any:
    """A value in which each text that is a key of ``instead`` is what stands there."""
    if isinstance(value, str):
        return instead.get(value, value)
    if isinstance(value, dict):
        return {key: replaced(inner, instead) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, instead) for inner in value]
    return value


def leaves(value: t.Any) -> Iterator[t.Any]:
    """Everything in a value that is neither a mapping nor a list."""
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
    else:
        yield value


def _is_mapping(value: t.Any) -> bool:
    return isinstance(value, dict) and "$ref" not in value


def _nested(values: Mapping[Path, t.Any]) -> Document:
    """The document that holds values at their paths."""
    document: Document = {}
    for path, value in values.items():
        inner = document
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = value
    return document


def _at(document: t.Any, path: Path) -> t.Any:
    for key in path:
        if not isinstance(document, Mapping) or key not in document:
            return MISSING
        document = document[key]
    return document
