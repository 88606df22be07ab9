# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that a test orders through the control path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from .documents import random_id
from .errors import bad_request

_EFFECTS = ("delay_ms", "status", "drop", "late_ms", "lost", "cut", "raw_body")
_WITH_STATUS = ("error_type", "message", "retry_after")
_KNOWN = frozenset({"method", "path", "skip", "count", *_WITH_STATUS, *_EFFECTS})


@dataclass
class Fault:
    """Lets `skip` matching calls pass, then hits `count` of them (0: for ever)."""

    id: str
    method: str
    path: str
    skip: int
    count: int
    effects: dict[str, Any]
    hits: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "method": self.method,
            "path": self.path,
            "skip": self.skip,
            "count": self.count,
            "hits": self.hits,
            **self.effects,
        }


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, body: Mapping[str, Any]) -> Fault:
        unknown = set(body) - _KNOWN
        effects = {name: body[name] for name in (*_EFFECTS, *_WITH_STATUS) if name in body}
        if unknown or not any(name in body for name in _EFFECTS):
            raise bad_request(
                f"A fault needs one of {', '.join(_EFFECTS)}; unknown: {', '.join(sorted(unknown)) or 'none'}"
            )
        if "drop" in effects and effects["drop"] not in ("before", "after"):
            raise bad_request("drop is 'before' or 'after'")
        numbers = {"skip": 0, "count": 1, "delay_ms": 0, "late_ms": 0, "retry_after": 0}
        numbers |= {name: body[name] for name in numbers if name in body}
        for name, number in numbers.items():
            if isinstance(number, bool) or not isinstance(number, int) or number < 0:
                raise bad_request(f"{name} is a number from 0")
        path = "/" + str(body.get("path", "*")).strip("/") if body.get("path", "*") != "*" else "*"
        fault = Fault(
            random_id(8), str(body.get("method", "*")).upper(), path, numbers["skip"], numbers["count"], effects
        )
        self._faults.append(fault)
        return fault

    def take(self, method: str, path: str) -> dict[str, Any] | None:
        """The effects for this call; every matching fault counts it, the first one that is due acts."""
        taken: Fault | None = None
        for fault in self._faults:
            if fault.method not in ("*", method) or not fnmatchcase(path, fault.path):
                continue
            if fault.skip > 0:
                fault.skip -= 1
            elif taken is None:
                taken = fault
        if taken is None:
            return None
        taken.hits += 1
        if taken.count == taken.hits:
            self._faults.remove(taken)
        return taken.effects

    def clear(self) -> None:
        self._faults.clear()

    def to_json(self) -> list[dict[str, Any]]:
        return [fault.to_json() for fault in self._faults]
