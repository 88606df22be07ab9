# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of actions, how many run at once, and what stops them; without a node."""

from __future__ import annotations

import threading
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.course import Course
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.executor import Outcome
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.guard import Guard
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import CREATE, Action


class Recorder:
    """Does nothing, notes what ran and how many at once; fails for the given addresses."""

    def __init__(self, *failing: str, during: t.Callable[[str], None] = lambda key: None) -> None:
        self.done: list[str] = []
        self.most = 0
        self._failing = failing
        self._during = during
        self._now = 0
        self.ids: dict[str, str] = {}
        self._lock = threading.Lock()

    def do(self, action: Action) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._during(action.address)
        with self._lock:
            self._now -= 1
            self.done.append(action.address)
        if action.address in self._failing:
            raise DssError(f"{action.address} broke")


class TimedOut(BaseException):
    """What Ansible raises when a task takes too long is no Exception either."""


def actions(**needs: str) -> dict[str, Action]:
    return {key: Action(key, "dataset", "P", CREATE, needs=tuple(need.split())) for key, need in needs.items()}


def carry_out(
    given: dict[str, Action],
    doer: Recorder,
    guard: Guard | None = None,
    workers: int = 4,
    on_error: str = "stop",
    progress: t.Callable[[int, int, str], None] = lambda done, total, key: None,
) -> dict[str, str]:
    course = Course(given, t.cast(t.Any, doer), guard or Guard(), workers, on_error, progress, lambda *_ended: None)
    course.run()
    return course.ended


def test_what_is_needed_goes_first() -> None:
    doer = Recorder()
    assert carry_out(actions(c="b", a="", b="a"), doer) == {"a": "", "b": "", "c": ""}
    assert doer.done == ["a", "b", "c"]


def test_no_more_run_at_once_than_there_are_workers() -> None:
    meeting = threading.Barrier(3, timeout=10)
    doer = Recorder(during=lambda key: t.cast(None, meeting.wait()))
    assert len(carry_out(actions(**{f"a{number}": "" for number in range(30)}), doer, workers=3)) == 30
    assert doer.most == 3


def test_after_a_failure_nothing_new_starts() -> None:
    doer = Recorder("a1")
    ended = carry_out(actions(**{f"a{number}": "" for number in range(50)}), doer, workers=1)
    assert ended == {"a0": "", "a1": "a1 broke"}


def test_with_continue_only_what_needs_a_failure_is_left_out() -> None:
    ended = carry_out(actions(a="", b="a", c="b", d="", e="d"), Recorder("a"), on_error="continue")
    assert ended == {"a": "a broke", "d": "", "e": ""}


def test_what_is_in_flight_ends_when_the_guard_stops() -> None:
    guard = Guard()
    doer = Recorder(during=lambda key: guard.stop("enough"))
    assert carry_out(actions(**{f"a{number}": "" for number in range(50)}), doer, guard, workers=1) == {"a0": ""}


def test_a_task_that_times_out_lets_what_is_in_flight_end_and_tells_it() -> None:
    guard, begun, go_on = Guard(), threading.Event(), threading.Event()

    def late(done: int, total: int, key: str) -> None:
        if key == "a":
            go_on.set()
            raise TimedOut

    def during(key: str) -> None:
        if key == "a":
            assert begun.wait(10)
        elif key == "b":
            begun.set()
            assert go_on.wait(10)

    doer = Recorder(during=during)
    ended = carry_out(actions(a="", b="", c="a"), doer, guard, workers=2, progress=late)
    assert ended == {"a": "", "b": ""}
    assert guard.stopped == "the task timed out"


def test_a_fault_of_our_own_is_not_hidden_and_what_is_in_flight_ends() -> None:
    def wrong(key: str) -> None:
        if key == "a":
            raise ZeroDivisionError

    doer = Recorder(during=wrong)
    with pytest.raises(ZeroDivisionError):
        carry_out(actions(a="", b="", c="a"), doer)
    assert "c" not in doer.done


def test_a_chain_deeper_than_the_stack_is_carried_out() -> None:
    chain = actions(**{"a0": "", **{f"a{number}": f"a{number - 1}" for number in range(1, 3000)}})
    assert list(carry_out(chain, Recorder())) == list(chain)


def test_a_run_that_was_stopped_has_not_succeeded_even_if_nothing_is_left() -> None:
    assert Outcome(applied=["a"]).succeeded
    assert not Outcome(applied=["a"], stopped="the task timed out").succeeded  # it was not read back
