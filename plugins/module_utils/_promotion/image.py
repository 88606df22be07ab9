# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is truly active of a project on an automation node, and how two of such images differ."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from .._errors import NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.parallel import gather
from .._plan.compare import Document
from .._remapping import Remapping

HALVES = ("standard", "local")


@dataclass(frozen=True)
class Image:
    """``bundle`` is None where none is active; ``exists`` says whether there is a project at all.

    ``scenarios`` gives for each id whether it is switched on; ``variables`` has the halves ``standard`` and ``local``;
    ``container`` is ``bundleContainerSettings``, None where the project has none (dss-api.md 2.14).
    """

    bundle: str | None = None
    exists: bool = False
    scenarios: Mapping[str, bool] = field(default_factory=dict)
    variables: Mapping[str, Document] = field(default_factory=dict)
    container: Document | None = None

    @property
    def remapping(self) -> Remapping:
        return Remapping.from_dss((self.container or {}).get("remapping"))

    @property
    def local(self) -> Document:
        return dict(self.variables.get("local") or {})

    @property
    def switched_off(self) -> Image:
        """The same with every scenario off."""
        return replace(self, scenarios=dict.fromkeys(self.scenarios, False))


@dataclass(frozen=True)
class Wanted:
    """What a promotion makes so. What is None, and a variable or scenario that is not named, is left as it is."""

    bundle: str
    remapping: Remapping | None = None
    local: Mapping[str, t.Any] = field(default_factory=dict)
    scenarios: Mapping[str, bool] = field(default_factory=dict)


def image_of(node: Node, project: str, workers: int) -> Image:
    """Look at a project: one call, and three more side by side where it is there. Raises ``NodeError``."""
    try:
        summary = node.get(path_of("projects", project))
    except NodeError as error:
        if error.project_unreadable:
            return Image()
        raise
    reads = [
        partial(node.get, path_of("projects", project, part) + "/") for part in ("settings", "variables", "scenarios")
    ]
    settings, variables, scenarios = gather(reads, workers, lambda: None)
    with understood(f"project {project}"):
        return Image(
            bundle=(summary.get("activeBundleState") or {}).get("bundleId"),
            exists=True,
            scenarios={str(item["id"]): bool(item.get("active")) for item in scenarios},
            variables={half: dict(variables.get(half) or {}) for half in HALVES},
            container=settings.get("bundleContainerSettings"),
        )


def lacking(held: Image, wanted: Wanted) -> list[str]:
    """What is not as wanted, a line each; empty when all is."""
    lines = []
    if held.bundle != wanted.bundle:
        lines.append(f"bundle: {held.bundle or 'none'} -> {wanted.bundle}")
    if wanted.remapping is not None:
        lines += _remapping_lines(held.remapping, wanted.remapping)
    for name, value in wanted.local.items():
        if name not in held.local or held.local[name] != value:
            lines.append(f"local variable {name}")
    lines += [
        f"scenario {name}: {_active(held.scenarios.get(name))} -> {_active(active)}"
        for name, active in wanted.scenarios.items()
        if held.scenarios.get(name) is not active
    ]
    return lines


def differing(held: Image, wanted: Image) -> list[str]:
    """What of an image was not restored, a line each; halves of the variables are compared whole, where there are any."""
    everything = Wanted(
        wanted.bundle or "",
        wanted.remapping,
        scenarios={name: active for name, active in wanted.scenarios.items() if name in held.scenarios},
    )
    lines = lacking(held if wanted.bundle else replace(held, bundle=""), everything)
    for half, then in wanted.variables.items():
        now = held.variables.get(half) or {}
        lines += [f"{half} variable {name}" for name in sorted({*now, *then}) if now.get(name) != then.get(name)]
    return lines


def _remapping_lines(held: Remapping, wanted: Remapping) -> list[str]:
    """Sections that are not given are not compared."""
    lines = []
    for section in sorted(wanted.given):
        now, then = held.section(section), wanted.section(section)
        lines += [
            f"remapping of {section} {name}: {now.get(name, 'none')} -> {then.get(name, 'none')}"
            for name in sorted({*now, *then})
            if now.get(name) != then.get(name)
        ]
    return lines


def _active(active: bool | None) -> str:
    return {True: "on", False: "off", None: "not there"}[active]
