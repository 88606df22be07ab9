# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node for the length of one task."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ._node.client import DssNode
from ._node.options import node_options
from ._task import Caller


@contextmanager
def session(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> Iterator[DssNode]:
    """The node that the options of a task name; signals are trapped while it is open. Raises ``DssError``."""
    options = node_options(params, caller.environ)
    secrets.add(options.api_key)
    with caller.guard as guard:
        node = DssNode(options, lambda: guard.stopped)
        try:
            yield node
        finally:
            node.close()
