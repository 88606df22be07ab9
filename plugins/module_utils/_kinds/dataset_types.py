# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DSS adds by itself to a dataset: dss-object-shapes.md "Datasets", columns "2024+" and "Constant"."""

from __future__ import annotations

import difflib
import typing as t
from collections.abc import Collection, Mapping
from functools import lru_cache

from .partitioning import PARTITIONING_DEFAULTS
from .probes import standard_probe

FILE_TYPES = frozenset(
    {"Filesystem", "UploadedFiles", "FilesInFolder", "HDFS", "S3", "Azure", "GCS", "FTP", "SCP", "SFTP"}
)
SQL_TYPES = frozenset(
    {
        "JDBC",
        "PostgreSQL",
        "MySQL",
        "Vertica",
        "Snowflake",
        "Redshift",
        "Greenplum",
        "Teradata",
        "Oracle",
        "SQLServer",
        "SAPHANA",
        "Netezza",
        "BigQuery",
        "Athena",
        "hiveserver2",
        "Synapse",
        "FabricWarehouse",
        "Databricks",
        "DatabricksLakebase",
        "ClickHouse",
    }
)  # the type lists that the client switches on, dss-api.md 2.4

# A dataset has the type of its connection but for these: dss-api.md 2.16, last line.
DATASET_TYPE_OF_CONNECTION = {"EC2": "S3", "SSH": "SFTP"}

FILES_SELECTION = {"mode": "ALL", "excludeRules": [], "includeRules": [], "explicitFiles": []}
LOOP = {"enabled": False, "mode": "CREATE_VARIABLE_FOR_EACH_COLUMN", "replacements": []}

SELECTION = {
    "useMemTable": False,
    "filter": {"distinct": False, "enabled": False},
    "partitionSelectionMethod": "ALL",
    "latestPartitionsN": 1,
    "ordering": {"enabled": False, "rules": []},
    "samplingMethod": "FULL",
    "maxRecords": -1,
    "targetRatio": 0.02,
    "ascending": True,
    "withinFirstN": -1,
    "maxReadUncompressedBytes": -1,
}

ENGINE_CONFIG = {
    "padRunsWithMetrics": False,
    "hive": {"active": True, "extraConf": []},
    "basic": {},
    "dss": {"active": True, "selection": SELECTION},
    "sql": {"active": True},
    "impala": {"active": True},
    "spark": {"active": True, "extraConf": []},
    "python": {},
}

FLOW_OPTIONS = {
    "virtualizable": False,
    "rebuildBehavior": "NORMAL",
    "crossProjectBuildBehavior": "DEFAULT",
    "ignoreErrorStatusOnBuild": False,
}

_COMMON: dict[str, t.Any] = {
    "managed": False,
    "featureGroup": False,
    "flowOptions": FLOW_OPTIONS,
    "readWriteOptions": {
        "preserveOrder": False,
        "writeBuckets": 1,
        "forceSingleOutputFile": False,
        "defaultReadOrdering": {"enabled": False, "rules": []},
    },
    "partitioning": PARTITIONING_DEFAULTS,
    "metricsChecks": {"monitor": False, "runOnBuild": False},
    "typeSystemVersion": "V2",  # of new datasets; DSS leaves V1, or nothing, in older ones
}

_PROBES = [standard_probe("basic"), standard_probe("records")]
_PROBES_OF_PARTITIONED = [
    standard_probe("partitioning"),
    *_PROBES,
]  # 9 of the 15 that have it: "Most common probe sets"

