# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node for the length of one task."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ._errors import DssError
from ._node.client import DssNode
from ._node.options import node_options
from ._task import Caller

_OF_THE_TASK = ("DKU_DSS_URL", "DKU_API_KEY")


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
            node.release()


@contextmanager
def other_session(name: str, params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> Iterator[DssNode]:
    """Another node of a task, which an option such as ``source`` names, while the session of the first one is open.

    The environment names the first one, and its key is not sent elsewhere. Raises ``DssError``.
    """
    if not params.get("url") and not params.get("instance"):
        raise DssError(f"{name} names no node: give it a url, an instance, or a host of the inventory")
    environ = {key: value for key, value in caller.environ.items() if key not in _OF_THE_TASK}
    try:
        options = node_options(params, environ)
    except DssError as error:
        raise DssError(f"{name}: {error}") from None
    secrets.add(options.api_key)
    node = DssNode(options, lambda: caller.guard.stopped)
    try:
        yield node
    finally:
        node.release()
