# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the journals of runs to the plan that undoes them: pure, no network, no clock."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from .._errors import Problem
from .._kinds.base import Kind, Ref, Resource, address, resolved
from .._kinds.shape import overlay
from .._plan.build import differences
from .._plan.cascade import with_cascades
from .._plan.compare import Change, Document, compare, is_hollow, merge, same
from .._plan.drift import covers
from .._plan.graph import in_order
from .._plan.model import CREATE, DELETE, RENAME, REPLACE, UNCHANGED, UPDATE, Action, Options, Plan, Snapshot
from .._state.journal import Journal
from . import losses
from .inverse import Patch, inverse, leaves, replaced, touched, whole
from .recover import with_references
from .traces import Trace, same_creation, traces
from .users import Object, used_by_others, uses
from .verify import but_for_secrets, for_people


@dataclass(frozen=True)
class Goal:
    """How one object is to be after the undo; ``resource.declared`` is what it holds then, if it is to be there.

    ``object_id`` is None where only the name is known: DSS is still to make it, or it must not appear.
    """

    address: str
    resource: Resource
    there: bool
    object_id: str | None


@dataclass(frozen=True)
class Undo:
    """The plan that undoes runs, and in words, a line for each object, what no call of DSS gives back.

    ``held`` are the ids that the node held when the undo was planned, by kind; ``hidden`` the dotted paths of secrets
    that stay what they are, by address, because nobody has kept the former ones.
    """

    plan: Plan
    not_restored: tuple[str, ...]
    goals: tuple[Goal, ...] = ()
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def resources_of(journals: Sequence[Journal], kinds: Mapping[str, Kind]) -> dict[str, Resource]:
    """What has to be read for the snapshot of an undo, by address."""
    return {key: trace.resource(trace.entries[-1].declared, {}) for key, trace in traces(journals, kinds).items()}


def ids_of(journals: Sequence[Journal], kinds: Mapping[str, Kind]) -> dict[str, str]:
    """The last known ids of what runs touched, by address: some have another name since."""
    return {key: trace.ids[-1] for key, trace in traces(journals, kinds).items() if trace.ids}


def sections_of(journals: Sequence[Journal], kinds: Mapping[str, Kind]) -> frozenset[str]:
    """The sections that have to be listed for it: whoever uses what is to go may be in any of them."""
    if not any(entry.project for journal in journals for entry in journal.entries):
        return frozenset()
    touched = {entry.kind for journal in journals for entry in journal.entries}
    return frozenset(
        kind.section
        for kind in kinds.values()
        if kind.scope == "project" and (kind.surveyed or kind.names_project or kind.name in touched)
    )


def undo(journals: Sequence[Journal], snapshot: Snapshot, kinds: Mapping[str, Kind]) -> Undo:
    """Plan the way back to what was there before some runs of one project, oldest first.

    What they made goes, what they changed gets its former value, what they deleted is made again. Nothing of others is
    deleted, and what others changed elsewhere stays.
    """
    return _Planner(journals, snapshot, kinds).undo()


