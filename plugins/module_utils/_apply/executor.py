# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry out a plan: in parallel as the graph allows, stopping cleanly, reading back what was written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from .._errors import DssError, Problem
from .._kinds.base import Kind, Node
from .._node.parallel import gather
from .._plan.compare import Change, Document
from .._plan.model import Action, Options, Plan
from .actions import Doer
from .closing import late_arrivals
from .course import Course, Note, Progress
from .follow import follow_up
from .guard import Guard
from .verify import verify


@dataclass
class Outcome:
    """What an apply did: addresses that were applied or skipped, and what failed with its message.

    ``unsettled`` are those of the failed whose write nobody answered: it may still arrive.
    By address: ``ids`` of all objects by now, ``rewritten`` what DSS keeps in another form, ``held`` what was read back.
    """

    applied: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    stopped: str = ""
    unsettled: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    rewritten: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    held: dict[str, Document] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return not self.failed and not self.skipped and not self.stopped


def apply(
    plan: Plan,
    node: Node,
    kinds: Mapping[str, Kind],
    guard: Guard,
    options: Options,
    *,
    workers: int = 8,
    on_error: str = "stop",
    progress: Progress = lambda done, total, address: None,
    note: Note = lambda address, message, object_id: None,
    settle: float = 0.0,
    written: Callable[[], None] = lambda: None,
    listed: Mapping[str, Collection[str]] | None = None,
) -> Outcome:
    """Apply every changed action of a plan and read back what was written.

    ``note`` is told of every action that ended: its address, its error or an empty text, the id of its object. A
    dependent of a failed action is skipped; with ``on_error="stop"`` nothing new starts after a failure. What was
    dropped by the node counts as failed. A write whose answer was lost may arrive later: the node is given ``settle``
    seconds for it. What the kinds ask for afterwards follows (``Kind.follow_ups``). ``written`` is called after the last
    write, before the read-back; once more if the read-back led to another one. ``listed`` are the ids that the node held
    before, by kind.
    """
    doer = Doer(node, kinds, plan, options, listed)
    actions = {action.address: action for action in plan.changed}
    course = Course(actions, doer, guard, workers, on_error, progress, note)
    course.run()
    ended, doubtful = course.ended, course.doubtful
    arrived = late_arrivals([actions[key] for key in doubtful], doer, settle, lambda: guard.stopped)
    ended.update(dict.fromkeys(arrived, ""))
    outcome = Outcome(
        applied=[key for key, message in ended.items() if not message],
        failed={key: message for key, message in ended.items() if message},
        skipped=[key for key in actions if key not in ended],
        stopped=guard.stopped,
        unsettled=[key for key in doubtful if key not in arrived],
        ids=doer.ids,
        warnings=[
            *doer.doubts,
            *(Problem(f"{key} arrived late: its answer was lost", severity="warning") for key in arrived),
        ],
    )
    outcome.warnings += follow_up([actions[key] for key in outcome.applied], doer, workers, guard)
    written()
    if not outcome.stopped:
        late = verify([actions[key] for key in outcome.applied], doer, workers, outcome)
        if late:
            _complete(late, doer, workers, guard, outcome)
            outcome.warnings += follow_up([actions[key] for key in outcome.applied], doer, workers, guard)
            written()
            outcome.held.clear()  # read before the last write
            verify([action for action in late if action.address in outcome.applied], doer, workers, outcome)
    return outcome


def _complete(late: Sequence[Action], doer: Doer, workers: int, guard: Guard, outcome: Outcome) -> None:
    """Write what creations were to carry and the node does not hold: once more, over a fresh read."""

    def completed(action: Action) -> DssError | None:
        doer.unread.discard(action.address)
        try:
            guard.check()
            doer.complete(action)
        except DssError as error:
            return error
        return None

    errors = gather([partial(completed, action) for action in late], workers, lambda: None)
    for action, error in zip(late, errors):
        if error is not None:
            outcome.applied.remove(action.address)
            outcome.failed[action.address] = str(error)
            if getattr(error, "doubtful", False):
                outcome.unsettled.append(action.address)
