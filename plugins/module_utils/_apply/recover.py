# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run that did not end has left behind: find its objects again."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .._errors import NodeError
from .._kinds.base import Kind, Node, Ref, address
from .._node.answer import understood
from .._plan.compare import Document
from .._plan.model import CREATE, DELETE, REPLACE
from .._state.journal import DONE, Entry, Journal
from .._state.model import Recorded

_PAUSE = 0.5


@dataclass(frozen=True)
class Found:
    """What an interrupted run has made, as it is to be recorded, and objects that may be its own but are not surely."""

    recorded: Mapping[str, Recorded]
    warnings: tuple[str, ...]


def find_again(
    journal: Journal,
    node: Node,
    kinds: Mapping[str, Kind],
    former: Mapping[str, Recorded],
    seconds: float,
    stopped: Callable[[], str],
) -> Found:
    """Look up what a run did whose end nobody has seen.

    A creation that was begun may still arrive: the node is given ``seconds`` for it. An object that the run made counts
    as recorded, so that it is deleted when it is no longer declared.
    """
    open_creations = [entry for entry in journal.doubtful if entry.action in (CREATE, REPLACE)]
    listings = _listings(journal, node, kinds)
    deadline = time.monotonic() + seconds
    while (
        any(_object_of(entry, journal, listings, kinds) is None for entry in open_creations)
        and time.monotonic() < deadline
        and not stopped()
    ):
        time.sleep(min(_PAUSE, max(0.0, deadline - time.monotonic())))
        listings = _listings(journal, node, kinds)
    recorded = dict(former)
    warnings = []
    for entry in journal.entries:
        if entry.action == DELETE or not entry.declared:
            continue
        object_id = _object_of(entry, journal, listings, kinds)
        result = journal.results.get(entry.address)
        if object_id is None or (result is not None and result.status != DONE and entry.address not in former):
            continue
        known = recorded.get(entry.address)
        recorded[entry.address] = (
            replace(known, object_id=object_id, status="unknown")
            if known
            else Recorded(entry.address, entry.kind, entry.name, object_id, entry.declared, status="unknown")
        )
    for entry in open_creations:
        twins = _newcomers(entry, journal, listings, kinds)
        if len(twins) > 1:
            warnings.append(
                f"{len(twins)} objects of the node may be {entry.address} of the interrupted run ({', '.join(twins)}): "
                "delete all but one, or declare the id of the one that is meant"
            )
    return Found(recorded, tuple(warnings))


def _listings(journal: Journal, node: Node, kinds: Mapping[str, Kind]) -> dict[str, Mapping[str, Document]]:
    wanted = {(entry.kind, entry.project) for entry in journal.entries if entry.action != DELETE}
    with understood("what an interrupted run has left"):
        return {kind: _listing(kinds[kind], node, project) for kind, project in sorted(wanted, key=str)}


def _listing(kind: Kind, node: Node, project: str | None) -> Mapping[str, Document]:
    try:
        return kind.read_all(node, project)
    except NodeError as error:
        if error.project_unreadable and not error.unauthenticated:  # it was to be created
            return {}
        raise


def _newcomers(
    entry: Entry, journal: Journal, listings: Mapping[str, Mapping[str, Document]], kinds: Mapping[str, Kind]
) -> list[str]:
    """Ids of the entry's name that the node did not hold before."""
    before = set(journal.listed.get(entry.kind, ()))
    held = listings.get(entry.kind, {})
    kind = kinds[entry.kind]
    return [key for key in sorted(held) if key not in before and kind.label(key, held[key]) == entry.name]


def _object_of(
    entry: Entry, journal: Journal, listings: Mapping[str, Mapping[str, Document]], kinds: Mapping[str, Kind]
) -> str | None:
    """The id of the object that an entry speaks of, or None where there is none (yet)."""
    held = listings.get(entry.kind, {})
    result = journal.results.get(entry.address)
    for known in (result.object_id if result else None, entry.object_id):
        if known is not None and known in held:
            return known
    named = _newcomers(entry, journal, listings, kinds)
    return named[0] if len(named) == 1 else None


def with_references(document: t.Any, ids: Mapping[str, str], project: str | None) -> t.Any:
    """A document of the journal in which each ``{"$ref": [kind, name]}`` is the id, or a reference where it is not known."""
    if isinstance(document, dict):
        if document.keys() == {"$ref"}:
            kind, name = document["$ref"]
            return ids.get(address(kind, project, name), Ref(kind, name))
        return {key: with_references(value, ids, project) for key, value in document.items()}
    if isinstance(document, list):
        return [with_references(value, ids, project) for value in document]
    return document
