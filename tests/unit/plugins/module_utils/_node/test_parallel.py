# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls on threads: never more than are allowed, in order, and nothing is lost when they are interrupted."""

from __future__ import annotations

import threading
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.parallel import Crew, Ended, gather


def test_results_are_in_the_order_of_the_calls() -> None:
    assert gather([lambda number=number: number for number in range(100)], 4, lambda: None) == list(range(100))
    assert gather([], 4, lambda: None) == []


def test_no_more_threads_than_are_allowed() -> None:
    meeting, lock, now, most = threading.Barrier(3, timeout=10), threading.Lock(), [0], [0]

    def call() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        meeting.wait()
        with lock:
            now[0] -= 1

    gather([call] * 30, 3, lambda: None)
    assert most == [3]


def test_the_first_error_is_raised_after_what_is_in_flight_has_ended() -> None:
    failed, ended = threading.Event(), threading.Event()

    def slow() -> None:
        assert failed.wait(10)
        ended.set()

    def fails() -> None:
        failed.set()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gather([slow, fails], 2, lambda: None)
    assert ended.is_set()


def test_a_check_may_stop_it_and_what_has_not_begun_does_not_begin() -> None:
    begun: list[int] = []
    go_on = threading.Event()

    def call() -> None:
        begun.append(1)
        assert go_on.wait(10)

    def check() -> None:
        go_on.set()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gather([call] * 50, 2, check)
    assert len(begun) < 50


def test_what_was_taken_and_not_settled_is_told_when_the_crew_is_dismissed() -> None:
    crew: Crew[str, int] = Crew(1)
    crew.give("a", lambda: 1)
    crew.give("b", lambda: 1 // 0)
    taken = crew.take()
    assert taken == Ended("a", 1)
    left = {ended.key: ended for ended in crew.dismiss()}
    assert left["a"] == Ended("a", 1)
    assert set(left) <= {"a", "b"}


def test_what_is_settled_counts_no_more() -> None:
    crew: Crew[str, t.Any] = Crew(2)
    crew.give("a", lambda: None)
    assert crew.busy == 1
    assert crew.take() == Ended("a", None)
    crew.settled("a")
    assert crew.busy == 0 and crew.dismiss() == []
