# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of a remapping: what each name becomes, who uses it, and what the target lacks."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ERROR, WARNING, NOTE = "error", "warning", "note"
_SHOWN = 3  # names of objects in one cell
_HEADER = ("kind", "source", "target", "used by", "finding")


@dataclass(frozen=True)
class Finding:
    """``severity`` is ``error``, ``warning`` or ``note``; ``code`` is a word that stays, such as ``not_writable``."""

    severity: str
    text: str
    code: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.text}"


@dataclass(frozen=True)
class Row:
    """What a name of the source becomes on the target; ``kind`` is ``connection``, ``code_env`` or ``container``."""

    source: str
    target: str
    kind: str
    used_by: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_value(self) -> dict[str, t.Any]:
        """For results of modules."""
        found = [{"severity": each.severity, "code": each.code, "text": each.text} for each in self.findings]
        return {
            "kind": self.kind,
            "source": self.source,
            "target": self.target,
            "used_by": list(self.used_by),
            "findings": found,
        }


def errors(rows: Iterable[Row]) -> list[str]:
    """The errors of a table, one sentence each."""
    return [
        f"{row.kind.replace('_', ' ')} {_arrow(row)}: {finding.text}"
        for row in rows
        for finding in row.findings
        if finding.severity == ERROR
    ]


def table(rows: Sequence[Row]) -> str:
    """The table for people; a name with several findings takes several lines. Empty without rows."""
    if not rows:
        return ""
    lines: list[tuple[str, ...]] = [_HEADER]
    for row in rows:
        first, *others = [str(finding) for finding in row.findings] or ["ok"]
        lines.append((row.kind.replace("_", " "), row.source, row.target, some(row.used_by) or "nothing", first))
        lines += [("", "", "", "", other) for other in others]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADER) - 1)]
    return "".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line[:-1], widths, strict=True)), line[-1]]).rstrip()
        + "\n"
        for line in lines
    )


def some(names: Sequence[str]) -> str:
    """The first of some names, and how many there are besides."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _arrow(row: Row) -> str:
    return row.source if row.source == row.target else f"{row.source} -> {row.target}"
