# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Recipes: dss-api.md 2.6, dss-object-shapes.md "Recipes"."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from threading import Lock

from .._errors import DssError
from .._plan.compare import AsSet, AsText, Defaults, Document, Exclusive, Keyed, Rule, Rules, no_defaults
from . import recipe_types
from .base import Done, FollowUp, Kind, Known, Neighbours, Node, Resource, with_references
from .paths import path_of
from .recipe_items import (
    DEPENDENCY_DEFAULTS,
    NAMED_KINDS,
    author_path_of_item,
    dataset_names,
    main_names,
    named,
    reference_of,
    referring,
)
from .recipe_output_schemas import updates
from .recipe_payloads import DEFINITIONS, FIELDS, Flow, read, with_short_params, written
from .recipe_payloads.defaults import (
    FILTERS,
    completed,
    labelled,
    member_defaults,
    stripped,
    unlabelled,
    without_read_maps,
)
from .recipe_shape import shape
from .selections import CODE_ENV, CONTAINER
from .shape import FLAG, Schema, Shape, described, overlay, without_defaults, without_ui_state

__all__ = ["CODE_ENV", "CONTAINER", "Recipe"]

_UPDATE = described(
    FLAG,
    "Whether DSS works out the schemas of its outputs anew when it is made, or works in another way: true if it is not said. "
    "What declares its schema is left alone.",
)


