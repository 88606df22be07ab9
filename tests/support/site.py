# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real sandbox process with several nodes for tests."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t
from dataclasses import dataclass

from support.sandbox import PACKAGE, Control, connect, stop


@dataclass(frozen=True)
class SiteNode:
    """One node of a site, used like a ``SandboxProcess``."""

    name: str
    type: str
    url: str
    api_key: str

    @property
    def control(self) -> Control:
        """The control path of this node alone."""
        return Control(self.url)

    @property
    def environ(self) -> dict[str, str]:
        """What makes the collection use this node."""
        return {"DKU_DSS_URL": self.url, "DKU_API_KEY": self.api_key}

    def client(self) -> t.Any:
        """The unmodified client of Dataiku."""
        return connect(self.url, self.api_key)


class SandboxSite:
    """``SandboxSite("dev=design", "prod=automation", "deployer")``: one process, it ends with the tests whatever happens."""

    def __init__(self, *node_types: str, flags: t.Sequence[str] = ()) -> None:
        wanted = [part for node_type in node_types for part in ("--node-type", node_type)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dss_sandbox", "--exit-with-parent", *wanted, *flags],
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None and self.process.stderr is not None
        lines = [self.process.stdout.readline() for _node in node_types]
        assert all(lines), self.process.stderr.read()
        self.nodes: dict[str, SiteNode] = {}
        for line, node_type in zip(lines, node_types, strict=True):
            told = dict(part.split("=", 1) for part in line.split())
            name = told.get("node", node_type.partition("=")[0])  # a single node does not tell its name
            kind = node_type.rpartition("=")[2]
            self.nodes[name] = SiteNode(name, kind, told["url"], told["api_key"])

    def reset(self) -> None:
        """Empty all nodes."""
        for node in self.nodes.values():
            node.control.reset()

    def stop(self) -> int:
        """End the process; its exit status."""
        return stop(self.process)
