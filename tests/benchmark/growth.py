# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How each contestant and each phase grows with the number of objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .results import Row
from .statistics import Growth, fit


@dataclass(frozen=True)
class Grown:
    """A fit over ``sizes``; ``last`` are the seconds that were measured at the largest."""

    work: str
    what: str
    latency: int
    sizes: tuple[int, ...]
    growth: Growth
    last: float


def grown(rows: Iterable[Row]) -> Iterator[Grown]:
    """A fit for everything that was measured at two sizes or more: seconds with start-up apart, and seconds in phases."""
    series: dict[tuple[str, str, int, str], dict[int, float]] = defaultdict(dict)
    for row in rows:
        if not row.objects or row.group in ("loops", "fleet"):
            continue
        if row.net and row.group not in ("phases", "offline"):
            series[row.work, row.contestant, row.latency, row.shape][row.objects] = row.net
        if row.group == "offline" and row.net:
            series[row.work, "whole", row.latency, ""][row.objects] = row.net
        for phase, seconds in row.phases.items():
            if seconds > 0.001 and phase in _PHASES:
                series[f"{row.work}: {row.contestant}", f"phase {phase}", row.latency, row.shape][row.objects] = seconds
    for (work, what, latency, shape), values in series.items():
        growth = fit(list(values.items()))
        if growth is not None:
            name = f"{what}, {shape}" if shape and not what.startswith("phase") else what
            yield Grown(work, name, latency, tuple(sorted(values)), growth, values[max(values)])


_PHASES = frozenset({"load", "validate", "desired", "read", "plan", "apply", "state"})
