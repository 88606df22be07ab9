# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From files, or a mapping in memory, to the declarations of a configuration."""

from __future__ import annotations

import gc
import typing as t
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from .._errors import ConfigurationError, Location, Problem
from .checks import NAMINGS, Entries, Entry, address_of, entries_of
from .checks import check as check_entries
from .code_files import CodeFiles, file_keys
from .dialects import canonical, canonical_keys, with_canonical_keys
from .document import Mapping, ValuePath, adopt, bracket, location_of, plain
from .environments import Environment, override, read_environment, shared_variables
from .expressions import DSS_NAMES, Scope
from .files import Document, Reading, read
from .schema import Checker
from .variables import own_names, substitute

DEFINITION = "definition"


@dataclass(frozen=True)
class Declaration:
    """One declared resource: its author form with everything filled in, as plain dict, list and str."""

    kind: str
    fields: dict[str, t.Any]
    location: Location
    path: str
    address: str
    origin: Mapping = field(default_factory=Mapping, repr=False, compare=False)

    def locate(self, *path: str | int) -> Location:
        """The position of a field, or of the nearest thing around it that has one."""
        found = location_of(self.origin, path)
        return found if found.line else self.location


@dataclass(frozen=True)
class Configuration:
    """What a source declares.

    ``sections`` are those that are there, even empty: what they do not hold is not declared any more.
    """

    project_key: str | None
    declarations: tuple[Declaration, ...]
    sections: frozenset[str]
    warnings: tuple[Problem, ...]
    source: str
    environment: str | None


def load(
    source: Path | AnyMapping[str, t.Any],
    *,
    kinds: AnyMapping[str, t.Any],
    environment: str | None = None,
    variables: AnyMapping[str, t.Any] | None = None,
    lookup: Callable[[str], t.Any] | None = None,
    process_environment: AnyMapping[str, str] | None = None,
    naming: str = "dss",
    strict: bool = True,
    project_key: str | None = None,
) -> Configuration:
    """Read, substitute, translate and check a configuration; pure but for reading the files.

    ``{{ }}`` in a mapping means nothing, since Ansible has templated it already. Raises ConfigurationError with all
    problems, and MissingLibrary.
    """
    if naming not in NAMINGS:
        raise ValueError(f"naming is one of {', '.join(NAMINGS)}")
    with _without_collection():
        return _load(source, kinds, environment, variables, lookup, process_environment, naming, strict, project_key)


def _load(
    source: Path | AnyMapping[str, t.Any],
    kinds: AnyMapping[str, t.Any],
    environment: str | None,
    variables: AnyMapping[str, t.Any] | None,
    lookup: Callable[[str], t.Any] | None,
    process_environment: AnyMapping[str, str] | None,
    naming: str,
    strict: bool,
    project_key: str | None,
) -> Configuration:
    reading = _read(source, kinds)
    problems = list(reading.problems)
    incomplete = any(problem.severity == "error" for problem in problems)
    documents = with_canonical_keys(reading.documents, kinds)
    chosen, wrong = _environment(reading, environment)
    problems += wrong
    documents, wrong = override(documents, chosen, kinds, canonical_keys)
    problems += wrong
    shared, wrong = shared_variables(reading.tree)
    problems += wrong
    scope = Scope(
        variables or {},
        (chosen.variables, shared),
        process_environment or {},
        lookup,
        DSS_NAMES | own_names(documents),
        templates=reading.tree is not None,
    )
    documents, wrong = substitute(documents, kinds, scope)
    # Without its environment file nearly every variable is unknown, and that is one fault.
    problems += wrong if environment is None or chosen.content.file else []
    documents, wrong = _with_code(documents, kinds, reading)
    problems += wrong
    documents, wrong = canonical(documents, kinds)
    problems += wrong
    documents, wrong = _checked(documents, kinds, strict)
    problems += _not_yet(wrong, problems)
    entries = entries_of(documents, kinds)
    key, wrong = _project(entries, project_key, bool(documents) and not incomplete)
    problems += _not_yet(wrong, problems)
    if not incomplete:
        problems += _not_yet(check_entries(entries, kinds, naming, key), problems)
    return _result(entries, key, problems, str(source) if isinstance(source, Path) else DEFINITION, environment)


