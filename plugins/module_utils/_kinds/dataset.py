# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Datasets: dss-api.md 2.4, dss-object-shapes.md "Datasets"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import AsSet, Document, Keyed, OnCreateOnly, Rule, Spelled
from . import dataset_types
from .base import Kind, Known, Neighbours, Node, Ref, Resource, TypeOfConnection, with_references
from .paths import path_of
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, Field, Shape, described, overlay

DEFAULT_CONNECTION = "filesystem_managed"

# Written by builds and by the schema editor, never by an author: dss-api.md quirk 23.
_COMPUTED_COLUMN_KEYS = ("originalType", "isColumnEdited", "timestampNoTzAsDate")

_FORMAT_OPTIONS = {"csv": "CSV_EXCEL_GZIP", "parquet": "PARQUET_HIVE"}  # dss-api.md 2.4, managed creation

_COLUMN: dict[str, t.Any] = {
    "type": "object",
    "required": ["name", "type"],
    "properties": {
        "name": described(TEXT, "Name of the column."),
        "type": described(
            TEXT, "Storage type: string, bigint, double, boolean, date, int, float, array, map, object ..."
        ),
        "comment": described(TEXT, "What the column holds."),
        "meaning": described(TEXT, "Meaning (semantic type) of the column."),
        "maxLength": described({"type": "integer"}, "Longest text, for SQL databases."),
        "nullable": described(FLAG, "Accepted from other tools; not applied, DSS has no such property."),
    },
    "additionalProperties": True,
}

_SCHEMA: dict[str, t.Any] = {
    "description": "The columns: a list, or a mapping with C(columns) and how they are compared.",
    "anyOf": [
        {"type": "array", "items": _COLUMN},
        {
            "type": "object",
            "required": ["columns"],
            "properties": {
                "columns": {"type": "array", "items": _COLUMN, "description": "The columns, in order."},
                "mode": {
                    "enum": ["exact", "contains", "ignore"],
                    "description": "V(exact) compares all columns and their order, V(contains) only those declared, "
                    "V(ignore) sends them when the dataset is made and never compares them.",
                },
            },
            "additionalProperties": False,
        },
    ],
}


def _charset(value: t.Any) -> t.Any:
    return value.lower().replace("-", "") if isinstance(value, str) else value


def _schema_to_dss(value: t.Any) -> Document:
    return {"columns": value if isinstance(value, list) else value["columns"]}


def _schema_from_dss(value: Document) -> t.Any:
    columns = []
    for column in value.get("columns") or []:
        kept = {key: inner for key, inner in column.items() if key not in _COMPUTED_COLUMN_KEYS}
        if kept.get("maxLength") == -1:  # old servers wrote it for "no limit"
            del kept["maxLength"]
        columns.append(kept)
    return columns


