# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an interrupted run lost: recipes that DSS deleted with a dataset, and that were to be made again with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._kinds.base import Kind
from .._plan.graph import in_order
from .._plan.model import Plan, Snapshot
from .._state.journal import Journal
from .undo import undo

_REASON = "it was lost when a run was interrupted"


def with_repairs(plan: Plan, journal: Journal | None, snapshot: Snapshot, kinds: Mapping[str, Kind]) -> Plan:
    """The plan that also makes again what is not declared, and what only the journal of an interrupted run still holds."""
    if journal is None:
        return plan
    known = {action.address for action in plan.actions}
    entries = tuple(
        entry
        for entry in journal.entries
        if entry.carried
        and entry.address not in known
        and entry.before is not None
        and entry.object_id not in snapshot.of(entry.kind)
    )
    if not entries:
        return plan
    made = {action.address for action in plan.changed}
    repairs = [
        replace(action, reason=_REASON, needs=tuple({*action.needs, *made.intersection(entry.needs)}))
        for entry in entries
        for action in undo([replace(journal, entries=(entry,))], snapshot, kinds).plan.changed
    ]
    by_address = {action.address: action for action in (*plan.actions, *repairs)}
    order = in_order([*by_address], {key: action.needs for key, action in by_address.items()})
    return replace(plan, actions=tuple(by_address[key] for key in order))
