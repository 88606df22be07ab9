# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is recorded against what the node holds: pure, and without a configuration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from .._errors import DssError
from .._kinds.base import Kind, Neighbours, Resource, address
from .._plan.build import effective_rules
from .._plan.compare import Change, Document, Rules
from .._plan.drift import applies, covers, drift_of, expired
from .._plan.model import Ignored, Options, Snapshot
from .._state.model import INSTANCE, Recorded, State
from .._state.records import rules_of

HEALTHY, DRIFTED, MISSED, UNMANAGED, IGNORED = "healthy", "drifted", "missing", "unmanaged", "ignored"
STATUSES = (DRIFTED, MISSED, UNMANAGED, IGNORED, HEALTHY)


@dataclass(frozen=True)
class Found:
    """One object as it was found.

    Changes have DSS's own paths and values: ``before`` is what DSS holds, ``after`` what is recorded. ``ignored`` are
    those that a rule leaves alone, ``ignored_by`` all rules that act here.
    """

    address: str
    kind: str
    status: str
    object_id: str | None
    recorded: Recorded | None = None
    document: Document = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    ignored: tuple[Change, ...] = ()
    ignored_by: tuple[Ignored, ...] = ()
    rules: Rules = field(default_factory=dict)


def compared(
    project: str,
    state: State | None,
    snapshot: Snapshot,
    kinds: Mapping[str, Kind],
    options: Options,
    configured: Mapping[str, Resource],
) -> list[Found]:
    """Everything that is recorded or that the node holds, by address.

    ``configured`` are resources of a configuration, where one is at hand: only it knows how a schema is compared, and
    ``ignore_changes``. Of a kind that this collection does not know nothing is said.
    """
    owner = None if project == INSTANCE else project
    found = [
        _compared(entry, owner, snapshot, kinds[entry.kind], options, configured.get(entry.address))
        for entry in (state.resources.values() if state else ())
        if entry.kind in kinds
    ]
    taken = {(entry.kind, entry.object_id) for entry in found}
    for kind in kinds.values():
        if kind.scope == ("project" if owner else "instance") and not kind.singleton:
            found += _unmanaged(kind, owner, snapshot.of(kind.name), taken, options)
    return sorted(found, key=lambda entry: entry.address)


def _compared(
    entry: Recorded, owner: str | None, snapshot: Snapshot, kind: Kind, options: Options, configured: Resource | None
) -> Found:
    resource = configured or _as_recorded(entry, owner, kind)
    listing = snapshot.of(entry.kind)
    object_id = _object_id(entry, kind, resource, listing)
    if object_id is None:
        ignoring = _rules_for(entry.address, options)
        return Found(
            entry.address, entry.kind, IGNORED if ignoring else MISSED, entry.object_id, entry, ignored_by=ignoring
        )
    document, rules = listing[object_id], effective_rules(resource, options)
    changes: list[Change] = []
    ignored: list[Change] = []
    acting: dict[int, Ignored] = {}
    for change in [*_renamed(entry, kind, object_id, document), *drift_of(kind, rules, entry, document)]:
        if any(covers(path, change.path) for path in resource.ignore_changes):
            continue
        rule = next((rule for rule in _active(options) if applies(rule, entry.address, kind, change.path)), None)
        (ignored if rule else changes).append(change)
        if rule:
            acting[id(rule)] = rule
    status = DRIFTED if changes else IGNORED if ignored else HEALTHY
    return Found(
        entry.address,
        entry.kind,
        status,
        object_id,
        entry,
        document,
        tuple(changes),
        tuple(ignored),
        tuple(acting.values()),
        rules,
    )


def as_recorded(state: State | None, owner: str | None, kinds: Mapping[str, Kind]) -> dict[str, Resource]:
    """What is recorded as resources by address."""
    entries = state.resources.items() if state else ()
    return {key: _as_recorded(entry, owner, kinds[entry.kind]) for key, entry in entries if entry.kind in kinds}


def _as_recorded(entry: Recorded, owner: str | None, kind: Kind) -> Resource:
    """What is recorded as a resource; the kind adds the rules that follow from what is declared."""
    resource = Resource(entry.kind, owner, entry.name, entry.declared, rules=kind.rules)
    return replace(resource, rules=rules_of(entry, kind.finish(resource, {}, Neighbours()).rules))


def _object_id(entry: Recorded, kind: Kind, resource: Resource, listing: Mapping[str, Document]) -> str | None:
    """The id of the object, also where it was made anew under its name."""
    if entry.object_id in listing:
        return entry.object_id
    try:
        return kind.find(resource, listing)
    except DssError:  # several have the name, and none the id
        return None


def _renamed(entry: Recorded, kind: Kind, object_id: str, document: Document) -> Iterator[Change]:
    """A managed folder keeps its id when somebody renames it."""
    label = kind.label(object_id, document)
    if not kind.singleton and label != entry.name and "name" not in entry.declared:
        yield Change("name", label, entry.name)


def _unmanaged(
    kind: Kind, owner: str | None, listing: Mapping[str, Document], taken: set[tuple[str, str | None]], options: Options
) -> Iterator[Found]:
    labels = Counter(kind.label(object_id, document) for object_id, document in listing.items())
    for object_id, document in listing.items():
        if (kind.name, object_id) in taken or kind.is_inherent(object_id):
            continue
        label = kind.label(object_id, document)
        # Two managed folders may have one name: their addresses have to differ.
        place = address(kind.name, owner, label) + ("" if labels[label] == 1 else f"[{object_id}]")
        ignoring = _rules_for(place, options)
        yield Found(
            place, kind.name, IGNORED if ignoring else UNMANAGED, object_id, document=document, ignored_by=ignoring
        )


def _active(options: Options) -> list[Ignored]:
    return [rule for rule in options.ignored if not expired(rule, options)]


def _rules_for(place: str, options: Options) -> tuple[Ignored, ...]:
    """The rules that leave a whole object alone."""
    return tuple(rule for rule in _active(options) if not rule.fields and fnmatchcase(place, rule.resource))
