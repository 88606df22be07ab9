# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order in which the actions of a plan are carried out: as soon as the graph allows, never more at once than workers."""

from __future__ import annotations

import typing as t
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from graphlib import TopologicalSorter

from .._errors import DssError
from .._node.parallel import Crew, Ended
from .._plan.compare import Document
from .._plan.model import Action
from .actions import Doer
from .guard import Guard

Progress = Callable[[int, int, str], None]
Note = Callable[[str, str, "str | None"], None]


_MOST_WAITING = 500  # so that what is begun is soon brought to an end, also when the run is to stop
_WORTH_A_LIST = 10  # a list may hold so many times what it is asked for: else each asks for itself


@dataclass(frozen=True)
class _List:
    """The call that lists what some new objects of one kind have become."""

    addresses: tuple[str, ...]


_Step = t.Union[str, _List]  # an action by its address, or a list


class Course:
    """The actions of a plan on their way.

    What is made and is still to be completed waits until nothing else can run, or many wait: one list then tells of all of them,
    and what needs them starts once they are complete. With one of a kind alone there is no list.
    """

    def __init__(
        self,
        actions: Mapping[str, Action],
        doer: Doer,
        guard: Guard,
        workers: int,
        on_error: str,
        progress: Progress,
        note: Note,
    ) -> None:
        self._actions = actions
        self._doer = doer
        self._guard = guard
        self._workers = workers
        self._stops = on_error == "stop"
        self._progress = progress
        self._note = note
        self._crew: Crew[_Step, t.Any] = Crew(workers)
        self._sorter = TopologicalSorter(
            {key: [need for need in action.needs if need in actions] for key, action in actions.items()}
        )
        self._ready: deque[str] = deque()
        self._waiting: list[str] = []  # made, and to be completed
        self._listed: deque[tuple[str, Mapping[str, Document] | None]] = deque()  # the same, with the list that tells of it
        self._incomplete: set[str] = set()  # all of these
        self._made: Counter[str] = Counter()  # objects by kind
        self._spoilt: set[str] = set()  # what failed or was not started
        self.ended: dict[str, str] = {}  # in that order, each with its error message or an empty text
        self.doubtful: list[str] = []  # what failed without a clear answer

    def run(self) -> None:
        """Carry out what can be carried out. What does not come from DSS is raised after what is in flight has ended."""
        try:
            self._sorter.prepare()
            while self._sorter.is_active():
                self._start()
                ended = self._crew.take() if self._crew.busy else None
                if ended is not None:
                    self._end(ended)
                    self._crew.settled(ended.key)
                if self._crew.busy or ended is not None:
                    done = ended.key if ended is not None and isinstance(ended.key, str) else ""
                    self._progress(len(self.ended), len(self._actions), done)
        except BaseException as error:
            self._guard.stop("the task timed out")
            if isinstance(error, Exception):
                raise
        finally:
            left = self._crew.dismiss()
        self._bring_to_an_end(left)

    def _start(self) -> None:
        self._ready.extend(self._sorter.get_ready())
        while self._listed and self._crew.busy < self._workers:
            key, listing = self._listed.popleft()
            self._crew.give(key, partial(self._doer.complete, self._actions[key], listing))
        while self._ready and self._crew.busy < self._workers and len(self._waiting) < _MOST_WAITING:
            key = self._ready.popleft()
            if self._may_start(self._actions[key]):
                self._crew.give(key, partial(self._doer.do, self._actions[key]))
            else:
                self._spoilt.add(key)
                self._sorter.done(key)
        if self._waiting and not (self._crew.busy or self._listed):
            self._list_waiting()

    def _may_start(self, action: Action) -> bool:
        if self._guard.stopped or (self._stops and self._spoilt):
            return False
        return self._spoilt.isdisjoint(action.needs)

    def _list_waiting(self) -> None:
        """Also after a failure elsewhere, and when the run is to stop: what was begun is brought to an end."""
        alike: dict[tuple[str, str | None], list[str]] = {}
        for key in self._waiting:
            alike.setdefault((self._actions[key].kind, self._actions[key].project), []).append(key)
        self._waiting.clear()
        for (kind, project), keys in alike.items():
            if len(keys) > 1 and self._made[kind] + self._doer.held_before(kind) <= _WORTH_A_LIST * len(keys):
                self._crew.give(_List(tuple(keys)), partial(self._doer.list, kind, project))
            else:
                self._listed.extend((key, None) for key in keys)

    def _end(self, ended: Ended[_Step, t.Any]) -> None:
        if isinstance(ended.key, _List):
            _message(ended.error)  # a list that failed: each asks for itself, and is told what is wrong
            self._listed.extend((key, ended.value) for key in ended.key.addresses)
            return
        if ended.error is None and ended.key not in self._incomplete:
            self._made[self._actions[ended.key].kind] += 1
        if ended.value is False:
            self._incomplete.add(ended.key)
            self._waiting.append(ended.key)
        else:
            self._finish(ended)
            self._sorter.done(ended.key)

    def _finish(self, ended: Ended[t.Any, t.Any]) -> None:
        key, message = ended.key, _message(ended.error)
        self.ended[key] = message
        self._note(key, message, self._doer.ids.get(key))
        if message:
            self._spoilt.add(key)
        if getattr(ended.error, "doubtful", False):
            self.doubtful.append(key)

    def _bring_to_an_end(self, left: Sequence[Ended[_Step, t.Any]]) -> None:
        """What was in flight when the task timed out, and what was made and not completed."""
        crew: Crew[str, t.Any] = Crew(self._workers)
        for ended in left:
            if isinstance(ended.key, str) and ended.value is False:
                self._incomplete.add(ended.key)
            elif isinstance(ended.key, str) and ended.key not in self.ended:
                self._finish(ended)
        try:
            for key in sorted(self._incomplete - self.ended.keys()):
                crew.give(key, partial(self._doer.complete, self._actions[key]))
            while crew.busy:
                completed = crew.take()
                if completed is not None:
                    self._finish(completed)
                    crew.settled(completed.key)
        finally:
            crew.dismiss()


def _message(error: BaseException | None) -> str:
    if error is not None and not isinstance(error, DssError):
        raise error
    return str(error or "")
