# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects: list, create, delete, metadata, settings, permissions, variables, tags (dss-api.md 2.3)."""

from __future__ import annotations

from typing import Any

from .. import layout
from ..call import NOTHING, Call, Reply, done
from ..documents import Document, dumps
from ..errors import bad_request
from ..keys import READ
from ..kinds import project as kind
from ..project import Project
from ..remapping import parsed
from ..router import ANY_KEY, INSTANCE_ADMIN, PROJECT_ADMIN, PROJECT_READ, PROJECT_WRITE, Route
from .common import already_there, born, editable, may_create, metadata, with_metadata

_SUMMARY = ("shortDesc", "tags", "projectStatus", "creationTag", "tutorialProject", "projectType", "projectAppType")


def _summary(call: Call, project: Project, with_location: bool) -> Document:
    params = project.params.document
    owner = params.get("owner", "")
    item: Document = {
        "projectKey": project.key,
        "name": params.get("name", project.key),
        "ownerLogin": owner,
        "ownerDisplayName": call.node.users.get(owner, {}).get("displayName", owner),
        "contributors": [{"login": owner}],
        "versionTag": project.params.tag,
    }
    item.update({key: params[key] for key in _SUMMARY if key in params})
    active = project.repository.read(layout.ACTIVE_BUNDLE) if call.node.node_type == "automation" else None
    if active:
        item["activeBundleState"] = parsed(active)
    if with_location:
        # unverified: the folders above it, the outermost first
        folders = call.node.project_folders
        item["projectLocation"] = folders.path(folders.of_project(project.key))
    return item


def _list(call: Call) -> Any:
    with_location = call.flag("includeLocation")
    return [
        _summary(call, project, with_location)
        for project in call.node.projects.values()
        if call.key.right_on(project.key, project.params.document) >= READ
    ]


def _create(call: Call) -> Any:
    may_create(call)
    raw = call.json()
    body = call.object()
    for name in ("permissions", "tags"):
        if name in raw and not isinstance(raw[name], list):
            raise bad_request(f"{name} must be an array")  # arrays, not null (dss-api.md 2.3 [tfp])
    key = kind.check_key(body.get("projectKey"), call.node.switches)
    if key in call.node.projects:
        raise already_there(call, f"Project key already exists: {key}")
    folder = call.text("projectFolderId")
    if folder and call.node.project_folders.get(folder) is None:
        raise bad_request(f"Project folder {folder} does not exist")  # unverified text
    project = create(call, key, born(call, kind.created(body, call.author, call.node.switches)))
    call.project = project
    if folder:
        call.node.project_folders.place(key, folder)
    call.message = f"Created project {key}"
    return Reply(dumps(key))  # a bare JSON string (dss-api.md 1.2 [tfp])


def create(call: Call, key: str, params: Document) -> Project:
    project = call.node.new_project(key)
    project.save_params(params, call.author)
    project.save_tags({})
    project.repository.write(layout.LIBRARY, dumps(kind.LIBRARY))
    call.node.grant(call.key, key, "admin")
    return project


def _get(call: Call) -> Any:
    return _summary(call, call.project, False)


def _delete(call: Call) -> Any:
    call.node.drop_project(call.project.key)
    report = {"anyMessage": False, "success": True, "warning": False, "error": False, "fatal": False, "messages": []}
    if not call.flag("wait", True):
        return call.node.futures.start(report)
    return report


def _metadata(call: Call) -> Any:
    document = call.project.params.document
    return metadata(document, label=document.get("name", call.project.key))


def _put_metadata(call: Call) -> Any:
    body = call.object()
    document = with_metadata(editable(call.project.params.document), body)
    if document["customMeta"] == {"kv": {}}:
        del document["customMeta"]  # in no export; unverified: where the server keeps it
    if body.get("label"):
        document["name"] = body["label"]
    call.project.save_params(document, call.author)
    return NOTHING


def _settings(call: Call) -> Any:
    return kind.settings(call.project.params.document, call.node.switches)


def _put_settings(call: Call) -> Any:
    document = kind.with_settings(editable(call.project.params.document), call.object(), call.node.switches)
    call.project.save_params(document, call.author)
    return NOTHING


def _permissions(call: Call) -> Any:
    return kind.permissions(call.project.params.document)


def _put_permissions(call: Call) -> Any:
    document = kind.with_permissions(editable(call.project.params.document), call.object(), call.node.switches)
    call.project.save_params(document, call.author, quietly=not call.switch("commit_permissions"))
    return NOTHING


