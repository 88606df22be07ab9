# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only others know: instances, infrastructures, facts and projects; what they answer can be kept in a cache."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils._errors import DssError, Problem
from ...module_utils._node.options import NodeOptions, node_options
from . import deployer, fleet
from .ask import Unanswered, answers, facts, on_node, projects
from .file import File
from .model import Environment, Found, Host, Node, project_fault, united
from .variables import Keys, harmless, host_variables, trusted

_OPTIONS = ("url", "api_key", "instance", "ca_path", "validate_certs", "client_certificate", "timeout", "workers")
_FLEET = (
    "cloud",
    "url",
    "key_id",
    "key_secret",
    "tenant",
    "ca_path",
    "validate_certs",
    "client_certificate",
    "timeout",
)
_ASKED = ("design", "automation", "deployer", "govern")  # the others have no such call
T = t.TypeVar("T")


@dataclass
class Kept:
    """Answers by section and address; nothing else is ever put into the cache, so no key is."""

    answers: dict[str, dict[str, t.Any]] = field(default_factory=dict)

    def of(self, section: str, names: Iterable[str], prepare: Callable[[str], Callable[[], T]]) -> dict[str, t.Any]:
        """The answer to each name, or ``Unanswered``; ``prepare`` makes the question and may raise ``DssError``."""
        kept = self.answers.setdefault(section, {})
        questions, result = {}, {}
        for name in names:
            if name in kept:
                result[name] = kept[name]
                continue
            try:
                questions[name] = prepare(name)
            except DssError as error:
                result[name] = Unanswered(error)
        for name, answer in answers(questions).items():
            result[name] = answer
            if not isinstance(answer, Unanswered):
                kept[name] = answer
        return result


@dataclass(frozen=True)
class Outcome:
    """What goes into the inventory: hosts, variables of groups by their name, and what could not be asked."""

    hosts: list[Host] = field(default_factory=list)
    groups: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Online:
    """Asks for what an inventory file wants to know.

    ``resolve`` works out variables (of a node, or of no host) and raises ``DssError``; ``seconds`` is the time for a node.
    """

    file: File
    values: Mapping[str, t.Any]
    keys: Keys
    kept: Kept
    resolve: Callable[[Mapping[str, t.Any], Node | None], dict[str, t.Any]]
    environ: Mapping[str, str]
    seconds: float

    def sources(self, found: Found) -> Found:
        """The inventory with the instances of Fleet Managers and the infrastructures of deployers."""
        known = [environment.name for environment in found.environments]
        return united([found, *self._fleets(known), *self._deployers(found)])

    def hosts(self, found: Found, wants_facts: bool, expand: bool) -> Outcome:
        """All hosts, and what could not be asked."""
        environments = {environment.name: environment for environment in found.environments}
        told = self._ask("facts", [node for node in found.nodes if wants_facts and node.type in _ASKED], facts)
        lists = self._ask(
            "projects",
            [
                node
                for node in found.nodes
                if (wants_facts or expand)
                and node.holds_projects
                and _listed(node, environments[node.environment]) is None
                and not isinstance(told.get(node.host), Unanswered)
            ],
            projects,
        )
        outcome = Outcome()
        for node in found.nodes:
            environment = environments[node.environment]
            answer, asked = told.get(node.host), lists.get(node.host)
            variables = {**host_variables(node, environment), **_facts(answer, asked)}
            expanded = expand and node.holds_projects
            listed = _listed(node, environment)
            outcome.problems.extend(_finding(node, answer, asked, expanded and listed is None))
            if expanded:
                # All projects once, by the group: with hundreds a copy on each host would be most of the inventory.
                outcome.groups[node.host] = {"dss_projects": variables.pop("dss_projects", [])}
                outcome.hosts.extend(_expanded(node, asked if listed is None else listed, variables))
            else:
                outcome.hosts.append(Host(node.host, node.groups, variables))
        return outcome

    def _ask(self, section: str, nodes: list[Node], ask: Callable[..., T]) -> dict[str, t.Any]:
        """Answers by host. Each is kept with its address: another address is another node."""
        by_name = {f"{node.host} {_address(node)}".rstrip(): node for node in nodes}

        def prepare(name: str) -> Callable[[], T]:
            options = self._options(by_name[name])
            return lambda: on_node(options, self.seconds, ask)

        answered = self.kept.of(section, by_name, prepare)
        return {node.host: answered[name] for name, node in by_name.items()}

    def _options(self, node: Node) -> NodeOptions:
        told = {key: node.variables[f"dss_{key}"] for key in _OPTIONS if f"dss_{key}" in node.variables}
        resolved = self.resolve({f"dss_{key}": value for key, value in told.items()}, node)
        params = {"timeout": self.seconds, **{key: resolved[f"dss_{key}"] for key in told}}
        if not params.get("instance") and not params.get("api_key"):  # a key of somewhere else must not go there
            raise DssError("it has no API key: give api_key, api_key_file, api_key_env or instance")
        return node_options(_typed(params), self.environ)

    def _fleets(self, known: list[str]) -> Iterable[Found]:
        entries = {
            f"{index} {told['url']} {told.get('tenant')}": told for index, told in _numbered(self.values, "fleet")
        }
        places = {name: self.file.place("fleet", index) for index, name in enumerate(entries)}

        def prepare(name: str) -> Callable[[], list[dict[str, t.Any]]]:
            told = entries[name]
            resolved = self.resolve({key: told[key] for key in _FLEET if told.get(key) is not None}, None)
            return lambda: fleet.asked(_typed({"timeout": self.seconds, **resolved}), self.environ)

        for name, answer in self.kept.of("fleets", entries, prepare).items():
            if isinstance(answer, Unanswered):
                yield Found(problems=(_unanswered(places[name], answer),))
            else:
                yield fleet.nodes_of(answer, entries[name], known, self.file.folder, self.keys, places[name])

    def _deployers(self, found: Found) -> Iterable[Found]:
        nodes = {node.host: node for node in found.nodes}
        entries = {"".join(told["node"]): (index, told) for index, told in _numbered(self.values, "deployer")}
        answered = self._ask("deployers", [nodes[name] for name in entries], deployer.asked)
        for name, (index, told) in entries.items():
            place, answer = self.file.place("deployer", index), answered[name]
            if isinstance(answer, Unanswered):
                yield Found(problems=(_unanswered(place, answer),))
            else:
                yield deployer.nodes_of(answer, told, self.file.folder, self.keys, place)


