# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the schema cannot say about an inventory file."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from ...module_utils._configuration.document import Mapping, ValuePath, Vaulted
from ...module_utils._configuration.schema_messages import Finding
from ...module_utils._configuration.words import nearest
from ...module_utils._errors import DssError
from ...module_utils._kinds import KINDS
from ...module_utils._node.options import checked_url
from .model import environment_fault, node_fault, project_fault
from .schema import NODE, NODE_TYPES

KEYS = ("api_key", "api_key_file", "api_key_env", "instance")
FILES = ("api_key_file", "ca_path", "client_certificate")
_SOURCES = ("environments", "directory", "fleet", "deployer", "dataiku_config")
_SECRETS = {"api_key": "api_key_file or api_key_env", "key_secret": "a lookup"}
_OWN_VARIABLES = frozenset(
    f"dss_{name}"
    for name in (
        *(key for key in NODE["properties"] if key not in ("type", "vars")),
        *("environment", "environment_content", "node", "node_type", "node_id", "project", "version"),
        *("reachable", "unreachable", "vaulted", "config_file", "config_instance"),
    )
)
_BOUNDS = {"timeout": (0.001, 86_400), "workers": (1, 256), "write_connections": (1, 256)}


def is_template(value: t.Any) -> bool:
    """Whether Ansible has to work out the value first."""
    return isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#"))


def findings(document: Mapping, directory: Collection[str], folder: Path, encrypted: bool) -> Iterator[Finding]:
    """All of them; ``directory`` are the environments of the folder that the file names.

    ``folder`` is where relative paths begin; ``encrypted`` says that no key in the file can be read by others.
    """
    if not any(document.get(source) for source in _SOURCES):
        yield Finding((), f"no nodes are declared: give {', '.join(_SOURCES[:-1])} or {_SOURCES[-1]}")
    environments = _mapping(document, "environments")
    for name, environment in environments.items():
        yield from _told(("environments", name), environment_fault(name))
        yield from _of_environment(environment, ("environments", name), folder, encrypted)
    known = [*environments, *directory]
    for index, fleet in enumerate(_items(document, "fleet")):
        yield from _of_fleet(fleet, ("fleet", index), known, folder, encrypted)
    hosts = [f"{name}_{node}" for name, each in environments.items() for node in _mapping(each, "nodes")]
    for index, deployer in enumerate(_items(document, "deployer")):
        yield from _of_deployer(deployer, ("deployer", index), known, hosts, folder, encrypted)
    yield from _of_dataiku_config(document.get("dataiku_config"), known)


def _of_environment(environment: t.Any, path: ValuePath, folder: Path, encrypted: bool) -> Iterator[Finding]:
    if not isinstance(environment, Mapping):
        return
    yield from _projects(environment, path)
    sections = {kind.section for kind in KINDS.values()}
    for section in _mapping(environment, "overrides"):
        if section not in sections:
            yield Finding((*path, "overrides", section), f"there is no section '{section}'{nearest(section, sections)}")
    for name, node in _mapping(environment, "nodes").items():
        place = (*path, "nodes", name)
        yield from _told(place, node_fault(name))
        if isinstance(node, Mapping):
            yield from _of_node(name, node, place, folder, encrypted)


def _of_node(name: str, node: Mapping, path: ValuePath, folder: Path, encrypted: bool) -> Iterator[Finding]:
    if not node.get("type") and name not in NODE_TYPES:
        advice = nearest(name, NODE_TYPES) or f"; one of {', '.join(NODE_TYPES)}"
        yield Finding((*path, "type"), f"'type' is missing, and the name '{name}' is no type{advice}")
    if not node.get("url") and not node.get("instance"):
        yield Finding((*path, "url"), "'url' is missing: give url, or instance for an entry of ~/.dataiku/config.json")
    elif node.get("url") and node.get("instance"):
        yield Finding((*path, "instance"), "says which node it is, and so does url: keep one of them")
    given = [key for key in KEYS if node.get(key)]
    if len(given) > 1:
        yield Finding((*path, given[1]), f"{' and '.join(given)} are several keys for one node: keep one of them")
    yield from _address(node, path)
    yield from _keys(node, path, encrypted)
    yield from _transport(node, path, folder)
    yield from _projects(node, path)
    for variable in _mapping(node, "vars"):
        if not variable.isidentifier():
            yield Finding((*path, "vars", variable), f"'{variable[:60]}' is no name of a variable")
        elif variable in _OWN_VARIABLES:
            key = variable.removeprefix("dss_")
            advice = f"give {key} of the node" if key in NODE["properties"] else "leave it out"
            yield Finding((*path, "vars", variable), f"the plugin sets it itself: {advice}")


def _of_fleet(fleet: t.Any, path: ValuePath, known: list[str], folder: Path, encrypted: bool) -> Iterator[Finding]:
    if not isinstance(fleet, Mapping):
        return
    yield from _address(fleet, path)
    yield from _keys(fleet, path, encrypted)
    yield from _transport(fleet, path, folder)
    yield from _targets(fleet, path, known)
    if fleet.get("environment") != "network" and not fleet.get("environments") and not known:
        message = "'environments' is missing: it says which tag is which environment, and none is declared here"
        yield Finding((*path, "environments"), message)
    if fleet.get("port") and fleet.get("address") in (None, "public_url"):
        yield Finding((*path, "port"), "not used, because public_url has its port already: give another address too")


