# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Data quality of datasets: compute the rules, then judge what DSS says (dss-api.md 2.5; data_quality.py of the client)."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .._errors import NodeError
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .run import Deadline, needing, of_project

ALLOWED = ("OK", "WARNING")
RIGHT = "the right to write to the project, which computing rules needs"
_UNPARTITIONED = "NP"


@dataclass(frozen=True)
class Quality:
    """The status of a dataset, and the rules that are not as allowed, in words."""

    dataset: str
    status: str
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        why = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        return f"{self.dataset} is {self.status}{why}"


def monitored(node: DssNode, project: str) -> list[str]:
    """The datasets whose quality DSS monitors; one call. Raises ``DssError``."""
    path = path_of("projects", project, "data-quality", "status")
    with of_project(project), understood(f"the data quality of {project}"):
        return sorted(map(str, node.get(path, onlyMonitored=True).keys()))


def compute_rules(node: DssNode, project: str, dataset: str, partition: str, deadline: Deadline) -> None:
    """Compute all rules of a dataset and wait. Raises ``NodeError`` and ``Interrupted``."""
    with needing(RIGHT):
        answer = node.post(
            f"{_path(project, dataset)}/actions/compute-rules", None, partition=partition or _UNPARTITIONED
        )
    deadline.result(node, answer, f"computing the rules of {project}.{dataset}")


def quality_of(node: DssNode, project: str, dataset: str, partition: str, allowed: Collection[str]) -> Quality:
    """What DSS says of a dataset; two calls if that is not allowed. Raises ``NodeError``."""
    status = _status(node, project, dataset)
    if status in allowed:
        return Quality(dataset, status)
    with understood(f"the rules of {project}.{dataset}"):
        results = node.get(f"{_path(project, dataset)}/last-rules-result", partition=partition or _UNPARTITIONED)
        reasons = tuple(_reason(result) for result in results if result.get("outcome") not in allowed)
    return Quality(dataset, status, reasons)


def _status(node: DssNode, project: str, dataset: str) -> str:
    """The client calls it a text ([client]); whether it stands in quotes or in an object is unverified."""
    path = f"{_path(project, dataset)}/status"
    told = node.text(path).strip()
    try:
        answer: t.Any = json.loads(told)
    except ValueError:
        answer = told
    if isinstance(answer, Mapping):
        answer = answer.get("status")
    if not isinstance(answer, str) or not answer:
        raise NodeError(f"GET {path}: the node says nothing of the data quality of {project}.{dataset}")
    return answer


def _reason(result: Mapping[str, t.Any]) -> str:
    message = f": {result['message']}" if result.get("message") else ""
    return f"rule '{result.get('name') or result.get('id')}' {result.get('outcome')}{message}"


def _path(project: str, dataset: str) -> str:
    return path_of("projects", project, "datasets", dataset, "data-quality")
