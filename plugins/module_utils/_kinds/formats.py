# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parameters of file formats: dss-api.md 2.4 "Format variants", dss-object-shapes.md "formatParams by formatType"."""

from __future__ import annotations

from .parts import mapping
from .shape import FLAG, OBJECT, TEXT, TEXTS, WHOLE, Field, Shape, described

_BEHAVIOURS = "DISCARD_SILENT, DISCARD_WARNING, FAIL ..."

_FORMAT = Shape(
    fields=(
        Field("style", "style", described(TEXT, "For csv: excel, unix, escape_only_no_quote ...")),
        Field("charset", "charset", described(TEXT, "For csv: character set, such as utf8.")),
        Field("separator", "separator", described(TEXT, "For csv: character between two fields.")),
        Field("quote", "quoteChar", described(TEXT, "For csv: character around a field.")),
        Field("escape", "escapeChar", described(TEXT, "For csv: character before a special one.")),
        Field("header", "parseHeaderRow", described(FLAG, "For csv and excel: whether the first row has the names.")),
        Field("skip_before_header", "skipRowsBeforeHeader", described(WHOLE, "For csv and excel: rows before it.")),
        Field("skip_after_header", "skipRowsAfterHeader", described(WHOLE, "For csv and excel: rows after it.")),
        Field("compress", "compress", described(TEXT, "Compression, such as gz; empty for none.")),
        Field("max_row_chars", "maxRowChars", described(WHOLE, "For csv: longest row.")),
        Field("date_format", "dateSerializationFormat", described(TEXT, "For csv: ISO or HIVE.")),
        Field("array_map_format", "arrayMapFormat", described(TEXT, "For csv: json or hive.")),
        Field("array_separator", "arrayItemSeparator", described(TEXT, "For csv: between members of an array.")),
        Field("map_separator", "mapKeySeparator", described(TEXT, "For csv: between a key and its value.")),
        Field("hive_separators", "hiveSeparators", described(TEXTS, "For csv: those of Hive, from the outside in.")),
        Field(
            "normalize_booleans", "normalizeBooleans", described(FLAG, "For csv: whether booleans are written alike.")
        ),
        Field("normalize_doubles", "normalizeDoubles", described(FLAG, "For csv: whether doubles are written alike.")),
        Field(
            "additional_columns",
            "readAdditionalColumnsBehavior",
            described(TEXT, "Fields beyond the schema: INSERT_IN_DATA_WARNING ..."),
        ),
        Field("missing_columns", "readMissingColumnsBehavior", described(TEXT, f"Fields that lack: {_BEHAVIOURS}")),
        Field(
            "type_mismatch_on_read",
            "readDataTypeMismatchBehavior",
            described(TEXT, f"Values that do not fit: {_BEHAVIOURS}"),
        ),
        Field(
            "type_mismatch_on_write",
            "writeDataTypeMismatchBehavior",
            described(TEXT, f"The same on writing: {_BEHAVIOURS}"),
        ),
        Field("file_failure", "fileReadFailureBehavior", described(TEXT, "A file that cannot be read: FAIL ...")),
        Field("sheets", "sheets", described(TEXT, "For excel: the sheets, by name after C(*), or by number.")),
        Field("xlsx", "xlsx", described(FLAG, "For excel: whether it is the newer format.")),
        Field(
            "keep_number_format", "preserveNumberFormatting", described(FLAG, "For excel: numbers as they are shown.")
        ),
        Field("dates_to_iso", "parseDatesToISO", described(FLAG, "For excel: dates as ISO text.")),
        Field("compression", "parquetCompressionMethod", described(TEXT, "For parquet: SNAPPY, GZIP ...")),
        Field("flavor", "parquetFlavor", described(TEXT, "For parquet: HIVE ...")),
        Field("block_size_mb", "parquetBlockSizeMB", described(WHOLE, "For parquet: size of a block.")),
        Field("lower_case_names", "parquetLowerCaseIdentifiers", described(FLAG, "For parquet: names in lower case.")),
        Field("null_fields", "representsNullFields", described(FLAG, "For parquet: whether null is written.")),
        Field(
            "max_depth",
            "maxExpansionDepth",
            described(WHOLE, "For json: how deep it becomes columns, -1 for no limit."),
        ),
        Field("nested_arrays", "nestedArraysHandling", described(TEXT, "For json: FLATTEN ...")),
        Field("nested_arrays_max", "nestedArraysMaxElements", described(WHOLE, "For json: members of a nested array.")),
        Field("nested_arrays_max_size", "nestedArraysMaxContentSize", described(WHOLE, "For json: its longest text.")),
        Field(
            "from_single_element", "extractFromSingleElement", described(FLAG, "For json: rows are inside one element.")
        ),
        Field("header_row", "headerRow", described(FLAG, "For json.")),
        Field("config", "config", described(OBJECT, "For the format of a plugin: its settings.")),
    ),
    computed=frozenset({"probableNumberOfRecords"}),
)

FORMAT_PARAMS = mapping(
    "format_params",
    "formatParams",
    _FORMAT,
    "Parameters of the format; with DSS's own names where they have no name here.",
    open_ended=True,
)
