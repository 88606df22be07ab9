# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs did to one object, as their journals tell it."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .._kinds.base import Kind, Resource
from .._kinds.recipe_types import is_code
from .._plan.compare import Document, Rules, same
from .._plan.model import CREATE, DELETE, REPLACE
from .._state.journal import DONE, SKIPPED, Entry, Journal, Result

_WITHOUT_PAYLOAD = ("sync", "export", "update", "CustomCode_")  # dss-api.md 2.6, table of types


@dataclass(frozen=True)
class Trace:
    """What some runs, oldest first, did to one address.

    ``listed`` are the ids that the node held before the first of them, None where they were not listed.
    """

    address: str
    kind: Kind
    entries: tuple[Entry, ...]
    results: tuple[Result | None, ...]
    listed: frozenset[str] | None

    @property
    def project(self) -> str | None:
        return self.entries[0].project

    @property
    def before(self) -> Document | None:
        """The object as it was before the first run, None when there was none."""
        return self.entries[0].before

    @property
    def former_id(self) -> str:
        """The id that the object had before the first run."""
        return t.cast(str, self.entries[0].object_id)

    @property
    def name(self) -> str:
        return self.entries[0].name if self.before is None else self.kind.label(self.former_id, self.before)

    @property
    def id_is_of_dss(self) -> bool:
        """Whether DSS makes the id, so that a new object has another one."""
        return self.before is not None and self.former_id != self.name

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids that the object is known to have had, oldest first."""
        known = [
            step.object_id
            for pair in zip(self.entries, self.results)
            for step in pair
            if step and step.object_id is not None
        ]
        return tuple(dict.fromkeys(known))

    @property
    def made(self) -> bool:
        """Whether a run made an object, or began to."""
        return any(entry.action in (CREATE, REPLACE) and not entry.carried for entry in self.entries)

    @property
    def lost(self) -> bool:
        """Whether a run deleted the object, or began to, and did not surely bring the same content back.

        A creation where something was before resumes a run that had deleted it (``_state.journal.continued``).
        """
        return self.before is not None and any(
            entry.action in (CREATE, DELETE) or (entry.action == REPLACE and not (entry.carried and _done(result)))
            for entry, result in zip(self.entries, self.results)
        )

    @property
    def deleted(self) -> bool:
        """Whether a run surely deleted the object."""
        return any(
            entry.action in (DELETE, REPLACE) and _done(result) for entry, result in zip(self.entries, self.results)
        )

    @property
    def loses(self) -> tuple[str, ...]:
        """The data that went with the object."""
        return tuple(dict.fromkeys(entry.loses for entry in self.entries if entry.loses))

    @property
    def only_listed(self) -> bool:
        """Whether the before-image is an item of a list that lacks the content (dss-api.md section 5)."""
        before = self.before or {}
        kind = str(before.get("type"))
        if self.kind.name == "recipe":
            empty = not is_code(kind) and kind.startswith(_WITHOUT_PAYLOAD)
            return not empty and "code" not in before and "payload" not in before
        return self.kind.name == "scenario" and "params" not in before

    @property
    def own_fields(self) -> frozenset[str]:
        """The fields that DSS keeps for itself."""
        return self.kind.shape_of((self.before or {}).get("type")).computed | {"id"}

    def candidates(self, held: Mapping[str, Document]) -> tuple[str, ...]:
        """The objects of the node that may be this one: by id, or else by name if they were not there before."""
        known = [object_id for object_id in reversed(self.ids) if object_id in held]
        if known:
            return (known[0],)
        if self.name in held and self.name not in (self.listed or ()):
            return (self.name,)
        names = {self.name, *(str(entry.declared["name"]) for entry in self.entries if entry.declared.get("name"))}
        new = held.keys() - (self.listed or frozenset())
        return tuple(sorted(key for key in new if held[key].get("name") in names))

    def is_uncertain(self, object_id: str) -> bool:
        """Whether an object that was found by its name may have been there before the first run."""
        return self.listed is None and object_id not in self.ids and object_id != self.name

    def changes(self) -> Iterator[tuple[Document, Document]]:
        """What each run laid over the object, and what it held then."""
        return ((entry.declared, entry.before) for entry in self.entries if entry.before is not None)

    def resource(self, declared: Document, rules: Rules) -> Resource:
        """The object as a resource that is to hold a document."""
        identity = {} if self.id_is_of_dss or self.before is None else {"id": self.former_id}
        return Resource(self.kind.name, self.project, self.name, declared, identity=identity, rules=rules)


def traces(journals: Sequence[Journal], kinds: Mapping[str, Kind]) -> dict[str, Trace]:
    """What runs did, oldest first, by address."""
    steps: dict[str, list[tuple[Entry, Journal]]] = {}
    for journal in journals:
        for entry in journal.entries:
            result = journal.results.get(entry.address)
            if result is not None and result.status == SKIPPED and not entry.carried:
                continue  # what is carried is lost with its dataset before its own turn
            steps.setdefault(entry.address, []).append((entry, journal))
    found = {}
    for key, pairs in steps.items():
        first, oldest = pairs[0]
        found[key] = Trace(
            key,
            kinds[first.kind],
            tuple(entry for entry, _journal in pairs),
            tuple(journal.results.get(key) for _entry, journal in pairs),
            _listed(kinds[first.kind], first.project, oldest),
        )
    return found


def _listed(kind: Kind, project: str | None, journal: Journal) -> frozenset[str] | None:
    if kind.name in journal.listed:
        return frozenset(journal.listed[kind.name])
    was_to_come = "project" in journal.listed and project not in journal.listed["project"]
    return frozenset() if kind.scope == "project" and was_to_come else None


def same_creation(before: Document, actual: Document) -> bool:
    """Whether two documents are of one and the same object; that no write moves a creation tag is unverified."""
    return before.get("creationTag") is not None and same(before["creationTag"], actual.get("creationTag"))


def _done(result: Result | None) -> bool:
    return result is not None and result.status == DONE
