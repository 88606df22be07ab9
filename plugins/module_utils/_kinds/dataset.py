# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Datasets: dss-api.md 2.4, dss-object-shapes.md "Datasets"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import AsSet, Document, Rule, Spelled
from . import dataset_schema, dataset_types, quality, storage
from .base import Kind, Known, Neighbours, Node, Ref, Resource, TypeOfConnection, with_references
from .building import FLOW_OPTIONS, READ_WRITE_OPTIONS
from .checklists import CHECKLISTS
from .dataset_schema import SCHEMA
from .formats import FORMAT_PARAMS
from .metrics import METRICS
from .partitioning import PARTITIONING, PARTITIONING_RULES
from .paths import path_of
from .probes import probe_defaults, with_complete_probes
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, Field, Shape, described

DEFAULT_CONNECTION = "filesystem_managed"

_CHECKS = "metricsChecks.checks"
# Rows and files are data, which a definition does not hold: dss-api.md 2.4.
_NOTES_OF_NEW = {
    "UploadedFiles": (
        "it is made without its files, which a configuration does not hold: upload them to DSS afterwards",
    ),
    "Inline": ("it is made without rows, because no call of the API writes them: enter them in DSS",),
}
_FORMAT_OPTIONS = {"csv": "CSV_EXCEL_GZIP", "parquet": "PARQUET_HIVE"}  # dss-api.md 2.4, managed creation


def _charset(value: t.Any) -> t.Any:
    return value.lower().replace("-", "") if isinstance(value, str) else value


