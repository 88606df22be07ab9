# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets: defaults by type and format, metrics, data quality rules, schema (dss-api.md 2.4, 2.5)."""

from __future__ import annotations

from typing import Any

from ..defaults import known, load
from ..documents import Document, fill, pick, random_id, tidy
from ..errors import ILLEGAL_ARGUMENT, DssError, bad_request
from ..switches import Switches

_D = load("dataset")
_KNOWN = known("dataset")
_COLUMN = known("dataset", "column")
_FILE_TYPES = frozenset(_D["file_types"])
_OPEN_PREFIXES = tuple(_D["open_prefixes"])
_TYPES = frozenset(_D["params"]) | frozenset(_D["other_types"])
_BOUNDS = ("minimum", "maximum", "softMinimum", "softMaximum")


def is_file_like(dataset_type: str) -> bool:
    return dataset_type in _FILE_TYPES or dataset_type.startswith("fsprovider_")


def check_type(dataset_type: Any) -> str:
    if not isinstance(dataset_type, str) or not dataset_type:
        raise bad_request("Dataset type is missing")  # unverified text
    if dataset_type not in _TYPES and not dataset_type.startswith(_OPEN_PREFIXES):
        # unverified: a real server also has types that no source names
        raise DssError(
            400, "com.dataiku.dip.exceptions.UnavailableTypeException", f"Unknown dataset type: {dataset_type}"
        )
    return dataset_type


def normalise(body: Document, old: Document | None, switches: Switches) -> Document:
    """The document that is stored for `body`; keys left out fall back to defaults (dss-api.md 3.1 #1)."""
    document = pick(body, _KNOWN)
    dataset_type = document["type"] = check_type(document.get("type") or (old or {}).get("type"))
    if switches["put_without_rules"] == "keep" and old is not None and "metricsChecks" not in document:
        document["metricsChecks"] = old.get("metricsChecks", _D["common"]["metricsChecks"])
    file_like = is_file_like(dataset_type)
    fill(document, _D["by_type"].get(dataset_type, {}))
    fill(document, _D["common"])
    _params(document, dataset_type)
    _format(document)
    _schema(document)
    _metrics(document, file_like)
    _rules(document)
    if switches["dataset_defaults"] == "minimal" and old is None:
        document = {
            key: value for key, value in document.items() if key in body or key in ("metrics", "schema", "flowOptions")
        }
    tidy(document)
    return document


def _params(document: Document, dataset_type: str) -> None:
    params = document["params"] = dict(document["params"])
    if dataset_type.startswith(("CustomPython_", "CustomJava_")):
        fill(params, _D["plugin_params"])
        return
    if (
        dataset_type not in _FILE_TYPES
        and "mode" not in params
        and "table" not in params
        and "tableCreationMode" in _D["params"].get(dataset_type, {})
    ):
        # A SQL dataset posted without mode and table becomes unmanaged, query mode (dss-api.md 2.4 [headless]).
        params["mode"] = "query"
        document["managed"] = False
    fill(params, _D["params"].get(dataset_type, {"notReadyIfEmpty": False}))
    if dataset_type == "UploadedFiles":
        document["managed"] = False  # always (dss-api.md 2.4, params by type [export])
        if "uploadConnection" not in params and "connection" not in params:
            params["uploadConnection"] = "Default (in DSS data dir.)"


def _format(document: Document) -> None:
    format_type = document.get("formatType")
    if not format_type:
        document.pop("formatType", None)
        document.pop("formatParams", None)
        return
    params = document["formatParams"] = dict(document.get("formatParams") or {})
    if format_type == "csv" and not document["managed"]:
        fill(params, _D["format_external_csv"])
    fill(params, _D["format"].get(format_type, {}))


def _schema(document: Document) -> None:
    schema = document["schema"] = dict(document["schema"])
    columns = []
    for column in schema["columns"]:
        if not isinstance(column, dict) or not column.get("name") or not column.get("type"):
            raise bad_request("A schema column needs a name and a type")  # unverified text
        columns.append(column if column.keys() <= _COLUMN else pick(column, _COLUMN))
    schema["columns"] = columns
    schema.setdefault("userModified", False)


