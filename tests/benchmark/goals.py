# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The goals of the issue "Speed and scale", and whether a run of the benchmark meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .contestants import APPLY, CONFIGURATION, EQUAL, PLAN, RECORDED, TASKS
from .groups.fleet import SINGLE, TOGETHER
from .groups.loops import DATASET, PING
from .phases import STATE
from .results import Results, Row
from .statistics import fit

Value = Callable[[Results], "float | None"]
LINEAR = 1.15  # a power of growth up to this counts as linear
_MB = 1_000_000


@dataclass(frozen=True)
class Goal:
    """A value that is at most ``limit``, or with ``least`` at least that; it is None where it was not measured."""

    work: str
    what: str
    limit: float
    unit: str
    value: Value
    least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.limit if self.least else value <= self.limit


@dataclass(frozen=True)
class Judged:
    """A goal with its value."""

    goal: Goal
    value: float | None

    @property
    def verdict(self) -> str:
        if self.value is None:
            return "not measured"
        return "met" if self.goal.met(self.value) else "not met"


def judge(results: Results) -> list[Judged]:
    """All goals."""
    return [Judged(goal, goal.value(results)) for goal in GOALS]


def _worst(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _offline_seconds(results: Results) -> float | None:
    return _worst(row.net for row in results.find(group="offline", objects=10_000))


def _offline_memory(results: Results) -> float | None:
    return _worst(row.peak / _MB for row in results.find(group="offline", objects=10_000))


def _offline_growth(results: Results) -> float | None:
    rows = [row for row in results.find(group="offline") if row.objects >= 1_000]
    return _worst(_power([row for row in rows if row.work == work], lambda row: row.net) for work in _works(rows))


def _works(rows: Iterable[Row]) -> set[str]:
    return {row.work for row in rows}


def _power(rows: Iterable[Row], value: Callable[[Row], float | None]) -> float | None:
    growth = fit([(row.objects, found) for row in rows if (found := value(row)) is not None])
    return growth.power if growth else None


def _unchanged_calls(results: Results) -> float | None:
    """How many calls the largest project costs more than the smallest."""
    calls = [row.calls for row in results.find(group="unchanged", contestant=RECORDED) if row.calls is not None]
    return float(max(calls) - min(calls)) if len(calls) > 1 else None


def _unchanged_wall(results: Results) -> float | None:
    row = results.one(group="unchanged", contestant=RECORDED, objects=10_000)
    return row.wall if row else None


def _to_limit(work: str) -> Value:
    def value(results: Results) -> float | None:
        rows = results.find(group="medium", work=work, contestant=CONFIGURATION, objects=1_000, latency=20)
        return _worst(row.ratio for row in rows)

    return value


def _faster_than(work: str, other: str) -> Value:
    def value(results: Results) -> float | None:
        found = []
        for row in results.find(group="medium", work=work, contestant=other, objects=1_000, latency=20):
            ours = results.one(**{**_place(row), "contestant": CONFIGURATION})
            if ours and ours.net and row.net is not None:
                found.append(row.net / ours.net)
        return min(found, default=None)

    return value


def _place(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in ("group", "work", "objects", "shape", "latency")}


def _bookkeeping(results: Results) -> float | None:
    row = results.one(group="phases", work=APPLY, objects=2_000)
    return row.phases[STATE] if row else None


def _bookkeeping_growth(results: Results) -> float | None:
    rows = results.find(group="phases", work=APPLY)
    return _power([row for row in rows if row.objects >= 500], lambda row: row.phases[STATE])


def _task(results: Results) -> float | None:
    ours, ping = (results.one(group="loops", contestant=name) for name in (DATASET, PING))
    return ours.net / ping.net if ours and ping and ours.net is not None and ping.net else None


def _fleet(work: str) -> Value:
    def value(results: Results) -> float | None:
        single = results.one(group="fleet", work=work, contestant=SINGLE)
        together = results.one(group="fleet", work=work, contestant=TOGETHER, objects=600)
        if not (single and together and single.net and together.net):
            return None
        side_by_side = min(together.phases["forks"], float(results.machine["cores"]))
        return together.net / (together.objects * single.net / single.objects / side_by_side)

    return value


_OFFLINE = "load, validate, plan 10,000 resources, no network"
_UNCHANGED = "empty plan of an unchanged project with recorded state"
_PLAN = "empty plan without recorded state, 1,000 objects, 20 ms, start-up apart"
_APPLY = "apply of 1,000 objects to an empty node, 20 ms, start-up apart"
_BOOKS = "bookkeeping (state, journal) of an apply of 2,000 objects, local backend"
_TASK = "one module task, in a loop of 100"
_FLEET = "200 projects x 3 environments, start-up apart"

GOALS = (
    Goal(_OFFLINE, "time", 2, "s", _offline_seconds),
    Goal(_OFFLINE, "memory of the process at its highest", 200, "MB", _offline_memory),
    Goal(_OFFLINE, "power of growth, linear", LINEAR, "", _offline_growth),
    Goal(_UNCHANGED, "more calls for 10,000 objects than for 100", 0, "", _unchanged_calls),
    Goal(_UNCHANGED, "whole process, 10,000 objects", 3, "s", _unchanged_wall),
    Goal(_PLAN, "times the limit", 1.3, "", _to_limit(PLAN)),
    Goal(_PLAN, "times faster than the script with equal calls", 4.5, "", _faster_than(PLAN, EQUAL), least=True),
    Goal(_APPLY, "times the limit", 1.4, "", _to_limit(APPLY)),
    Goal(_APPLY, "times faster than the script with equal calls", 5.5, "", _faster_than(APPLY, EQUAL), least=True),
    Goal(_APPLY, "times faster than one task per object", 12, "", _faster_than(APPLY, TASKS), least=True),
    Goal(_BOOKS, "time", 1, "s", _bookkeeping),
    Goal(_BOOKS, "power of growth, linear", LINEAR, "", _bookkeeping_growth),
    Goal(_TASK, "share of what a task with ansible.builtin.ping costs", 0.2, "", _task),
    Goal(_FLEET, "apply: times 600 x a single run / min(forks, cores)", 1.3, "", _fleet(APPLY)),
    Goal(_FLEET, "plan: times 600 x a single run / min(forks, cores)", 1.3, "", _fleet(PLAN)),
)
