# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Environments: the variables and the differences of dev, staging, prod."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

from .._errors import ConfigurationError, Location, Problem
from .._remapping import Remapping
from .dialect_keys import sections_not_applied
from .document import Mapping, adopt, location_of, mark_in, problem_at, relisted
from .files import Document, Tree, read_document, read_hidden
from .policies import Settings
from .settings import read_settings
from .tool_file import host_fault
from .words import Words, nearest

_KEYS = ("environment", "variables", "overrides", "settings", "remapping")
CONTENT = "environment_content"  # the option that is laid over the file, and what it is called in messages

Rename = Callable[[str, Mapping], Mapping]


@dataclass(frozen=True)
class Environment:
    """One environment; ``content`` is the whole of it and has no file where there was nothing to read."""

    name: str
    content: Mapping = field(default_factory=Mapping)
    variables: Mapping = field(default_factory=Mapping)
    overrides: Mapping = field(default_factory=Mapping)
    settings: Settings = Settings()
    host: str | None = None
    remapping: Remapping = Remapping()


def available(tree: Tree) -> dict[str, t.Any]:
    """The environments of a configuration: name to path."""
    found: dict[str, t.Any] = {}
    for folder in tree.folders("environments"):
        for suffix in (".yml", ".yaml"):
            for path in sorted(folder.glob(f"*{suffix}")):
                found.setdefault(path.stem, path)
    return found


def read_environment(
    tree: Tree | None, name: str, strict: bool = True, given: AnyMapping[str, t.Any] | None = None
) -> tuple[Environment, list[Problem]]:
    """The environment of a name, and what is wrong with it.

    ``given`` is what its file may hold: it is laid over the file, which then need not exist.
    """
    try:
        parts = [part for part in (_file(tree, name, needed=given is None), _given(given)) if part is not None]
    except ConfigurationError as error:
        return Environment(name), list(error.problems)
    content = parts[0]
    problems = _unknown_keys(content, (), content, _KEYS if content.file != CONTENT else _KEYS[1:])
    for part in parts[1:]:
        problems += _unknown_keys(part, (), part, _KEYS[1:])
        content = merged(content, part)
    told = {key: _mapping(content, key, problems) for key in ("environment", "variables", "overrides")}
    problems += _unknown_keys(content, ("environment",), told["environment"], ("name", "dataiku_host"))
    host = told["environment"].get("dataiku_host")
    if host_fault(host):
        problems.append(problem_at(content, ("environment", "dataiku_host"), host_fault(host)))
        host = None
    settings, wrong = read_settings(content, strict)
    problems += wrong
    remapping, wrong = _remapping(parts)
    problems += wrong
    return Environment(name, content, told["variables"], told["overrides"], settings, host, remapping), problems


def _file(tree: Tree | None, name: str, needed: bool) -> Mapping | None:
    """The file of an environment, None where there is none and none is needed. Raises ConfigurationError."""
    known = available(tree) if tree is not None else {}
    if tree is not None and name in known:
        return t.cast(Mapping, read_document(tree, known[name]))
    if not needed:
        return None
    if tree is None:
        message = f"the environment '{name}' needs a configuration that is a file; give its values as {CONTENT}"
        raise ConfigurationError([Problem(message, "", Location("definition"))])
    names = ", ".join(sorted(known))
    advice = f"; there are {names}" if names else f": {tree.root} has no environments folder with files"
    raise ConfigurationError([Problem(f"there is no environment '{name}'{advice}")])


def _given(content: AnyMapping[str, t.Any] | None) -> Mapping | None:
    if content is None:
        return None
    return adopt({key: value for key, value in content.items() if value is not None}, CONTENT)


def _remapping(parts: Iterable[Mapping]) -> tuple[Remapping, list[Problem]]:
    """The tables of all parts, in both of their spellings; a later part wins."""
    table = Remapping(given=frozenset())
    problems: list[Problem] = []
    for part in parts:
        if part.get("remapping") is not None:
            try:
                own = Remapping.from_value(part["remapping"], "remapping", _locator(part))
                table = own.over(table)
            except ConfigurationError as error:
                problems += error.problems
    return table, problems


def _locator(part: Mapping) -> Callable[[tuple[str | int, ...]], Location]:
    return lambda path: location_of(part, ("remapping", *path))


