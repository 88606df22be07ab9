# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory file itself: every problem at once, then its environments and nodes."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...module_utils._configuration.compiled import Compiled, settled
from ...module_utils._configuration.document import Mapping as Document
from ...module_utils._configuration.document import problem_at
from ...module_utils._configuration.parser import parse
from ...module_utils._errors import Problem
from .checks import findings
from .dataiku_config import read_dataiku_config
from .directory import read_directory
from .model import Environment, Found, Node, united
from .schema import CONTENT, INVENTORY
from .variables import Keys, node_variables

_INVENTORY = Compiled(INVENTORY)


@dataclass(frozen=True)
class File:
    """An inventory file that has passed the checks; ``folder`` is where its relative paths begin."""

    document: Document = field(repr=False)
    folder: Path
    encrypted: bool
    directory: Found
    problems: tuple[Problem, ...]

    def place(self, *path: str | int) -> Problem:
        """The place of a value in the file, for messages."""
        return problem_at(self.document, path, "")


def read_file(content: bytes, shown: str, folder: Path, encrypted: bool) -> File:
    """Check a file; all that is wrong with it is in ``problems``. Raises ``ConfigurationError`` for what is not YAML."""
    document = parse(content, shown, vault=True)
    named = document.get("directory")
    directory = read_directory(folder / Path(named).expanduser()) if isinstance(named, str) and named else Found()
    lost = [_at_source(document, problem) for problem in directory.problems]
    known = [environment.name for environment in directory.environments]
    found = [*_INVENTORY.findings(document, ()), *findings(document, known, folder, encrypted)]
    _same, problems = settled(document, found, strict=True)
    ordered = sorted([*problems, *lost], key=lambda problem: (problem.location.line, problem.location.column))
    return File(document, folder, encrypted, replace(directory, problems=()), tuple(ordered))


def _at_source(document: Document, problem: Problem) -> Problem:
    """A finding about a source, at the key that names the source where it has no file of its own."""
    return problem if problem.location.file else problem_at(document, (problem.path,), problem.message)


def offline(file: File, values: Mapping[str, t.Any], keys: Keys) -> Found:
    """What is known without asking anybody; ``values`` is the file as Ansible reads it, with tags and templates."""
    environments, nodes = [], []
    for name, told in (values.get("environments") or {}).items():
        environment = told or {}
        projects = environment.get("projects")
        content = {key: environment[key] for key in CONTENT if environment.get(key)}
        environments.append(Environment("".join(name), content, _keys(projects)))
        for node, inner in (environment.get("nodes") or {}).items():
            found = file.place("environments", name, "nodes", node)
            variables = node_variables(inner, file.folder, keys)
            kind = "".join(inner.get("type") or node)
            nodes.append(Node("".join(name), "".join(node), kind, variables, _keys(inner.get("projects")), found))
    sources = [Found(tuple(environments), tuple(nodes)), file.directory]
    told = values.get("dataiku_config")
    if told:
        sources.append(read_dataiku_config(told, file.folder, file.place("dataiku_config")))
    return united(sources)


def _keys(projects: t.Any) -> tuple[str, ...] | None:
    return None if projects is None else tuple(dict.fromkeys("".join(key) for key in projects))
