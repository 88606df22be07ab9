# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plans of several projects as one: their order, and what they say together."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence

from .._errors import DssError, Problem
from .._kinds.base import Resource
from .._kinds.shape import at
from .graph import in_order
from .model import Plan, Section

Resources = Mapping[str, Resource]


def order_of(projects: Mapping[str, Resources]) -> tuple[list[str], list[Problem]]:
    """The keys such that a project comes after those whose objects it uses, and a warning where there is no such order."""
    users: dict[str, set[str]] = {key: set() for key in projects}
    for key, resources in projects.items():
        users[key] |= _used(key, resources, projects.keys())
        for user in _served(resources):
            if user in users and user != key:
                users[user].add(key)
    try:
        return in_order(list(projects), users), []
    except DssError as error:
        cycle = str(error).partition(": ")[2]
        message = (
            f"the projects {cycle} use objects of one another, so that they are applied in the order of their files: "
            "an object that uses one which is not made yet may be refused, and then the next run makes it"
        )
        return list(projects), [Problem(message, severity="warning")]


def _used(key: str, resources: Resources, keys: t.Collection[str]) -> set[str]:
    """The other projects of which something is named, as ``KEY.name``."""
    named = (text.partition(".")[0] for resource in resources.values() for text in _texts(resource.declared))
    return {found for found in named if found in keys and found != key}


def _texts(value: t.Any) -> Iterator[str]:
    """The texts that may name an object of another project: one word with a dot."""
    if isinstance(value, str):
        if "." in value and len(value) < 300 and not any(sign.isspace() for sign in value):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


_EXPOSED = {"project": "settings.exposedObjects.objects", "project_sharing": "exposedObjects.objects"}


def _served(resources: Resources) -> Iterator[str]:
    """The projects to which objects are exposed."""
    for resource in resources.values():
        path = _EXPOSED.get(resource.kind)
        exposed = at(resource.declared, path) if path else ()
        for entry in exposed if isinstance(exposed, list) else ():
            for rule in entry.get("rules") or ():
                yield str(rule.get("targetProject"))


def together(plans: Sequence[Plan]) -> Plan:
    """One plan that says what several say."""
    names = dict.fromkeys(section.name for plan in plans for section in plan.sections)
    unmanaged = [address for plan in plans for address in plan.unmanaged or ()]
    return Plan(
        tuple(action for plan in plans for action in plan.actions),
        tuple(dict.fromkeys(warning for plan in plans for warning in plan.warnings)),
        tuple(problem for plan in plans for problem in plan.problems),
        {address: why for plan in plans for address, why in plan.forgets.items()},
        None if all(plan.unmanaged is None for plan in plans) else tuple(unmanaged),
        tuple(_section(name, plans) for name in names),
    )


def _section(name: str, plans: Sequence[Plan]) -> Section:
    parts = [section for plan in plans for section in plan.sections if section.name == name]
    data: t.Any = {} if isinstance(parts[0].data, Mapping) else []
    for part in parts:
        data = _joined(data, part.data)
    lines = [line for part in parts for line in part.lines]
    brief = [line for part in parts for line in (part.lines if part.brief is None else part.brief)]
    return Section(name, lines, data, None if all(part.brief is None for part in parts) else brief)


def _joined(first: t.Any, second: t.Any) -> t.Any:
    """Two values of the same shape: lists after one another, mappings key by key, otherwise the first that says something."""
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return {
            key: _joined(first[key], second[key]) if key in first and key in second else first.get(key, second.get(key))
            for key in {**first, **second}
        }
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *second]
    return first or second
