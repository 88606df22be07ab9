# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Columns with the functions that a recipe applies to them: grouping, window and pivot hold them in the same form."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..._plan.compare import MISSING, Document
from ..shape import FLAG, TEXT, Schema, described, overlay
from .blocks import RAW, Flow, Key

# Stated off where they are not named, so that one that is taken out goes: all servers know them.
AGGREGATIONS = frozenset(
    {"sum", "min", "max", "count", "countDistinct", "concat", "avg", "median", "stddev", "first", "last"}
)
WINDOW_FUNCTIONS = frozenset({"value", "lag", "lead", "lagDiff", "leadDiff"})
# Newer ones: named where they are on, and off where DSS does not hold them.
_ALL = AGGREGATIONS | WINDOW_FUNCTIONS | {"concatDistinct", "sum2"}
_FUNCTIONS = {"".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name): name for name in _ALL}
_SPELLED = {name.lower(): name for name in _ALL}
_FRIENDLY = {name: word for word, name in _FUNCTIONS.items()}

OFF_EVERYWHERE: Document = {**dict.fromkeys(sorted(_ALL - {"value"}), False), "firstLastNotNull": False}

_OPTIONS = {
    "order_by": ("orderColumn", described(TEXT, "Column that says which row is the first, the last or the next.")),
    "separator": ("concatSeparator", described(TEXT, "What stands between values that are joined.")),
    "skip_empty": ("firstLastNotNull", described(FLAG, "Whether first and last skip rows without a value.")),
    "type": ("type", described(TEXT, "Type of the column.")),
}
WINDOW_OPTIONS = {
    "lags": ("lagValues", described(TEXT, "How many rows before, with commas between.")),
    "leads": ("leadValues", described(TEXT, "How many rows after, with commas between.")),
    "unit": ("dateDiffUnit", described(TEXT, "Unit of differences between dates.")),
}


@dataclass(frozen=True)
class Aggregated:
    """How columns with functions are written.

    ``off`` are the functions that are stated off, ``alone`` those of a column that stands alone as text. With ``united``
    a column is there once, else once for each function.
    """

    off: frozenset[str]
    alone: tuple[str, ...] = ()
    options: Mapping[str, tuple[str, Schema]] = field(default_factory=dict)
    united: bool = True

    @property
    def known(self) -> dict[str, tuple[str, Schema]]:
        return {**_OPTIONS, **self.options}

    def key(self, name: str, path: str, description: str) -> Key:
        functions: Schema = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        names = ", ".join(sorted(word for word, function in _FUNCTIONS.items() if function in self.off))
        properties = {
            "column": described(TEXT, "Name of the column."),
            "functions": described(functions, f"One or several of {names}."),
            **{option: schema for option, (_dss, schema) in self.known.items()},
            "raw": RAW,
        }
        member: Schema = {
            "anyOf": [
                {"type": "string"},
                {"type": "object", "properties": properties, "required": ["column"], "additionalProperties": False},
            ]
        }
        return Key(name, path, described({"type": "array", "items": member}, description), self.write, self.read)

    def write(self, members: Sequence[t.Any], flow: Flow) -> list[Document]:
        result: list[Document] = []
        by_column: dict[str, Document] = {}
        for member in members:
            document = self._written({"column": member} if isinstance(member, str) else member)
            held = by_column.get(document["column"]) if self.united else None
            if held is None:
                by_column[document["column"]] = document
                result.append(document)
            else:
                held.update({name: value for name, value in document.items() if value is not False})
        return result

    def _written(self, author: Mapping[str, t.Any]) -> Document:
        document: Document = {"column": author["column"], **dict.fromkeys(sorted(self.off), False)}
        functions = author.get("functions", self.alone)
        for function in [functions] if isinstance(functions, str) else functions or ():
            document[function_named(function)] = True
        for option, (dss, _schema) in self.known.items():
            if option in author:
                document[dss] = author[option]
        return overlay(document, author.get("raw") or {})

    def read(self, members: Sequence[t.Any], flow: Flow) -> t.Any:
        return [self._read(member) for member in members] or MISSING

    def _read(self, document: Mapping[str, t.Any]) -> t.Any:
        rest = dict(document)
        author: Document = {"column": rest.pop("column")}
        functions = [name for name in rest if name in _ALL and rest[name] is True]
        rest = {name: value for name, value in rest.items() if name not in _ALL or not isinstance(value, bool)}
        if sorted(functions) != sorted(self.alone):
            author["functions"] = sorted(_FRIENDLY[name] for name in functions)
        for option, (dss, _schema) in self.known.items():
            if dss in rest and rest[dss] is not False:
                author[option] = rest[dss]
            rest.pop(dss, None)
        if rest:
            author["raw"] = rest
        return author["column"] if len(author) == 1 else author


def function_named(word: str) -> str:
    """DSS's name of a function, which may be written with any mixture of cases and underscores."""
    return _SPELLED.get(word.replace("_", "").lower(), word)
