# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Git references of the project library (dss-api.md 2.3, P/git/lib-git-refs): entries of external-libraries.json.

No remote is ever reached, so nothing is pulled. unverified: what the calls answer besides a future.
"""

from __future__ import annotations

from typing import Any

from .. import layout
from ..call import Call
from ..documents import Document, dumps
from ..errors import bad_request
from ..kinds import project as kind
from ..router import GIT_READ, PROJECT_WRITE, Route
from .common import already_there, not_found

_PULLED: Document = {"conflictingFiles": [], "resolvedFiles": [], "faultyHash": "", "isDirty": False}


def _settings(call: Call) -> Document:
    text = call.project.repository.read(layout.LIBRARY)
    settings: Document = layout.parse(layout.LIBRARY, text) if text else dict(kind.LIBRARY)
    return settings


def _save(call: Call, settings: Document) -> None:
    call.project.repository.write(layout.LIBRARY, dumps(settings))


def _list(call: Call) -> Any:
    """A list (DSSProjectGit.list_libraries); unverified: how an item names its path."""
    return [{"localTargetPath": path, **found} for path, found in _settings(call)["gitReferences"].items()]


def _existing(call: Call, path: str) -> Document:
    found = _settings(call)["gitReferences"].get(path)
    if found is None:
        raise not_found(call, f"Git reference {path} does not exist")  # unverified text
    return dict(found)


def _add(call: Call) -> Any:
    body = call.object()
    path, repository = body.get("localTargetPath"), body.get("repository")
    if not isinstance(path, str) or not path or not isinstance(repository, str) or not repository:
        raise bad_request("localTargetPath and repository are needed")
    settings = _settings(call)
    if path in settings["gitReferences"]:
        raise already_there(call, f"Git reference {path} already exists")
    entry = {
        "remote": repository,
        "checkout": body.get("checkout", ""),
        "remotePath": body.get("pathInGitRepository", ""),
    }
    references = {**settings["gitReferences"], path: {**entry, **_PULLED}}
    paths = list(settings.get("pythonPath", ()))
    if body.get("addToPythonPath", True) and path not in paths:
        paths.append(path)
    _save(call, {**settings, "gitReferences": references, "pythonPath": paths})
    return call.node.futures.start({"success": True})


def _put(call: Call) -> Any:
    """Answers the path (DSSProjectGit.set_library); unverified: what is left out keeps its value."""
    path, body = call.params["path"], call.object()
    found = _existing(call, path)
    for name, sent in (("remote", "repository"), ("checkout", "checkout"), ("remotePath", "pathInGitRepository")):
        found[name] = body.get(sent, found.get(name, ""))
    settings = _settings(call)
    _save(call, {**settings, "gitReferences": {**settings["gitReferences"], path: found}})
    return path


def _remove(call: Call) -> Any:
    path = call.params["path"]
    _existing(call, path)
    settings = _settings(call)
    references = {name: found for name, found in settings["gitReferences"].items() if name != path}
    # unverified: whether the path is also taken out of pythonPath
    _save(call, {**settings, "gitReferences": references})
    if call.flag("deleteDirectory"):
        for name in [name for name in call.project.repository.files if name.startswith(f"lib/{path.strip('/')}/")]:
            call.project.repository.delete(name)
    return {}


def _reset(call: Call) -> Any:
    path = str(call.object().get("gitRef", ""))
    found = {**_existing(call, path), "isDirty": False}
    settings = _settings(call)
    _save(call, {**settings, "gitReferences": {**settings["gitReferences"], path: found}})
    return call.node.futures.start({"success": True})


def _push(call: Call) -> Any:
    _existing(call, str(call.object().get("gitRef", "")))
    return _no_remote(call)


def _no_remote(call: Call) -> Any:
    return call.node.futures.start({"success": False, "messages": "The sandbox node reaches no remote repository"})


_P = "/projects/{projectKey}/git"
ROUTES = [
    Route("GET", _P + "/lib-git-refs", _list, GIT_READ),
    Route("POST", _P + "/lib-git-refs", _add, PROJECT_WRITE),
    Route("POST", _P + "/lib-git-refs/action/reset", _reset, PROJECT_WRITE),
    Route("POST", _P + "/lib-git-refs/action/push", _push, PROJECT_WRITE),
    Route("PUT", _P + "/lib-git-refs/{path...}", _put, PROJECT_WRITE),
    Route("DELETE", _P + "/lib-git-refs/{path...}", _remove, PROJECT_WRITE),
    Route("POST", _P + "/actions/git-refs/push-all", _no_remote, PROJECT_WRITE),
    Route("POST", _P + "/actions/git-refs/reset-all", _no_remote, PROJECT_WRITE),
]
