# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How values are compared: the rules of places in a document, and what counts as the same where there is none."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .values import PLAIN

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
    kind = type(left)
    if kind in PLAIN and kind is type(right):
        return bool(left == right)
    if is_empty(left) and is_empty(right):
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        for key, value in left.items():
            if not same(value, right.get(key, MISSING)):
                return False
        return all(is_empty(right[key]) for key in right.keys() - left.keys())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)
