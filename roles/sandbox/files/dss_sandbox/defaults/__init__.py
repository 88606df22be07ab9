# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a current server adds to a partial definition, kept as JSON next to this file.

The values are facts carried over from dss-object-shapes.md, "2024+" column, and dss-api.md 2.3 to 2.16.
A text "@name" stands for the entry of that name under "blocks"; the key "@" merges a list of blocks.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(Path(__file__).with_name(name + ".json").read_text(encoding="utf-8"))
    blocks: dict[str, Any] = {}
    for block, value in raw.pop("blocks", {}).items():
        blocks[block] = _resolved(value, blocks)
    resolved: dict[str, Any] = _resolved(raw, blocks)
    return resolved


def known(name: str, key: str = "known") -> frozenset[str]:
    return frozenset(load(name)[key])


def _resolved(value: Any, blocks: dict[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("@"):
        return blocks[value[1:]]
    if isinstance(value, list):
        return [_resolved(item, blocks) for item in value]
    if isinstance(value, dict):
        merged: dict[str, Any] = {}
        for block in value.get("@", ()):
            merged.update(blocks[block])
        merged.update({key: _resolved(item, blocks) for key, item in value.items() if key != "@"})
        return merged
    return value
