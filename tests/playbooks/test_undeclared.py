# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was declared once and is no more: deleted, forgotten or protected; and what was never ours."""

from __future__ import annotations

import copy
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.sandbox import SandboxProcess

Document = dict[str, t.Any]
DEFINITION: Document = {
    "project": {"key": "GONE", "name": "Gone", "tags": ["p"]},
    "variables": {"standard": {"year": 1}},
    "managed_folders": [{"name": "files"}],
    "datasets": [{"name": "a", "type": "managed"}, {"name": "b", "type": "managed"}, {"name": "c", "type": "managed"}],
    "recipes": [
        {"name": "ab", "type": "python", "inputs": ["a"], "outputs": ["b"], "code": "1\n"},
        {"name": "bc", "type": "python", "inputs": ["b"], "outputs": ["c"], "code": "2\n"},
    ],
    "scenarios": [{"name": "s"}],
}


class Team:
    """A configuration that is deployed."""

    def __init__(self, sandbox: SandboxProcess, base: Path, definition: Document | None = None) -> None:
        self.sandbox = sandbox
        self.base = base
        self.definition = copy.deepcopy(definition or DEFINITION)
        self.run()

    def run(self, check: bool = False, **options: t.Any) -> Document:
        return run_module(self.sandbox.environ, check=check, base=self.base, definition=self.definition, **options)

    def plan(self, **options: t.Any) -> Document:
        return t.cast(Document, self.run(check=True, **options)["plan"])

    def actions(self, **options: t.Any) -> list[tuple[str, str]]:
        return [(action["action"], action["address"]) for action in self.plan(**options)["actions"]]

    def refused(self, words: str, **options: t.Any) -> None:
        """The plan and the run are refused, and nothing is written."""
        self.sandbox.control.forget_calls()
        for check in (True, False):
            with pytest.raises(DssError, match=words):
                self.run(check=check, **options)
        assert self.sandbox.control.calls()["writes"] == 0

    def drop(self, section: str, *names: str) -> None:
        self.definition[section] = [entry for entry in self.definition[section] if entry["name"] not in names]

    def held(self, section: str) -> list[str]:
        listed = getattr(self.sandbox.client().get_project("GONE"), f"list_{section}")()
        return sorted(item["name"] for item in listed)


@pytest.fixture
def team(sandbox: SandboxProcess, tmp_path: Path) -> Team:
    return Team(sandbox, tmp_path)


def test_what_is_no_longer_declared_is_deleted_users_first_and_nothing_else(team: Team) -> None:
    project = team.sandbox.client().get_project("GONE")
    project.create_dataset("theirs", "Filesystem", params={"path": "x"})
    team.drop("datasets", "c")
    team.drop("recipes", "bc")
    team.drop("scenarios", "s")
    actions = team.actions()
    assert sorted(actions) == [
        ("delete", "dataset.GONE.c"),
        ("delete", "recipe.GONE.bc"),
        ("delete", "scenario.GONE.s"),
    ]
    assert actions.index(("delete", "recipe.GONE.bc")) < actions.index(("delete", "dataset.GONE.c"))
    assert "dataset.GONE.theirs" in team.plan()["unmanaged"]
    team.run()
    assert team.held("datasets") == ["a", "b", "theirs"]
    assert team.held("recipes") == ["ab"] and team.held("scenarios") == []
    assert team.actions() == []


def test_a_section_that_is_left_out_altogether_is_no_longer_declared(team: Team) -> None:
    del team.definition["scenarios"]
    assert team.actions() == [("delete", "scenario.GONE.s")]


def test_prevent_destroy_protects_what_is_no_longer_declared(sandbox: SandboxProcess, tmp_path: Path) -> None:
    definition = copy.deepcopy(DEFINITION)
    definition["scenarios"][0]["lifecycle"] = {"prevent_destroy": True}
    team = Team(sandbox, tmp_path, definition)
    team.drop("scenarios", "s")
    team.refused(r"scenario\.GONE\.s is no longer declared.*prevent_destroy")
    team.definition["removed"] = [{"resource": "scenario.GONE.s", "forget": True}]
    team.run()
    assert team.held("scenarios") == ["s"]


def test_prevent_destroy_that_was_taken_back_before_protects_no_more(sandbox: SandboxProcess, tmp_path: Path) -> None:
    definition = copy.deepcopy(DEFINITION)
    definition["scenarios"][0]["lifecycle"] = {"prevent_destroy": True}
    team = Team(sandbox, tmp_path, definition)
    del team.definition["scenarios"][0]["lifecycle"]
    assert team.run()["changed"] is False
    team.drop("scenarios", "s")
    team.run()
    assert team.held("scenarios") == []


def test_max_deletes_counts_what_is_no_longer_declared(team: Team) -> None:
    team.drop("scenarios", "s")
    team.drop("recipes", "bc")
    team.refused("max_deletes", max_deletes=1)
    team.run(max_deletes=2)
    assert team.actions() == []


@pytest.mark.parametrize("drop_data", [False, True])
def test_data_goes_only_where_it_is_said(drop_data: bool, team: Team) -> None:
    team.drop("recipes", "bc")
    team.drop("datasets", "c")
    (lost,) = [line for line in team.plan(drop_data=drop_data)["text"].splitlines() if line.startswith("Lost")] or [""]
    assert ("dataset.GONE.c" in lost) is drop_data
    team.sandbox.control.forget_calls()
    team.sandbox.control.fault("DELETE", "/projects/GONE/datasets/c", status=500, message="refused", count=1)
    with pytest.raises(DssError, match="refused"):
        team.run(drop_data=drop_data)
    assert "c" in team.held("datasets")
    team.run(drop_data=drop_data)
    assert "c" not in team.held("datasets")


