# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a project as a node that can only be read: the one place that knows which file an API answer comes from.

dss-object-shapes.md, "Directory layout", and dss-api.md 2.3 to 2.11. The kinds read it as they read a server.
"""

from __future__ import annotations

import base64
import json
import typing as t
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from .._errors import DssError, NodeError
from .._kinds.recipe_types import payload_extension
from .read_only import ReadOnly

Document = dict[str, t.Any]
Segments = tuple[str, ...]

# What P/permissions holds of params.json, and what P/metadata and other calls own: dss-api.md 2.3.
_PERMISSIONS = ("owner", "permissions", "additionalDashboardUsers", "dashboardAuthorizations")
_IN_METADATA = frozenset({
    "name", "shortDesc", "description", "tags", "customFields", "customMeta", "checklists", "versionTag", "creationTag",
    "permissionsVersion",
})  # fmt: skip
# Older files repeat what the name of the file says: dss-object-shapes.md, "What changed over the years".
_IDENTITY = ("projectKey", "versionTag", "smartName")


@dataclass(frozen=True)
class _Collection:
    """Objects with a JSON file each: the folder of the files, and the key under which an answer names the object."""

    folder: str
    key: str = "id"


_COLLECTIONS: Mapping[Segments, _Collection] = {
    ("datasets",): _Collection("datasets", "name"),
    ("recipes",): _Collection("recipes", "name"),
    ("scenarios",): _Collection("scenarios"),
    ("managedfolders",): _Collection("managed_folders"),
    ("flow", "zones"): _Collection("zones"),
    ("webapps",): _Collection("web_apps"),
    ("dashboards",): _Collection("dashboards"),
    ("insights",): _Collection("insights"),
    ("apiservices",): _Collection("lambda_services"),
    ("savedmodels",): _Collection("saved_models"),
    ("evaluationstores",): _Collection("model_evaluation_stores"),
    ("knowledge-banks",): _Collection("knowledge-banks"),
}
_SQL_NOTEBOOKS = ("notebooks/sql/", "/params.json")
# The folder of the objects in a list.
_FOLDERS: Mapping[Segments, str] = {
    ("jupyter-notebooks",): "ipython_notebooks",
    ("sql-notebooks",): "notebooks/sql",
    ("wiki",): "wiki",
    **{place: entry.folder for place, entry in _COLLECTIONS.items()},
}
_SURE = _FOLDERS.keys() - {("wiki",)}  # real projects show the folder, and it holds nothing else
# The texts in ``params`` of a web app that are files of their own, by type. All but ``python`` are unverified.
_PYTHON = {"python": "backend.py"}
_WEBAPP_CODE: Mapping[str, Mapping[str, str]] = {
    "STANDARD": {"html": "body.html", "css": "style.css", "js": "app.js", **_PYTHON},
    "BOKEH": _PYTHON,
    "DASH": _PYTHON,
    "STREAMLIT": _PYTHON,
    "SHINY": {"ui": "ui.R", "server": "server.R"},
}


def is_empty_list(path: str, files: Iterable[str]) -> bool:
    """Whether a list of objects is known to be empty, because an export of the project has none of their files."""
    place = _below_project(path)
    return place in _SURE and not any(file.startswith(f"{_FOLDERS[place]}/") for file in files)


def folder_of(path: str) -> str | None:
    """The folder with the files of the objects that a call lists, None for any other call."""
    return _FOLDERS.get(_below_project(path))


def _below_project(path: str) -> Segments:
    return tuple(unquote(part) for part in path.strip("/").split("/"))[2:]


class OfflineNode(ReadOnly):
    """Answers reads about one project from its files, and knows nothing of an instance around it."""

    def __init__(self, contents: Mapping[str, bytes], project: str) -> None:
        self._contents = contents
        self._project = project
        self._whole: Mapping[Segments, Callable[[], t.Any]] = {
            ("metadata",): self._metadata,
            ("settings",): self._settings,
            ("permissions",): self._permissions,
            ("variables",): self._variables,
            ("tags",): lambda: {"tags": self._json("tags.json").get("tags", {})},
            ("wiki",): self._wiki,
            ("jupyter-notebooks",): self._notebooks,
            ("sql-notebooks",): self._sql_notebooks,
            ("libraries", "contents"): lambda: self._tree("lib/"),
        }

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        """The answer to a read. Raises ``NodeError`` with ``missing`` for what the files do not hold."""
        segments = tuple(unquote(part) for part in path.strip("/").split("/"))
        if segments[:2] != ("projects", self._project):
            raise NodeError(f"{path}: files of a project say nothing of the instance", 403)
        below = segments[2:]
        if below in self._whole:
            return self._whole[below]()
        for place, collection in _COLLECTIONS.items():
            if below == place:
                return [self._object(collection, name) for name in self._names(collection)]
            if below[: len(place)] == place:
                return self._one(place, collection, below[len(place) :], path)
        if below[:1] == ("wiki",) and len(below) == 2:
            return self._article(below[1], path)
        if below[:1] == ("jupyter-notebooks",) and len(below) == 2:
            return self._json(f"ipython_notebooks/{below[1]}.ipynb", path)
        if below[:1] == ("sql-notebooks",) and len(below) == 2:
            return self._sql_notebook(below[1], path)
        if below[:2] == ("libraries", "contents"):
            return self._library_file("/".join(below[2:]), path, query.get("dataEncoding") == "base64")
        raise NodeError(f"{path}: the files of a project do not tell", 404, "NotFoundException")

    # Files -----------------------------------------------------------------------------------------------------------

    def _json(self, path: str, asked: str = "") -> Document:
        if path not in self._contents:
            if asked:
                raise NodeError(f"{asked} does not exist: there is no file {path}", 404, "NotFoundException")
            return {}
        try:
            document = json.loads(self._contents[path])
        except (ValueError, RecursionError) as error:
            raise DssError(f"{path} of the project is not JSON: {error}") from None
        if not isinstance(document, dict):
            raise DssError(f"{path} of the project is not a JSON object: the export is damaged")
        return document

    def _text(self, path: str) -> str:
        try:
            return self._contents.get(path, b"").decode("utf-8")
        except UnicodeDecodeError as error:
            raise DssError(f"{path} of the project is not UTF-8 text: {error.reason} at byte {error.start}") from None

    def _names(self, collection: _Collection) -> list[str]:
        start = collection.folder + "/"
        below = (path[len(start) :] for path in self._contents if path.startswith(start))
        return sorted(name.removesuffix(".json") for name in below if "/" not in name and name.endswith(".json"))

    # Objects ---------------------------------------------------------------------------------------------------------

    def _object(self, collection: _Collection, name: str, asked: str = "") -> Document:
        stored = self._json(f"{collection.folder}/{name}.json", asked)
        document = {key: value for key, value in stored.items() if key not in _IDENTITY}
        document.update({collection.key: name, "projectKey": self._project})
        if collection.folder == "web_apps":
            document = self._with_code(document, name)
        return document

    def _one(self, place: Segments, collection: _Collection, rest: Segments, path: str) -> t.Any:
        document = self._object(collection, rest[0], path)
        payload = f"{collection.folder}/{rest[0]}"
        if place == ("scenarios",) and rest[1:] == ("payload",):
            return {"script": self._text(f"{payload}.py")}
        if rest[1:] not in ((), ("settings",)):
            raise NodeError(f"{path}: the files of a project do not tell", 404, "NotFoundException")
        if place == ("recipes",):
            file = f"{payload}.{payload_extension(document.get('type'))}"
            return {"recipe": document, **({"payload": self._text(file)} if file in self._contents else {})}
        return document

    def _with_code(self, document: Document, name: str) -> Document:
        files = _WEBAPP_CODE.get(str(document.get("type")), {})
        texts = {key: f"web_apps/{name}/{file}" for key, file in files.items()}
        code = {key: self._text(path) for key, path in texts.items() if path in self._contents}
        return {**document, "params": {**(document.get("params") or {}), **code}} if code else document

    # The project -----------------------------------------------------------------------------------------------------

    def _metadata(self) -> Document:
        params = self._json("params.json")
        shown: Document = {
            "label": params.get("name", self._project),
            "tags": params.get("tags", []),
            "checklists": params.get("checklists", {"checklists": []}),
            "custom": params.get("customMeta", {"kv": {}}),
            "customFields": params.get("customFields", {}),
        }
        return {**shown, **{key: params[key] for key in ("description", "shortDesc") if key in params}}

    def _settings(self) -> Document:
        owned = {*_PERMISSIONS, *_IN_METADATA}
        return {key: value for key, value in self._json("params.json").items() if key not in owned}

    def _permissions(self) -> Document:
        params = self._json("params.json")
        return {key: params[key] for key in _PERMISSIONS if key in params}

    def _variables(self) -> Document:
        return {"standard": self._json("variables.json"), "local": self._json("localvariables.json")}

    # Texts -----------------------------------------------------------------------------------------------------------

    def _wiki(self) -> Document:
        stored = self._json("wiki/taxonomy.json")  # unverified: the name of the file
        placed = set(_ids_in(stored.get("taxonomy") or []))
        others = [name for name in self._names(_Collection("wiki/articles")) if name not in placed]
        tree = [*(stored.get("taxonomy") or []), *({"id": name, "children": []} for name in others)]
        return {**stored, "projectKey": self._project, "taxonomy": tree}

    def _article(self, name: str, path: str) -> Document:
        article = self._object(_Collection("wiki/articles"), name, path)
        return {"article": article, "payload": self._text(f"wiki/articles/{name}.md")}

    def _notebooks(self) -> list[Document]:
        start = "ipython_notebooks/"
        names = (path[len(start) : -len(".ipynb")] for path in self._contents if _is_notebook(path, start))
        return [{"name": name, "projectKey": self._project} for name in sorted(names)]

    def _sql_notebooks(self) -> list[Document]:
        start, end = _SQL_NOTEBOOKS
        below = (
            path[len(start) : -len(end)] for path in self._contents if path.startswith(start) and path.endswith(end)
        )
        return [self._sql_notebook(name) for name in sorted(below) if "/" not in name]

    def _sql_notebook(self, name: str, asked: str = "") -> Document:
        """Without the queries that were run, which are a file of their own (docs/api-calls.md)."""
        stored = self._json(name.join(_SQL_NOTEBOOKS), asked)
        document = {key: value for key, value in stored.items() if key not in _IDENTITY}
        return {**document, "id": name, "projectKey": self._project}

    def _tree(self, folder: str) -> list[Document]:
        """The nodes of a library: ``children`` is None for a file (dss-api.md 2.11)."""
        below = sorted({path[len(folder) :].split("/")[0] for path in self._contents if path.startswith(folder)})
        files = {name for name in below if folder + name in self._contents}
        return [{"name": name, "children": None if name in files else self._tree(f"{folder}{name}/")} for name in below]

    def _library_file(self, name: str, path: str, encoded: bool) -> Document:
        data = self._contents.get(f"lib/{name}")
        if data is None:
            raise NodeError(f"{path} does not exist", 404, "NotFoundException")
        return {"data": base64.b64encode(data).decode("ascii") if encoded else data.decode("utf-8", "replace")}


def _is_notebook(path: str, start: str) -> bool:
    return path.startswith(start) and path.endswith(".ipynb") and "/" not in path[len(start) :]


def _ids_in(tree: list[Document]) -> t.Iterator[str]:
    for node in tree:
        yield str(node.get("id"))
        yield from _ids_in(node.get("children") or [])
