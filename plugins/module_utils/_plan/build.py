# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From desired, actual and recorded to the plan: pure, no network, no clock."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from .._errors import DssError, Problem
from .._kinds.base import Kind, Ref, Resource, address, redacted, resolved
from .._kinds.dataset_types import DATASET_TYPE_OF_CONNECTION
from .._state.model import Recorded
from .cascade import with_cascades
from .checks import absences, cautions, data_limits, drift_limits, limits, protections, surroundings
from .compare import MISSING, AsSet, Change, Document, Resent, Rule, Rules, Secret, compare_carefully, holds
from .deletions import Undeclared, pruned, released, removals, undeclared, unmanaged
from .drift import accepted, findings, judged, shown_left, with_changed_secrets, without_former_secrets
from .graph import in_order
from .lookups import looked_up
from .model import CONFIG, CREATE, DRIFT, RENAME, REPLACE, UNCHANGED, UPDATE, Action, Left, Options, Plan, Snapshot
from .moves import known_ids, rename_faults
from .needs import Needs


@dataclass(frozen=True)
class Surrounding:
    """What the action of one resource depends on besides the resource; ``problems`` collects what is wrong."""

    snapshot: Snapshot
    matched: Matched
    desired: Mapping[str, Resource]
    options: Options
    kinds: Mapping[str, Kind]
    recorded: Mapping[str, Recorded] | None
    problems: list[Problem]
    needs: Needs


@dataclass(frozen=True)
class Matched:
    """Which object of the node each resource stands for: ids by address, by reference, and as (kind, id)."""

    ids: Mapping[str, str]
    by_reference: Mapping[Ref, str]
    taken: frozenset[tuple[str, str]]


def build(
    desired: Mapping[str, Resource],
    snapshot: Snapshot,
    options: Options,
    kinds: Mapping[str, Kind],
    recorded: Mapping[str, Recorded] | None = None,
) -> Plan:
    """Plan what leads from the node's objects to the declared ones; ``recorded`` is None where no state is kept."""
    known = recorded or {}
    problems: list[Problem] = []
    matched = _match(desired, snapshot, kinds, known, problems)
    gone = Undeclared()
    if options.absent:
        actions = removals(desired, snapshot, matched.ids, options, kinds)
    else:
        desired = looked_up(desired, snapshot, kinds, problems)
        desired = {key: with_changed_secrets(resource, known.get(key)) for key, resource in desired.items()}
        surrounding = Surrounding(snapshot, matched, desired, options, kinds, recorded, problems, Needs(desired, kinds))
        actions = [_action(key, resource, surrounding) for key, resource in desired.items()]
        problems += rename_faults(actions, snapshot, kinds, known, options.moved)
        gone = undeclared(desired, snapshot, matched.taken, options, kinds, known, problems)
        actions += gone.deletions
        problems += absences(desired, matched.ids, kinds)
        actions += pruned(actions, snapshot, options, kinds)
    actions = with_cascades(actions, snapshot)
    ordered = _ordered(actions)
    problems += limits(ordered, options, [desired[key] for key in matched.ids]) + drift_limits(ordered, options)
    problems += protections(ordered, kinds) + data_limits(ordered, options, kinds)
    found, warnings = surroundings(actions, desired, snapshot)
    warnings += cautions(actions, snapshot, kinds)
    warnings = [
        *resource_notes(desired),
        *_creation_notes(actions),
        *warnings,
        *(Problem(note, severity="warning") for note in snapshot.notes),
    ]
    others = None if recorded is None or options.absent else unmanaged(ordered, snapshot, kinds)
    forgets = {**gone.forgets, **released(desired, known)}
    return Plan(ordered, (*warnings, *findings(options)), tuple(problems + found), forgets, others)


def _match(
    desired: Mapping[str, Resource],
    snapshot: Snapshot,
    kinds: Mapping[str, Kind],
    recorded: Mapping[str, Recorded],
    problems: list[Problem],
) -> Matched:
    ids = _recorded_ids(desired, snapshot, kinds, recorded)
    known = frozenset((desired[key].kind, object_id) for key, object_id in ids.items())
    others = {
        kind: {object_id: document for object_id, document in held.items() if (kind, object_id) not in known}
        for kind, held in snapshot.objects.items()
    }
    for key, resource in desired.items():
        if key in ids:
            continue
        try:
            object_id = kinds[resource.kind].find(resource, others.get(resource.kind, {}))
        except DssError as error:
            problems.append(Problem(str(error), resource.path, resource.location))
            continue
        if object_id is not None:
            ids[key] = object_id
    references = {Ref(desired[key].kind, desired[key].name): object_id for key, object_id in ids.items()}
    return Matched(ids, references, frozenset((desired[key].kind, object_id) for key, object_id in ids.items()))


