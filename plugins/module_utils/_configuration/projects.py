# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several projects in one configuration: a folder ``projects`` with a file, or a folder, for each of them."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator
from pathlib import Path

from .._errors import ConfigurationError, Problem
from .files import PYTHON, SUFFIXES
from .load import Configuration, Declaration, load

FOLDER = "projects"


def load_all(
    source: Path | t.Mapping[str, t.Any], *, kinds: t.Mapping[str, t.Any], **options: t.Any
) -> tuple[Configuration, ...]:
    """The configurations of a source: one for each project where it is a folder of projects; options are those of ``load``.

    Raises ConfigurationError with the problems of all of them, and MissingLibrary.
    """
    if not isinstance(source, Path) or not _holds_projects(source):
        return (load(source, kinds=kinds, **options),)
    found: list[Configuration] = []
    problems: list[Problem] = []
    for place in _places(source):
        try:
            found.append(load(place, kinds=kinds, root=source, **options))
        except ConfigurationError as error:
            problems += error.problems
    problems += _declared_twice(found)
    if not found and not problems:
        problems.append(
            Problem(f"{source / FOLDER} holds no project: add a file KEY.yml or a folder with a project.yml")
        )
    if problems:
        raise ConfigurationError(problems)
    return tuple(found)


def places(source: Path) -> list[Path]:
    """The source itself, or the file or folder of each of its projects."""
    return list(_places(source)) if _holds_projects(source) else [source]


def _holds_projects(source: Path) -> bool:
    return (source / FOLDER).is_dir() and not _has_project_file(source)


def _has_project_file(folder: Path) -> bool:
    return any((folder / f"project{suffix}").exists() for suffix in (*SUFFIXES, PYTHON))


def _places(source: Path) -> Iterator[Path]:
    """The files of projects, and the folders that have a project file."""
    for path in sorted((source / FOLDER).iterdir()):
        is_one = path.suffix in SUFFIXES if path.is_file() else _has_project_file(path)
        if is_one and not path.name.startswith("."):
            yield path


def _declared_twice(configurations: Iterable[Configuration]) -> Iterator[Problem]:
    """Projects, and objects of the instance, of which more than one configuration speaks."""
    first: dict[str, Declaration] = {}
    keys: dict[str, Configuration] = {}
    for configuration in configurations:
        key = configuration.project_key
        if key is not None and keys.setdefault(key, configuration) is not configuration:
            yield Problem(f"project {key} is declared twice, in {keys[key].source} and in {configuration.source}")
            continue
        for entry in configuration.declarations:
            before = first.setdefault(entry.address, entry)
            if before is not entry:
                message = f"{entry.address} is declared twice, first at {before.location}"
                yield Problem(message, entry.path, entry.location)
