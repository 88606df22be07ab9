# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Datasets: fields that all of them have, and those of files, tables, folders, the web, an index."""

from __future__ import annotations

import typing as t

from support.samples import Sample
from support.sandbox import SandboxProcess

_TEXTS = ["", "first", "second, with é"]
_FLAGS = [True, False]
_ROWS = {"type": "RecordCountInRangeRule", "name": "rows"}


def _connections(sandbox: SandboxProcess) -> None:
    client = sandbox.client()
    for name, kind in {
        "files": "Filesystem",
        "other_files": "Filesystem",
        "pg": "PostgreSQL",
        "es": "ElasticSearch",
    }.items():
        client.create_connection(name, kind, params={"root": "/data"} if kind == "Filesystem" else {})


_dimensions = [
    [{"name": "day", "type": "time", "period": "DAY"}],
    [{"name": "day", "type": "time", "period": "hour"}],
    [{"name": "day", "type": "time", "period": "MONTH"}, {"name": "country", "type": "discrete"}],
]
_PARTITIONINGS = [
    *({"dimensions": dimensions} for dimensions in _dimensions),
    {"dimensions": [], "file_path_pattern": "/%Y/%M/%D/.*", "ignore_non_matching_files": True},
]
_METRICS: list[t.Any] = [
    {"probes": [{"type": "records", "on_build": "PARTITION"}]},
    {"probes": [{"type": "col_stats", "aggregates": [{"column": "a", "function": "MIN"}]}, {"type": "basic"}]},
    {"probes": [{"type": "python", "name": "p", "code": "def process(dataset): return 1", "code_env": "env"}]},
    {"probes": [{"type": "sql_query", "code": "select 1", "single_aggregate": True, "enabled": False}]},
    {"engines": {"sql": False, "spark_conf": [{"key": "k", "value": "v"}]}},
    {"displayed": {"metrics": ["records:COUNT_RECORDS"], "partition": "NP"}},
]

