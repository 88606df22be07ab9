# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The update of a deployment: only it changes the automation node (dss-api.md 3.1, quirk 49)."""

from __future__ import annotations

from collections.abc import Callable

from .._bundle.reports import warnings_of
from .._errors import NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .._node.wait import result_of
from .base import ROOT


def update(node: Node, deployment: str, timeout: float, stopped: Callable[[], str]) -> tuple[str, ...]:
    """Make the automation node what the settings of a deployment say; returns the warnings of DSS.

    It waits ``timeout`` seconds. One whose answer was lost is asked for again, which does no harm. Raises ``NodeError``,
    also where the report of DSS tells of an error.
    """
    what = f"the update of deployment {deployment}"
    path = path_of(ROOT, "deployments", deployment, "actions", "update")
    try:
        answer = node.post(path, None)
    except NodeError as error:
        if not error.doubtful or stopped():
            raise
        answer = node.post(path, None)
    return warnings_of(result_of(node, answer, what, timeout, stopped), what)
