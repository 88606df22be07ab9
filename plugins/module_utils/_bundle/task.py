# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the module bundle does on both types of node."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from .._kinds.base import Node
from .._node.client import DssNode
from .._task import Caller
from .lost import Patience
from .steps import Steps


class BundleTask:
    """One task: what is to be done is worked out first, by reads alone."""

    def __init__(self, node: DssNode, params: Mapping[str, t.Any], caller: Caller) -> None:
        self.node = node
        self.params = params
        self.caller = caller
        self.project: str = params["project"]
        self.patience = Patience(params["wait_timeout"], lambda: caller.guard.stopped)
        self.path = Path(caller.base, params["path"]) if params["path"] else None
        self.checksum: str | None = params["checksum"]

    def deleted(self, there: bool, delete: Callable[[Node, str, str], None]) -> dict[str, t.Any]:
        """The result of ``state: absent``."""
        bundle = self.params["id"]

        def remove() -> Sequence[str]:
            delete(self.node, self.project, bundle)
            return ()

        steps = Steps(f"bundle {bundle} of {self.project}")
        if there:
            steps.add("delete", remove)
        return {**steps.run(self.caller), "bundle": {"id": bundle, "project": self.project}}
