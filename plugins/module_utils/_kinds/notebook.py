# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jupyter and SQL notebooks: docs/api-calls.md. Outputs, execution counts and query runs are no content."""

from __future__ import annotations

import hashlib
import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._errors import DssError
from .._plan.compare import AsSet, Document, Keyed, OnCreateOnly, Rule
from . import notebook_content as content
from .base import Kind, Known, Neighbours, Node, Resource, with_references
from .paths import path_of
from .shape import OBJECT, OBJECTS, TEXT, TEXTS, Field, Shape, described

JUPYTER, SQL = "jupyter", "sql"
_SQL_ID = "sql:"  # before the id of an SQL notebook: a Jupyter notebook is known by its name, and both are in one list
_TAGS = described(TEXTS, "Tags, in any order.")
_CUSTOM = described(OBJECT, "Values of custom fields.")
_TYPE = described({"enum": [JUPYTER, SQL]}, "V(jupyter), which is meant without it, or V(sql).")
_OF_TYPE = Field("type", "type", _TYPE)
_JUPYTER = Shape(
    fields=(
        _OF_TYPE,
        Field(
            "kernel", "metadata.kernelspec.name", described(TEXT, "Kernel, such as C(python3) or C(py-dku-venv-ENV).")
        ),
        Field("kernel_label", "metadata.kernelspec.display_name", described(TEXT, "Name of the kernel for people.")),
        Field(
            "language", "metadata.kernelspec.language", described(TEXT, "Language of the kernel: C(python), C(R) ...")
        ),
        Field("tags", "tags", _TAGS),
        Field("custom_fields", "customFields", _CUSTOM),
        Field("recipe", "metadata.associatedRecipe", described(TEXT, "Recipe that is edited in it.")),
        Field(
            "content",
            "content",
            described(
                {"anyOf": [TEXT, OBJECT]},
                "The notebook in Jupyter's own format, as text or mapping; its outputs and execution counts are left out.",
                **{"x-verbatim": True},
            ),
            content.from_author,
            content.to_author,
        ),
    ),
    defaults=lambda document: {"metadata": {"hide_input": False}},
    computed=frozenset({"name", *(f"metadata.{key}" for key in content.OWN_METADATA)}),
)
_SQL = Shape(
    fields=(
        _OF_TYPE,
        Field("connection", "connection", described(TEXT, "Connection that the queries of an SQL notebook run on.")),
        Field(
            "cells",
            "cells",
            described({"type": "array", "items": content.SQL_CELL_SCHEMA}, "Cells of an SQL notebook."),
            content.cells_to_dss,
            content.cells_from_dss,
        ),
        Field("tags", "tags", _TAGS),
        Field("custom_fields", "customFields", _CUSTOM),
        Field("description", "description", described(TEXT, "Long description of an SQL notebook.")),
        Field("short_description", "shortDesc", described(TEXT, "One line on what an SQL notebook is.")),
        Field("checklists", "checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")),
    ),
    defaults=lambda document: {"automationLocal": False},
    computed=frozenset({"id", "name", "projectKey", "language", "versionTag", "creationTag"}),
)


