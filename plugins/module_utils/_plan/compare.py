# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare and merge the declared part of a document with what DSS holds.

Both walk the declared side only: a field that nobody declared belongs to DSS or to a colleague.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

Document = dict[str, t.Any]
Defaults = Callable[[str, t.Any], Mapping[str, t.Any]]


class _Missing:
    """The value of a field that is not there."""

    def __repr__(self) -> str:
        return "(absent)"

    def __bool__(self) -> bool:
        return False


MISSING = _Missing()


@dataclass(frozen=True)
class Unknown:
    """A value that the server makes, for example the id of ``what``; it is known only after the apply."""

    what: str

    def __str__(self) -> str:
        return "(known after apply)"


@dataclass(frozen=True)
class AsSet:
    """A list whose order and repetitions mean nothing; members that fit a pattern of ``ignore`` are left alone."""

    ignore: frozenset[str] = frozenset()

    def ignores(self, member: t.Any) -> bool:
        return any(fnmatchcase(str(member), pattern) for pattern in self.ignore)


@dataclass(frozen=True)
class Keyed:
    """A list whose members are known by the first of ``keys`` that they have: a field, or dotted paths joined by ``+``.

    ``partial`` leaves members alone that are not declared; ``by_position`` matches what has no key in common
    with anything, in order; where the list is not ``ordered`` its order means nothing.
    """

    keys: tuple[str, ...]
    partial: bool = False
    by_position: bool = False
    ordered: bool = True


@dataclass(frozen=True)
class Exclusive:
    """A mapping that is declared completely: what is not declared is to go."""


@dataclass(frozen=True)
class AsText:
    """Text whose line endings and trailing blank lines mean nothing (unknown 11 of dss-api.md)."""


@dataclass(frozen=True)
class OnCreateOnly:
    """Sent when the object is made, never compared afterwards."""


@dataclass(frozen=True)
class Whole:
    """A value that is one thing however deep it is: it is compared and replaced as a whole."""


@dataclass(frozen=True)
class Secret(OnCreateOnly):
    """A secret: DSS gives back another text each time, so it cannot be compared (dss-api.md 2.16).

    ``changed`` says that its fingerprint is no longer the recorded one: it is sent with the next write. With ``fills``
    an empty text on the node says that it holds none, which is a difference.
    """

    changed: bool = False
    fills: bool = False


@dataclass(frozen=True)
class Resent:
    """A secret that is sent on every run and therefore always a change."""


@dataclass(frozen=True)
class Spelled:
    """A value with several spellings, for example ``utf8`` and ``utf-8``."""

    canonical: Callable[[t.Any], t.Any]


Rule = t.Union[AsSet, Keyed, Exclusive, Whole, AsText, OnCreateOnly, Resent, Spelled]
Rules = Mapping[str, Rule]


@dataclass(frozen=True)
class Change:
    """One declared field that differs. ``before`` and ``after`` are values or ``MISSING``.

    ``cause`` is known where there is a recorded side: ``config`` (the declaration changed), ``drift`` (DSS changed),
    ``both``.
    """

    path: str
    before: t.Any
    after: t.Any
    cause: str | None = None


def no_defaults(pattern: str, value: t.Any) -> Mapping[str, t.Any]:
    """The defaults of a document about which nothing is known."""
    return {}


def is_empty(value: t.Any) -> bool:
    """Whether DSS may as well not store the value (dss-api.md, quirks 6 and 10)."""
    return value is MISSING or value is None or (isinstance(value, (str, list, dict)) and not value)


def is_hollow(value: t.Any) -> bool:
    """Whether nothing but empty values is in it, such as ``{"items": []}`` of an unused role."""
    return all(map(is_hollow, value.values())) if isinstance(value, dict) else is_empty(value)


def same(left: t.Any, right: t.Any) -> bool:
    """Equality of plain values: 1 is 1.0 (quirk 9), true is not 1, absent is null is empty text."""
    if is_empty(left) and is_empty(right):
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return all(same(left.get(key, MISSING), right.get(key, MISSING)) for key in {**left, **right})
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def compare(declared: t.Any, actual: t.Any, rules: Rules, defaults: Defaults = no_defaults) -> list[Change]:
    """List what would have to change in ``actual`` to hold everything that is declared."""
    return list(_Walk(rules, defaults).changes(declared, actual, defaults("", declared), "", ""))


