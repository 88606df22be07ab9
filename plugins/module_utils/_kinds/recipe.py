# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recipes: dss-api.md 2.6, dss-object-shapes.md "Recipes"."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from functools import cache
from threading import Lock

from .._errors import DssError
from .._plan.compare import AsSet, AsText, Document, Exclusive, Keyed, Rule, no_defaults
from . import recipe_types
from .base import Kind, Known, Neighbours, Node, Ref, Resource, with_references
from .paths import path_of
from .recipe_payloads import AGGREGATIONS, payload_of
from .shape import (
    FLAG,
    OBJECT,
    OBJECTS,
    TEXT,
    TEXTS,
    WHOLE,
    Field,
    Schema,
    Shape,
    described,
    overlay,
    without_defaults,
    without_ui_state,
)

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
                "object": described(TEXT, "Id of something else: saved model, evaluation store, knowledge bank."),
                "ref": described(TEXT, "The same as a plain name."),
                "alias": described(TEXT, "Accepted from other tools."),
                "role": described(TEXT, "Role, C(main) when left out."),
                "external": described(FLAG, "Something else makes it: its existence is not checked offline."),
                "deps": described(OBJECTS, "Partition dependencies, with DSS's own names."),
                "append": described(FLAG, "Whether an output is appended to."),
            },
            "additionalProperties": False,
        },
    ]
}
_ITEM_PATH = re.compile(r"(inputs|outputs)\.([^.]+)\.items(.*)")
_ITEMS: Schema = {"type": "array", "items": _ITEM}
_SELECTION: Schema = {"anyOf": [{"type": "string"}, {"type": "object"}]}
_PAYLOAD: Schema = {"anyOf": [{"type": "object"}, {"type": "string"}]}


def _selection(
    explicit: str, mode_key: str, name_key: str
) -> tuple[t.Callable[[t.Any], t.Any], t.Callable[[t.Any], t.Any]]:
    """Turn a bare name into DSS's "explicit" selection and back; a mapping is DSS's own."""

    def to_dss(value: t.Any) -> t.Any:
        return {mode_key: explicit, name_key: value} if isinstance(value, str) else value

    def from_dss(value: t.Any) -> t.Any:
        bare = isinstance(value, Mapping) and value.get(mode_key) == explicit and set(value) == {mode_key, name_key}
        return value[name_key] if bare else value

    return to_dss, from_dss


CODE_ENV = _selection("EXPLICIT_ENV", "envMode", "envName")
CONTAINER = _selection("EXPLICIT_CONTAINER", "containerMode", "containerConf")


def _items_to_dss(items: t.Sequence[t.Any]) -> Document:
    roles: Document = {}
    for item in items:
        entry = {"dataset": item} if isinstance(item, str) else item
        ref = next((entry[key] for key in ("dataset", "folder", "object", "ref") if entry.get(key)), None)
        dss: Document = {"ref": ref}
        if "deps" in entry:
            dss["deps"] = entry["deps"]
        if "append" in entry:
            dss["appendMode"] = entry["append"]
        roles.setdefault(entry.get("role", "main"), {"items": []})["items"].append(dss)
    return roles


def _items_from_dss(roles: Mapping[str, t.Any]) -> list[t.Any]:
    items: list[t.Any] = []
    for role, content in roles.items():
        for dss in content.get("items") or []:
            item: Document = {"dataset": dss["ref"]}
            if role != "main":
                item["role"] = role
            if dss.get("deps"):
                item["deps"] = dss["deps"]
            if dss.get("appendMode"):
                item["append"] = True
            items.append(item["dataset"] if len(item) == 1 else item)
    return items


def _payload_to_dss(value: t.Any) -> t.Any:
    return without_ui_state(value)


