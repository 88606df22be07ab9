# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: plan
type: aggregate
short_description: Sums up the plans of a whole run
version_added: 0.1.0
description:
  - Prints, at the end of a run, one line for each task of this collection that would change something, or did, and
    the sum of all plans.
author:
  - Dataiku IaC contributors (!UNKNOWN)
requirements:
  - Enable it with C(callbacks_enabled=dataiku_iac.dss.plan) in C(ansible.cfg), or with E(ANSIBLE_CALLBACKS_ENABLED).
"""

EXAMPLES = r"""
# ansible.cfg
#
# [defaults]
# callbacks_enabled = dataiku_iac.dss.plan
"""

import typing as t
from collections import Counter
from collections.abc import Iterator, Mapping

from ansible.plugins.callback import CallbackBase

_COUNTED = ("create", "update", "replace", "rename", "delete")


class CallbackModule(CallbackBase):
    """Collects the plans that tasks return."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "dataiku_iac.dss.plan"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._total: Counter[str] = Counter()
        self._lines: list[str] = []
        self._objects = 0

    def v2_runner_on_ok(self, result: t.Any) -> None:
        self._collect(result)

    def v2_runner_on_failed(self, result: t.Any, ignore_errors: bool = False) -> None:
        self._collect(result, failed=True)

    def v2_playbook_on_stats(self, stats: t.Any) -> None:
        if not self._objects:
            return
        self._display.banner("DSS PLANS")
        for line in self._lines:
            self._display.display(line)
        self._display.display(f"Plan: {_counts(self._total)}, {self._objects} objects in all.")

    def _collect(self, result: t.Any, failed: bool = False) -> None:
        for summary in _summaries(result._result):
            self._objects += sum(summary.values())
            changes = {name: summary.get(name, 0) for name in _COUNTED}
            self._total.update(changes)
            if any(changes.values()):
                host, task = result._host.get_name(), result._task.get_name()
                self._lines.append(f"{host}: {task}: {_counts(changes)}{' (failed)' if failed else ''}")


def _summaries(result: Mapping[str, t.Any]) -> Iterator[Mapping[str, int]]:
    """The summaries of a task's plan, or of those of its loop."""
    for entry in result.get("results") or [result]:
        plan = entry.get("plan") if isinstance(entry, Mapping) else None
        if isinstance(plan, Mapping) and isinstance(plan.get("summary"), Mapping):
            yield plan["summary"]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} to {name}" for name in _COUNTED if name != "rename" or counts[name])
