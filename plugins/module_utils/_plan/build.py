# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From desired and actual to the plan: pure, no network, no clock."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._errors import DssError, Problem
from .._kinds.base import Kind, Ref, Resource, address, redacted, resolved
from .._kinds.dataset_types import DATASET_TYPE_OF_CONNECTION
from .cascade import with_cascades
from .checks import limits, surroundings
from .compare import MISSING, AsSet, Change, Document, Resent, Rules, Secret, compare
from .graph import in_order
from .model import CREATE, DELETE, REPLACE, UNCHANGED, UPDATE, Action, Options, Plan, Snapshot


@dataclass(frozen=True)
class Matched:
    """Which object of the node each resource stands for: ids by address, by reference, and as (kind, id)."""

    ids: Mapping[str, str]
    by_reference: Mapping[Ref, str]
    taken: frozenset[tuple[str, str]]


def build(desired: Mapping[str, Resource], snapshot: Snapshot, options: Options, kinds: Mapping[str, Kind]) -> Plan:
    """Plan what leads from the node's objects to the declared ones."""
    problems: list[Problem] = []
    matched = _match(desired, snapshot, kinds, problems)
    if options.absent:
        actions = _removals(desired, snapshot, matched, options, kinds)
    else:
        actions = [
            _action(resource, snapshot, matched, desired, options, kinds, problems) for resource in desired.values()
        ]
        actions += _pruned(desired, snapshot, matched, options, kinds)
    actions = with_cascades(actions, snapshot)
    problems += limits(actions, options, [desired[key] for key in matched.ids])
    found, warnings = surroundings(actions, desired, snapshot)
    warnings = [*resource_notes(desired), *warnings, *(Problem(note, severity="warning") for note in snapshot.notes)]
    return Plan(_ordered(actions), tuple(warnings), tuple(problems + found))


def _match(
    desired: Mapping[str, Resource], snapshot: Snapshot, kinds: Mapping[str, Kind], problems: list[Problem]
) -> Matched:
    ids: dict[str, str] = {}
    for key, resource in desired.items():
        try:
            object_id = kinds[resource.kind].find(resource, snapshot.of(resource.kind))
        except DssError as error:
            problems.append(Problem(str(error), resource.path, resource.location))
            continue
        if object_id is not None:
            ids[key] = object_id
    references = {Ref(desired[key].kind, desired[key].name): object_id for key, object_id in ids.items()}
    return Matched(ids, references, frozenset((desired[key].kind, object_id) for key, object_id in ids.items()))


def resource_notes(desired: Mapping[str, Resource]) -> list[Problem]:
    """What the kinds have to say of what is declared."""
    return [
        Problem(note, resource.path, resource.location, "warning")
        for resource in desired.values()
        for note in resource.notes
    ]


def dataset_type(connection: str, desired: Mapping[str, Resource], snapshot: Snapshot) -> str | None:
    """The dataset type that fits a connection, as declared or as the node says, or None when nobody knows."""
    declared = desired.get(address("connection", None, connection))
    kind = declared.declared.get("type") if declared else snapshot.connections.get(connection)
    return DATASET_TYPE_OF_CONNECTION.get(kind, kind) if kind else None


def _action(
    resource: Resource,
    snapshot: Snapshot,
    matched: Matched,
    desired: Mapping[str, Resource],
    options: Options,
    kinds: Mapping[str, Kind],
    problems: list[Problem],
) -> Action:
    kind = kinds[resource.kind]
    object_id = matched.ids.get(resource.address)
    before = snapshot.of(resource.kind).get(object_id, {}) if object_id is not None else {}

    def lookup(open_value: t.Any) -> t.Any:
        if isinstance(open_value, Ref):
            return matched.by_reference.get(open_value, open_value.unknown)
        found = before.get("type") or dataset_type(open_value.connection, desired, snapshot)
        if found is None:
            problems.append(
                Problem(
                    f"the type of connection {open_value.connection} is not known: the key may not read it or there is "
                    f"no such connection; declare the type of the dataset (PostgreSQL, Snowflake, S3 ...)",
                    f"{resource.path}.type",
                    resource.location,
                )
            )
        return found

    declared = resolved(resource.declared, lookup)
    common: dict[str, t.Any] = {
        "address": resource.address,
        "kind": resource.kind,
        "project": resource.project,
        "location": resource.location,
        "object_id": object_id,
        "resource": resource,
        "declared": declared,
        "before": before,
        "needs": tuple(_needs(resource, desired, kinds)),
    }
    if object_id is None:
        return Action(action=CREATE, changes=tuple(_creation(kind, declared, resource.rules)), **common)
    found = differences(kind, resource, declared, before, options)
    if not found:
        return Action(action=UNCHANGED, **common)
    forced = [change for change in found if change.path in kind.replaced_by and change.before is not MISSING]
    reason = f"{kind.author_path(forced[0].path)} cannot be changed in place" if forced else ""
    if forced:
        common["loses"] = kind.data if options.drop_data else ""
    return Action(action=REPLACE if forced else UPDATE, changes=_shown(kind, found), reason=reason, **common)


