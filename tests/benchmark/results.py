# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was measured, as rows: for the table, the goals, the plot and programs."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .measure import Run
from .statistics import median

_SHORT = 0.01  # seconds
BUSY = 0.7  # share of a core above which the node itself may be what is measured


@dataclass(frozen=True)
class Row:
    """One contestant at one work. Times in seconds, memory and bytes of bodies in bytes.

    ``net`` is the median with start-up apart, ``ratio`` that of ``net`` to the ``net`` of the limit. ``walls`` and ``cpus``
    are those of whole processes, one for each round. ``share`` is that of a core which the node used
    in ``net``. ``phases`` are further medians of seconds by name.
    """

    group: str
    work: str
    contestant: str
    objects: int
    shape: str = ""
    latency: int = 0
    walls: tuple[float, ...] = ()
    cpus: tuple[float, ...] = ()
    peak: int = 0
    net: float | None = None
    ratio: float | None = None
    calls: int | None = None
    reads: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    sent: int | None = None
    received: int | None = None
    share: float | None = None
    phases: Mapping[str, float] = field(default_factory=dict)

    @property
    def wall(self) -> float:
        return median(self.walls)

    @property
    def cpu(self) -> float:
        return median(self.cpus)

    @property
    def busy(self) -> bool:
        """Whether the node used so much of its core that it may be what was measured."""
        return self.share is not None and self.share > BUSY


def row_of(
    runs: Sequence[Run], group: str, work: str, contestant: str, objects: int, start_up: float = 0.0, **more: t.Any
) -> Row:
    """The row of a contestant's runs. Start-up is what the program says itself, or else is taken off."""
    traffic = [run.traffic for run in runs if run.traffic is not None]
    inner = [run.inner for run in runs if run.inner is not None]
    last = traffic[-1] if traffic else None
    net = median(inner) if inner else max(0.0, median([run.wall for run in runs]) - start_up)
    return Row(
        group,
        work,
        contestant,
        objects,
        walls=tuple(run.wall for run in runs),
        cpus=tuple(run.cpu for run in runs),
        peak=max(run.peak for run in runs),
        net=net,
        calls=last.total if last else None,
        reads=last.reads if last else None,
        counts=last.counts if last else {},
        sent=last.sent if last else None,
        received=last.received if last else None,
        share=_share(runs, net),
        **more,
    )


def _share(runs: Sequence[Run], net: float) -> float | None:
    """None where nobody watched, or where it was too short to tell."""
    used = sum(run.traffic.cpu for run in runs if run.traffic is not None)
    return used / len(runs) / net if used and net > _SHORT else None


@dataclass
class Results:
    """All rows of one run of the benchmark, and the machine that they were made on."""

    machine: dict[str, str]
    rows: list[Row] = field(default_factory=list)

    def find(self, **wanted: t.Any) -> list[Row]:
        """The rows with these values."""
        return [row for row in self.rows if all(getattr(row, name) == value for name, value in wanted.items())]

    def one(self, **wanted: t.Any) -> Row | None:
        """The first of them."""
        return next(iter(self.find(**wanted)), None)

    def write(self, path: Path, extra: Mapping[str, t.Any]) -> None:
        """As JSON, with the medians, and with what else there is to say."""
        rows = [
            {**asdict(row), "wall": row.wall if row.walls else None, "cpu": row.cpu if row.cpus else None}
            for row in self.rows
        ]
        path.write_text(json.dumps({"machine": self.machine, **extra, "rows": rows}, indent=1) + "\n", encoding="utf-8")


def read_results(path: Path) -> Results:
    """What ``write`` has written."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return Results(data["machine"], [_row(entry) for entry in data["rows"]])


def _row(entry: Mapping[str, t.Any]) -> Row:
    values = {key: value for key, value in entry.items() if key not in ("wall", "cpu")}
    return Row(**{**values, "walls": tuple(values["walls"]), "cpus": tuple(values["cpus"])})


def sizes(rows: Iterable[Row]) -> list[int]:
    """The numbers of objects that occur, in order."""
    return sorted({row.objects for row in rows})
