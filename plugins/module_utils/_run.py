# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options in, result out: what every module and its action stub call."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ._apply.executor import Outcome, Progress, apply
from ._apply.guard import Guard
from ._configuration.load import Configuration, load
from ._errors import DssError, visible
from ._kinds import KINDS
from ._kinds.base import Resource
from ._node.client import DssNode
from ._node.options import node_options
from ._node.read import read
from ._plan import render
from ._plan.build import build, resource_notes
from ._plan.desired import desired
from ._plan.model import Options, Plan
from ._secrets import option_secrets, scrubbed, secret_values

COMMON = (
    "url",
    "api_key",
    "instance",
    "client_certificate",
    "ca_path",
    "validate_certs",
    "timeout",
    "workers",
    "state",
    "drop_data",
    "max_deletes",
    "update_secrets",
    "ignore_tags",
    "project",
)


class RunError(DssError):
    """A run that failed after it had begun to change things; carries the result so far."""

    def __init__(self, message: str, result: dict[str, t.Any]) -> None:
        self.result = result
        super().__init__(message)


@dataclass(frozen=True)
class Caller:
    """What differs between a module and an action plugin: where texts go and where values come from."""

    environ: Mapping[str, str]
    check_mode: bool = False
    variable: Callable[[str], t.Any] | None = None
    show: Callable[[Plan], None] = lambda plan: None
    progress: Progress = lambda done, total, address: None
    guard: Guard = field(default_factory=Guard)


@dataclass
class Target:
    """What a task is about: the configuration, the project and the desired resources."""

    project: str | None
    resources: dict[str, Resource]
    sections: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)


def run(module: str, params: Mapping[str, t.Any], caller: Caller) -> dict[str, t.Any]:
    """Plan, and apply unless in check mode. Raises ``DssError``; secrets are replaced in results and errors alike."""
    secrets = option_secrets(params)
    try:
        result = _run(module, params, caller, secrets)
    except RunError as error:
        raise RunError(visible(scrubbed(str(error), secrets)), scrubbed(error.result, secrets)) from None
    except DssError as error:
        error.args = (visible(scrubbed(str(error), secrets)),)
        raise
    return t.cast("dict[str, t.Any]", scrubbed(result, secrets))


def _run(module: str, params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    target = _target(module, params, caller)
    secrets |= target.secrets
    if params.get("validate_only"):
        notes = [str(note) for note in resource_notes(target.resources)]
        return {"changed": False, "warnings": [*target.warnings, *notes], "resources": sorted(target.resources)}
    _confirmed(module, params, target)
    options = node_options(params, caller.environ)
    secrets.add(options.api_key)
    with caller.guard as guard:
        node = DssNode(options, lambda: guard.stopped)
        try:
            return _on_node(module, params, caller, target, node, options.workers)
        finally:
            node.close()


def _on_node(
    module: str, params: Mapping[str, t.Any], caller: Caller, target: Target, node: DssNode, workers: int
) -> dict[str, t.Any]:
    guard = caller.guard
    prune = bool(params.get("prune"))
    whole = params["state"] == "absent" and any(resource.kind == "project" for resource in target.resources.values())
    listed = frozenset(kind.section for kind in KINDS.values() if kind.scope == "project") if whole else target.sections
    snapshot = read(
        node, target.project, target.resources, KINDS, listed if prune or whole else frozenset(), workers, guard.check
    )
    wanted = Options(
        absent=params["state"] == "absent",
        prune=prune,
        drop_data=params["drop_data"],
        max_deletes=params["max_deletes"],
        update_secrets=params["update_secrets"],
        ignore_tags=frozenset(params["ignore_tags"]),
        sections=target.sections,
    )
    plan = build(target.resources, snapshot, wanted, KINDS)
    result = _result(plan, target)
    caller.show(plan)
    if plan.problems:
        raise RunError(render.problems(plan.problems), _brief({**result, "changed": False}))
    if caller.check_mode or not plan.changed:
        return result
    outcome = apply(
        plan,
        node,
        KINDS,
        guard,
        wanted,
        workers=workers,
        on_error=params.get("on_error", "stop"),
        progress=caller.progress,
    )
    return _finished(result, outcome)


def _target(module: str, params: Mapping[str, t.Any], caller: Caller) -> Target:
    if module == "configuration":
        source = params.get("definition") or Path(params["path"])
        configuration = load(
            source,
            kinds=KINDS,
            environment=params.get("environment"),
            variables=params.get("variables") or {},
            lookup=caller.variable,
            process_environment=caller.environ,
            naming=params["naming"],
            strict=params["strict"],
        )
        return _of(configuration, configuration.project_key)
    kind = KINDS[module]
    author = {key: value for key, value in params.items() if key not in COMMON and value is not None}
    project = author["key"] if kind.singleton else params.get("project")
    if params["state"] == "absent":
        resource = Resource(
            kind.name, project if kind.scope == "project" else None, kind.identity(author), {}, identity=author
        )
        return Target(project, {resource.address: resource})
    definition = {kind.section: author if kind.singleton else [author]}
    return _of(
        load(definition, kinds=KINDS, project_key=project, lookup=caller.variable, process_environment=caller.environ),
        project,
    )


def _of(configuration: Configuration, project: str | None) -> Target:
    secrets = {secret for entry in configuration.declarations for secret in secret_values(entry.fields)}
    return Target(
        project,
        desired(configuration.declarations, project, KINDS),
        configuration.sections,
        [str(warning) for warning in configuration.warnings],
        secrets,
    )


def _confirmed(module: str, params: Mapping[str, t.Any], target: Target) -> None:
    """Deleting a whole project has to be said twice."""
    if module != "configuration" or params["state"] != "absent":
        return
    if params.get("confirm") != target.project:
        raise DssError(
            f"state: absent would delete project {target.project} with everything in it: set confirm: {target.project} "
            "if this is what you want"
        )


def _result(plan: Plan, target: Target) -> dict[str, t.Any]:
    data = render.as_data(plan)
    return {
        "changed": bool(plan.changed),
        "plan": data,
        "diff": {"prepared": data["text"]},
        "warnings": [*target.warnings, *(str(warning) for warning in plan.warnings)],
    }


def _finished(result: dict[str, t.Any], outcome: Outcome) -> dict[str, t.Any]:
    done = {
        **result,
        "changed": bool(outcome.applied),
        "warnings": [*result["warnings"], *(str(warning) for warning in outcome.warnings)],
        "outcome": {
            "applied": outcome.applied,
            "failed": [{"address": address, "message": message} for address, message in outcome.failed.items()],
            "skipped": outcome.skipped,
        },
    }
    if outcome.succeeded:
        return done
    raise RunError(_failure(outcome), _brief(done))


def _brief(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result of a failure, which Ansible prints in full: without the actions, which would hide the message."""
    return {**result, "plan": {"summary": result["plan"]["summary"]}}


def _failure(outcome: Outcome) -> str:
    """What failed, what was done, and how to go on."""
    counts = f"{len(outcome.applied)} applied, {len(outcome.failed)} failed, {len(outcome.skipped)} not started"
    lines = [f"{outcome.stopped or 'the apply failed'}: {counts}; run again to finish"]
    lines += [
        message if message.startswith(address) else f"{address}: {message}"
        for address, message in outcome.failed.items()
    ]
    return "\n".join(lines)
