# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes (dss-api.md 2.6)."""

from __future__ import annotations

from typing import Any

from ..call import NOTHING, Call, Reply, done
from ..documents import Document, dumps, loads
from ..errors import DssError, bad_request
from ..kinds import recipe as kind
from ..kinds import recipe_schemas as schemas
from ..project import Entry
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import (
    already_there,
    born,
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
from .datasets import create_managed
from .flow import COMPUTABLES, follow_outputs, leave_zones, rename_in_zones
from .folders import create_folder


def find(call: Call) -> tuple[str, Entry]:
    name = call.params["name"]
    # The text is exact (dss-api.md 1.3), the error type is that of other objects.
    return name, entry(call, "recipes", name, f"Recipe {name} does not exist in project {call.project.key}")


def _list(call: Call) -> Any:
    return list_served(call, "recipes")  # objects without payload (dss-api.md 2.6 [docs][client])


def _get(call: Call) -> Any:
    if call.params["name"] not in call.project.objects["recipes"] and call.switch("missing_recipe") == "empty":
        return {}  # an empty 200 without `recipe` is also reported (dss-api.md 1.3 [ts-sdk])
    name, found = find(call)
    text = '{"recipe":' + call.project.served("recipes", name)
    if found.payload is not None and call.flag("includePayload", True):
        text += ',"payload":' + dumps(found.payload)
    return Reply(text + "}")


def _put(call: Call) -> Any:
    name, old = find(call)
    body = call.object()
    sent = body.get("recipe")
    if not isinstance(sent, dict):
        raise bad_request("The body needs a recipe")  # unverified text
    check_identity(call, sent, {"name": name, "projectKey": call.project.key})
    version_tag = sent_tag(call, sent, old)
    document = kind.normalise(sent, old.document, call.node.switches)
    # Full replace: a payload left out is gone; unverified.
    payload = kind.payload(document["type"], body.get("payload"), call.node.switches)
    _save(call, name, document, payload, version_tag)
    call.message = f"Edited recipe {name}"
    return done(f"Updated recipe {name}")


def _save(call: Call, name: str, document: Document, payload: str | None, version_tag: Document | None = None) -> None:
    """A payload file of another type stays behind (dss-object-shapes.md, Directory layout)."""
    if payload is None:
        call.project.repository.delete(f"recipes/{name}.{kind.extension(document['type'])}")
    call.project.save("recipes", name, document, payload, call.author, version_tag)
    follow_outputs(call, name)


def _create(call: Call) -> Any:
    body = call.object()
    prototype, settings = body.get("recipePrototype"), body.get("creationSettings") or {}
    if not isinstance(prototype, dict):
        raise bad_request("The body needs a recipePrototype")  # unverified text
    recipe_type = kind.check_type(prototype.get("type"))
    document = born(call, kind.normalise(prototype, None, call.node.switches))
    inputs, outputs = kind.refs(document, "inputs"), kind.refs(document, "outputs")
    if not settings.get("rawCreation"):
        _check_inputs(call, inputs)
        _make_outputs(call, document, settings)
    name = _final_name(call, recipe_type, prototype.get("name"), document, inputs, outputs)
    text = settings.get("rawPayload") if settings.get("rawCreation") else _first_payload(recipe_type, settings)
    _save(call, name, document, kind.payload(recipe_type, text, call.node.switches))
    call.message = f"Created recipe {name}"
    return {"name": name}


def _final_name(
    call: Call, recipe_type: str, asked: Any, document: Document, inputs: list[str], outputs: list[str]
) -> str:
    """Scoring recipes are named score_<input> whatever is asked (dss-api.md 2.6 [headless])."""
    taken = call.project.objects["recipes"]
    if recipe_type.endswith("_scoring"):
        main = document["inputs"].get("main", {}).get("items", [])
        name = f"score_{main[0]['ref'] if main else (inputs or ['data'])[0]}"
    elif asked is not None:
        name = check_name(asked, "recipe")
        if name in taken:
            raise already_there(call, f"Recipe already exists: {call.project.key}.{name}")
        return name
    else:
        name = kind.default_name(recipe_type, inputs, outputs)
    base, number = name, 1
    while name in taken:  # unverified: how the server makes a free name
        name, number = f"{base}_{number}", number + 1
    return name


def _first_payload(recipe_type: str, settings: Document) -> str | None:
    if kind.is_script(recipe_type):
        return str(settings.get("script") or "")
    if settings.get("groupKey"):
        return dumps({"keys": [{"column": settings["groupKey"]}], "globalCount": True})
    if settings.get("virtualInputs"):
        virtual = [
            {"index": index, **item} for index, item in enumerate(settings["virtualInputs"]) if isinstance(item, dict)
        ]
        return dumps({"virtualInputs": virtual})
    return kind.first_payload(recipe_type)


def _exists(call: Call, ref: str) -> bool:
    project = call.project
    if any(ref in project.objects[objects] for objects in COMPUTABLES):
        return True
    other, dot, name = ref.partition(".")
    return bool(dot) and other in call.node.projects and name in call.node.projects[other].objects["datasets"]


def _check_inputs(call: Call, inputs: list[str]) -> None:
    for ref in inputs:
        if not _exists(call, ref):
            raise not_found(call, f"dataset does not exist: {call.project.key}.{ref}")  # unverified: that it is checked


def _make_outputs(call: Call, document: Document, settings: Document) -> None:
    by_role = settings.get("outputDatasetsCreationSettingsByRole") or {}
    for role, value in document["outputs"].items():
        for item in value["items"]:
            if _exists(call, item["ref"]):
                continue
            if settings.get("createOutputDataset") and settings.get("outputDatasetSettings"):
                create_managed(call, item["ref"], settings["outputDatasetSettings"])
            elif settings.get("createOutputFolder") and settings.get("outputFolderSettings"):
                wanted = settings["outputFolderSettings"]
                params = {"connection": wanted["connectionId"]} if wanted.get("connectionId") else {}
                item["ref"] = create_folder(call, {"name": item["ref"], "params": params})
            elif item["ref"] in (by_role.get(role) or {}):
                create_managed(call, item["ref"], by_role[role][item["ref"]])
            else:
                # unverified beyond the two words that the message contains (dss-api.md 1.3 [headless])
                message = f"Need to create output dataset {item['ref']}, but creationInfo is missing"
                raise DssError(400, "java.lang.IllegalArgumentException", message)


def _delete(call: Call) -> Any:
    name, _found = find(call)
    call.project.remove("recipes", name)  # outputs stay (dss-api.md 2.6 [client])
    leave_zones(call, "RECIPE", name)
    call.message = f"Deleted recipe {name}"
    return NOTHING


def _rename(call: Call) -> Any:
    body = call.object()
    call.params["name"] = body.get("oldName", "")
    old_name, _found = find(call)
    new_name = check_name(body.get("newName"), "recipe")
    if new_name in call.project.objects["recipes"]:
        raise already_there(call, f"Recipe already exists: {call.project.key}.{new_name}")
    call.project.rename("recipes", old_name, new_name, call.author)
    rename_in_zones(call, "RECIPE", old_name, new_name)
    call.message = f"Renamed recipe {old_name} to {new_name}"
    return NOTHING


def _metadata(call: Call) -> Any:
    return metadata(find(call)[1].document)  # no label for recipes (dss-api.md 2.6 [client11])


def _put_metadata(call: Call) -> Any:
    name, old = find(call)
    changed = with_metadata(editable(old.document), call.object())
    call.project.save(
        "recipes", name, kind.normalise(changed, old.document, call.node.switches), old.payload, call.author
    )
    call.message = f"Edited recipe {name}"
    return done(f"Updated metadata of recipe {name}")


def _status(call: Call) -> Any:
    """Nothing is validated; unverified shape beyond what the client reads."""
    find(call)
    engine = {"type": "DSS", "label": "DSS", "isSelectable": True, "recommended": True}
    return {
        "selectedEngine": engine,
        "engines": [engine],
        "allMessagesForFrontend": {"anyMessage": False, "error": False, "warning": False, "messages": []},
    }


def _schema_update(call: Call) -> Any:
    """What is to change so that the outputs have the columns that the recipe writes (dss-api.md 2.6)."""
    _name, found = find(call)
    recipe_type = found.document["type"]
    if kind.is_script(recipe_type):
        # Code recipes cannot say it [client]; unverified: status, type and text, and that SQL cannot either.
        raise DssError(
            400,
            "java.lang.UnsupportedOperationException",
            f"Cannot compute the output schema of a {recipe_type} recipe",
        )
    # unverified: the types that can, that only what has to change is listed, and that outputs in other projects are not
    inputs = _columns(call, kind.main_refs(found.document, "inputs"))
    try:
        columns = schemas.written(recipe_type, _parsed(found.payload), inputs)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise bad_request(f"The settings of the recipe are not valid: {error}") from error  # unverified text
    computables = []
    for ref in kind.refs(found.document, "outputs") if columns is not None else ():
        output = call.project.objects["datasets"].get(ref)
        held = [{"name": column["name"], "type": column["type"]} for column in _held(output)]
        if output is not None and held != columns:
            schema = {"columns": columns, "userModified": False}
            computables.append(
                {"type": "DATASET", "datasetName": ref, "projectKey": call.project.key, "newSchema": schema}
            )
    return {"totalIncompatibilities": len(computables), "computables": computables}


def _parsed(payload: str | None) -> Document:
    parsed = loads(payload) if payload and payload.strip() else {}
    return parsed if isinstance(parsed, dict) else {}


def _held(dataset: Entry | None) -> list[Document]:
    columns: list[Document] = dataset.document["schema"]["columns"] if dataset is not None else []
    return columns


def _columns(call: Call, refs: list[str]) -> list[list[Document]]:
    found = []
    for ref in refs:
        other, dot, name = ref.partition(".")
        project = call.node.projects.get(other) if dot else call.project
        found.append(_held(project.objects["datasets"].get(name if dot else ref) if project else None))
    return found


def _update_output_schema(call: Call) -> Any:
    """One computable of `schema-update`; what `dropAndRecreate` does to data is not shown here."""
    _name, found = find(call)
    body = call.object()
    schema, ref = body.get("newSchema"), str(body.get("computableId"))
    if body.get("computableType") != "DATASET" or not isinstance(schema, dict) or not schema.get("columns"):
        raise bad_request("Only the schema of a dataset can be updated")  # unverified
    if ref not in kind.refs(found.document, "outputs"):
        raise bad_request(f"{ref} is no output of the recipe")  # unverified: that it is checked
    old = entry(call, "datasets", ref, f"dataset does not exist: {call.project.key}.{ref}")
    call.project.save("datasets", ref, {**old.document, "schema": schema}, None, call.author)
    call.message = f"Updated schema of dataset {ref}"
    return done("Updated")


_P = "/projects/{projectKey}/recipes"
ROUTES = [
    Route("GET", _P, _list, PROJECT_READ),
    Route("POST", _P, _create, PROJECT_WRITE),
    Route("GET", _P + "/{name}", _get, PROJECT_READ),
    Route("PUT", _P + "/{name}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/{name}", _delete, PROJECT_WRITE),
    Route("GET", _P + "/{name}/metadata", _metadata, PROJECT_READ),
    Route("PUT", _P + "/{name}/metadata", _put_metadata, PROJECT_WRITE),
    Route("GET", _P + "/{name}/status", _status, PROJECT_READ),
    Route("GET", _P + "/{name}/schema-update", _schema_update, PROJECT_READ),
    Route("POST", _P + "/{name}/actions/updateOutputSchema", _update_output_schema, PROJECT_WRITE),
    Route("POST", "/projects/{projectKey}/actions/renameRecipe", _rename, PROJECT_WRITE),
]