def shared_variables(tree: Tree | None) -> tuple[Mapping, list[Problem]]:
    """The variables of all environments, ``.dataiku/variables.yml``; empty without that file."""
    content, problems = read_hidden(tree, "variables.yml")
    if content is None:
        return Mapping(), problems
    inner = content.get("variables")
    return (inner if len(content) == 1 and isinstance(inner, Mapping) else content), problems


def override(
    documents: Iterable[Document], environment: Environment, kinds: AnyMapping[str, t.Any], rename: Rename
) -> tuple[list[Document], list[Problem]]:
    """The documents with the overrides of an environment merged in, and overrides that fit nothing."""
    result = list(documents)
    problems: list[Problem] = []
    by_section = {kind.section: kind for kind in kinds.values()}
    for section, changes in environment.overrides.items():
        path = ("overrides", section)
        if section not in by_section and section in sections_not_applied():
            message = f"not applied, because {sections_not_applied()[section]}"
            problems.append(problem_at(environment.content, path, message, "warning"))
        elif section not in by_section:
            message = f"there is no section '{section}'{nearest(section, by_section)}"
            problems.append(problem_at(environment.content, path, message))
        elif not isinstance(changes, Mapping):
            if changes is not None:
                problems.append(problem_at(environment.content, path, "must be a mapping"))
        elif getattr(by_section[section], "singleton", False):
            result = [_override_single(document, section, rename(section, changes)) for document in result]
        else:
            result, unknown = _override_list(result, section, changes, by_section[section], rename)
            for name, message in unknown:
                problems.append(problem_at(environment.content, (*path, name), message))
    return result, problems


def merged(base: Mapping, over: AnyMapping[str, t.Any]) -> Mapping:
    """Mappings merge, everything else replaces; each key keeps the mark of where its value was written."""
    result = Mapping(base, base.file, dict(base.marks))
    for key, value in over.items():
        below = base.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            result[key] = merged(below, value)
            continue
        result[key] = value
        file = getattr(over, "file", "")
        mark = mark_in(over, key) or ((0, 0, file) if file != base.file else None)
        if mark is not None:
            result.marks[key] = mark
    return result


def _override_single(document: Document, section: str, changes: Mapping) -> Document:
    base = document.content.get(section)
    if not isinstance(base, Mapping):
        return document
    content = Mapping(document.content, document.content.file, document.content.marks)
    content[section] = merged(base, changes)
    return replace(document, content=content)


def _override_list(
    documents: list[Document], section: str, changes: Mapping, kind: t.Any, rename: Rename
) -> tuple[list[Document], list[tuple[str, str]]]:
    named = {name: rename(section, value) for name, value in changes.items() if isinstance(value, Mapping)}
    unknown = [(name, "must be a mapping") for name, value in changes.items() if not isinstance(value, Mapping)]
    everywhere = named.pop("*", None)
    used: set[str] = set()
    names: list[str] = []
    result = []
    for document in documents:
        items = document.content.get(section)
        if not isinstance(items, list):
            result.append(document)
            continue
        new_items = []
        for item in items:
            if isinstance(item, Mapping):
                name = _name(item, kind)
                names.append(name)
                item = merged(item, everywhere) if everywhere else item
                if name in named:
                    used.add(name)
                    item = merged(item, named[name])
            new_items.append(item)
        content = Mapping(document.content, document.content.file, document.content.marks)
        content[section] = relisted(items, new_items)
        result.append(replace(document, content=content))
    words = Words(names)
    for name in named:
        if name not in used:
            unknown.append((name, f"{section} has no '{name}' to override{words.nearest(name)}"))
    return result, unknown


def _name(item: Mapping, kind: t.Any) -> str:
    name = item.get("name")
    if isinstance(name, str):
        return name
    try:
        return str(kind.identity(item))
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""


def _mapping(content: Mapping, key: str, problems: list[Problem]) -> Mapping:
    value = content.get(key)
    if isinstance(value, Mapping):
        return value
    if value is not None:
        problems.append(problem_at(content, (key,), "must be a mapping"))
    return Mapping((), content.file)


def _unknown_keys(content: Mapping, path: tuple[str, ...], value: Mapping, known: tuple[str, ...]) -> list[Problem]:
    return [
        problem_at(content, (*path, key), f"unknown key '{key}'{nearest(key, known) or '; known: ' + ', '.join(known)}")
        for key in value
        if key not in known
    ]
