# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recipes that choose and order rows: window, sort, topn, distinct, sampling, sync."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ..._plan.compare import MISSING, Document
from ..shape import FLAG, NUMBER, TEXT, TEXTS, WHOLE, described
from .aggregates import AGGREGATIONS, WINDOW_FUNCTIONS, WINDOW_OPTIONS, Aggregated
from .blocks import Block, Flow, Key, listed, one_of
from .conditions import filtered
from .grouped import AFTER, BEFORE, COLUMN, COMPUTED, OUTPUT_NAMES

_ORDER = Block(
    (
        Key("column", "column", described(TEXT, "Name of the column.")),
        Key("descending", "desc", described(FLAG, "Whether the greatest value comes first.")),
    ),
    usual={"desc": False},
    bare="column",
)
_RANKS = (
    Key("row_number", "payload.rowNumber", described(FLAG, "Whether rows are numbered.")),
    Key("rank", "payload.rank", described(FLAG, "Whether rows get their rank.")),
    Key("dense_rank", "payload.denseRank", described(FLAG, "Whether rows get their rank without gaps.")),
)
_ORDERS = Key("order_by", "payload.orders", **listed("Columns that order the rows.", _ORDER))

# Windows -----------------------------------------------------------------------------------------------------------

_WINDOW = Block(
    (
        Key("partition_by", "partitioningColumns", described(TEXTS, "Columns whose values part the rows.")),
        Key("order_by", "orders", **listed("Columns that order the rows.", _ORDER)),
        Key(
            "rows",
            "rows",
            {
                "type": "object",
                "description": "How many rows it reaches over, without end where none is said.",
                "properties": {
                    "before": described(WHOLE, "Rows before the current one."),
                    "after": described(WHOLE, "Rows after the current one."),
                },
                "additionalProperties": False,
            },
        ),
    ),
    usual={"windowLimitMode": "ROWS", "windowLowerBound": 0, "windowUpperBound": 0},
)


def _write_windows(windows: Sequence[t.Any], flow: Flow) -> list[Document]:
    return [_write_window(window, flow) for window in windows]


def _write_window(author: Mapping[str, t.Any], flow: Flow) -> Document:
    """What switches a part of a window on follows from whether the part is there."""
    rows = author.get("rows") or {}
    document = _WINDOW.write({key: value for key, value in author.items() if key not in ("rows", "raw")}, flow)
    return {
        **document,
        "enablePartitioning": bool(author.get("partition_by")),
        "enableOrdering": bool(author.get("order_by")),
        "enableLimits": author.get("rows") is not None,
        "limitPreceding": rows.get("before") is not None,
        "precedingRows": rows.get("before") or 0,
        "limitFollowing": rows.get("after") is not None,
        "followingRows": rows.get("after") or 0,
        **(author.get("raw") or {}),
    }


def _read_windows(windows: Sequence[t.Any], flow: Flow) -> t.Any:
    return [_read_window(window, flow) for window in windows] or MISSING


def _read_window(document: Mapping[str, t.Any], flow: Flow) -> Document:
    author: Document = dict(_WINDOW.read(document, flow))
    raw = author.pop("raw", {})
    if document.get("enableLimits"):
        sides = (("before", "limitPreceding", "precedingRows"), ("after", "limitFollowing", "followingRows"))
        author["rows"] = {name: document[rows] for name, limited, rows in sides if document.get(limited)}
    said = _write_window(author, flow)
    rest = {key: value for key, value in raw.items() if key not in said or said[key] != value}
    return {**author, "raw": rest} if rest else author


WINDOW = Block(
    (
        Key(
            "windows",
            "payload.windows",
            described({"type": "array", "items": _WINDOW.schema}, "Windows that functions look through."),
            _write_windows,
            _read_windows,
        ),
        Aggregated(AGGREGATIONS - {"countDistinct", "median"} | WINDOW_FUNCTIONS, ("value",), WINDOW_OPTIONS).key(
            "columns", "payload.values", "Columns, and what is computed of them; as text a column is kept as it is."
        ),
        *_RANKS,
        Key("cumulative_distribution", "payload.cumeDist", described(FLAG, "Whether rows get their cumulative share.")),
        Key("ntile", "payload.ntile", described(FLAG, "Whether rows get the number of their quantile.")),
        Key("ntiles", "payload.ntileValues", described(TEXT, "How many quantiles, with commas between.")),
        OUTPUT_NAMES,
        COMPUTED,
        BEFORE,
        AFTER,
    )
)

# Rows --------------------------------------------------------------------------------------------------------------

SORT = Block((_ORDERS, *_RANKS, OUTPUT_NAMES, COMPUTED, BEFORE))

TOPN = Block(
    (
        Key("first", "payload.firstRows", described(WHOLE, "How many rows from the top.")),
        Key("last", "payload.lastRows", described(WHOLE, "How many rows from the bottom.")),
        Key("keys", "payload.keys", described(TEXTS, "Columns to group by: as many rows are taken of each group.")),
        _ORDERS,
        Key("columns", "payload.retrievedColumns", described(TEXTS, "Columns to keep.")),
        *_RANKS,
        Key("count", "payload.duplicateCount", described(FLAG, "Whether the rows of each group are counted.")),
        OUTPUT_NAMES,
        COMPUTED,
        BEFORE,
    )
)

DISTINCT = Block(
    (
        Key("keys", "payload.keys", **listed("Columns that are kept, each combination of values once.", COLUMN)),
        Key("count", "payload.globalCount", described(FLAG, "Whether it is counted how often each is there.")),
        OUTPUT_NAMES,
        BEFORE,
        AFTER,
    )
)

_METHODS = {
    "all": "FULL",
    "first rows": "HEAD_SEQUENTIAL",
    "random rows": "RANDOM_FIXED_NB",
    "random share": "RANDOM_FIXED_RATIO",
}
SAMPLING = Block(
    (
        Key("method", "params.selection.samplingMethod", **one_of("How rows are chosen.", _METHODS)),
        Key("rows", "params.selection.maxRecords", described(WHOLE, "How many rows.")),
        Key("share", "params.selection.targetRatio", described(NUMBER, "Which share of the rows, up to 1.")),
        Key("seed", "params.selection.seed", described(WHOLE, "Seed of the random choice.")),
        filtered("filter", "payload", "Which rows are read: a formula, or a mapping."),
    )
)

_SCHEMA_MODES = {"same": "STRICT_SYNC"}
SYNC = Block(
    (
        Key("schema", "params.schemaMode", **one_of("How the schema of the output follows.", _SCHEMA_MODES)),
        Key("threads", "params.engineParams.maxThreads", described(WHOLE, "How many threads copy.")),
    )
)
