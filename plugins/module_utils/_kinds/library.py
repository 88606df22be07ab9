# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The library of a project: its files, paths and Git references (docs/api-calls.md, dss-api.md 2.11).

One document from many calls: the tree, ``external-libraries.json`` and each file. Only what is declared is read.
"""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._contents import BASE64, bytes_of, value_of
from .._errors import DssError, NodeError
from .._plan.compare import Document, Exclusive, OnCreateOnly, Rule, Secret, Spelled, Whole
from .base import Known, Neighbours, Node, Resource
from .blocks import Block
from .library_references import write_references
from .paths import path_of
from .shape import FLAG, TEXT, TEXTS, Field, Schema, Shape, described
from .singleton import Singleton

SETTINGS = "external-libraries.json"
# What is written into a library by itself: dss-api.md 2.11.
_DEFAULTS: Document = {
    "pythonPath": ["python"],
    "rsrcPath": ["R"],
    "importLibrariesFromProjects": [],
    "gitReferences": {},
}
_KEPT = ("lastHash", "conflictingFiles", "resolvedFiles", "faultyHash", "isDirty")  # of a reference, by DSS
_ROOT = "libraries"
_EMPTY: Document = {"empty": True}

_CONTENT: Schema = {
    "x-verbatim": True,
    "anyOf": [
        TEXT,
        {"type": "object", "properties": {BASE64: TEXT}, "required": [BASE64], "additionalProperties": False},
        {"type": "null"},
    ],
}
_REFERENCE = Block(
    (
        Field("repository", "remote", described(TEXT, "URL of the repository.")),
        Field(
            "checkout", "checkout", described(TEXT, "Branch, tag or commit; DSS keeps a branch as C(refs/heads/NAME).")
        ),
        Field("path", "remotePath", described(TEXT, "Folder in the repository, all of it without.")),
        Field("login", "login", described(TEXT, "Login for an HTTPS repository, sent when the reference is written.")),
        Field("password", "password", described(TEXT, "Password for an HTTPS repository; never shown.")),
    )
)


def _held(data: bytes) -> t.Any:
    """The content of a file in a document; an empty text would be no difference from no file at all."""
    return value_of(data) or dict(_EMPTY)


def _files_to_dss(files: t.Any) -> t.Any:
    return {path: None if content is None else _held(bytes_of(content)) for path, content in files.items()}


def _files_from_dss(files: t.Any) -> t.Any:
    return {path: "" if content == _EMPTY else content for path, content in files.items()}


def _references_to_dss(references: t.Any) -> t.Any:
    return {path: value and _REFERENCE.to_dss(value) for path, value in references.items()}


def _references_from_dss(references: t.Any) -> t.Any:
    shown = {
        path: {key: value for key, value in held.items() if key not in _KEPT and value != ""}
        for path, held in references.items()
    }
    return {path: _REFERENCE.from_dss(held) for path, held in shown.items()}


class Library(Singleton):
    """The project library."""

    name = "library"
    section = "library"
    order = 12
    summary = "The library of a project: its files, where code is looked for, Git references. What is not named is left alone."
    identifier = {
        "exclusive": described(FLAG, "Whether files that are not named are deleted; those below Git references stay.")
    }
    rights = "write project content"
    listing_is_complete = False
    git_folder = "lib"
    data = "its files"
    shape = Shape(
        fields=(
            Field(
                "files",
                "files",
                described(
                    {"type": "object", "additionalProperties": _CONTENT},
                    "Path in the library to content: a text, or C(base64) for what is no text; null deletes the file. In a "
                    "configuration that is a file also C(file), the name of the file that holds it.",
                ),
                _files_to_dss,
                _files_from_dss,
            ),
            Field(
                "python_path",
                "pythonPath",
                described(TEXTS, "Folders of the library that Python looks for modules in."),
            ),
            Field("r_path", "rsrcPath", described(TEXTS, "Folders of the library that R looks for sources in.")),
            Field(
                "import_from_projects",
                "importLibrariesFromProjects",
                described(TEXTS, "Keys of projects whose libraries are used too."),
            ),
            Field(
                "git_references",
                "gitReferences",
                described(
                    {"type": "object", "additionalProperties": {"anyOf": [_REFERENCE.schema, {"type": "null"}]}},
                    "Folder in the library to the repository that it is taken from; null takes the reference away, not the files.",
                ),
                _references_to_dss,
                _references_from_dss,
            ),
        ),
        defaults=lambda document: _DEFAULTS,
    )

    def prepare(
        self, author: Mapping[str, t.Any], neighbours: Neighbours
    ) -> tuple[Mapping[str, t.Any], tuple[str, ...]]:
        """``external-libraries.json`` among the files, as in a project's Git, stands for the fields that it holds."""
        files = {_clean(path): content for path, content in (author.get("files") or {}).items()}
        text = files.pop(SETTINGS, None)
        for path, content in files.items():
            if content is not None:
                _checked(path, content)
        prepared = {**author, **({"files": files} if author.get("files") is not None else {})}
        if isinstance(text, str):
            held = self.shape.from_dss(_parsed(text))
            prepared = {**{key: value for key, value in held.items() if key != "raw"}, **prepared}
        return prepared, ()

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        declared = dict(built.declared)
        rules: dict[str, Rule] = {f"files.{path}": Whole() for path in declared.get("files") or {}}
        for path, held in (declared.get("gitReferences") or {}).items():
            if held:
                rules[f"gitReferences.{path}.checkout"] = Spelled(_short)
                rules[f"gitReferences.{path}.password"] = Secret()
                rules[f"gitReferences.{path}.login"] = OnCreateOnly()
        if author.get("exclusive"):
            declared.setdefault("files", {})
            rules["files"] = Exclusive()
        return replace(built, declared=declared, rules=rules)

    def from_dss(self, document: Document, known: Known) -> Document:
        return self.shape.from_dss(document)

    def is_secret(self, path: str) -> bool:
        """A file is no secret because it is called ``api_token.py``: it is code, and in the project's Git as it is."""
        return not path.startswith("files.") and super().is_secret(path)

    def ids_in_git(self, name: str) -> tuple[str, ...]:
        return ("",)

    def git_paths(self, object_id: str, object_type: t.Any) -> tuple[str, ...]:
        return (self.git_folder,)

    def author_path(self, path: str) -> str:
        return path if path.startswith("files") else super().author_path(path)

    # The calls -----------------------------------------------------------------------------------------------------

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {"": {}}  # it is always there; what it holds is a call for each file

    def read(self, node: Node, project: str | None) -> Document:
        return self._read(node, project, None, True)

    def read_declared(self, node: Node, resource: Resource, object_id: str) -> Document:
        declared = resource.declared
        is_exclusive = isinstance(resource.rules.get("files"), Exclusive)
        names_settings = is_exclusive or any(key in declared for key in _DEFAULTS)
        files = None if is_exclusive else frozenset(declared.get("files") or ())
        return self._read(node, resource.project, files, names_settings)

    def _read(self, node: Node, project: str | None, wanted: frozenset[str] | None, with_settings: bool) -> Document:
        """``wanted`` are the files to read, None for all that belong to no Git reference."""
        settings = _settings(node, project) if with_settings else {}
        there = _paths(node.get(path_of("projects", project, _ROOT, "contents"))) if wanted != frozenset() else []
        own = [path for path in there if path != SETTINGS]
        if wanted is None:
            own = [path for path in own if not _is_below(path, settings.get("gitReferences") or {})]
        else:
            own = [path for path in own if path in wanted]
        files = {path: _held(_data(node, project, path)) for path in own}
        return {**settings, "files": files}

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        project = resource.project
        held = before.get("files") or {}
        files = document.get("files") or {}
        for path, content in files.items():
            if path not in held or held[path] != content:
                node.post_bytes(_place(project, path), b"" if content == _EMPTY else bytes_of(content))
        for path in held.keys() - files.keys():
            node.delete(_place(project, path))
        # References first: DSS writes each into the settings itself.
        in_python = "pythonPath" not in resource.declared
        write_references(
            node, project, document.get("gitReferences") or {}, before.get("gitReferences") or {}, in_python
        )
        changed = {
            key: document[key]
            for key in _DEFAULTS
            if key != "gitReferences" and key in document and before.get(key) != document[key]
        }
        if changed:
            settings = {**_settings(node, project), **changed}
            node.post_bytes(_place(project, SETTINGS), json.dumps(settings, indent=2).encode())

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        """The library of a new project: no files, no references."""
        held = self.read(node, project)
        write_references(node, project, {}, held.get("gitReferences") or {}, False)
        for path in held["files"]:
            node.delete(_place(project, path))
        node.post_bytes(_place(project, SETTINGS), json.dumps(_DEFAULTS, indent=2).encode())


