# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recipes with several inputs or outputs: join, stack and split."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from ..._plan.compare import Document
from ..shape import FLAG, NUMBER, TEXT, TEXTS, WHOLE, Schema, described
from .blocks import Block, Flow, Form, Key, listed, name_at, one_of, place_of
from .conditions import computed_columns, filtered
from .grouped import AFTER, BEFORE, COMPUTED

_PLACE: Schema = {"type": ["string", "integer"]}
_NUMBERED = "or its number, from 0, where the name is there twice"


def _table(name: str, path: str, description: str) -> Key:
    """The key of one of the tables that a recipe brings together."""
    return Key(
        name,
        path,
        described(_PLACE, f"{description}: name of the input, {_NUMBERED}."),
        lambda value, flow: place_of(value, flow.tables, "input"),
        lambda value, flow: name_at(value, flow.tables),
    )


# Inputs ------------------------------------------------------------------------------------------------------------

_SELECTIONS = {"listed": "MANUAL", "all": "AUTO_NON_CONFLICTING"}
_INPUT = Block(
    (
        Key(
            "input",
            "index",
            described(_PLACE, f"Name of the input, {_NUMBERED}."),
            lambda name, flow: place_of(name, flow.inputs, "input"),
            lambda index, flow: name_at(index, flow.inputs),
        ),
        Key("prefix", "prefix", described(TEXT, "Prefix of its columns in the result.")),
        Key(
            "selection",
            "outputColumnsSelectionMode",
            **one_of("Which of its columns are in the result: those of C(columns), or all.", _SELECTIONS),
        ),
        computed_columns("computedColumns"),
        filtered("filter", "preFilter", "Which of its rows are read: a formula, or a mapping."),
    ),
    bare="input",
)
_INPUTS = Key("inputs", "payload.virtualInputs", **listed("The inputs, with what is done to each.", _INPUT))


def _with_tables(author: t.Any, flow: Flow) -> tuple[t.Any, Flow]:
    """The settings in which every input is named."""
    entries = author.get("inputs") or list(range(len(flow.inputs)))
    inputs = [dict(entry) if isinstance(entry, Mapping) else {"input": entry} for entry in entries]
    places = [place_of(entry["input"], flow.inputs, "input") for entry in inputs]
    tables = tuple(flow.inputs[place] if place in range(len(flow.inputs)) else str(place) for place in places)
    return {**author, "inputs": inputs}, replace(flow, tables=tables)


def _with_selections(author: t.Any, flow: Flow) -> tuple[t.Any, Flow]:
    """Columns of a join are those that are listed, or else all."""
    author, flow = _with_tables(author, flow)
    usual = "listed" if author.get("columns") else "all"
    return {**author, "inputs": [{"selection": usual, **entry} for entry in author["inputs"]]}, flow


def _tables_of(document: Document, flow: Flow) -> Flow:
    indexes = [entry.get("index") for entry in document.get("payload", {}).get("virtualInputs") or ()]
    return replace(flow, tables=tuple(flow.inputs[i] if i in range(len(flow.inputs)) else str(i) for i in indexes))


def _without_plain_inputs(author: t.Any, flow: Flow) -> t.Any:
    """Settings that name every input in order and say nothing of them leave them out."""
    plain = [name_at(place, flow.inputs) for place in range(len(flow.inputs))]
    return {key: value for key, value in author.items() if key != "inputs" or value != plain}


# Join --------------------------------------------------------------------------------------------------------------

