# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two directions between what authors write and what DSS stores, from one table of fields."""

from __future__ import annotations

import copy
import re
import typing as t
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .._plan.compare import MISSING, Document, is_empty, is_hollow, same

Schema = t.Mapping[str, t.Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
OBJECTS: Schema = {"type": "array", "items": {"type": "object"}}

Names = Mapping[
    str, Sequence[tuple[str, str, "Field"]]
]  # two names of each field by the first key of one, long ones first

_FIRST_KEY = re.compile(r"[^.\[ ]*")
_INSIDE = re.compile(r"((?:\[[^\]]*\])?\.)(.+)")  # the label of a member, if there is one, and what is in it


def described(schema: Schema, description: str, **more: t.Any) -> Schema:
    """A schema with its description; ``null`` is always allowed and means that the field is to be absent."""
    return {**schema, "description": description, **more}


def _unchanged(value: t.Any) -> t.Any:
    return value


@dataclass(frozen=True)
class Field:
    """One author field: its name, the dotted path that it has in DSS, its JSON Schema, and how values are turned.

    ``inner`` is the table of the value where it is a mapping, or a list of mappings, with names of its own.
    """

    name: str
    path: str
    schema: Schema
    to_dss: Callable[[t.Any], t.Any] = _unchanged
    from_dss: Callable[[t.Any], t.Any] = _unchanged
    inner: Shape | None = None


@dataclass(frozen=True)
class Shape:
    """A table of fields.

    ``defaults`` gives the values that DSS adds to a document like the given one; ``computed`` are dotted paths that
    DSS keeps for itself.
    """

    fields: tuple[Field, ...]
    defaults: Callable[[Mapping[str, t.Any]], Mapping[str, t.Any]] = field(default=lambda document: {})
    computed: frozenset[str] = frozenset()

    @cached_property
    def _by_place(self) -> Names:
        return _by_first_key((entry.path, entry.name, entry) for entry in self.fields)

    @cached_property
    def _by_name(self) -> Names:
        return _by_first_key((entry.name, entry.path, entry) for entry in self.fields)

    def author_path(self, path: str) -> str:
        """The author's name for a path of DSS, at whatever depth; a path that no field names is returned as it is."""
        return _translated(self._by_place, path, Shape.author_path)

    def dss_path(self, path: str) -> str:
        """The path in DSS's JSON of an author's path, at whatever depth; a path of DSS itself is returned as it is."""
        return _translated(self._by_name, path, Shape.dss_path)

    @cached_property
    def names(self) -> frozenset[str]:
        """The author's names of the fields, and ``raw``."""
        return frozenset({*(entry.name for entry in self.fields), "raw"})

    @cached_property
    def _places(self) -> tuple[tuple[str, tuple[str, ...], str, Callable[[t.Any], t.Any]], ...]:
        """For each field its name, the keys on the way to its place, the last one, and how its value is turned."""
        parts = [(entry, entry.path.split(".")) for entry in self.fields]
        return tuple((entry.name, tuple(keys[:-1]), keys[-1], entry.to_dss) for entry, keys in parts)

    def properties(self) -> dict[str, Schema]:
        """JSON Schema of the author fields, by name."""
        return {entry.name: entry.schema for entry in self.fields}

    def to_dss(self, author: Mapping[str, t.Any]) -> Document:
        """The declared part of DSS's own JSON; ``raw`` is laid over it."""
        document: Document = {}
        for name, parents, last, to_dss in self._places:
            if name in author:
                value = author[name]
                _put(document, parents, last, None if value is None else to_dss(value))
        raw = author.get("raw")
        return overlay(document, raw) if raw else document

    def from_dss(self, document: Mapping[str, t.Any]) -> Document:
        """The author form of a document, without what DSS adds by itself; ``raw`` holds what no field names."""
        rest = copy.deepcopy(dict(document))
        for path in self.computed:
            take(rest, path)
        rest = t.cast(Document, without_defaults(rest, self.defaults(document)))
        author: Document = {}
        for entry in self.fields:
            value = take(rest, entry.path)
            if value is not MISSING and not (isinstance(value, dict) and is_hollow(value)):
                author[entry.name] = entry.from_dss(value)
        rest = prune(rest)
        return {**author, "raw": rest} if rest else author


def _by_first_key(names: Iterable[tuple[str, str, Field]]) -> Names:
    found: dict[str, list[tuple[str, str, Field]]] = {}
    for name in sorted(names, key=lambda known: -len(known[0])):
        found.setdefault(_first_key(name[0]), []).append(name)
    return found


def _first_key(path: str) -> str:
    return t.cast("re.Match[str]", _FIRST_KEY.match(path))[0]


def _translated(names: Names, path: str, below: Callable[[Shape, str], str]) -> str:
    for source, target, entry in names.get(_first_key(path), ()):
        if path == source or path.startswith((source + ".", source + "[", source + " ")):
            rest = path[len(source) :]
            inside = _INSIDE.match(rest) if entry.inner else None
            return target + (inside[1] + below(t.cast(Shape, entry.inner), inside[2]) if inside else rest)
    return path


def overlay(below: Document, above: Mapping[str, t.Any]) -> Document:
    """Lay one mapping over another, level by level; the upper one wins."""
    result = dict(below)
    for key, value in above.items():
        held = result.get(key)
        result[key] = overlay(held, value) if isinstance(held, dict) and isinstance(value, Mapping) else value
    return result


def at(document: t.Any, path: str) -> t.Any:
    """The value at a dotted path, or ``MISSING``."""
    for key in path.split("."):
        if not isinstance(document, Mapping) or key not in document:
            return MISSING
        document = document[key]
    return document


def take(document: Document, path: str) -> t.Any:
    """Remove and return the value at a dotted path, or ``MISSING``."""
    *parents, last = path.split(".")
    for key in parents:
        inner = document.get(key)
        if not isinstance(inner, dict):
            return MISSING
        document = inner
    return document.pop(last, MISSING)


def put(document: Document, path: str, value: t.Any) -> None:
    """Set the value at a dotted path; a mapping is laid below one that is there already."""
    *parents, last = path.split(".")
    _put(document, parents, last, value)


def _put(document: Document, parents: Sequence[str], last: str, value: t.Any) -> None:
    for key in parents:
        inner = document.get(key)
        if not isinstance(inner, dict):
            inner = document[key] = {}
        document = inner
    held = document.get(last)
    document[last] = overlay(dict(value), held) if isinstance(held, dict) and isinstance(value, Mapping) else value


def without_defaults(value: t.Any, default: t.Any) -> t.Any:
    """A mapping without the fields that are empty or what DSS adds by itself."""
    if not isinstance(value, dict):
        return value
    known = default if isinstance(default, Mapping) else {}
    result = {}
    for key, inner in value.items():
        standard = known.get(key, MISSING)
        if same(inner, standard) or (is_empty(inner) and is_empty(standard)):
            continue
        inner = without_defaults(inner, standard)
        if not (isinstance(inner, dict) and not inner and isinstance(value[key], dict) and value[key]):
            result[key] = inner
    return result


def prune(value: Document) -> Document:
    """A mapping without mappings that became empty."""
    result = {}
    for key, inner in value.items():
        if isinstance(inner, dict):
            inner = prune(inner)
            if not inner:
                continue
        result[key] = inner
    return result


def without_ui_state(value: t.Any) -> t.Any:
    """A payload without the keys that the user interface writes into it (dss-api.md 2.6, keys with ``$``)."""
    if isinstance(value, dict):
        return {key: without_ui_state(inner) for key, inner in value.items() if not key.startswith("$")}
    if isinstance(value, list):
        return [without_ui_state(inner) for inner in value]
    return value
