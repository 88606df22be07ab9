# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must follow once everything is written: a kind says which calls, in which order."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence
from functools import partial

from .._errors import Problem
from .._kinds.base import Done, Resource
from .._node.parallel import gather
from .._plan.model import CREATE, DELETE, REPLACE, Action
from .actions import Doer
from .guard import Guard


def follow_up(applied: Sequence[Action], doer: Doer, workers: int, guard: Guard) -> list[Problem]:
    """Make the calls that the kinds ask for after what was applied; what could not be done is a warning."""
    warnings: list[Problem] = []
    written = {action.kind for action in applied}
    for kind in (doer.kinds[name] for name in doer.kinds if name in written):
        done = [_done(action, doer) for action in applied if action.kind == kind.name and _is_written(action)]
        for batch in kind.follow_ups(done, doer.options.drop_data) if done else ():
            if guard.stopped:
                text = f"{kind.section}: what follows on a write, such as the schemas of outputs, was not done: {guard.stopped}"
                return [*warnings, Problem(text, severity="warning")]
            texts = gather([partial(call, doer.node) for call in batch], workers, lambda: None)
            warnings += [Problem(text, severity="warning") for text in texts if text]
    return warnings


def _is_written(action: Action) -> bool:
    return action.action != DELETE and action.resource is not None and bool(action.changes or not action.carried)


def _done(action: Action, doer: Doer) -> Done:
    made = action.action in (CREATE, REPLACE) and not action.carried
    changed = tuple(change.path for change in action.changes)
    return Done(t.cast(Resource, action.resource), doer.ids[action.address], made, changed)
