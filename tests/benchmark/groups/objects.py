# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All contestants at synthetic projects: plan, a change to 1 %, apply to an empty node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..bench import Bench
from ..case import Case, synthetic_subject
from ..contestants import APPLY, CHANGE, CONFIGURATION, CONTESTANTS, LIMIT, PLAN, POOL, RECORDED, WORKS, playbook
from ..measure import Run
from ..node import Node
from ..results import Row
from ..workloads import CHAINS, SHAPES, synthetic
from .start_up import OURS

_FAST = (CONFIGURATION, RECORDED, LIMIT)


def tiny(bench: Bench) -> Iterator[Row]:
    """One shape, at the highest latency: the left end of the curves."""
    node = Node(bench.sizes.latencies[-1])
    try:
        case = seeded(bench, node, "tiny", bench.sizes.tiny, CHAINS)
        for work in (PLAN, APPLY):
            yield from case.rows(work, entering(work, CONTESTANTS))
    finally:
        node.stop()


def small(bench: Bench) -> Iterator[Row]:
    """Every shape at every latency."""
    for latency in bench.sizes.latencies:
        node = Node(latency)
        try:
            for shape in SHAPES:
                case = seeded(bench, node, "small", bench.sizes.small, shape)
                for work in WORKS if bench.sizes.whole or shape == CHAINS else (PLAN, APPLY):
                    yield from case.rows(work, entering(work, CONTESTANTS))
        finally:
            node.stop()


def medium(bench: Bench) -> Iterator[Row]:
    """At 20 ms; the slow contestants in one shape only."""
    latencies = bench.sizes.latencies if bench.sizes.whole else bench.sizes.latencies[-1:]
    idle = Node(0)  # for what only starts
    try:
        for latency in latencies:
            node = Node(latency)
            try:
                for shape in reversed(SHAPES):
                    yield from _medium(bench, node, shape, partial(playbook, bench.folder / OURS, node=idle))
            finally:
                node.stop()
    finally:
        idle.stop()


def _medium(bench: Bench, node: Node, shape: str, start: Callable[[], Run]) -> Iterator[Row]:
    case = seeded(bench, node, "medium", bench.sizes.medium, shape)
    whole = bench.sizes.whole or shape == CHAINS
    for work in WORKS if whole else (PLAN, APPLY):
        slow = bench.sizes.whole or work != CHANGE
        chosen = [name for name in CONTESTANTS if name in _FAST or (whole and (slow or name == POOL))]
        yield from case.rows(work, entering(work, chosen), start)


def seeded(bench: Bench, node: Node, group: str, objects: int, shape: str) -> Case:
    """A synthetic project on a node, ready for the races."""
    folder = bench.folder / f"{shape.replace(' ', '-')}-{objects}-{node.latency}"
    case = Case(bench.plays, node, synthetic_subject(folder, synthetic(objects, shape)), group, folder)
    case.seed()
    return case


def entering(work: str, names: tuple[str, ...] | list[str]) -> list[str]:
    """Who competes at a work: an apply always has the state that is there."""
    return [name for name in names if name != RECORDED or work == PLAN]
