# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many calls a node gets at a time, by a clock that only these tests turn."""

from __future__ import annotations

import heapq
import threading
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.pace import Call, Gate, Pace
from hypothesis import given
from hypothesis import strategies as st

MOST = 8


class Node:
    """Works on ``capacity`` calls at a time, for ``base`` seconds each; others wait. Refuses what is beyond ``wanted``."""

    def __init__(self, base: float = 0.05, capacity: int = 1000, wanted: int = 1000, rest: float = 0.0) -> None:
        self.base, self.capacity, self.wanted, self.rest = base, capacity, wanted, rest
        self.now = 0.0
        self.refusals = 0
        self._slots: list[float] = []

    def run(self, pace: Pace, count: int, sort: str = "GET x", write: bool = False) -> list[int]:
        """Make calls as fast as the pace lets us; how many were in flight after each start."""
        under_way: list[tuple[float, int, Call, bool]] = []
        seen: list[int] = []
        begun = 0
        while begun < count or under_way:
            if begun < count and pace.may_start(write, self.now):
                call = pace.start(sort, write, self.now)
                refused = pace.in_flight > self.wanted
                end = self.now + 0.001 if refused else self._worked()
                heapq.heappush(under_way, (end, begun, call, refused))
                begun += 1
                seen.append(pace.in_flight)
            elif under_way:
                self.now, _number, call, refused = heapq.heappop(under_way)
                if refused:
                    self.refusals += 1
                    pace.refused(call, self.now, self.rest)
                else:
                    pace.answered(call, self.now)
            else:
                self.now = max(self.now, pace.resting_until)
        return seen

    def _worked(self) -> float:
        self._slots = [end for end in self._slots if end > self.now]
        start = sorted(self._slots)[-self.capacity] if len(self._slots) >= self.capacity else self.now
        heapq.heappush(self._slots, start + self.base)
        return start + self.base


def test_it_begins_with_few_and_soon_has_all() -> None:
    seen = Node().run(Pace(MOST, MOST), 100)
    assert max(seen[:2]) == 2
    assert seen[20:90] == [MOST] * 70


@pytest.mark.parametrize("capacity", [1, 2, 3])
def test_calls_beyond_what_a_node_can_do_become_fewer_and_it_is_not_slower(capacity: int) -> None:
    node, pace = Node(capacity=capacity), Pace(MOST, MOST)
    seen = node.run(pace, 400)
    assert max(seen) > 2 * capacity  # until it knows
    assert max(seen[200:]) <= 2 * capacity + 1
    assert node.now <= 400 * node.base / capacity * 1.1


def test_it_grows_again_once_the_node_can_do_more() -> None:
    node, pace = Node(capacity=1), Pace(MOST, MOST)
    node.run(pace, 200)
    node.capacity = 1000
    assert node.run(pace, 200)[-MOST:] == [MOST] * MOST


def test_a_node_that_is_slow_for_another_reason_gets_as_many_calls_as_before() -> None:
    node, pace = Node(), Pace(MOST, MOST)
    node.run(pace, 100)
    node.base = 0.5
    assert node.run(pace, 200)[-MOST:] == [MOST] * MOST


def test_one_slow_answer_changes_nothing() -> None:
    node, pace = Node(), Pace(MOST, MOST)
    node.run(pace, 100)
    node.base = 0.2
    node.run(pace, 1)
    node.base = 0.05
    assert node.run(pace, 30) == [*range(1, MOST), *[MOST] * 23]


def test_calls_of_another_sort_may_take_longer() -> None:
    node, pace = Node(), Pace(MOST, MOST)
    node.run(pace, 50)
    node.base = 2.0
    node.run(pace, 50, "POST x")
    assert pace.allowed == MOST


@pytest.mark.parametrize("wanted", [1, 2, 5])
def test_after_a_refusal_there_are_half_as_many_and_it_never_stops(wanted: int) -> None:
    node, pace = Node(wanted=wanted), Pace(MOST, MOST)
    seen = node.run(pace, 400)
    assert max(seen[100:]) <= wanted + 1
    assert node.refusals < 400 / 4
    assert pace.allowed >= 1


def test_the_refusals_of_one_round_halve_it_once() -> None:
    pace = Pace(MOST, MOST)
    Node().run(pace, 100)
    calls = [pace.start("GET x", False, 0.0) for _number in range(MOST)]
    for call in calls:
        pace.refused(call, 0.0)
    assert pace.allowed == MOST / 2


def test_what_a_node_asks_for_is_kept_to_by_all_calls_up_to_a_minute() -> None:
    pace = Pace(MOST, MOST)
    pace.refused(pace.start("GET x", False, 0.0), 1.0, 5.0)
    assert not pace.may_start(False, 5.9) and pace.may_start(False, 6.0)
    pace.refused(pace.start("GET x", False, 6.0), 6.0, 3600.0)
    assert not pace.may_start(False, 65.9) and pace.may_start(False, 66.0)


def test_writes_have_a_limit_of_their_own() -> None:
    node, pace = Node(), Pace(MOST, 2)
    assert max(node.run(pace, 60, "PUT x", write=True)) == 2
    node.run(pace, 60)
    started = [pace.start("PUT x", True, node.now) for _number in range(2)]
    assert not pace.may_start(True, node.now) and pace.may_start(False, node.now)
    pace.untold(started[0])
    assert pace.may_start(True, node.now)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["start", "write", "answered", "refused", "untold"]), st.integers(0, 30), st.floats(0, 3)
    ),
    max_size=120,
)


@given(STEPS, st.integers(1, 12), st.integers(1, 12))
def test_whatever_happens_the_limits_hold_and_something_may_go_on(
    steps: list[tuple[str, int, float]], most: int, writes: int
) -> None:
    pace, now = Pace(most, writes), 0.0
    under_way: list[Call] = []
    for step, which, seconds in steps:
        now += seconds
        if step in ("start", "write"):
            if pace.may_start(step == "write", now):
                under_way.append(pace.start(f"x{which % 2}", step == "write", now))
        elif under_way:
            call = under_way.pop(which % len(under_way))
            told: tuple[t.Any, ...] = {"answered": (now,), "refused": (now, seconds), "untold": ()}[step]
            getattr(pace, step)(call, *told)
        assert 1 <= pace.allowed <= most
        assert pace.in_flight == len(under_way) <= most
        assert pace.writing == sum(call.write for call in under_way) <= writes
        assert under_way or pace.may_start(True, now + 60)


def test_a_gate_lets_no_more_threads_in_than_the_pace() -> None:
    gate = Gate(Pace(2, 1))
    most: list[int] = []
    inside, lock = [0], threading.Lock()
    meeting = threading.Barrier(2, timeout=10)

    def work(number: int) -> None:
        call = gate.enter("x", False)
        with lock:
            inside[0] += 1
            most.append(inside[0])
        meeting.wait()
        with lock:
            inside[0] -= 1
        gate.leave(call, gate.pace.untold)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(most) == 10 and max(most) == 2


def test_nobody_rests_when_the_run_is_to_end() -> None:
    gate = Gate(Pace(2, 2), hurried=lambda: True)
    gate.leave(gate.enter("x", True), gate.pace.refused, gate.pace.resting_until + 1e9, 60.0)
    done = threading.Event()
    threading.Thread(target=lambda: (gate.enter("x", True), done.set()), daemon=True).start()
    assert done.wait(10)