@cache
def _shape(engine: str, container: str) -> Shape:
    return Shape(
        fields=(
            Field(
                "type",
                "type",
                described(TEXT, "Type of the recipe: python, sql_query, shaker, join, grouping, sync ..."),
            ),
            Field("inputs", "inputs", described(_ITEMS, "What it reads."), _items_to_dss, _items_from_dss),
            Field("outputs", "outputs", described(_ITEMS, "What it writes."), _items_to_dss, _items_from_dss),
            Field("code", "code", described(TEXT, "Program text of a code recipe.", **{"x-verbatim": True})),
            Field("engine", engine, described(TEXT, "Engine to run on: DSS, SQL, SPARK ...")),
            Field(
                "container",
                container,
                described(_SELECTION, "Name of a container configuration, or DSS's own selection."),
                *CONTAINER,
            ),
            Field(
                "code_env",
                "params.envSelection",
                described(_SELECTION, "Name of a code environment, or DSS's own selection."),
                *CODE_ENV,
            ),
            Field(
                "payload",
                "payload",
                described(_PAYLOAD, "Settings of a visual recipe, as DSS stores them.", **{"x-verbatim": True}),
                _payload_to_dss,
            ),
            Field(
                "params",
                "params",
                described(OBJECT, "Parameters of the type, with DSS's own names; short forms for join and grouping."),
            ),
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it does.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            Field("variables", "variables", described(OBJECT, "Variables of this recipe alone.")),
            Field(
                "never_recompute",
                "neverRecomputeExistingPartitions",
                described(FLAG, "Whether partitions that exist are kept."),
            ),
            Field(
                "redispatch_partitioning",
                "redispatchPartitioning",
                described(FLAG, "Whether rows choose their partition."),
            ),
            Field(
                "max_running_activities",
                "maxRunningActivities",
                described(WHOLE, "Most activities at once, 0 for no limit."),
            ),
            Field("hash_propagation", "hashPropagationBehavior", described(TEXT, "How rebuilds spread downstream.")),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            Field("custom_meta", "customMeta.kv", described(OBJECT, "Custom metadata, name to value.")),
            Field("checklists", "checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")),
            Field("labels", "labels", described(TEXTS, "Labels.")),
            Field("dku_properties", "dkuProperties", described(OBJECTS, "Free properties, C(name) and C(value).")),
        ),
        defaults=recipe_types.defaults,
        computed=frozenset({"versionTag", "creationTag"}),
    )


