# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Datasets (dss-api.md 2.4)."""

from __future__ import annotations

from typing import Any

from .. import upload
from ..call import NOTHING, Call, Reply, done
from ..documents import Document, now_ms
from ..errors import bad_request
from ..kinds import dataset as kind
from ..kinds import recipe
from ..project import Entry
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import (
    already_there,
    born,
    check_connection,
    check_identity,
    check_name,
    editable,
    entry,
    list_served,
    metadata,
    not_found,
    sent_tag,
    with_metadata,
)
from .flow import leave_zones, rename_in_zones

_DOCS_SAMPLE_LACKS = ("smartName", "metrics")  # what the sample of the documentation does not show (unknown 5)


def find(call: Call) -> tuple[str, Entry]:
    name = call.params["name"]
    # The text is exact (dss-api.md 1.3 [xz][headless]).
    return name, entry(call, "datasets", name, f"dataset does not exist: {call.project.key}.{name}")


def _list(call: Call) -> Any:
    project, tags = call.project, call.query.get("tags")
    foreign = call.flag("foreign")
    if not tags and not foreign and call.switch("dataset_list_items") == "full":
        return list_served(call, "datasets")
    items = [project.full("datasets", name) for name in project.objects["datasets"]]
    if foreign:
        items.extend(_shared_with(call))
    if tags:
        items = [item for item in items if set(tags) & set(item.get("tags", ()))]
    if call.switch("dataset_list_items") == "docs_sample":
        items = [{key: value for key, value in item.items() if key not in _DOCS_SAMPLE_LACKS} for item in items]
    return items


def _shared_with(call: Call) -> list[Document]:
    """unverified: shared datasets come as in their own project, with a qualified smartName."""
    shared = []
    for other in call.node.projects.values():
        for exposed in other.params.document.get("exposedObjects", {}).get("objects", ()):
            name = exposed["localName"]
            targets = {rule.get("targetProject") for rule in exposed.get("rules", ())}
            if exposed["type"] == "DATASET" and call.project.key in targets and name in other.objects["datasets"]:
                shared.append({**other.full("datasets", name), "smartName": f"{other.key}.{name}"})
    return shared


def _create(call: Call) -> Any:
    body = call.object()
    name = check_name(body.get("name"), "dataset")
    if body.get("projectKey", call.project.key) != call.project.key:
        raise bad_request(f"projectKey is {body['projectKey']!r} in the body but {call.project.key!r} in the path")
    _refuse_existing(call, name)
    document = born(call, kind.normalise(body, None, call.node.switches))
    check_connection(call, document)
    call.project.save("datasets", name, document, None, call.author)
    call.message = f"Created dataset {name}"
    return done(f"Created dataset {name}")


def _refuse_existing(call: Call, name: str) -> None:
    if name in call.project.objects["datasets"]:
        raise already_there(call, f"Dataset already exists: {call.project.key}.{name}")


def _create_managed(call: Call) -> Any:
    body = call.object()
    name = check_name(body.get("name"), "dataset")
    create_managed(call, name, body.get("creationSettings") or {})
    call.message = f"Created dataset {name}"
    return done(f"Created dataset {name}")


def create_managed(call: Call, name: str, settings: Document) -> None:
    _refuse_existing(call, name)
    document = kind.managed(name, settings, call.node.connections.definitions)
    copied = str(settings.get("partitioningOptionId") or "")
    if copied.startswith("copy:dataset:"):
        source = call.project.objects["datasets"].get(copied[len("copy:dataset:") :])
        if source is None:
            raise not_found(call, f"dataset does not exist: {call.project.key}.{copied[len('copy:dataset:') :]}")
        document["partitioning"] = editable(source.document["partitioning"])
    document = born(call, kind.normalise(document, None, call.node.switches))
    check_connection(call, document)
    call.project.save("datasets", name, document, None, call.author)


def _get(call: Call) -> Any:
    name, _found = find(call)
    return Reply(call.project.served("datasets", name))


def _put(call: Call) -> Any:
    name, old = find(call)
    body = call.object()
    if "projectKey" not in body:
        raise bad_request(
            "projectKey is missing"
        )  # rejected as incomplete (dss-api.md 1.3 [headless]); unverified text
    check_identity(call, body, {"name": name, "projectKey": call.project.key})
    version_tag = sent_tag(call, body, old)
    document = kind.normalise(body, old.document, call.node.switches)
    check_connection(call, document)
    call.project.save("datasets", name, document, None, call.author, version_tag)
    call.message = f"Edited dataset {name}"
    return done(f"Updated dataset {call.project.key}.{name}")


def _resave(call: Call, name: str, old: Entry, changed: Document) -> None:
    call.project.save("datasets", name, kind.normalise(changed, old.document, call.node.switches), None, call.author)
    call.message = f"Edited dataset {name}"


def _delete(call: Call) -> Any:
    """Recipes that read it go with it, silently (dss-api.md 2.4 [headless])."""
    name, _found = find(call)
    project = call.project
    project.remove("datasets", name)
    project.uploads.pop(name, None)
    project.forget_results(name)
    for recipe_name, consumer in list(project.objects["recipes"].items()):
        if name in recipe.refs(consumer.document, "inputs"):
            project.remove("recipes", recipe_name)
            leave_zones(call, "RECIPE", recipe_name)
    leave_zones(call, "DATASET", name)
    call.message = f"Deleted dataset {name}"
    return NOTHING


def _schema(call: Call) -> Any:
    return find(call)[1].document.get("schema", {"columns": [], "userModified": False})


