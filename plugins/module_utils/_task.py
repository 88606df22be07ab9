# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task is given and what it gives back: the parts that all modules share."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ._apply.executor import Outcome, Progress
from ._apply.guard import Guard
from ._configuration.load import Configuration, load
from ._configuration.projects import load_all
from ._errors import DssError
from ._garbage import without_collection
from ._kinds import KINDS
from ._kinds.base import Kind, Resource
from ._plan import render
from ._plan.desired import desired
from ._plan.model import Options, Plan
from ._plan.remap import remapped
from ._secrets import secret_values


class RunError(DssError):
    """A run that failed after it had begun to change things; carries the result so far."""

    def __init__(self, message: str, result: dict[str, t.Any]) -> None:
        self.result = result
        super().__init__(message)


@dataclass(frozen=True)
class Caller:
    """What differs between a module and an action plugin: where texts go and where values come from.

    ``base`` is the folder from which relative places count: that of the playbook, or the working directory.
    """

    environ: Mapping[str, str]
    check_mode: bool = False
    variable: Callable[[str], t.Any] | None = None
    show: Callable[[Plan], None] = lambda plan: None
    progress: Progress = lambda done, total, address: None
    guard: Guard = field(default_factory=Guard)
    base: Path = field(default_factory=Path.cwd)
    explain: Callable[[str], None] = lambda text: None  # under -v
    secrets: frozenset[str] = frozenset()  # what is known to be secret whatever it is called


@dataclass
class Target:
    """What a task is about: the configuration, the project and the desired resources."""

    project: str | None
    resources: dict[str, Resource]
    sections: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    configuration: Configuration | None = None


def targets_of(params: Mapping[str, t.Any], caller: Caller) -> list[Target]:
    """The desired side of a configuration, for each of its projects. Raises ``ConfigurationError``."""
    with without_collection():
        return [
            _remapped(_of(configuration, configuration.project_key), configuration, caller)
            for configuration in _configurations(params, caller)
        ]


def _configurations(params: Mapping[str, t.Any], caller: Caller) -> tuple[Configuration, ...]:
    return load_all(
        params.get("definition") or Path(params["path"]),
        kinds=KINDS,
        environment=params.get("environment"),
        environment_content=params.get("environment_content"),
        variables=params.get("variables") or {},
        lookup=caller.variable,
        process_environment=caller.environ,
        naming=params["naming"],
        strict=params["strict"],
        allow_python=params["allow_python"],
        now=datetime.datetime.now(datetime.UTC),
    )


def target_of(module: str, params: Mapping[str, t.Any], caller: Caller, kinds: Mapping[str, Kind] = KINDS) -> Target:
    """The desired side of a task for one object. Raises ``ConfigurationError``."""
    kind = kinds[module]
    kinds = {module: kind}  # nothing else is declared, so nothing else need be imported and looked through
    author = {key: params[key] for key in (*kind.schema["properties"], "raw") if params.get(key) is not None}
    owner = author["key"] if kind.names_project else params.get("project")
    project = owner if kind.scope == "project" else None
    if params["state"] == "absent":
        resource = Resource(kind.name, project, kind.identity(author), {}, identity=author)
        return Target(project, {resource.address: resource})
    definition = {kind.section: author if kind.singleton else [author]}
    return _of(
        load(definition, kinds=kinds, project_key=project, lookup=caller.variable, process_environment=caller.environ),
        project,
        kinds,
    )


def _of(configuration: Configuration, project: str | None, kinds: Mapping[str, Kind] = KINDS) -> Target:
    secrets: set[str] = set()
    for entry in configuration.declarations:
        secrets |= secret_values(entry.fields)
    return Target(
        project,
        desired(configuration.declarations, project, kinds),
        configuration.sections,
        [str(warning) for warning in configuration.warnings],
        secrets,
        configuration,
    )


def _remapped(target: Target, configuration: Configuration, caller: Caller) -> Target:
    """The target under the names of its environment."""
    resources = remapped(target.resources, configuration.remapping)
    renamed = [address for address, resource in resources.items() if resource is not target.resources[address]]
    if renamed:
        caller.explain(f"remapped to the names of this environment: {', '.join(renamed)}")
    return replace(target, resources=resources)


def options_of(params: Mapping[str, t.Any], target: Target) -> Options:
    """What the options of a task say of its plan."""
    return Options(
        absent=params["state"] == "absent",
        prune=bool(params.get("prune")),
        drop_data=params["drop_data"],
        max_deletes=params["max_deletes"],
        update_secrets=params["update_secrets"],
        ignore_tags=frozenset(params["ignore_tags"]),
        sections=target.sections,
    )


def result_of(plan: Plan, warnings: t.Sequence[str]) -> dict[str, t.Any]:
    """The result of a plan that is not applied (yet)."""
    data = render.as_data(plan)
    return {
        "changed": bool(plan.changed),
        "plan": data,
        "diff": {"prepared": data["text"]},
        "warnings": [*warnings, *(str(warning) for warning in plan.warnings)],
    }


def finished(result: dict[str, t.Any], outcome: Outcome, advice: str = "run again to finish") -> dict[str, t.Any]:
    """The result of an apply. Raises ``RunError`` with the advice where it did not succeed."""
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
    raise RunError(_failure(outcome, advice), brief(done))


def brief(result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result of a failure, which Ansible prints in full: without the actions, which would hide the message."""
    return {**result, "plan": {"summary": result["plan"]["summary"]}}


def _failure(outcome: Outcome, advice: str) -> str:
    """What failed, what was done, and how to go on."""
    counts = f"{len(outcome.applied)} applied, {len(outcome.failed)} failed, {len(outcome.skipped)} not started"
    lines = [f"{outcome.stopped or 'the apply failed'}: {counts}; {advice}"]
    lines += [
        message if message.startswith(address) else f"{address}: {message}"
        for address, message in outcome.failed.items()
    ]
    return "\n".join(lines)
