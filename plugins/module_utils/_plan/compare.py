# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare and merge the declared part of a document with what DSS holds.

Both walk the declared side only: a field that nobody declared belongs to DSS or to a colleague.
"""

from __future__ import annotations

import typing as t
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from .rules import (
    MISSING,
    AsSet,
    AsText,
    Defaults,
    Document,
    Exclusive,
    Keyed,
    OnCreateOnly,
    Resent,
    Rule,
    Rules,
    Secret,
    Spelled,
    Unknown,
    Whole,
    is_empty,
    is_hollow,
    no_defaults,
    same,
)
from .values import PLAIN

_LENIENT = frozenset({AsSet, Keyed, AsText, OnCreateOnly, Spelled})  # equal values are the same by them
_STRUCTURES = frozenset({dict, list})


@dataclass(frozen=True, slots=True)
class Change:
    """One declared field that differs. ``before`` and ``after`` are values or ``MISSING``.

    ``cause`` is known where there is a recorded side: ``config`` (the declaration changed), ``drift`` (DSS changed),
    ``both``.
    """

    path: str
    before: t.Any
    after: t.Any
    cause: str | None = None


def compare(declared: t.Any, actual: t.Any, rules: Rules, defaults: Defaults = no_defaults) -> list[Change]:
    """List what would have to change in ``actual`` to hold everything that is declared."""
    return [] if holds(declared, actual, rules) else compare_carefully(declared, actual, rules, defaults)


def compare_carefully(declared: t.Any, actual: t.Any, rules: Rules, defaults: Defaults = no_defaults) -> list[Change]:
    """The same, without the look that finds out at once that nothing differs."""
    walk = _Walk(rules, defaults)
    walk.compare(declared, actual, defaults("", declared), "", "")
    return walk.found


def holds(declared: t.Any, actual: t.Any, rules: Rules) -> bool:
    """Whether an object holds what is declared to the letter, so that no rule could tell a difference.

    Most objects do, and it is seen quickly. False says nothing: another spelling may be as good.
    """
    for path, rule in rules.items():
        kind = type(rule)
        if kind not in _LENIENT and not (kind is Exclusive and _holds_no_more(declared, actual, path)):
            return False
    return _is_in(declared, actual)


def identical(left: t.Any, right: t.Any) -> bool:
    """Whether two documents are surely the same, type by type; it is seen quickly. False says nothing."""
    return bool(left == right) and _is_in(left, right)


def _holds_no_more(declared: t.Any, actual: t.Any, path: str) -> bool:
    """Whether the mapping at a path, if it is declared, has the keys that are declared and surely no other."""
    first = True
    for key in path.split("."):
        if not isinstance(declared, dict) or key not in declared:
            return first and "[" not in key
        first = False
        declared, actual = declared[key], actual.get(key) if isinstance(actual, dict) else None
    return not isinstance(declared, dict) or (isinstance(actual, dict) and len(actual) == len(declared))


def _is_in(declared: t.Any, actual: t.Any) -> bool:
    """Whether two values are the same, type by type, but for keys that nobody declared."""
    kind = type(declared)
    if kind is not type(actual):
        return False
    if kind is dict:
        for key, value in declared.items():
            held = actual.get(key, MISSING)
            if type(value) in PLAIN:
                if type(held) is not type(value) or held != value:
                    return False
            elif not _is_in(value, held):
                return False
        return True
    if kind is list:
        return len(declared) == len(actual) and all(map(_is_in, declared, actual))
    return kind in PLAIN and bool(declared == actual)


def merge(declared: t.Any, actual: t.Any, rules: Rules, defaults: Defaults = no_defaults) -> t.Any:
    """Return ``actual`` with everything that is declared laid over it; neither argument is modified."""
    return _Walk(rules, defaults).merged(declared, actual, "")


class _Walk:
    """One walk over a declared document; ``pattern`` finds rules and defaults, ``path`` rules of a single member.

    ``found`` are the changes of a comparison.
    """

    def __init__(self, rules: Rules, defaults: Defaults) -> None:
        self.rules = rules
        self.defaults = defaults
        self.found: list[Change] = []

    def compare(self, declared: t.Any, actual: t.Any, default: t.Any, path: str, pattern: str) -> None:
        rule = self.rules.get(path) or self.rules.get(pattern)
        if isinstance(rule, OnCreateOnly):
            if _lacks(rule, actual):
                self.found.append(Change(path, actual, declared))
            return
        if isinstance(rule, Resent):
            self.found.append(Change(path, actual, declared))
            return
        if actual is MISSING and default is not MISSING:
            actual = default
        if isinstance(declared, dict) and not isinstance(rule, Whole):  # {} is contained in anything
            self._mapping(declared, actual, default, path, pattern, isinstance(rule, Exclusive))
        elif isinstance(declared, list) and isinstance(rule, AsSet):
            self.found += _set_changes(declared, actual, rule, path)
        elif isinstance(declared, list) and _by_member(declared, actual) and not isinstance(rule, Whole):
            self._members(declared, actual if isinstance(actual, list) else [], rule, path, pattern)
        elif not _same_by(rule, declared, actual):
            self.found.append(Change(path, actual, MISSING if declared is None else declared))

    def _mapping(
        self, declared: Document, actual: t.Any, default: t.Any, path: str, pattern: str, exclusive: bool
    ) -> None:
        held = actual if isinstance(actual, dict) else {}
        defaults = default if isinstance(default, Mapping) else {}
        for key, value in declared.items():
            here = below(path, key)
            inner = here if path == pattern else below(pattern, key)
            if type(value) in PLAIN and here not in self.rules and inner not in self.rules:
                self._plain(value, held.get(key, defaults.get(key, MISSING)), here)
            else:
                self.compare(value, held.get(key, MISSING), defaults.get(key, MISSING), here, inner)
        if exclusive:
            for key in sorted(held.keys() - declared.keys()):
                if not is_hollow(held[key]):
                    self.found.append(Change(below(path, key), held[key], MISSING))

    def _plain(self, declared: t.Any, actual: t.Any, path: str) -> None:
        """Compare what most of a document is: values without a rule."""
        if not same(declared, actual):
            self.found.append(Change(path, actual, MISSING if declared is None else declared))

    def _members(self, declared: list[t.Any], actual: list[t.Any], rule: Rule | None, path: str, pattern: str) -> None:
        if not actual:
            new = (
                Change(f"{path}[{label_of(wanted, rule, index)}]", MISSING, wanted)
                for index, wanted in enumerate(declared)
            )
            self.found += new
            return
        pairs = match(declared, actual, rule)
        inner = f"{pattern}[]"
        for index, (wanted, partner) in enumerate(zip(declared, pairs)):
            label = f"{path}[{label_of(wanted, rule, index)}]"
            if partner is None:
                self.found.append(Change(label, MISSING, wanted))
            elif _replaces(wanted, actual[partner]):
                self.found.append(Change(label, actual[partner], wanted))
            else:
                held = actual[partner]
                self.compare(wanted, held, self.defaults(inner, held), label, inner)
        if isinstance(rule, Keyed) and rule.partial:
            return
        kept = {partner: None for partner in pairs if partner is not None}
        for index, held in enumerate(actual):
            if index not in kept:
                self.found.append(Change(f"{path}[{label_of(held, rule, index)}]", held, MISSING))
        in_order = sorted(kept)
        if list(kept) != in_order and not (isinstance(rule, Keyed) and not rule.ordered):
            labels = [label_of(item, rule, index) for index, item in enumerate(declared)]
            self.found.append(Change(f"{path} (order)", [label_of(actual[i], rule, i) for i in in_order], labels))

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
        if isinstance(declared, list) and holds_mappings(declared, actual):
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
                result[key] = self.merged(value, held.get(key, MISSING), below(pattern, key))
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


def below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def match(declared: Sequence[t.Any], actual: Sequence[t.Any], rule: Rule | None) -> list[int | None]:
    """For each declared member of a list the index of the actual member that it stands for, or None."""
    if len(declared) == len(actual) and all(map(_is_in, declared, actual)):
        return list(range(len(declared)))
    if not isinstance(rule, Keyed):
        return [index if index < len(actual) else None for index in range(len(declared))]
    pairs: list[int | None] = [None] * len(declared)
    if not actual:
        return pairs
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


def holds_mappings(declared: list[t.Any], actual: t.Any) -> bool:
    members = (*declared, *(actual if isinstance(actual, list) else ()))
    return not _STRUCTURES.isdisjoint(map(type, members))


def _by_member(declared: list[t.Any], actual: t.Any) -> bool:
    """Whether two lists differ member by member; what is there and no list at all is another value."""
    return holds_mappings(declared, actual) and (isinstance(actual, list) or is_empty(actual))


def label_of(member: t.Any, rule: Rule | None, index: int) -> str:
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