def _recorded_ids(
    desired: Mapping[str, Resource], snapshot: Snapshot, kinds: Mapping[str, Kind], recorded: Mapping[str, Recorded]
) -> dict[str, str]:
    """The ids of the recorded objects that are still there, whatever somebody has called them since."""
    known = known_ids(desired, recorded)
    return {
        key: recorded[key].object_id
        for key, resource in desired.items()
        if key in recorded
        and recorded[key].object_id in snapshot.of(resource.kind)
        # Of other kinds only what the name or the record finds was read.
        and (kinds[resource.kind].listing_is_complete or key in known)
        and not resource.identity.get("id")
    }


def resource_notes(desired: Mapping[str, Resource]) -> list[Problem]:
    """What the kinds have to say of what is declared."""
    return [
        Problem(note, resource.path, resource.location, "warning")
        for resource in desired.values()
        for note in resource.notes
    ]


def _creation_notes(actions: Iterable[Action]) -> list[Problem]:
    """What the kinds have to say of objects that are about to be made."""
    made = [action.resource for action in actions if action.resource and action.action in (CREATE, REPLACE)]
    return [
        Problem(note, resource.path, resource.location, "warning") for resource in made for note in resource.first_notes
    ]


def dataset_type(connection: str, desired: Mapping[str, Resource], snapshot: Snapshot) -> str | None:
    """The dataset type that fits a connection, as declared or as the node says, or None when nobody knows."""
    declared = desired.get(address("connection", None, connection))
    kind = declared.declared.get("type") if declared else snapshot.connections.get(connection)
    return DATASET_TYPE_OF_CONNECTION.get(kind, kind) if kind else None


def _action(key: str, resource: Resource, around: Surrounding) -> Action:
    kind, options = around.kinds[resource.kind], around.options
    object_id = around.matched.ids.get(key)
    if resource.external:
        return Action(
            address=key,
            kind=resource.kind,
            project=resource.project,
            action=UNCHANGED,
            location=resource.location,
            object_id=object_id,
        )
    before = around.snapshot.of(resource.kind).get(object_id, {}) if object_id is not None else {}
    lookup = partial(_looked_up, resource, before, around)
    declared = resolved(resource.declared, lookup)
    known = (around.recorded or {}).get(key)
    common: dict[str, t.Any] = {
        "address": key,
        "kind": resource.kind,
        "project": resource.project,
        "location": resource.location,
        "object_id": object_id,
        "before": before,
        "needs": around.needs.of(key, resource),
        "adopts": around.recorded is not None and known is None and object_id is not None,
    }
    if object_id is None:
        common.update(resource=resource, declared=declared, record=resource.declared)
        if known and options.on_drift == "keep":
            why = Left(Change("", known.name, MISSING, DRIFT), "somebody deleted it, and on_drift is keep")
            return Action(action=UNCHANGED, left=(why,), **common)
        return Action(
            action=CREATE, gone=known is not None, changes=tuple(_creation(kind, declared, resource.rules)), **common
        )
    refusal = kind.refusal(resource, before)
    if refusal:
        around.problems.append(Problem(refusal, resource.path, resource.location))
    # What was not read is as recorded and as declared: refresh.py has compared it.
    settled = key in around.snapshot.unread and options.update_secrets != "always"
    found = [] if settled else differences(kind, resource, declared, before, options)
    verdict = judged(kind, resource, declared, before, found, known, options)
    if verdict.left:
        resource = accepted(resource, before, verdict.left)
        declared = resolved(resource.declared, lookup)
    common.update(
        resource=resource, declared=declared, record=verdict.record, left=shown_left(kind, verdict.left, _shown)
    )
    changes = verdict.changes if around.recorded is not None else found
    renaming = _renaming(kind, resource, object_id)
    if not changes and not renaming:
        return Action(action=UNCHANGED, **common)
    forced = [change for change in changes if change.path in kind.replaced_by and change.before is not MISSING]
    reason = f"{kind.author_path(forced[0].path)} cannot be changed in place" if forced else ""
    if forced and renaming:
        message = f"{reason}, and not while it is renamed: apply the rename first, then the change"
        around.problems.append(Problem(message, resource.path, resource.location))
    if forced:
        common["loses"] = kind.data if options.drop_data else ""
    shown = _shown(kind, without_former_secrets(changes, resource, known))
    if not forced and (renaming or _names_anew(resource, changes, options)):
        former = options.moved.get(key)
        return Action(action=RENAME, changes=(*renaming, *shown), reason=f"was {former}" if former else "", **common)
    return Action(action=REPLACE if forced else UPDATE, changes=shown, reason=reason, **common)


