# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the boxes of a graph go: columns from left to right, connected parts below one another.

Linear in nodes and edges but for sorting, and without recursion, so that a flow of thousands stays usable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_SWEEPS = 6
_COLUMNS_OF_SINGLES = 4

Neighbours = dict[str, list[str]]


@dataclass(frozen=True)
class Layout:
    """``places`` maps a node to (column, row), both from 0; rows may be fractions, never less than 1 apart."""

    places: dict[str, tuple[int, float]]
    columns: int
    rows: float


def layout(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> Layout:
    """Place nodes so that edges lead to the right where they can; edges of unknown nodes are left out."""
    known = set(nodes)
    edges = [(start, end) for start, end in dict.fromkeys(edges) if start != end and {start, end} <= known]
    before: Neighbours = {node: [] for node in nodes}
    after: Neighbours = {node: [] for node in nodes}
    for start, end in edges:
        after[start].append(end)
        before[end].append(start)
    columns = _columns(nodes, before, after)
    parts = sorted(_parts(nodes, before, after), key=len, reverse=True)
    places: dict[str, tuple[int, float]] = {}
    below = 0.0
    for part in parts:
        if len(part) > 1:
            first = min(columns[node] for node in part)
            rows = _rows(part, columns, before, after)
            places.update({node: (columns[node] - first, below + rows[node]) for node in part})
            below += max(rows.values()) + 1
    singles = [part[0] for part in parts if len(part) == 1]
    widest = max((column + 1 for column, _row in places.values()), default=_COLUMNS_OF_SINGLES)
    for index, node in enumerate(singles):
        places[node] = (index % widest, below + index // widest)
    return Layout(places, widest if places else 0, max((row + 1 for _column, row in places.values()), default=0))


def _columns(nodes: Sequence[str], before: Neighbours, after: Neighbours) -> dict[str, int]:
    """One column to the right of everything that leads to a node; where edges go round, some lead back."""
    waiting = {node: len(before[node]) for node in nodes}
    ready = deque(node for node in nodes if not waiting[node])
    rest = iter(nodes)
    columns: dict[str, int] = {}
    while len(columns) < len(nodes):
        node = ready.popleft() if ready else next(node for node in rest if node not in columns)
        if node in columns:
            continue
        columns[node] = max((columns[other] + 1 for other in before[node] if other in columns), default=0)
        for other in after[node]:
            waiting[other] -= 1
            if not waiting[other]:
                ready.append(other)
    for node in nodes:  # what only begins stands right before what it leads to
        if not before[node] and after[node]:
            columns[node] = max(0, min(columns[other] for other in after[node]) - 1)
    return columns


def _parts(nodes: Sequence[str], before: Neighbours, after: Neighbours) -> list[list[str]]:
    """The connected parts, each in the order of the nodes around its first one."""
    seen: set[str] = set()
    parts = []
    for node in nodes:
        if node in seen:
            continue
        seen.add(node)
        part, queue = [], deque([node])
        while queue:
            reached = queue.popleft()
            part.append(reached)
            for other in (*before[reached], *after[reached]):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
        parts.append(part)
    return parts


def _rows(part: Sequence[str], columns: dict[str, int], before: Neighbours, after: Neighbours) -> dict[str, float]:
    """Near the middle of what a node is connected with, in sweeps from left to right and back."""
    layers: dict[int, list[str]] = {}
    for node in part:
        layers.setdefault(columns[node], []).append(node)
    rows = {node: float(index) for layer in layers.values() for index, node in enumerate(layer)}
    for sweep in range(_SWEEPS):
        for column in sorted(layers, reverse=bool(sweep % 2)):
            layer = layers[column]
            wanted = {node: _middle(node, rows, before, after) for node in layer}
            layer.sort(key=wanted.__getitem__)
            _spread(layer, wanted, rows)
    top = min(rows.values())
    return {node: row - top for node, row in rows.items()}


def _middle(node: str, rows: dict[str, float], before: Neighbours, after: Neighbours) -> float:
    around = [rows[other] for other in (*before[node], *after[node])]
    return sum(around) / len(around)


def _spread(layer: Sequence[str], wanted: dict[str, float], rows: dict[str, float]) -> None:
    """As near to what is wanted as a distance of 1 allows, with nobody favoured."""
    free = float("-inf")
    for node in layer:
        rows[node] = max(wanted[node], free)
        free = rows[node] + 1
    shift = sum(rows[node] - wanted[node] for node in layer) / len(layer)
    for node in layer:
        rows[node] -= shift
