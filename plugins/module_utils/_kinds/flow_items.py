# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How one object names another: ``{folder: reports}`` to an author, a type with an id to DSS."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._errors import DssError
from .._plan.compare import Document
from .base import Known, Neighbours, Ref
from .shape import OBJECT, TEXT, Schema, described

Reference = tuple[str, str]  # kind and name


@dataclass(frozen=True)
class Named:
    """A type of object: the author's key, DSS's type, and the kind; ``by_id`` where DSS makes the id."""

    key: str
    type: str
    kind: str
    by_id: bool = True


# dss-object-shapes.md "Flow zones", dss-api.md 2.7 and 2.10; those of dashboards are in params.json of real projects.
DATASET = Named("dataset", "DATASET", "dataset", by_id=False)
FOLDER = Named("folder", "MANAGED_FOLDER", "managed_folder")
BUILT = (
    DATASET,
    FOLDER,
    Named("saved_model", "SAVED_MODEL", "saved_model"),
    Named("evaluation_store", "MODEL_EVALUATION_STORE", "model_evaluation_store"),
    Named("knowledge_bank", "RETRIEVABLE_KNOWLEDGE", "knowledge_bank"),
)
SHOWN = (
    Named("scenario", "SCENARIO", "scenario", by_id=False),
    Named("webapp", "WEB_APP", "webapp"),
    Named("notebook", "JUPYTER_NOTEBOOK", "notebook", by_id=False),
    Named("wiki_article", "ARTICLE", "wiki_article"),
)
KINDS_BY_ID = tuple(entry.kind for entry in (*BUILT, *SHOWN) if entry.by_id)


def item_schema(types: Iterable[Named], more: Mapping[str, Schema]) -> Schema:
    """JSON Schema of an item: the name of a dataset, or a mapping that says of what."""
    texts = {entry.key: described(TEXT, f"Name of a {entry.kind.replace('_', ' ')}.") for entry in types}
    others = {
        "type": described(TEXT, "DSS's type of something else, with C(object)."),
        "object": described(TEXT, "Id of something else, with C(type)."),
        "raw": described(OBJECT, "Fields of DSS that have no name here."),
    }
    mapping = {"type": "object", "properties": {**texts, **others, **more}, "additionalProperties": False}
    return {"anyOf": [{"type": "string", "description": "Name of a dataset, or of a declared folder."}, mapping]}


def referring(item: t.Any, types: Iterable[Named], neighbours: Neighbours) -> tuple[Document, list[Reference]]:
    """An author's item as a mapping in which ids that DSS makes are open, and what it refers to."""
    if isinstance(item, str):
        is_folder = not neighbours.has("dataset", item) and neighbours.has("managed_folder", item)
        item = {"folder" if is_folder else "dataset": item}
    known = [entry for entry in types if item.get(entry.key) is not None]
    if len(known) + ("object" in item) != 1 or ("object" in item) != ("type" in item):
        keys = ", ".join(entry.key for entry in types)
        raise DssError(f"an item has one of {keys}, or type and object, not {', '.join(item) or 'none of them'}")
    if not known:
        return dict(item), []
    (entry,) = known
    value, references = reference(entry, item[entry.key], neighbours)
    return {**item, entry.key: value}, references if item.get("project") is None else []


def reference(entry: Named, name: t.Any, neighbours: Neighbours) -> tuple[t.Any, list[Reference]]:
    """What stands for a name: the name, or the open id of what the configuration declares."""
    if not isinstance(name, str) or not neighbours.has(entry.kind, name):
        return name, []
    return Ref(entry.kind, name) if entry.by_id else name, [(entry.kind, name)]


def to_pair(item: Mapping[str, t.Any], types: Iterable[Named]) -> tuple[t.Any, t.Any]:
    """DSS's type and id of an item that is a mapping."""
    found = next(((entry.type, item[entry.key]) for entry in types if item.get(entry.key) is not None), None)
    return found or (item.get("type"), item.get("object"))


def from_pair(kind: t.Any, object_id: t.Any, types: Iterable[Named]) -> Document:
    """The author's mapping for a type and an id."""
    key = next((entry.key for entry in types if entry.type == kind), None)
    return {key: object_id} if key else {"type": kind, "object": object_id}


def rest_of(member: Mapping[str, t.Any], *names: str) -> Document:
    """What DSS holds of a member besides the named fields, as ``raw``; empty where that is nothing."""
    rest = {key: value for key, value in member.items() if key not in names}
    return {"raw": rest} if rest else {}


def named(item: Document, types: Iterable[Named], known: Known) -> t.Any:
    """An author's mapping with names in place of ids; a dataset alone is its name."""
    for entry in types:
        if entry.key in item and entry.by_id:
            item = {**item, entry.key: known.of(entry.kind).get(item[entry.key], item[entry.key])}
    return item["dataset"] if item.keys() == {"dataset"} else item
