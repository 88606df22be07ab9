# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Spellings of other tools: names of types and of keys, in their dialects and in ours."""

from __future__ import annotations

import re
from functools import lru_cache

# Keys that are called otherwise here; the first is the spelling of another tool.
RENAMED: dict[str, dict[str, str]] = {
    "datasets": {"format": "format_type", "comment": "description"},
    "recipes": {
        "output": "outputs",
        "sql_file": "code_file",
        "sql": "code",
        "code_ref": "code_file",
        "compute_schema_updates": "update_output_schemas",
    },
}

_DATASET_TYPES = (
    "Filesystem", "UploadedFiles", "FilesInFolder", "HDFS", "S3", "GCS", "Azure", "FTP", "SCP", "SFTP", "HTTP",
    "RemoteFiles", "PostgreSQL", "MySQL", "SQLServer", "Oracle", "Snowflake", "BigQuery", "Redshift", "Synapse",
    "FabricWarehouse", "Databricks", "DatabricksLakebase", "Teradata", "Vertica", "Greenplum", "Athena", "Trino",
    "SAPHANA", "Netezza", "ClickHouse", "JDBC", "MongoDB", "Cassandra", "ElasticSearch", "DynamoDB", "Inline",
    "SharePointOnline", "JobsDB", "StatsDB", "InternalStats", "hiveserver2", "managed", "sql",
)  # fmt: skip
DATASET_TYPES: dict[str, str] = {
    **{name.lower(): name for name in _DATASET_TYPES},
    "uploaded": "UploadedFiles",
    "azure_blob": "Azure",
    "sql_table": "sql",
    "sql_query": "sql",
}

_RECIPE_TYPES = (
    "python", "r", "julia", "shell", "pyspark", "sparkr", "spark_scala", "spark_sql_query", "sql_query", "sql_script",
    "hive", "impala", "ksql", "sync", "update", "export", "download", "join", "fuzzyjoin", "geojoin", "grouping",
    "window", "sort", "topn", "distinct", "pivot", "split", "vstack", "shaker", "sampling", "prediction_training",
    "prediction_scoring", "clustering_training", "clustering_scoring", "evaluation", "standalone_evaluation",
    "generate_features", "merge_folder", "list_folder_contents", "upsert", "extract_failed_rows", "hstack",
)  # fmt: skip
RECIPE_TYPES: dict[str, str] = {
    **{name: name for name in _RECIPE_TYPES},
    "group": "grouping",
    "stack": "vstack",
    "prepare": "shaker",
    "sample": "sampling",
    "sql": "sql_query",
}
CODE_RECIPES = frozenset({
    "python", "r", "julia", "shell", "pyspark", "sparkr", "spark_scala", "spark_sql_query", "sql_query", "sql_script",
    "hive", "impala", "ksql",
})  # fmt: skip
VISUAL_RECIPES = frozenset({
    "sync", "join", "fuzzyjoin", "geojoin", "grouping", "window", "sort", "topn", "distinct", "pivot", "split", "vstack",
    "hstack", "shaker", "sampling",
})  # fmt: skip

_STORAGE_TYPES = (
    "string", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "date", "array", "map", "object",
)  # fmt: skip
_COLUMN_TYPES: dict[str, str] = {
    **dict.fromkeys(("timestamp", "timestamptz", "timestamp_tz", "timestamp_ntz", "datetime"), "date"),
    **dict.fromkeys(("varchar", "char", "nvarchar", "nchar", "text", "str", "character varying", "uuid"), "string"),
    **dict.fromkeys(("integer", "int32", "int4"), "int"),
    **dict.fromkeys(("long", "int64", "int8"), "bigint"),
    **dict.fromkeys(("int16", "int2", "short"), "smallint"),
    **dict.fromkeys(("float32", "float4", "real"), "float"),
    **dict.fromkeys(("float64", "float8", "double precision", "decimal", "numeric", "number"), "double"),
    "bool": "boolean",
    **{name: name for name in _STORAGE_TYPES},
}  # fmt: skip
_SIZED = re.compile(r"\s*([A-Za-z][\w ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*\d+\s*)?\))?\s*")

_SQL_NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$\$.*?\$\$", re.DOTALL)


@lru_cache(maxsize=1024)
def column_type(text: str) -> tuple[str, int | None]:
    """DSS's storage type of a column type and its longest text, if it names one; an unknown type stays."""
    found = _SIZED.fullmatch(text)
    target = _COLUMN_TYPES.get(found[1].lower()) if found else None
    if found is None or target is None:
        return text, None
    return target, int(found[2]) if found[2] and target == "string" else None


def is_script(code: str) -> bool:
    """Whether SQL text holds more than one statement."""
    statements = [part for part in _SQL_NOISE.sub(" ", code).split(";") if part.strip()]
    return len(statements) > 1
