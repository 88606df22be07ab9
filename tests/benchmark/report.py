# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts of a run: for the terminal, for the README and for ``docs/performance.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .contestants import APPLY, PLAN
from .goals import judge
from .growth import grown
from .results import Results
from .table import (
    GOALS_HEAD,
    GROWTH_HEAD,
    HEAD,
    SHORT_HEAD,
    cells,
    goal_cells,
    growth_cells,
    markdown,
    phase_table,
    short_cells,
    text,
)
from .workloads import CHAINS

BEGIN, END = "<!-- bench -->", "<!-- end of bench -->"
STAR = "* The node used more than 70 % of its core in this time: it may be the node that was measured."


def header(results: Results) -> str:
    """The machine and the moment, in one sentence."""
    machine = results.machine
    return (
        f"{machine['date']}, commit {machine['commit']}, {machine['cpu']} with {machine['cores']} cores, "
        f"Python {machine['python']}, ansible-core {machine['ansible']}"
    )


def printed(results: Results) -> str:
    """Everything, for a terminal."""
    parts = [header(results), text(HEAD, [cells(row) for row in results.rows if row.group != "phases"])]
    if any(row.busy for row in results.rows):
        parts.append(STAR)
    for head, rows in _further(results):
        if rows:
            parts.append(text(head, rows))
    return "\n\n".join(parts)


def _further(results: Results) -> Iterator[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    yield phase_table(results.rows)
    yield GROWTH_HEAD, [growth_cells(entry) for entry in grown(results.rows)]
    yield GOALS_HEAD, [goal_cells(judged) for judged in judge(results)]


def full_markdown(results: Results) -> str:
    """Everything, for ``docs/performance.md``."""
    rows = [cells(row) for row in results.rows if row.group != "phases"]
    (phases_head, phases), (growth_head, growth), (goals_head, goals) = _further(results)
    star = [STAR.replace("*", "\\*", 1)] if any(row.busy for row in results.rows) else []
    parts = [
        f"Made by `./dev bench --write`: {header(results)}.",
        "### Goals",
        markdown(goals_head, goals),
        "### Contestants",
        markdown(HEAD, rows),
        *star,
        "### Phases of the engine",
        markdown(phases_head, phases),
        "### Growth",
        markdown(growth_head, growth),
    ]
    return "\n\n".join(parts)


def short_markdown(results: Results) -> str:
    """The rows that matter most, for the README."""
    rows = [
        short_cells(row)
        for work in (PLAN, APPLY)
        for row in results.find(group="medium", work=work, shape=CHAINS, latency=20)
    ]
    measured = [one for one in judge(results) if one.value is not None]
    met = sum(one.verdict == "met" for one in measured)
    told = f"{met} of the {len(measured)} [goals](docs/performance.md#goals) that were measured are met"
    return f"{markdown(SHORT_HEAD, rows)}\n\nMade on {header(results)}; {told}."


def put(page: Path, content: str) -> None:
    """Write what stands between the marks of a page anew. Raises ``ValueError`` where it has none."""
    before = page.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not pattern.search(before):
        raise ValueError(f"{page} has no {BEGIN} ... {END}")
    whole = f"{BEGIN}\n\n{content}\n\n{END}"
    page.write_text(pattern.sub(lambda _found: whole, before), encoding="utf-8")
