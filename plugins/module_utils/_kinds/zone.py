# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Flow zones and what is in them: dss-api.md 2.10, dss-object-shapes.md "Flow zones"."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Lock

from .._errors import DssError
from .._plan.compare import AsSet, Document, Keyed, Rule
from .base import Known, Neighbours, Node, Resource, with_references
from .flow_items import BUILT, KINDS_BY_ID, Reference, from_pair, item_schema, named, referring, rest_of, to_pair
from .named_by_dss import NamedByDss
from .paths import path_of
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, Field, Schema, Shape, described

DEFAULT = "default"  # the id of the zone that every project has [export:35]
DEFAULT_COLOR = "#D1D8DA"
NEW_COLOR = "#2ab1ac"  # the client's own
_TYPE, _ID, _PROJECT = "objectType", "objectId", "projectKey"
_MEMBERS = Keyed((f"{_TYPE}+{_ID}",), ordered=False)
_LISTS = ("items", "shared")

_RECIPE: Schema = {"recipe": described(TEXT, "Name of a declared recipe: all that it writes.")}
_OTHER: Schema = {"project": described(TEXT, "Key of the project that has it, where it is another one.")}


def _items(more: Schema) -> Schema:
    return {"type": "array", "items": item_schema(BUILT, more)}


def _to_dss(items: Iterable[Mapping[str, t.Any]]) -> list[Document]:
    result = []
    for item in items:
        kind, object_id = to_pair(item, BUILT)
        of_another = {_PROJECT: item["project"]} if item.get("project") else {}
        result.append({_ID: object_id, _TYPE: kind, **of_another, **(item.get("raw") or {})})
    return result


def _from_dss(items: t.Any) -> list[Document]:
    """Recipes are left out: each is in the zone of what it writes (183 of 183 in real projects)."""
    return [
        {
            **from_pair(item.get(_TYPE), item.get(_ID), BUILT),
            **({"project": item[_PROJECT]} if item.get(_PROJECT) else {}),
            **rest_of(item, _TYPE, _ID, _PROJECT),
        }
        for item in items
        if item.get(_TYPE) != "RECIPE"
    ]