def _of_deployer(
    deployer: t.Any, path: ValuePath, known: list[str], hosts: list[str], folder: Path, encrypted: bool
) -> Iterator[Finding]:
    if not isinstance(deployer, Mapping):
        return
    node = deployer.get("node")
    if isinstance(node, str) and node and node not in hosts:
        listed = f"; there are {', '.join(hosts)}" if hosts else ""
        yield Finding((*path, "node"), f"no node of this file is the host '{node}'{nearest(node, hosts) or listed}")
    yield from _keys(deployer, path, encrypted)
    keys = _mapping(deployer, "api_keys")
    for name, key in keys.items():
        yield from _plain_key(key, (*path, "api_keys", name), "api_key", encrypted)
    yield from _transport(deployer, path, folder)
    yield from _targets(deployer, path, known)


def _of_dataiku_config(value: t.Any, known: list[str]) -> Iterator[Finding]:
    for name, told in _mapping(value, "instances").items() if isinstance(value, Mapping) else ():
        path: ValuePath = ("dataiku_config", "instances", name)
        environment = told.get("environment") if isinstance(told, Mapping) else told
        if isinstance(told, Mapping):
            path = (*path, "environment")
            if isinstance(told.get("node"), str):
                yield from _told((*path[:-1], "node"), node_fault(told["node"]))
        if isinstance(environment, str):
            yield from _environment(environment, path, known)


def _targets(source: Mapping, path: ValuePath, known: list[str]) -> Iterator[Finding]:
    for name, environment in _mapping(source, "environments").items():
        if isinstance(environment, str):
            yield from _environment(environment, (*path, "environments", name), known)


def _environment(name: str, path: ValuePath, known: list[str]) -> Iterator[Finding]:
    if name not in known:
        listed = f"; there are {', '.join(known)}" if known else ": declare it below environments, as {} if need be"
        yield Finding(path, f"there is no environment '{name[:60]}'{nearest(name, known) or listed}")


def _address(told: Mapping, path: ValuePath) -> Iterator[Finding]:
    url = told.get("url")
    if isinstance(url, str) and url and not is_template(url) and not isinstance(url, Vaulted):
        yield from _told((*path, "url"), _fault_of(lambda: checked_url(url)))


def _fault_of(check: Callable[[], object]) -> str:
    try:
        check()
    except DssError as error:
        return str(error)
    return ""


def _keys(told: Mapping, path: ValuePath, encrypted: bool) -> Iterator[Finding]:
    """A key in plain text is warned about; a key, and nothing else, may be a ``!vault`` value."""
    for key in _SECRETS:
        yield from _plain_key(told.get(key), (*path, key), key, encrypted)
    for key, value in told.items():
        if isinstance(value, Vaulted) and key not in (*_SECRETS, "key_id"):
            yield Finding((*path, key), "cannot be a !vault value, which only keys are: write a template")


def _plain_key(value: t.Any, path: ValuePath, kind: str, encrypted: bool) -> Iterator[Finding]:
    if isinstance(value, str) and value and not encrypted and not isinstance(value, Vaulted) and not is_template(value):
        message = (
            "the key stands here in plain text, and ansible-inventory prints it: "
            f'write "{{{{ a_vaulted_variable }}}}", !vault or {_SECRETS[kind]}'
        )
        yield Finding(path, message, warning=True)


def _transport(told: Mapping, path: ValuePath, folder: Path) -> Iterator[Finding]:
    certs = told.get("validate_certs")
    if isinstance(certs, str) and not is_template(certs):
        yield Finding((*path, "validate_certs"), "must be true or false, not text")
    for key, (least, most) in _BOUNDS.items():
        value = told.get(key)
        if isinstance(value, str) and not is_template(value):
            yield Finding((*path, key), "must be a number, not text")
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and not least <= value <= most:
            yield Finding((*path, key), f"must be a number from {least:g} to {most:g}")
    for key in FILES:
        name = told.get(key)
        if isinstance(name, str) and name and not is_template(name):
            yield from _file(name, (*path, key), folder)


def _file(name: str, path: ValuePath, folder: Path) -> Iterator[Finding]:
    """A file may be missing where the inventory is read and be there where it is used: only a warning."""
    if not name.isprintable():
        yield Finding(path, "is not the name of a file")
        return
    try:
        with (folder / Path(name).expanduser()).open("rb"):
            return
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        yield Finding(path, f"{name} cannot be read ({reason}): tasks that use it will fail", warning=True)


def _projects(told: Mapping, path: ValuePath) -> Iterator[Finding]:
    for index, key in enumerate(_items(told, "projects")):
        if isinstance(key, str) and key:
            yield from _told((*path, "projects", index), project_fault(key))


def _told(path: ValuePath, message: str) -> Iterator[Finding]:
    if message:
        yield Finding(path, message)


def _mapping(told: t.Any, key: str) -> Mapping:
    value = told.get(key) if isinstance(told, Mapping) else None
    return value if isinstance(value, Mapping) else Mapping()


def _items(told: Mapping, key: str) -> list[t.Any]:
    value = told.get(key)
    return value if isinstance(value, list) else []
