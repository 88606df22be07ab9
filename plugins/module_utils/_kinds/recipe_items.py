# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inputs and outputs of recipes, with partition dependencies: dss-object-shapes.md "Recipes"."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from .._plan.compare import Document
from .base import Known, Neighbours, Ref
from .shape import FLAG, OBJECT, TEXT, Schema, described

# A dependency on partitions: the author's name, DSS's, and what it is. DSS's own names are understood too.
_DEPENDENCY: dict[str, tuple[str, Schema]] = {
    "function": (
        "func",
        described(TEXT, "equals, all_available, latest_available, time_range, values, custom_python."),
    ),
    "dimension": ("idim", described(TEXT, "Dimension of the input.")),
    "output": ("out", described(TEXT, "Output whose partitions are built.")),
    "output_dimension": ("odim", described(TEXT, "Dimension of that output.")),
    "values": ("values", described({"type": "array"}, "Values, for the function C(values).")),
    "expand_variables": ("expandVariables", described(FLAG, "Whether variables are put into the values.")),
    "params": ("params", described(OBJECT, "Parameters of the function, with DSS's own names.")),
}
DEPENDENCY_DEFAULTS: Document = {"expandVariables": False, "params": {}}
_DEPENDENCIES: Schema = {
    "type": "array",
    "description": "Which partitions of an input are read for a partition of an output.",
    "items": {"type": "object", "properties": {name: schema for name, (_dss, schema) in _DEPENDENCY.items()}},
}

_ITEM: Schema = {
    "anyOf": [
        {
            "type": "string",
            "description": "Name of a dataset or managed folder, C(PROJECT.NAME) for one of another project.",
        },
        {
            "type": "object",
            "properties": {
                "dataset": described(TEXT, "Name of a dataset."),
                "folder": described(TEXT, "Name of a managed folder."),
                "saved_model": described(TEXT, "Name of a saved model."),
                "evaluation_store": described(TEXT, "Name of a model evaluation store."),
                "knowledge_bank": described(TEXT, "Name of a knowledge bank."),
                "object": described(TEXT, "Id of something else."),
                "ref": described(TEXT, "The same as a plain name."),
                "alias": described(TEXT, "Accepted from other tools."),
                "role": described(TEXT, "Role, C(main) when left out."),
                "external": described(FLAG, "Something else makes it: its existence is not checked offline."),
                "deps": _DEPENDENCIES,
                "append": described(FLAG, "Whether an output is appended to."),
            },
            "additionalProperties": False,
        },
    ]
}
ITEMS: Schema = {"type": "array", "items": _ITEM}
_ITEM_PATH = re.compile(r"(inputs|outputs)\.([^.]+)\.items(.*)")
# What an item may name besides a dataset, whose id is its name.
_KINDS = {
    "folder": "managed_folder",
    "saved_model": "saved_model",
    "evaluation_store": "model_evaluation_store",
    "knowledge_bank": "knowledge_bank",
}
NAMED_KINDS = ("dataset", *_KINDS.values())
_NAMES = ("dataset", *_KINDS, "object", "ref")


def items_to_dss(items: t.Sequence[t.Any]) -> Document:
    """The items by role."""
    roles: Document = {}
    for item in items:
        entry: Mapping[str, t.Any] = {"dataset": item} if isinstance(item, str) else item
        dss: Document = {"ref": name_of(entry)}
        if "deps" in entry:
            dss["deps"] = [_dependency_to_dss(dependency) for dependency in entry["deps"] or ()]
        if "append" in entry:
            dss["appendMode"] = entry["append"]
        roles.setdefault(entry.get("role", "main"), {"items": []})["items"].append(dss)
    return roles


def items_from_dss(roles: Mapping[str, t.Any]) -> list[t.Any]:
    """One list of items, each with its role unless that is ``main``."""
    items: list[t.Any] = []
    for role, content in roles.items():
        for dss in content.get("items") or []:
            item: Document = {"dataset": dss["ref"]}
            if role != "main":
                item["role"] = role
            if dss.get("deps"):
                item["deps"] = [_dependency_from_dss(dependency) for dependency in dss["deps"]]
            if dss.get("appendMode"):
                item["append"] = True
            items.append(item["dataset"] if len(item) == 1 else item)
    return items


def _dependency_to_dss(author: Mapping[str, t.Any]) -> Document:
    return {_DEPENDENCY[key][0] if key in _DEPENDENCY else key: value for key, value in author.items()}


def _dependency_from_dss(dependency: Mapping[str, t.Any]) -> Document:
    names = {dss: name for name, (dss, _schema) in _DEPENDENCY.items()}
    said = {key: value for key, value in dependency.items() if DEPENDENCY_DEFAULTS.get(key, ...) != value}
    return {names.get(key, key): value for key, value in said.items()}


def name_of(item: t.Any) -> t.Any:
    """What an item of an author names."""
    return item if isinstance(item, str) else next((item[key] for key in _NAMES if item.get(key)), None)


def main_names(items: t.Iterable[t.Any]) -> tuple[str, ...]:
    """What the items of the role ``main`` name, in order."""
    return tuple(str(name_of(item)) for item in items if isinstance(item, str) or item.get("role", "main") == "main")


def dataset_names(items: t.Iterable[t.Any]) -> list[str]:
    """What the items of any role name that may be datasets."""
    return [str(name_of(item)) for item in items if isinstance(item, str) or not {*_KINDS, "object"}.intersection(item)]


def author_path_of_item(path: str) -> str | None:
    """``inputs.main.items[X]`` of DSS is ``inputs[X]`` to an author; None for any other path."""
    found = _ITEM_PATH.fullmatch(path)
    return f"{found[1]}{found[3]}" if found else None


def reference_of(ref: t.Any, neighbours: Neighbours) -> tuple[str, str]:
    """The declared object that an item refers to, or two empty texts."""
    if isinstance(ref, Ref):
        return ref.kind, ref.name
    return ("dataset", ref) if neighbours.has("dataset", ref) else ("", "")


def kinds_said(items: t.Iterable[t.Any]) -> dict[t.Any, list[str]]:
    """The kinds of which the items of an author say that a name is of one, by name."""
    said: dict[t.Any, list[str]] = {}
    for entry in items:
        if isinstance(entry, Mapping):
            for key, kind in _KINDS.items():
                if entry.get(key):
                    said.setdefault(entry[key], []).append(kind)
    return said


def referring(item: Document, said: Mapping[t.Any, t.Sequence[str]], neighbours: Neighbours) -> Document:
    """The id of anything but a dataset is known only on the node; ``said`` is what a name stands for."""
    name = item["ref"]
    kinds = said.get(name) or ([] if neighbours.has("dataset", name) else ["managed_folder"])
    return next(({**item, "ref": Ref(kind, name)} for kind in kinds if neighbours.has(kind, name)), item)


def named(item: t.Any, known: Known) -> t.Any:
    """An item with the name of what it refers to; what nobody knows keeps its id."""
    ref = item if isinstance(item, str) else item["dataset"]
    more = {} if isinstance(item, str) else {key: value for key, value in item.items() if key != "dataset"}
    for key, kind in _KINDS.items():
        if ref in known.of(kind):
            return {key: known.of(kind)[ref], **more}
    return item if ref in known.of("dataset") or "." in ref else {"object": ref, **more}
