# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A recorded project and what became of it, for the tests of the reports."""

from __future__ import annotations

import copy
import datetime
import typing as t
from dataclasses import dataclass, field

from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.history import Commit
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.compared import Found, compared
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.drift import Read, drift_report
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Journal
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded, State, Version

TODAY = datetime.date(2026, 11, 21)
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}|`@x`\x1b[31m\x00\ud800"


@dataclass(frozen=True)
class Rule:
    resource: str
    fields: tuple[str, ...] = ()
    reason: str = "they tune it by hand"
    expires: datetime.date | None = None
    location: Location = field(default_factory=Location)


def recorded(kind: str, name: str, declared: dict[str, t.Any], object_id: str | None = None, **more: t.Any) -> Recorded:
    owner = "" if KINDS[kind].scope == "instance" else "SALES"
    parts = [kind, owner, "" if KINDS[kind].singleton else name]
    known = {"deployed_at": "2026-11-20T10:00:00.000Z", "deployed_by": "alice", **more}
    return Recorded(
        ".".join(part for part in parts if part),
        kind,
        name,
        name if object_id is None else object_id,
        declared,
        **known,
    )


def state(*entries: Recorded, **more: t.Any) -> State:
    return State(
        "prod",
        "SALES",
        lineage="5f0c",
        salt="00" * 16,
        serial=7,
        updated_at="2026-11-20T10:00:00.000Z",
        resources={entry.address: entry for entry in entries},
        versions=(Version(7, "2026-11-20T10:00:00.000Z", "alice", "apply", "r7"),),
        **more,
    )


def find(entries: t.Sequence[Recorded], objects: dict[str, t.Any], *rules: Rule, **configured: t.Any) -> list[Found]:
    options = Options(ignored=rules, today=TODAY, ignore_tags=frozenset(configured.pop("ignore_tags", ())))
    return compared("SALES", state(*entries), Snapshot(objects), KINDS, options, configured.pop("configured", {}))


def report(
    entries: t.Sequence[Recorded],
    objects: dict[str, t.Any],
    *rules: Rule,
    journal: Journal | None = None,
    who: dict[str, tuple[Commit, ...]] | None = None,
) -> dict[str, t.Any]:
    options = Options(ignored=rules, today=TODAY)
    known, snapshot = state(*entries), Snapshot(objects)
    found = compared("SALES", known, snapshot, KINDS, options, {})
    read = Read(
        "prod", "SALES", "https://dss.example.com", "2026-11-21T08:00:00Z", ".dataiku/state/prod/SALES.state.json"
    )
    return drift_report(read, found, known, snapshot, journal, who or {}, KINDS, options)


ORDERS = recorded(
    "dataset",
    "orders",
    {
        "type": "PostgreSQL",
        "params": {"table": "orders", "connection": "db"},
        "shortDesc": "Orders",
        "tags": ["gold"],
        "schema": {"columns": [{"name": "id", "type": "bigint"}, {"name": "amount", "type": "double"}]},
    },
)
CLEAN = recorded("dataset", "clean", {"type": "Filesystem"})
RECIPE = recorded(
    "recipe",
    "clean_orders",
    {
        "type": "python",
        "inputs": {"main": {"items": [{"ref": "orders"}]}},
        "outputs": {"main": {"items": [{"ref": "clean"}, {"ref": "F1"}]}},
        "code": "a = 1\nb = 2\n",
    },
)
FOLDER = recorded("managed_folder", "reports", {"type": "Filesystem"}, object_id="F1")
VARIABLES = recorded("variables", "", {"standard": {"LIMIT": 5, "HOST": "a"}}, object_id="")
ALL = (ORDERS, CLEAN, RECIPE, FOLDER, VARIABLES)


def held() -> dict[str, t.Any]:
    """The node as it was recorded."""
    objects = {
        "dataset": {
            "orders": {**ORDERS.declared, "name": "orders", "projectKey": "SALES"},
            "clean": {**CLEAN.declared, "name": "clean", "projectKey": "SALES"},
        },
        "recipe": {"clean_orders": {**RECIPE.declared, "name": "clean_orders"}},
        "managed_folder": {"F1": {**FOLDER.declared, "id": "F1", "name": "reports"}},
        "variables": {"": {"standard": {"LIMIT": 5, "HOST": "a", "THEIRS": 1}, "local": {}}},
    }
    return copy.deepcopy(objects)


def drifted() -> dict[str, t.Any]:
    """The node after somebody was there."""
    objects = held()
    orders = objects["dataset"]["orders"]
    orders["shortDesc"] = "All orders"
    orders["schema"] = {"columns": [*orders["schema"]["columns"], {"name": "by_hand", "type": "string"}]}
    del objects["dataset"]["clean"]
    objects["dataset"]["scratch"] = {"name": "scratch", "type": "Filesystem"}
    objects["recipe"]["clean_orders"]["code"] = "a = 1\nb = 3\n"
    objects["managed_folder"]["F1"]["name"] = "old_reports"
    objects["variables"][""]["standard"]["LIMIT"] = 50
    return objects


def hostile() -> dict[str, t.Any]:
    """A drift report in which every text is hostile."""
    entry = recorded("dataset", HOSTILE, {"type": "Filesystem", "shortDesc": HOSTILE}, deployed_by=HOSTILE)
    recipe = recorded("recipe", "r" + HOSTILE, {"type": "python", "code": HOSTILE + "\n" + HOSTILE})
    objects = {
        "dataset": {HOSTILE: {"name": HOSTILE, "type": "Filesystem", "shortDesc": HOSTILE + "!"}},
        "recipe": {
            "r" + HOSTILE: {
                "type": "python",
                "code": "x\n" + HOSTILE,
                "inputs": {"main": {"items": [{"ref": HOSTILE}]}},
            }
        },
    }
    rules = (Rule("dataset.*", ("tags",), HOSTILE, datetime.date(2020, 1, 1)), Rule("recipe.*", ("code",), HOSTILE))
    commit = Commit(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    return report((entry, recipe), objects, *rules, who={entry.address: (commit,)})
