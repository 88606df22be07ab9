# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the data of datasets and managed folders is: dss-api.md 2.4 "Params by type", dss-object-shapes.md "params"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .parts import each, mapping, part_from_dss, part_to_dss, schema_of
from .shape import FLAG, NUMBER, OBJECT, OBJECTS, TEXT, TEXTS, WHOLE, Field, Schema, Shape, described

CONNECTION = Field("connection", "params.connection", described(TEXT, "Connection that holds the data."))
PATH = Field("path", "params.path", described(TEXT, "For files: path below the root of the connection."))
BUCKET = Field("bucket", "params.bucket", described(TEXT, "For S3 and GCS: bucket."))
CONTAINER = Field("container", "params.container", described(TEXT, "For Azure: container."))


def overruled(shape: Shape, author: Mapping[str, t.Any]) -> tuple[str, ...]:
    """Notes on parameters that stand in a field of their own and, as another value, in ``params`` as well."""
    params = author.get("params")
    if not isinstance(params, Mapping):
        return ()
    return tuple(
        f"params.{own}: not applied, because {entry.name} says otherwise"
        for entry in shape.fields
        if (own := entry.path.removeprefix("params.")) != entry.path
        and entry.name in author
        and own in params
        and entry.to_dss(author[entry.name]) != params[own]
    )


# Which files count ------------------------------------------------------------------------------------------------

_FILES = Shape(
    fields=(
        Field("mode", "mode", described(TEXT, "ALL, RULES_INCLUDED_ONLY, EXPLICIT_SELECT_FILES ...")),
        Field("files", "explicitFiles", described(TEXTS, "The files, for EXPLICIT_SELECT_FILES.")),
        Field("include", "includeRules", described(OBJECTS, "Which files count, with DSS's own names.")),
        Field("exclude", "excludeRules", described(OBJECTS, "Which files do not, with DSS's own names.")),
    )
)
_FILES_SCHEMA: Schema = {"anyOf": [TEXTS, schema_of(_FILES)]}
_EXPLICIT = "EXPLICIT_SELECT_FILES"


def _files_to_dss(value: t.Any) -> t.Any:
    return {"mode": _EXPLICIT, "explicitFiles": value} if isinstance(value, list) else part_to_dss(_FILES, value)


def _files_from_dss(value: t.Any) -> t.Any:
    author = part_from_dss(_FILES, value)
    listed = isinstance(author, dict) and author.keys() == {"mode", "files"} and author["mode"] == _EXPLICIT
    return author["files"] if listed else author


FILES = Field(
    "files",
    "params.filesSelectionRules",
    described(
        _FILES_SCHEMA, "Which files below the path count: their names, or a mapping with rules; all of them otherwise."
    ),
    _files_to_dss,
    _files_from_dss,
    inner=_FILES,
)

# Files on the web --------------------------------------------------------------------------------------------------

_SOURCE: Schema = {"anyOf": [TEXT, OBJECT]}


def _source_from_dss(source: t.Any) -> t.Any:
    return source["url"] if isinstance(source, Mapping) and source.keys() == {"url"} else source


URLS = Field(
    "urls",
    "params.sources",
    described(
        {"type": "array", "items": _SOURCE}, "For HTTP: addresses of the files, as text or with DSS's own names."
    ),
    lambda value: each(value, lambda source: {"url": source} if isinstance(source, str) else source),
    lambda value: each(value, _source_from_dss),
)

# Further parameters ------------------------------------------------------------------------------------------------

_REPLACEMENT = Shape(
    fields=(
        Field("enabled", "enabled", described(FLAG, "Whether it is used.")),
        Field("mode", "mode", described(TEXT, "How variables come from columns.")),
        Field("replacements", "replacements", described(OBJECTS, "Which, with DSS's own names.")),
    )
)
_OF_METASTORE = (
    Field(
        "metastore_synchronization",
        "metastoreSynchronizationEnabled",
        described(FLAG, "For S3, Azure, GCS, HDFS: whether the metastore knows the table."),
    ),
    Field("metastore_database", "metastoreDatabaseName", described(TEXT, "Its database there.")),
    Field("metastore_table", "metastoreTableName", described(TEXT, "Its name there.")),
    Field("hive_database", "hiveDatabase", described(TEXT, "For HDFS: its database in Hive.")),
    Field("hive_table", "hiveTableName", described(TEXT, "For HDFS: its name in Hive.")),
)
_OF_FILES = (
    Field("base_block_id", "baseBlockID", described(WHOLE, "For Azure: number of the first block.")),
    Field("not_ready_if_empty", "notReadyIfEmpty", described(FLAG, "Whether it counts as not built while empty.")),
    mapping("variables_loop", "variablesExpansionLoopConfig", _REPLACEMENT, "Reading once for each row of a dataset."),
)
FOLDER_PARAMS = mapping(
    "params",
    "params",
    Shape(fields=(*_OF_METASTORE, *_OF_FILES)),
    "Further parameters of the type; with DSS's own names where they have no name here.",
    open_ended=True,
)

