# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that a run made, in the order in which any client would have to make them."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Sequence
from pathlib import Path

Call = tuple[str, str, t.Optional[str], bool]  # method, path with query, body, whether a refusal is no fault
Levels = list[list[list[Call]]]  # one level after the other; in a level chains side by side; a chain in order

_ORDER = ("project", "datasets", "recipes", "scenarios")


def levels(calls: Sequence[Call]) -> Levels:
    """Reads before the first write have no order, nor have those after the last one.

    In between stand the project, then its datasets, recipes and scenarios, the calls for one object in a chain.
    """
    writes = [place for place, call in enumerate(calls) if _writes(call)]
    if not writes:
        return [[[call] for call in calls]]
    first, last = writes[0], writes[-1] + 1
    between: dict[str, dict[str, list[Call]]] = {section: {} for section in _ORDER}
    for call in calls[first:last]:
        section, name = subject(call)
        between[section].setdefault(name, []).append(call)
    middle = [list(chains.values()) for chains in between.values()]
    ends = ([[call] for call in part] for part in (calls[:first], calls[last:]))
    before, after = ends
    return [level for level in (before, *middle, after) if level]


def _writes(call: Call) -> bool:
    """The audit log is written last and is no part of the project."""
    return call[0] != "GET" and call[1].startswith("/projects")


def subject(call: Call) -> tuple[str, str]:
    """The section and the name of what a call is about; what is no object of a section is about the project."""
    parts = call[1].partition("?")[0].strip("/").split("/")
    if len(parts) < 3 or parts[2] not in _ORDER:
        return "project", ""
    name = parts[3] if len(parts) > 3 and parts[3] != "managed" else ""
    if not name and call[2]:
        body = json.loads(call[2])
        body = body.get("recipePrototype", body)
        name = str(body.get("id") or body.get("name") or "")
    return parts[2], name


def read_calls(path: Path) -> list[Call]:
    """What ``programs/engine.py`` has recorded."""
    found = json.loads(path.read_text(encoding="utf-8"))
    # Git calls name commits, and each run makes others.
    return [(method, url, body, refused or "/git/" in url) for method, url, body, refused in found]