_SQL_PARAMS = {
    "notReadyIfEmpty": False,
    "mode": "table",
    "partitioningType": "custom",
    "normalizeDoubles": True,
    "tableCreationMode": "auto",
    "writeInsertBatchSize": 10000,
    "writeJDBCBadDataBehavior": "DISCARD_ROW",
    "readColsWithUnknownTzAsDates": False,
    "readSQLDateColsAsDSSDates": True,
    "noDropOnSchemaMismatch": False,
    "sparkJdbcAccess": "NONE",
    "numPartitions": -1,
    "variablesExpansionLoopConfig": LOOP,
}
_FILE_PARAMS = {"notReadyIfEmpty": False, "filesSelectionRules": FILES_SELECTION, "variablesExpansionLoopConfig": LOOP}
_METASTORE = {"metastoreSynchronizationEnabled": True, "metastoreDatabaseName": "default"}
_PLUGIN_PARAMS = {"notReadyIfEmpty": False, "previewAllPartitions": False}

_PARAMS: dict[str, dict[str, t.Any]] = {
    "PostgreSQL": {
        **_SQL_PARAMS,
        "writeWithCopyBadDataBehavior": "NOVERIFY_ERROR",
        "writeDescriptionsAsSQLComment": False,
        "datetimenotzReadMode": "AS_IS",
        "dateonlyReadMode": "AS_IS",
    },
    "Snowflake": {
        **_SQL_PARAMS,
        "writeDatasetDescriptionAsSQLComment": "INHERIT",
        "writeColumnDescriptionsAsSQLComment": "INHERIT",
        "datetimenotzReadMode": "AS_IS",
        "dateonlyReadMode": "AS_IS",
    },
    "UploadedFiles": {
        **_FILE_PARAMS,
        "uploadConnection": "Default (in DSS data dir.)",
        "uploadedConfig": {**_FILE_PARAMS, **_METASTORE},
    },
    "S3": {**_FILE_PARAMS, **_METASTORE},
    "Azure": {**_FILE_PARAMS, "metastoreSynchronizationEnabled": True, "baseBlockID": 0},
    "GCS": {**_FILE_PARAMS, "metastoreSynchronizationEnabled": True},
    "HDFS": {**_FILE_PARAMS, "metastoreSynchronizationEnabled": True},
    "Inline": {
        "notReadyIfEmpty": False,
        "keepTrackOfChanges": False,
        "importSourceType": "NONE",
        "enableClipboardApi": False,
    },
    "HTTP": {
        "notReadyIfEmpty": False,
        "consider404AsEmpty": True,
        "fallbackHeadToGet": True,
        "useGlobalProxy": True,
        "trustAnySSLCertificate": False,
    },
    "JobsDB": {"scope": "SINGLE_OBJECT"},
    "ElasticSearch": {"notReadyIfEmpty": False, "frameSize": 10000, "partitioned": False},
}

# What is true of all datasets of a type: dss-object-shapes.md, "Counts by type".
_OF_TYPE: dict[str, dict[str, t.Any]] = {"Inline": {"managed": True, "formatType": "json"}}

_FORMAT_PARAMS: dict[str, dict[str, t.Any]] = {
    "csv": {
        "quoteChar": '"',
        "escapeChar": "\\",
        "maxRowChars": 100000000,
        "dateSerializationFormat": "ISO",
        "arrayMapFormat": "json",
        "hiveSeparators": [chr(code) for code in range(2, 9)],
        "skipRowsBeforeHeader": 0,
        "skipRowsAfterHeader": 0,
        "normalizeBooleans": False,
        "normalizeDoubles": True,
        "readAdditionalColumnsBehavior": "INSERT_IN_DATA_WARNING",
        "readMissingColumnsBehavior": "DISCARD_SILENT",
        "readDataTypeMismatchBehavior": "DISCARD_WARNING",
        "writeDataTypeMismatchBehavior": "DISCARD_WARNING",
        "fileReadFailureBehavior": "FAIL",
    },
    "excel": {
        "xlsx": True,
        "preserveNumberFormatting": False,
        "parseDatesToISO": False,
        "skipRowsBeforeHeader": 0,
        "parseHeaderRow": True,
        "skipRowsAfterHeader": 0,
    },
    "parquet": {
        "parquetLowerCaseIdentifiers": False,
        "representsNullFields": False,
        "parquetCompressionMethod": "SNAPPY",
        "parquetFlavor": "HIVE",
        "parquetBlockSizeMB": 128,
    },
    "json": {
        "maxExpansionDepth": -1,
        "nestedArraysHandling": "FLATTEN",
        "extractFromSingleElement": False,
        "nestedArraysMaxElements": 100,
        "nestedArraysMaxContentSize": 300000,
        "headerRow": True,
    },
}


