# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields whose value has names of its own: a mapping, or a list of mappings, inside an object."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from .shape import OBJECT, Field, Schema, Shape, described, overlay

_RAW = described(OBJECT, "Fields of DSS that have no name here.")


def mapping(name: str, path: str, shape: Shape, description: str, open_ended: bool = False) -> Field:
    """A field that is a mapping with a table of its own; keys that are not in it are DSS's own.

    ``open_ended`` says that no table can know all keys: those without a name are read as they are, beside the others.
    """
    return Field(
        name,
        path,
        described(schema_of(shape), description),
        lambda value: part_to_dss(shape, value),
        lambda value: _beside(shape, part_from_dss(shape, value)) if open_ended else part_from_dss(shape, value),
        inner=shape,
    )


def members(name: str, path: str, shape: Shape, description: str) -> Field:
    """A field that is a list of mappings with a table of their own; keys that are not in it are DSS's own."""
    return Field(
        name,
        path,
        described({"type": "array", "items": schema_of(shape)}, description),
        lambda value: each(value, lambda member: part_to_dss(shape, member)),
        lambda value: each(value, lambda member: part_from_dss(shape, member)),
        inner=shape,
    )


def part_to_dss(shape: Shape, author: t.Any) -> t.Any:
    """DSS's mapping for one that an author wrote, partly or wholly with DSS's own names; anything else is as it is."""
    if not isinstance(author, Mapping):
        return author
    own = {key: value for key, value in author.items() if key not in shape.names}
    return overlay(shape.to_dss(author), own)


def part_from_dss(shape: Shape, document: t.Any) -> t.Any:
    """The author's mapping for one of DSS; what a newer DSS stores in another form is as it is."""
    return shape.from_dss(document) if isinstance(document, Mapping) else document


def each(value: t.Any, turned: Callable[[t.Any], t.Any]) -> t.Any:
    """Every member of a list; anything else is as it is."""
    return [turned(member) for member in value] if isinstance(value, list) else value


def _beside(shape: Shape, author: t.Any) -> t.Any:
    """An author's mapping without ``raw``, unless DSS calls something by a name that stands for something else here."""
    raw = author.get("raw") if isinstance(author, Mapping) else None
    if not raw or raw.keys() & shape.names:
        return author
    return {**{key: value for key, value in author.items() if key != "raw"}, **raw}


def schema_of(shape: Shape) -> Schema:
    """JSON Schema of such a mapping; DSS's own names are allowed."""
    return {"type": "object", "properties": {**shape.properties(), "raw": _RAW}, "additionalProperties": True}
