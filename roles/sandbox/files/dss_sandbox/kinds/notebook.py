# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notebooks as stored: the client's own documentation of them, and files of real project repositories (docs/api-calls.md)."""

from __future__ import annotations

from typing import Any

from ..documents import Document, now_ms, random_id, tag, tidy
from ..errors import bad_request

_LANGUAGES = {"r": "R", "ir": "R", "scala": "toree", "toree": "toree"}
_CELLS = frozenset({"code", "markdown", "raw"})
_QUERY_SETTINGS: Document = {  # every cell of the notebooks that were seen
    "addLimitToStatement": True,
    "statementsOutOfTransaction": False,
    "inheritConf": "default",
    "extraConf": [],
    "addDkuUdf": False,
    "statementsParseMode": "SPLIT",
    "statementsExecutionMode": "PREPARED",
}
_SQL_KEYS = frozenset(
    {"connection", "name", "cells", "automationLocal", "tags", "customFields", "checklists", "description", "shortDesc"}
)


def jupyter(body: Document, old: Document | None, login: str) -> Document:
    """unverified: what is refused, and that creator and date of creation are DSS's own."""
    if not isinstance(body.get("metadata"), dict) or not isinstance(body.get("cells"), list):
        raise bad_request("A notebook needs metadata and cells")
    metadata = dict(body["metadata"])
    kept = old["metadata"] if old else {"creator": login, "createdOn": now_ms()}
    metadata.update({key: kept[key] for key in ("creator", "createdOn") if key in kept})
    metadata["modifiedBy"] = login
    metadata.setdefault("tags", [])
    metadata.setdefault("customFields", {})
    tidy(metadata)
    cells = [_jupyter_cell(cell) for cell in body["cells"]]
    version = {"nbformat": body.get("nbformat", 4), "nbformat_minor": body.get("nbformat_minor", 1)}
    return {"metadata": metadata, **version, "cells": cells}


def _jupyter_cell(cell: Any) -> Document:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _CELLS:
        raise bad_request("A cell needs a cell_type")
    stored = {"metadata": {}, "source": [], **cell}
    if cell["cell_type"] == "code":
        stored = {"execution_count": 0, "outputs": [], **stored}
    return stored


def language_of(document: Document) -> str:
    """What the list says: python, R or toree (DSSJupyterNotebookListItem.language)."""
    kernel = document["metadata"].get("kernelspec") or {}
    language = str(kernel.get("language") or "python").lower()
    return _LANGUAGES.get(language, language)


def jupyter_item(project_key: str, name: str, document: Document) -> Document:
    """unverified: members beyond those that the client reads."""
    return {
        "projectKey": project_key,
        "name": name,
        "language": language_of(document),
        "kernelSpec": document["metadata"].get("kernelspec", {}),
        "tags": document["metadata"].get("tags", []),
    }


def sql(body: Document, old: Document | None, login: str) -> Document:
    """unverified: what is refused, defaults beyond those seen in repositories, that a cell without id gets none."""
    document = {key: value for key, value in body.items() if key in _SQL_KEYS}
    if not isinstance(document.get("connection"), str) or not document["connection"]:
        raise bad_request("An SQL notebook needs a connection")
    document.setdefault("name", f"{login}'s notebook on {document['connection']}")
    document["cells"] = [_sql_cell(cell) for cell in document.get("cells", ())]
    document.setdefault("automationLocal", False)
    for key, default in (("tags", []), ("customFields", {}), ("checklists", {"checklists": []})):
        document.setdefault(key, default)
    tidy(document)
    number = old["versionTag"]["versionNumber"] + 1 if old else 0
    document["creationTag"] = old["creationTag"] if old else tag(login)
    document["versionTag"] = tag(login, number)
    return document


def _sql_cell(cell: Any) -> Document:
    if not isinstance(cell, dict):
        raise bad_request("A cell must be an object")
    known = {key: value for key, value in cell.items() if key in ("id", "type", "name", "code", "querySettings")}
    return {"type": "QUERY", **known, "querySettings": {**_QUERY_SETTINGS, **known.get("querySettings", {})}}


def language_of_sql(document: Document) -> str:
    """unverified: how a connection says it (DSSSQLNotebookListItem.language: SQL, HIVE, IMPALA, SPARKSQL)."""
    name = document["connection"]
    if name.startswith("@virtual("):
        return {"hive": "HIVE", "impala": "IMPALA", "spark": "SPARKSQL"}.get(
            name[len("@virtual(") :].split("-")[0], "SQL"
        )
    return "SQL"


def sql_item(project_key: str, notebook_id: str, document: Document) -> Document:
    """unverified: members beyond those that the client reads."""
    return {
        "projectKey": project_key,
        "id": notebook_id,
        "name": document["name"],
        "language": language_of_sql(document),
        "connection": document["connection"],
        "tags": document.get("tags", []),
    }


def new_sql_id() -> str:
    """Seven characters, as in real repositories (notebooks/sql/OL6G59K)."""
    return random_id(7)
