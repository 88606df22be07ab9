# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dialects of earlier tools to the author form of the kinds (peer-config-format.md)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import replace

from .._errors import Problem
from .dialect_keys import not_applied
from .dialect_parts import Notes, dashboard, with_compression, with_permissions, with_remote, with_rules
from .document import Mapping, Sequence, ValuePath, edited, mark_in, relisted, renamed
from .files import Document
from .spellings import CODE_RECIPES, DATASET_TYPES, RECIPE_TYPES, RENAMED, column_type, is_script

# Keys that no kind has, and why nothing is done with them.
_NOT_APPLIED: dict[str, dict[str, str]] = {
    section: not_applied(section) for section in ("datasets", "recipes", "scenarios", "dashboards")
}
_NOT_APPLIED["recipes"]["join_config"] = "only a join recipe has it"
_NOT_APPLIED_IN_SETTINGS = not_applied("project.settings")
_NOT_APPLIED_IN_DATASET_PARAMS = not_applied("datasets.params")
_NOT_APPLIED_IN_COLUMNS = not_applied("datasets.schema.columns")
_NOT_APPLIED_IN_JOINS = not_applied("recipes.join_config")
_NOT_APPLIED_IN_CODE = not_applied("recipes.params")


def canonical_keys(section: str, author: Mapping) -> Mapping:
    """One resource with the keys of its kind; a key that is there under both names is left for the check."""
    for old, new in RENAMED.get(section, {}).items():
        if old in author and (new not in author or not author[new]) and _is_other(section, old, author[old]):
            author = renamed(_less(author, (new,)), old, new)
    return author


def with_canonical_keys(documents: Iterable[Document], kinds: AnyMapping[str, t.Any]) -> list[Document]:
    """All documents with the keys of the kinds."""
    sections = [kind.section for kind in kinds.values() if kind.section in RENAMED]
    return [
        _each(document, sections, lambda section, item, path: canonical_keys(section, item)) for document in documents
    ]


def canonical(documents: Iterable[Document], kinds: AnyMapping[str, t.Any]) -> tuple[list[Document], list[Problem]]:
    """All documents with the values of the kinds, and warnings for each key in use that is not applied.

    Runs after the substitution, because a type may be a variable, and after code files were read.
    """
    listed = list(documents)
    folders = frozenset(
        item["name"]
        for document in listed
        for item in _items(document.content, "managed_folders")
        if isinstance(item, dict) and isinstance(item.get("name"), str)
    )
    known = {kind.section: frozenset(kind.schema.get("properties", {})) for kind in kinds.values()}
    problems: list[Problem] = []
    result = []
    for document in listed:
        notes = Notes(document.content)

        def one(section: str, item: Mapping, path: ValuePath, notes: Notes = notes) -> Mapping:
            if section == "datasets":
                item = _dataset(item, path, known[section], notes)
            elif section == "recipes":
                item = _recipe(item, path, known[section], folders, notes)
            elif section == "dashboards":
                item = dashboard(item, path, notes)
            for key, why in _NOT_APPLIED[section].items():
                if key in item and key not in known[section]:
                    notes.ignored((*path, key), why)
                    item = _less(item, (key,))
            return item

        document = _each(document, [section for section in _NOT_APPLIED if section in known], one)
        content = with_permissions(document.content, notes) if "permissions" in known else document.content
        content = with_remote(content, notes) if "project_git" in known else content
        document = document if content is document.content else replace(document, content=content)
        project = document.content.get("project")
        if isinstance(project, Mapping) and "project" in known:
            new = _project(project, known["project"], notes)
            if new is not project:
                document = replace(document, content=edited(document.content, {"project": new}))
        problems += notes.problems
        result.append(document)
    return result, problems


def _items(content: Mapping, section: str) -> list[t.Any]:
    items = content.get(section)
    return items if isinstance(items, list) else []


def _each(
    document: Document, sections: Iterable[str], change: t.Callable[[str, Mapping, ValuePath], Mapping]
) -> Document:
    content = document.content
    for section in sections:
        items = content.get(section)
        if not isinstance(items, list):
            continue
        new = [
            change(section, item, (section, index)) if isinstance(item, Mapping) else item
            for index, item in enumerate(items)
        ]
        if any(after is not before for after, before in zip(new, items)):
            content = edited(content, {section: relisted(items, new)})
    return document if content is document.content else replace(document, content=content)


