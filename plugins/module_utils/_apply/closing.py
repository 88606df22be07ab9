# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes whose answer was lost: they may have arrived after the last look at the node."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Sequence

from .._errors import DssError
from .._kinds.base import Resource
from .._plan.model import CREATE, DELETE, REPLACE, Action
from .actions import Doer

_PAUSE = 0.5


def late_arrivals(doubtful: Sequence[Action], doer: Doer, seconds: float, stopped: Callable[[], str]) -> list[str]:
    """Which of these actions are done on the node after all, looking for ``seconds``; at least one look each.

    What has arrived in part, a new object without its fields, is left to the next run, which then finds its id.
    """
    pending = {action.address: action for action in doubtful}
    arrived: list[str] = []
    deadline = time.monotonic() + seconds
    while pending:
        for address in [key for key, action in pending.items() if _has_arrived(action, doer)]:
            arrived.append(address)
            del pending[address]
        if stopped() or time.monotonic() >= deadline:
            break
        time.sleep(min(_PAUSE, max(0.0, deadline - time.monotonic())))
    return arrived


def _has_arrived(action: Action, doer: Doer) -> bool:
    kind = doer.kinds[action.kind]
    try:
        if action.action == DELETE:
            return action.object_id not in kind.read_all(doer.node, action.project)
        resource = t.cast(Resource, action.resource)
        object_id = doer.ids.get(action.address)
        if action.action in (CREATE, REPLACE) or object_id is None:
            object_id = doer.made(kind, resource)
        if object_id is None:
            return False
        doer.ids[action.address] = object_id
        return not doer.left_to_do(action, kind.read_declared(doer.node, resource, object_id))
    except DssError:
        return False