def merge(declared: t.Any, actual: t.Any, rules: Rules, defaults: Defaults = no_defaults) -> t.Any:
    """Return ``actual`` with everything that is declared laid over it; neither argument is modified."""
    return _Walk(rules, defaults).merged(declared, actual, "")


def accepting(declared: t.Any, actual: t.Any, rules: Rules, paths: Collection[str]) -> t.Any:
    """Return ``declared`` with what ``actual`` holds at some paths of their comparison; neither argument is modified."""
    return _Walk(rules, no_defaults).accepted(declared, actual, frozenset(paths), "", "")


class _Walk:
    """One walk over a declared document; ``pattern`` finds rules and defaults, ``path`` rules of a single member."""

    def __init__(self, rules: Rules, defaults: Defaults) -> None:
        self.rules = rules
        self.defaults = defaults

    def changes(self, declared: t.Any, actual: t.Any, default: t.Any, path: str, pattern: str) -> Iterator[Change]:
        rule = self.rules.get(path) or self.rules.get(pattern)
        if isinstance(rule, OnCreateOnly):
            if _lacks(rule, actual):
                yield Change(path, actual, declared)
            return
        if isinstance(rule, Resent):
            yield Change(path, actual, declared)
            return
        if actual is MISSING and default is not MISSING:
            actual = default
        if isinstance(declared, dict) and not isinstance(rule, Whole):  # {} is contained in anything
            yield from self._mapping(declared, actual, default, path, pattern, isinstance(rule, Exclusive))
        elif isinstance(declared, list) and isinstance(rule, AsSet):
            yield from _set_changes(declared, actual, rule, path)
        elif isinstance(declared, list) and _by_member(declared, actual) and not isinstance(rule, Whole):
            yield from self._members(declared, actual if isinstance(actual, list) else [], rule, path, pattern)
        elif not _same_by(rule, declared, actual):
            yield Change(path, actual, MISSING if declared is None else declared)

    def _mapping(
        self, declared: Document, actual: t.Any, default: t.Any, path: str, pattern: str, exclusive: bool
    ) -> Iterator[Change]:
        held = actual if isinstance(actual, dict) else {}
        defaults = default if isinstance(default, Mapping) else {}
        for key, value in declared.items():
            below = (_below(path, key), _below(pattern, key))
            yield from self.changes(value, held.get(key, MISSING), defaults.get(key, MISSING), *below)
        if exclusive:
            for key in sorted(held.keys() - declared.keys()):
                if not is_hollow(held[key]):
                    yield Change(_below(path, key), held[key], MISSING)

    def _members(
        self, declared: list[t.Any], actual: list[t.Any], rule: Rule | None, path: str, pattern: str
    ) -> Iterator[Change]:
        pairs = match(declared, actual, rule)
        inner = f"{pattern}[]"
        for index, (wanted, partner) in enumerate(zip(declared, pairs)):
            label = f"{path}[{_label(wanted, rule, index)}]"
            if partner is None:
                yield Change(label, MISSING, wanted)
            elif _replaces(wanted, actual[partner]):
                yield Change(label, actual[partner], wanted)
            else:
                held = actual[partner]
                yield from self.changes(wanted, held, self.defaults(inner, held), label, inner)
        if isinstance(rule, Keyed) and rule.partial:
            return
        kept = [partner for partner in pairs if partner is not None]
        for index, held in enumerate(actual):
            if index not in kept:
                yield Change(f"{path}[{_label(held, rule, index)}]", held, MISSING)
        if kept != sorted(kept) and not (isinstance(rule, Keyed) and not rule.ordered):
            labels = [_label(item, rule, index) for index, item in enumerate(declared)]
            yield Change(f"{path} (order)", [_label(actual[i], rule, i) for i in sorted(kept)], labels)

    def merged(self, declared: t.Any, actual: t.Any, pattern: str) -> t.Any:
        rule = self.rules.get(pattern)
        if isinstance(rule, OnCreateOnly) and actual is not MISSING and not _lacks(rule, actual):
            return actual
        if isinstance(rule, Whole):
            return declared
        if isinstance(declared, dict):
            if actual is not MISSING and not isinstance(actual, dict) and is_hollow(declared):
                return actual
            return self._merged_mapping(declared, actual, pattern, isinstance(rule, Exclusive))
        if isinstance(declared, list) and isinstance(rule, AsSet):
            kept = [item for item in actual if rule.ignores(item)] if isinstance(actual, list) else []
            return sorted({*declared, *kept})
        if isinstance(declared, list) and _holds_mappings(declared, actual):
            return self._merged_members(declared, actual if isinstance(actual, list) else [], rule, pattern)
        if actual is not MISSING and _same_by(rule, declared, actual):
            return actual
        return declared

    def _merged_mapping(self, declared: Document, actual: t.Any, pattern: str, exclusive: bool) -> Document:
        held = actual if isinstance(actual, dict) else {}
        result = {key: value for key, value in held.items() if not exclusive or key in declared}
        for key, value in declared.items():
            if value is None:
                result.pop(key, None)
            else:
                result[key] = self.merged(value, held.get(key, MISSING), _below(pattern, key))
        return result

    def _merged_members(
        self, declared: list[t.Any], actual: list[t.Any], rule: Rule | None, pattern: str
    ) -> list[t.Any]:
        pairs = match(declared, actual, rule)
        inner = f"{pattern}[]"
        members = []
        for wanted, partner in zip(declared, pairs):
            held = MISSING if partner is None or _replaces(wanted, actual[partner]) else actual[partner]
            members.append(self.merged(wanted, held, inner))
        if isinstance(rule, Keyed) and rule.partial:
            by_index = dict(zip(pairs, members))
            added = [member for partner, member in zip(pairs, members) if partner is None]
            return [by_index.get(index, held) for index, held in enumerate(actual)] + added
        return members

    def accepted(self, declared: t.Any, actual: t.Any, paths: frozenset[str], path: str, pattern: str) -> t.Any:
        if path in paths:
            return actual
        rule = self.rules.get(pattern)
        if isinstance(declared, dict) and not isinstance(rule, Whole):
            held = actual if isinstance(actual, dict) else {}
            keys = [*declared, *(key for key in held if key not in declared and _below(path, key) in paths)]
            inner = {
                key: self.accepted(
                    declared.get(key, MISSING), held.get(key, MISSING), paths, _below(path, key), _below(pattern, key)
                )
                for key in keys
            }
            return {key: None if value is MISSING else value for key, value in inner.items()}
        if isinstance(declared, list) and _holds_mappings(declared, actual) and not isinstance(rule, (Whole, AsSet)):
            return self._accepted_members(declared, actual if isinstance(actual, list) else [], paths, path, pattern)
        return declared

    def _accepted_members(
        self, declared: list[t.Any], actual: list[t.Any], paths: frozenset[str], path: str, pattern: str
    ) -> list[t.Any]:
        rule, inner = self.rules.get(pattern), f"{pattern}[]"
        pairs = match(declared, actual, rule)
        members: list[tuple[int | None, t.Any]] = []
        for index, (wanted, partner) in enumerate(zip(declared, pairs)):
            held = MISSING if partner is None else actual[partner]
            member = self.accepted(wanted, held, paths, f"{path}[{_label(wanted, rule, index)}]", inner)
            if member is not MISSING:
                members.append((partner, member))
        for index, held in enumerate(actual):
            if index not in pairs and f"{path}[{_label(held, rule, index)}]" in paths:
                before = [place for place, (partner, _member) in enumerate(members) if partner in range(index)]
                members.insert(before[-1] + 1 if before else 0, (index, held))
        if f"{path} (order)" in paths:
            members.sort(key=lambda entry: len(actual) if entry[0] is None else entry[0])
        return [member for _partner, member in members]


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def match(declared: Sequence[t.Any], actual: Sequence[t.Any], rule: Rule | None) -> list[int | None]:
    """For each declared member of a list the index of the actual member that it stands for, or None."""
    if not isinstance(rule, Keyed):
        return [index if index < len(actual) else None for index in range(len(declared))]
    pairs: list[int | None] = [None] * len(declared)
    free = dict.fromkeys(range(len(actual)))
    for key in rule.keys:
        places: dict[t.Any, list[int]] = {}
        for index in free:
            value = _key_of(actual[index], key)
            if value is not None:
                places.setdefault(value, []).append(index)
        for position, wanted in enumerate(declared):
            value = _key_of(wanted, key)
            if pairs[position] is None and value is not None and places.get(value):
                pairs[position] = places[value].pop(0)
                free.pop(t.cast(int, pairs[position]))
    if rule.by_position:
        _match_rest(declared, actual, rule, pairs, free)
    return pairs


