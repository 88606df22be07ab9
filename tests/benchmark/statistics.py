# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Medians, spreads, growth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


def median(values: Sequence[float]) -> float:
    """The middle one, or the mean of the two in the middle. Raises ``ValueError`` for none."""
    if not values:
        raise ValueError("no values have no median")
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True)
class Growth:
    """``factor * size ** power`` fitted over sizes."""

    factor: float
    power: float

    def at(self, size: float) -> float:
        """The value that the fit gives for a size."""
        return float(self.factor * size**self.power)


def fit(points: Sequence[tuple[float, float]]) -> Growth | None:
    """Least squares on the logarithms of (size, value); None for less than two different sizes."""
    logs = [(math.log(size), math.log(value)) for size, value in points if size > 0 and value > 0]
    if len({x for x, _y in logs}) < 2:
        return None
    mean_x = sum(x for x, _y in logs) / len(logs)
    mean_y = sum(y for _x, y in logs) / len(logs)
    power = sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _y in logs)
    return Growth(math.exp(mean_y - power * mean_x), power)
