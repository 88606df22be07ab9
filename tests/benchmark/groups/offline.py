# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load, validate and plan without a network."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from .. import contestants as who
from ..bench import Bench
from ..case import prepared
from ..measure import Broken, Entrant, Run, race
from ..results import Row, row_of
from ..statistics import median
from ..workloads import synthetic

FIRST, UNCHANGED = "offline, empty node", "offline, unchanged"
_STEPS = ("load", "desired", "plan")


def offline(bench: Bench) -> Iterator[Row]:
    """Against an empty node and against one that holds everything as declared, in memory."""
    for objects in bench.sizes.offline:
        bench.say(f"offline: {objects} objects")
        files = prepared(bench.folder / f"offline-{objects}", synthetic(objects))
        entrants = [
            Entrant(
                work,
                partial(who.program, "offline", str(files.configuration), held),
                verify=partial(_verify, objects, 0 if work == UNCHANGED else objects + 1),
            )
            for work, held in ((UNCHANGED, str(files.documents)), (FIRST, "-"))
        ]
        race(entrants, bench.budget, bench.say)
        for entrant in entrants:
            phases = {step: median([run.said[step] for run in entrant.runs]) for step in _STEPS}
            before = max(run.said["before"] for run in entrant.runs)
            yield row_of(
                entrant.runs,
                "offline",
                entrant.name,
                who.CONFIGURATION,
                objects,
                phases=phases | {"bytes before": before},
            )


def _verify(objects: int, changes: int, done: Run) -> None:
    """The project is one resource more."""
    if (done.said["resources"], done.said["changes"]) != (objects + 1, changes):
        raise Broken(f"{objects} objects gave {done.said}")