@contextmanager
def _without_collection() -> Iterator[None]:
    """A document is millions of containers and no garbage: looking for some takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _read(source: Path | AnyMapping[str, t.Any], kinds: AnyMapping[str, t.Any]) -> Reading:
    if isinstance(source, Path):
        return read(source, [kind.section for kind in kinds.values() if not getattr(kind, "singleton", False)])
    try:
        return Reading(None, (Document(adopt(source, DEFINITION)),))
    except ConfigurationError as error:
        return Reading(None, (), error.problems)


def _environment(reading: Reading, name: str | None) -> tuple[Environment, list[Problem]]:
    return (Environment(""), []) if name is None else read_environment(reading.tree, name)


def _with_code(
    documents: list[Document], kinds: AnyMapping[str, t.Any], reading: Reading
) -> tuple[list[Document], list[Problem]]:
    files = CodeFiles(reading.tree)
    for kind in kinds.values():
        keys = file_keys(kind.section, kind.schema)
        if keys:
            label = str(kind.name).replace("_", " ").capitalize()
            documents = [files.fill(document, kind.section, keys, label) for document in documents]
    return documents, files.problems


def _checked(
    documents: list[Document], kinds: AnyMapping[str, t.Any], strict: bool
) -> tuple[list[Document], list[Problem]]:
    checker = Checker(kinds, strict)
    problems: list[Problem] = []
    result = []
    for document in documents:
        content, wrong = checker.check(document.content, document.section)
        problems += wrong
        if document.section is not None:
            only = {key: content[key] for key in (document.section,) if key in content}
            content = Mapping(only, content.file, content.marks)
        result.append(replace(document, content=content))
    return result, problems


def _project(entries: Entries, given: str | None, readable: bool) -> tuple[str | None, list[Problem]]:
    """The key of the project, from the configuration or from the caller."""
    declared = entries.of("project")
    key = declared[0].name if declared else None
    if declared:
        if given and key and key != given:
            return key, [declared[0].problem(f"the project key '{key}' is not the '{given}' that was asked for", "key")]
        return key or given, []
    needing = [listed[0] for listed in entries.by_section.values() if listed and listed[0].kind.scope == "project"]
    if given is None and readable and (needing or not any(entries.by_section.values())):
        where = Location(needing[0].root.file) if needing else Location()
        return None, [Problem("Configuration must include a project", "project", where)]
    return given, []


def _not_yet(new: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """The findings about places that have none yet: a later stage mostly sees the fault of an earlier one again."""
    places = {
        (problem.location.file, problem.path) for problem in known if problem.path and problem.severity == "error"
    }
    return [problem for problem in new if (problem.location.file, problem.path) not in places]


def _result(
    entries: Entries, key: str | None, problems: list[Problem], source: str, environment: str | None
) -> Configuration:
    # The same place found through an override of every resource is one finding.
    unique = {(p.message, p.severity, p.location, "" if p.location.line else p.path): p for p in reversed(problems)}
    found = sorted(unique.values(), key=lambda p: (p.location.file, p.location.line, p.location.column, p.path))
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise ConfigurationError(errors)
    declarations = tuple(_declaration(entry, key) for listed in entries.by_section.values() for entry in listed)
    return Configuration(key, declarations, entries.sections, tuple(found), source, environment)


def _declaration(entry: Entry, key: str | None) -> Declaration:
    path: ValuePath = entry.path
    return Declaration(
        kind=entry.kind.name,
        fields=plain(entry.author),
        location=entry.location,
        path=bracket(path),
        address=address_of(entry.kind, key, entry.name),
        origin=entry.author,
    )
