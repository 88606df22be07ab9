# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processors of prepare recipes that have a short form: their parameters as projects hold them (dss-object-shapes.md)."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from ..shape import FLAG, NUMBER, TEXT, TEXTS, WHOLE, Schema, described
from .blocks import Block, Flow, Key, one_of
from .processor import PAIRS, Pairs, Processor, read_pairs, write_pairs

_VERBATIM: Schema = {"type": "string", "x-verbatim": True}
_ONE_OR_MORE: Schema = {"anyOf": [TEXT, TEXTS]}


def _columns(description: str = "Column or columns that it applies to.") -> Key:
    return Key("columns", "columns", described(_ONE_OR_MORE, description), _as_list, _as_text)


def _as_list(value: t.Any, flow: Flow) -> list[t.Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _as_text(value: t.Any, flow: Flow) -> t.Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _text(name: str, path: str, description: str) -> Key:
    return Key(name, path, described(TEXT, description))


_COLUMN = _text("column", "column", "Name of the column.")
_IN = _text("column", "inCol", "Name of the column.")
_TIMEZONE = _text("timezone", "timezone_id", "Time zone, UTC if it is not said.")
_VALUES = Key("values", "values", described({"type": "array"}, "The values."))
_MATCHING = Key(
    "match", "matchingMode", **one_of("How values are compared.", {"whole": "FULL_STRING", "part": "SUBSTRING"})
)
_FIND_MATCHING = Key(
    "match", "matching", **one_of("How texts are compared.", {"whole": "FULL_STRING", "part": "SUBSTRING"})
)
_ACTION = Key(
    "action",
    "action",
    **one_of(
        "What happens to rows that match.",
        {"keep": "KEEP_ROW", "remove": "REMOVE_ROW", "clear": "CLEAR_CELL", "flag": "FLAG"},
    ),
)
_BY_VALUE = {"normalizationMode": "EXACT", "booleanMode": "AND", "matchingMode": "FULL_STRING"}

PROCESSORS = (
    Processor(
        "formula",
        "CreateColumnWithGREL",
        Block(
            (
                _text("column", "column", "Column that is written."),
                Key("expression", "expression", described(_VERBATIM, "Formula.")),
                _text("error_column", "errorColumn", "Column for errors."),
            )
        ),
        "A column from a formula.",
    ),
    Processor(
        "keep_columns",
        "ColumnsSelector",
        Block((_columns(),), bare="columns"),
        "Columns to keep.",
        {"keep": True},
        True,
    ),
    Processor(
        "remove_columns",
        "ColumnsSelector",
        Block((_columns(),), bare="columns"),
        "Columns to remove.",
        {"keep": False},
        True,
    ),
    Processor("rename_columns", "ColumnRenamer", Pairs("renamings"), "Columns to rename, former names to new ones."),
    Processor(
        "move_columns",
        "ColumnReorder",
        Block(
            (
                _columns(),
                Key(
                    "to",
                    "reorderAction",
                    **one_of(
                        "Where they go.",
                        {"start": "AT_START", "end": "AT_END", "before": "BEFORE_COLUMN", "after": "AFTER_COLUMN"},
                    ),
                ),
                _text("reference", "referenceColumn", "Column before or after which they go."),
            )
        ),
        "Columns to move.",
        spread=True,
    ),
    Processor(
        "parse_date",
        "DateParser",
        Block(
            (
                _columns(),
                Key("formats", "formats", described(TEXTS, "Formats that are tried.")),
                _text("output", "outCol", "Column for the result, the same if it is not said."),
                _TIMEZONE,
                _text("language", "lang", "Language of names of months and days."),
            ),
            {"outCol": "", "timezone_id": "UTC", "lang": "auto"},
        ),
        "Texts that become dates.",
        spread=True,
    ),
    Processor(
        "format_date",
        "DateFormatter",
        Block(
            (
                _IN,
                _text("output", "outCol", "Column for the result."),
                _text("format", "format", "Format."),
                _TIMEZONE,
                _text("language", "lang", "Language of names of months and days."),
            ),
            {"timezone_id": "UTC"},
        ),
        "A date that becomes a text.",
    ),
    Processor(
        "date_parts",
        "DateComponentsExtractor",
        Block(
            (
                _COLUMN,
                _text("year", "outYearColumn", "Column for the year."),
                _text("month", "outMonthColumn", "Column for the month."),
                _text("day", "outDayColumn", "Column for the day."),
                _text("day_of_week", "outDayOfWeekColumn", "Column for the day of the week."),
                _text("hour", "outHourColumn", "Column for the hour."),
                _TIMEZONE,
            ),
            {"timezone_id": "UTC"},
        ),
        "Parts of a date as columns.",
    ),
    Processor(
        "date_difference",
        "DateDifference",
        Block(
            (
                _text("column", "input1", "Column with the first date."),
                Key(
                    "compare_to",
                    "compareTo",
                    **one_of("What it is compared with.", {"column": "COLUMN", "date": "DATE", "now": "NOW"}),
                ),
                _text("other_column", "input2", "Column with the second date."),
                _text("date", "refDate", "The date."),
                _text("output", "output", "Column for the result."),
                _text("unit", "outputUnit", "Unit: DAYS, MONTHS, YEARS ..."),
                Key("reverse", "reverse", described(FLAG, "Whether the sign is turned round.")),
            ),
            {"reverse": False},
        ),
        "Time between two dates.",
    ),
    Processor(
        "parse_unix_time",
        "UNIXTimestampParser",
        Block(
            (_IN, Key("milliseconds", "milliseconds", described(FLAG, "Whether milliseconds are counted."))),
            {"milliseconds": True},
            "column",
        ),
        "A UNIX time that becomes a date.",
    ),
    Processor(
        "find_replace",
        "FindReplace",
        Block(
            (
                _columns(),
                Key(
                    "replace",
                    "mapping",
                    described(PAIRS, "Texts to find, and what to put in their place."),
                    write_pairs,
                    read_pairs,
                ),
                _text("output", "output", "Column for the result, the same if it is not said."),
                _FIND_MATCHING,
                _text("normalization", "normalization", "EXACT, or how texts are made alike before."),
                Key(
                    "first_only",
                    "stopAfterFirstMatch",
                    described(FLAG, "Whether only the first that fits is replaced."),
                ),
            ),
            {"output": "", "normalization": "EXACT", "stopAfterFirstMatch": False, "matching": "FULL_STRING"},
        ),
        "Texts to find and replace.",
        spread=True,
    ),
    Processor(
        "fill_empty",
        "FillEmptyWithValue",
        Block((_columns("Columns that it applies to; an empty list for all."), _text("value", "value", "The value."))),
        "A value for empty cells.",
        spread=True,
    ),
    Processor(
        "remove_empty_rows",
        "RemoveRowsOnEmpty",
        Block((_columns(),), bare="columns"),
        "Columns without which a row is removed.",
        {"keep": False},
        True,
    ),
    Processor(
        "filter_values",
        "FilterOnValue",
        Block((_columns(), _VALUES, _ACTION, _MATCHING), _BY_VALUE),
        "Rows to keep or remove by values.",
        spread=True,
    ),
    Processor(
        "flag_values",
        "FlagOnValue",
        Block(
            (_columns(), _VALUES, _text("output", "flagColumn", "Column for the flag."), _MATCHING),
            {**_BY_VALUE, "action": "FLAG"},
        ),
        "A flag for rows with values.",
        spread=True,
    ),
    Processor(
        "filter_range",
        "FilterOnNumericalRange",
        Block(
            (
                _columns(),
                Key("min", "min", described(NUMBER, "Smallest number.")),
                Key("max", "max", described(NUMBER, "Greatest number.")),
                _ACTION,
            ),
            {"booleanMode": "AND"},
        ),
        "Rows to keep or remove by a range of numbers.",
        spread=True,
    ),
    Processor(
        "filter_invalid",
        "FilterOnBadType",
        Block(
            (_columns(), _text("meaning", "type", "Meaning that values are to have."), _ACTION), {"booleanMode": "AND"}
        ),
        "Rows or cells whose value has not the meaning.",
        spread=True,
    ),
    Processor(
        "round",
        "RoundProcessor",
        Block(
            (
                _columns(),
                _text("mode", "mode", "ROUND, or another of DSS's words."),
                Key("places", "places", described(WHOLE, "Decimal places.")),
                Key("precision", "precision", described(WHOLE, "Significant digits.")),
            ),
            {"mode": "ROUND", "places": 0, "precision": 0},
            "columns",
        ),
        "Numbers to round.",
        spread=True,
    ),
    Processor(
        "flatten_json",
        "JSONFlattener",
        Block(
            (
                _IN,
                Key("depth", "maxDepth", described(WHOLE, "How many levels.")),
                _text("separator", "separator", "What stands between the names of levels."),
                Key(
                    "prefix",
                    "prefixOutputs",
                    described(FLAG, "Whether new columns begin with the name of the old one."),
                ),
                Key("arrays", "flattenArrays", described(FLAG, "Whether lists are flattened too.")),
                Key("null_as_empty", "nullAsEmpty", described(FLAG, "Whether null is an empty cell.")),
            ),
            {"maxDepth": 1, "separator": "_", "prefixOutputs": True, "flattenArrays": False, "nullAsEmpty": True},
            "column",
        ),
        "Values of JSON as columns.",
    ),
    Processor(
        "simplify_text",
        "TextSimplifierProcessor",
        Block(
            (
                _IN,
                _text("output", "outCol", "Column for the result, the same if it is not said."),
                Key("normalize", "normalize", described(FLAG, "Whether case and accents go.")),
                Key("stem", "stem", described(FLAG, "Whether words are cut to their stem.")),
                Key("clear_stop_words", "clearStopWords", described(FLAG, "Whether stop words go.")),
                Key("sort", "sortAlphabetically", described(FLAG, "Whether words are sorted.")),
                _text("language", "language", "Language of the text."),
            ),
            {
                "normalize": True,
                "stem": False,
                "clearStopWords": False,
                "sortAlphabetically": False,
                "language": "english",
            },
            "column",
        ),
        "Text in a simpler form.",
    ),
    Processor(
        "split_column",
        "ColumnSplitter",
        Block(
            (
                _IN,
                _text("separator", "separator", "What stands between the parts."),
                _text("prefix", "outColPrefix", "Beginning of the names of new columns."),
                Key("limit", "limit", described(WHOLE, "How many columns at most, with C(limited).")),
                Key("limited", "limitOutput", described(FLAG, "Whether there is a limit.")),
                _text("start_from", "startFrom", "beginning or end."),
                Key("keep_empty", "keepEmptyChunks", described(FLAG, "Whether empty parts count.")),
                _text("target", "target", "COLUMNS, or another of DSS's words."),
            ),
            {"keepEmptyChunks": False, "target": "COLUMNS", "limit": 0, "limitOutput": False},
        ),
        "Parts of a text as columns.",
    ),
    Processor(
        "unfold",
        "Unfold",
        Block(
            (
                _COLUMN,
                _text("prefix", "prefix", "Beginning of the names of new columns."),
                Key("limit", "limit", described(WHOLE, "How many columns at most.")),
                _text("overflow", "overflowAction", "What happens beyond the limit: ERROR, or another of DSS's words."),
            ),
            {"overflowAction": "ERROR"},
        ),
        "A column for each value.",
    ),
    Processor(
        "geopoint",
        "GeoPointCreator",
        Block(
            (
                _text("latitude", "lat_column", "Column with the latitude."),
                _text("longitude", "lon_column", "Column with the longitude."),
                _text("output", "out_column", "Column for the point."),
            )
        ),
        "A point from its coordinates.",
    ),
)
