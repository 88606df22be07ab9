# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read back what was written: DSS answers 200 and drops what it does not know (dss-api.md quirk 2)."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from functools import partial

from .._errors import DssError, NodeError, Problem
from .._kinds.base import Kind, Resource, redacted
from .._node.answer import understood
from .._node.parallel import gather
from .._plan.compare import MISSING, Change, Document, is_empty, same
from .._plan.model import DELETE, Action
from .._plan.render import shown
from .actions import Doer

if t.TYPE_CHECKING:
    from .executor import Outcome


def verify(done: Sequence[Action], doer: Doer, workers: int, outcome: Outcome) -> list[Action]:
    """Compare each written object once more; what is absent failed (dropped), what is rewritten is a warning.

    What was deleted must be gone. Returns what nobody has looked at since its creation and lacks something: that is no
    failure before it was written in another way too.
    """
    deleted = [action for action in done if action.action == DELETE and action.object_id]
    written = [action for action in done if action.action != DELETE and action.resource and action.address in doer.ids]
    listings, contents = _read_back(written, deleted, doer, workers)
    late: list[Action] = []
    for action in deleted:
        held = listings[action.kind, action.project]
        if isinstance(held, NodeError) and held.project_unreadable:
            continue
        if isinstance(held, DssError):
            _fail(outcome, action, f"could not be read back: {held}")
        elif action.object_id in held:
            _fail(outcome, action, "the node accepted the deletion but still holds it: run again to delete it")
    for action in written:
        document = contents[action.address] if action.address in contents else listings[action.kind, action.project]
        if action.address not in contents and not isinstance(document, DssError):
            document = document.get(doer.ids[action.address])
        if document is None or (isinstance(document, NodeError) and document.missing):
            _fail(outcome, action, "the node accepted it but holds no such object: run again to create it")
        elif isinstance(document, DssError):
            _fail(outcome, action, f"could not be read back: {document}")
        else:
            left = but_for_secrets(doer.kinds[action.kind], doer.left_to_do(action, document))
            if left and action.address in doer.unread:
                late.append(action)
                continue
            share_texts(t.cast(Resource, action.resource).declared, document)
            outcome.held[action.address] = document
            _judge(action, doer, left, outcome)
    return late


def _read_back(
    written: Sequence[Action], deleted: Sequence[Action], doer: Doer, workers: int
) -> tuple[dict[tuple[str, str | None], t.Any], dict[str, t.Any]]:
    """Listings by kind and project, and documents by address, as the node holds them now; errors in their place.

    One list call for what was deleted and for a kind whose list is complete, else one call each.
    """
    single = [action for action in written if not doer.kinds[action.kind].listing_is_complete]
    listed = [action for action in written if doer.kinds[action.kind].listing_is_complete]
    bulk = sorted({(action.kind, action.project) for action in (*listed, *deleted)}, key=str)
    calls: list[t.Callable[[], t.Any]] = [
        partial(_quietly, doer.kinds[kind].read_all, doer.node, project) for kind, project in bulk
    ]
    calls += [
        partial(_quietly, doer.kinds[action.kind].read_declared, doer.node, action.resource, doer.ids[action.address])
        for action in single
    ]
    answers = gather(calls, workers, lambda: None)
    return dict(zip(bulk, answers)), dict(zip((action.address for action in single), answers[len(bulk) :]))


def _quietly(call: t.Callable[..., t.Any], *arguments: t.Any) -> t.Any:
    try:
        with understood("what was written"):
            return call(*arguments)
    except DssError as error:
        return error


def share_texts(declared: Document, held: Document) -> None:
    """Put the texts that are declared in the place of equal ones that were read: no code is in memory twice."""
    for key, text in declared.items():
        other = held.get(key)
        if isinstance(text, str) and text == other:
            held[key] = text
        elif isinstance(text, dict) and isinstance(other, dict):
            share_texts(text, other)


def _judge(action: Action, doer: Doer, left: Sequence[Change], outcome: Outcome) -> None:
    kind = doer.kinds[action.kind]
    before = {change.path: change.before for change in doer.left_to_do(action, action.before)} if action.before else {}
    dropped: list[Change] = []
    rewritten: list[Change] = []
    for change in left:
        lost = is_empty(change.before) or same(change.before, before.get(change.path, MISSING))
        (dropped if lost else rewritten).append(change)
    if dropped:
        names = ", ".join(kind.author_path(change.path) for change in dropped)
        _fail(
            outcome,
            action,
            f"dropped: the node answered 200 but does not hold {names}: check the spelling, or take it out",
        )
    if rewritten:
        outcome.rewritten[action.address] = tuple(rewritten)
    for change in rewritten:
        outcome.warnings.append(_normalised(action, for_people(kind, change)))


def but_for_secrets(kind: Kind, changes: Sequence[Change]) -> list[Change]:
    """Changes without those of secrets alone: DSS encrypts one anew with each write (dss-api.md 2.16)."""
    return [
        change
        for change in changes
        if not same(*(redacted(side, kind.is_secret, change.path) for side in (change.before, change.after)))
    ]


def for_people(kind: Kind, change: Change) -> Change:
    """A change with the author's name for its path and without secrets."""
    before, after = (redacted(value, kind.is_secret, change.path) for value in (change.before, change.after))
    return Change(kind.author_path(change.path), before, after, change.cause)


def _normalised(action: Action, change: Change) -> Problem:
    message = (
        f"normalised: the node holds {shown(change.before)} for {change.path}, declared is {shown(change.after)}: "
        "declare what it holds"
    )
    resource = action.resource
    return Problem(message, resource.path if resource else action.address, action.location, "warning")


def _fail(outcome: Outcome, action: Action, message: str) -> None:
    outcome.applied.remove(action.address)
    outcome.failed[action.address] = message
