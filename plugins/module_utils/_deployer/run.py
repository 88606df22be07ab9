# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules of the Project Deployer: its objects as declared, and what it holds."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from functools import partial

from .._errors import Problem
from .._node.answer import understood
from .._node.client import DssNode
from .._node.parallel import gather
from .._plan.model import Snapshot
from .._session import session
from .._single import one_object
from .._task import Caller, Target, target_of
from .base import DeployerKind
from .deployment import Deployment, Settling
from .kinds import DEPLOYER

Params = Mapping[str, t.Any]
Result = dict[str, t.Any]

# Options of the engine that mean nothing here, since only one object is planned and none has data.
_ENGINE: Params = {"drop_data": False, "max_deletes": 1, "update_secrets": "on_create", "ignore_tags": []}


def manage(name: str, params: Params, caller: Caller, secrets: set[str]) -> Result:
    """Make an object of the Project Deployer as declared, or delete it. Raises ``DssError``."""
    params = {**_ENGINE, **params}
    told: list[str] = []
    kinds: dict[str, DeployerKind] = {**DEPLOYER}
    if name == "deployment":
        waits = (params["wait_timeout"], lambda: caller.guard.stopped)
        kinds[name] = Deployment(Settling(params["update"], params["ignore_warnings"], *waits, told))
    target = target_of(name, params, caller, kinds)
    secrets |= target.secrets
    with session(params, caller, secrets) as node:
        check = partial(_checked, params, caller, target, kinds[name], node)
        result = one_object(params, caller, target, node, kinds, check)
    return {**result, "warnings": [*result["warnings"], *told]}


def _checked(
    params: Params, caller: Caller, target: Target, kind: DeployerKind, node: DssNode, snapshot: Snapshot
) -> tuple[Problem, ...]:
    """What stands against the plan; what an earlier task may still bring is only a warning in check mode."""
    ((address, resource),) = target.resources.items()
    object_id = kind.find(resource, snapshot.of(kind.name))
    with understood(address):
        if params["state"] == "absent":
            users = kind.users(node, object_id) if object_id is not None else ()
            message = f"DSS deletes none that deployments use: delete {', '.join(users)} first"
            return (Problem(f"{address}: {message}"),) if users else ()
        found = kind.findings(node, resource, snapshot.of(kind.name).get(object_id) if object_id is not None else None)
    severity = "warning" if caller.check_mode else "error"
    return (
        *(Problem(f"{address}: {message}") for message in found.problems),
        *(Problem(f"{address}: {message}", severity=severity) for message in found.missing),
    )


def infos(name: str, params: Params, caller: Caller, secrets: set[str]) -> Result:
    """The objects of a kind, each with the options of its module and with what it is doing. Raises ``DssError``."""
    kind = DEPLOYER[name]
    wanted = params[kind.id_option]
    with session(params, caller, secrets) as node:
        with understood("the Project Deployer"):
            listed = sorted(kind.read_all(node, None))
        ids = [object_id for object_id in listed if wanted in (None, object_id)]
        calls = [partial(_info, kind, node, object_id) for object_id in ids]
        found = gather(calls, node.options.workers, caller.guard.check)
    return {"changed": False, kind.result: found}


def _info(kind: DeployerKind, node: DssNode, object_id: str) -> Result:
    with understood(f"{kind.name} {object_id}"):
        document = kind.read_one(node, None, object_id)
        return {"id": object_id, "options": kind.options(object_id, document), **kind.state(node, object_id, document)}
