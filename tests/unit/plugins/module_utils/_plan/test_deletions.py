# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is recorded and no longer declared, what is pruned, and what nobody manages."""

from __future__ import annotations

import typing as t
from dataclasses import replace

from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import address
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Plan, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded

PROJECT = {"P": {"metadata": {"label": "P"}, "settings": {}, "permissions": {}}}
LISTED = frozenset(name for name, kind in KINDS.items() if kind.scope == "project")


def planned(
    sections: dict[str, t.Any], held: dict[str, t.Any], recorded: t.Sequence[Recorded] = (), **options: t.Any
) -> Plan:
    configuration = load({"project": {"key": "P", "name": "P"}, **sections}, kinds=KINDS)
    snapshot = Snapshot({"project": PROJECT, **held}, listed=LISTED)
    wanted = Options(sections=configuration.sections, **options)
    known = {entry.address: entry for entry in recorded}
    return build(desired(configuration.declarations, "P", KINDS), snapshot, wanted, KINDS, known)


def record(kind: str, name: str, object_id: str | None = None, **more: t.Any) -> Recorded:
    project = None if KINDS[kind].scope == "instance" else "P"
    return Recorded(address(kind, project, name), kind, name, object_id or name, **more)


def folder(name: str) -> dict[str, t.Any]:
    return {"name": name, "type": "Filesystem", "params": {"path": "x"}}


def changed(plan: Plan) -> dict[str, tuple[str, str | None]]:
    return {action.address: (action.action, action.object_id) for action in plan.changed}


def test_what_uses_an_object_goes_before_it() -> None:
    recorded = [record("dataset", "d"), record("recipe", "r", dependencies=("dataset.P.d",))]
    plan = planned({}, {"dataset": {"d": {}}, "recipe": {"r": {"inputs": {}, "outputs": {}}}}, recorded)
    assert [action.address for action in plan.changed] == ["recipe.P.r", "dataset.P.d"]
    assert {action.reason for action in plan.changed} == {"no longer declared"}


def test_a_folder_is_deleted_by_its_id_under_its_recorded_address() -> None:
    held = {"managed_folder": {"id1": folder("renamed"), "id2": folder("f")}}
    plan = planned({}, held, [record("managed_folder", "f", "id1")])
    assert changed(plan) == {"managed_folder.P.f": ("delete", "id1")}
    assert plan.unmanaged == ("managed_folder.P.f",)


def test_why_something_leaves_the_state_alone() -> None:
    recorded = [
        record("variables", "P", ""),
        record("dataset", "gone"),
        record("dataset", "left"),
        record("managed_folder", "old", "id1"),
    ]
    held = {"variables": {"": {}}, "dataset": {"left": {}}, "managed_folder": {"id1": folder("new")}}
    plan = planned({"managed_folders": [{"name": "new"}]}, held, recorded, forget=frozenset({"dataset.P.left"}))
    assert changed(plan) == {}
    assert plan.forgets == {
        "variables.P": "no longer declared; what DSS holds stays",
        "dataset.P.gone": "no longer declared, and no longer on the node",
        "dataset.P.left": "removed from the state only, as declared; the object stays",
        "managed_folder.P.old": "the object is declared under another address",
    }


def test_a_protected_object_is_a_problem_unless_it_is_forgotten() -> None:
    recorded = [record("dataset", "d", prevent_destroy=True)]
    (problem,) = planned({}, {"dataset": {"d": {}}}, recorded).problems
    assert "dataset.P.d is no longer declared" in problem.message and "prevent_destroy" in problem.message
    forgotten = planned({}, {"dataset": {"d": {}}}, recorded, forget=frozenset({"dataset.P.d"}))
    assert forgotten.problems == () and list(forgotten.forgets) == ["dataset.P.d"]


def test_two_folders_of_one_name_are_pruned_under_addresses_of_their_own() -> None:
    held = {"managed_folder": {"id1": folder("f"), "id2": folder("f"), "id3": folder("g")}}
    plan = planned({"managed_folders": []}, held, prune=True)
    assert changed(plan) == {
        "managed_folder.P.f[id1]": ("delete", "id1"),
        "managed_folder.P.f[id2]": ("delete", "id2"),
        "managed_folder.P.g": ("delete", "id3"),
    }


def test_what_is_pruned_never_takes_the_address_of_something_declared() -> None:
    """Somebody renamed the recorded folder, and made another one under its name."""
    held = {"managed_folder": {"id1": folder("renamed"), "id2": folder("f")}}
    recorded = [record("managed_folder", "f", "id1", declared={"name": "f"})]
    plan = planned({"managed_folders": [{"name": "f"}]}, held, recorded, prune=True)
    assert changed(plan) == {"managed_folder.P.f": ("update", "id1"), "managed_folder.P.f[id2]": ("delete", "id2")}


def test_the_recorded_object_is_meant_whatever_it_is_called_now() -> None:
    held = {"managed_folder": {"id1": folder("renamed"), "id2": folder("f")}}
    sections = {"managed_folders": [{"name": "f"}, {"name": "renamed"}]}
    plan = planned(sections, held, [record("managed_folder", "f", "id1", declared={"name": "f"})])
    assert changed(plan) == {"managed_folder.P.f": ("update", "id1"), "managed_folder.P.renamed": ("create", None)}


def test_of_several_with_one_name_the_recorded_one_is_meant() -> None:
    held = {"managed_folder": {"id1": folder("f"), "id2": folder("f")}}
    sections = {"managed_folders": [{"name": "f"}]}
    assert len(planned(sections, held).problems) == 1
    plan = planned(sections, held, [record("managed_folder", "f", "id2", declared={"name": "f"})])
    assert plan.problems == () and changed(plan) == {} and plan.unmanaged == ("managed_folder.P.f",)


def test_an_id_that_is_declared_counts_more_than_the_recorded_one() -> None:
    held = {"managed_folder": {"id1": folder("f"), "id2": folder("f")}}
    recorded = [record("managed_folder", "f", "id2", declared={"name": "f"})]
    plan = planned({"managed_folders": [{"name": "f", "id": "id1"}]}, held, recorded)
    assert next(action for action in plan.actions if action.kind == "managed_folder").object_id == "id1"


def test_what_nobody_manages_is_told_only_where_everything_was_listed() -> None:
    held = {"dataset": {"b": {}, "a": {}}, "managed_folder": {}, "recipe": {}, "scenario": {}}
    assert planned({}, held).unmanaged == ("dataset.P.a", "dataset.P.b")
    configuration = load({"project": {"key": "P", "name": "P"}}, kinds=KINDS)
    snapshot = Snapshot({"project": PROJECT, **held}, listed=LISTED - {"recipe"})
    resources = desired(configuration.declarations, "P", KINDS)
    assert build(resources, snapshot, Options(), KINDS, {}).unmanaged is None
    nowhere = replace(snapshot, project_exists=False, objects={})
    assert build(resources, nowhere, Options(), KINDS, {}).unmanaged == ()
