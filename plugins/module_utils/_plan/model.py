# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan: values that can be printed, saved and compared."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._errors import Location, Problem
from .._kinds.base import Resource
from .compare import Change, Document

CREATE, UPDATE, REPLACE, RENAME, DELETE = "create", "update", "replace", "rename", "delete"
UNCHANGED = "unchanged"
SIGNS = {CREATE: "+", UPDATE: "~", REPLACE: "-/+", RENAME: ">", DELETE: "-", UNCHANGED: " "}


OnDrift = t.Literal["overwrite", "fail", "keep"]
CONFIG, DRIFT, BOTH = "config", "drift", "both"


class Ignored(t.Protocol):
    """A rule of the configuration: differences that DSS caused and that are left alone until a date."""

    @property
    def resource(self) -> str: ...

    @property
    def fields(self) -> tuple[str, ...]: ...

    @property
    def reason(self) -> str: ...

    @property
    def expires(self) -> datetime.date | None: ...

    @property
    def location(self) -> Location: ...


@dataclass(frozen=True)
class Left:
    """A difference that is not applied, and why; the path is the author's, secrets are replaced."""

    change: Change
    why: str


@dataclass(frozen=True, slots=True)
class Action:
    """What is to happen to one object.

    ``changes`` are for people: paths are the author's, secrets are replaced. ``declared`` is the desired document with
    all ids that are known; ``before`` is the object as the plan saw it. ``needs`` are addresses that go first.
    ``carries`` are ids of recipes that DSS deletes with a dataset and that are made again with it; each of them is
    ``carried``. ``adopts`` says that the object exists and is not recorded yet. ``left`` are differences that are not
    applied. ``record`` is the document that the state is to hold afterwards, with open
    references; None for what is not declared.
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
    adopts: bool = False
    left: tuple[Left, ...] = ()
    record: Document | None = None
    gone: bool = False  # recorded, and somebody deleted it
    follows: str = ""  # the deleted dataset that this recipe reads, where DSS deletes it for no other reason

    @property
    def destroys(self) -> bool:
        return self.action in (DELETE, REPLACE)

    @property
    def cause(self) -> str | None:
        """Why it is to change: ``config``, ``drift`` (somebody changed DSS) or ``both``; None where nothing changes."""
        if self.action == UNCHANGED:
            return None
        if self.gone:
            return DRIFT
        causes = {change.cause or CONFIG for change in self.changes} or {CONFIG}
        return causes.pop() if len(causes) == 1 else BOTH


@dataclass(frozen=True)
class Section:
    """A remark of a plan: lines for people, the first of them its title, and the same as plain data.

    ``brief`` are fewer lines, for where the plan is shown without its fields; None means all of them.
    """

    name: str
    lines: t.Sequence[str]
    data: t.Any
    brief: t.Sequence[str] | None = None


@dataclass(frozen=True)
class Plan:
    """The ordered actions, the unchanged ones included, and everything that was noticed on the way.

    ``forgets`` are recorded addresses that leave the state without a change of the node, each with the reason.
    ``unmanaged`` are objects that nobody declared or recorded, None where they were not listed. ``sections`` are what
    else is worth knowing.
    """

    actions: tuple[Action, ...]
    warnings: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    forgets: Mapping[str, str] = field(default_factory=dict)
    unmanaged: tuple[str, ...] | None = None
    sections: tuple[Section, ...] = ()

    @property
    def drifted(self) -> tuple[Action, ...]:
        """The actions in which DSS differs from what is recorded, applied or left alone."""
        return tuple(
            action
            for action in self.actions
            if action.cause in (DRIFT, BOTH) or any(left.change.cause in (DRIFT, BOTH) for left in action.left)
        )

    @property
    def changed(self) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.action != UNCHANGED)

    @property
    def summary(self) -> dict[str, int]:
        counts = dict.fromkeys((CREATE, UPDATE, REPLACE, DELETE, UNCHANGED), 0)
        for action in self.actions:
            counts[action.action] = counts.get(action.action, 0) + 1  # rename is there only if something is renamed
        return counts


@dataclass(frozen=True)
class Snapshot:
    """What the node holds: per kind the documents by id, and what is known of its surroundings.

    ``connections`` maps names to types (None where the key may not read types); ``connections_complete`` says whether
    the list holds all of them. ``may_write`` is False where the key can read the project but seems not to be allowed to
    change it. ``code_envs`` and ``plugins`` are None where the key may not list them. ``listed`` are the kinds whose
    objects are all there; ``unread`` are declared addresses for which the record stands, and only what it holds.
    ``summaries`` are the list items of the scenarios, None where they were not listed. ``caller`` is what the node says of
    the key, where a declared kind concerns it.
    """

    objects: Mapping[str, Mapping[str, Document]] = field(default_factory=dict)
    project_exists: bool = True
    connections: Mapping[str, str | None] = field(default_factory=dict)
    connections_complete: bool = False
    may_write: bool = True
    code_envs: frozenset[str] | None = None
    plugins: frozenset[str] | None = None
    notes: tuple[str, ...] = ()
    listed: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    summaries: Mapping[str, Document] | None = None
    caller: Mapping[str, t.Any] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, Document]:
        return self.objects.get(kind, {})


@dataclass(frozen=True)
class Options:
    """What the caller wants of a plan.

    ``ignored`` are rules about drift, ``forget`` addresses that leave the state and stay on the node, ``moved`` new
    addresses with the old ones; ``today`` decides which rules have expired. ``update_secrets="never"`` is for comparing what was just written.
    """

    absent: bool = False
    prune: bool = False
    drop_data: bool = False
    max_deletes: int = 10
    update_secrets: t.Literal["never", "on_create", "always"] = "on_create"
    ignore_tags: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()
    on_drift: OnDrift = "overwrite"
    ignored: tuple[Ignored, ...] = ()
    forget: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    today: datetime.date = datetime.date.min
