# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rows as text for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .goals import Judged
from .growth import Grown
from .results import Row

HEAD = (
    *("work", "objects", "shape", "ms", "contestant", "whole process s", "start-up apart s", "CPU s", "peak MB"),
    *("calls", "reads", "sent MB", "received MB", "x limit", "rounds"),
)
SHORT_HEAD = ("work", "contestant", "whole process s", "start-up apart s", "CPU s", "peak MB", "calls", "x limit")
GOALS_HEAD = ("work", "what", "goal", "value", "")
GROWTH_HEAD = ("work", "what", "ms", "sizes", "grows with size to the power of", "s at the largest")
PHASES_HEAD = ("work", "objects", "ms")
_MB = 1_000_000
Table = list[tuple[str, ...]]


def number(value: float | None, digits: int = 3) -> str:
    """A value to three significant digits, or to so many as asked; empty for none."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return f"{value:.{digits}g}" if abs(value) >= 0.001 else f"{value:.4f}"


def spread(values: Sequence[float], middle: float) -> str:
    """The median with the lowest and the highest."""
    text = number(middle)
    return f"{text} ({number(min(values))} to {number(max(values))})" if len(values) > 1 else text


def marked(row: Row) -> str:
    """The net time, with a star where the node was busy."""
    return number(row.net) + (" *" if row.busy else "")


def cells(row: Row) -> tuple[str, ...]:
    """A row of the full table."""
    return (
        row.work,
        f"{row.objects:,}" if row.objects else "",
        row.shape,
        str(row.latency) if row.shape else "",
        row.contestant,
        spread(row.walls, row.wall),
        marked(row),
        number(row.cpu),
        number(row.peak / _MB),
        "" if row.calls is None else f"{row.calls:,}",
        "" if row.reads is None else f"{row.reads:,}",
        "" if row.sent is None else number(row.sent / _MB),
        "" if row.received is None else number(row.received / _MB),
        number(row.ratio),
        str(len(row.walls)),
    )


def short_cells(row: Row) -> tuple[str, ...]:
    """A row of the table of the README."""
    calls = "" if row.calls is None else f"{row.calls:,}"
    times = (spread(row.walls, row.wall), marked(row), number(row.cpu), number(row.peak / _MB))
    return (row.work, row.contestant, *times, calls, number(row.ratio))


def goal_cells(judged: Judged) -> tuple[str, ...]:
    goal = judged.goal
    unit = f" {goal.unit}" if goal.unit else ""
    wanted = f"{'at least' if goal.least else 'at most'} {number(goal.limit)}{unit}"
    value = "" if judged.value is None else f"{number(judged.value)}{unit}"
    return goal.work, goal.what, wanted, value, judged.verdict


def growth_cells(grown: Grown) -> tuple[str, ...]:
    sizes = ", ".join(f"{size:,}" for size in grown.sizes)
    return grown.work, grown.what, str(grown.latency), sizes, f"{grown.growth.power:.2f}", number(grown.last)


def phase_table(rows: Iterable[Row]) -> tuple[tuple[str, ...], Table]:
    """Head and rows of the seconds in each phase."""
    listed = [row for row in rows if row.group == "phases"]
    names = list(dict.fromkeys(name for row in listed for name in row.phases))
    body = [
        (
            f"{row.work}: {row.contestant}",
            f"{row.objects:,}",
            str(row.latency),
            *(number(row.phases.get(n)) for n in names),
        )
        for row in listed
    ]
    return (*PHASES_HEAD, *(f"{name} s" for name in names)), body


def text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns of the width of their widest cell; numbers stand to the right."""
    table = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    right = [_is_number(table, column) for column in range(len(head))]
    lines = (
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width) for cell, width, to_right in zip(row, widths, right)
        ).rstrip()
        for row in table
    )
    first, *others = lines
    return "\n".join([first, "-" * len(first), *others])


def _is_number(table: Sequence[Sequence[str]], column: int) -> bool:
    values = [row[column] for row in table[1:] if row[column]]
    return bool(values) and all(value[:1].isdigit() for value in values)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown."""
    lines = (f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
    return "\n".join(lines)