class Recipe(Kind):
    """A recipe with its code or settings."""

    name = "recipe"
    section = "recipes"
    gone = "its creation tag"
    order = 40
    summary = "A recipe: what it reads and writes, its code or its settings."
    identifier = {"name": described({"type": "string"}, "Name of the recipe, unique in the project.")}
    required = ("name", "type")
    rights = "write project content"
    shape = shape("params.engineType", "params.containerSelection")
    rules: Mapping[str, Rule] = {"tags": AsSet(), "code": AsText(), "inputs": Exclusive(), "outputs": Exclusive()}
    replaced_by = ("type",)
    listing_is_complete = False
    made_with = None
    renamed_by = "call"
    names_of = NAMED_KINDS
    surveyed = True
    git_folder = "recipes"
    _naming = Lock()

    @property
    def schema(self) -> dict[str, t.Any]:
        own = super().schema
        properties: dict[str, Schema] = {**own["properties"], **FIELDS, "update_output_schemas": _UPDATE}
        return {**own, "properties": properties, "$defs": DEFINITIONS}

    def shape_of(self, object_type: t.Any) -> Shape:
        return shape(recipe_types.engine_path(object_type), recipe_types.container_path(object_type))

    def prepare(
        self, author: Mapping[str, t.Any], neighbours: Neighbours
    ) -> tuple[Mapping[str, t.Any], tuple[str, ...]]:
        kind, payload = author["type"], author.get("payload")
        prepared = dict(author)
        if isinstance(payload, str):
            prepared["payload"] = _parsed(payload)
        if kind in recipe_types.PAYLOAD_ONLY_TYPES:
            prepared = with_short_params(kind, prepared)
        for part, settings in written(kind, prepared, _flow(author)).items():
            prepared[part] = overlay(settings, prepared.get(part) or {})
        return prepared, recipe_types.odd_type(kind) + _not_applied(prepared)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        declared = dict(built.declared)
        rules = {**built.rules, **_payload_rules(declared.get("type"))}
        for side in ("inputs", "outputs"):
            if declared.get(side) is None:
                continue
            declared[side] = {
                role: {"items": [referring(item, author.get(side) or (), neighbours) for item in content["items"]]}
                for role, content in declared[side].items()
            }
            for role, content in declared[side].items():
                rules[f"{side}.{role}.items"] = Keyed(("ref",))
                built = with_references(built, *(reference_of(item["ref"], neighbours) for item in content["items"]))
        references = tuple(entry for entry in built.references if entry[1])
        return replace(built, declared=declared, rules=rules, references=references, aside=_aside(author, neighbours))

    def from_dss(self, document: Document, known: Known) -> Document:
        document, kind = without_read_maps(document), document.get("type")
        if isinstance(document.get("payload"), dict):
            payload = without_ui_state(document["payload"])
            payload = {key: value for key, value in payload.items() if key not in FILTERS or value != {}}
            engine = without_defaults(payload.pop("engineParams", None) or {}, recipe_types.PAYLOAD_ENGINE)
            document = {**document, "payload": {**payload, **({"engineParams": engine} if engine else {})}}
        author = super().from_dss(document, known)
        for side in ("inputs", "outputs"):
            if side in author:
                author[side] = [named(item, known) for item in author[side]]
        if isinstance(author.get("payload"), dict):
            author["payload"] = unlabelled(author["payload"], _main_refs(document))
        held = {part: author[part] for part in ("payload", "params") if isinstance(author.get(part), dict)}
        if "payload" in held:
            held["payload"] = stripped(kind, held["payload"])
        found = read(str(kind), held, _flow(author), _payload_rules(kind), self.defaults(document))
        if found:
            name, settings, rest = found
            said = {key: value for key, value in author.items() if key not in held}
            author = {**said, name: settings, **{part: rest[part] for part in held if rest.get(part)}}
        return author

    def dss_path(self, author_path: str) -> str:
        """Friendly settings stand for the payload, whose parts have other names."""
        return "payload" if author_path.partition(".")[0] in FIELDS else super().dss_path(author_path)

    def author_path(self, path: str) -> str:
        for place, name in recipe_types.ENGINE_PLACES.items():
            if path.startswith(place):
                return name + path[len(place) :]
        return author_path_of_item(path) or super().author_path(path)

    def defaults(self, document: Mapping[str, t.Any]) -> Defaults:
        usual, kind = super().defaults(document), document.get("type")

        def defaults_of(pattern: str, part: t.Any) -> Mapping[str, t.Any]:
            return member_defaults(kind, pattern) if pattern.startswith("payload.") else usual(pattern, part)

        return defaults_of

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        if pattern.startswith("outputs.") and pattern.endswith(".items[]"):
            return {"appendMode": False}
        if pattern.endswith(".deps[]"):
            return DEPENDENCY_DEFAULTS
        return no_defaults(pattern, part)

    def follow_ups(self, done: Sequence[Done], drop_data: bool) -> Sequence[Sequence[FollowUp]]:
        return updates(done, drop_data)

    def git_paths(self, object_id: str, object_type: t.Any) -> tuple[str, ...]:
        payload = f"{self.git_folder}/{object_id}.{recipe_types.payload_extension(object_type)}"
        return (*super().git_paths(object_id, object_type), payload)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {item["name"]: item for item in node.get(path_of("projects", project, "recipes") + "/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return _document(node.get(path_of("projects", project, "recipes", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        if isinstance(document.get("payload"), dict):
            whole = labelled(completed(document.get("type"), document["payload"]), _main_refs(document))
            document = {**document, "payload": whole}
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


def _flow(author: Mapping[str, t.Any]) -> Flow:
    """What the settings of a visual recipe refer to by name."""
    return Flow(main_names(author.get("inputs") or ()), main_names(author.get("outputs") or ()))


def _main_refs(document: Mapping[str, t.Any]) -> list[t.Any]:
    """What the inputs of the role ``main`` refer to, in order."""
    main = (document.get("inputs") or {}).get("main") or {}
    return [item.get("ref") for item in main.get("items") or ()]


def _payload_rules(kind: t.Any) -> Rules:
    """Columns with functions are known by their names."""
    lists = {"grouping": ("keys", "values"), "window": ("values",), "distinct": ("keys",)}
    return {f"payload.{name}": Keyed(("column",)) for name in lists.get(str(kind), ())}


def _aside(author: Mapping[str, t.Any], neighbours: Neighbours) -> Document:
    """The outputs whose schemas DSS is to work out after the recipe was written: datasets of the project that declare none."""
    if author.get("update_output_schemas") is False:
        return {}
    return {
        "schemas_of": [
            name
            for name in dataset_names(author.get("outputs") or ())
            if "." not in name
            and not neighbours.declares("dataset", name, "schema")
            and not neighbours.has("managed_folder", name)
        ]
    }


def _not_applied(author: Mapping[str, t.Any]) -> tuple[str, ...]:
    kind = author["type"]
    notes = []
    if author.get("params") and kind in recipe_types.PAYLOAD_ONLY_TYPES:
        names = ", ".join(sorted(author["params"]))
        notes.append(f"params: {names} not applied, a {kind} recipe keeps its settings in the payload: use payload")
    if author.get("container") and kind in recipe_types.NO_CONTAINER_TYPES:
        notes.append(f"container: not applied, DSS keeps no container selection of a {kind} recipe")
    return tuple(notes)