class Recipe(Kind):
    """A recipe with its code or settings."""

    name = "recipe"
    section = "recipes"
    order = 40
    summary = "A recipe: what it reads and writes, its code or its settings."
    identifier = {"name": described(TEXT, "Name of the recipe, unique in the project.")}
    required = ("name", "type")
    rights = "write project content"
    shape = _shape("params.engineType", "params.containerSelection")
    rules: Mapping[str, Rule] = {"tags": AsSet(), "code": AsText(), "inputs": Exclusive(), "outputs": Exclusive()}
    replaced_by = ("type",)
    listing_is_complete = False
    renamed_by = "call"
    names_of = ("dataset", "managed_folder")
    surveyed = True
    git_folder = "recipes"
    _naming = Lock()

    def shape_of(self, object_type: t.Any) -> Shape:
        return _shape(recipe_types.engine_path(object_type), recipe_types.container_path(object_type))

    def prepare(
        self, author: Mapping[str, t.Any], neighbours: Neighbours
    ) -> tuple[Mapping[str, t.Any], tuple[str, ...]]:
        kind, params, payload = author["type"], author.get("params"), author.get("payload")
        prepared = dict(author)
        if isinstance(payload, str):
            prepared["payload"] = _parsed(payload)
        if isinstance(params, Mapping) and kind in recipe_types.PAYLOAD_ONLY_TYPES:
            written, used = payload_of(kind, params, _names(author.get("inputs") or []))
            if written:
                prepared["payload"] = overlay(written, prepared.get("payload") or {})
            prepared["params"] = {key: value for key, value in params.items() if key not in used}
        return prepared, recipe_types.odd_type(kind) + _not_applied(prepared)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        declared, rules = dict(built.declared), dict(built.rules)
        for side in ("inputs", "outputs"):
            if declared.get(side) is None:
                continue
            declared[side] = {
                role: {"items": [_referring(item, neighbours) for item in content["items"]]}
                for role, content in declared[side].items()
            }
            for role, content in declared[side].items():
                rules[f"{side}.{role}.items"] = Keyed(("ref",))
                built = with_references(built, *(_reference(item["ref"], neighbours) for item in content["items"]))
        if declared.get("type") == "grouping":
            rules.update({"payload.keys": Keyed(("column",)), "payload.values": Keyed(("column",))})
        references = tuple(entry for entry in built.references if entry[1])
        return replace(built, declared=declared, rules=rules, references=references)

    def from_dss(self, document: Document, known: Known) -> Document:
        author = super().from_dss(document, known)
        for side in ("inputs", "outputs"):
            if side in author:
                author[side] = [_named(item, known) for item in author[side]]
        if isinstance(author.get("payload"), dict):
            payload = without_ui_state(author["payload"])
            engine = without_defaults(payload.get("engineParams") or {}, recipe_types.PAYLOAD_ENGINE)
            author["payload"] = (
                {**payload, "engineParams": engine}
                if engine
                else {key: value for key, value in payload.items() if key != "engineParams"}
            )
        return author

    def author_path(self, path: str) -> str:
        """``inputs.main.items[X]`` of DSS is ``inputs[X]`` to an author."""
        found = _ITEM_PATH.fullmatch(path)
        return f"{found[1]}{found[3]}" if found else super().author_path(path)

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        if pattern.startswith("outputs.") and pattern.endswith(".items[]"):
            return {"appendMode": False}
        if pattern == "payload.values[]":  # a function that is not named is off: dss-api.md quirk 30
            return dict.fromkeys(AGGREGATIONS, False)
        return no_defaults(pattern, part)

    def git_paths(self, object_id: str, object_type: t.Any) -> tuple[str, ...]:
        payload = f"{self.git_folder}/{object_id}.{recipe_types.payload_extension(object_type)}"
        return (*super().git_paths(object_id, object_type), payload)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["name"]: item for item in node.get(path_of("projects", project, "recipes") + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return _document(node.get(path_of("projects", project, "recipes", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        prototype, payload = _recipe_and_payload(document, {})
        prototype.update(name=resource.name, projectKey=resource.project)
        settings: Document = {"rawCreation": True, "rawPayload": payload}
        if recipe_types.is_code(document.get("type")):
            settings = {"script": payload}
        body = {"recipePrototype": prototype, "creationSettings": settings}
        # Two at once would be given each other's names.
        with self._naming if document.get("type") in recipe_types.NAMED_BY_NODE else nullcontext():
            name = node.post(path_of("projects", resource.project, "recipes") + "/", body)["name"]
            if name != resource.name:
                renaming = {"oldName": name, "newName": resource.name}
                node.post(path_of("projects", resource.project, "actions", "renameRecipe"), renaming)
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        recipe, payload = _recipe_and_payload(document, before)
        node.put(path_of("projects", resource.project, "recipes", object_id), {"recipe": recipe, "payload": payload})

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("projects", project, "recipes", object_id))

    def rename(self, node: Node, project: str | None, object_id: str, name: str) -> None:
        node.post(path_of("projects", project, "actions", "renameRecipe"), {"oldName": object_id, "newName": name})


def _document(answer: Mapping[str, t.Any]) -> Document:
    """One document from DSS's two: program text as ``code``, other payloads parsed as ``payload``."""
    document = dict(answer["recipe"])
    text = answer.get("payload") or ""
    if recipe_types.is_code(document.get("type")):
        document["code"] = text
    elif text.strip():
        try:
            document["payload"] = json.loads(text)
        except ValueError:
            document["payload"] = text
    return document


def _parsed(text: str) -> t.Any:
    """The settings that an author gives as text. Raises ``DssError`` where they are not JSON."""
    try:
        return json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise DssError(
            f"the payload is not JSON: {error}; settings of a visual recipe are JSON, text is code"
        ) from None


def _recipe_and_payload(document: Mapping[str, t.Any], before: Mapping[str, t.Any]) -> tuple[Document, str]:
    recipe = {key: value for key, value in document.items() if key not in ("code", "payload")}
    if recipe_types.is_code(document.get("type")):
        return recipe, document.get("code") or ""
    payload = document.get("payload", before.get("payload", ""))
    return recipe, payload if isinstance(payload, str) else json.dumps(payload)


def _names(items: t.Sequence[t.Any]) -> list[str]:
    return [str(item["ref"]) for content in _items_to_dss(items).values() for item in content["items"]]


def _reference(ref: t.Any, neighbours: Neighbours) -> tuple[str, str]:
    if isinstance(ref, Ref):
        return ref.kind, ref.name
    return ("dataset", ref) if neighbours.has("dataset", ref) else ("", "")


def _referring(item: Document, neighbours: Neighbours) -> Document:
    """The id of a managed folder is known only on the node; a dataset is known by its name."""
    name = item["ref"]
    if not neighbours.has("dataset", name) and neighbours.has("managed_folder", name):
        return {**item, "ref": Ref("managed_folder", name)}
    return item


def _named(item: t.Any, known: Known) -> t.Any:
    """An item with the name of what it refers to; what is neither a dataset nor a folder keeps its id."""
    ref = item if isinstance(item, str) else item["dataset"]
    more = {} if isinstance(item, str) else {key: value for key, value in item.items() if key != "dataset"}
    if ref in known.of("managed_folder"):
        return {"folder": known.of("managed_folder")[ref], **more}
    return item if ref in known.of("dataset") or "." in ref else {"object": ref, **more}


def _not_applied(author: Mapping[str, t.Any]) -> tuple[str, ...]:
    if author.get("params") and author["type"] in recipe_types.PAYLOAD_ONLY_TYPES:
        names = ", ".join(sorted(author["params"]))
        return (
            f"params: {names} not applied, a {author['type']} recipe keeps its settings in the payload: use payload",
        )
    return ()
