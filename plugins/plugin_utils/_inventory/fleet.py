# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances of Fleet Manager as nodes; each admin key is asked for by the lookup fleet_key when it is used."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from pathlib import Path

from ansible.template import trust_as_template

from ...module_utils._errors import DssError, Problem
from ...module_utils._node.fleet import FleetManager
from ...module_utils._node.options import node_options
from .model import Found, Node, environment_fault, merged, slug
from .schema import NODE_TYPES
from .variables import Keys, harmless, transport_variables

_KEY = trust_as_template("{{ lookup('dataiku_iac.dss.fleet_key', dss_fleet_instance) }}")


def fleet_of(params: Mapping[str, t.Any], environ: Mapping[str, str]) -> FleetManager:
    """The client for ``cloud url key_id key_secret tenant`` and how it is reached. Raises ``DssError``."""
    for key in ("url", "key_id", "key_secret"):  # what is empty would be taken from somewhere else
        if not params.get(key):
            raise DssError(f"Fleet Manager: {key} is empty")
    told = {key: params.get(key) for key in ("url", "ca_path", "validate_certs", "client_certificate", "timeout")}
    options = node_options({**told, "api_key": params.get("key_secret")}, environ)
    return FleetManager(options, str(params["cloud"]), str(params["key_id"]), str(params.get("tenant") or "main"))


def asked(params: Mapping[str, t.Any], environ: Mapping[str, str]) -> list[dict[str, t.Any]]:
    """The instances of a Fleet Manager, as it may be kept in a cache."""
    fleet = fleet_of(params, environ)
    try:
        return fleet.instances()
    finally:
        fleet.close()


def nodes_of(
    instances: Sequence[Mapping[str, t.Any]],
    told: Mapping[str, t.Any],
    known: Sequence[str],
    folder: Path,
    keys: Keys,
    at: Problem,
) -> Found:
    """The nodes of instances; ``told`` is the entry in the inventory, ``known`` are the environments declared there."""
    shared = _shared(told, folder, keys)
    nodes, problems = [], []
    for instance in instances:
        environment = _environment(instance, told, known)
        address, kind = _address(instance, told), instance["type"]
        fault = environment_fault(environment) if environment else ""
        if environment is None:
            continue
        if fault or kind not in NODE_TYPES:
            reason = fault or f"its type is {kind or 'not told'}"
            problems.append(_left_out(at, instance, reason))
        elif not address:
            problems.append(_left_out(at, instance, f"it has no {told.get('address') or 'public_url'}: is it running?"))
        else:
            own = {
                "dss_url": harmless(address),
                "dss_fleet_instance": harmless(instance["id"]),
                "dss_fleet_tags": [harmless(tag) for tag in instance["tags"]],
            }
            found = Problem("", f"{at.path} {instance['label']}", at.location)
            name = slug(instance["label"], environment) or kind
            nodes.append(Node(environment, name, kind, {**shared, **own}, found=found))
    return Found((), tuple(nodes), tuple(problems))


def _shared(told: Mapping[str, t.Any], folder: Path, keys: Keys) -> dict[str, t.Any]:
    variables = {
        "dss_api_key": _KEY,
        **transport_variables(told, folder),
        **transport_variables(told, folder, "dss_fleet_"),
        **{f"dss_fleet_{key}": told[key] for key in ("cloud", "url", "tenant") if key in told},
    }
    for key in ("key_id", "key_secret"):
        variables = merged(variables, keys.variables(f"dss_fleet_{key}", told[key]))
    return variables


def _environment(instance: Mapping[str, t.Any], told: Mapping[str, t.Any], known: Sequence[str]) -> str | None:
    """The environment of an instance, None for one that is left out."""
    by_network = told.get("environment") == "network"
    names: list[str] = instance["network"] if by_network else instance["tags"]
    table = told.get("environments")
    if table:
        return next(("".join(table[name]) for name in names if name in table), None)
    if by_network:
        return slug(names[0]) if names else None
    return next((name for name in names if name in known), None)


def _address(instance: Mapping[str, t.Any], told: Mapping[str, t.Any]) -> str | None:
    kind = told.get("address") or "public_url"
    address: str | None = instance["addresses"].get(kind)
    if not address or kind == "public_url":
        return address
    return f"https://{address}:{told['port']}" if told.get("port") else f"https://{address}"


def _left_out(at: Problem, instance: Mapping[str, t.Any], reason: str) -> Problem:
    return Problem(f"instance {instance['label']} is left out: {reason}", at.path, at.location, "warning")