_SIDE = Block((Key("column", "name", TEXT), _table("input", "table", "Table")))
_CONDITION_DETAILS = {
    "case_insensitive": ("caseInsensitive", described(FLAG, "Whether upper and lower case are the same.")),
    "normalize_text": ("normalizeText", described(FLAG, "Whether accents and the like mean nothing.")),
    "max_distance": ("maxDistance", described(NUMBER, "How far values may be apart.")),
    "max_matches": ("maxMatches", described(WHOLE, "How many matches of a row at most.")),
    "strict": ("strict", described(FLAG, "Whether the limit itself is left out.")),
    "unit": ("dateDiffUnit", described(TEXT, "Unit of distances between dates.")),
    "window_from": ("windowFrom", described(NUMBER, "Where a window of time begins.")),
    "window_to": ("windowTo", described(NUMBER, "Where a window of time ends.")),
}
CONDITION: Document = {
    "type": "EQ",
    "caseInsensitive": False,
    "normalizeText": False,
    "maxDistance": 0,
    "maxMatches": 1,
    "strict": False,
    "dateDiffUnit": "DAY",
    "windowFrom": 0,
    "windowTo": 0,
}
_CONDITION = Block(
    (
        Key("left", "column1.name", described(TEXT, "Column of the left table.")),
        Key("right", "column2.name", described(TEXT, "Column of the right table.")),
        Key("operator", "type", described(TEXT, "EQ unless another of DSS's words is said: LTE, NE, CONTAINS ...")),
        *(Key(name, path, schema) for name, (path, schema) in _CONDITION_DETAILS.items()),
    ),
    usual=CONDITION,
)
_CONDITIONS = listed("Pairs of columns that have to match; a name alone is that of both.", _CONDITION)
_CONDITIONS["schema"] = {
    **_CONDITIONS["schema"],
    "items": {"anyOf": [TEXT, {**_CONDITION.schema, "required": ["left", "right"]}]},
}
_TYPES = {"inner": "INNER", "left": "LEFT", "right": "RIGHT", "full": "FULL", "cross": "CROSS", "advanced": "ADVANCED"}
_MATCHES = {"all": "AND", "any": "OR", "natural": "NATURAL", "custom": "CUSTOM"}
JOINED: Document = {"type": "LEFT", "conditionsMode": "AND", "outerJoinOnTheLeft": True}
_JOINED = Block(
    (
        _table("left", "table1", "Left table; the first input if it is not said"),
        _table("right", "table2", "Right table; the input after those before if it is not said"),
        Key("type", "type", **one_of("Which rows are kept, left if it is not said.", _TYPES)),
        Key(
            "match", "conditionsMode", **one_of("How many of the conditions have to match, all if not said.", _MATCHES)
        ),
        Key("conditions", "on", **_CONDITIONS),
    ),
    usual=JOINED,
)
_SELECTED = Block(
    (
        Key("name", "name", described(TEXT, "Name of the column in its input.")),
        _table("input", "table", "Where it comes from, the first input if it is not said"),
        Key("type", "type", described(TEXT, "Type of the column.")),
        Key("as", "alias", described(TEXT, "Name of the column in the result.")),
    ),
    usual={"table": 0},
    bare="name",
)
_JOIN = Block(
    (
        Key("joins", "payload.joins", **listed("What is joined with what, in order.", _JOINED)),
        Key("columns", "payload.selectedColumns", **listed("Columns of the result; all if none is said.", _SELECTED)),
        _INPUTS,
        COMPUTED,
        AFTER,
    )
)


def _before_join(author: t.Any, flow: Flow) -> tuple[t.Any, Flow]:
    """Tables that are not named follow from the order, and each column of a condition has its table."""
    author, flow = _with_selections(author, flow)
    if not isinstance(author.get("joins"), list):
        return author, flow
    joins = []
    for number, join in enumerate(author["joins"], start=1):
        join = {"left": 0, "right": number, **join}
        sides = {
            side: {"table": place_of(join[name], flow.tables, "input")}
            for side, name in (("column1", "left"), ("column2", "right"))
        }
        join["conditions"] = [_condition(entry, sides) for entry in join.get("conditions") or ()]
        joins.append(join)
    return {**author, "joins": joins}, flow


def _condition(author: t.Any, sides: Mapping[str, Document]) -> Document:
    entry: Document = {"left": author, "right": author} if isinstance(author, str) else dict(author)
    raw = entry.get("raw") or {}
    tables = {side: {**tables, **(raw.get(side) or {})} for side, tables in sides.items()}
    return {**entry, "raw": {**raw, **tables}}


def _after_join(author: t.Any, flow: Flow) -> t.Any:
    author = _without_plain_inputs(author, flow)
    usual = "listed" if author.get("columns") else "all"
    author["inputs"] = [_less(entry, "selection", usual, "input") for entry in author.get("inputs") or ()]
    author = _without_plain_inputs(author, flow)
    if not author.get("inputs"):
        author.pop("inputs", None)
    for number, join in enumerate(author.get("joins") or (), start=1):
        places = {side: place_of(join[side], flow.tables, "input") for side in ("left", "right")}
        for side, usual_place in (("left", 0), ("right", number)):
            if places[side] == usual_place:
                join.pop(side)
        conditions = [_plain_condition(entry, places) for entry in join.pop("conditions", ())]
        join.update({"conditions": conditions} if conditions else {})
    return author


