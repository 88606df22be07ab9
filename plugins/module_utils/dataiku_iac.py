# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python side: configurations, plans and their texts, without Ansible, without Dataiku's client and without a node.

Everything here is public; ``docs/python.md`` shows how it is used. Errors are ``DssError``; a configuration that is not valid
raises ``ConfigurationError``, whose ``problems`` each know their place.
"""

from __future__ import annotations

import datetime
import json
import os
import typing as t
from collections.abc import Mapping
from pathlib import Path

from ._configuration.builder import Connection, Dataset, ManagedFolder, Name, Project, Recipe, Scenario
from ._configuration.convert import Converted, convert
from ._configuration.load import Configuration, Declaration
from ._configuration.load import load as _load
from ._configuration.projects import load_all as _load_all
from ._errors import ConfigurationError, DssError, Location, MissingLibrary, Problem
from ._garbage import without_collection
from ._kinds import KINDS
from ._kinds.base import Resource
from ._plan import render as _render
from ._plan.build import build, resource_notes
from ._plan.desired import desired as _desired
from ._plan.model import Action, Options, Plan, Snapshot
from ._plan.remap import remapped

__all__ = [
    "Action",
    "Configuration",
    "ConfigurationError",
    "Connection",
    "Converted",
    "Dataset",
    "Declaration",
    "DssError",
    "Location",
    "ManagedFolder",
    "MissingLibrary",
    "Name",
    "Plan",
    "Problem",
    "Project",
    "Recipe",
    "Resource",
    "Scenario",
    "convert",
    "desired",
    "load",
    "load_all",
    "plan",
    "render",
    "validate",
]

Source = t.Union[str, "os.PathLike[str]", Mapping[str, t.Any], Project]
Form = t.Literal["text", "markdown", "json"]


def load(source: Source, **options: t.Any) -> Configuration:
    """The configuration of a file, a directory, a mapping or a ``Project``.

    Options, all by name: ``environment`` (name of a file in ``environments/``), ``environment_content`` (mapping laid over
    it), ``variables`` (mapping), ``naming`` (``dss`` or ``strict``), ``strict`` (False makes unknown keys warnings),
    ``allow_python`` (True runs a ``project.py``), ``project_key`` (for a configuration that declares no project),
    ``process_environment`` (in place of that of the process) and ``now`` (aware datetime, in place of the clock). Raises
    ``ConfigurationError`` with all problems, and ``MissingLibrary``.
    """
    return _load(_source(source), **_options(options))


def load_all(source: Source, **options: t.Any) -> tuple[Configuration, ...]:
    """One configuration for each project of a folder ``projects``; else the one of ``load``. Options are those of ``load``."""
    return _load_all(_source(source), **_options(options))  # type: ignore[arg-type]  # a Project is no path


def validate(source: Source, **options: t.Any) -> tuple[Problem, ...]:
    """Everything that is wrong with a source, and its warnings; empty when there is nothing to say. Options of ``load``."""
    try:
        configurations = load_all(source, **options)
        return tuple(problem for found in configurations for problem in (*found.warnings, *_notes(found)))
    except ConfigurationError as error:
        return error.problems


def desired(configuration: Configuration) -> dict[str, Resource]:
    """The resources of a configuration by address, under the names of its environment; ``declared`` is DSS's own JSON."""
    resources = _desired(configuration.declarations, configuration.project_key, KINDS)
    return remapped(resources, configuration.remapping)


def plan(
    configuration: Configuration,
    actual: Mapping[str, Mapping[str, Mapping[str, t.Any]]] | None = None,
    *,
    connections: Mapping[str, str] | None = None,
    prune: bool = False,
    max_deletes: int = 10,
) -> Plan:
    """What leads from ``actual`` to a configuration, without a state.

    ``actual`` are documents as DSS holds them, by kind (``dataset``) and id; without it nothing is there yet.
    ``connections`` are the types of the connections of the node by name, which ``managed`` and ``sql`` need. What stands
    in the way is in ``problems`` of the plan.
    """
    held = {kind: {key: dict(item) for key, item in items.items()} for kind, items in (actual or {}).items()}
    resources = desired(configuration)
    declares = any(resource.kind == "project" for resource in resources.values())
    snapshot = Snapshot(
        objects=held,
        project_exists=bool(held.get("project")) or not declares,
        connections=dict(connections or {}),
        listed=frozenset(held),
    )
    options = Options(prune=prune, max_deletes=max_deletes, sections=configuration.sections)
    with without_collection():
        return build(resources, snapshot, options, KINDS)


def render(planned: Plan, form: Form = "text") -> str:
    """A plan for people (``text``), for a pull request (``markdown``) or for programs (``json``, docs/schemas/plan.schema.json)."""
    if form == "markdown":
        return _render.markdown(planned)
    return json.dumps(_render.as_data(planned), indent=2) if form == "json" else _render.text(planned)


def _notes(configuration: Configuration) -> list[Problem]:
    return resource_notes(desired(configuration))


def _source(source: Source) -> Path | Mapping[str, t.Any] | Project:
    return source if isinstance(source, (Mapping, Project)) else Path(source)


def _options(given: Mapping[str, t.Any]) -> dict[str, t.Any]:
    now = datetime.datetime.now(datetime.UTC)
    return {"kinds": KINDS, "process_environment": os.environ, "now": now, **given}