def _metrics(document: Document, file_like: bool) -> None:
    metrics = document["metrics"] = dict(document.get("metrics") or {})
    defaults = _D["metrics_file" if file_like else "metrics_other"]
    if "probes" not in metrics and document["partitioning"].get("dimensions"):
        # 17 of the partitioned datasets carry this probe first (dss-object-shapes.md, metrics.probes).
        metrics["probes"] = [_D["probe_partitioning"], *defaults["probes"]]
    fill(metrics, defaults)
    fill(metrics, _D["metrics"])
    metrics["probes"] = [_probe(probe) for probe in metrics["probes"]]


def _probe(probe: Document) -> Document:
    defaults = _D["probe"].get(probe.get("type"), _D["probe_other"])
    if all(key in probe for key in defaults):
        return probe
    probe = dict(probe)
    fill(probe, defaults)
    return probe


def _rules(document: Document) -> None:
    checks = document["metricsChecks"].get("checks")
    if checks:
        document["metricsChecks"] = {**document["metricsChecks"], "checks": [rule(check) for check in checks]}


def rule(body: Document) -> Document:
    """Ids are made by the server, bounds are doubles (dss-api.md 2.5, 3.1 #9, #24)."""
    document = dict(body)
    for bound in _BOUNDS:
        if isinstance(document.get(bound), int) and not isinstance(document[bound], bool):
            document[bound] = float(document[bound])
    fill(document, _D["rule_bounds"].get(document.get("type"), {}))
    fill(document, _D["rule"])
    document.setdefault("id", random_id(8))
    document.setdefault("displayName", document.get("type", ""))  # unverified: a real server writes a sentence
    return document


def managed(name: str, settings: Document, connections: dict[str, Document]) -> Document:
    """POST P/datasets/managed: type and location come from the connection (dss-api.md 2.4 [client][docs][export])."""
    connection = settings.get("connectionId")
    definition = connections.get(connection or "")
    if definition is None:
        raise DssError(400, ILLEGAL_ARGUMENT, f"Connection '{connection}' does not exist")
    if not definition.get("allowManagedDatasets", True):
        raise bad_request(f"Connection '{connection}' does not allow managed datasets")  # unverified text
    by_connection = _D["type_of_connection"].get(definition["type"], definition["type"])
    dataset_type = check_type(settings.get("typeOptionId") or by_connection)
    document: Document = {"type": dataset_type, "managed": True, "params": {"connection": connection}}
    template = _D["location"].get(dataset_type, _D["location_sql"])
    for key, text in template.items():
        value = _located(text, name, definition["params"])
        if value is not None:
            document["params"][key] = value
    specific = settings.get("specificSettings") or {}
    if is_file_like(dataset_type):
        option = specific.get("formatOptionId") or _D["default_managed_format"]
        if option not in _D["managed_format"]:
            raise bad_request(f"Unknown format option: {option}")  # unverified text
        format_type, format_params = _D["managed_format"][option]
        document["formatType"], document["formatParams"] = format_type, dict(format_params)
    elif "table" in document["params"]:
        document["params"]["mode"] = "table"
        if specific.get("overrideSQLSchema"):
            document["params"]["schema"] = specific["overrideSQLSchema"]
    return document


def _located(text: str, name: str, params: Document) -> str | None:
    prefix = params.get("namingRule", {}).get("tableNameDatasetNamePrefix")
    if prefix is not None and text.startswith("${projectKey}_"):
        text = prefix + text[len("${projectKey}_") :]
    for field, source in (("bucket", "defaultManagedBucket"), ("container", "defaultManagedContainer")):
        if "{" + field + "}" in text:
            return params.get(source)
    path = str(params.get("defaultManagedPath", "/managed-dss-data")).strip("/")
    return text.replace("{prefix}", path).replace("{name}", name).replace("{NAME}", name.upper())
