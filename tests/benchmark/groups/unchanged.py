# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The empty plan of a large project with recorded state, as a whole process."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from .. import contestants as who
from ..bench import Bench
from ..case import prepared
from ..measure import Entrant, race
from ..node import Node
from ..results import Row, row_of
from ..workloads import CHAINS, synthetic

WORK = "plan"


def unchanged(bench: Bench) -> Iterator[Row]:
    """At every size; the node is filled by an apply."""
    node = Node(0)
    try:
        for objects in (bench.sizes.small, bench.sizes.medium, bench.sizes.large):
            bench.say(f"unchanged: prepares {objects} objects")
            files = prepared(bench.folder / f"unchanged-{objects}", synthetic(objects, CHAINS))
            node.control.reset()
            state = files.folder / "state"
            who.program("engine", "apply", str(files.configuration), str(state), node=node)
            names = [who.RECORDED, *([who.CONFIGURATION] if bench.sizes.whole else [])]
            entrants = [
                Entrant(
                    name,
                    partial(
                        who.run,
                        name,
                        who.PLAN,
                        files,
                        bench.plays.deploy,
                        state if name == who.RECORDED else files.folder / "none",
                        node,
                    ),
                    verify=partial(who.has_no_changes, name),
                )
                for name in names
            ]
            race(entrants, bench.budget, bench.say)
            for entrant in entrants:
                start_up = bench.start_up.get(entrant.name, 0.0)
                yield row_of(entrant.runs, "unchanged", WORK, entrant.name, objects, start_up, shape=CHAINS, latency=0)
    finally:
        node.stop()
