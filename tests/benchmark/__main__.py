# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``./dev bench``: runs the groups, prints one table, writes what programs and pages need."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from .bench import FULL, QUICK, USUAL, Bench
from .goals import judge
from .groups import GROUPS
from .growth import grown
from .machine import ROOT, machine
from .measure import Broken
from .plot import draw
from .report import full_markdown, printed, put, short_markdown
from .results import Results, read_results

OUTPUT = ROOT / "build" / "bench"
IMAGES = ROOT / "docs" / "images"


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="./dev bench", description="How fast the collection is, and against what.")
    made.add_argument("groups", nargs="*", metavar="GROUP", help=f"only these of {', '.join(GROUPS)}")
    size = made.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="all sizes up to 100,000, all contestants everywhere: hours")
    size.add_argument("--quick", action="store_true", help="a few objects and one round: whether the benchmark works")
    made.add_argument("--output", type=Path, default=OUTPUT, help="folder for results.json and the plot (build/bench)")
    made.add_argument("--write", action="store_true", help="also write the tables and the plot into README and docs")
    made.add_argument("--from", dest="source", type=Path, metavar="FILE", help="measure nothing, read a results.json")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 where something broke."""
    given = parser().parse_args(arguments)
    unknown = [name for name in given.groups if name not in GROUPS]
    if unknown:
        parser().error(f"there is no group {', '.join(unknown)}: {', '.join(GROUPS)}")
    given.output.mkdir(parents=True, exist_ok=True)
    broken: list[str] = []
    if given.source:
        results = read_results(given.source)
    else:
        sizes = FULL if given.full else QUICK if given.quick else USUAL
        results, broken = measure(Bench(Path(), sizes, say), given.groups, given.output)
    keep(results, broken, given.output)
    print(printed(results))
    paths = draw(results, given.output)
    if given.write:
        put(ROOT / "README.md", short_markdown(results))
        put(ROOT / "docs" / "performance.md", full_markdown(results))
        IMAGES.mkdir(exist_ok=True)
        for path in paths:
            shutil.copy(path, IMAGES / path.name)
    for text in broken:
        print(f"broken: {text}", file=sys.stderr)
    return 1 if broken else 0


def keep(results: Results, broken: Sequence[str], output: Path) -> None:
    """Write all that is known, for programs."""
    judged = [
        {"work": one.goal.work, "what": one.goal.what, "limit": one.goal.limit, "value": one.value, "is": one.verdict}
        for one in judge(results)
    ]
    growth = [asdict(entry) for entry in grown(results.rows)]
    results.write(output / "results.json", {"goals": judged, "growth": growth, "broken": list(broken)})


def measure(bench: Bench, names: Sequence[str], output: Path) -> tuple[Results, list[str]]:
    """Run the groups in a temporary folder; what broke is told, and the others run all the same.

    What was measured so far is kept after each group: a run that is stopped can be shown with ``--from``.
    """
    results = Results(machine())
    broken: list[str] = []
    chosen = {name: group for name, group in GROUPS.items() if not names or name in names or name == "start-up"}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dss-bench-") as folder:
        bench.folder = Path(folder)
        for name, group in chosen.items():
            say(f"{name}: after {time.monotonic() - began:.0f} s")
            try:
                for row in group(bench):
                    results.rows.append(row)
            except Broken as error:
                broken.append(f"{name}: {error}")
                say(broken[-1])
            keep(results, broken, output)
    say(f"done after {time.monotonic() - began:.0f} s")
    return results, broken


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
