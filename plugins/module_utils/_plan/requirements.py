# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a configuration requires of the instance, compared with what the node has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._configuration.requirements import KINDS_OF_NEED, Requirements
from .._errors import Problem
from .._kinds.base import Resource
from .model import Plan

_KIND_OF = {"connections": "connection", "code_envs": "code_env", "plugins": "plugin", "users": "user"}


def undeclared(requirements: Requirements, desired: Mapping[str, Resource]) -> Requirements:
    """What is required and not declared here as well."""
    made = {(resource.kind, resource.name) for resource in desired.values()}
    names = {
        key: {name: place for name, place in held.items() if (_KIND_OF[key], name) not in made}
        for key, held in requirements.names.items()
    }
    return Requirements(names)


def with_requirements(plan: Plan, requirements: Requirements, held: Mapping[str, frozenset[str] | None]) -> Plan:
    """The plan with a problem for each requirement that the node does not meet.

    ``held`` are the names that the node has by the key of the section, None where the key may not list them.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for key, what in KINDS_OF_NEED.items():
        wanted = requirements.of(key)
        known = held.get(key)
        if wanted and known is None:
            text = f"the {key.replace('_', ' ')} of the node were not checked: the API key may not list them"
            warnings.append(Problem(text, f"requirements.{key}", severity="warning"))
        for name, place in wanted.items():
            if known is not None and name not in known:
                text = f"the node has no {what} '{name}', which this project requires: make it there, or take it out"
                problems.append(Problem(text, f"requirements.{key}", place))
    if not (problems or warnings):
        return plan
    return replace(plan, problems=(*plan.problems, *problems), warnings=(*plan.warnings, *warnings))
