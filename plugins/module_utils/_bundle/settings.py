# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where DSS keeps a remapping: in a project on an automation node, in a deployment, in an infrastructure (dss-api.md 2.14)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._errors import DssError, NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .._node.answer import understood
from .._remapping import SECTIONS, Remapping
from .judge import INSTALLS

Document = dict[str, t.Any]

_CONTAINER, _REMAPPING, _BEHAVIOUR = "bundleContainerSettings", "remapping", "codeEnvsBehavior"
BEHAVIOUR_KEYS = {"import_mode": "importTimeMode", "specification": "envImportSpecificationMode"}


@dataclass(frozen=True)
class Place:
    """A document of DSS that holds a remapping; ``kind`` is ``project``, ``deployment`` or ``infrastructure``."""

    kind: t.Literal["project", "deployment", "infrastructure"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def path(self) -> str:
        if self.kind == "project":
            return path_of("projects", self.name, "settings")
        section = "deployments" if self.kind == "deployment" else "infras"
        return path_of("project-deployer", section, self.name, "settings")

    def read(self, node: Node) -> Document | None:
        """The document; None where the project or deployment is not there. Raises ``DssError``."""
        try:
            document = node.get(self.path)
        except NodeError as error:
            if (error.missing or error.project_unreadable) and not error.unauthenticated:
                return None
            raise
        if not isinstance(document, dict):
            raise NodeError(f"the node's answer about the settings of {self} has an unknown form")
        return document

    def container(self, document: Document) -> Document:
        """The part with the remapping, empty where nobody has used it yet. Raises ``DssError``.

        unverified: that an infrastructure has the same part as a deployment; what its document has is looked for, and
        where it is not found nothing is written there (unknown 14 of dss-api.md).
        """
        held = document.get(_CONTAINER)
        if isinstance(held, dict):
            return held
        if self.kind == "infrastructure":
            raise DssError(
                f"the settings of {self} hold no {_CONTAINER}, and where else this version of DSS keeps the remapping of an "
                "infrastructure is not documented: set it in DSS, or on each deployment"
            )
        return {}


@dataclass(frozen=True)
class Kept:
    """A remapping as DSS keeps it, and what happens with code environments that are missing."""

    remapping: Remapping
    behaviour: Mapping[str, str]

    @property
    def import_mode(self) -> str:
        return self.behaviour.get("import_mode", INSTALLS)


def kept(container: Document) -> Kept:
    """What a document holds. Raises ``NodeError`` for an unknown form."""
    with understood("the remapping"):
        stored = container.get(_BEHAVIOUR) or {}
        behaviour = {name: str(stored[key]) for name, key in BEHAVIOUR_KEYS.items() if stored.get(key)}
        return Kept(Remapping.from_dss(container.get(_REMAPPING)), behaviour)


def edited(
    place: Place, document: Document, wanted: Remapping, behaviour: Mapping[str, str], exclusive: bool
) -> Document:
    """A document with a remapping: laid over the one that it has, or in place of the sections that are given."""
    container = place.container(document)
    held = container.get(_REMAPPING) or {}
    effective = wanted if exclusive else _only(wanted.over(Remapping.from_dss(held)), wanted.given)
    result = dict(container)
    table = effective.to_dss(held)
    if table != held:
        result[_REMAPPING] = table
    stored = container.get(_BEHAVIOUR) or {}
    modes = {**stored, **{BEHAVIOUR_KEYS[name]: value for name, value in behaviour.items()}}
    if modes != stored:
        result[_BEHAVIOUR] = modes
    return {**document, _CONTAINER: result} if result != container else document


def write(node: Node, place: Place, wanted: Remapping, behaviour: Mapping[str, str], exclusive: bool) -> None:
    """Edit what the node has now, and read back. Raises ``DssError``."""

    def next_document() -> Document | None:
        document = place.read(node)
        if document is None:
            raise DssError(f"{place} is not on the node any more")
        after = edited(place, document, wanted, behaviour, exclusive)
        return None if after == document else after

    after = next_document()
    if after is None:
        return
    try:
        node.put(place.path, after)
    except NodeError as error:
        if not error.doubtful or next_document() is not None:
            raise
    if next_document() is not None:
        raise NodeError(
            f"the node answered that the settings of {place} are written, but they read as before: run again"
        )


def changes(before: Kept, after: Kept) -> list[str]:
    """What becomes different, a line each."""
    lines = []
    for section in SECTIONS:
        old, new = before.remapping.section(section), after.remapping.section(section)
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                was = f", before: {old[name]}" if name in old else ""
                lines.append(f"{section}: {name} -> {new.get(name, '(no entry)')}{was}")
    for name in BEHAVIOUR_KEYS:
        if before.behaviour.get(name) != after.behaviour.get(name):
            was = f", before: {before.behaviour[name]}" if name in before.behaviour else ""
            lines.append(f"code_envs_behavior: {name} {after.behaviour.get(name)}{was}")
    return lines


def _only(remapping: Remapping, sections: frozenset[str]) -> Remapping:
    return Remapping(remapping.connections, remapping.code_envs, remapping.containers, sections)