def _is_other(section: str, key: str, value: t.Any) -> bool:
    """Whether the value is what the other tool writes under this key."""
    return isinstance(value, str | bool) or (key == "output" and isinstance(value, list))


def _less(author: Mapping, keys: Iterable[str]) -> Mapping:
    gone = [key for key in keys if key in author]
    return edited(author, {}, gone) if gone else author


def _added(author: Mapping, key: str, value: t.Any, source: str) -> Mapping:
    """The mapping with one key more, which is found where ``source`` was written."""
    result = edited(author, {key: value})
    mark = mark_in(author, source)
    if mark is not None:
        result.marks[key] = mark
    return result


# Project -----------------------------------------------------------------------------------------------------------


def _project(author: Mapping, known: frozenset[str], notes: Notes) -> Mapping:
    settings = author.get("settings")
    if not isinstance(settings, Mapping):
        return author
    rest = settings
    for key, why in _NOT_APPLIED_IN_SETTINGS.items():
        if key in settings:
            notes.ignored(("project", "settings", key), why)
            rest = _less(rest, (key,))
    if isinstance(settings.get("owner"), str) and "owner" in known:
        if "owner" not in author:
            author = _added(author, "owner", settings["owner"], "settings")
        rest = _less(rest, ("owner",))
    if rest is settings:
        return author
    return edited(author, {"settings": rest}) if rest else _less(author, ("settings",))


# Datasets ----------------------------------------------------------------------------------------------------------


def _dataset(author: Mapping, path: ValuePath, known: frozenset[str], notes: Notes) -> Mapping:
    author = _moved_to_params(author, known)
    params = author.get("params")
    if isinstance(params, Mapping):
        author = _dataset_params(author, params, path, notes)
    author = _dataset_type(author)
    author = with_rules(author, path, notes)
    return _columns(author, path, notes)


def _dataset_type(author: Mapping) -> Mapping:
    spelled = author.get("type")
    if not isinstance(spelled, str):
        return author
    kind = DATASET_TYPES.get(spelled.lower(), spelled)
    if kind != spelled:
        author = edited(author, {"type": kind})
    params = author.get("params") or {}
    if kind != "sql" or not isinstance(params, dict) or "mode" in params:
        return author
    if spelled.lower() == "sql_query" or (params.get("query") and not params.get("table")):
        return edited(author, {"params": edited(params, {"mode": "query"})})
    return author


def _moved_to_params(author: Mapping, known: frozenset[str]) -> Mapping:
    for key in ("table", "path", "query"):
        params = author.get("params")
        if (
            key not in author
            or key in known
            or not (params is None or isinstance(params, Mapping))
            or key in (params or ())
        ):
            continue
        if params is None:
            author = _added(author, "params", Mapping((), author.file), key)
        moved = edited(author["params"], {key: author[key]})
        mark = mark_in(author, key)
        if mark is not None:
            moved.marks[key] = mark
        author = edited(author, {"params": moved}, (key,))
    return author


def _dataset_params(author: Mapping, params: Mapping, path: ValuePath, notes: Notes) -> Mapping:
    author = with_compression(author, params, path, notes)
    rest = _less(params, ("compression",))
    for key, why in _NOT_APPLIED_IN_DATASET_PARAMS.items():
        if key in params:
            notes.ignored((*path, "params", key), why)
            rest = _less(rest, (key,))
    return author if rest is params else edited(author, {"params": rest})


def _columns(author: Mapping, path: ValuePath, notes: Notes) -> Mapping:
    schema = author.get("schema")
    columns, place = schema, (*path, "schema")
    if isinstance(schema, Mapping):
        columns, place = schema.get("columns"), (*path, "schema", "columns")
    if not isinstance(columns, list):
        return author
    if all(map(_is_native, columns)):
        return author
    new = [
        _column(column, (*place, index), notes) if isinstance(column, Mapping) else column
        for index, column in enumerate(columns)
    ]
    listed = relisted(columns, new)
    return edited(author, {"schema": edited(schema, {"columns": listed}) if isinstance(schema, Mapping) else listed})


def _is_native(column: t.Any) -> bool:
    """Whether there is nothing to translate, which is true of nearly all of a hundred thousand columns."""
    if not isinstance(column, Mapping):
        return True
    spelled = column.get("type")
    known = not isinstance(spelled, str) or column_type(spelled) == (spelled, None)
    return known and _NOT_APPLIED_IN_COLUMNS.keys().isdisjoint(column)


