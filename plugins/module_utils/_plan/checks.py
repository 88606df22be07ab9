# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stops a plan, or is worth a warning, once the node is known."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .._errors import Problem
from .._kinds.base import Kind, Resource
from .model import BOTH, CREATE, DRIFT, RENAME, REPLACE, UNCHANGED, UPDATE, Action, Options, Snapshot

_OF_PLUGINS = ("CustomPython_", "CustomCode_")


def limits(actions: Iterable[Action], options: Options, existing: Iterable[Resource] = ()) -> list[Problem]:
    """Deletions that the configuration or the caller does not allow; ``existing`` is what is declared and there."""
    destroyed = {action.address: action for action in actions if action.destroys}
    whole = any(action.kind == "project" for action in destroyed.values())
    problems = []
    for resource in existing:
        action = destroyed.get(resource.address)
        if resource.prevent_destroy and (action or (whole and resource.project)):
            what = "replaced" if action and action.action == REPLACE else "deleted"
            problems.append(
                Problem(
                    f"{resource.address} would be {what} but lifecycle.prevent_destroy is set: take that line out to allow it",
                    resource.path,
                    resource.location,
                )
            )
    if destroyed and len(destroyed) > options.max_deletes:
        names = ", ".join([*destroyed][:5])
        problems.append(
            Problem(
                f"{len(destroyed)} objects would be deleted or replaced ({names}{' ...' if len(destroyed) > 5 else ''}), "
                f"max_deletes is {options.max_deletes}: set max_deletes={len(destroyed)} if this is what you want"
            )
        )
    return problems


def absences(desired: Mapping[str, Resource], ids: Mapping[str, str], kinds: Mapping[str, Kind]) -> list[Problem]:
    """What is not on the node, as ``ids`` says, and is not to be made or cannot be."""
    problems = []
    for key, resource in desired.items():
        what = f"{resource.address} is not on the node, and"
        if key in ids:
            continue
        if resource.external:
            message = f"{what} external says that it is made elsewhere: make it there first, or take that line out"
        elif not kinds[resource.kind].can_make(resource):
            message = f"{what} the API of DSS cannot make a {resource.kind.replace('_', ' ')}: make it in DSS, or import it with its project"
        else:
            continue
        problems.append(Problem(message, resource.path, resource.location))
    return problems


def cautions(actions: Iterable[Action], snapshot: Snapshot, kinds: Mapping[str, Kind]) -> list[Problem]:
    """What the kinds have to say of the objects that are to be changed."""
    return [
        Problem(f"{action.address}: {text}", action.resource.path, action.resource.location, "warning")
        for action in actions
        if action.resource is not None and action.action in (UPDATE, RENAME)
        for text in kinds[action.kind].cautions(
            replace(action.resource, declared=action.declared), action.before, snapshot.caller
        )
    ]


def protections(actions: Iterable[Action], kinds: Mapping[str, Kind]) -> list[Problem]:
    """What is never deleted."""
    return [
        Problem(f"{action.address} is not deleted: {reason}", location=action.location)
        for action in actions
        if action.destroys and (reason := kinds[action.kind].protected(action.before))
    ]


def data_limits(actions: Iterable[Action], options: Options, kinds: Mapping[str, Kind]) -> list[Problem]:
    """Deletions that take data along which nobody gave up, where DSS cannot keep it."""
    if options.drop_data:
        return []
    return [
        Problem(
            f"{action.address} would be deleted with {kinds[action.kind].data}: set drop_data=true if this is what you want",
            location=action.location,
        )
        for action in actions
        if action.destroys and kinds[action.kind].data_goes_along
    ]


def twins(unmanaged: Iterable[str], desired: Mapping[str, Resource]) -> list[Problem]:
    """Objects that nobody manages and that have the name of a declared one: DSS allows two folders of one name."""
    return [
        Problem(
            f"the node holds another {desired[key].kind.replace('_', ' ')} of this name, which is not managed: delete it "
            "there if a write arrived twice, or rename it",
            desired[key].path,
            desired[key].location,
            "warning",
        )
        for key in unmanaged
        if key in desired
    ]


