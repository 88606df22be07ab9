# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that an inventory gives as variables: ``dss_timeout`` for ``timeout``."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Collection, Iterable, Mapping

from ansible.errors import AnsibleError, AnsibleValueOmittedError
from ansible.parsing.vault import VaultHelper

from ..module_utils._options import BACKEND, NODE

# What says which node is meant and who asks: never put together from two origins.
NODE_IDENTITY = ("url", "api_key", "instance")
_BY_ITSELF = {*NODE, *BACKEND, "environment", "environment_content", "project"} - {*NODE_IDENTITY}

Value = Callable[[str], t.Any]  # of a variable, None where there is none; asked only for what is needed


def with_variables(
    options: Collection[str], given: Mapping[str, t.Any], value: Value, exclusive: Iterable[Collection[str]] = ()
) -> dict[str, t.Any]:
    """What a task gives, completed by variables for those of the ``options`` of the module that it leaves out.

    Of the options that are ``exclusive`` none is added to one that is given.
    """
    given = {name: option for name, option in given.items() if option is not None}
    ruled_out = {name for group in exclusive if given.keys() & {*group} for name in group}
    found = {name: value(f"dss_{name}") for name in sorted((_BY_ITSELF & {*options}) - ruled_out - given.keys())}
    if "url" in options:
        found |= _node(given, value)
    return {**{name: option for name, option in found.items() if option is not None}, **given}


def _node(given: Mapping[str, t.Any], value: Value) -> dict[str, t.Any]:
    """The node of the variables, unless the task names one; only an ``api_key`` of the task may go with it.

    An empty key beside a URL says that there is none: one of the process would be that of another node.
    """
    if "url" in given or "instance" in given:
        return {}
    url, instance = value("dss_url"), value("dss_instance")
    if url is None and instance is None:
        return {}
    key = None if "api_key" in given else value("dss_api_key")
    return {"url": url, "instance": instance, "api_key": "" if key is None and instance is None else key}


def with_hosts(
    spec: Mapping[str, Mapping[str, t.Any]], given: Mapping[str, t.Any], value_for: Callable[[str], Value]
) -> dict[str, t.Any]:
    """The options that describe another node, such as ``source``, with what the host says that ``host`` names in them."""
    found = dict(given)
    for name, rule in spec.items():
        node = given.get(name)
        if "host" in rule.get("options", ()) and isinstance(node, Mapping) and node.get("host"):
            rest = {key: option for key, option in node.items() if key != "host"}
            found[name] = with_variables(rule["options"], rest, value_for(str(node["host"])))
    return found


def value_of(variables: Mapping[str, t.Any], templar: t.Any) -> Value:
    """Looks up variables and templates those that are asked for; what is empty or omitted is not given."""

    def value(name: str) -> t.Any:
        if name not in variables:
            return None
        try:
            found = templar.template(variables[name])
        except AnsibleValueOmittedError:
            return None
        except AnsibleError as error:
            raise AnsibleError(f"variable {name} cannot be used: {error}") from None
        return None if found == "" else found

    return value


def loop_names(variables: Mapping[str, t.Any]) -> tuple[str, ...]:
    """The names of the variables that a loop sets."""
    names = (variables.get("ansible_loop_var", "item"), variables.get("ansible_index_var", ""), "ansible_loop")
    return tuple(str(name) for name in names if name)


def vaulted(value: t.Any) -> set[str]:
    """The texts that come from a vault, at whatever depth: they are secret whatever they are called."""
    if isinstance(value, Mapping):
        return {text for inner in value.values() for text in vaulted(inner)}
    if isinstance(value, (list, tuple)):
        return {text for inner in value for text in vaulted(inner)}
    return {"".join(value)} if VaultHelper.get_ciphertext(value, with_tags=False) else set()
