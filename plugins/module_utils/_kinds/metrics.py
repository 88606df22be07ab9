# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Metrics of datasets and managed folders: dss-api.md 2.5, dss-object-shapes.md "metrics.probes[]" and "engineConfig"."""

from __future__ import annotations

from .parts import mapping, members
from .probes import probe_defaults
from .selections import CODE_ENV
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, WHOLE, Field, Schema, Shape, described

ON_BUILD: Schema = described(
    TEXT, "Whether it is computed after a build: C(PARTITION) for what was built, C(WHOLE_DATASET), or C(NO)."
)
CODE_ENV_SCHEMA: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}

_AGGREGATE = Shape(
    fields=(
        Field("column", "column", described(TEXT, "Column.")),
        Field("function", "aggregated", described(TEXT, "What is computed, in DSS's spelling: MIN, MAX, AVG ...")),
    )
)

PROBE = Shape(
    fields=(
        Field(
            "type",
            "type",
            described(
                TEXT,
                "basic, records, partitioning, col_stats, adv_col_stats, percentile_stats, verify_col, python, sql_query, "
                "cell, or C(py_plugin_PLUGIN_PROBE).",
            ),
        ),
        Field("name", "meta.name", described(TEXT, "Name that is shown.")),
        Field("enabled", "enabled", described(FLAG, "Whether it is computed at all.")),
        Field("on_build", "computeOnBuildMode", ON_BUILD),
        members("aggregates", "configuration.aggregates", _AGGREGATE, "What is computed of which columns."),
        Field("top_values", "configuration.numberTopValues", described(WHOLE, "For adv_col_stats: how many values.")),
        Field(
            "code", "configuration.code", described(TEXT, "For python and sql_query: the text.", **{"x-verbatim": True})
        ),
        Field(
            "code_env",
            "configuration.envSelection",
            described(CODE_ENV_SCHEMA, "For python: name of a code environment, or DSS's own selection."),
            *CODE_ENV,
        ),
        Field(
            "single_aggregate",
            "configuration.singleAggregate",
            described(FLAG, "For sql_query: whether the text is one aggregation and no whole query."),
        ),
        Field(
            "per_column", "configuration.perColumn", described(FLAG, "For sql_query: whether it runs for each column.")
        ),
        Field("columns", "configuration.columns", described(TEXTS, "For sql_query and cell: the columns.")),
        Field("impala", "configuration.canRunOnImpala", described(FLAG, "For sql_query: whether Impala may run it.")),
        Field(
            "mode", "configuration.mode", described(TEXT, "For cell: how the cell is found (SINGLE_CELL_STRICT ...).")
        ),
        Field("filter", "configuration.filter", described(OBJECT, "For cell: which row, as DSS stores a filter.")),
        Field("config", "configuration.config", described(OBJECT, "For a plugin: its settings.")),
        Field("configuration", "configuration", described(OBJECT, "Further settings, with DSS's own names.")),
        Field("level", "meta.level", described(WHOLE, "Where it is shown.")),
    ),
    defaults=probe_defaults,
)

_ENGINES = Shape(
    fields=(
        Field("dss", "dss.active", described(FLAG, "Whether DSS itself may compute.")),
        Field("sql", "sql.active", described(FLAG, "Whether the database may.")),
        Field("spark", "spark.active", described(FLAG, "Whether Spark may.")),
        Field("hive", "hive.active", described(FLAG, "Whether Hive may.")),
        Field("impala", "impala.active", described(FLAG, "Whether Impala may.")),
        Field("sampling", "dss.selection", described(OBJECT, "What DSS reads, as DSS stores a sample.")),
        Field("spark_conf", "spark.extraConf", described(OBJECTS, "Settings of Spark, C(key) and C(value).")),
        Field("hive_conf", "hive.extraConf", described(OBJECTS, "Settings of Hive, C(key) and C(value).")),
        Field(
            "pad_runs", "padRunsWithMetrics", described(FLAG, "Whether a run also computes what costs nothing more.")
        ),
    )
)
_DISPLAYED = Shape(
    fields=(
        Field("metrics", "metrics", described(TEXTS, "Ids such as C(records:COUNT_RECORDS).")),
        Field("columns", "columns", described(TEXTS, "Columns.")),
        Field("partition", "partition", described(TEXT, "Partition, C(NP) or C(ALL).")),
    )
)
_METRICS = Shape(
    fields=(
        members("probes", "probes", PROBE, "What is computed, in order; a list that is declared is complete."),
        mapping("engines", "engineConfig", _ENGINES, "What may compute it."),
        mapping("displayed", "displayedState", _DISPLAYED, "What is shown."),
    )
)

METRICS = mapping("metrics", "metrics", _METRICS, "Metrics: probes, what computes them, what is shown.")