def drift_limits(actions: Iterable[Action], options: Options) -> list[Problem]:
    """With ``on_drift="fail"`` what somebody changed in DSS stops the plan."""
    if options.on_drift != "fail":
        return []
    found = [action for action in actions if action.cause in (DRIFT, BOTH)]
    names = ", ".join(action.address for action in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    problem = Problem(
        f"DSS was changed since the last apply ({names}{more}) and on_drift is fail: declare what DSS holds to accept it, "
        "add a rule to ignore_drift, or set on_drift to overwrite or keep"
    )
    return [problem] if found else []


def surroundings(
    actions: Iterable[Action], desired: Mapping[str, Resource], snapshot: Snapshot
) -> tuple[list[Problem], list[Problem]]:
    """Connections, code environments and plugins that an action needs and the node lacks: (problems, warnings)."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    declared = {resource.name for resource in desired.values() if resource.kind == "connection"}
    code_envs = (snapshot.code_envs or frozenset()) | {
        resource.name for resource in desired.values() if resource.kind == "code_env"
    }
    for action in actions:
        resource = action.resource
        if resource is None or action.action not in (CREATE, UPDATE, REPLACE, RENAME):
            continue
        for kind, name in resource.references:
            if kind == "connection" and name not in declared and name not in snapshot.connections and "${" not in name:
                found = problems if snapshot.connections_complete else warnings
                found.append(
                    _lacking(resource, f"Connection '{name}' not found. Available: {_listed(snapshot.connections)}")
                )
        for name in _code_envs(action):
            if snapshot.code_envs is not None and name not in code_envs:
                problems.append(
                    _lacking(resource, f"Code environment '{name}' not found. Available: {_listed(code_envs)}")
                )
        warnings += _plugins(action, resource, snapshot, desired)
    changed = {action.project for action in actions if action.project and action.action != UNCHANGED}
    if not snapshot.may_write:
        warnings += [
            Problem(f"the API key seems to lack the right to write project content in {project}", severity="warning")
            for project in sorted(changed)
        ]
    return problems, warnings


def _lacking(resource: Resource, message: str) -> Problem:
    return Problem(message, resource.path, resource.location)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def explicit_env(declared: Mapping[str, t.Any]) -> str | None:
    """The code environment that a declared document names, or None when DSS chooses."""
    params = declared.get("params")
    selection = params.get("envSelection") if isinstance(params, Mapping) else None
    if not isinstance(selection, Mapping) or selection.get("envMode") != "EXPLICIT_ENV":
        return None
    return selection.get("envName") or None


def _code_envs(action: Action) -> list[str]:
    name = explicit_env(action.declared)
    changed = action.action != UPDATE or any(change.path.startswith("code_env") for change in action.changes)
    return [name] if name and changed else []


def _plugins(action: Action, resource: Resource, snapshot: Snapshot, desired: Mapping[str, Resource]) -> list[Problem]:
    """The plugin of a type ``CustomPython_<plugin>_<id>``; how a recipe type names its plugin is unverified."""
    kind = t.cast(str, action.declared.get("type") or "")
    if not kind.startswith(_OF_PLUGINS) or snapshot.plugins is None:
        return []
    declared = (other.name for other in desired.values() if other.kind == "plugin")
    if plugin_of_type(kind, (*snapshot.plugins, *declared)):
        return []
    return [Problem(f"no plugin of the node seems to provide type {kind}", resource.path, resource.location, "warning")]


def plugin_of_type(kind: str, plugins: Iterable[str]) -> str | None:
    """The plugin that seems to provide a type, None where none of them does or it is DSS's own."""
    if not kind.startswith(_OF_PLUGINS):
        return None
    rest = kind.partition("_")[2]
    return max((plugin for plugin in plugins if rest.startswith(plugin)), key=len, default=None)
