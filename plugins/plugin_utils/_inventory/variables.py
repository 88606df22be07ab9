# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of hosts: templates stay templates, keys are worked out where they are used and not before."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible.parsing.vault import EncryptedString
from ansible.template import trust_as_template

from .checks import FILES, is_template
from .model import Environment, Node, merged
from .schema import CONTENT

_HARMLESS = re.compile(r"[A-Za-z0-9_.:/+-]*")

# A host is a node and not a machine: its tasks run here.
LOCAL: Mapping[str, t.Any] = {
    "ansible_connection": trust_as_template("local"),
    "ansible_python_interpreter": trust_as_template("{{ ansible_playbook_python }}"),
}
_FROM_FILE = trust_as_template("{{ lookup('ansible.builtin.file', dss_api_key_file, lstrip=true) }}")
_FROM_ENVIRONMENT = trust_as_template("{{ lookup('ansible.builtin.env', dss_api_key_env, default=undef()) }}")
_TRANSPORT = ("ca_path", "validate_certs", "client_certificate", "timeout", "workers", "write_connections")


@dataclass(frozen=True)
class Keys:
    """Makes variables of keys; ``encrypt`` is there for a file that is encrypted as a whole."""

    encrypt: Callable[[str], EncryptedString] | None = None

    def variables(self, name: str, value: t.Any) -> dict[str, t.Any]:
        """A key as the variable ``name``, in which nobody finds it without using it."""
        if isinstance(value, str) and self.encrypt and not is_template(value):
            value = self.encrypt(value)
        return concealed(name, value)


def concealed(name: str, value: t.Any) -> dict[str, t.Any]:
    """A variable; a ``!vault`` value lies one level deeper, since ``ansible-inventory --graph --vars`` decrypts what it prints."""
    if isinstance(value, EncryptedString):
        return {name: trust_as_template(f"{{{{ dss_vaulted.{name} }}}}"), "dss_vaulted": {name: value}}
    return {name: value}


def trusted(value: t.Any) -> t.Any:
    """Text of the user's files that is no template of Ansible; what looks like one is left alone and printed as unsafe."""
    if isinstance(value, Mapping):
        return {trusted(key): trusted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [trusted(inner) for inner in value]
    if isinstance(value, str) and not is_template(value):
        return trust_as_template("".join(value))
    return value


def harmless(value: t.Any) -> t.Any:
    """A name, version or address that a server gave: trusted only where its letters cannot make a template."""
    return trusted(value) if isinstance(value, str) and _HARMLESS.fullmatch(value) else value


def node_variables(told: Mapping[str, t.Any], folder: Path, keys: Keys) -> dict[str, t.Any]:
    """The variables that the keys of a node give; relative files begin in ``folder``."""
    variables: dict[str, t.Any] = {}
    for name, value in (told.get("vars") or {}).items():
        variables = merged(variables, concealed(name, value))
    variables |= {f"dss_{key}": told[key] for key in ("url", "instance") if key in told}
    if "api_key_file" in told:
        variables |= {"dss_api_key": _FROM_FILE, "dss_api_key_file": placed(told["api_key_file"], folder)}
    elif "api_key_env" in told:
        variables |= {"dss_api_key": _FROM_ENVIRONMENT, "dss_api_key_env": told["api_key_env"]}
    elif "api_key" in told:  # looking whether it is empty would decrypt it
        variables = merged(variables, keys.variables("dss_api_key", told["api_key"]))
    return {**variables, **transport_variables(told, folder)}


def transport_variables(told: Mapping[str, t.Any], folder: Path, prefix: str = "dss_") -> dict[str, t.Any]:
    """The variables of how a node is reached."""
    given = {key: told[key] for key in _TRANSPORT if told.get(key) is not None}
    return {f"{prefix}{key}": placed(value, folder) if key in FILES else value for key, value in given.items()}


def placed(name: t.Any, folder: Path) -> t.Any:
    """A file as an absolute path, unless it is a template."""
    return name if is_template(name) else trusted(str(folder / Path("".join(name)).expanduser()))


def host_variables(node: Node, environment: Environment) -> dict[str, t.Any]:
    """All variables of a host, facts apart."""
    content = {key: environment.content[key] for key in CONTENT if environment.content.get(key)}
    projects = node.projects if node.projects is not None else environment.projects
    shown = {"dss_projects": trusted(list(projects))} if projects is not None and node.holds_projects else {}
    return {
        **LOCAL,
        **node.variables,
        "dss_environment": trusted(node.environment),
        "dss_environment_content": content,
        "dss_node": trusted(node.name),
        "dss_node_type": trusted(node.type),
        **shown,
    }
