# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A report for a terminal and for a pull request."""

from __future__ import annotations

import re

from .._plan.render import cell
from .view import LOOKS, Row, View


def text(view: View) -> str:
    """Like a plan: a line for each resource that is not as it should be, what differs below it, the counts last."""
    lines = [view.title, *(f"{name}: {value}" for name, value in view.facts), ""]
    for row in view.remarkable:
        lines += _row_lines(row)
    if view.remarkable:
        lines.append("")
    for about, advice in view.advice:
        lines += [f"What to do with {_one_line(about)}:", *(f"  - {line}" for line in advice), ""]
    lines += [f"Finding: {finding}" for finding in view.findings]
    lines.append(f"{view.title}: {view.summary}.")
    return "\n".join(lines) + "\n"


def _row_lines(row: Row) -> list[str]:
    below = [*row.changes, *(f"{name}: {value}" for name, value in row.notes)]
    below += ["accept:", *(f"  {line}" for line in row.accept.splitlines())] if row.accept else []
    head = f"  {LOOKS[row.status].sign} {_one_line(row.address)} ({row.status})"
    return [head, *(f"      {_one_line(line)}" for line in below)]


def _one_line(value: str) -> str:
    return value.replace("\n", "\\n")


def markdown(view: View) -> str:
    """The counts, a table with a line for each resource that is not as it should be, findings, YAML to accept."""
    lines = [f"### {cell(view.title)}", "", f"**{cell(view.summary)}**", ""]
    if view.remarkable:
        lines += ["| | resource | what | who |", "| --- | --- | --- | --- |"]
        lines += [f"| {' | '.join(map(cell, _cells(row)))} |" for row in view.remarkable] + [""]
    lines += [f"- {cell(line)}" for line in view.findings]
    for row in view.remarkable:
        if row.accept:
            lines += ["", f"To accept {cell(row.address)}:", "", *_fenced(row.accept)]
    for about, advice in view.advice:
        lines += ["", f"What to do with {cell(about)}:", "", *(f"- {cell(line)}" for line in advice)]
    return "\n".join(lines).rstrip() + "\n"


def _cells(row: Row) -> tuple[str, str, str, str]:
    who = "; ".join(value for name, value in row.notes if name == "who")
    return row.status, row.address, row.summary, who


def _fenced(content: str) -> list[str]:
    """A block of code; its fence is longer than any in the content."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", content)), default=0))
    return [f"{fence}yaml", *content.splitlines(), fence]