def _less(author: t.Any, key: str, usual: t.Any, bare: str) -> t.Any:
    if not isinstance(author, Mapping):
        return author
    rest = {name: value for name, value in author.items() if name != key or value != usual}
    return rest[bare] if rest.keys() == {bare} else rest


def _plain_condition(author: Document, places: Mapping[str, int]) -> t.Any:
    raw = dict(author.pop("raw", {}))
    for side, name in (("column1", "left"), ("column2", "right")):
        tables = dict(raw.pop(side, {}))
        if tables.get("table") == places[name]:
            tables.pop("table")
        raw.update({side: tables} if tables else {})
    if raw:
        return {**author, "raw": raw}
    return author["left"] if author == {"left": author.get("left"), "right": author.get("left")} else author


JOIN = Form("join", _JOIN, "Settings of a join.", _before_join, _tables_of, _after_join)

# Stack -------------------------------------------------------------------------------------------------------------

_MODES = {
    "union": "UNION",
    "intersection": "INTERSECT",
    "from dataset": "FROM_DATASET",
    "from index": "FROM_INDEX",
    "remap": "REMAP",
}
STACK = Form(
    "stack",
    Block(
        (
            Key("mode", "payload.mode", **one_of("Which columns the result has.", _MODES)),
            Key("columns", "payload.selectedColumns", described(TEXTS, "Columns of the result.")),
            Key("add_origin", "payload.addOriginColumn", described(FLAG, "Whether a column says where a row is from.")),
            Key("origin_column", "payload.originColumnName", described(TEXT, "Name of that column.")),
            _INPUTS,
            AFTER,
        )
    ),
    "Settings of a stack.",
    _with_tables,
    _tables_of,
    _without_plain_inputs,
)

# Split -------------------------------------------------------------------------------------------------------------

_OUTPUT = Key(
    "output",
    "outputIndex",
    described(_PLACE, "Where these rows go: name of an output, or its number from 0."),
    lambda name, flow: place_of(name, flow.outputs, "output"),
    lambda index, flow: name_at(index, flow.outputs),
)
_SHARE = Block((Key("share", "share", described(NUMBER, "Share of the rows, in percent.")), _OUTPUT))
_FILTER = Block((filtered("filter", "filter", "Which rows: a formula, or a mapping."), _OUTPUT))
_VALUE = Block(
    (
        Key("value", "value", {"description": "Value of the column."}),
        Key("case_sensitive", "caseSensitive", described(FLAG, "Whether upper and lower case differ.")),
        _OUTPUT,
    )
)
_SPLITS = {
    "filters": "FILTERS",
    "values": "VALUES",
    "ranges": "RANGE",
    "random": "RANDOM",
    "random columns": "RANDOM_COLUMNS",
    "centiles": "CENTILE",
}
SPLIT = Form(
    "split",
    Block(
        (
            Key("mode", "payload.mode", **one_of("How rows are dealt out.", _SPLITS)),
            Key("column", "payload.column", described(TEXT, "Column whose values or ranges decide.")),
            Key("filters", "payload.filterSplits", **listed("Rows by conditions.", _FILTER)),
            Key("values", "payload.valueSplits", **listed("Rows by the value of the column.", _VALUE)),
            Key("ranges", "payload.rangeSplits", **listed("Rows by the range of the column.", _FILTER)),
            Key("random", "payload.randomSplits", **listed("Shares of the rows.", _SHARE)),
            Key("random_columns", "payload.randomColumnsSplits", **listed("Shares by columns.", _SHARE)),
            Key("centiles", "payload.centileSplits", **listed("Shares in an order.", _SHARE)),
            Key(
                "otherwise",
                "payload.defaultOutputIndex",
                described(_PLACE, "Where all other rows go: name of an output, or its number; -1 for nowhere."),
                lambda name, flow: place_of(name, flow.outputs, "output"),
                lambda index, flow: name_at(index, flow.outputs),
            ),
            Key("seed", "payload.seed", described(WHOLE, "Seed of the random choice.")),
            COMPUTED,
            BEFORE,
        )
    ),
    "Settings of a split.",
)