def _key_of(member: t.Any, key: str) -> Hashable | None:
    """The key that a member of a list is known by, or None where it has none that can be one."""
    if "+" in key:
        parts = tuple(_part_of_key(member, path) for path in key.split("+"))
        return parts if any(parts) else None
    value = member.get(key) if isinstance(member, dict) else None
    return None if is_empty(value) or isinstance(value, (dict, list)) else t.cast(Hashable, value)


def _part_of_key(member: t.Any, path: str) -> Hashable:
    for name in path.split("."):
        member = member.get(name) if isinstance(member, dict) else None
    return "" if is_empty(member) or isinstance(member, (dict, list)) else t.cast(Hashable, member)


def _match_rest(
    declared: Sequence[t.Any], actual: Sequence[t.Any], rule: Keyed, pairs: list[int | None], free: dict[int, None]
) -> None:
    """Pair in order what names no key of its own with what is left and has the same type."""
    for position, wanted in enumerate(declared):
        if pairs[position] is None and all(_key_of(wanted, key) is None for key in rule.keys):
            for index in free:
                if not _replaces(wanted, actual[index]):
                    pairs[position] = index
                    free.pop(index)
                    break


def _replaces(wanted: t.Any, held: t.Any) -> bool:
    """Whether a member is another thing altogether: overlaying it would keep settings of the old one."""
    if not isinstance(wanted, dict) or not isinstance(held, dict):
        return isinstance(wanted, dict) or isinstance(held, dict)
    return any(key in wanted and key in held and wanted[key] != held[key] for key in ("type", "metaType"))


