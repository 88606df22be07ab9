# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recipes that bring rows together: grouping and pivot."""

from __future__ import annotations

from ..shape import FLAG, OBJECT, TEXT, TEXTS, WHOLE, described
from .aggregates import AGGREGATIONS, Aggregated
from .blocks import Block, Key, listed, one_of
from .conditions import computed_columns, filtered

OUTPUT_NAMES = Key(
    "output_names",
    "payload.outputColumnNameOverrides",
    described(OBJECT, "Name that DSS gives to an output column, such as C(amount_sum), to the name to have instead."),
)
BEFORE = filtered("filter", "payload.preFilter", "Which rows are read: a formula, or a mapping.")
AFTER = filtered("filter_after", "payload.postFilter", "Which rows of the result are kept: a formula, or a mapping.")
COMPUTED = computed_columns("payload.computedColumns")

COLUMN = Block(
    (
        Key("column", "column", described(TEXT, "Name of the column.")),
        Key("type", "type", described(TEXT, "Type of the column.")),
    ),
    bare="column",
)

GROUPING = Block(
    (
        Key("keys", "payload.keys", **listed("Columns to group by.", COLUMN)),
        Aggregated(AGGREGATIONS).key("aggregations", "payload.values", "Columns with what is computed of them."),
        Key("count", "payload.globalCount", described(FLAG, "Whether the rows of each group are counted.")),
        OUTPUT_NAMES,
        COMPUTED,
        BEFORE,
        AFTER,
    )
)

_PIVOT_FUNCTIONS = AGGREGATIONS - {"median"}
_LIMITS = {"top": "TOP_N", "none": "NO_LIMIT", "at least": "AT_LEAST_N_OCC", "explicit": "EXPLICIT"}
_PIVOTED = Block(
    (
        Key("columns", "keyColumns", described(TEXTS, "Columns whose values become columns.")),
        Aggregated(_PIVOT_FUNCTIONS, united=False).key(
            "values", "valueColumns", "What stands in them: columns, each with a function."
        ),
        Key("count", "globalCount", described(FLAG, "Whether rows are counted.")),
        Key("limit", "valueLimit", **one_of("Which values become columns.", _LIMITS)),
        Key("most", "topnLimit", described(WHOLE, "How many values, the most frequent first.")),
        Key("least", "minOccLimit", described(WHOLE, "How often a value has to occur.")),
        Key("explicit", "explicitValues", {"type": "array", "description": "The values that become columns."}),
    ),
    usual={"globalCount": False, "valueLimit": "TOP_N", "topnLimit": 20, "minOccLimit": 0},
)
PIVOT = Block(
    (
        Key("rows", "payload.explicitIdentifiers", described(TEXTS, "Columns that say which row of the result.")),
        Key(
            "row_selection",
            "payload.identifierColumnsSelection",
            described(TEXT, "How the rows are chosen: EXPLICIT, or another of DSS's words."),
        ),
        Key("pivots", "payload.pivots", **listed("What becomes columns, and what stands in them.", _PIVOTED)),
        Aggregated(_PIVOT_FUNCTIONS).key("other_columns", "payload.otherColumns", "Other columns, with a function."),
        Key(
            "schema_computation",
            "payload.schemaComputation",
            described(TEXT, "When the output columns are worked out, in DSS's words."),
        ),
        Key(
            "column_names",
            "payload.modalitySlugification",
            described(TEXT, "How values are made names of columns, in DSS's words."),
        ),
        Key("sorted", "payload.sortModalities", described(FLAG, "Whether the new columns are sorted.")),
        COMPUTED,
        BEFORE,
    )
)