def effective_rules(resource: Resource, options: Options) -> Rules:
    """The rules of a resource; secrets count as changed where they are sent on every run, and some tags are ignored."""
    rules = dict(resource.rules)
    for path, rule in resource.rules.items():
        if isinstance(rule, Secret) and options.update_secrets == "always":
            rules[path] = Resent()
        elif isinstance(rule, AsSet) and path.rpartition(".")[2] == "tags":
            rules[path] = AsSet(options.ignore_tags)
    return rules


def differences(kind: Kind, resource: Resource, declared: Document, actual: Document, options: Options) -> list[Change]:
    """What has to change in an object, without what the configuration ignores; values are real, not for people."""
    found = compare(declared, actual, effective_rules(resource, options), kind.defaults(actual or declared))
    return [change for change in found if not _ignored(change.path, resource.ignore_changes)]


def _ignored(path: str, ignored: tuple[str, ...]) -> bool:
    return any(path == entry or path.startswith((entry + ".", entry + "[", entry + " ")) for entry in ignored)


def _shown(kind: Kind, changes: list[Change]) -> tuple[Change, ...]:
    return tuple(
        Change(
            kind.author_path(change.path),
            redacted(change.before, kind.is_secret, change.path),
            redacted(change.after, kind.is_secret, change.path),
        )
        for change in changes
    )


def _creation(kind: Kind, declared: Document, rules: Rules) -> tuple[Change, ...]:
    visible = {path: rule for path, rule in rules.items() if not isinstance(rule, Secret)}
    return _shown(kind, compare(declared, {}, visible))


def _needs(resource: Resource, desired: Mapping[str, Resource], kinds: Mapping[str, Kind]) -> list[str]:
    needs = []
    if resource.project and resource.kind != "project":
        needs.append(address("project", resource.project, resource.project))
    for kind, name in resource.references:
        needs.append(address(kind, resource.project if kinds[kind].scope == "project" else None, name))
    for entry in resource.depends_on:
        needs += [key for key in desired if key == entry or key.endswith(f".{entry}")]
    return [key for key in dict.fromkeys(needs) if key in desired and key != resource.address]


def _deletion(
    kind: Kind, project: str | None, object_id: str, document: Document, options: Options, **more: t.Any
) -> Action:
    return Action(
        address=address(kind.name, project, kind.label(object_id, document)),
        kind=kind.name,
        project=project,
        action=DELETE,
        object_id=object_id,
        before=document,
        loses=kind.data if options.drop_data else "",
        **more,
    )


def _removals(
    desired: Mapping[str, Resource], snapshot: Snapshot, matched: Matched, options: Options, kinds: Mapping[str, Kind]
) -> list[Action]:
    """``state: absent``: a project goes with everything in it, otherwise each declared object goes."""
    whole = [key for key in matched.ids if desired[key].kind == "project"]
    actions = []
    for key in matched.ids:
        resource = desired[key]
        if whole and resource.kind != "project" and kinds[resource.kind].scope == "project":
            continue
        taken = ""
        if resource.kind == "project":
            counts = [
                f"{len(held)} {name}s"
                for name, held in snapshot.objects.items()
                if kinds[name].scope == "project" and not kinds[name].singleton and held
            ]
            taken = f"with {', '.join(counts)}" if counts else ""
        document = snapshot.of(resource.kind)[matched.ids[key]]
        actions.append(
            _deletion(
                kinds[resource.kind],
                resource.project,
                matched.ids[key],
                document,
                options,
                location=resource.location,
                resource=resource,
                reason=taken,
            )
        )
    return actions


def _pruned(
    desired: Mapping[str, Resource], snapshot: Snapshot, matched: Matched, options: Options, kinds: Mapping[str, Kind]
) -> list[Action]:
    """What the project holds and the configuration does not, in the sections that the configuration contains."""
    if not options.prune:
        return []
    project = next((resource.project for resource in desired.values() if resource.project), None)
    actions = []
    for kind in kinds.values():
        if kind.singleton or kind.scope != "project" or kind.section not in options.sections:
            continue
        held = snapshot.of(kind.name)
        labels = Counter(kind.label(object_id, document) for object_id, document in held.items())
        for object_id, document in sorted(held.items()):
            if (kind.name, object_id) not in matched.taken:
                alone = labels[kind.label(object_id, document)] == 1
                reason = "not in the configuration" if alone else f"id {object_id}, not in the configuration"
                found = _deletion(kind, project, object_id, document, options, reason=reason)
                # Two managed folders may have one name: their addresses have to differ.
                actions.append(found if alone else replace(found, address=f"{found.address}[{object_id}]"))
    return actions


def _ordered(actions: list[Action]) -> tuple[Action, ...]:
    by_address = {action.address: action for action in actions}
    order = in_order(list(by_address), {action.address: action.needs for action in actions})
    return tuple(by_address[key] for key in order)