def test_singletons_are_forgotten_and_keep_what_they_hold(team: Team) -> None:
    del team.definition["variables"]
    plan = team.plan()
    assert plan["actions"] == [] and list(plan["forgets"]) == ["variables.GONE"]
    assert not team.run()["changed"]
    assert team.sandbox.client().get_project("GONE").get_variables()["standard"] == {"year": 1}
    assert not team.plan().get("forgets")


def test_what_is_forgotten_stays_on_the_node_and_is_nobodys(team: Team) -> None:
    team.drop("scenarios", "s")
    team.definition["removed"] = [{"resource": "scenario.GONE.s", "forget": True}]
    for refresh in ("auto", "full"):
        plan = team.plan(refresh=refresh)
        assert plan["actions"] == [] and list(plan["forgets"]) == ["scenario.GONE.s"]
        assert plan["unmanaged"] == ["scenario.GONE.s"]
    team.run()
    team.definition["removed"] = []
    plan = team.plan()
    assert plan["actions"] == [] and not plan.get("forgets") and plan["unmanaged"] == ["scenario.GONE.s"]
    assert team.held("scenarios") == ["s"]


def test_what_is_removed_without_forget_is_deleted(team: Team) -> None:
    team.drop("scenarios", "s")
    team.definition["removed"] = [{"resource": "scenario.GONE.s"}]
    assert team.actions() == [("delete", "scenario.GONE.s")]


def test_what_somebody_deleted_already_leaves_the_state(team: Team) -> None:
    team.sandbox.client().get_project("GONE").get_scenario("s").delete()
    team.drop("scenarios", "s")
    plan = team.plan()
    assert plan["actions"] == [] and list(plan["forgets"]) == ["scenario.GONE.s"]
    team.run()
    assert not team.plan().get("forgets")


def test_an_object_that_is_declared_under_another_address_stays(team: Team) -> None:
    (folder,) = team.sandbox.client().get_project("GONE").list_managed_folders()
    settings = team.sandbox.client().get_project("GONE").get_managed_folder(folder["id"]).get_settings()
    settings.get_raw()["name"] = "papers"
    settings.save()
    team.definition["managed_folders"] = [{"name": "papers"}]
    plan = team.plan()
    assert plan["actions"] == []
    assert plan["forgets"] == {"managed_folder.GONE.files": "the object is declared under another address"}
    team.run()
    assert team.actions() == [] and team.held("managed_folders") == ["papers"]


def test_prune_takes_what_was_never_ours(team: Team) -> None:
    project = team.sandbox.client().get_project("GONE")
    project.create_scenario("theirs", "step_based")
    project.create_dataset("theirs", "Filesystem", params={"path": "x"})
    assert team.actions() == []
    assert sorted(team.actions(prune=True)) == [("delete", "dataset.GONE.theirs"), ("delete", "scenario.GONE.theirs")]
    team.run(prune=True)
    assert team.plan()["unmanaged"] == []


def test_what_is_not_pruned_because_of_a_failure_or_of_a_part_is_still_unmanaged(team: Team) -> None:
    project = team.sandbox.client().get_project("GONE")
    for name in ("theirs", "others"):
        project.create_scenario(name, "step_based")
    team.run(prune=True, only=["dataset.GONE.a"])
    assert team.plan()["unmanaged"] == ["scenario.GONE.others", "scenario.GONE.theirs"]
    team.sandbox.control.fault("DELETE", "/projects/GONE/scenarios/others", status=500, count=0)
    with pytest.raises(DssError):
        team.run(prune=True, on_error="continue")
    team.sandbox.control.clear_faults()
    assert team.plan()["unmanaged"] == ["scenario.GONE.others"]


# The instance ---------------------------------------------------------------------------------------------------------


def of_the_instance(project: str, *connections: str, **more: t.Any) -> Document:
    entries = [{"name": name, "type": "Filesystem", "params": {"root": "/x"}, **more} for name in connections]
    return {"project": {"key": project, "name": project}, "connections": entries}


def test_a_connection_that_two_projects_declare_goes_with_the_last_of_them(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    first = Team(sandbox, tmp_path, of_the_instance("ONE", "shared", "own"))
    second = Team(sandbox, tmp_path, of_the_instance("TWO", "shared"))
    assert first.actions() == second.actions() == []
    first.definition = of_the_instance("ONE")
    assert first.actions() == [("delete", "connection.own")]
    first.run()
    assert "shared" in sandbox.client().list_connections() and "own" not in sandbox.client().list_connections()
    assert second.actions() == []
    second.definition = of_the_instance("TWO")
    assert second.actions() == [("delete", "connection.shared")]
    second.run()
    assert "shared" not in sandbox.client().list_connections()


def test_a_project_never_deletes_the_connections_of_another(sandbox: SandboxProcess, tmp_path: Path) -> None:
    Team(sandbox, tmp_path, of_the_instance("ONE", "files"))
    second = Team(sandbox, tmp_path, of_the_instance("TWO", "other"))
    assert second.actions() == second.actions(prune=True) == []
    second.definition = of_the_instance("TWO")
    assert second.actions() == [("delete", "connection.other")]
