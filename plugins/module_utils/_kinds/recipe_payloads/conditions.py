# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters and computed columns of visual recipes: dss-object-shapes.md "Filter descriptor", dss-api.md 2.6."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Mapping

from ..._errors import DssError
from ..._plan.compare import MISSING, Document
from ..shape import FLAG, TEXT, Schema, described, overlay, prune
from .blocks import RAW, Block, Flow, Key, listed

OFF: Document = {"distinct": False, "enabled": False}
_MODES = {"all": "&&", "any": "||", "formula": "CUSTOM", "sql": "SQL"}
_VERBATIM: Schema = {"type": "string", "x-verbatim": True}

# Operators that projects hold, by the kind of value that they take: the blanks in them are DSS's own.
_WORDS: dict[tuple[str, str], str] = {
    ("contains", "text"): "contains",
    ("equals", "text"): "== [string]",
    ("equals", "number"): "== [number]",
    ("greater than", "number"): ">  [number]",
    ("in", "numbers"): "in [number]",
    ("between", "dates"): ">< [date]",
    ("is true", ""): "true",
    ("is not empty", ""): "not empty string",
}
_OPERATORS = {dss: words for words, dss in _WORDS.items()}

_ANY: Schema = {"anyOf": [{"type": ["string", "number"]}, {"type": "array", "items": {"type": ["string", "number"]}}]}
_CONDITION: Schema = {
    "type": "object",
    "properties": {
        "column": described(TEXT, "Column that is looked at."),
        "operator": described(
            TEXT,
            f"One of {', '.join(dict.fromkeys(word for word, _kind in _WORDS))}; or DSS's own, such as C(<=  [number]).",
        ),
        "value": described(_ANY, "What it is compared with: a text, a number, a list of numbers, or two dates."),
        "other_column": described(TEXT, "Column that it is compared with, where the operator compares columns."),
        "raw": RAW,
    },
    "required": ["column"],
    "additionalProperties": False,
}
_CONDITIONS: Schema = {"type": "array", "items": _CONDITION}
FILTER: Schema = {
    "anyOf": [
        _VERBATIM,
        {
            "type": "object",
            "properties": {
                "formula": described(_VERBATIM, "Formula that is true for the rows to keep."),
                "sql": described(_VERBATIM, "SQL expression that is true for the rows to keep."),
                "all": described(_CONDITIONS, "Conditions that all have to be met."),
                "any": described(_CONDITIONS, "Conditions of which one has to be met."),
                "distinct": described(FLAG, "Whether only distinct rows are kept."),
                "enabled": described(FLAG, "Whether it is on; it is where there is a formula or a condition."),
                "raw": RAW,
            },
            "additionalProperties": False,
        },
    ]
}


def filtered(name: str, path: str, description: str) -> Key:
    """The key of a filter: a formula as text, or a mapping."""
    return Key(name, path, described({"$ref": "#/$defs/filter"}, description), _write, _read, OFF)


def _write(author: t.Any, flow: Flow) -> Document:
    author = author if isinstance(author, Mapping) else {"formula": author}
    modes = [word for word in _MODES if author.get(word) is not None]
    if len(modes) > 1:
        raise DssError(f"a filter has one of {', '.join(_MODES)}, not {' and '.join(modes)}")
    document: Document = {"distinct": bool(author.get("distinct")), "enabled": bool(author.get("enabled", bool(modes)))}
    for mode in modes:
        ui: Document = {"mode": _MODES[mode]}
        if mode in ("all", "any"):
            ui["conditions"] = [_write_condition(condition) for condition in author[mode]]
        else:
            document["expression"] = author[mode]
        document["uiData"] = ui
    return overlay(document, author.get("raw") or {})


