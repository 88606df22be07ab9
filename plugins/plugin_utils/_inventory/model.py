# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes and environments, and how their hosts and groups are called."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ...module_utils._errors import Problem
from ...module_utils._remapping import Remapping
from .schema import NODE_TYPES

TOP_GROUP = "dss"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[A-Za-z0-9_]+")
_LETTERS = "use letters, digits and _"
_RESERVED = (*NODE_TYPES, TOP_GROUP, "all", "ungrouped", "localhost")


@dataclass(frozen=True)
class Node:
    """One node; ``variables`` are those of its host, ``projects`` is None where nobody has said which it has.

    ``found`` says where it was declared, such as ``dss.yml:4:7 environments.dev.nodes.design``.
    """

    environment: str
    name: str
    type: str
    variables: Mapping[str, t.Any] = field(default_factory=dict, repr=False)
    projects: tuple[str, ...] | None = None
    found: Problem = Problem("")

    @property
    def host(self) -> str:
        return f"{self.environment}_{self.name}"

    @property
    def groups(self) -> tuple[str, ...]:
        return (TOP_GROUP, self.environment, self.type)

    @property
    def holds_projects(self) -> bool:
        return self.type in ("design", "automation")

    def problem(self, message: str, severity: str = "warning") -> Problem:
        """A finding about the node."""
        return replace(self.found, message=message, severity=severity)


@dataclass(frozen=True)
class Environment:
    """What the hosts of an environment share: ``content`` as in a file in ``environments/``."""

    name: str
    content: Mapping[str, t.Any] = field(default_factory=dict, repr=False)
    projects: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Found:
    """What one source gives: the inventory file, a folder, Fleet Manager, a deployer."""

    environments: tuple[Environment, ...] = ()
    nodes: tuple[Node, ...] = ()
    problems: tuple[Problem, ...] = ()


def environment_fault(name: str) -> str:
    """Why an environment cannot have a name, or ""."""
    if name in NODE_TYPES:
        return f"'{name}' is a type of node, whose hosts have a group of that name: give the environment another one"
    if name in _RESERVED:
        return f"'{name}' is the name of another group: give the environment another one"
    return "" if _NAME.fullmatch(name) else f"'{name[:60]}' cannot be the name of a group: {_LETTERS}, no digit first"


def node_fault(name: str) -> str:
    """Why a node cannot have a name, or ""."""
    return "" if _WORD.fullmatch(name) else f"'{name[:60]}' cannot be part of the name of a host: {_LETTERS}"


def project_fault(key: str) -> str:
    """Why a text is no key of a project, or ""."""
    return "" if _WORD.fullmatch(key) else f"'{key[:60]}' is no key of a project: {_LETTERS}"


def slug(label: str, environment: str = "") -> str:
    """A label of another system as a name here, without the environment that it begins with."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", label).strip("_").lower()
    return name.removeprefix(f"{environment.lower()}_") if environment else name


def united(sources: Iterable[Found]) -> Found:
    """All sources as one; a node that an earlier source has with the same URL and type only gets more variables."""
    nodes: dict[str, Node] = {}
    environments: dict[str, Environment] = {}
    problems: list[Problem] = []
    places: dict[tuple[str, str, str], str] = {}
    for source in sources:
        problems += source.problems
        for environment in source.environments:
            environments[environment.name] = _joined(environments.get(environment.name), environment)
        here: dict[tuple[str, str, str], str] = {}
        for node in source.nodes:
            place = _place(node)
            known = places.get(place)
            if known is not None:
                nodes[known] = replace(nodes[known], variables={**node.variables, **nodes[known].variables})
            elif node.host in nodes:
                first = nodes[node.host].found
                problems.append(
                    node.problem(f"the host {node.host} is declared twice, first at {first.location}", "error")
                )
            else:
                nodes[node.host] = node
                here.setdefault(place, node.host)
        places |= here
    for node in nodes.values():
        environments.setdefault(node.environment, Environment(node.environment))
    for node in nodes.values():
        if node.host in environments:
            problems.append(node.problem(f"an environment has the name of the host {node.host}: rename one", "error"))
    return Found(tuple(environments.values()), tuple(nodes.values()), tuple(dict.fromkeys(problems)))


def _place(node: Node) -> tuple[str, str, str]:
    url = node.variables.get("dss_url")
    literal = isinstance(url, str) and "{{" not in url
    return (node.environment, node.type, str(url).rstrip("/") if literal else node.host)


def _joined(known: Environment | None, other: Environment) -> Environment:
    if known is None:
        return other
    projects = known.projects if known.projects is not None else other.projects
    content = merged(other.content, known.content)
    tables = [each.content["remapping"] for each in (other, known) if each.content.get("remapping")]
    if len(tables) == 2:  # each may be a mapping or a list
        base, over = (Remapping.from_value(table, "remapping") for table in tables)
        content["remapping"] = over.over(base).to_value()
    return Environment(other.name, content, projects)


def merged(base: Mapping[str, t.Any], over: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Mappings merge at every depth, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result


@dataclass(frozen=True)
class Host:
    """One host of the inventory."""

    name: str
    groups: tuple[str, ...]
    variables: Mapping[str, t.Any] = field(repr=False)
