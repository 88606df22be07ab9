# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From files, or a mapping in memory, to the declarations of a configuration."""

from __future__ import annotations

import datetime
import os
import typing as t
from collections.abc import Callable, Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from .._errors import ConfigurationError, Location, Problem
from .._garbage import without_collection
from .._remapping import Remapping
from .builder import Project
from .checks import NAMINGS, Entries, Entry, address_of, entries_of
from .checks import check as check_entries
from .code_files import CodeFiles, file_keys
from .dialect_sections import without_foreign_parts
from .dialects import canonical, canonical_keys, with_canonical_keys
from .directories import directory_keys, with_directories
from .document import Mapping, ValuePath, adopt, bracket, location_of, plain
from .environments import Environment, override, read_environment, shared_variables
from .expressions import DSS_NAMES, Scope
from .files import Document, Reading, read
from .policies import IgnoreRule, Moved, Removed, Settings, ToolSettings
from .policy_sections import drift_policy, ignore_rules
from .requirements import Requirements, requirements_in
from .schema import Checker
from .state_sections import moves, removals, with_listed_changes
from .templates import INSTANCES, TEMPLATES, expanded
from .tool_file import read_tool
from .variables import own_names, substitute

DEFINITION = "definition"


@dataclass(frozen=True, slots=True)
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

    ``sections`` are those that are there, even empty: what they do not hold is not declared any more. ``settings``,
    ``remapping`` and ``tool`` are those of the environment; ``root`` is the absolute path of the folder, None for a mapping in memory.
    """

    project_key: str | None
    declarations: tuple[Declaration, ...]
    sections: frozenset[str]
    warnings: tuple[Problem, ...]
    source: str
    environment: str | None
    ignore_drift: tuple[IgnoreRule, ...] = ()
    removed: tuple[Removed, ...] = ()
    moved: tuple[Moved, ...] = ()
    settings: Settings = Settings()
    remapping: Remapping = Remapping()
    requirements: Requirements = Requirements()
    tool: ToolSettings | None = None
    root: Path | None = None


def load(
    source: Path | AnyMapping[str, t.Any] | Project,
    *,
    kinds: AnyMapping[str, t.Any],
    environment: str | None = None,
    environment_content: AnyMapping[str, t.Any] | None = None,
    variables: AnyMapping[str, t.Any] | None = None,
    lookup: Callable[[str], t.Any] | None = None,
    process_environment: AnyMapping[str, str] | None = None,
    naming: str = "dss",
    strict: bool = True,
    project_key: str | None = None,
    now: datetime.datetime | None = None,
    root: Path | None = None,
    allow_python: bool = False,
) -> Configuration:
    """Read, substitute, translate and check a configuration; pure but for reading the files.

    ``environment_content`` is laid over the file of the environment, which then need not exist.
    ``root`` is the folder of the whole configuration where ``source`` is a folder of one of its projects. A file in
    Python is run with ``allow_python``, and refused without it.
    ``{{ }}`` in a mapping means nothing, since Ansible has templated it already. ``now`` (UTC) is the moment that
    ``${date:...}`` speaks of. Raises ConfigurationError with all problems, and MissingLibrary.
    """
    if naming not in NAMINGS:
        raise ValueError(f"naming is one of {', '.join(NAMINGS)}")
    scope = Scope(variables or {}, process=process_environment or {}, lookup=lookup, now=now)
    with without_collection():
        reading = _read(source, kinds, root, allow_python)
        return _load(reading, source, kinds, (environment, environment_content), scope, naming, strict, project_key)


def _load(
    reading: Reading,
    source: Path | AnyMapping[str, t.Any] | Project,
    kinds: AnyMapping[str, t.Any],
    place: tuple[str | None, AnyMapping[str, t.Any] | None],
    scope: Scope,
    naming: str,
    strict: bool,
    project_key: str | None,
) -> Configuration:
    problems = list(reading.problems)
    incomplete = any(problem.severity == "error" for problem in problems)
    policy, wrong = drift_policy(reading.tree)
    problems += wrong
    documents, wrong = expanded([*reading.documents, *policy], kinds, strict)
    problems += wrong
    documents, wrong = without_foreign_parts(documents, kinds)
    problems += wrong
    documents, wrong = with_listed_changes(with_canonical_keys(documents, kinds))
    problems += wrong
    environment, content = place
    chosen, tool, wrong = _environment(reading, environment, content, strict)
    problems += wrong
    documents, wrong = override(documents, chosen, kinds, canonical_keys)
    problems += wrong
    shared, wrong = shared_variables(reading.tree)
    problems += wrong
    scope = replace(
        scope,
        files=(chosen.variables, shared),
        left=DSS_NAMES | own_names(documents),
        templates=reading.tree is not None,
        folder=reading.tree.root if reading.tree else None,
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
    key, wrong = _project(entries, project_key, kinds, bool(documents) and not incomplete)
    problems += _not_yet(wrong, problems)
    if not incomplete:
        problems += _not_yet(check_entries(entries, kinds, naming, key), problems)
    ignore_drift, wrong = ignore_rules(documents, kinds)
    problems += _not_yet(wrong, problems)
    removed, wrong = removals(documents, kinds, entries, key)
    problems += _not_yet(wrong, problems)
    moved, wrong = moves(documents, kinds, entries, key)
    problems += _not_yet(wrong, problems)
    warnings = _warnings(problems)
    return Configuration(
        project_key=key,
        declarations=tuple(_declaration(entry, key) for listed in entries.by_section.values() for entry in listed),
        sections=entries.sections,
        warnings=warnings,
        source=str(source) if isinstance(source, Path) else DEFINITION,
        environment=environment,
        ignore_drift=ignore_drift,
        removed=removed,
        moved=moved,
        settings=chosen.settings,
        remapping=chosen.remapping,
        requirements=requirements_in(documents),
        tool=tool,
        root=Path(os.path.abspath(reading.tree.root)) if reading.tree else None,
    )


def _read(
    source: Path | AnyMapping[str, t.Any] | Project,
    kinds: AnyMapping[str, t.Any],
    root: Path | None,
    allow_python: bool,
) -> Reading:
    if isinstance(source, Project):
        return Reading(None, (Document(source.document),))
    if isinstance(source, Path):
        lists = [kind.section for kind in kinds.values() if not getattr(kind, "singleton", False)]
        return read(source, [TEMPLATES, INSTANCES, *lists], root, allow_python)
    try:
        return Reading(None, (Document(adopt(source, DEFINITION)),))
    except ConfigurationError as error:
        return Reading(None, (), error.problems)


def _environment(
    reading: Reading, name: str | None, content: AnyMapping[str, t.Any] | None, strict: bool
) -> tuple[Environment, ToolSettings | None, list[Problem]]:
    if name is None and content is None:
        return Environment(""), None, []
    environment, problems = read_environment(reading.tree, name or "", strict, content)
    if name is None:
        return environment, None, problems
    tool, wrong = read_tool(reading.tree, name, environment.host, strict)
    return environment, tool, problems + wrong


def _with_code(
    documents: list[Document], kinds: AnyMapping[str, t.Any], reading: Reading
) -> tuple[list[Document], list[Problem]]:
    files = CodeFiles(reading.tree)
    problems: list[Problem] = []
    by_section = {kind.section: kind for kind in kinds.values()}
    result = []
    for document in documents:
        for section in [section for section in document.content if section in by_section]:
            keys, label = _file_keys(by_section[section])
            if keys:
                document = files.fill(document, section, keys, label)
        result.append(document)
    for section in by_section:
        folders = directory_keys(section)
        if folders:
            result, wrong = with_directories(result, section, folders, reading.tree)
            problems += wrong
    return result, [*files.problems, *problems]


@cache
def _file_keys(kind: t.Any) -> tuple[AnyMapping[str, str], str]:
    """The keys that name a file, and what messages call an object; worked out once in a process."""
    return file_keys(kind.section, kind.schema), str(kind.name).replace("_", " ").capitalize()


def _checked(
    documents: list[Document], kinds: AnyMapping[str, t.Any], strict: bool
) -> tuple[list[Document], list[Problem]]:
    checker = Checker(kinds, strict)
    problems: list[Problem] = []
    result = []
    for document in documents:
        content, wrong = checker.check(document.content, document.section)
        problems += wrong
        if document.section is not None and content.keys() != {document.section}:
            only = {key: content[key] for key in (document.section,) if key in content}
            content = Mapping(only, content.file, content.marks)
        result.append(document if content is document.content else replace(document, content=content))
    return result, problems


def _project(
    entries: Entries, given: str | None, kinds: AnyMapping[str, t.Any], readable: bool
) -> tuple[str | None, list[Problem]]:
    """The key of the project, from the configuration or from the caller; a file of the instance needs none, even empty."""
    declared = entries.of("project")
    key = declared[0].name if declared else None
    if declared:
        if given and key and key != given:
            return key, [declared[0].problem(f"the project key '{key}' is not the '{given}' that was asked for", "key")]
        return key or given, []
    needing = [listed[0] for listed in entries.by_section.values() if listed and listed[0].kind.scope == "project"]
    of_instance = any(kind.scope != "project" and kind.section in entries.sections for kind in kinds.values())
    if given is None and readable and (needing or not of_instance):
        where = Location(needing[0].root.file) if needing else Location()
        return None, [Problem("Configuration must include a project", "project", where)]
    return given, []


def _not_yet(new: Iterable[Problem], known: Iterable[Problem]) -> list[Problem]:
    """The findings about places that have none yet: a later stage mostly sees the fault of an earlier one again."""
    places = {
        (problem.location.file, problem.path) for problem in known if problem.path and problem.severity == "error"
    }
    return [problem for problem in new if (problem.location.file, problem.path) not in places]


def _warnings(problems: list[Problem]) -> tuple[Problem, ...]:
    """The findings in the order of the files, each once; raises ConfigurationError when one of them is an error."""
    # The same place found through an override of every resource is one finding.
    unique = {(p.message, p.severity, p.location, "" if p.location.line else p.path): p for p in reversed(problems)}
    found = sorted(unique.values(), key=lambda p: (p.location.file, p.location.line, p.location.column, p.path))
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise ConfigurationError(errors)
    return tuple(found)


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
