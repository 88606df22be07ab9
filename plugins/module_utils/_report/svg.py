# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow as an inline SVG: a box for each object, with its status in words, and a line for each connection."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from .layout import layout
from .view import LOOKS, Row, View

_WIDTH, _HEIGHT, _GAP, _MARGIN = 208, 44, 52, 12
_ROW = _HEIGHT + 14
_LONGEST = 20
_ROUNDING = {"dataset": 3, "recipe": 22, "managed_folder": 10}


def flow_svg(view: View, targets: Mapping[str, str]) -> str:
    """The graph of a report; each box leads to its entry (``targets``: ids by address)."""
    rows = {row.address: row for row in view.flow}
    drawn = layout(list(rows), view.edges)
    places = {
        address: (_MARGIN + column * (_WIDTH + _GAP), round(_MARGIN + row * _ROW, 1))
        for address, (column, row) in drawn.places.items()
    }
    width = 2 * _MARGIN + drawn.columns * (_WIDTH + _GAP) - _GAP
    height = round(2 * _MARGIN + drawn.rows * _ROW)
    lines = [_line(rows[start], rows[end], places) for start, end in view.edges if start in places and end in places]
    boxes = [_box(row, places[row.address], targets[row.address]) for row in view.flow]
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="group" '
        f'aria-label="Flow graph">{"".join(lines)}{"".join(boxes)}</svg>'
    )


def _line(start: Row, end: Row, places: Mapping[str, tuple[float, float]]) -> str:
    (left, top), (right, bottom) = places[start.address], places[end.address]
    x1, y1, x2, y2 = left + _WIDTH, top + _HEIGHT / 2, right, bottom + _HEIGHT / 2
    bend = max(_GAP / 2, abs(x2 - x1) / 3)
    return (
        f'<path class="edge f-{start.status} f-{end.status}" '
        f'd="M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"/>'
    )


def _box(row: Row, place: tuple[float, float], target: str) -> str:
    kind = row.kind.replace("_", " ")
    return (
        f'<a href="#{target}" class="f-{row.status} s-{row.status}" transform="translate({place[0]:g} {place[1]:g})">'
        f"<title>{escape(row.address)}: {row.status}</title>"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="{_ROUNDING[row.kind]}"/>'
        f'<svg x="14" width="{_WIDTH - 20}" height="{_HEIGHT}">'  # cuts what is wider than the box
        f'<text y="19">{escape(_short(row.name))}</text>'
        f'<text class="small" y="35">{LOOKS[row.status].sign} {row.status} · {kind}</text></svg></a>'
    )


def _short(name: str) -> str:
    """A long name without its middle: in a flow, names differ at their ends."""
    half = _LONGEST // 2
    return name if len(name) <= _LONGEST else f"{name[: half - 1]}…{name[-half:]}"