def _renaming(kind: Kind, resource: Resource, object_id: str) -> tuple[Change, ...]:
    """The name as a change, where a call of its own gives an object another one."""
    called = kind.renamed_by == "call" and object_id != resource.name
    return (Change("name", object_id, resource.name, CONFIG),) if called else ()


def _names_anew(resource: Resource, changes: Iterable[Change], options: Options) -> bool:
    """Whether a resource that was moved gets its name as one of its fields."""
    return resource.address in options.moved and any(change.path == "name" for change in changes)


def _looked_up(resource: Resource, before: Document, around: Surrounding, value: t.Any) -> t.Any:
    """What stands for a reference: the id, or the type of a connection."""
    if isinstance(value, Ref):
        return around.matched.by_reference.get(value, value.unknown)
    found = before.get("type") or dataset_type(value.connection, around.desired, around.snapshot)
    if found is None:
        around.problems.append(
            Problem(
                f"the type of connection {value.connection} is not known: the key may not read it or there is "
                f"no such connection; declare the type of the dataset (PostgreSQL, Snowflake, S3 ...)",
                f"{resource.path}.type",
                resource.location,
            )
        )
    return found


def effective_rules(resource: Resource, options: Options) -> Rules:
    """The rules of a resource; secrets count as changed where they are to be sent, and some tags are ignored."""
    special: dict[str, Rule] = {}
    for path, rule in resource.rules.items():
        if isinstance(rule, Secret):
            if options.update_secrets != "never" and (options.update_secrets == "always" or rule.changed):
                special[path] = Resent()
        elif isinstance(rule, AsSet) and rule.ignore != options.ignore_tags and path.rpartition(".")[2] == "tags":
            special[path] = AsSet(options.ignore_tags)
    return {**resource.rules, **special} if special else resource.rules


def differences(kind: Kind, resource: Resource, declared: Document, actual: Document, options: Options) -> list[Change]:
    """What has to change in an object, without what the configuration ignores; values are real, not for people."""
    rules = effective_rules(resource, options)
    if holds(declared, actual, rules):
        return []
    found = compare_carefully(declared, actual, rules, kind.defaults(actual or declared))
    return [change for change in found if not _ignored(change.path, resource.ignore_changes)]


def _ignored(path: str, ignored: tuple[str, ...]) -> bool:
    return any(path == entry or path.startswith((entry + ".", entry + "[", entry + " ")) for entry in ignored)


def _shown(kind: Kind, changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(_for_people(kind, change) for change in changes)


def _for_people(kind: Kind, change: Change) -> Change:
    path = _author_path(kind, change.path)
    before = MISSING if change.before is MISSING else redacted(change.before, kind.is_secret, change.path)
    after = redacted(change.after, kind.is_secret, change.path)
    if path == change.path and before is change.before and after is change.after:
        return change
    return Change(path, before, after, change.cause)


@lru_cache(maxsize=65_536)
def _author_path(kind: Kind, path: str) -> str:
    return kind.author_path(path)


def _creation(kind: Kind, declared: Document, rules: Rules) -> tuple[Change, ...]:
    visible = {path: rule for path, rule in rules.items() if not isinstance(rule, Secret)}
    return _shown(kind, compare_carefully(declared, {}, visible))


def _ordered(actions: list[Action]) -> tuple[Action, ...]:
    by_address = {action.address: action for action in actions}
    order = in_order(list(by_address), {action.address: action.needs for action in actions})
    return tuple(by_address[key] for key in order)
