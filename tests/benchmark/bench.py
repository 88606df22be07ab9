# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all groups of the benchmark share: sizes, budgets, start-up."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .case import Plays
from .measure import Budget
from .results import Row


@dataclass(frozen=True)
class Sizes:
    """How many objects, projects and rounds. ``seconds`` is what a contestant may use in a race before it sits out."""

    tiny: int = 10
    small: int = 100
    medium: int = 1_000
    large: int = 10_000
    offline: tuple[int, ...] = (100, 1_000, 10_000)
    phases: tuple[int, ...] = (100, 500, 1_000, 2_000)
    loop: int = 100
    projects: int = 200
    rounds: int = 5
    seconds: float = 8.0
    hurry: float = 600.0  # seconds after which every contestant runs once
    latencies: tuple[int, ...] = (0, 20)
    whole: bool = False  # whether slow contestants run everywhere


USUAL = Sizes()
FULL = Sizes(offline=(100, 1_000, 10_000, 100_000), seconds=60.0, hurry=1e9, whole=True)
QUICK = Sizes(5, 10, 20, 40, (10, 20), (10, 20), 3, 2, 1, latencies=(0,))


@dataclass
class Bench:
    """One run of the benchmark."""

    folder: Path
    sizes: Sizes
    say: Callable[[str], None]
    start_up: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    @property
    def plays(self) -> Plays:
        return Plays(self.folder, self.budget, self.start_up, self.say)

    @property
    def budget(self) -> Budget:
        late = time.monotonic() - self.began > self.sizes.hurry
        return Budget(1, 0.0) if late else Budget(self.sizes.rounds, self.sizes.seconds)


Group = Callable[[Bench], Iterator[Row]]
Groups = t.Mapping[str, Group]
