# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns that visual recipes write (dss-api.md 2.6): names as exports show them; types and order are unverified."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..documents import Document

Columns = list[Document]

# Processors that leave the columns as they are unless they name a new one (unverified beyond what their names say).
_NEW_COLUMN = {"CreateColumnWithGREL": "column", "FlagOnValue": "flagColumn", "GeoPointCreator": "out_column"}
_IN_PLACE = frozenset(
    {
        "FilterOnValue",
        "FilterOnNumericalRange",
        "FilterOnBadType",
        "RemoveRowsOnEmpty",
        "FillEmptyWithValue",
        "RoundProcessor",
    }
)
_WIDE = {"avg": "double", "stddev": "double", "median": "double", "count": "bigint", "countDistinct": "bigint"}
_FUNCTIONS = (
    *(
        "value",
        "lag",
        "lagDiff",
        "lead",
        "leadDiff",
        "min",
        "max",
        "avg",
        "median",
        "sum",
        "sum2",
        "concat",
        "concatDistinct",
    ),
    *("stddev", "count", "countDistinct", "first", "last"),
)


def written(recipe_type: str, payload: Document, inputs: Sequence[Columns]) -> Columns | None:
    """The columns of each output, or None where nobody knows them before the data is there (pivot, models, plugins)."""
    compute = _COMPUTE.get(recipe_type)
    columns = compute(payload, list(inputs)) if compute and inputs else None
    return None if columns is None else [{"name": column["name"], "type": column["type"]} for column in columns]


def _same(payload: Document, inputs: list[Columns]) -> Columns:
    return inputs[0]


def _computed(payload: Document) -> Columns:
    return [
        {"name": entry["name"], "type": entry.get("type", "string")} for entry in payload.get("computedColumns") or ()
    ]


def _renamed(payload: Document, columns: Columns) -> Columns:
    names = payload.get("outputColumnNameOverrides") or {}
    return [{**column, "name": names.get(column["name"], column["name"])} for column in columns]


def _picked(columns: Columns, names: Sequence[str]) -> Columns:
    known = {column["name"]: column for column in columns}
    return [known.get(name, {"name": name, "type": "string"}) for name in names]


def _ranked(payload: Document) -> Columns:
    """Columns for ranks (unverified names)."""
    return [
        {"name": key.lower(), "type": "bigint"}
        for key in ("rowNumber", "rank", "denseRank")
        if payload.get(key) is True
    ]


def _sort(payload: Document, inputs: list[Columns]) -> Columns:
    return _renamed(payload, [*inputs[0], *_computed(payload), *_ranked(payload)])


def _topn(payload: Document, inputs: list[Columns]) -> Columns:
    held = [*inputs[0], *_computed(payload)]
    names = payload.get("retrievedColumns") or [column["name"] for column in held]
    return _renamed(payload, [*_picked(held, names), *_ranked(payload)])


def _count(payload: Document) -> Columns:
    return [{"name": "count", "type": "bigint"}] if payload.get("globalCount") is True else []


def _distinct(payload: Document, inputs: list[Columns]) -> Columns:
    names = [key["column"] for key in payload.get("keys") or ()] or [column["name"] for column in inputs[0]]
    return _renamed(payload, [*_picked(inputs[0], names), *_count(payload)])


def _functions(payload: Document, held: Columns) -> Columns:
    """`<column>_<function>` for each function that is on, as in the overrides of exports."""
    types = {column["name"]: column["type"] for column in held}
    found = []
    for value in payload.get("values") or ():
        name = value["column"]
        for function in _FUNCTIONS:
            if value.get(function) is True:
                kept = value.get("type") or types.get(name, "string")
                written_as = name if function == "value" else f"{name}_{_underlined(function)}"
                found.append({"name": written_as, "type": _WIDE.get(function, kept)})
    return found


def _underlined(function: str) -> str:
    """`log_price_lag_diff` is in an export; the others follow it (unverified)."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in function)


def _grouping(payload: Document, inputs: list[Columns]) -> Columns:
    held = [*inputs[0], *_computed(payload)]
    keys = [
        {**column, "type": key.get("type") or column["type"]}
        for key in payload.get("keys") or ()
        for column in _picked(held, [key["column"]])
    ]
    return _renamed(payload, [*keys, *_functions(payload, held), *_count(payload)])


def _window(payload: Document, inputs: list[Columns]) -> Columns:
    return _renamed(payload, [*_functions(payload, [*inputs[0], *_computed(payload)]), *_ranked(payload)])


def _join(payload: Document, inputs: list[Columns]) -> Columns:
    tables = [
        (entry, inputs[entry["index"]]) for entry in payload.get("virtualInputs") or () if entry["index"] < len(inputs)
    ]
    found: dict[str, Document] = {}
    for column in payload.get("selectedColumns") or ():
        entry, held = tables[column.get("table", 0)]
        name = column.get("alias") or _prefixed(entry, column["name"])
        found[name] = {"name": name, "type": column.get("type") or _picked(held, [column["name"]])[0]["type"]}
    for entry, held in tables:
        if entry.get("outputColumnsSelectionMode") == "AUTO_NON_CONFLICTING":
            for column in held:
                name = _prefixed(entry, column["name"])
                found.setdefault(name, {"name": name, "type": column["type"]})
    return [*found.values(), *_computed(payload)]


def _prefixed(entry: Document, name: str) -> str:
    return f"{entry['prefix']}_{name}" if entry.get("prefix") else name


def _vstack(payload: Document, inputs: list[Columns]) -> Columns:
    held = list({column["name"]: column for columns in inputs for column in columns}.values())
    names = payload.get("selectedColumns") or [column["name"] for column in held]
    origin = [{"name": payload.get("originColumnName") or "original_dataset", "type": "string"}]
    return [*_picked(held, names), *(origin if payload.get("addOriginColumn") else [])]


def _shaker(payload: Document, inputs: list[Columns]) -> Columns | None:
    return _after_steps(payload.get("steps") or (), list(inputs[0]))


def _after_steps(steps: Sequence[Document], columns: Columns) -> Columns | None:
    """The columns after some steps; None once a processor is there of which it is not known what it writes."""
    for step in steps:
        if step.get("disabled") is True:
            continue
        if step.get("metaType") == "GROUP":
            after = _after_steps(step.get("steps") or (), columns)
        else:
            after = _after_step(str(step.get("type")), step.get("params") or {}, columns)
        if after is None:
            return None
        columns = after
    return columns


def _after_step(processor: str, params: Document, columns: Columns) -> Columns | None:
    if processor == "ColumnsSelector":
        return [
            column for column in columns if (column["name"] in params.get("columns", ())) == bool(params.get("keep"))
        ]
    if processor == "ColumnRenamer":
        names = {entry["from"]: entry["to"] for entry in params.get("renamings", ())}
        return [{**column, "name": names.get(column["name"], column["name"])} for column in columns]
    if processor in _NEW_COLUMN:
        name = params.get(_NEW_COLUMN[processor])
        new = not any(column["name"] == name for column in columns)
        return [*columns, {"name": str(name), "type": "string"}] if name and new else columns
    return columns if processor in _IN_PLACE else None


_COMPUTE: dict[str, Callable[[Document, list[Columns]], Columns | None]] = {
    "sync": _same,
    "sampling": _same,
    "split": _same,
    "sort": _sort,
    "topn": _topn,
    "distinct": _distinct,
    "grouping": _grouping,
    "window": _window,
    "join": _join,
    "vstack": _vstack,
    "shaker": _shaker,
}
