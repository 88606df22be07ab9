# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenarios that run now or soon, and what they use: dss-api.md 2.7."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .._kinds.base import address
from .flow import Names, members, part

SOON = timedelta(hours=1)

# Steps and triggers that name all that they use; code, SQL and macros may use anything.
_NAMING_STEPS = {
    "build_flowitem": "builds",
    "check_dataset": "checks",
    "compute_metrics": "computes",
    "clear_items": "clears",
}
_USING_NOTHING = frozenset({"set_project_vars", "define_vars", "send_report", "kill_scenario"})
_ITEMS = frozenset({"DATASET", "MANAGED_FOLDER"})


@dataclass(frozen=True)
class Due:
    """A scenario that runs (``next_run`` is None) or is about to; ``uses`` is None where that is not known."""

    address: str
    running: bool
    next_run: datetime | None
    uses: tuple[str, ...] | None

    def __str__(self) -> str:
        when = "runs now" if self.running else f"is due at {self.next_run:%Y-%m-%d %H:%M} UTC"
        return f"{self.address} {when}"


def due(summaries: Mapping[str, t.Any], definitions: Mapping[str, t.Any], names: Names, now: datetime) -> list[Due]:
    """The scenarios that run or start within ``SOON``; ``summaries`` are list items by id, ``definitions`` documents.

    ``now`` is aware of its time zone.
    """
    found = []
    for key, summary in summaries.items():
        running, next_run = summary.get("running") is True, _moment(summary.get("nextRun"))
        if running or (next_run is not None and next_run <= now + SOON):
            uses = _uses(definitions.get(key, {}), names)
            found.append(Due(address("scenario", names.project, key), running, None if running else next_run, uses))
    return found


def _moment(value: t.Any) -> datetime | None:
    """``nextRun`` is in milliseconds, 0 for never."""
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _uses(definition: Mapping[str, t.Any], names: Names) -> tuple[str, ...] | None:
    """What the steps and triggers of a scenario name, None where they may use more; a list item has no steps."""
    if "steps" not in part(definition, "params"):
        return None
    used: dict[str, None] = {}
    for step in members(part(definition, "params"), "steps"):
        kind = str(step.get("type"))
        if kind not in _NAMING_STEPS and kind not in _USING_NOTHING and step.get("enabled") is not False:
            return None
        for item in members(part(step, "params"), _NAMING_STEPS.get(kind, "")):
            if item.get("type") in _ITEMS:
                used[names.of(item.get("itemId"))] = None
    for trigger in members(definition, "triggers"):
        for item in members(part(trigger, "params"), "watches"):
            if item.get("type") in _ITEMS:
                used[names.of(item.get("itemId"))] = None
    return tuple(used)
