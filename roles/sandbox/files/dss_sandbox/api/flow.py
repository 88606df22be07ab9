# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flow graph and its zones (dss-api.md 2.10)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call, Reply
from ..documents import Document, dumps, random_id
from ..errors import bad_request
from ..kinds import others, recipe
from ..project import Entry, Project
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import check_identity, entry, list_served

_DEFAULT = "default"
COMPUTABLES = {
    "datasets": "COMPUTABLE_DATASET",
    "managed_folders": "COMPUTABLE_FOLDER",
    "saved_models": "COMPUTABLE_SAVED_MODEL",
    "model_evaluation_stores": "COMPUTABLE_MODEL_EVALUATION_STORE",
    "knowledge-banks": "COMPUTABLE_RETRIEVABLE_KNOWLEDGE",
}
OBJECT_TYPES = {
    "DATASET": "datasets",
    "RECIPE": "recipes",
    "MANAGED_FOLDER": "managed_folders",
    "SAVED_MODEL": "saved_models",
    "MODEL_EVALUATION_STORE": "model_evaluation_stores",
    "RETRIEVABLE_KNOWLEDGE": "knowledge-banks",
}


# -- graph --


def graph(project: Project, within: set[str] | None = None) -> Document:
    nodes: dict[str, Document] = {}
    for objects, node_type in COMPUTABLES.items():
        for object_id, item in project.objects[objects].items():
            nodes[object_id] = _node(node_type, item.document.get("type", ""), object_id)
    for name, found in project.objects["recipes"].items():
        node = nodes[name] = _node("RUNNABLE_RECIPE", found.document["type"], name)
        for ref in recipe.refs(found.document, "inputs"):
            node["predecessors"].append(ref)
            # unverified: a dataset of another project appears under its qualified name
            nodes.setdefault(ref, _node("COMPUTABLE_DATASET", "", ref))["successors"].append(name)
        for ref in recipe.refs(found.document, "outputs"):
            node["successors"].append(ref)
            nodes.setdefault(ref, _node("COMPUTABLE_DATASET", "", ref))["predecessors"].append(name)
    if within is not None:
        nodes = {node_id: node for node_id, node in nodes.items() if node_id in within}
    return {"nodes": nodes}


def _node(node_type: str, sub_type: str, ref: str) -> Document:
    return {"type": node_type, "subType": sub_type, "ref": ref, "predecessors": [], "successors": []}


def _graph(call: Call) -> Any:
    return graph(call.project)


# -- zones --


def find(call: Call) -> tuple[str, Entry]:
    zone_id = call.params["zoneId"]
    if zone_id == _DEFAULT and _DEFAULT not in call.project.objects["zones"]:
        return zone_id, Entry(dict(others.DEFAULT_ZONE), None, {})
    return zone_id, entry(call, "zones", zone_id, f"Zone {zone_id} does not exist")  # dss-api.md 1.3 [headless]


def _served(call: Call, zone_id: str) -> Reply:
    if zone_id in call.project.objects["zones"]:
        return Reply(call.project.served("zones", zone_id))
    return Reply(dumps({**others.DEFAULT_ZONE, "id": _DEFAULT, "projectKey": call.project.key}))


def _list(call: Call) -> Any:
    if _DEFAULT in call.project.objects["zones"]:
        return list_served(call, "zones")
    default = _served(call, _DEFAULT).body.decode("utf-8")
    served = [call.project.served("zones", zone_id) for zone_id in call.project.objects["zones"]]
    return Reply("[" + ",".join([default, *served]) + "]")


def _create(call: Call) -> Any:
    zone_id = random_id(7)
    document = others.zone({**call.object(), "items": [], "shared": []}, None)
    call.project.save("zones", zone_id, document, None, call.author)
    call.message = f"Created zone {zone_id}"
    return _served(call, zone_id)


def _get(call: Call) -> Any:
    zone_id, _found = find(call)
    return _served(call, zone_id)


def _put(call: Call) -> Any:
    zone_id, old = find(call)
    body = call.object()
    check_identity(call, body, {"id": zone_id, "projectKey": call.project.key})
    _save(call, zone_id, others.zone(body, old.document))
    return NOTHING


def _delete(call: Call) -> Any:
    """Its items go to the default zone, which lists none (dss-api.md 2.10 [client][export])."""
    zone_id, _found = find(call)
    if zone_id == _DEFAULT:
        raise bad_request("The default zone cannot be deleted")  # unverified text
    call.project.remove("zones", zone_id)
    call.message = f"Deleted zone {zone_id}"
    return NOTHING


def _save(call: Call, zone_id: str, document: Document) -> None:
    call.project.save("zones", zone_id, document, None, call.author)
    call.message = f"Edited zone {zone_id}"


def _checked(call: Call, item: Any) -> Document:
    if not isinstance(item, dict) or item.get("objectType") not in OBJECT_TYPES or not item.get("objectId"):
        raise bad_request("A zone item needs an objectType and an objectId")  # unverified text
    objects = OBJECT_TYPES[item["objectType"]]
    project = call.node.projects.get(item.get("projectKey", call.project.key), call.project)
    if item["objectId"] not in project.objects[objects]:
        raise bad_request(f"{item['objectType']} {item['objectId']} does not exist")  # unverified text
    kept = {"objectId": item["objectId"], "objectType": item["objectType"]}
    return kept if project is call.project else {**kept, "projectKey": project.key}


