# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one run of a contestant cost, and races of several."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .node import Node, Traffic
from .statistics import median

_LAUNCHER = str(Path(__file__).with_name("launcher.py"))
TIMEOUT = 1200.0  # seconds, of one run


class Broken(Exception):
    """A contestant failed, or did not do what it was to do: its times mean nothing."""


@dataclass(frozen=True)
class Run:
    """One run. Times in seconds, memory in bytes; ``inner`` is what the program itself clocked, start-up apart."""

    wall: float
    cpu: float
    peak: int
    inner: float | None
    output: str
    said: Mapping[str, t.Any]
    traffic: Traffic | None = None


def launch(command: Sequence[str], environ: Mapping[str, str] | None = None, node: Node | None = None) -> Run:
    """Run a command in a folder of its own. Raises ``Broken`` where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        whole = [sys.executable, "-I", "-S", _LAUNCHER, str(report), *command]
        with node.watched() if node else _nothing() as watch:
            done = subprocess.run(
                whole,
                env={**os.environ, **(environ or {})},
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=TIMEOUT,
                check=False,
            )
        if not report.exists():
            raise Broken(f"{' '.join(command)} was not started: {done.stderr[-2000:]}")
        cost = json.loads(report.read_text(encoding="utf-8"))
    if cost["code"]:
        raise Broken(f"{' '.join(command)} ended with {cost['code']}: {done.stdout[-3000:]}{done.stderr[-3000:]}")
    said = _last_json(done.stdout)
    return Run(
        wall=cost["wall"],
        cpu=cost["cpu"],
        peak=cost["peak"],
        inner=said.get("seconds"),
        output=done.stdout,
        said=said,
        traffic=watch.traffic if watch else None,
    )


def _nothing() -> t.Any:
    import contextlib

    return contextlib.nullcontext()


def _last_json(output: str) -> Mapping[str, t.Any]:
    """The last line, where it is a JSON object: what the programs of the benchmark say."""
    last = output.rstrip().rpartition("\n")[2]
    return t.cast("Mapping[str, t.Any]", json.loads(last)) if last.startswith("{") else {}


# Races ------------------------------------------------------------------------------------------------------------------


@dataclass
class Entrant:
    """One contestant of a race; ``prepare`` and ``verify`` are not clocked, ``verify`` raises ``Broken``."""

    name: str
    run: Callable[[], Run]
    prepare: Callable[[], object] = lambda: None
    verify: Callable[[Run], object] = lambda run: None
    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True)
class Budget:
    """So many rounds, but none for who has used up its seconds in at least one."""

    rounds: int
    seconds: float


def race(entrants: Sequence[Entrant], budget: Budget, say: Callable[[str], None]) -> None:
    """Let all run in turn, A B A B, so that what disturbs the machine disturbs all of them."""
    spent = dict.fromkeys((entrant.name for entrant in entrants), 0.0)
    for number in range(budget.rounds):
        for entrant in entrants:
            if number and spent[entrant.name] >= budget.seconds:
                continue
            entrant.prepare()
            run = entrant.run()
            entrant.verify(run)
            entrant.runs.append(run)
            spent[entrant.name] += run.wall
            say(f"  round {number + 1}: {entrant.name} {run.wall:.2f} s")


def typical(runs: Sequence[Run], value: Callable[[Run], float]) -> float:
    """The median over the runs."""
    return median([value(run) for run in runs])
