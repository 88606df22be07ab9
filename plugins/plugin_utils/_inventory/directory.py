# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder ``environments`` with a file for each environment, and ``.dataiku/config.yml`` beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...module_utils._configuration.document import location_of, plain
from ...module_utils._configuration.environments import available, read_environment
from ...module_utils._configuration.files import Tree
from ...module_utils._configuration.tool_file import read_tool
from ...module_utils._errors import Location, Problem
from .model import Environment, Found, Node, environment_fault
from .schema import CONTENT
from .variables import Keys, node_variables, trusted

FOLDER = "environments"
_CONFIG = Location(".dataiku/config.yml")
# What a run says for itself, and what no host needs.
_OF_A_RUN = ("state_backend", "settings.require_tests", "settings.audit_log.destination")


def read_directory(folder: Path) -> Found:
    """Its environments, each with a design node where a host is named; ``folder`` is it or the one around it."""
    root = folder.parent if folder.name == FOLDER else folder
    if not (root / FOLDER).is_dir():
        message = f"there is no folder {root / FOLDER}: name a folder called {FOLDER}, or the one around it"
        return Found(problems=(Problem(message, "directory"),))
    tree = Tree(root, root)
    environments, nodes = [], []
    problems: list[Problem] = []
    for name in available(tree):
        environment, wrong = read_environment(tree, name, strict=False)
        tool, more = read_tool(tree, name, environment.host, strict=True)
        problems += [problem for problem in (*wrong, *more) if not problem.path.startswith(_OF_A_RUN)]
        where = location_of(environment.content, ("environment", "dataiku_host"))
        where = where if where.file else Location(f"{FOLDER}/{name}")
        fault = environment_fault(name)
        if fault:
            problems.append(Problem(fault, "", where))
        content = {key: trusted(plain(value)) for key, value in environment.content.items() if key in CONTENT}
        environments.append(Environment(name, content))
        if tool is not None and tool.host:
            told = {"url": trusted(plain(tool.host))}
            told |= {"api_key_file": str(tool.api_key_file)} if tool.api_key_file else {}
            found = Problem("", "environment.dataiku_host", where)
            nodes.append(Node(name, "design", "design", node_variables(told, root, Keys()), found=_below(root, found)))
            if tool.api_key_file and not tool.api_key_file.is_file():
                message = f"there is no key file {tool.api_key_file}: tasks that use it will fail"
                problems.append(Problem(message, f"dataiku.{name}.api_key_file", _CONFIG, "warning"))
    unique = dict.fromkeys(_below(root, problem) for problem in problems)  # config.yml is read for each environment
    return Found(tuple(environments), tuple(nodes), tuple(unique))


def _below(root: Path, problem: Problem) -> Problem:
    """The finding with the whole path of its file."""
    file = problem.location.file
    return replace(problem, location=replace(problem.location, file=str(root / file))) if file else problem