def _clean(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or "\\" in path:
        raise DssError(f"files: {path!r} is no path in a library: write folders and a name, such as python/tools.py")
    return "/".join(parts)


def _checked(path: str, content: t.Any) -> None:
    try:
        bytes_of(content)
    except ValueError as error:
        raise DssError(f"files: the content of {path} cannot be used: {error}") from None


def _parsed(text: str) -> Document:
    try:
        settings = json.loads(text)
    except ValueError:
        settings = None
    if not isinstance(settings, dict):
        raise DssError(f"{SETTINGS} of the library is no JSON object: correct it")
    return settings


def _place(project: str | None, path: str) -> str:
    return path_of("projects", project, _ROOT, "contents", *path.split("/"))


def _data(node: Node, project: str | None, path: str) -> bytes:
    return bytes_of({BASE64: node.get(_place(project, path), dataEncoding="base64")["data"]})


def _settings(node: Node, project: str | None) -> Document:
    try:
        return _parsed(_data(node, project, SETTINGS).decode("utf-8", "replace"))
    except NodeError as error:
        if not error.missing:
            raise
    return {}


def _short(checkout: t.Any) -> t.Any:
    """A branch or tag by its name alone."""
    return re.sub(r"^refs/(heads|tags)/", "", checkout) if isinstance(checkout, str) else checkout


def _paths(items: t.Any, above: str = "") -> list[str]:
    """The paths of all files of a tree."""
    found: list[str] = []
    for item in items:
        path = f"{above}{item['name']}"
        children = item.get("children")
        found += [path] if children is None else _paths(children, f"{path}/")
    return found


def _is_below(path: str, folders: Mapping[str, t.Any]) -> bool:
    return any(path.startswith(f"{folder.strip('/')}/") or not folder.strip("/") for folder in folders)
