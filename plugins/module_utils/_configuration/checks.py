# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold between the resources of a configuration, found without a node."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field

from .._errors import Location, Problem
from .document import Mapping, ValuePath, location_of, problem_at
from .files import Document
from .flow import flow_problems
from .scenario_checks import scenario_problems
from .spellings import CODE_RECIPES, VISUAL_RECIPES
from .wiki_checks import wiki_problems
from .words import Words
from .zone_checks import zone_problems

_UPPER = re.compile(r"[A-Z][A-Z0-9_]*")
_LOWER = re.compile(r"[a-z][a-z0-9_]*")
_KEY = re.compile(r"[A-Za-z0-9_]+")
_UNFIT = re.compile(r"[./\\]")
NAMINGS = ("strict", "dss")


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource: its document, where it stands there, its mapping, and its name where it has one."""

    root: Mapping
    path: ValuePath
    author: Mapping
    kind: t.Any
    name: str = ""

    def problem(self, message: str, *below: str | int, severity: str = "error") -> Problem:
        return problem_at(self.root, (*self.path, *below), message, severity)

    @property
    def location(self) -> Location:
        return location_of(self.root, self.path)


@dataclass
class Entries:
    """All resources by section, and the sections that are there even if empty."""

    by_section: dict[str, list[Entry]] = field(default_factory=dict)
    sections: frozenset[str] = frozenset()

    def of(self, section: str) -> list[Entry]:
        return self.by_section.get(section, [])

    def names(self, section: str) -> dict[str, Entry]:
        """The first entry of each name."""
        names: dict[str, Entry] = {}
        for entry in self.of(section):
            if entry.name:
                names.setdefault(entry.name, entry)
        return names


def entries_of(documents: Iterable[Document], kinds: AnyMapping[str, t.Any]) -> Entries:
    """The resources of all documents in the order of the files; what is not a mapping is left out."""
    entries = Entries()
    present: set[str] = set()
    by_section = {kind.section: kind for kind in kinds.values()}
    places = {section: place for place, section in enumerate(by_section)}
    for document in documents:
        content = document.content
        for section in sorted(content.keys() & by_section.keys(), key=places.__getitem__):
            kind = by_section[section]
            present.add(section)
            found = entries.by_section.setdefault(section, [])
            value = content[section]
            if getattr(kind, "singleton", False):
                if isinstance(value, Mapping):
                    found.append(Entry(content, (section,), value, kind, identity_of(kind, value)))
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, Mapping):
                        found.append(Entry(content, (section, index), item, kind, identity_of(kind, item)))
    entries.sections = frozenset(present)
    return entries


def identity_of(kind: t.Any, author: Mapping) -> str:
    """The name in the address, or "" where the mapping is too incomplete to have one."""
    try:
        name = kind.identity(author)
    except (KeyError, TypeError, ValueError, AttributeError):
        return ""
    # A kind turns what it finds into text, and null is no name.
    return (
        name if isinstance(name, str) and not (name == "None" and author.get("name", author.get("key")) is None) else ""
    )


def check(entries: Entries, kinds: AnyMapping[str, t.Any], naming: str, project_key: str | None) -> list[Problem]:
    """All findings about names and references. ``naming`` is one of NAMINGS."""
    problems = [*_duplicates(entries), *_names(entries, naming), *_dependencies(entries, kinds, project_key)]
    problems += _of_kinds(entries)
    for entry in entries.of("datasets"):
        problems += _dataset(entry)
    for entry in entries.of("recipes"):
        problems += _recipe(entry)
    problems += flow_problems(entries)
    for entry in entries.of("scenarios"):
        problems += scenario_problems(entry)
    return [*problems, *zone_problems(entries), *wiki_problems(entries)]


def _of_kinds(entries: Entries) -> Iterator[Problem]:
    """What the kinds themselves find."""
    for listed in entries.by_section.values():
        for entry in listed:
            if hasattr(entry.kind, "problems"):
                for message, below in entry.kind.problems(entry.author):
                    yield entry.problem(message, *below)


def _duplicates(entries: Entries) -> Iterator[Problem]:
    for listed in entries.by_section.values():
        first: dict[str, Entry] = {}
        for entry in listed:
            if not entry.name:
                continue
            before = first.setdefault(entry.name, entry)
            if before is not entry:
                label = _label(entry)
                yield entry.problem(
                    f"{label} '{entry.name}' is declared twice, first at {before.location or 'above'}",
                    *_name_key(entry),
                )


def _label(entry: Entry) -> str:
    return str(entry.kind.name).replace("_", " ").capitalize()


def _name_key(entry: Entry) -> tuple[str, ...]:
    return next(((key,) for key in ("name", "key", "id", "login") if key in entry.author), ())


def _names(entries: Entries, naming: str) -> Iterator[Problem]:
    for entry in entries.of("project"):
        yield from _project_key(entry, naming)
    for section in ("datasets", "recipes"):
        for entry in entries.of(section):
            yield from _name(entry, section, naming)


def _project_key(entry: Entry, naming: str) -> Iterator[Problem]:
    key = entry.author.get("key")
    if not isinstance(key, str):
        return
    if not key:
        yield entry.problem("Project key is required", "key")
    elif naming == "strict" and not _UPPER.fullmatch(key):
        yield entry.problem(f"Project key '{key}' must be UPPERCASE_WITH_UNDERSCORES", "key")
    elif not _KEY.fullmatch(key):
        yield entry.problem(f"Project key '{key}' may hold only letters, digits and underscores", "key")


def _name(entry: Entry, section: str, naming: str) -> Iterator[Problem]:
    name = entry.author.get("name")
    label = _label(entry)
    if not isinstance(name, str):
        return
    if not name.strip():
        yield entry.problem(f"{label} name is required", "name")
    elif naming == "strict" and section == "datasets" and not _UPPER.fullmatch(name):
        yield entry.problem(f"Dataset name '{name}' must be UPPERCASE_WITH_UNDERSCORES", "name")
    elif naming == "strict" and section == "recipes" and not _LOWER.fullmatch(name):
        yield entry.problem(f"Recipe name '{name}' must be lowercase_with_underscores", "name")
    elif _UNFIT.search(name):
        yield entry.problem(f"{label} name '{name}' must not hold dots or slashes", "name")
    elif naming == "strict" and len(name) > 100:
        yield entry.problem(f"{label} name '{name}' is longer than 100 characters", "name")


def _dependencies(entries: Entries, kinds: AnyMapping[str, t.Any], project_key: str | None) -> Iterator[Problem]:
    known: set[str] = set()
    words = Words(())
    for listed in entries.by_section.values():
        for entry in listed:
            wanted = entry.author.get("depends_on")
            if not isinstance(wanted, list):
                continue
            if not known:
                known = _addressable(entries, project_key)
                words = Words(known)
            for index, name in enumerate(wanted):
                if isinstance(name, str) and name not in known and not _elsewhere(name, kinds, project_key):
                    yield entry.problem(
                        f"'{name}' names nothing in this configuration{words.nearest(name)}", "depends_on", index
                    )


def _addressable(entries: Entries, project_key: str | None) -> set[str]:
    known: set[str] = set()
    for listed in entries.by_section.values():
        for entry in listed:
            known.add(address_of(entry.kind, project_key, entry.name))
            known.update({entry.name, str(entry.author.get("name", ""))} - {""})
    return known


def _elsewhere(name: str, kinds: AnyMapping[str, t.Any], project_key: str | None) -> bool:
    """Whether an address is that of another project, which cannot be looked up here."""
    kind, _sign, rest = name.partition(".")
    if kind not in kinds or kinds[kind].scope != "project":
        return False
    project = rest.partition(".")[0]
    return bool(project) and project_key is not None and project != project_key


def address_of(kind: t.Any, project_key: str | None, name: str) -> str:
    """``dataset.KEY.NAME``, ``project.KEY``, ``connection.NAME``, ``general_settings``."""
    if kind.scope != "project":
        return f"{kind.name}.{name}" if name else str(kind.name)
    if getattr(kind, "singleton", False):
        return f"{kind.name}.{project_key}"
    return f"{kind.name}.{project_key}.{name}"


def _dataset(entry: Entry) -> Iterator[Problem]:
    author = entry.author
    if author.get("type") != "sql" or author.get("managed") is True:
        return
    params = author.get("params") or {}
    if isinstance(params, dict) and not any(place.get(key) for place in (author, params) for key in ("table", "query")):
        yield entry.problem(f"SQL dataset '{entry.name}' must have either 'table' or 'query' in params")


def _recipe(entry: Entry) -> Iterator[Problem]:
    kind, code = entry.author.get("type"), entry.author.get("code")
    if not isinstance(kind, str):
        return
    if kind in VISUAL_RECIPES and code:
        yield entry.problem(f"Visual recipe '{entry.name}' (type={kind}) should use 'params', not code", "code")
    if kind in CODE_RECIPES and not code:
        yield entry.problem(f"Recipe '{entry.name}' has no code", severity="warning")
