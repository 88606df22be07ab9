# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Project standards: run the checks and judge their severities (project_standards.py of the client)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .run import Deadline, needing

MAX_SEVERITY = 3
RIGHT = "the right to run project standards, which DSS gives to those who may write to the project"
_SEVERITIES = ("no issue", "lowest", "low", "medium", "high", "critical")


@dataclass(frozen=True)
class Check:
    """The result of a check; ``severity`` is 0 (no issue) to 5 (critical), None unless ``status`` is RUN_SUCCESS."""

    name: str
    status: str
    severity: int | None
    message: str

    @property
    def applies(self) -> bool:
        return self.status != "NOT_APPLICABLE"

    def passes(self, most: int) -> bool:
        """Whether it found nothing above a severity; a check that could not run does not pass."""
        if not self.applies:
            return True
        return self.status == "RUN_SUCCESS" and self.severity is not None and self.severity <= most

    def __str__(self) -> str:
        known = self.severity is not None and 0 <= self.severity < len(_SEVERITIES)
        found = f"severity {self.severity} ({_SEVERITIES[self.severity or 0]})" if known else self.status
        return f"{self.name}: {found}" + (f", {self.message}" if self.message else "")


def run_checks(node: DssNode, project: str, ids: Sequence[str], deadline: Deadline) -> list[Check]:
    """Run checks by their ids, or those of the scope of the project, and wait. Raises ``NodeError``, ``Interrupted``."""
    what = f"the project standards of {project}"
    path = path_of("projects", project, "project-standards", "actions", "run")
    with needing(RIGHT):
        answer = node.post(path, None, **({"checkIds": list(ids)} if ids else {}))
    report = deadline.result(node, answer, what)
    with understood(what):
        told = report.get("bundleChecksRunInfo") or {}
        return [_check(key, told.get(key) or {}) for key in dict.fromkeys([*ids, *told])]


def _check(key: str, info: Mapping[str, t.Any]) -> Check:
    check, result = info.get("check") or {}, info.get("result") or {}
    severity = result.get("severity")
    return Check(
        str(check.get("name") or key),
        str(result.get("status") or "without a result"),
        int(severity) if severity is not None else None,
        str(result.get("message") or ""),
    )
