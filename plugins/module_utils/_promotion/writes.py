# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The single writes of a promotion. Each begins with a fresh read, because a PUT replaces the whole document."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._kinds.base import Node
from .._kinds.paths import path_of
from .._node.answer import understood
from .._plan.compare import Document
from .._remapping import Remapping
from .record import covered

_CONTAINER = "bundleContainerSettings"


def remap(node: Node, project: str, remapping: Remapping) -> None:
    """Make a remapping that of the project; it counts from the next activation on (dss-api.md 2.14)."""
    path = path_of("projects", project, "settings")
    with understood(f"the settings of {project}"):
        settings = node.get(path)
        container = settings.get(_CONTAINER) or {}
        former = container.get("remapping") or {}
        if (table := remapping.to_dss(former)) != former:
            node.put(path, {**settings, _CONTAINER: {**container, "remapping": table}})


def put_container(node: Node, project: str, container: Document | None) -> None:
    """Put back what the project had as ``bundleContainerSettings``; None where it had none."""
    path = path_of("projects", project, "settings")
    with understood(f"the settings of {project}"):
        settings = node.get(path)
        if settings.get(_CONTAINER) == container:
            return
        rest = {key: value for key, value in settings.items() if key != _CONTAINER}
        node.put(path, rest if container is None else {**rest, _CONTAINER: container})


def set_local_variables(node: Node, project: str, local: Mapping[str, t.Any]) -> None:
    """Set some local variables and leave the others."""
    if not local:
        return
    path = path_of("projects", project, "variables") + "/"
    with understood(f"the variables of {project}"):
        held = node.get(path)
        former = held.get("local") or {}
        if {**former, **local} != former:
            node.put(path, {**held, "local": {**former, **local}})


def put_variables(node: Node, project: str, variables: Mapping[str, Document]) -> list[str]:
    """Put back the halves that are given, whole; returns the names of secrets that nobody kept and that stay as they are."""
    path = path_of("projects", project, "variables") + "/"
    with understood(f"the variables of {project}"):
        held = node.get(path)
        wanted, lost = dict(held), []
        for half, then in variables.items():
            now = held.get(half) or {}
            secret = {name for name in then if covered(then[name])}
            lost += [
                f"{half} variable {name}, a secret that only an encrypted backend keeps" for name in sorted(secret)
            ]
            wanted[half] = {
                name: now.get(name) if name in secret else value
                for name, value in then.items()
                if name not in secret or name in now
            }
        if wanted != held:
            node.put(path, wanted)
    return lost


def switch_scenarios(node: Node, project: str, held: Mapping[str, bool], wanted: Mapping[str, bool]) -> list[str]:
    """Switch those that are not as wanted on or off, and return them; what is no more is left out (dss-api.md 2.7)."""
    switched = [name for name, active in wanted.items() if name in held and held[name] is not active]
    for name in switched:
        path = path_of("projects", project, "scenarios", name, "light")
        with understood(f"scenario {name}"):
            node.put(path, {**node.get(path), "active": wanted[name]})
    return switched
