# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Resources under the names that connections, code environments and containers have on another node."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._kinds.base import Resource, TypeOfConnection
from .._remapping import Remapping

# The keys of DSS that hold a name, wherever they stand: dss-object-shapes.md, "Code environment and container
# selection" and the params of datasets, folders, triggers and steps.
_NAMES: Mapping[str, str] = {
    "connection": "connections",
    "uploadConnection": "connections",
    "envName": "code_envs",
    "containerConf": "containers",
}
# Mappings whose keys are names that users made, so that "connection" in them may mean anything.
_OF_USERS = frozenset({"variables", "customFields", "customMeta", "outputColumnNameOverrides"})
# Kinds that keep their own names, and variables, which are of users.
_KEPT = frozenset({"connection", "instance_variables", "variables"})


def remapped(resources: Mapping[str, Resource], remapping: Remapping) -> dict[str, Resource]:
    """The resources with the names that the remapping gives; what uses none of its sources is the same object."""
    if not remapping:
        return dict(resources)
    return {address: _resource(resource, remapping) for address, resource in resources.items()}


def _resource(resource: Resource, remapping: Remapping) -> Resource:
    if resource.kind in _KEPT:
        return resource
    declared, first = _value(resource.declared, remapping), _value(resource.first, remapping)
    references = tuple(
        (kind, remapping.connections.get(name, name) if kind == "connection" else name)
        for kind, name in resource.references
    )
    if (declared, first, references) == (resource.declared, resource.first, resource.references):
        return resource
    return replace(resource, declared=declared, first=first, references=references)


def _value(value: t.Any, remapping: Remapping) -> t.Any:
    if isinstance(value, TypeOfConnection):
        return TypeOfConnection(remapping.connections.get(value.connection, value.connection))
    if isinstance(value, dict):
        return {key: _member(key, inner, remapping) for key, inner in value.items()}
    return [_value(inner, remapping) for inner in value] if isinstance(value, list) else value


def _member(key: str, value: t.Any, remapping: Remapping) -> t.Any:
    if isinstance(value, str):
        section = _NAMES.get(key)
        return remapping.section(section).get(value, value) if section else value
    return value if key in _OF_USERS else _value(value, remapping)