class Zone(NamedByDss):
    """A zone of the flow. DSS makes its id; the default zone is there from the start."""

    name = "zone"
    section = "zones"
    made_with = ("name", "color")
    whole_items = ("name", "items")
    gone = "its id and its creation tag"
    order = 15
    summary = (
        "A zone of the flow with what is in it. An object is in exactly one zone; what is not declared stays where it is. "
        "Recipes are not named: each is in the zone of what it writes."
    )
    identifier = {
        "name": described(TEXT, "Name of the zone."),
        "id": described(TEXT, "Id of the zone, needed only where two zones have one name."),
        "default": described(
            FLAG, "Whether it is the default zone, which gets this name; it holds all that is in no other zone."
        ),
        "exclusive": described(FLAG, "Whether what is not named leaves the zone for the default zone."),
    }
    rights = "write project content"
    git_folder = "zones"
    names_of = KINDS_BY_ID
    shape = Shape(
        fields=(
            Field("color", "color", described(TEXT, "Colour as C(#RRGGBB).")),
            Field("items", "items", described(_items(_RECIPE), "What is in the zone."), _to_dss, _from_dss),
            Field(
                "shared",
                "shared",
                described(_items(_OTHER), "Objects of other zones or projects that it shows too."),
                _to_dss,
                _from_dss,
            ),
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it is.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            Field("position", "position", described(OBJECT, "Place in the flow, with DSS's own names.")),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            Field("checklists", "checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")),
        ),
        defaults=lambda document: {"color": DEFAULT_COLOR if document.get("id") == DEFAULT else NEW_COLOR},
    )
    rules: Mapping[str, Rule] = {"tags": AsSet(), "items": _MEMBERS, "shared": _MEMBERS}
    changed_by_others = ("items",)
    _moving = Lock()  # an object that leaves one zone for another is moved by both

    def resource(self, author: Mapping[str, t.Any], project: t.Any, neighbours: Neighbours, *place: t.Any) -> Resource:
        referred = dict(author)
        references: list[Reference] = []
        for name in _LISTS:
            if author.get(name):
                referred[name], found = _referring(author[name], neighbours)
                references += found
        built = super().resource(referred, project, neighbours, *place)
        return built if built.external else with_references(built, *references)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        if author.get("default") and author.get("items"):
            raise DssError(
                f"zone {built.name}: the default zone holds what no other zone holds: take items out, and use "
                "exclusive: true in the zone that they are to leave"
            )
        declared = {"name": built.name, **built.declared}
        if not author:  # as recorded: whether the lists are complete is recorded too
            return replace(built, declared=declared)
        if author.get("exclusive"):
            return replace(built, declared={"items": [], "shared": [], **declared})
        partial = {name: replace(_MEMBERS, partial=True) for name in _LISTS}
        return replace(built, declared=declared, rules={**built.rules, **partial})

    def from_dss(self, document: Document, known: Known) -> Document:
        author = super().from_dss(document, known)
        for name in _LISTS:
            members = [item if "project" in item else named(item, BUILT, known) for item in author.get(name) or ()]
            members.sort(key=str)  # ids, by which DSS has them in order, are others on another node
            author = {key: value for key, value in author.items() if key != name}
            if members:
                author[name] = members
        if document.get("id") == DEFAULT:
            author = {"name": author.pop("name"), "default": True, **author}
        author.pop("id", None)
        return author

    def defaults(self, document: Mapping[str, t.Any]) -> t.Callable[[str, t.Any], Mapping[str, t.Any]]:
        standard = self.shape.defaults(document)
        return lambda pattern, part: standard if not pattern else {}

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        if resource.identity.get("default"):
            return DEFAULT if DEFAULT in listing else None
        return super().find(resource, listing)

    def is_inherent(self, object_id: str) -> bool:
        return object_id == DEFAULT

    def made(self, document: Document, resource: Resource) -> Document:
        return {} if resource.identity.get("default") else super().made(document, resource)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {zone["id"]: _document(zone) for zone in node.get(path_of("projects", project, "flow", "zones"))}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return _document(node.get(self._place(project, object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        if resource.identity.get("default"):
            return DEFAULT
        body = {"name": resource.name, "color": document.get("color") or NEW_COLOR}
        return str(node.post(path_of("projects", resource.project, "flow", "zones"), body)["id"])

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        place = self._place(resource.project, object_id)
        with self._moving:
            if _but_members(document) != _but_members(before):
                held = node.get(place)
                node.put(place, {**document, **{name: held.get(name) or [] for name in _LISTS}})
            _move(node, place, self._place(resource.project, DEFAULT), document, before)
            _share(node, place, document, before)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        if object_id == DEFAULT:
            raise DssError("the default zone of a flow cannot be deleted")
        node.delete(self._place(project, object_id))

    @staticmethod
    def _place(project: str | None, object_id: str) -> str:
        return path_of("projects", project, "flow", "zones", object_id)


def _referring(items: Iterable[t.Any], neighbours: Neighbours) -> tuple[list[Document], list[Reference]]:
    """Items with open ids, what a recipe writes in place of the recipe, and all that has to be there before."""
    result: list[Document] = []
    references: list[Reference] = []
    for item in items:
        for member in _written(item, neighbours):
            resolved, found = referring(member, BUILT, neighbours)
            if resolved not in result:
                result.append(resolved)
            references += found
    written = {name for kind, name in references if kind in ("dataset", "managed_folder")}
    makers = [recipe for recipe, outputs in neighbours.outputs.items() if written & {name for _kind, name in outputs}]
    return result, [*references, *(("recipe", recipe) for recipe in makers if neighbours.has("recipe", recipe))]


def _written(item: t.Any, neighbours: Neighbours) -> list[t.Any]:
    recipe = item.get("recipe") if isinstance(item, Mapping) else None
    if recipe is None:
        return [item]
    outputs = neighbours.outputs.get(recipe)
    if not outputs or len(item) > 1:
        raise DssError(f"what recipe {recipe} writes is not declared here: name what it writes in place of it")
    return [{"folder" if kind == "MANAGED_FOLDER" else "dataset": name} for kind, name in outputs]


def _document(answer: Mapping[str, t.Any]) -> Document:
    """A zone without recipes, whose members are in an order of their own: DSS's means nothing."""
    lists = {name: [item for item in answer.get(name) or () if item.get(_TYPE) != "RECIPE"] for name in _LISTS}
    return {**answer, **{name: sorted(held, key=_key) for name, held in lists.items()}}


def _key(item: Mapping[str, t.Any]) -> tuple[str, str, str]:
    return str(item.get(_TYPE)), str(item.get(_ID)), str(item.get(_PROJECT) or "")


def _but_members(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in _LISTS}


def _difference(left: Document, right: Document, name: str) -> list[Document]:
    others = {_key(item) for item in right.get(name) or ()}
    return [item for item in left.get(name) or () if _key(item) not in others]


def _move(node: Node, place: str, default: str, document: Document, before: Document) -> None:
    """Items come by a call of the zone, which takes them from where they are, and leave by one of the default zone."""
    coming, leaving = _difference(document, before, "items"), _difference(before, document, "items")
    if coming:
        shared = _shares(node, place, coming)
        node.post(f"{place}/add-items", coming)
        # That a move takes an item out of the zones that it is shared with is unverified; nobody asked for it.
        kept = _shares(node, place, coming) if shared else []
        for zone, item in [entry for entry in shared if entry not in kept]:
            node.post(f"{zone}/shared", item)
    if leaving:
        held = {_key(item) for item in node.get(place).get("items") or ()}
        still_there = [item for item in leaving if _key(item) in held]
        if still_there:
            node.post(f"{default}/add-items", still_there)


def _shares(node: Node, place: str, items: list[Document]) -> list[tuple[str, Document]]:
    """The other zones that some items are shared with: the place of the zone, and the item."""
    zones, _slash, zone_id = place.rpartition("/")
    keys = {_key(item) for item in items}
    return [
        (zones + path_of(zone["id"]), item)
        for zone in node.get(zones)
        if zone["id"] != zone_id
        for item in zone.get("shared") or ()
        if _key(item) in keys
    ]


def _share(node: Node, place: str, document: Document, before: Document) -> None:
    for item in _difference(document, before, "shared"):
        node.post(f"{place}/shared", item)
    for item in _difference(before, document, "shared"):
        node.delete(place + path_of("shared", item[_TYPE], item[_ID]))
