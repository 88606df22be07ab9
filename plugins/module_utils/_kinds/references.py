# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a document names other objects: authors write names, DSS ids."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .._plan.compare import Document
from .base import Known, Neighbours, Ref, Resource, with_references
from .shape import Schema

# What an author writes at such a place.
REFERENCE: Schema = {
    "anyOf": [
        {"type": "string"},
        {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"], "additionalProperties": False},
    ]
}
BY_ID = "its name, or C(id) with the id that DSS gave it"


@dataclass(frozen=True)
class Place:
    """A place in DSS's JSON, ``[]`` for each member of a list, and the kind of object that it names.

    ``by_name`` says that DSS names the object there as authors do: what is declared is only made first.
    """

    path: str
    kind: str
    by_name: bool = False


def referring(built: Resource, places: Sequence[Place], neighbours: Neighbours) -> Resource:
    """A resource in which names stand for ids, with what it needs; what is not declared is looked up on the node."""
    declared: t.Any = built.declared
    needed: list[tuple[str, str]] = []
    lookups: list[tuple[str, str]] = []
    for place in places:

        def turned(value: t.Any, place: Place = place) -> t.Any:
            if isinstance(value, Mapping) and value.keys() == {"id"}:
                return value["id"]
            if not isinstance(value, str) or not value:
                return value
            is_declared = neighbours.has(place.kind, value)
            if is_declared:
                needed.append((place.kind, value))
            elif not place.by_name:
                lookups.append((place.kind, value))
            return value if place.by_name else Ref(place.kind, value)

        declared = at_place(declared, place.path.split("."), turned)
    return with_references(
        replace(built, declared=declared, lookups=tuple(dict.fromkeys([*built.lookups, *lookups]))), *needed
    )


def named(document: Document, places: Sequence[Place], known: Known) -> Document:
    """A document in which names stand for ids; an id that no name surely stands for is said to be one."""
    result: t.Any = document
    for place in places:
        if place.by_name:
            continue
        names = known.of(place.kind)

        def turned(value: t.Any, names: Mapping[str, str] = names) -> t.Any:
            if not isinstance(value, str) or not value:
                return value
            name = names.get(value)
            return name if name and [*names.values()].count(name) == 1 else {"id": value}

        result = at_place(result, place.path.split("."), turned)
    return t.cast(Document, result)


def used(document: Document, places: Sequence[Place]) -> Iterator[tuple[str, str]]:
    """The objects that a document of DSS names, as (kind, id)."""
    found: list[tuple[str, str]] = []
    for place in places:

        def kept(value: t.Any, kind: str = place.kind) -> t.Any:
            if isinstance(value, str) and value:
                found.append((kind, value))
            return value

        at_place(document, place.path.split("."), kept)
    return iter(found)


def at_place(value: t.Any, keys: Sequence[str], turned: Callable[[t.Any], t.Any]) -> t.Any:
    """A value with what is at a place turned into something else; where there is no such place it is as it was."""
    if not keys:
        return turned(value)
    key, rest = keys[0], keys[1:]
    name = key.removesuffix("[]")
    if not isinstance(value, Mapping) or name not in value:
        return value
    inner = value[name]
    if key.endswith("[]"):
        new = [at_place(member, rest, turned) for member in inner] if isinstance(inner, list) else inner
    else:
        new = at_place(inner, rest, turned)
    return {**value, name: new}
