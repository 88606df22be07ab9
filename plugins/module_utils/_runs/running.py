# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs in a project at this moment: jobs (dss-api.md 2.9) and scenarios (2.7)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .._errors import NodeError
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._node.wait import TimedOut, wait_for
from .run import forbearing, of_project
from .scenarios import scenarios_of

JOB_ENDED = frozenset({"DONE", "FAILED", "ABORTED"})


@dataclass(frozen=True)
class Running:
    """A job or a scenario that runs; ``kind`` is one of these words, ``start`` milliseconds since 1970 or 0."""

    kind: str
    id: str
    name: str
    start: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def running_work(node: DssNode, project: str) -> list[Running]:
    """The jobs and scenarios that run in a project; two calls. Raises ``DssError``."""
    with of_project(project), understood(f"the jobs of {project}"):
        jobs = [_job(item) for item in running_jobs(node, project)]
    return jobs + [
        Running("scenario", scenario.id, scenario.name, scenario.start)
        for scenario in scenarios_of(node, project)
        if scenario.running
    ]


def wait_until_idle(node: DssNode, project: str, timeout: float, stopped: Callable[[], str]) -> None:
    """Wait, ``timeout`` seconds at most, until nothing runs in a project; passing faults of the node are borne.

    Raises ``TimedOut``, which names what still runs, ``Interrupted`` and other ``DssError``.
    """
    left: list[Running] = []

    def look() -> bool | None:
        left[:] = running_work(node, project)
        return None if left else True

    try:
        wait_for(forbearing(look), f"what runs in {project}", timeout, stopped)
    except TimedOut:
        names = ", ".join(map(str, left)) or "what the node could not be asked for"
        raise TimedOut(f"{project} is still busy after {timeout:g} s with {names}: raise wait_timeout") from None


def running_jobs(node: DssNode, project: str) -> list[Mapping[str, t.Any]]:
    """The list items of the jobs that run. DSS 14 has no list of its own for them (dss-api.md 7, 28)."""
    jobs = path_of("projects", project, "jobs")
    try:
        return list(node.get(f"{jobs}/running/"))
    except NodeError as error:
        if not error.missing:
            raise
    return [item for item in node.get(f"{jobs}/") if item.get("state") not in JOB_ENDED]


def _job(item: Mapping[str, t.Any]) -> Running:
    definition = item.get("def") or {}
    job_id = str(item.get("jobId") or definition["id"])  # [client] DSSJobListItem
    return Running("job", job_id, str(definition.get("name") or job_id), int(item.get("startTime") or 0))