def _put_schema(call: Call) -> Any:
    name, old = find(call)
    body = call.object()
    if not isinstance(body.get("columns"), list):
        raise bad_request("A schema needs columns")  # unverified text
    _resave(call, name, old, {**editable(old.document), "schema": body})
    return done(f"Updated schema of dataset {name}")


def _metadata(call: Call) -> Any:
    name, found = find(call)
    return metadata(found.document, label=name)


def _put_metadata(call: Call) -> Any:
    name, old = find(call)
    _resave(call, name, old, with_metadata(editable(old.document), call.object()))
    return done(f"Updated metadata of dataset {name}")


def _info(call: Call) -> Any:
    name, _found = find(call)
    return {"dataset": call.project.full("datasets", name), "lastBuild": {}}  # nothing is ever built here


def _usages(call: Call) -> Any:
    """unverified shape."""
    name, _found = find(call)
    return [
        {"objectType": "RECIPE", "projectKey": call.project.key, "objectId": recipe_name}
        for recipe_name, user in call.project.objects["recipes"].items()
        if name in recipe.refs(user.document, "inputs")
    ]


def _partitions(call: Call) -> Any:
    _id, found = find(call)
    return [] if found.document.get("partitioning", {}).get("dimensions") else ["NP"]  # no data here, so no partitions


def _data(call: Call) -> Any:
    find(call)
    return Reply(b"", "text/plain;charset=utf-8")  # the sandbox holds no rows


def _clear(call: Call) -> Any:
    find(call)
    return []


def _upload(call: Call) -> Any:
    """Names only; another name appends, the same one replaces (dss-api.md 2.4 [headless])."""
    name, _found = find(call)
    filename, data = upload.file_of(call.header(b"content-type"), call.body)
    files = [item for item in call.project.uploads.get(name, []) if item["path"] != filename]
    call.project.uploads[name] = [*files, {"path": filename, "length": len(data), "lastModified": now_ms()}]
    return NOTHING


def _uploaded(call: Call) -> Any:
    name, _found = find(call)
    return call.project.uploads.get(name, [])


def _detect(call: Call) -> Any:
    """Detection reads data, and there is none: an honest refusal instead of an invented schema."""
    name, _found = find(call)
    reason = f"Dataset {name} holds no data on a sandbox node"
    return call.node.futures.start({"connectionOK": True, "format": {"ok": False, "errorMsg": reason}, "empty": True})


def _copy(call: Call) -> Any:
    find(call)
    return call.node.futures.start({"success": True})


def _hive(call: Call) -> Any:
    find(call)
    return NOTHING


def _lineage(call: Call) -> Any:
    find(call)
    return {"relations": []}  # unverified shape


def _rename(call: Call) -> Any:
    """Storage is not moved: path and table keep the old name (dss-api.md 2.4 [client][headless])."""
    body = call.object()
    call.params["name"] = body.get("oldName", "")
    old_name, _found = find(call)
    new_name = check_name(body.get("newName"), "dataset")
    _refuse_existing(call, new_name)
    project = call.project
    project.rename("datasets", old_name, new_name, call.author)
    if old_name in project.uploads:
        project.uploads[new_name] = project.uploads.pop(old_name)
    project.forget_results(old_name, new_name)
    for recipe_name, user in list(project.objects["recipes"].items()):
        changed = recipe.replace_refs(user.document, old_name, new_name)
        if changed is not None:
            project.save("recipes", recipe_name, changed, user.payload, call.author)
    rename_in_zones(call, "DATASET", old_name, new_name)
    call.message = f"Renamed dataset {old_name} to {new_name}"
    return NOTHING


_P = "/projects/{projectKey}/datasets"
ROUTES = [
    Route("GET", _P, _list, PROJECT_READ),
    Route("POST", _P, _create, PROJECT_WRITE),
    Route("POST", _P + "/managed", _create_managed, PROJECT_WRITE),
    Route("GET", _P + "/{name}", _get, PROJECT_READ),
    Route("PUT", _P + "/{name}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/{name}", _delete, PROJECT_WRITE),
    Route("GET", _P + "/{name}/schema", _schema, PROJECT_READ),
    Route("PUT", _P + "/{name}/schema", _put_schema, PROJECT_WRITE),
    Route("GET", _P + "/{name}/metadata", _metadata, PROJECT_READ),
    Route("PUT", _P + "/{name}/metadata", _put_metadata, PROJECT_WRITE),
    Route("GET", _P + "/{name}/info", _info, PROJECT_READ),
    Route("GET", _P + "/{name}/usages", _usages, PROJECT_READ),
    Route("GET", _P + "/{name}/column-lineage", _lineage, PROJECT_READ),
    Route("GET", _P + "/{name}/partitions", _partitions, PROJECT_READ),
    Route("GET", _P + "/{name}/data", _data, PROJECT_READ),
    Route("DELETE", _P + "/{name}/data", _clear, PROJECT_WRITE),
    Route("GET", _P + "/{name}/finish-streaming", _clear, PROJECT_READ),
    Route("GET", _P + "/{name}/uploaded/files", _uploaded, PROJECT_READ),
    Route("POST", _P + "/{name}/uploaded/files", _upload, PROJECT_WRITE),
    Route("POST", _P + "/{name}/actions/testAndDetectSettings/{what}", _detect, PROJECT_WRITE),
    Route("POST", _P + "/{name}/actions/copyTo", _copy, PROJECT_WRITE),
    Route("POST", _P + "/{name}/actions/synchronizeHiveMetastore", _hive, PROJECT_WRITE),
    Route("POST", _P + "/{name}/actions/updateFromHive", _hive, PROJECT_WRITE),
    Route("POST", "/projects/{projectKey}/actions/renameDataset", _rename, PROJECT_WRITE),
]