def _move(call: Call, items: list[Any]) -> Any:
    """Out of the old zone, into this one, the producing recipe too (dss-api.md 2.10 [client])."""
    zone_id, _found = find(call)
    moving: list[Document] = []
    for item in items:
        checked = _checked(call, item)
        moving.append(checked)
        for name, found in call.project.objects["recipes"].items():
            if checked["objectType"] != "RECIPE" and checked["objectId"] in recipe.refs(found.document, "outputs"):
                moving.append({"objectId": name, "objectType": "RECIPE"})
    for item in moving:
        leave_zones(call, item["objectType"], item["objectId"], ("items",))  # unverified: it stays shared where it was
    if zone_id != _DEFAULT:
        document = call.project.objects["zones"][zone_id].document
        fresh = [item for index, item in enumerate(moving) if item not in moving[:index]]
        _save(call, zone_id, {**document, "items": [*document.get("items", []), *fresh]})
    return _served(call, zone_id)


def _add_item(call: Call) -> Any:
    return _move(call, [call.json()])


def _add_items(call: Call) -> Any:
    items = call.json()
    return _move(call, items if isinstance(items, list) else [items])


def _share(call: Call) -> Any:
    zone_id, found = find(call)
    item = _checked(call, call.json())
    if item not in found.document.get("shared", []):
        _save(call, zone_id, {**found.document, "shared": [*found.document.get("shared", []), item]})
    return _served(call, zone_id)


def _unshare(call: Call) -> Any:
    zone_id, found = find(call)
    gone = (call.params["objectType"], call.params["objectId"])
    kept = [item for item in found.document.get("shared", []) if (item["objectType"], item["objectId"]) != gone]
    _save(call, zone_id, {**found.document, "shared": kept})
    return _served(call, zone_id)


def _zone_graph(call: Call) -> Any:
    zone_id, found = find(call)
    if zone_id != _DEFAULT:
        return graph(call.project, {item["objectId"] for item in found.document.get("items", [])})
    placed = {
        item["objectId"] for zone in call.project.objects["zones"].values() for item in zone.document.get("items", [])
    }
    return graph(call.project, graph(call.project)["nodes"].keys() - placed)


def leave_zones(call: Call, object_type: str, object_id: str, sides: tuple[str, ...] = ("items", "shared")) -> None:
    for zone_id, found in list(call.project.objects["zones"].items()):
        kept = {
            side: [
                item
                for item in found.document.get(side, [])
                if (item["objectType"], item["objectId"]) != (object_type, object_id)
            ]
            for side in sides
        }
        if any(kept[side] != found.document.get(side, []) for side in kept):
            call.project.save("zones", zone_id, {**found.document, **kept}, None, call.author)


def follow_outputs(call: Call, name: str) -> None:
    """A recipe is in the zone of its outputs (183 of 183 in the corpus); unverified: also as soon as it is saved."""
    outputs = recipe.refs(call.project.objects["recipes"][name].document, "outputs")
    zones = {
        zone_id
        for zone_id, found in call.project.objects["zones"].items()
        if any(
            item["objectType"] != "RECIPE" and item["objectId"] in outputs for item in found.document.get("items", [])
        )
    }
    item = {"objectId": name, "objectType": "RECIPE"}
    if len(zones) != 1 or item in call.project.objects["zones"][min(zones)].document["items"]:
        return
    leave_zones(call, "RECIPE", name, ("items",))
    document = call.project.objects["zones"][min(zones)].document
    call.project.save("zones", min(zones), {**document, "items": [*document["items"], item]}, None, call.author)


def rename_in_zones(call: Call, object_type: str, old: str, new: str) -> None:
    for zone_id, found in list(call.project.objects["zones"].items()):
        renamed = {
            side: [
                {**item, "objectId": new} if (item["objectType"], item["objectId"]) == (object_type, old) else item
                for item in found.document.get(side, [])
            ]
            for side in ("items", "shared")
        }
        if any(renamed[side] != found.document.get(side, []) for side in renamed):
            call.project.save("zones", zone_id, {**found.document, **renamed}, None, call.author)


_P = "/projects/{projectKey}/flow/zones"
ROUTES = [
    Route("GET", "/projects/{projectKey}/flow/graph", _graph, PROJECT_READ),
    Route("GET", _P, _list, PROJECT_READ),
    Route("POST", _P, _create, PROJECT_WRITE),
    Route("GET", _P + "/{zoneId}", _get, PROJECT_READ),
    Route("PUT", _P + "/{zoneId}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/{zoneId}", _delete, PROJECT_WRITE),
    Route("POST", _P + "/{zoneId}/items", _add_item, PROJECT_WRITE),
    Route("POST", _P + "/{zoneId}/add-items", _add_items, PROJECT_WRITE),
    Route("POST", _P + "/{zoneId}/shared", _share, PROJECT_WRITE),
    Route("DELETE", _P + "/{zoneId}/shared/{objectType}/{objectId}", _unshare, PROJECT_WRITE),
    Route("GET", _P + "/{zoneId}/graph", _zone_graph, PROJECT_READ),
]
