# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order in which the actions of a plan are carried out: as soon as the graph allows, never more at once than workers."""

from __future__ import annotations

import typing as t
from collections import deque
from collections.abc import Callable, Mapping
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


@dataclass(frozen=True)
class _List:
    """The call that lists what some new objects of one kind have become."""

    addresses: tuple[str, ...]


_Step = t.Union[str, _List]  # an action by its address, or a list


class Course:
    """The actions of a plan on their way.

    What is made and is still to be completed waits until nothing else can run: one list then tells of all that wait, and what
    needs them starts once they are complete. With one of a kind alone there is no list.
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
        self._sorter = TopologicalSorter(
            {key: [need for need in action.needs if need in actions] for key, action in actions.items()}
        )
        self._ready: deque[str] = deque()
        self._waiting: list[str] = []  # made, and to be completed
        self._listed: deque[tuple[str, Mapping[str, Document] | None]] = deque()  # the same, with the list that tells of it
        self._spoilt: set[str] = set()  # what failed or was not started
        self.ended: dict[str, str] = {}  # in that order, each with its error message or an empty text
        self.doubtful: list[str] = []  # what failed without a clear answer

    def run(self) -> None:
        """Carry out what can be carried out. What does not come from DSS is raised after what is in flight has ended."""
        crew: Crew[_Step, t.Any] = Crew(self._workers)
        self._sorter.prepare()
        try:
            while self._sorter.is_active():
                self._start(crew)
                ended = crew.take() if crew.busy else None
                if ended is not None:
                    self._end(ended)
                if crew.busy or ended is not None:
                    self._progress(len(self.ended), len(self._actions), ended.key if _is_action(ended) else "")
        except BaseException as error:
            self._guard.stop("the task timed out")
            if isinstance(error, Exception):
                raise
        finally:
            left = crew.dismiss()
        for ended in left:
            if isinstance(ended.key, str):
                self.ended[ended.key] = self._unfinished() if ended.value is False else _message(ended.error)
        for key in (*self._waiting, *(key for key, _listing in self._listed)):
            self.ended.setdefault(key, self._unfinished())

    def _start(self, crew: Crew[_Step, t.Any]) -> None:
        self._ready.extend(self._sorter.get_ready())
        while self._listed and crew.busy < self._workers:
            key, listing = self._listed.popleft()
            self._complete(crew, key, listing)
        while self._ready and crew.busy < self._workers:
            key = self._ready.popleft()
            if self._may_start(self._actions[key]):
                crew.give(key, partial(self._doer.do, self._actions[key]))
            else:
                self._spoilt.add(key)
                self._sorter.done(key)
        if self._waiting and not (crew.busy or self._ready or self._listed):
            self._list_waiting(crew)

    def _may_start(self, action: Action) -> bool:
        if self._guard.stopped or (self._stops and self._spoilt):
            return False
        return self._spoilt.isdisjoint(action.needs)

    def _list_waiting(self, crew: Crew[_Step, t.Any]) -> None:
        alike: dict[tuple[str, str | None], list[str]] = {}
        for key in self._waiting:
            alike.setdefault((self._actions[key].kind, self._actions[key].project), []).append(key)
        self._waiting.clear()
        for (kind, project), keys in alike.items():
            if len(keys) == 1 or self._guard.stopped:
                self._listed.extend((key, None) for key in keys)
            else:
                crew.give(_List(tuple(keys)), partial(self._doer.list, kind, project))

    def _complete(self, crew: Crew[_Step, t.Any], key: str, listing: Mapping[str, Document] | None) -> None:
        """Also after a failure elsewhere: what was begun is brought to its end, unless the run itself is to stop."""
        if self._guard.stopped:
            self._finish(key, self._unfinished())
        else:
            crew.give(key, partial(self._doer.complete, self._actions[key], listing))

    def _unfinished(self) -> str:
        return f"it was made, and some of its fields are not written yet ({self._guard.stopped}): run again to finish it"

    def _end(self, ended: Ended[_Step, t.Any]) -> None:
        if isinstance(ended.key, _List):
            _message(ended.error)  # a list that failed: each asks for itself, and is told what is wrong
            self._listed.extend((key, ended.value) for key in ended.key.addresses)
        elif ended.value is False:
            self._waiting.append(ended.key)
        else:
            self._finish(ended.key, _message(ended.error))
            if getattr(ended.error, "doubtful", False):
                self.doubtful.append(ended.key)

    def _finish(self, key: str, message: str) -> None:
        self.ended[key] = message
        self._note(key, message, self._doer.ids.get(key))
        if message:
            self._spoilt.add(key)
        self._sorter.done(key)


def _is_action(ended: Ended[_Step, t.Any] | None) -> bool:
    return ended is not None and isinstance(ended.key, str)


def _message(error: BaseException | None) -> str:
    if error is not None and not isinstance(error, DssError):
        raise error
    return str(error or "")