class Notebook(Kind):
    """A notebook: a Jupyter notebook is known by its name, an SQL notebook has an id that DSS makes."""

    name = "notebook"
    section = "notebooks"
    made_with = None
    gone = "outputs and runs of its cells, and the id of an SQL notebook"
    order = 71
    summary = (
        "A Jupyter or SQL notebook, known by its name. It is never run; outputs stay with cells that do not change."
    )
    identifier = {
        "name": described({"type": "string", "minLength": 1}, "Name of the notebook."),
        "type": _TYPE,
        "id": described(TEXT, "Id of an SQL notebook, needed only where two have one name."),
    }
    required = ("name",)
    rights = "write project content; use of the connection"
    listing_is_complete = False
    replaced_by = ("type",)
    # Both tables in one: the schema does not depend on the type.
    shape = Shape(
        fields=(
            *_JUPYTER.fields,
            *(entry for entry in _SQL.fields if entry.name not in ("type", "tags", "custom_fields")),
        )
    )
    rules: Mapping[str, Rule] = {
        "tags": AsSet(),
        "cells": Keyed(("id", "name"), by_position=True),
        "content.nbformat": OnCreateOnly(),
        "content.nbformat_minor": OnCreateOnly(),
    }

    def shape_of(self, object_type: t.Any) -> Shape:
        return _SQL if object_type == SQL else _JUPYTER

    def prepare(
        self, author: Mapping[str, t.Any], neighbours: Neighbours
    ) -> tuple[Mapping[str, t.Any], tuple[str, ...]]:
        author = {"type": JUPYTER, **author}
        known = {entry.name for entry in self.shape_of(author["type"]).fields}
        strange = sorted(entry.name for entry in self.shape.fields if entry.name in author and entry.name not in known)
        if strange:
            raise DssError(f"{', '.join(strange)}: no field of a notebook of type {author['type']}")
        return author, ()

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        if author["type"] == SQL:
            declared = {"name": built.name, **built.declared}
            connection = author.get("connection")
            references = [("connection", connection)] if connection and not connection.startswith("@virtual(") else []
            return with_references(replace(built, declared=declared), *references)
        declared = content.with_metadata(built.declared) if built.declared.get("content") else built.declared
        first = {"metadata": {"kernelspec": content.kernel_for(declared)}, "content": {"cells": []}}
        return replace(built, declared=declared, first=first)

    def from_dss(self, document: Document, known: Known) -> Document:
        name = {"name": document["name"]}
        author = self.shape_of(document["type"]).from_dss(document)
        if document["type"] == SQL:
            return {**name, **author}
        author.pop("type")  # the one that is meant without it
        rest = author.pop("raw", {})
        if rest.get("metadata"):
            author["content"] = {**author.get("content", {}), "metadata": rest.pop("metadata")}
        return {**name, **author, **({"raw": rest} if rest else {})}

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return {"cells[]": content.SQL_CELL, "content.cells[]": content.JUPYTER_CELL}.get(pattern, {})

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        wanted = resource.declared.get("type", JUPYTER)
        if resource.identity.get("id"):
            found = [key for key in listing if key == _SQL_ID + resource.identity["id"]]
        else:
            named = [key for key, document in listing.items() if document.get("name") == resource.name]
            found = [key for key in named if listing[key]["type"] == wanted] or named
        if len(found) > 1:
            raise DssError(
                f"{resource.address}: {len(found)} SQL notebooks are named {resource.name} "
                f"({', '.join(sorted(key.removeprefix(_SQL_ID) for key in found))}): add the id of the one that is meant"
            )
        return found[0] if found else None

    def label(self, object_id: str, document: Document) -> str:
        return str(document.get("name") or object_id)

    # The calls -----------------------------------------------------------------------------------------------------

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        base = ("projects", project)
        jupyter = node.get(path_of(*base, "jupyter-notebooks") + "/", active=False)
        sql = node.get(path_of(*base, "sql-notebooks") + "/")
        return {
            **{item["name"]: {"type": JUPYTER, "name": item["name"]} for item in jupyter},
            **{_SQL_ID + item["id"]: {"type": SQL, "name": item.get("name") or item["id"]} for item in sql},
        }

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        document = node.get(_place(project, object_id))
        if object_id.startswith(_SQL_ID):
            return {"type": SQL, **document}
        return {"type": JUPYTER, "name": object_id, **content.held(document)}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        if document.get("type") == SQL:
            place = path_of("projects", resource.project, "sql-notebooks") + "/"
            return _SQL_ID + str(node.post(place, _sql(resource.name, document))["id"])
        node.post(_place(resource.project, resource.name), content.sent(document, {}))
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        is_sql = object_id.startswith(_SQL_ID)
        body = _sql(document["name"], document) if is_sql else content.sent(document, before)
        node.put(_place(resource.project, object_id), body)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(_place(project, object_id))


def _sql(name: str, document: Document) -> Document:
    """What is sent of an SQL notebook: all cells have an id, which the page makes and the server may not (unverified)."""
    cells = [
        cell if cell.get("id") else {"id": _cell_id(name, place, cell), **cell}
        for place, cell in enumerate(document.get("cells") or ())
    ]
    return {**{key: value for key, value in document.items() if key != "type"}, "cells": cells}


def _cell_id(notebook: str, place: int, cell: Mapping[str, t.Any]) -> str:
    """As long as those of DSS, and the same for the same cell."""
    return hashlib.sha256(f"{notebook}\0{place}\0{cell.get('name')}\0{cell.get('code')}".encode()).hexdigest()[:11]


def _place(project: str | None, object_id: str) -> str:
    if object_id.startswith(_SQL_ID):
        return path_of("projects", project, "sql-notebooks", object_id.removeprefix(_SQL_ID))
    return path_of("projects", project, "jupyter-notebooks", object_id)
