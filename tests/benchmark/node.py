# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox in a process of its own, in memory, and what it counted and used while somebody talked to it."""

from __future__ import annotations

import contextlib
import time
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass

from support.sandbox import SandboxProcess

_CPUCLOCK_SCHED = 2


@dataclass(frozen=True)
class Traffic:
    """The calls of a run by method and route, the bytes of their bodies, and the seconds of processor time of the node.

    ``sent`` and ``received`` are those of the contestant.
    """

    total: int
    reads: int
    counts: t.Mapping[str, int]
    sent: int
    received: int
    cpu: float

    @property
    def writes(self) -> int:
        return self.total - self.reads


class Watch:
    """Filled when what was watched has ended."""

    traffic: Traffic | None = None


class Node(SandboxProcess):
    """A node that waits ``latency`` milliseconds before every answer."""

    def __init__(self, latency: int, *flags: str) -> None:
        super().__init__("--latency-ms", str(latency), *flags)
        self.latency = latency

    @property
    def cpu(self) -> float:
        """Seconds of processor time that the process has used."""
        clock = (~self.process.pid << 3) | _CPUCLOCK_SCHED  # as clock_getcpuclockid makes it on Linux
        return time.clock_gettime(clock)

    @contextlib.contextmanager
    def watched(self) -> Iterator[Watch]:
        """What happens meanwhile is in ``traffic`` afterwards."""
        self.control.forget_calls()
        watch, cpu = Watch(), self.cpu
        yield watch
        used = self.cpu - cpu
        calls = self.control.calls()
        watch.traffic = Traffic(
            calls["total"], calls["reads"], calls["counts"], calls["bytes_in"], calls["bytes_out"], used
        )

    def objects(self, key: str) -> dict[str, list[dict[str, t.Any]]]:
        """What a project holds, by kind, as the lists show it."""
        project = self.client().get_project(key)
        return {
            "dataset": [dict(item) for item in project.list_datasets()],
            "recipe": [dict(item) for item in project.list_recipes()],
            "scenario": [dict(item) for item in project.list_scenarios()],
        }