class Dataset(Kind):
    """A dataset: where its data is, its format, its schema, its checks."""

    name = "dataset"
    section = "datasets"
    order = 30
    summary = (
        "A dataset: its place, format, schema, metrics and checks. Its data stays, unless drop_data says otherwise."
    )
    identifier = {"name": described(TEXT, "Name of the dataset, unique in the project.")}
    required = ("name", "type")
    data = "its data"
    rights = "write project content; use of the connection"
    shape = Shape(
        fields=(
            Field(
                "type",
                "type",
                described(
                    TEXT,
                    "DSS type such as Filesystem, PostgreSQL or S3; V(managed) and V(sql) take the type of the connection.",
                ),
            ),
            Field("connection", "params.connection", described(TEXT, "Connection that holds the data.")),
            Field(
                "folder",
                "params.folderSmartId",
                described(TEXT, "For FilesInFolder: name of a declared managed folder, or the id of another one."),
            ),
            Field("managed", "managed", described(FLAG, "Whether DSS owns the data.")),
            Field("format_type", "formatType", described(TEXT, "Format of the files: csv, parquet, json, excel ...")),
            Field(
                "format_params", "formatParams", described(OBJECT, "Parameters of the format, with DSS's own names.")
            ),
            Field(
                "params",
                "params",
                described(OBJECT, "Parameters of the type (table, schema, path, bucket ...), with DSS's own names."),
            ),
            Field("schema", "schema", _SCHEMA, _schema_to_dss, _schema_from_dss),
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it is.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            Field(
                "partitioning",
                "partitioning",
                described(OBJECT, "Partitioning, with DSS's own names (dimensions, filePathPattern)."),
            ),
            Field("flow_options", "flowOptions", described(OBJECT, "How it is rebuilt, with DSS's own names.")),
            Field(
                "read_write_options",
                "readWriteOptions",
                described(OBJECT, "Reading and writing, with DSS's own names."),
            ),
            Field("metrics", "metrics", described(OBJECT, "Probes and their engines, with DSS's own names.")),
            Field(
                "checks",
                "metricsChecks.checks",
                described(OBJECTS, "Checks and data quality rules, with DSS's own names."),
            ),
            Field("quality", "metricsChecks", described(OBJECT, "How checks are run and shown, with DSS's own names.")),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            Field("custom_meta", "customMeta.kv", described(OBJECT, "Custom metadata, name to value.")),
            Field("checklists", "checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")),
            Field("data_steward", "dataSteward", described(TEXT, "Login of the data steward.")),
            Field("feature_group", "featureGroup", described(FLAG, "Whether it is in the feature store.")),
            Field("type_system_version", "typeSystemVersion", described(TEXT, "V1 or V2: how dates are typed.")),
            Field("dku_properties", "dkuProperties", described(OBJECTS, "Free properties, C(name) and C(value).")),
        ),
        defaults=dataset_types.defaults,
        computed=frozenset(
            {
                "versionTag",
                "creationTag",
                "smartName",
                "schema.userModified",
                "schema.metadata",
                "formatParams.probableNumberOfRecords",
            }
        ),
    )
    rules: Mapping[str, Rule] = {
        "tags": AsSet(),
        "schema.columns": Keyed(("name",)),
        "metricsChecks.checks": Keyed(("id", "displayName"), by_position=True),
        "formatParams.charset": Spelled(_charset),
    }
    replaced_by = ("type", "managed")
    names_of = ("managed_folder",)
    git_folder = "datasets"

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        declared = dict(built.declared)
        params = dict(declared.get("params") or {})
        first: Document = {}
        kind = author.get("type")
        if kind == "managed":
            declared["managed"] = author.get("managed", True)
        managed = declared.get("managed") is True
        if "connection" not in params and managed and kind in ("managed", "Filesystem"):
            first = {"params": {"connection": DEFAULT_CONNECTION}}
        if kind in ("managed", "sql"):
            connection = params.get("connection")
            declared["type"] = TypeOfConnection(connection) if connection else "Filesystem"
        if kind == "sql" or kind in dataset_types.SQL_TYPES:
            first = overlay(first, _sql_mode(params))
        folder = params.get("folderSmartId")
        if folder and neighbours.has("managed_folder", folder):
            built = with_references(built, ("managed_folder", folder))
            params["folderSmartId"] = Ref("managed_folder", folder)
        if "params" in declared:
            declared["params"] = params
        if params.get("connection"):
            built = with_references(built, ("connection", params["connection"]))
        return replace(
            built,
            declared=declared,
            first=first,
            rules=_schema_rules(author),
            notes=built.notes + dataset_types.odd_type(kind) + _unknown_params(kind, params),
        )

    def from_dss(self, document: Document, known: Known) -> Document:
        author = super().from_dss(document, known)
        folders = known.of("managed_folder")
        if author.get("folder") in folders:
            author["folder"] = folders[author["folder"]]
        return author

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["name"]: item for item in node.get(path_of("projects", project, "datasets") + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return t.cast(Document, node.get(path_of("projects", project, "datasets", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        params = document.get("params") or {}
        place = path_of("projects", resource.project, "datasets")
        if (
            document.get("managed")
            and not params.keys() & {"path", "table", "index", "query"}
            and params.get("connection")
        ):
            # The server knows the naming rule of the connection: dss-api.md 2.4, "Managed location".
            settings: Document = {"connectionId": params["connection"], "specificSettings": {}}
            option = _FORMAT_OPTIONS.get(str(document.get("formatType")))
            if option and document.get("type") in dataset_types.FILE_TYPES:
                settings["specificSettings"] = {"formatOptionId": option}
            node.post(f"{place}/managed", {"name": resource.name, "creationSettings": settings})
        else:
            node.post(f"{place}/", {**document, "name": resource.name, "projectKey": resource.project})
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        # smartName is read but not stored, a body without projectKey is refused: dss-api.md 2.4 and 1.3.
        body = {key: value for key, value in document.items() if key != "smartName"}
        body.update(name=object_id, projectKey=resource.project)
        node.put(path_of("projects", resource.project, "datasets", object_id), body)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("projects", project, "datasets", object_id), dropData=drop_data)


def _schema_rules(author: Mapping[str, t.Any]) -> Mapping[str, Rule]:
    schema = author.get("schema")
    mode = schema.get("mode", "exact") if isinstance(schema, Mapping) else "exact"
    if mode == "ignore":
        return {**Dataset.rules, "schema": OnCreateOnly()}
    if mode == "contains":
        return {**Dataset.rules, "schema.columns": Keyed(("name",), partial=True)}
    return Dataset.rules


def _sql_mode(params: Mapping[str, t.Any]) -> Document:
    """A SQL dataset that is made without a mode becomes a query: dss-api.md 2.4 [headless]."""
    if "mode" in params or not params.keys() & {"table", "query"}:
        return {}
    return {"params": {"mode": "query" if "query" in params else "table"}}


def _unknown_params(kind: t.Any, params: Mapping[str, t.Any]) -> tuple[str, ...]:
    known = dataset_types.known_params(kind)
    if not known:
        return ()
    return tuple(
        f"params.{name}: no {kind} dataset that we have seen has it; DSS drops what it does not know"
        for name in params
        if name not in known
    )
