# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options in, result out: what every module and its action stub call."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from functools import partial

from ._bundles import bundle_info, manage_bundle
from ._convert import convert_configuration
from ._deploy import deploy
from ._deployer.kinds import DEPLOYER
from ._deployer.run import infos, manage
from ._errors import DssError, visible
from ._import.run import project_import
from ._infos import kind_info
from ._kinds import KINDS
from ._plan.build import resource_notes
from ._promote import manage_promotion
from ._remappings import manage_remapping, remapping_info
from ._rollback import rollback
from ._runs.infos import build_info, scenario_run_info
from ._runs.verbs import build as run_build
from ._runs.verbs import gate, scenario_run
from ._secrets import option_secrets, scrubbed
from ._session import session
from ._several import deploy_several
from ._single import one_object
from ._states import manage_lock, manage_state
from ._task import Caller, RunError, target_of, targets_of

Module = Callable[[Mapping[str, t.Any], Caller, set[str]], dict[str, t.Any]]

_WITHOUT_NODE = {"convert": convert_configuration, "state": manage_state, "state_lock": manage_lock}
_ON_NODE: Mapping[str, Module] = {  # modules that are neither a kind of a configuration nor a configuration
    "bundle": manage_bundle,
    "bundle_info": bundle_info,
    "connection_remapping": manage_remapping,
    "connection_remapping_info": remapping_info,
    "project_import": project_import,
    "promotion": manage_promotion,
    "rollback": rollback,
    "build": run_build,
    "build_info": build_info,
    "gate": gate,
    "scenario_run": scenario_run,
    "scenario_run_info": scenario_run_info,
    **{name: partial(manage, name) for name in DEPLOYER},
    **{f"{name}_info": partial(infos, name) for name in DEPLOYER},
    **{f"{name}_info": partial(kind_info, name) for name in KINDS},
}


def run(module: str, params: Mapping[str, t.Any], caller: Caller) -> dict[str, t.Any]:
    """Plan, and apply unless in check mode. Raises ``DssError``; secrets are replaced in results and errors alike."""
    secrets = option_secrets(params) | caller.secrets
    try:
        result = _run(module, params, caller, secrets)
    except RunError as error:
        raise RunError(visible(scrubbed(str(error), secrets)), scrubbed(error.result, secrets)) from None
    except DssError as error:
        error.args = (visible(scrubbed(str(error), secrets)),)
        raise
    return t.cast("dict[str, t.Any]", scrubbed(result, secrets))


def _run(module: str, params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    if module in _WITHOUT_NODE:
        return _WITHOUT_NODE[module](params, caller)
    if module in _ON_NODE:
        return _ON_NODE[module](params, caller, secrets)
    if module == "configuration":
        return _configuration(params, caller, secrets)
    target = target_of(module, params, caller)
    secrets |= target.secrets
    with session(params, caller, secrets) as node:
        return one_object(params, caller, target, node)


def _configuration(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    targets = targets_of(params, caller)
    for target in targets:
        secrets |= target.secrets
    if params["validate_only"]:
        notes = [str(note) for target in targets for note in resource_notes(target.resources)]
        told = [warning for target in targets for warning in target.warnings]
        names = sorted(address for target in targets for address in target.resources)
        return {"changed": False, "warnings": [*told, *notes], "resources": names}
    if len(targets) > 1:
        return deploy_several(params, caller, targets, secrets)
    return deploy(params, caller, targets[0], secrets)