SAMPLES = [
    Sample(
        base={"name": "d", "type": "Filesystem", "managed": False, "connection": "files", "path": "/in"},
        fields={
            "type": ["Filesystem", "HDFS"],
            "connection": ["files", "other_files"],
            "path": ["/in", "/out", "${projectKey}/x"],
            "managed": _FLAGS,
            "files": [
                ["a.csv"],
                ["a.csv", "b.csv"],
                {"mode": "RULES_INCLUDED_ONLY", "include": [{"matchingMode": "FULL_PATH", "expr": "*.csv"}]},
            ],
            "format_type": ["csv", "parquet"],
            "format_params": [
                {"separator": ";", "header": True, "charset": "utf8"},
                {"separator": ",", "header": False, "charset": "latin1"},
                {"separator": "|", "quote": "'"},
            ],
            "params": [
                {"not_ready_if_empty": True, "preview_file": "/a"},
                {"not_ready_if_empty": False, "preview_file": "/b"},
                {"notReadyIfEmpty": True, "preview_file": "/c"},
            ],
            "schema": [
                [{"name": "a", "type": "string", "max_length": 9}],
                [{"name": "a", "type": "bigint", "comment": "x", "meaning": "LongMeaning"}],
                {"columns": [{"name": "a", "type": "array", "array_content": {"type": "string"}}]},
                {"columns": [{"name": "b", "type": "map", "map_values": {"type": "int"}}], "mode": "contains"},
                [{"name": "o", "type": "object", "object_fields": [{"name": "x", "type": "string"}]}],
            ],
            "description": _TEXTS,
            "short_description": _TEXTS,
            "tags": [[], ["a"], ["b", "a"]],
            "partitioning": _PARTITIONINGS,
            "flow_options": [
                {"rebuild": "EXPLICIT", "virtualizable": False, "cross_project_build": "DEFAULT"},
                {"rebuild": "WRITE_PROTECT", "virtualizable": True, "cross_project_build": "STOP"},
                {"rebuild": "NORMAL", "ignore_error_status": True},
            ],
            "read_write_options": [
                {"write_buckets": 2, "preserve_order": True},
                {"write_buckets": 3, "single_file": True},
            ],
            "metrics": _METRICS,
            "checks": [
                [_ROWS | {"minimum": 1, "maximum": 9}],
                [_ROWS | {"minimum": None, "maximum": {"value": 5, "enabled": False}}],
                [_ROWS | {"minimum": 2, "auto_run": False, "on_build": "NO"}],
                [_ROWS | {"enabled": False}, {"type": "python", "name": "p", "code": "x", "code_env": "env"}],
            ],
            "quality": [
                {"monitor": True, "displayed": {"partition": "NP"}},
                {"monitor": False, "displayed": {"checks": ["rows"], "partition": "ALL"}},
            ],
            "custom_fields": [{"owner": "a"}, {"owner": "b", "level": 2}, {"owner": "c"}],
            "custom_meta": [{"k": "a"}, {"k": "b"}],
            "checklists": [
                [],
                [{"title": "t", "items": [{"text": "one"}]}],
                [{"title": "t", "items": [{"text": "one", "done": True}, {"text": "two"}]}],
            ],
            "data_steward": ["admin", "other"],
            "feature_group": _FLAGS,
            "type_system_version": ["V1", "V2"],
            "dku_properties": [[], [{"name": "a", "value": "b"}], [{"name": "a", "value": "c"}]],
        },
        beside={"format_params": {"format_type": "csv"}},
        prepare=_connections,
    ),
    Sample(
        base={"name": "t", "type": "PostgreSQL", "managed": False, "connection": "pg", "table": "orders"},
        fields={
            "table": ["orders", "${projectKey}_orders"],
            "database_schema": ["public", "sales"],
            "catalog": ["one", "two"],
            "query": ["select 1", "select 2"],
            "params": [{"keep_on_schema_mismatch": True}, {"insert_batch_size": 5}, {"table_creation": "manual"}],
            "checks": [
                {"items": [{"type": "numericRange", "name": "old", "metric": "records:COUNT_RECORDS", "minimum": 1}]},
                {"exclusive": True, "items": []},
                {
                    "exclusive": True,
                    "items": [{"type": "ValuesInSetRule", "name": "s", "columns": ["a"], "values": ["x"]}],
                },
            ],
        },
        prepare=_connections,
    ),
    Sample(
        base={"name": "s3", "type": "S3", "managed": False, "connection": "files", "bucket": "b", "path": "/in"},
        fields={
            "bucket": ["b", "c"],
            "params": [{"metastore_table": "a"}, {"metastore_database": "x", "metastore_table": "b"}],
        },
        prepare=_connections,
    ),
    Sample(
        base={"name": "blob", "type": "Azure", "managed": False, "connection": "files", "path": "/in"},
        fields={"container": ["b", "c"]},
        prepare=_connections,
    ),
    Sample(
        base={"name": "in_folder", "type": "FilesInFolder", "format_type": "csv", "folder": "box"},
        fields={"folder": ["box", "other box"], "files": [["a.csv"], ["b.csv"]]},
        around={"managed_folders": [{"name": "box"}, {"name": "other box"}]},
    ),
    Sample(
        base={"name": "web", "type": "HTTP", "format_type": "csv"},
        fields={"urls": [["https://a.example/x"], ["https://a.example/x", {"url": "https://a.example/y"}]]},
    ),
    Sample(
        base={"name": "up", "type": "UploadedFiles", "format_type": "csv"},
        fields={"upload_connection": ["files", "other_files"]},
        prepare=_connections,
    ),
    Sample(
        base={"name": "search", "type": "ElasticSearch", "connection": "es"},
        fields={"index": ["one", "two"], "params": [{"mapping": "{}"}, {"document_type": "doc", "frame_size": 5}]},
        prepare=_connections,
    ),
]
