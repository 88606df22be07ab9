# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carry out a plan: in parallel as the graph allows, stopping cleanly, reading back what was written."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from .._errors import DssError, Problem
from .._kinds.base import Kind, Node
from .._plan.compare import Change, Document
from .._plan.model import Action, Options, Plan
from .actions import Doer
from .closing import late_arrivals
from .follow import follow_up
from .guard import Guard
from .verify import verify

Progress = Callable[[int, int, str], None]
Note = Callable[[str, str, "str | None"], None]


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
    listed: Mapping[str, Container[str]] | None = None,
) -> Outcome:
    """Apply every changed action of a plan and read back what was written.

    ``note`` is told of every action that ended: its address, its error or an empty text, the id of its object. A
    dependent of a failed action is skipped; with ``on_error="stop"`` nothing new starts after a failure. What was
    dropped by the node counts as failed. A write whose answer was lost may arrive later: the node is given ``settle``
    seconds for it. What the kinds ask for afterwards follows (``Kind.follow_ups``). ``written`` is called after the last
    write, before the read-back. ``listed`` are the ids that the node held before, by kind.
    """
    doer = Doer(node, kinds, plan, options, listed)
    actions = {action.address: action for action in plan.changed}
    ended, doubtful = _carry_out(actions, doer, guard, workers, on_error, progress, note)
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
        verify([actions[key] for key in outcome.applied], doer, workers, outcome)
    return outcome


def _carry_out(
    actions: Mapping[str, Action], doer: Doer, guard: Guard, workers: int, on_error: str, progress: Progress, note: Note
) -> tuple[dict[str, str], list[str]]:
    """What ended, in that order, each with its error message or an empty text; and what failed without a clear answer.

    Never more at once than workers.
    """
    sorter = TopologicalSorter(
        {key: [need for need in action.needs if need in actions] for key, action in actions.items()}
    )
    sorter.prepare()
    ready: deque[str] = deque()
    running: dict[Future[None], str] = {}
    ended: dict[str, str] = {}
    spoilt: set[str] = set()  # what failed or was not started
    doubtful: list[str] = []

    def may_start(action: Action) -> bool:
        if guard.stopped or (on_error == "stop" and spoilt):
            return False
        return spoilt.isdisjoint(action.needs)

    pool = ThreadPoolExecutor(workers)
    try:
        while sorter.is_active():
            ready.extend(sorter.get_ready())
            while ready and len(running) < workers:
                key = ready.popleft()
                if may_start(actions[key]):
                    running[pool.submit(doer.do, actions[key])] = key
                else:
                    spoilt.add(key)
                    sorter.done(key)
            done = wait(running, timeout=0.2, return_when=FIRST_COMPLETED).done if running else set()
            for future in done:
                key = running[future]
                ended[key] = _message(future)
                note(key, ended[key], doer.ids.get(key))
                if ended[key]:
                    spoilt.add(key)
                if getattr(future.exception(), "doubtful", False):
                    doubtful.append(key)
                del running[future]
                sorter.done(key)
            if running or done:
                progress(len(ended), len(actions), key if done else "")
    except BaseException as error:
        guard.stop("the task timed out")
        if isinstance(error, Exception):
            raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    late = {key: _message(future) for future, key in running.items() if not future.cancelled()}
    return {**ended, **late}, doubtful


def _message(future: Future[None]) -> str:
    error = future.exception()
    if error is not None and not isinstance(error, DssError):
        raise error
    return str(error or "")
