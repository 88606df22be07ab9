# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time against size for each contestant, as PNG and SVG."""

from __future__ import annotations

import typing as t
from collections import defaultdict
from pathlib import Path

from .contestants import APPLY, CONTESTANTS, PLAN
from .results import Results
from .workloads import CHAINS

_COLOURS = ("#0b6e4f", "#4caf7d", "#b23a48", "#6c6c6c", "#9a8c3c", "#3b6ea5", "#000000")
_MARKS = ("o", "s", "^", "v", "D", "P", "x")


def curves(results: Results, work: str) -> dict[str, list[tuple[int, float]]]:
    """Seconds with start-up apart by contestant: twenty chains at the highest latency that was measured."""
    latency = max((row.latency for row in results.rows), default=0)
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for row in results.find(work=work, shape=CHAINS, latency=latency):
        if row.net and row.group != "phases" and row.contestant in CONTESTANTS:
            found[row.contestant][row.objects] = row.net
    return {name: sorted(found[name].items()) for name in CONTESTANTS if name in found}


def draw(results: Results, folder: Path, name: str = "benchmark") -> list[Path]:
    """Write the plot; the paths of the files."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    pyplot.rcParams.update({"svg.hashsalt": name, "font.size": 9, "font.family": "DejaVu Sans"})
    figure, panels = pyplot.subplots(1, 2, figsize=(11, 5.2), sharey=True, layout="constrained")
    latency = max((row.latency for row in results.rows), default=0)
    titles = {PLAN: "plan of an unchanged project", APPLY: "apply to an empty node"}
    for panel, (work, title) in zip(panels, titles.items()):
        _panel(panel, curves(results, work), f"{title}, {latency} ms")
    panels[0].set_ylabel("seconds, start-up apart (logarithmic)")
    handles = {label: line for panel in panels for line, label in zip(*panel.get_legend_handles_labels())}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4, frameon=False)
    paths = [folder / f"{name}.{suffix}" for suffix in ("png", "svg")]
    for path in paths:
        figure.savefig(path, dpi=130, metadata={"Date": None} if path.suffix == ".svg" else {})
    pyplot.close(figure)
    return paths


def _panel(panel: t.Any, lines: dict[str, list[tuple[int, float]]], title: str) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    for name, points in lines.items():
        place = CONTESTANTS.index(name)
        xs, ys = zip(*points)
        panel.plot(xs, ys, label=name, color=_COLOURS[place], marker=_MARKS[place], markersize=5, linewidth=1.6)
    panel.set(xscale="log", yscale="log", title=title, xlabel="objects (logarithmic)")
    sizes = sorted({size for points in lines.values() for size, _seconds in points})
    panel.set_xticks(sizes, [f"{size:,}" for size in sizes])
    panel.xaxis.set_minor_locator(NullLocator())
    panel.yaxis.set_major_locator(LogLocator())
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:g}"))
    panel.grid(True, which="major", color="#dddddd", linewidth=0.7)
    panel.spines[["top", "right"]].set_visible(False)