class _Planner:
    """One undo: what becomes of each object that the runs touched."""

    def __init__(self, journals: Sequence[Journal], snapshot: Snapshot, kinds: Mapping[str, Kind]) -> None:
        self.snapshot = snapshot
        self.kinds = kinds
        self.traces = traces(journals, kinds)
        self.project = next((trace.project for trace in self.traces.values() if trace.project), None)
        self.listed = {kind: ids for journal in reversed(journals) for kind, ids in journal.listed.items()}
        self.last_ids = {key: trace.ids[-1] for key, trace in self.traces.items() if trace.ids}
        self.actions: dict[str, Action] = {}
        self.warnings: list[Problem] = []
        self.facts: dict[str, list[str]] = {key: [] for key in self.traces}  # what is not restored
        self.hidden: dict[str, tuple[str, ...]] = {}
        self.instead: dict[str, t.Any] = {}  # by an id that is no more: the new one, or a reference
        self.addresses: dict[Object, str] = {
            (trace.kind.name, object_id): key for key, trace in self.traces.items() for object_id in trace.ids
        }

    def undo(self) -> Undo:
        # What gets a new id goes first: the documents of the others may name it.
        for key, trace in sorted(self.traces.items(), key=lambda item: not item[1].id_is_of_dss):
            self._decide(key, trace)
            if trace.id_is_of_dss and key in self.actions:
                self._renumber(key, trace)
        self._keep_what_others_use()
        self._name_losses()
        goals = tuple(_goal(action, self.traces[key]) for key, action in self.actions.items())
        changed = [action for action in self.actions.values() if action.action != UNCHANGED]
        self.actions.update(
            (action.address, action) for action in with_cascades(self._connected(changed), self.snapshot)
        )
        order = in_order([*self.actions], {key: action.needs for key, action in self.actions.items()})
        return Undo(
            Plan(tuple(self.actions[key] for key in order), tuple(self.warnings)),
            tuple(f"{key}: {', '.join(facts)}" for key, facts in sorted(self.facts.items()) if facts),
            goals,
            {kind: frozenset(held) for kind, held in self.snapshot.objects.items()},
            self.hidden,
        )

    # What becomes of one object -------------------------------------------------------------------------------------

    def _decide(self, key: str, trace: Trace) -> None:
        held = self.snapshot.of(trace.kind.name)
        found = trace.candidates(held)
        self.addresses.update(((trace.kind.name, object_id), key) for object_id in found[:1])
        if len(found) > 1:
            told = f"{len(found)} objects may be the one that was made ({', '.join(found)}) and none was touched"
            self.facts[key].append(told)
        elif trace.before is not None and found:
            self._give_back(key, trace, trace.before, found[0], held[found[0]])
        elif trace.before is not None:
            self._make_again(key, trace, trace.before)
        elif not found or is_hollow(held[found[0]]):  # the variables of a project are always there
            self._act(key, trace, UNCHANGED, object_id=found[0] if found else None)
        elif trace.is_uncertain(found[0]):
            self.facts[key].append(f"{found[0]} may be the one that was made and was not touched")
        elif not trace.kind.deletable:
            self.facts[key].append("it stays, because the API of DSS cannot delete it")
        else:
            self._act(key, trace, DELETE, object_id=found[0], before=held[found[0]], reason="made by what is undone")

    def _act(self, key: str, trace: Trace, action: str, **more: t.Any) -> None:
        self.actions[key] = Action(key, trace.kind.name, trace.project, action, **more)

    def _make_again(self, key: str, trace: Trace, before: Document) -> None:
        if not trace.lost:
            self.facts[key].append("somebody deleted it since, and it was not made again")
        elif not trace.kind.can_make(trace.resource(before, {})):
            self.facts[key].append("the API of DSS cannot make it again")
        elif trace.only_listed:
            self.facts[key].append("DSS deleted it with something else, and its content had not been read")
        else:
            patch = self._whole(trace, before, {})
            self.facts[key] += losses.lacks(trace, before)
            self._name_secrets(key, trace, patch)
            resource = trace.resource(patch.document, patch.rules)
            self._act(key, trace, CREATE, resource=resource, declared=patch.document, reason="was deleted")

    def _give_back(self, key: str, trace: Trace, before: Document, found: str, actual: Document) -> None:
        kind = trace.kind
        is_new = not same_creation(before, actual)
        is_another = trace.lost and is_new
        is_of_another_type = any(not same(before.get(path), actual.get(path)) for path in kind.replaced_by)
        if is_another and is_of_another_type and not trace.made:
            self.facts[key].append("somebody made another one of this name since, and it was not touched")
            return
        if is_another:
            patch = self._whole(trace, before, actual)
        else:
            paths = {path for declared, own in trace.changes() for path in touched(declared, own)}
            patch = inverse(paths, self._former(before), actual, kind.defaults(before)("", before))
        if is_new and (trace.deleted or (trace.lost and "creationTag" in before)):
            self.facts[key] += losses.lacks(trace, before)
        replacing = any(change.path in kind.replaced_by for change in _left(trace, patch, actual))
        if replacing:  # a new object needs all of it
            patch = self._whole(trace, before, actual)
        changes = _left(trace, patch, actual)
        if is_another and changes and not trace.made and not kind.singleton:
            self._warn(f"{key}: there is one again, which is not as it was; it is made what it was")
        else:
            self._warn_of_others(key, trace, changes, actual)
        self._name_secrets(key, trace, patch)
        renaming = kind.renamed_by == "call" and found != trace.former_id
        self._act(
            key,
            trace,
            REPLACE if replacing else RENAME if renaming else UPDATE if changes else UNCHANGED,
            object_id=found,
            resource=trace.resource(patch.document, patch.rules),
            declared=patch.document,
            before=actual,
            changes=tuple(for_people(kind, change) for change in changes),
        )

    def _former(self, before: Document) -> Document:
        return t.cast(Document, replaced(before, self.instead))

    def _whole(self, trace: Trace, before: Document, actual: Document) -> Patch:
        return whole(self._former(before), actual, trace.own_fields, trace.kind.defaults(before)("", before))

    def _name_secrets(self, key: str, trace: Trace, patch: Patch) -> None:
        self.facts[key] += [f"its secret {trace.kind.author_path(path)}" for path in patch.hidden]
        self.hidden[key] = patch.hidden

    def _warn(self, text: str) -> None:
        self.warnings.append(Problem(text, severity="warning"))

    def _warn_of_others(self, key: str, trace: Trace, changes: Sequence[Change], actual: Document) -> None:
        """Say what is neither as the runs left it nor as it was: somebody has changed it since."""
        kind = trace.kind
        written: Document = {}
        for entry in trace.entries:
            written = overlay(written, with_references(entry.declared, self.last_ids, trace.project))
        others = compare(written, actual, kind.rules, kind.defaults(actual))
        paths = [
            kind.author_path(change.path)
            for change in changes
            if not kind.is_secret(change.path)
            and any(covers(change.path, other.path) or covers(other.path, change.path) for other in others)
        ]
        if paths:
            self._warn(f"{key}: somebody changed {', '.join(paths)} since; the former value is put back all the same")

    def _renumber(self, key: str, trace: Trace) -> None:
        """Let what names a former id of an object name its present one, or the one that it is to get."""
        action = self.actions[key]
        name = key.removeprefix(f"{trace.kind.name}.{trace.project}.")
        new = Ref(trace.kind.name, name) if action.action in (CREATE, REPLACE) else action.object_id
        self.instead.update((former, new) for former in trace.ids if former != new)

    # What the objects have to do with one another -------------------------------------------------------------------

    def _held(self) -> Iterator[tuple[Object, str, Document]]:
        """What the node holds besides singletons: the object, its address, its document."""
        for name, held in self.snapshot.objects.items():
            kind = self.kinds[name]
            for object_id, document in held.items() if not kind.singleton else ():
                project = self.project if kind.scope == "project" else None
                known = self.addresses.get((name, object_id))
                yield (name, object_id), known or address(name, project, kind.label(object_id, document)), document

    def _keep_what_others_use(self) -> None:
        """Nothing goes that something uses which is to stay; DSS would delete the recipes of others with a dataset."""
        ours: dict[Object, Document] = {}
        others: dict[Object, Document] = {}
        names: dict[Object, str] = {}
        for item, key, document in self._held():
            action = self.actions.get(key)
            names[item] = key
            if action is not None and action.action == DELETE:
                ours[item] = document
            elif action is not None and action.resource is not None:
                others[item] = merge(action.declared, document, action.resource.rules)
            else:
                others[item] = document
        ours.update(
            ((action.kind, str(action.object_id)), action.before)
            for action in self.actions.values()
            if action.action == DELETE and action.kind == "project"
        )
        for item, user in used_by_others(ours, others, self.kinds, self.project).items():
            key = self.addresses[item]
            del self.actions[key]
            self.facts[key].append(f"it stays, because {names[user]} uses it")

    def _name_losses(self) -> None:
        for key, trace in self.traces.items():
            if trace.kind.name == "project" and trace.before is not None and trace.lost:
                self.facts[key] += losses.went_along(self.traces, self.listed, self.snapshot, self.kinds)
        documents = {key: action.declared for key, action in self.actions.items() if action.action != DELETE}
        for _item, key, document in self._held():
            if key not in self.traces:
                documents[key] = document
        owners = {former: self.addresses[kind, former] for kind, former in self.addresses if former in self.instead}
        for key, fact in losses.names_former_id(documents, owners):
            self.facts.setdefault(key, []).append(fact)

    def _connected(self, changed: Sequence[Action]) -> list[Action]:
        """The actions with what has to go before each.

        What is made goes before what names it, what is deleted after what uses it, and otherwise the order is the
        opposite of the one in which the runs went.
        """
        by_address = {action.address: action for action in changed}
        needs: dict[str, set[str]] = {action.address: set() for action in changed}
        for key, action in by_address.items():
            trace = self.traces[key]
            document = action.before if action.action == DELETE else trace.before or {}
            used = {self.addresses.get(item, "") for item in uses(trace.kind, document, trace.project)}
            used |= {
                address(leaf.kind, trace.project, leaf.name)
                for leaf in leaves(action.declared)
                if isinstance(leaf, Ref)
            }
            for other in (used & by_address.keys()) - {key}:
                if action.action == DELETE == by_address[other].action:
                    needs[other].add(key)
                elif action.action != DELETE and by_address[other].action in (CREATE, REPLACE, RENAME):
                    needs[key].add(other)
        for key in by_address:
            for entry in self.traces[key].entries:
                for need in by_address.keys() & set(entry.needs):
                    if need not in needs[key]:
                        needs[need].add(key)
        return [replace(action, needs=tuple(sorted(needs[action.address]))) for action in changed]


