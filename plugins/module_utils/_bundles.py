# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules bundle and bundle_info: what they do depends on the type of the node."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from contextlib import nullcontext

from ._bundle.at_automation import AtAutomation
from ._bundle.at_design import AtDesign
from ._bundle.automation import activation, imported
from ._bundle.design import content_of, exported, published_ids
from ._errors import DssError
from ._kinds.base import Node
from ._node.answer import understood
from ._session import other_session, session
from ._task import Caller

# What only one type of node understands; the defaults of the others cannot be told from what a user gives.
_OF_DESIGN = ("release_notes", "publish", "published_project", "deployer")
_OF_AUTOMATION = ("source", "scenarios", "preload", "project_folder")


def manage_bundle(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """Bring a bundle to the state that is asked for. Raises ``DssError``."""
    if not all(isinstance(active, bool) for active in (params["scenarios"] or {}).values()):
        raise DssError("scenarios takes true or false for the id of each scenario")
    with session(params, caller, secrets) as node:
        if is_design(node, "bundle"):
            _refuse(params, _OF_AUTOMATION, "a design node", "an automation node")
            return AtDesign(node, params, caller, _taken(params, caller, secrets)).run()
        _refuse(params, _OF_DESIGN, "an automation node", "a design node")
        given = params["source"]
        with other_session("source", given, caller, secrets) if given else nullcontext() as source:
            return AtAutomation(node, source, params, caller).run()


def _taken(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> frozenset[str]:
    """The ids of the project on the deployer, where the task names it."""
    if not params["deployer"]:
        return frozenset()
    with other_session("deployer", params["deployer"], caller, secrets) as deployer:
        return published_ids(deployer, params["published_project"] or params["project"])


def bundle_info(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """The bundles of a project on a node. Raises ``DssError``."""
    project = params["project"]
    with session(params, caller, secrets) as node:
        if is_design(node, "bundle_info"):
            content = content_of(node, project)
            told = {"commit": content.commit, "known": content.known, "reason": content.reason}
            bundles = [
                {
                    "id": entry.id,
                    "commit": entry.commit,
                    "release_notes": entry.notes,
                    "exported_by": entry.exported_by,
                    "exported_on": entry.exported_on,
                    "published_project": entry.published,
                }
                for entry in exported(node, project)
            ]
            return {"changed": False, "node_type": "design", "bundles": bundles, "content": told}
        state = activation(node, project)
        here = [
            {"id": item.id, "commit": item.commit, "release_notes": item.notes, "imported_on": item.imported_on}
            for item in imported(node, project)
        ]
        active = state.bundle if state else ""
        found = {
            "active_bundle": active,
            "activated_on": state.at if state else None,
            "project_exists": state is not None,
        }
        return {"changed": False, "node_type": "automation", "bundles": here, **found}


def is_design(node: Node, module: str) -> bool:
    """Whether a node is a design node and not an automation node. Raises ``DssError`` for any other type."""
    kind = node_type(node)
    if kind not in ("design", "automation"):
        raise DssError(f"{module} needs a design or an automation node, and this is a node of type {kind or 'unknown'}")
    return kind == "design"


def node_type(node: Node) -> str:
    """The type of a node in lower case, such as ``design``. Raises ``NodeError``."""
    with understood("the type of the node"):
        return str(node.get("/instance-info").get("nodeType") or "").lower()


def _refuse(params: Mapping[str, t.Any], names: tuple[str, ...], here: str, there: str) -> None:
    given = [name for name in names if params[name]]
    if given:
        raise DssError(
            f"this is {here}, and {', '.join(given)} means something on {there} only: leave it out, or give its url"
        )
