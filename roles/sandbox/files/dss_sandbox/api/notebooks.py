# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jupyter and SQL notebooks, as dataikuapi calls them (docs/api-calls.md); they are files of the project's Git."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import layout
from ..call import NOTHING, Call
from ..documents import Document, dumps, loads
from ..errors import bad_request
from ..kinds import notebook as kind
from ..repository import Repository
from ..router import PROJECT_READ, PROJECT_WRITE, Route
from .common import already_there, check_identity, check_name, not_found

_JUPYTER, _ENDING = "ipython_notebooks/", ".ipynb"
_SQL, _PARAMS, _QUERIES = "notebooks/sql/", "/params.json", "/queries.json"


def _named(repository: Repository, folder: str, ending: str) -> Iterator[str]:
    """The names of the files of a folder that end so; what lies deeper (.ipynb_checkpoints) is none of them."""
    for path in sorted(repository.files):
        name = path[len(folder) : -len(ending)]
        if path.startswith(folder) and path.endswith(ending) and name and "/" not in name:
            yield name


def _stored(repository: Repository, path: str) -> Document | None:
    text = repository.read(path)
    return None if text is None else dict(layout.parse(path, text))


# -- Jupyter --


def _jupyter(call: Call) -> Document:
    name = call.params["name"]
    document = _stored(call.project.repository, _JUPYTER + name + _ENDING)
    if document is None:
        raise not_found(call, f"Notebook {name} does not exist")  # unverified text
    return document


def _list(call: Call) -> Any:
    if call.flag("active"):
        return []  # nothing ever runs
    repository = call.project.repository
    return [
        kind.jupyter_item(call.project.key, name, _stored(repository, _JUPYTER + name + _ENDING) or {})
        for name in _named(repository, _JUPYTER, _ENDING)
    ]


def _get(call: Call) -> Any:
    return _jupyter(call)


def _create(call: Call) -> Any:
    name = check_name(call.params["name"], "notebook")
    if call.project.repository.read(_JUPYTER + name + _ENDING) is not None:
        raise already_there(call, f"Notebook {name} already exists")
    return _save(call, name, kind.jupyter(_body(call), None, call.author))


def _put(call: Call) -> Any:
    return _save(call, call.params["name"], kind.jupyter(_body(call), _jupyter(call), call.author))


def _body(call: Call) -> Document:
    """Null is a value in a notebook: the execution count of a cell that was never run."""
    body = call.json()
    if not isinstance(body, dict):
        raise bad_request("The request body must be a JSON object")
    return body


def _save(call: Call, name: str, document: Document) -> Document:
    call.project.repository.write(_JUPYTER + name + _ENDING, dumps(document))
    call.message = f"Saved notebook {name}"
    return document


def _delete(call: Call) -> Any:
    _jupyter(call)
    call.project.repository.delete(_JUPYTER + call.params["name"] + _ENDING)
    return {}


def _sessions(call: Call) -> Any:
    _jupyter(call)
    return []


def _clear_outputs(call: Call) -> Any:
    document = _jupyter(call)
    cells = [
        {**cell, "outputs": [], "execution_count": 0} if cell["cell_type"] == "code" else cell
        for cell in document["cells"]
    ]
    return _save(call, call.params["name"], {**document, "cells": cells})


# -- SQL --


def _sql(call: Call) -> Document:
    notebook_id = call.params["notebookId"]
    document = _stored(call.project.repository, _SQL + notebook_id + _PARAMS)
    if document is None:
        raise not_found(call, f"SQL notebook {notebook_id} does not exist")  # unverified text
    return document


def _shown(call: Call, notebook_id: str, document: Document) -> Document:
    return {"projectKey": call.project.key, "id": notebook_id, **document}


def _list_sql(call: Call) -> Any:
    repository = call.project.repository
    return [
        kind.sql_item(call.project.key, name, _stored(repository, _SQL + name + _PARAMS) or {})
        for name in _named(repository, _SQL, _PARAMS)
    ]


def _get_sql(call: Call) -> Any:
    return _shown(call, call.params["notebookId"], _sql(call))


def _create_sql(call: Call) -> Any:
    return _save_sql(call, kind.new_sql_id(), kind.sql(call.object(), None, call.author))


def _put_sql(call: Call) -> Any:
    body, old = call.object(), _sql(call)
    check_identity(call, body, {"id": call.params["notebookId"], "projectKey": call.project.key})
    return _save_sql(call, call.params["notebookId"], kind.sql(body, old, call.author))


def _save_sql(call: Call, notebook_id: str, document: Document) -> Document:
    call.project.repository.write(_SQL + notebook_id + _PARAMS, dumps(document))
    call.message = f"Saved SQL notebook {notebook_id}"
    return _shown(call, notebook_id, document)


def _delete_sql(call: Call) -> Any:
    _sql(call)
    for ending in (_PARAMS, _QUERIES):
        call.project.repository.delete(_SQL + call.params["notebookId"] + ending)
    return {}


def _history(call: Call) -> Any:
    """Query runs by cell: in the file they are below ``queries``."""
    _sql(call)
    text = call.project.repository.read(_SQL + call.params["notebookId"] + _QUERIES)
    return loads(text).get("queries", {}) if text else {}


def _put_history(call: Call) -> Any:
    _sql(call)
    return _keep_history(call, call.object())


def _clear_history(call: Call) -> Any:
    """The newest runs of each cell may be retained; runs are in the order of time."""
    body = call.object()
    kept = int(body.get("numRunsToRetain") or 0)
    runs = {
        cell: (found[-kept:] if kept else []) if body.get("cellId") in (None, cell) else found
        for cell, found in _history(call).items()
    }
    return _keep_history(call, runs)


def _keep_history(call: Call, runs: Document) -> Any:
    path = _SQL + call.params["notebookId"] + _QUERIES
    call.project.repository.write(path, dumps({"queries": runs}))
    return NOTHING


_J, _S = "/projects/{projectKey}/jupyter-notebooks", "/projects/{projectKey}/sql-notebooks"
ROUTES = [
    Route("GET", _J, _list, PROJECT_READ),
    Route("GET", _J + "/{name}", _get, PROJECT_READ),
    Route("POST", _J + "/{name}", _create, PROJECT_WRITE),
    Route("PUT", _J + "/{name}", _put, PROJECT_WRITE),
    Route("DELETE", _J + "/{name}", _delete, PROJECT_WRITE),
    Route("GET", _J + "/{name}/sessions", _sessions, PROJECT_READ),
    Route("DELETE", _J + "/{name}/outputs", _clear_outputs, PROJECT_WRITE),
    Route("GET", _S, _list_sql, PROJECT_READ),
    Route("POST", _S, _create_sql, PROJECT_WRITE),
    Route("GET", _S + "/{notebookId}", _get_sql, PROJECT_READ),
    Route("PUT", _S + "/{notebookId}", _put_sql, PROJECT_WRITE),
    Route("DELETE", _S + "/{notebookId}", _delete_sql, PROJECT_WRITE),
    Route("GET", _S + "/{notebookId}/history", _history, PROJECT_READ),
    Route("PUT", _S + "/{notebookId}/history", _put_history, PROJECT_WRITE),
    Route("POST", _S + "/{notebookId}/history/clear", _clear_history, PROJECT_WRITE),
]