def defaults(document: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a dataset of the type and format of the given one."""
    kind = document.get("type")
    dimensions = (document.get("partitioning") or {}).get("dimensions")
    metrics = ["basic:COUNT_COLUMNS", "records:COUNT_RECORDS"]
    if kind in FILE_TYPES:
        metrics[1:1] = ["basic:COUNT_FILES", "basic:SIZE"]
    format_params = dict(_FORMAT_PARAMS.get(str(document.get("formatType")), {}))
    if document.get("formatType") == "csv" and document.get("managed"):
        format_params["compress"] = "gz"
    return {
        **_COMMON,
        "params": params_defaults(kind),
        "formatParams": format_params,
        **_OF_TYPE.get(str(kind), {}),
        "metrics": {
            "probes": _PROBES_OF_PARTITIONED if dimensions else _PROBES,
            "engineConfig": ENGINE_CONFIG,
            "displayedState": {"columns": [], "metrics": metrics},
        },
    }


def params_defaults(kind: t.Any) -> dict[str, t.Any]:
    """What DSS adds to ``params`` of a dataset of a type."""
    if kind in _PARAMS:
        return _PARAMS[kind]
    if kind in SQL_TYPES:
        return _SQL_PARAMS
    if kind in FILE_TYPES:
        return _FILE_PARAMS
    return _PLUGIN_PARAMS if str(kind).startswith("CustomPython_") else {}


_PLACES = {
    "sql": {
        "connection",
        "table",
        "schema",
        "catalog",
        "query",
        "noDropOnSchemaMismatch",
        "writeDescriptionsAsSQLComment",
        "datetimenotzReadMode",
        "dateonlyReadMode",
        "writeDatasetDescriptionAsSQLComment",
        "writeColumnDescriptionsAsSQLComment",
    },
    "file": {
        "connection",
        "path",
        "bucket",
        "container",
        "metastoreTableName",
        "metastoreDatabaseName",
        "hiveTableName",
        "hiveDatabase",
        "folderSmartId",
        "itemPathPattern",
        "uploadConnection",
        "files",
        "uploadFSProviderType",
        "uploadedConfig",
        "previewFile",
        "uploadBoxId",
        "sheetName",
    },
}


_OTHER_TYPES = frozenset({"managed", "sql", "JobsDB", "MongoDB", "Cassandra", "Kafka", "SQS", "Twitter", "RemoteFiles"})
_SEEN = FILE_TYPES | SQL_TYPES | _PARAMS.keys() | _OTHER_TYPES


def odd_type(kind: t.Any) -> tuple[str, ...]:
    """A note where a type looks like a known one that is misspelt; what DSS knows beyond our list passes."""
    return misspelt(kind, _SEEN)


def misspelt(kind: t.Any, known: Collection[str]) -> tuple[str, ...]:
    """A note where a word is not known but nearly is."""
    if kind in known:
        return ()
    near = difflib.get_close_matches(str(kind), known, 1, 0.8)
    return tuple(f"type {kind}: no such type has been seen; did you mean {name}?" for name in near)


@lru_cache(maxsize=256)
def known_params(kind: t.Any) -> frozenset[str]:
    """The names that ``params`` of a type has in real projects; empty where we have not seen enough."""
    family = "sql" if kind in SQL_TYPES else "file" if kind in FILE_TYPES else None
    return frozenset({*params_defaults(kind), *_PLACES[family]}) if family else frozenset()
