# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a plan and its outcome to what the state and the journal hold."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .._apply.inverse import effective
from .._kinds.base import Kind, Ref, Resource, address, resolved
from .._plan.compare import MISSING, Change, Document, Exclusive, Keyed, OnCreateOnly, Rule, Rules, Secret
from .._plan.model import CREATE, DELETE, UNCHANGED, Action, Plan, Snapshot
from .fingerprint import Places, fingerprinted
from .journal import Entry
from .model import Recorded, Rewritten

IGNORE, CONTAINS, EXCLUSIVE = "ignore", "contains", "exclusive"
Rewrites = Mapping[str, tuple[Change, ...]]


@dataclass(frozen=True)
class Cover:
    """How secrets are covered: their values, the salts of the states by scope, and whether before-images may hold them."""

    kinds: Mapping[str, Kind]
    secrets: frozenset[str]
    salts: Mapping[str, str]
    images_in_clear: bool = False
    places: dict[str, Places] = field(default_factory=dict, compare=False)

    def declared(self, name: str, document: t.Any) -> t.Any:
        kind = self.kinds[name]
        places = self.places.get(name) or self.places.setdefault(name, Places(kind.is_secret))
        return fingerprinted(document, places, self.secrets, self.salts[kind.scope])

    def image(self, kind: str, document: t.Any) -> t.Any:
        return document if self.images_in_clear else self.declared(kind, document)


@dataclass(frozen=True)
class Stamp:
    """When (ISO time in UTC) and by whom something was deployed, and for which project an instance object is declared."""

    at: str
    by: str
    owner: str


@dataclass(frozen=True)
class Done:
    """What a run did: the ids that are known, what was applied, what failed, and what DSS rewrote."""

    ids: Mapping[str, str]
    applied: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    rewritten: Rewrites = field(default_factory=dict)


def entries_of(plan: Plan, cover: Cover) -> tuple[Entry, ...]:
    """What the journal says of a plan before it is applied."""
    return tuple(_entry(action, cover) for action in plan.changed)


def _entry(action: Action, cover: Cover) -> Entry:
    exists = action.action != CREATE and action.object_id is not None
    return Entry(
        address=action.address,
        kind=action.kind,
        project=action.project,
        name=action.resource.name if action.resource else str(action.object_id),
        action=action.action,
        object_id=action.object_id,
        declared=cover.declared(
            action.kind, effective(_with_open_references(action), action, cover.kinds[action.kind])
        ),
        before=cover.image(action.kind, action.before) if exists else None,
        needs=action.needs,
        carried=action.carried,
        loses=action.loses,
    )


def _with_open_references(action: Action) -> Document:
    """The declared document in which an id that DSS is still to make is ``{"$ref": [kind, name]}``."""
    if action.resource is None or action.action == DELETE:
        return {}

    def lookup(value: t.Any) -> t.Any:
        return {"$ref": [value.kind, value.name]} if isinstance(value, Ref) else action.declared.get("type")

    return t.cast(Document, resolved(action.resource.declared, lookup))


def listed_ids(snapshot: Snapshot) -> dict[str, tuple[str, ...]]:
    """The ids that the node holds before a run, by kind, where they were listed."""
    return {kind: tuple(sorted(held)) for kind, held in snapshot.objects.items() if kind in snapshot.listed}


def recorded_after(
    plan: Plan, done: Done, former: Mapping[str, Recorded], cover: Cover, stamp: Stamp
) -> dict[str, Recorded]:
    """What the state holds after a run, or after a plan in which nothing was to be changed."""
    after = {key: entry for key, entry in former.items() if key not in plan.forgets}
    for action in plan.actions:
        if action.action == DELETE:
            if action.address in done.applied:
                after.pop(action.address, None)
                if action.kind == "project":  # with everything in it
                    after = {key: entry for key, entry in after.items() if cover.kinds[entry.kind].scope == "instance"}
        elif action.record is None:
            continue
        elif action.address in done.failed:
            _failed(action, done, after, stamp)
        elif action.resource is not None and (action.action == UNCHANGED or action.address in done.applied):
            _applied(action, done, after, cover, stamp)
    return after