def _holds_mappings(declared: list[t.Any], actual: t.Any) -> bool:
    members = declared + (actual if isinstance(actual, list) else [])
    return any(isinstance(member, (dict, list)) for member in members)


def _by_member(declared: list[t.Any], actual: t.Any) -> bool:
    """Whether two lists differ member by member; what is there and no list at all is another value."""
    return _holds_mappings(declared, actual) and (isinstance(actual, list) or is_empty(actual))


def _label(member: t.Any, rule: Rule | None, index: int) -> str:
    if isinstance(rule, Keyed) and isinstance(member, dict):
        for key in rule.keys:
            value = _key_of(member, key)
            if value is not None:
                parts = value if isinstance(value, tuple) else (value,)
                return " ".join(part.what if isinstance(part, Unknown) else str(part) for part in parts)
    return str(index)


def _set_changes(declared: list[t.Any], actual: t.Any, rule: AsSet, path: str) -> Iterator[Change]:
    held = {item for item in actual if not rule.ignores(item)} if isinstance(actual, list) else set()
    wanted = {item for item in declared if not rule.ignores(item)}
    if held != wanted:
        yield Change(path, sorted(held) or MISSING, sorted(wanted))


def _lacks(rule: OnCreateOnly, actual: t.Any) -> bool:
    """Whether the node says that it holds no secret; where the field is absent it may only hide it."""
    return isinstance(rule, Secret) and rule.fills and actual is not MISSING and is_empty(actual)


def _same_by(rule: Rule | None, declared: t.Any, actual: t.Any) -> bool:
    if isinstance(rule, AsText) and isinstance(declared, str) and isinstance(actual, str):
        return _plain_text(declared) == _plain_text(actual)
    if isinstance(rule, Spelled):
        return same(rule.canonical(declared), rule.canonical(actual))
    return same(declared, actual)


def _plain_text(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()