def _variables(call: Call) -> Any:
    return {"standard": call.project.variables, "local": call.project.local_variables}


def _put_variables(call: Call) -> Any:
    """Full replace; both halves must be there (dss-api.md 3.1 #15); unverified: how a missing one is refused."""
    body = call.json()
    if not isinstance(body, dict) or not all(isinstance(body.get(half), dict) for half in ("standard", "local")):
        raise bad_request("Variables need both standard and local")
    call.project.save_variables(body["standard"], body["local"], not call.switch("commit_local_variables"))
    return NOTHING


def _resolved(call: Call) -> Any:
    project = call.project
    merged = {
        **call.node.instance["variables"],
        **project.variables,
        **project.local_variables,
        "projectKey": project.key,
    }
    if call.flag("typed"):
        return merged
    return {name: value if isinstance(value, str) else dumps(value) for name, value in merged.items()}


def _tags(call: Call) -> Any:
    return {"tags": call.project.tags}


def _put_tags(call: Call) -> Any:
    tags = call.object().get("tags")
    if not isinstance(tags, dict) or not all(isinstance(value, dict) for value in tags.values()):
        raise bad_request("tags must map each name to an object")  # unverified text
    call.project.save_tags(tags)
    return NOTHING


def _interest(call: Call) -> Any:
    return {"starred": False, "watching": "NO", "nbStars": 0, "nbWatchers": 0}  # unverified shape


def _timeline(call: Call) -> Any:
    """Made from the history; unverified shape."""
    repository = call.project.repository
    items = [
        {"time": commit.time, "user": commit.author, "action": commit.message}
        for commit in repository.chain(repository.head)
    ]
    creation = call.project.params.document.get("creationTag", {})
    return {
        "items": items[: call.number("itemCount", 100)],
        "createdBy": creation.get("lastModifiedBy"),
        "createdOn": creation.get("lastModifiedOn"),
        "allContributors": [{"login": author} for author in sorted({str(item["user"]) for item in items})],
    }


def _app_manifest(call: Call) -> Any:
    text = call.project.repository.read("app-manifest.json")
    return Reply(text) if text else {}


def _empty_list(call: Call) -> Any:
    return []


def _sync(call: Call) -> Any:
    return call.node.futures.start(done("nothing to synchronise"))


ROUTES = [
    Route("GET", "/projects", _list, ANY_KEY),
    Route("POST", "/projects", _create, ANY_KEY),
    Route("GET", "/projects/{projectKey}", _get, PROJECT_READ),
    # The docstring asks for an admin key; whether project admin is enough is unknown 25.
    Route("DELETE", "/projects/{projectKey}", _delete, INSTANCE_ADMIN),
    Route("GET", "/projects/{projectKey}/metadata", _metadata, PROJECT_READ),
    Route("PUT", "/projects/{projectKey}/metadata", _put_metadata, PROJECT_ADMIN),
    Route("GET", "/projects/{projectKey}/settings", _settings, PROJECT_READ),
    Route("PUT", "/projects/{projectKey}/settings", _put_settings, PROJECT_ADMIN),
    Route("GET", "/projects/{projectKey}/permissions", _permissions, PROJECT_READ),
    Route("PUT", "/projects/{projectKey}/permissions", _put_permissions, PROJECT_ADMIN),
    Route("GET", "/projects/{projectKey}/variables", _variables, PROJECT_READ),
    Route("PUT", "/projects/{projectKey}/variables", _put_variables, PROJECT_WRITE),
    Route("GET", "/projects/{projectKey}/variables-resolved", _resolved, PROJECT_READ),
    Route("GET", "/projects/{projectKey}/tags", _tags, PROJECT_READ),
    Route("PUT", "/projects/{projectKey}/tags", _put_tags, PROJECT_WRITE),
    Route("GET", "/projects/{projectKey}/interest", _interest, PROJECT_READ),
    Route("GET", "/projects/{projectKey}/timeline", _timeline, PROJECT_READ),
    Route("GET", "/projects/{projectKey}/app-manifest", _app_manifest, PROJECT_READ),
    Route("GET", "/projects/{projectKey}/plugins/usages", _empty_list, PROJECT_READ),
    Route("POST", "/projects/{projectKey}/actions/sync", _sync, PROJECT_ADMIN),
]