def _typed(params: dict[str, t.Any]) -> dict[str, t.Any]:
    """Options whose templates may have given text. Raises ``DssError``."""
    try:
        numbers = {name: float(params[name]) for name in ("timeout", "workers") if params.get(name) is not None}
        certs = {"validate_certs": boolean(params["validate_certs"])} if "validate_certs" in params else {}
    except (TypeError, ValueError) as error:
        raise DssError(f"timeout, workers or validate_certs cannot be used: {error}") from None
    return {**params, **numbers, **certs}


def _numbered(values: Mapping[str, t.Any], key: str) -> list[tuple[int, Mapping[str, t.Any]]]:
    return list(enumerate(values.get(key) or ()))


def _unanswered(place: Problem, reason: str) -> Problem:
    return Problem(f"could not be asked, so its nodes are missing: {reason}", place.path, place.location, "warning")


def _address(node: Node) -> str:
    return str(node.variables.get("dss_url") or node.variables.get("dss_instance") or "")


def _listed(node: Node, environment: Environment) -> tuple[str, ...] | None:
    return node.projects if node.projects is not None else environment.projects


def _facts(answer: t.Any, listed: t.Any) -> dict[str, t.Any]:
    """The variables of what a node answered; what it said stays text that is no template."""
    found: dict[str, t.Any] = {}
    if isinstance(answer, Mapping):
        found = {"dss_version": harmless(answer["version"]), "dss_node_id": harmless(answer["node_id"])}
    reason = next((each for each in (answer, listed) if isinstance(each, Unanswered)), None)
    if answer is not None or reason is not None:
        found["dss_reachable"] = reason is None
    if reason is not None:
        found["dss_unreachable"] = "".join(reason)
    if isinstance(listed, list):
        found["dss_projects"] = [harmless(key) for key in listed]
    return found


def _finding(node: Node, answer: t.Any, asked: t.Any, needs_projects: bool) -> Iterable[Problem]:
    """What is wrong with the answers of a node, in one sentence."""
    reason = next((each for each in (answer, asked) if isinstance(each, Unanswered)), None)
    if reason is not None and needs_projects:
        advice = "list them as projects of the node or of its environment"
        yield node.problem(f"its projects could not be asked, {advice}: {reason}")
    elif reason is not None:
        yield node.problem(f"the node could not be asked: {reason}")
    elif isinstance(answer, Mapping) and answer["type"].lower() not in ("", node.type):
        yield node.problem(f"is declared as {node.type} node, and says that it is of type {answer['type'].lower()}")


def _expanded(node: Node, keys: t.Any, variables: Mapping[str, t.Any]) -> list[Host]:
    """One host for each project; a key that could not be a host's name was never given by DSS."""
    usable = [key for key in keys if not project_fault(key)] if isinstance(keys, (list, tuple)) else []
    groups = (*node.groups, node.host)
    return [Host(f"{node.host}.{key}", groups, {**variables, "dss_project": trusted(key)}) for key in usable]