def _read(document: Mapping[str, t.Any], flow: Flow) -> t.Any:
    rest = copy.deepcopy(dict(document))
    distinct, enabled = rest.pop("distinct", False), rest.pop("enabled", False)
    author: Document = {}
    held = (rest.get("uiData") or {}).get("mode")
    mode = next((word for word, dss in _MODES.items() if dss == held), None)
    if mode in ("all", "any"):
        author[mode] = [_read_condition(condition) for condition in rest["uiData"].pop("conditions", [])]
    elif mode is not None:
        author[mode] = rest.pop("expression", "")
    if mode is not None:
        rest["uiData"].pop("mode")
    if distinct:
        author["distinct"] = True
    if enabled != (mode is not None):
        author["enabled"] = enabled
    rest = prune(rest)
    if rest:
        author["raw"] = rest
    if not author:
        return MISSING
    return author["formula"] if author.keys() == {"formula"} else author


def _write_condition(author: Mapping[str, t.Any]) -> Document:
    value = author.get("value")
    operator = author.get("operator") or ("equals" if value is not None else "is not empty")
    operator = _WORDS.get((operator, _sort_of(operator, value)), operator)
    document: Document = {"input": author["column"], "num": 0, "operator": operator}
    if "other_column" in author:
        document["col"] = author["other_column"]
    if value is not None:
        document.update(_placed(operator, value))
    return overlay(document, author.get("raw") or {})


def _sort_of(operator: str, value: t.Any) -> str:
    """The kind of value in the words of the table."""
    if value is None:
        return "text" if operator == "contains" else ""
    if isinstance(value, list):
        return "dates" if operator == "between" else "numbers"
    return "text" if isinstance(value, str) else "number"


def _placed(operator: str, value: t.Any) -> Document:
    """The value in the field where an operator looks for it."""
    if operator.endswith("[date]"):
        first, *second = value if isinstance(value, list) else [value]
        return {"date": first, **({"date2": second[0]} if second else {})}
    if isinstance(value, list):
        return {"items": [{"string" if isinstance(member, str) else "num": member} for member in value]}
    return {"string" if isinstance(value, str) else "num": value}


def _read_condition(document: Mapping[str, t.Any]) -> Document:
    rest = dict(document)
    operator = rest.pop("operator", "")
    value = _taken(rest, operator)
    word, sort = _OPERATORS.get(operator, ("", ""))
    author: Document = {"column": rest.pop("input")}
    author["operator"] = word if word and (value is not None or not sort or word == "contains") else operator
    if value is not None:
        author["value"] = value
    if rest.get("num") == 0 and not isinstance(rest["num"], bool):
        rest.pop("num")
    if "col" in rest:
        author["other_column"] = rest.pop("col")
    return {**author, "raw": rest} if rest else author


def _taken(rest: Document, operator: str) -> t.Any:
    """The value that an operator compares with, taken out of its condition, or None."""
    if operator.endswith("[date]"):
        dates = [rest.pop(key) for key in ("date", "date2") if key in rest]
        return dates if len(dates) > 1 else next(iter(dates), None)
    if operator.startswith("in "):
        key = "num" if operator.endswith("[number]") else "string"
        members = rest.get("items")
        if isinstance(members, list) and all(
            isinstance(member, Mapping) and set(member) == {key} for member in members
        ):
            rest.pop("items")
            return [member[key] for member in members]
        return None
    if operator.endswith("[number]"):
        return rest.pop("num", None)
    return rest.pop("string", None) if operator == "contains" or operator.endswith("[string]") else None


_COMPUTED = Block(
    (
        Key("name", "name", described(TEXT, "Name of the column.")),
        Key("expression", "expr", described(_VERBATIM, "Formula, or SQL expression with C(mode) SQL.")),
        Key("type", "type", described(TEXT, "Type of the column.")),
        Key("mode", "mode", described(TEXT, "GREL, a formula, unless SQL is said.")),
    ),
    usual={"mode": "GREL"},
)


def computed_columns(path: str) -> Key:
    """The key of the columns that a recipe computes before anything else."""
    return Key("computed_columns", path, **listed("Columns that are computed first.", _COMPUTED))