def _applied(action: Action, done: Done, after: dict[str, Recorded], cover: Cover, stamp: Stamp) -> None:
    object_id = done.ids.get(action.address)
    if object_id is None:  # deleted by somebody, and left so
        return
    document = cover.declared(action.kind, settled(t.cast(Document, action.record), action, done.ids))
    known = after.get(action.address)
    resource = t.cast(Resource, action.resource)
    entry = Recorded(
        address=action.address,
        kind=action.kind,
        name=resource.name,
        object_id=object_id,
        declared=document,
        dependencies=tuple(dict.fromkeys(action.needs)),
        prevent_destroy=resource.prevent_destroy,
        owner=stamp.owner,
        modes=_modes(resource, cover.kinds[action.kind]),
        deployed_at=stamp.at,
        deployed_by=stamp.by,
    )
    rewritten = tuple(
        Rewritten(
            change.path, _covered(change.after, change, action, cover), _covered(change.before, change, action, cover)
        )
        for change in done.rewritten.get(action.address, ())
    )
    if action.action == UNCHANGED and known is not None:
        # What was a secret once stays covered, also when its name is no longer declared.
        same_as_before = known.declared if known.declared == document else document
        entry = replace(entry, declared=same_as_before, deployed_at=known.deployed_at, deployed_by=known.deployed_by)
        rewritten = known.rewritten
    after[action.address] = replace(entry, rewritten=rewritten)


def _modes(resource: Resource, kind: Kind) -> dict[str, str]:
    """Where the configuration compares in another way than the kind does."""
    modes = dict.fromkeys(resource.ignore_changes, IGNORE)
    for path, rule in resource.rules.items():
        if isinstance(rule, OnCreateOnly) and not isinstance(rule, Secret):
            modes[path] = IGNORE
        elif isinstance(rule, Keyed) and rule.partial and rule != kind.rules.get(path):
            modes[path] = CONTAINS
        elif isinstance(rule, Exclusive) and rule != kind.rules.get(path):
            modes[path] = EXCLUSIVE
    return modes


def rules_of(recorded: Recorded, rules: Rules) -> Rules:
    """The rules by which a recorded object is compared, where no configuration is at hand."""
    found: dict[str, Rule] = dict(rules)
    for path, mode in recorded.modes.items():
        known = found.get(path)
        if mode == IGNORE:
            found[path] = OnCreateOnly()
        elif mode == EXCLUSIVE:
            found[path] = Exclusive()
        elif isinstance(known, Keyed):
            found[path] = replace(known, partial=True)
    return found


def _covered(value: t.Any, change: Change, action: Action, cover: Cover) -> t.Any:
    if value is MISSING:
        return None
    name = change.path.rpartition(".")[2]
    return cover.declared(action.kind, {name: value})[name]


def _failed(action: Action, done: Done, after: dict[str, Recorded], stamp: Stamp) -> None:
    """What failed stays as it was recorded; what exists and was not, is ours from now on."""
    known = after.get(action.address)
    object_id = done.ids.get(action.address)
    if known is not None:
        after[action.address] = replace(known, status="failed", object_id=object_id or known.object_id)
    elif object_id is not None and action.resource is not None:
        after[action.address] = Recorded(
            address=action.address,
            kind=action.kind,
            name=action.resource.name,
            object_id=object_id,
            owner=stamp.owner,
            deployed_at=stamp.at,
            deployed_by=stamp.by,
            status="failed",
        )


def settled(document: Document, action: Action, ids: Mapping[str, str]) -> Document:
    """A document in which every reference is the id that is known by now."""

    def lookup(value: t.Any) -> t.Any:
        if isinstance(value, Ref):
            return ids.get(address(value.kind, action.project, value.name))
        return action.declared.get("type")

    return t.cast(Document, resolved(document, lookup))


def differ(former: Mapping[str, Recorded], after: Mapping[str, Recorded]) -> bool:
    """Whether a state would say something else."""
    return former.keys() != after.keys() or any(entry != former[key] for key, entry in after.items())