_OF_SQL = (
    Field("mode", "mode", described(TEXT, "For SQL: table or query; follows from the field that is declared.")),
    Field("table_creation", "tableCreationMode", described(TEXT, "For SQL: auto, or how else the table is made.")),
    Field(
        "keep_on_schema_mismatch",
        "noDropOnSchemaMismatch",
        described(FLAG, "For SQL: whether a table with other columns is kept and not made again."),
    ),
    Field("partitioning_type", "partitioningType", described(TEXT, "For SQL: custom, or how else it is partitioned.")),
    Field("normalize_doubles", "normalizeDoubles", described(FLAG, "For SQL: whether doubles are written alike.")),
    Field("insert_batch_size", "writeInsertBatchSize", described(WHOLE, "For SQL: rows in one insert.")),
    Field("bad_data_on_insert", "writeJDBCBadDataBehavior", described(TEXT, "For SQL: DISCARD_ROW ...")),
    Field("bad_data_on_copy", "writeWithCopyBadDataBehavior", described(TEXT, "For PostgreSQL: NOVERIFY_ERROR ...")),
    Field(
        "unknown_timezones_as_dates",
        "readColsWithUnknownTzAsDates",
        described(FLAG, "For SQL: times without a zone are dates."),
    ),
    Field("sql_dates_as_dates", "readSQLDateColsAsDSSDates", described(FLAG, "For SQL: days are dates of DSS.")),
    Field("datetimes_without_zone", "datetimenotzReadMode", described(TEXT, "For SQL: AS_IS, AS_STRING ...")),
    Field("dates_only", "dateonlyReadMode", described(TEXT, "For SQL: AS_IS, AS_DATE ...")),
    Field(
        "descriptions_as_comments",
        "writeDescriptionsAsSQLComment",
        described(FLAG, "For SQL: descriptions go to the table."),
    ),
    Field(
        "dataset_description_as_comment",
        "writeDatasetDescriptionAsSQLComment",
        described(TEXT, "For Snowflake: INHERIT ..."),
    ),
    Field(
        "column_descriptions_as_comments",
        "writeColumnDescriptionsAsSQLComment",
        described(TEXT, "For Snowflake: INHERIT ..."),
    ),
    Field("spark_jdbc_access", "sparkJdbcAccess", described(TEXT, "For SQL: NONE, or how Spark reads it.")),
    Field("partitions_in_spark", "numPartitions", described(NUMBER, "For SQL: in how many parts Spark reads it.")),
)
_OF_OTHERS = (
    Field("item_path_pattern", "itemPathPattern", described(TEXT, "For FilesInFolder: pattern of the paths.")),
    Field("upload_storage", "uploadFSProviderType", described(TEXT, "For UploadedFiles: type of the storage.")),
    Field("uploaded", "uploadedConfig", described(OBJECT, "For UploadedFiles: the storage, with DSS's own names.")),
    Field("uploaded_files", "files", described(TEXTS, "For UploadedFiles: the files that somebody uploaded.")),
    Field("preview_file", "previewFile", described(TEXT, "The file that is shown.")),
    Field("preview_partition", "previewPartition", described(TEXT, "The partition that is shown.")),
    Field("sheet", "sheetName", described(TEXT, "For a workbook: its sheet.")),
    Field("missing_is_empty", "consider404AsEmpty", described(FLAG, "For HTTP: a file that is not there is empty.")),
    Field("get_if_head_fails", "fallbackHeadToGet", described(FLAG, "For HTTP: GET where HEAD is refused.")),
    Field("use_global_proxy", "useGlobalProxy", described(FLAG, "For HTTP: through the proxy of the node.")),
    Field(
        "trust_any_certificate", "trustAnySSLCertificate", described(FLAG, "For HTTP: certificates are not checked.")
    ),
    Field("partitions", "partitions", described(TEXTS, "For HTTP: partitions.")),
    Field("mapping", "customMapping", described(TEXT, "For ElasticSearch: mapping of the index, JSON as text.")),
    Field("document_type", "type", described(TEXT, "For ElasticSearch: type of its documents.")),
    Field("frame_size", "frameSize", described(WHOLE, "For ElasticSearch: documents in one read.")),
    Field("partitioned", "partitioned", described(FLAG, "For ElasticSearch: whether it is partitioned.")),
    Field("keep_history", "keepTrackOfChanges", described(FLAG, "For Inline: whether edits are kept.")),
    Field("clipboard", "enableClipboardApi", described(FLAG, "For Inline: whether it can be filled by pasting.")),
    Field("imported_from", "importSourceType", described(TEXT, "For Inline: NONE, or what it was copied from.")),
    Field("imported_from_project", "importProjectKey", described(TEXT, "For Inline: project it was copied from.")),
    Field("dataset", "smartName", described(TEXT, "For JobsDB: dataset whose statistics it shows.")),
    Field("view", "view", described(TEXT, "For JobsDB: which statistics (CHECKS_LAST ...).")),
    Field("scope", "scope", described(TEXT, "For JobsDB: of how much.")),
    Field("settings", "customConfig", described(OBJECT, "For a plugin: its settings; they may hold secrets in clear.")),
    Field("preview_all_partitions", "previewAllPartitions", described(FLAG, "For a plugin.")),
)
DATASET_PARAMS = mapping(
    "params",
    "params",
    Shape(fields=(*_OF_METASTORE, *_OF_FILES, *_OF_SQL, *_OF_OTHERS)),
    "Further parameters of the type; with DSS's own names where they have no name here.",
    open_ended=True,
)
