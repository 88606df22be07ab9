# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is compared when a project moves from one node to another: what it uses, and what a node offers."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Use:
    """An object of a project that lies on a connection.

    ``kind`` is ``dataset``, ``managed_folder`` or ``recipe``; ``type`` and ``params`` are those of the object in DSS, and
    so is ``id``, which differs from the name of a folder.
    ``written`` says that DSS writes it: it is managed, or the output of a recipe.
    """

    connection: str
    kind: str
    name: str
    type: str = ""
    params: Mapping[str, t.Any] = field(default_factory=dict)
    managed: bool = False
    written: bool = False
    id: str = ""

    @property
    def label(self) -> str:
        return f"{self.kind.replace('_', ' ')} {self.name}"


@dataclass(frozen=True)
class Uses:
    """What a project needs from its node; code environments and containers by name, with who uses them.

    ``standard`` are the variables of the project that travel in a bundle.
    """

    project: str
    objects: tuple[Use, ...] = ()
    code_envs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    containers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    standard: Mapping[str, t.Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """What a node offers. None, and a connection without its definition, is what the key may not see.

    ``machine`` is the host of the address, without which ``localhost`` and a path mean nothing; ``home`` stands for the
    data directory. ``names`` are the connections that the key may use, ``types`` their types as far as they are known.
    ``variables`` are those that hold in the project, without those that a bundle brings along; ``local`` win over them.
    """

    machine: str = ""
    home: str = ""
    definitions: Mapping[str, Mapping[str, t.Any]] | None = None
    names: frozenset[str] | None = None
    types: Mapping[str, str] = field(default_factory=dict)
    groups: frozenset[str] | None = None
    code_envs: frozenset[str] | None = None
    containers: frozenset[str] | None = None
    variables: Mapping[str, t.Any] = field(default_factory=dict)
    local: Mapping[str, t.Any] = field(default_factory=dict)

    def definition(self, name: str) -> Mapping[str, t.Any] | None:
        """A connection as DSS defines it, where the key may see it."""
        return (self.definitions or {}).get(name)

    def has(self, name: str) -> bool | None:
        """Whether there is a connection; None where nothing tells."""
        known = self.definitions if self.definitions is not None else self.names
        return None if known is None else name in known

    def type_of(self, name: str) -> str:
        """The type of a connection, or an empty text."""
        return str((self.definition(name) or {}).get("type") or self.types.get(name, ""))

    def values(self, uses: Uses) -> dict[str, t.Any]:
        """The variables with which the paths of a project are expanded on this node, once its bundle is there."""
        own = {"projectKey": uses.project, "dip.home": self.home}
        return {**self.variables, **uses.standard, **self.local, **own}
