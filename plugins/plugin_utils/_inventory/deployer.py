# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Infrastructures of a Project Deployer as automation nodes."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

from ...module_utils._errors import NodeError, Problem
from ...module_utils._node.client import DssNode
from ...module_utils._node.parallel import gather
from .model import Found, Node, environment_fault, merged, slug
from .variables import Keys, harmless, transport_variables

_INFRAS = "/project-deployer/infras"


def asked(node: DssNode) -> list[dict[str, str]]:
    """Each infrastructure: ``id stage url``. The key that the deployer has for it goes no further than this function."""

    def settings(name: str) -> dict[str, str]:
        told = node.get(f"{_INFRAS}/{quote(name, safe='')}/settings")
        url = told.get("automationNodeUrl") or told.get("automationNodeExternalUrl")
        return {"id": name, "stage": str(told.get("stage") or ""), "url": str(url or "")}

    try:
        names = [str(item["infraBasicInfo"]["id"]) for item in node.get(_INFRAS)]
        return gather([partial(settings, name) for name in names], node.options.workers, lambda: None)
    except (KeyError, TypeError, AttributeError):
        message = f"{node.options.url} answered GET {_INFRAS} as no deployer does: is node the host of a deployer?"
        raise NodeError(message) from None


def nodes_of(
    infrastructures: Sequence[Mapping[str, str]], told: Mapping[str, t.Any], folder: Path, keys: Keys, at: Problem
) -> Found:
    """The automation nodes of infrastructures; ``told`` is the entry in the inventory."""
    nodes, problems = [], []
    given = told.get("api_keys") or {}
    for infrastructure in infrastructures:
        name, stage = infrastructure["id"], infrastructure["stage"]
        environment = _environment(name, stage, told.get("environments"))
        if environment is None:
            continue
        fault = environment_fault(environment) or ("" if infrastructure["url"] else "it has no automation node")
        if fault:
            problems.append(Problem(f"infrastructure {name} is left out: {fault}", at.path, at.location, "warning"))
            continue
        variables = {
            "dss_url": harmless(infrastructure["url"]),
            "dss_infrastructure": harmless(name),
            **transport_variables(told, folder),
        }
        key = given[name] if name in given else told.get("api_key")
        if key is not None:
            variables = merged(variables, keys.variables("dss_api_key", key))
        found = Problem("", f"{at.path} {name}", at.location)
        nodes.append(Node(environment, slug(name, environment) or "automation", "automation", variables, found=found))
    for name in given:
        if all(name != infrastructure["id"] for infrastructure in infrastructures):
            message = f"the deployer has no infrastructure '{name}', so its key is not used"
            problems.append(Problem(message, f"{at.path}.api_keys", at.location, "warning"))
    return Found((), tuple(nodes), tuple(problems))


def _environment(name: str, stage: str, table: Mapping[str, str] | None) -> str | None:
    if table:
        return next(("".join(table[key]) for key in (name, stage) if key in table), None)
    return slug(stage) or None