def _column(column: Mapping, path: ValuePath, notes: Notes) -> Mapping:
    for key, why in _NOT_APPLIED_IN_COLUMNS.items():
        if key in column:
            notes.ignored((*path, key), why)
            column = _less(column, (key,))
    spelled = column.get("type")
    if not isinstance(spelled, str):
        return column
    kind, length = column_type(spelled)
    if kind != spelled:
        column = edited(column, {"type": kind})
    return _added(column, "maxLength", length, "type") if length is not None and "maxLength" not in column else column


# Recipes -----------------------------------------------------------------------------------------------------------


def _recipe(author: Mapping, path: ValuePath, known: frozenset[str], folders: frozenset[str], notes: Notes) -> Mapping:
    spelled = author.get("type")
    kind = RECIPE_TYPES.get(spelled.lower(), spelled) if isinstance(spelled, str) else None
    code = author.get("code")
    if isinstance(spelled, str) and spelled.lower() == "sql" and isinstance(code, str) and is_script(code):
        kind = "sql_script"
    if kind is not None and kind != spelled:
        author = edited(author, {"type": kind})
    if kind == "join":
        author = _join(author, path, notes)
    for side in ("inputs", "outputs"):
        items = author.get(side)
        if isinstance(items, str):
            items = Sequence([items], author.file)
            author = edited(author, {side: items})
        if isinstance(items, list):
            new = [
                _item(item, folders, kind == "join", (*path, side, index), notes) for index, item in enumerate(items)
            ]
            if any(after is not before for after, before in zip(new, items)):
                author = edited(author, {side: relisted(items, new)})
    params = author.get("params")
    if kind in CODE_RECIPES and isinstance(params, Mapping) and "engine" in params:
        notes.ignored((*path, "params", "engine"), _NOT_APPLIED_IN_CODE["engine"])
        rest = _less(params, ("engine",))
        author = edited(author, {"params": rest}) if rest else _less(author, ("params",))
    return author


def _item(item: t.Any, folders: frozenset[str], joined: bool, path: ValuePath, notes: Notes) -> t.Any:
    """An input or output as plain text, or as a mapping with dataset, folder or object."""
    if not isinstance(item, Mapping):
        return item
    if "alias" in item:
        if not joined:
            notes.ignored((*path, "alias"), "only the conditions of a join recipe know it")
        item = _less(item, ("alias",))
    if isinstance(item.get("ref"), str) and not {"dataset", "folder", "object"} & item.keys():
        item = renamed(item, "ref", "folder" if item["ref"] in folders else "dataset")
    if item.keys() == {"dataset"} and isinstance(item["dataset"], str):
        return item["dataset"]
    return item


def _join(author: Mapping, path: ValuePath, notes: Notes) -> Mapping:
    """``join_config`` with aliases as ``params`` with join_type and join_conditions."""
    config = author.get("join_config")
    params = author.get("params")
    if not isinstance(config, Mapping) or not (params is None or isinstance(params, Mapping)):
        return author
    changes: dict[str, t.Any] = {}
    if isinstance(config.get("type"), str):
        changes["join_type"] = config["type"]
    conditions = config.get("conditions")
    if isinstance(conditions, list):
        changes["join_conditions"] = relisted(conditions, [_condition(entry, _aliases(author)) for entry in conditions])
    for key in config:
        if key not in ("type", "conditions"):
            why = _NOT_APPLIED_IN_JOINS.get(key, "a join has no such setting")
            notes.ignored((*path, "join_config", key), why)
    base = Mapping((), author.file) if params is None else params
    if params is None:
        author = _added(author, "params", base, "join_config")
    return _less(edited(author, {"params": edited(base, {**changes, **base})}), ("join_config",))


def _aliases(author: Mapping) -> list[t.Any]:
    inputs = _items(author, "inputs")
    return [item.get("alias", item.get("dataset")) if isinstance(item, dict) else item for item in inputs]


def _condition(entry: t.Any, aliases: list[t.Any]) -> t.Any:
    """``{left: a.x, right: b.y}`` as the columns of the first and the second input."""
    if not isinstance(entry, Mapping) or not all(isinstance(entry.get(side), str) for side in ("left", "right")):
        return entry
    (left, _dot, column1), (right, _dot, column2) = (entry[side].rpartition(".") for side in ("left", "right"))
    if aliases[:2] == [right, left] and left != right:
        column1, column2 = column2, column1
    entry = renamed(renamed(entry, "left", "input1_column"), "right", "input2_column")
    return edited(entry, {"input1_column": column1, "input2_column": column2})
