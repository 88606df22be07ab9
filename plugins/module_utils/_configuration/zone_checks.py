# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An object is in one zone of the flow, and one zone is the default one (dss-api.md 2.10)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from .._errors import Problem

if t.TYPE_CHECKING:
    from .checks import Entries, Entry


def zone_problems(entries: Entries) -> Iterator[Problem]:
    """Objects that are declared in two zones, and a second default zone."""
    folders = entries.names("managed_folders").keys() - entries.names("datasets").keys()
    found: dict[tuple[str, str], Entry] = {}
    default: Entry | None = None
    for entry in entries.of("zones"):
        if entry.author.get("default") is True:
            if default is not None:
                yield entry.problem(f"zone '{default.name}' is the default zone already", "default")
            default = default or entry
        items = entry.author.get("items")
        for index, item in enumerate(items if isinstance(items, list) else ()):
            named = {"folder" if item in folders else "dataset": item} if isinstance(item, str) else item
            for key, name in named.items() if isinstance(named, dict) else ():
                first = found.setdefault((key, str(name)), entry) if key not in ("type", "raw") else entry
                if first is not entry:
                    yield entry.problem(f"{key} '{name}' is in zone '{first.name}' already", "items", index)