def _left(trace: Trace, patch: Patch, actual: Document) -> list[Change]:
    resource = trace.resource(patch.document, patch.rules)
    return differences(trace.kind, resource, patch.document, actual, Options())


def _goal(action: Action, trace: Trace) -> Goal:
    is_made = action.action in (CREATE, REPLACE)
    object_id = trace.former_id if is_made and not trace.id_is_of_dss else None if is_made else action.object_id
    if action.action == RENAME:
        object_id = trace.former_id
    there = action.action != DELETE and action.resource is not None
    return Goal(action.address, action.resource or trace.resource({}, {}), there, object_id)


# After the undo -----------------------------------------------------------------------------------------------------


def verified(done: Undo, snapshot: Snapshot, kinds: Mapping[str, Kind]) -> tuple[str, ...]:
    """What is not as it was although it was to be, by a read after the undo: a line for each object.

    An object that appears only now, because a write of the runs arrived late, is among them.
    """
    found = {goal.address: _standing_for(goal, done, snapshot) for goal in done.goals}

    def lookup(project: str | None, reference: Ref) -> t.Any:
        ids = found.get(address(reference.kind, project, reference.name))
        return ids[0] if ids else reference.unknown

    lines = []
    for goal in done.goals:
        ids, kind, resource = found[goal.address], kinds[goal.resource.kind], goal.resource
        if goal.there and ids:
            declared = resolved(resource.declared, partial(lookup, resource.project))
            left = differences(kind, resource, declared, snapshot.of(kind.name)[ids[0]], Options())
            left = but_for_secrets(kind, left)
            if left:
                lines.append(f"{goal.address}: {', '.join(kind.author_path(change.path) for change in left)}")
        elif goal.there:
            lines.append(f"{goal.address}: it is not there")
        elif any(not is_hollow(snapshot.of(kind.name)[object_id]) for object_id in ids):
            lines.append(f"{goal.address}: it is there ({', '.join(ids)})")
    return tuple(lines)


def _standing_for(goal: Goal, done: Undo, snapshot: Snapshot) -> list[str]:
    """The ids of the objects that a goal speaks of."""
    held = snapshot.of(goal.resource.kind)
    if goal.object_id is not None:
        return [goal.object_id] if goal.object_id in held else []
    new = held.keys() - done.held.get(goal.resource.kind, frozenset())
    return sorted(key for key in new if goal.resource.name in (key, held[key].get("name")))
