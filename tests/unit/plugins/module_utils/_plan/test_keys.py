# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists whose members are known by more than one field, and what is said of an object before it is changed."""

from __future__ import annotations

import typing as t

from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.variables import Variables
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import (
    Document,
    Keyed,
    Unknown,
    compare,
    merge,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded

ITEMS = {"items": Keyed(("ref.type+ref.id",), partial=True)}


def item(kind: str, name: t.Any, mode: int = 1) -> Document:
    return {"ref": {"type": kind, "id": name}, "mode": mode}


def test_members_are_known_by_all_parts_of_a_key() -> None:
    held = {"items": [item("RECIPE", "x"), item("DATASET", "x")]}
    assert compare({"items": [item("DATASET", "x")]}, held, ITEMS) == []
    changes = compare({"items": [item("DATASET", "x", 2)]}, held, ITEMS)
    assert [(change.path, change.before, change.after) for change in changes] == [("items[DATASET x].mode", 1, 2)]
    merged = merge({"items": [item("DATASET", "x", 2), item("DATASET", "y")]}, held, ITEMS)
    assert merged["items"] == [item("RECIPE", "x"), item("DATASET", "x", 2), item("DATASET", "y")]


def test_a_part_of_a_key_may_be_empty_or_not_known_yet() -> None:
    assert compare({"items": [item("DATASET", "")]}, {"items": [item("DATASET", "")]}, ITEMS) == []
    (change,) = compare({"items": [item("FOLDER", Unknown("reports"))]}, {"items": []}, ITEMS)
    assert change.path == "items[FOLDER reports]"


def test_the_order_of_a_list_may_mean_nothing() -> None:
    declared, held = {"items": [item("A", "x"), item("B", "y")]}, {"items": [item("B", "y"), item("A", "x")]}
    key = ("ref.type+ref.id",)
    assert [change.path for change in compare(declared, held, {"items": Keyed(key)})] == ["items (order)"]
    assert compare(declared, held, {"items": Keyed(key, ordered=False)}) == []


class Careful(Variables):
    """A kind that warns."""

    def cautions(self, resource: Resource, before: Document, caller: t.Mapping[str, t.Any]) -> tuple[str, ...]:
        return (
            f"{caller['authIdentifier']} changes {before['standard']['a']} to {resource.declared['standard']['a']}",
        )


def planned(value: int) -> list[str]:
    resource = Resource("variables", "P", "", {"standard": {"a": value}})
    snapshot = Snapshot({"variables": {"": {"standard": {"a": 1}}}}, caller={"authIdentifier": "ada"})
    plan = build({resource.address: resource}, snapshot, Options(), {"variables": Careful()})
    return [warning.message for warning in plan.warnings]


def test_a_kind_speaks_of_what_is_to_be_changed() -> None:
    assert planned(2) == ["variables.P: ada changes 1 to 2"]
    assert planned(1) == []


class Always(Variables):
    """A kind with an object that comes with the project."""

    singleton = False

    def is_inherent(self, object_id: str) -> bool:
        return object_id == "first"


def test_what_comes_with_a_project_is_neither_deleted_nor_unmanaged() -> None:
    recorded = {
        f"variables.P.{name}": Recorded(f"variables.P.{name}", "variables", name, name, {"standard": {}})
        for name in ("first", "other")
    }
    snapshot = Snapshot({"variables": {"first": {}, "other": {}, "third": {}}}, listed=frozenset({"variables"}))
    kinds = {"variables": Always()}
    plan = build({}, snapshot, Options(prune=True, sections=frozenset({"variables"})), kinds, recorded)
    assert [action.object_id for action in plan.changed] == ["other", "third"]
    assert plan.forgets == {"variables.P.first": "no longer declared; what DSS holds stays"}
