# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a state holds, as plain data (docs/schemas/report.schema.json)."""

from __future__ import annotations

import typing as t
from dataclasses import asdict

from .._kinds.base import Kind
from .._state.holder import Holder
from .._state.journal import Journal
from .._state.model import State
from .flow import Flow, edges

Report = dict[str, t.Any]


def state_report(
    environment: str,
    project: str,
    place: str,
    state: State | None,
    holder: Holder | None,
    journal: Journal | None,
    kinds: t.Mapping[str, Kind],
) -> Report:
    """The state of one project; without a state it has serial 0 and no resources."""
    recorded = dict(sorted(state.resources.items())) if state else {}
    flow = Flow(
        {(entry.kind, entry.object_id): address for address, entry in recorded.items()},
        {address: entry.declared for address, entry in recorded.items() if entry.kind == "recipe"},
    )
    return {
        "report": "state",
        "environment": environment,
        "project": project,
        "place": place,
        "lineage": state.lineage if state else None,
        "serial": state.serial if state else 0,
        "updated_at": state.updated_at if state else None,
        "lock": lock_of(holder),
        "interrupted": interrupted_run(journal),
        "resources": [
            {
                "address": address,
                "kind": entry.kind,
                "status": entry.status,
                "object_id": entry.object_id,
                "deployed_at": entry.deployed_at,
                "deployed_by": entry.deployed_by,
                "checksum": entry.checksum,
                "dependencies": list(entry.dependencies),
            }
            for address, entry in recorded.items()
        ],
        "versions": [asdict(version) for version in state.versions] if state else [],
        "edges": edges(flow),
    }


def lock_of(holder: Holder | None) -> dict[str, str] | None:
    """Who holds the lock, or None."""
    if holder is None:
        return None
    return {name: getattr(holder, name) for name in ("owner", "host", "operation", "since", "job", "expires")}


def interrupted_run(journal: Journal | None) -> dict[str, t.Any] | None:
    """The run that did not end, with the addresses whose outcome nobody knows, or None."""
    if journal is None or journal.closed:
        return None
    return {
        "run": journal.run,
        "operation": journal.operation,
        "at": journal.at,
        "by": journal.by,
        "doubtful": [entry.address for entry in journal.doubtful],
    }
