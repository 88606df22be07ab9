# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declare what DSS holds, at some paths of a comparison."""

from __future__ import annotations

import typing as t
from collections.abc import Collection
from dataclasses import dataclass

from .compare import MISSING, AsSet, Rules, Whole, below, holds_mappings, label_of, match


def accepting(declared: t.Any, actual: t.Any, rules: Rules, paths: Collection[str]) -> t.Any:
    """``declared`` with what ``actual`` holds at some paths of their comparison; neither argument is modified."""
    return _Acceptance(rules, frozenset(paths)).accepted(declared, actual, "", "") if paths else declared


@dataclass(frozen=True)
class _Acceptance:
    """One walk over a declared document."""

    rules: Rules
    paths: frozenset[str]

    def accepted(self, declared: t.Any, actual: t.Any, path: str, pattern: str) -> t.Any:
        if path in self.paths:
            return actual
        rule = self.rules.get(pattern)
        if isinstance(declared, dict) and not isinstance(rule, Whole):
            held = actual if isinstance(actual, dict) else {}
            keys = [*declared, *(key for key in held if key not in declared and below(path, key) in self.paths)]
            inner = {
                key: self.accepted(
                    declared.get(key, MISSING), held.get(key, MISSING), below(path, key), below(pattern, key)
                )
                for key in keys
            }
            return {key: None if value is MISSING else value for key, value in inner.items()}
        if isinstance(declared, list) and holds_mappings(declared, actual) and not isinstance(rule, (Whole, AsSet)):
            return self._members(declared, actual if isinstance(actual, list) else [], path, pattern)
        return declared

    def _members(self, declared: list[t.Any], actual: list[t.Any], path: str, pattern: str) -> list[t.Any]:
        rule, inner = self.rules.get(pattern), f"{pattern}[]"
        pairs = match(declared, actual, rule)
        members: list[tuple[int | None, t.Any]] = []
        for index, (wanted, partner) in enumerate(zip(declared, pairs)):
            held = MISSING if partner is None else actual[partner]
            member = self.accepted(wanted, held, f"{path}[{label_of(wanted, rule, index)}]", inner)
            if member is not MISSING:
                members.append((partner, member))
        for index, held in enumerate(actual):
            if index not in pairs and f"{path}[{label_of(held, rule, index)}]" in self.paths:
                before = [place for place, (partner, _member) in enumerate(members) if partner in range(index)]
                members.insert(before[-1] + 1 if before else 0, (index, held))
        if f"{path} (order)" in self.paths:
            members.sort(key=lambda entry: len(actual) if entry[0] is None else entry[0])
        return [member for _partner, member in members]
