# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The columns of a dataset: dss-api.md 2.4 "Schema columns", dss-object-shapes.md "schema"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import Document, Keyed, OnCreateOnly, Rule
from .parts import each, part_from_dss, part_to_dss, schema_of
from .shape import FLAG, OBJECT, OBJECTS, TEXT, WHOLE, Field, Schema, Shape, described

_PATH = "schema.columns"

_COLUMN = Shape(
    fields=(
        Field("name", "name", described(TEXT, "Name of the column.")),
        Field(
            "type",
            "type",
            described(TEXT, "Storage type: string, bigint, double, boolean, date, int, float, array, map, object ..."),
        ),
        Field("comment", "comment", described(TEXT, "What the column holds.")),
        Field("meaning", "meaning", described(TEXT, "Meaning (semantic type) of the column.")),
        Field("max_length", "maxLength", described(WHOLE, "Longest text, for SQL databases.")),
        Field("array_content", "arrayContent", described(OBJECT, "For array: what is in it, a column without a name.")),
        Field("map_keys", "mapKeys", described(OBJECT, "For map: its keys, a column without a name.")),
        Field("map_values", "mapValues", described(OBJECT, "For map: its values, a column without a name.")),
        Field("object_fields", "objectFields", described(OBJECTS, "For object: its fields, which are columns.")),
    ),
    defaults=lambda column: {"maxLength": -1},  # old servers wrote it for "no limit"
    # Written by builds and by the schema editor, never by an author: dss-api.md quirk 23.
    computed=frozenset({"originalType", "isColumnEdited", "timestampNoTzAsDate"}),
)
_AS_IN_DSS = frozenset({"name", "type", "comment", "meaning"})
_COLUMNS: Schema = {
    "type": "array",
    "items": {
        **schema_of(_COLUMN),
        "required": ["name", "type"],
        "properties": {
            **_COLUMN.properties(),
            "maxLength": described(WHOLE, "DSS's own name of C(max_length)."),
            "nullable": described(FLAG, "Accepted from other tools; not applied, DSS has no such property."),
        },
    },
}
_SCHEMA: Schema = {
    "description": "The columns: a list, or a mapping with C(columns) and how they are compared.",
    "anyOf": [
        _COLUMNS,
        {
            "type": "object",
            "required": ["columns"],
            "properties": {
                "columns": {**_COLUMNS, "description": "The columns, in order."},
                "mode": {
                    "enum": ["exact", "contains", "ignore"],
                    "description": "V(exact) compares all columns and their order, V(contains) only those declared, "
                    "V(ignore) sends them when the dataset is made and never compares them.",
                },
            },
            "additionalProperties": False,
        },
    ],
}


def compared(author: Mapping[str, t.Any]) -> dict[str, Rule]:
    """How the columns are compared, as the author wants it."""
    mode = mode_of(author)
    if mode == "ignore":
        return {_PATH: Keyed(("name",)), "schema": OnCreateOnly()}
    return {_PATH: Keyed(("name",), partial=mode == "contains")}


def mode_of(author: Mapping[str, t.Any]) -> str:
    """``exact``, ``contains`` or ``ignore``."""
    schema = author.get("schema")
    return schema.get("mode") or "exact" if isinstance(schema, Mapping) else "exact"


def _to_dss(value: t.Any) -> Document:
    return {"columns": [_column_to_dss(column) for column in (value if isinstance(value, list) else value["columns"])]}


def _column_to_dss(column: Mapping[str, t.Any]) -> t.Any:
    # Most columns have nothing to be turned, and a large project has a hundred thousand of them.
    return column if column.keys() <= _AS_IN_DSS else part_to_dss(_COLUMN, column)


def _from_dss(value: Document) -> t.Any:
    return each(value.get("columns") or [], lambda column: part_from_dss(_COLUMN, column))


SCHEMA = Field(
    "schema",
    "schema",
    _SCHEMA,
    _to_dss,
    _from_dss,
    inner=Shape(fields=(Field("columns", "columns", _COLUMNS, inner=_COLUMN),)),
)
