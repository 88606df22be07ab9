# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the time of the engine goes, and how each phase grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .. import contestants as who
from ..bench import Bench
from ..case import prepared
from ..measure import Broken, Run
from ..node import Node
from ..phases import PHASES
from ..results import Row, row_of
from ..statistics import median
from ..workloads import CHAINS, synthetic

OTHER = "other"


def phases(bench: Bench) -> Iterator[Row]:
    """The module in one process: an apply to an empty node, then a plan with and without what it has recorded."""
    latency = bench.sizes.latencies[-1]
    node = Node(latency)
    try:
        for objects in bench.sizes.phases:
            bench.say(f"phases: {objects} objects, {latency} ms")
            files = prepared(bench.folder / f"phases-{objects}", synthetic(objects, CHAINS))
            runs: dict[tuple[str, str], list[Run]] = defaultdict(list)
            for number in range(min(2, bench.budget.rounds)):
                node.control.reset()
                state = files.folder / f"state-{number}"
                for work, contestant, mode, where in (
                    (who.APPLY, who.CONFIGURATION, "apply", state),
                    (who.PLAN, who.CONFIGURATION, "check", files.folder / "none"),
                    (who.PLAN, who.RECORDED, "check", state),
                ):
                    run = who.program("engine", mode, str(files.configuration), str(where), "--phases", node=node)
                    expected = objects + 1 if work == who.APPLY else 0
                    if run.said["summary"]["create"] != expected:
                        raise Broken(f"{work} of {objects} objects gave {run.said['summary']}")
                    runs[work, contestant].append(run)
            for (work, contestant), done in runs.items():
                yield row_of(
                    done, "phases", work, contestant, objects, shape=CHAINS, latency=latency, phases=_medians(done)
                )
    finally:
        node.stop()


def _medians(runs: list[Run]) -> dict[str, float]:
    """By phase. Phases of several threads overlap, so that there may be nothing left."""
    found = {phase: median([run.said["phases"].get(phase, 0.0) for run in runs]) for phase in PHASES}
    whole = median([run.said["seconds"] for run in runs])
    return {**found, OTHER: max(0.0, whole - sum(found.values()))}
