# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: values that can be printed, saved and compared."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._errors import Location, Problem
from .._kinds.base import Resource
from .compare import Change, Document

CREATE, UPDATE, REPLACE, DELETE, UNCHANGED = "create", "update", "replace", "delete", "unchanged"
SIGNS = {CREATE: "+", UPDATE: "~", REPLACE: "-/+", DELETE: "-", UNCHANGED: " "}


@dataclass(frozen=True)
class Action:
    """What is to happen to one object.

    ``changes`` are for people: paths are the author's, secrets are replaced. ``declared`` is the desired document with
    all ids that are known; ``before`` is the object as the plan saw it. ``needs`` are addresses that go first.
    ``carries`` are ids of recipes that DSS deletes with a dataset and that are made again with it; each of them is
    ``carried``.
    """

    address: str
    kind: str
    project: str | None
    action: str
    changes: tuple[Change, ...] = ()
    location: Location = Location()
    object_id: str | None = None
    resource: Resource | None = None
    declared: Document = field(default_factory=dict)
    before: Document = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    reason: str = ""
    loses: str = ""
    carries: tuple[str, ...] = ()
    carried: bool = False

    @property
    def destroys(self) -> bool:
        return self.action in (DELETE, REPLACE)


@dataclass(frozen=True)
class Plan:
    """The ordered actions, the unchanged ones included, and everything that was noticed on the way."""

    actions: tuple[Action, ...]
    warnings: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def changed(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.action != UNCHANGED)

    @property
    def summary(self) -> dict[str, int]:
        counts = dict.fromkeys((CREATE, UPDATE, REPLACE, DELETE, UNCHANGED), 0)
        for action in self.actions:
            counts[action.action] += 1
        return counts


@dataclass(frozen=True)
class Snapshot:
    """What the node holds: per kind the documents by id, and what is known of its surroundings.

    ``connections`` maps names to types (None where the key may not read types); ``connections_complete`` says whether
    the list holds all of them. ``may_write`` is False where the key can read the project but seems not to be allowed to
    change it. ``code_envs`` and ``plugins`` are None where the key may not list them.
    """

    objects: Mapping[str, Mapping[str, Document]] = field(default_factory=dict)
    project_exists: bool = True
    connections: Mapping[str, str | None] = field(default_factory=dict)
    connections_complete: bool = False
    may_write: bool = True
    code_envs: frozenset[str] | None = None
    plugins: frozenset[str] | None = None
    notes: tuple[str, ...] = ()

    def of(self, kind: str) -> Mapping[str, Document]:
        return self.objects.get(kind, {})


@dataclass(frozen=True)
class Options:
    """What the caller wants of a plan."""

    absent: bool = False
    prune: bool = False
    drop_data: bool = False
    max_deletes: int = 10
    update_secrets: t.Literal["on_create", "always"] = "on_create"
    ignore_tags: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