class Dataset(Kind):
    """A dataset: where its data is, its format, its schema, its checks."""

    name = "dataset"
    section = "datasets"
    gone = "its creation tag and the history of its metrics and checks"
    history = "the history of its metrics and checks"
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
            storage.CONNECTION,
            storage.PATH,
            storage.BUCKET,
            storage.CONTAINER,
            Field(
                "folder",
                "params.folderSmartId",
                described(TEXT, "For FilesInFolder: name of a declared managed folder, or the id of another one."),
            ),
            storage.FILES,
            storage.URLS,
            Field(
                "upload_connection",
                "params.uploadConnection",
                described(
                    TEXT, "For UploadedFiles: connection that holds the files; the data directory of DSS otherwise."
                ),
            ),
            Field("table", "params.table", described(TEXT, "For SQL: name of the table.")),
            Field("database_schema", "params.schema", described(TEXT, "For SQL: schema that the table is in.")),
            Field(
                "catalog", "params.catalog", described(TEXT, "For SQL: database or catalogue that the schema is in.")
            ),
            Field("query", "params.query", described(TEXT, "For SQL: query in place of a table.")),
            Field("index", "params.index", described(TEXT, "For ElasticSearch: name of the index.")),
            Field("managed", "managed", described(FLAG, "Whether DSS owns the data.")),
            Field("format_type", "formatType", described(TEXT, "Format of the files: csv, parquet, json, excel ...")),
            FORMAT_PARAMS,
            storage.DATASET_PARAMS,
            SCHEMA,
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it is.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            PARTITIONING,
            FLOW_OPTIONS,
            READ_WRITE_OPTIONS,
            METRICS,
            quality.checks(
                _CHECKS, "Checks and data quality rules: a list, or a mapping with C(items) and C(exclusive)."
            ),
            quality.quality("metricsChecks"),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            Field("custom_meta", "customMeta.kv", described(OBJECT, "Custom metadata, name to value.")),
            CHECKLISTS,
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
        "formatParams.charset": Spelled(_charset),
        **PARTITIONING_RULES,
        **dataset_schema.compared({}),
        **quality.compared(_CHECKS, {}),
    }
    replaced_by = ("type", "managed")
    renamed_by = "call"
    names_of = ("managed_folder",)
    surveyed = True
    git_folder = "datasets"
    # In all 1480 datasets of exports: dss-api.md 2.4. An item that lacks one is not the whole definition (unknown 5).
    whole_items = ("type", "managed", "flowOptions", "partitioning", "tags", "params", "schema", "metrics")

    def prepare(
        self, author: Mapping[str, t.Any], neighbours: Neighbours
    ) -> tuple[Mapping[str, t.Any], tuple[str, ...]]:
        return author, storage.overruled(self.shape, author)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        kind = author.get("type")
        declared = dict(built.declared)
        params = dict(declared.get("params") or {})
        first: Document = {"managed": True, "formatType": "json"} if kind == "Inline" else {}
        if kind == "managed":
            declared["managed"] = author.get("managed", True)
        managed = declared.get("managed") is True
        if "connection" not in params and managed and kind in ("managed", "Filesystem"):
            first = {"params": {"connection": DEFAULT_CONNECTION}}
        if kind in ("managed", "sql"):
            connection = params.get("connection")
            declared["type"] = TypeOfConnection(connection) if connection else "Filesystem"
        if kind == "sql" or kind in dataset_types.SQL_TYPES:
            params = {**_sql_mode(params), **params}
        folder = params.get("folderSmartId")
        if folder and neighbours.has("managed_folder", folder):
            built = with_references(built, ("managed_folder", folder))
            params["folderSmartId"] = Ref("managed_folder", folder)
        if params:
            declared["params"] = params
        if kind == "JobsDB" and neighbours.has("dataset", params.get("smartName", "")):
            built = with_references(built, ("dataset", params["smartName"]))
        if params.get("connection"):
            built = with_references(built, ("connection", params["connection"]))
        return replace(
            built,
            declared=declared,
            first=first,
            rules={**self.rules, **dataset_schema.compared(author), **quality.compared(_CHECKS, author)},
            notes=(*built.notes, *dataset_types.odd_type(kind), *_unknown_params(kind, params), *quality.notes(author)),
            first_notes=_NOTES_OF_NEW.get(str(kind), ()),
        )

    def from_dss(self, document: Document, known: Known) -> Document:
        author = super().from_dss(document, known)
        folders = known.of("managed_folder")
        if author.get("folder") in folders:
            author["folder"] = folders[author["folder"]]
        if author.get("query") and author.get("type") in dataset_types.SQL_TYPES:
            params = {"mode": "table", **author.get("params", {})}  # what is not declared follows from the query
            author["params"] = {key: value for key, value in params.items() if (key, value) != ("mode", "query")}
        return {key: value for key, value in author.items() if key != "params" or value}

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        known = {_CHECKS + "[]": quality.rule_defaults, "metrics.probes[]": probe_defaults}
        return known[pattern](part) if pattern in known else {}

    def complete(self, document: Document, resource: Resource) -> Document:
        return with_complete_probes(document)

    def made(self, document: Document, resource: Resource) -> Document:
        """All but the partitioning (dss-api.md 2.4 [client11]); of what DSS places itself, what it is asked for."""
        if not _is_placed_by_dss(document):
            carried = {key: value for key, value in document.items() if key != "partitioning"}
            return carried if len(carried) < len(document) else document
        format_type = document.get("formatType")
        settled = {"formatType": format_type} if _format_option(document) else {}
        connection = {"connection": document["params"]["connection"]}
        return {"type": document.get("type"), "managed": True, "params": connection, **settled}

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["name"]: item for item in node.get(path_of("projects", project, "datasets") + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return t.cast(Document, node.get(path_of("projects", project, "datasets", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        place = path_of("projects", resource.project, "datasets")
        if _is_placed_by_dss(document):
            settings: Document = {"connectionId": document["params"]["connection"], "specificSettings": {}}
            option = _format_option(document)
            if option:
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

    def rename(self, node: Node, project: str | None, object_id: str, name: str) -> None:
        node.post(path_of("projects", project, "actions", "renameDataset"), {"oldName": object_id, "newName": name})


def _is_placed_by_dss(document: Mapping[str, t.Any]) -> bool:
    """Whether the server says where the data goes, by the naming rule of the connection: dss-api.md 2.4, "Managed location"."""
    params = document.get("params") or {}
    placed = params.keys() & {"path", "table", "index", "query"}
    return bool(document.get("managed") and not placed and params.get("connection"))


def _format_option(document: Mapping[str, t.Any]) -> str | None:
    option = _FORMAT_OPTIONS.get(str(document.get("formatType")))
    return option if document.get("type") in dataset_types.FILE_TYPES else None


def _sql_mode(params: Mapping[str, t.Any]) -> Document:
    """A SQL dataset that is made without a mode becomes a query: dss-api.md 2.4 [headless]."""
    if not (params.get("query") or params.get("table")):
        return {}
    return {"mode": "query" if params.get("query") else "table"}


def _unknown_params(kind: t.Any, params: Mapping[str, t.Any]) -> tuple[str, ...]:
    known = dataset_types.known_params(kind)
    if not known:
        return ()
    return tuple(
        f"params.{name}: no {kind} dataset that we have seen has it; DSS drops what it does not know"
        for name in params
        if name not in known
    )
