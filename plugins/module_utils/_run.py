# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options in, result out: what every module and its action stub call."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module

from ._deployer.kinds import DEPLOYER
from ._errors import DssError, visible
from ._kinds import KINDS
from ._secrets import option_secrets, scrubbed
from ._task import Caller, RunError

if t.TYPE_CHECKING:  # only what is imported somewhere is packed for a host
    from . import _bundles, _configurations, _convert, _infos, _promote, _remappings, _rollback, _single, _states  # noqa: F401
    from ._deployer import run as _deployer_run  # noqa: F401
    from ._import import run as _import_run  # noqa: F401
    from ._runs import infos, verbs  # noqa: F401

Module = Callable[[Mapping[str, t.Any], Caller, set[str]], dict[str, t.Any]]

# Where the function of a module is, for those that are not of one kind.
_PLACES: Mapping[str, tuple[str, str]] = {
    "configuration": ("_configurations", "manage_configuration"),
    "convert": ("_convert", "convert_configuration"),
    "state": ("_states", "manage_state"),
    "state_lock": ("_states", "manage_lock"),
    "bundle": ("_bundles", "manage_bundle"),
    "bundle_info": ("_bundles", "bundle_info"),
    "connection_remapping": ("_remappings", "manage_remapping"),
    "connection_remapping_info": ("_remappings", "remapping_info"),
    "project_import": ("_import.run", "project_import"),
    "promotion": ("_promote", "manage_promotion"),
    "rollback": ("_rollback", "rollback"),
    "build": ("_runs.verbs", "build"),
    "build_info": ("_runs.infos", "build_info"),
    "gate": ("_runs.verbs", "gate"),
    "scenario_run": ("_runs.verbs", "scenario_run"),
    "scenario_run_info": ("_runs.infos", "scenario_run_info"),
}
_WITHOUT_SECRETS = frozenset({"convert", "state", "state_lock"})  # need no node, so that they add none
_WITH_ALL_KINDS = frozenset({"configuration", "convert", "project_import", "promotion", "rollback", "state"})
_BESIDE = {"dataset": ("connection", "recipe")}  # kinds that its checks and its deletion need
_OF_KINDS = ("_single", "manage_object"), ("_infos", "kind_info")
_OF_DEPLOYER = ("_deployer.run", "manage"), ("_deployer.run", "infos")


def run(module: str, params: Mapping[str, t.Any], caller: Caller) -> dict[str, t.Any]:
    """Plan, and apply unless in check mode. Raises ``DssError``; secrets are replaced in results and errors alike."""
    secrets = option_secrets(params) | caller.secrets
    try:
        result = module_of(module)(params, caller, secrets)
    except RunError as error:
        raise RunError(visible(scrubbed(str(error), secrets)), scrubbed(error.result, secrets)) from None
    except DssError as error:
        error.args = (visible(scrubbed(str(error), secrets)),)
        raise
    return t.cast("dict[str, t.Any]", scrubbed(result, secrets))


@cache
def module_of(name: str) -> Module:
    """The function of a module, with all that it mostly imports, so that a parent can do it for its workers.

    Raises ``KeyError`` for a name that no module has.
    """
    about = name.removesuffix("_info")
    if about in KINDS:
        for other in {about, *KINDS[about].names_of, *_BESIDE.get(about, ())} & KINDS.keys():
            KINDS[other]
        return partial(_function(*_OF_KINDS[name != about]), about)
    if about in DEPLOYER:
        return partial(_function(*_OF_DEPLOYER[name != about]), about)
    if name in _WITH_ALL_KINDS:
        tuple(KINDS.values())
    function = _function(*_PLACES[name])
    return (lambda params, caller, secrets: function(params, caller)) if name in _WITHOUT_SECRETS else function


def _function(module: str, name: str) -> Callable[..., dict[str, t.Any]]:
    return t.cast("Callable[..., dict[str, t.Any]]", getattr(import_module(f".{module}", __package__), name))
