# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries of ``moved`` rename objects on a node: nothing is made anew, an undo gives the old names back."""

from __future__ import annotations

import copy
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.sandbox import SandboxProcess

Document = dict[str, t.Any]
BEFORE: Document = {
    "project": {"key": "MOVE", "name": "Move"},
    "managed_folders": [{"name": "files"}],
    "datasets": [{"name": "a", "type": "managed"}, {"name": "b", "type": "managed", "tags": ["t"]}],
    "recipes": [
        {"name": "ab", "type": "python", "inputs": ["a", {"folder": "files"}], "outputs": ["b"], "code": "1\n"}
    ],
    "scenarios": [{"name": "Daily", "steps": [{"type": "build_dataset", "dataset": "b"}]}],
}
AFTER: Document = {
    "project": {"key": "MOVE", "name": "Move"},
    "managed_folders": [{"name": "papers"}],
    "datasets": [{"name": "a2", "type": "managed"}, {"name": "b2", "type": "managed", "tags": ["t", "u"]}],
    "recipes": [
        {"name": "ab2", "type": "python", "inputs": ["a2", {"folder": "papers"}], "outputs": ["b2"], "code": "2\n"}
    ],
    "scenarios": [{"name": "Nightly", "steps": [{"type": "build_dataset", "dataset": "b2"}]}],
    "moved": {
        "managed_folder.MOVE.files": "managed_folder.MOVE.papers",
        "dataset.MOVE.a": "dataset.MOVE.a2",
        "dataset.MOVE.b": "dataset.MOVE.b2",
        "recipe.MOVE.ab": "recipe.MOVE.ab2",
        "scenario.MOVE.Daily": "scenario.MOVE.Nightly",
    },
}


class Team:
    """A configuration that is deployed, and what the node holds of it."""

    def __init__(self, sandbox: SandboxProcess, base: Path) -> None:
        self.sandbox = sandbox
        self.base = base
        self.run(BEFORE)
        self.before = self.held()

    def run(self, definition: Document, check: bool = False, **options: t.Any) -> Document:
        return run_module(self.sandbox.environ, check=check, base=self.base, definition=definition, **options)

    def state(self, **options: t.Any) -> Document:
        place = {"state_backend": {"type": "local", "path": str(self.base / "state")}, "environment": self.environment}
        return run_module(self.sandbox.environ, "state", base=self.base, project="MOVE", **place, **options)

    @property
    def environment(self) -> str:
        return next(
            path.name for path in (self.base / "state").iterdir() if path.is_dir() and not path.name.startswith(".")
        )

    def held(self) -> dict[str, t.Any]:
        """Names by id, with the tag of creation of each, which stays with an object."""
        project = self.sandbox.client().get_project("MOVE")
        found = {
            **{f"dataset {item['name']}": item for item in project.list_datasets()},
            **{f"recipe {item['name']}": item for item in project.list_recipes()},
            **{f"folder {item['name']}": item for item in project.list_managed_folders()},
            **{f"scenario {item['name']}": item for item in project.list_scenarios()},
        }
        return {key: item.get("id") or item.get("creationTag") for key, item in found.items()}

    def dataset(self, name: str) -> Document:
        return t.cast(Document, self.sandbox.client().get_project("MOVE").get_dataset(name).get_definition())

    def recipe(self, name: str) -> Document:
        settings = self.sandbox.client().get_project("MOVE").get_recipe(name).get_settings()
        return t.cast(Document, settings.get_recipe_raw_definition())


@pytest.fixture
def team(sandbox: SandboxProcess, tmp_path: Path) -> Team:
    return Team(sandbox, tmp_path)


def test_everything_is_renamed_and_nothing_is_made_anew(team: Team) -> None:
    created = team.dataset("b")["creationTag"]
    plan = team.run(AFTER, check=True)["plan"]
    assert [(entry["action"], entry["address"]) for entry in plan["actions"]] == [
        ("rename", "managed_folder.MOVE.papers"),
        ("rename", "dataset.MOVE.a2"),
        ("rename", "dataset.MOVE.b2"),
        ("rename", "recipe.MOVE.ab2"),
        ("rename", "scenario.MOVE.Nightly"),
    ]
    assert "  > dataset.MOVE.b2 (was dataset.MOVE.b)" in plan["text"]
    assert '      ~ name: "b" -> "b2"' in plan["text"]
    assert "0 to replace, 5 to rename, 0 to delete." in plan["text"]
    assert plan["moved"]["dataset.MOVE.a"] == "dataset.MOVE.a2"
    assert plan["summary"]["rename"] == 5
    outcome = team.run(AFTER)["outcome"]
    assert (len(outcome["applied"]), outcome["failed"]) == (5, [])
    assert set(team.held()) == {"dataset a2", "dataset b2", "recipe ab2", "folder papers", "scenario Nightly"}
    assert team.held()["folder papers"] == team.before["folder files"]
    assert team.held()["scenario Nightly"] == team.before["scenario Daily"]
    assert team.dataset("b2")["creationTag"] == created
    assert team.dataset("b2")["tags"] == ["t", "u"]
    assert [item["ref"] for item in team.recipe("ab2")["outputs"]["main"]["items"]] == ["b2"]
    assert not team.run(AFTER)["changed"]
    assert not team.run({**AFTER, "moved": []})["changed"]
    recorded = {entry["address"] for entry in team.state(action="list")["state"]["resources"]}
    assert "dataset.MOVE.b2" in recorded
    assert "dataset.MOVE.b" not in recorded


def test_an_undo_gives_the_old_names_back(team: Team) -> None:
    team.run(AFTER)
    place = {"state_backend": {"type": "local", "path": str(team.base / "state")}, "environment": team.environment}
    run_module(team.sandbox.environ, "rollback", base=team.base, project="MOVE", settle_timeout=0.0, **place)
    assert team.held() == team.before
    assert team.dataset("b")["tags"] == ["t"]
    assert [item["ref"] for item in team.recipe("ab")["outputs"]["main"]["items"]] == ["b"]
    assert not team.run(BEFORE)["changed"]


def test_a_failed_rename_is_taken_up_by_the_next_run(team: Team) -> None:
    team.sandbox.control.fault("POST", "/projects/MOVE/actions/renameDataset", status=500, count=1)
    with pytest.raises(DssError):
        team.run(AFTER, on_error="continue")
    team.sandbox.control.clear_faults()
    team.run(AFTER)
    assert set(team.held()) == {"dataset a2", "dataset b2", "recipe ab2", "folder papers", "scenario Nightly"}
    assert not team.run({**AFTER, "moved": []})["changed"]


def test_a_rename_that_somebody_made_in_dss_only_moves_the_record(team: Team) -> None:
    team.sandbox.client().get_project("MOVE").get_dataset("a").rename("a2")
    definition = copy.deepcopy(BEFORE)
    definition["datasets"][0]["name"] = "a2"
    definition["recipes"][0]["inputs"][0] = "a2"
    plan = team.run({**definition, "moved": [{"from": "dataset.MOVE.a", "to": "dataset.MOVE.a2"}]})["plan"]
    assert [entry["address"] for entry in plan["actions"] if entry["address"].startswith("dataset")] == []
    assert "dataset a2" in team.held()


def test_a_name_that_is_taken_stops_before_anything_is_done(team: Team) -> None:
    team.sandbox.client().get_project("MOVE").create_dataset("a2", "Filesystem", params={"path": "x"})
    held = team.held()
    with pytest.raises(DssError, match="a cannot be renamed to a2: the node holds another dataset of this name"):
        team.run(AFTER)
    assert team.held() == held


def test_another_type_and_another_name_at_once_are_refused(team: Team) -> None:
    definition = copy.deepcopy(AFTER)
    definition["recipes"][0]["type"] = "r"
    with pytest.raises(DssError, match="cannot be changed in place, and not while it is renamed"):
        team.run(definition)
    assert team.held() == team.before


def test_what_dss_cannot_rename_is_said_before_anything_is_done(sandbox: SandboxProcess, tmp_path: Path) -> None:
    def definition(name: str) -> Document:
        return {"connections": [{"name": name, "type": "Filesystem", "params": {"root": "/data"}}]}

    run_module(sandbox.environ, base=tmp_path, definition=definition("one"))
    moved = {**definition("two"), "moved": {"connection.one": "connection.two"}}
    with pytest.raises(DssError, match="DSS cannot rename a connection: take the entry of"):
        run_module(sandbox.environ, base=tmp_path, definition=moved)
    assert "two" not in sandbox.client().list_connections()


def test_both_names_recorded_is_an_error(team: Team) -> None:
    definition = copy.deepcopy(BEFORE)
    definition["datasets"].append({"name": "c", "type": "managed"})
    team.run(definition)
    definition["datasets"] = [entry for entry in definition["datasets"] if entry["name"] != "a"]
    definition["recipes"][0]["inputs"][0] = "c"
    with pytest.raises(DssError, match=r"both dataset\.MOVE\.a and dataset\.MOVE\.c are recorded"):
        team.run({**definition, "moved": {"dataset.MOVE.a": "dataset.MOVE.c"}})


def test_a_rename_whose_answer_is_lost_is_looked_up(team: Team) -> None:
    team.sandbox.control.fault("POST", "/projects/MOVE/actions/renameDataset", drop="after", count=1)
    team.run(AFTER)
    team.sandbox.control.clear_faults()
    assert {"dataset a2", "dataset b2"} <= set(team.held())
    assert not team.run(AFTER)["changed"]


def test_a_saved_plan_renames(team: Team) -> None:
    plan = str(team.base / "plan.json")
    team.run(AFTER, check=True, plan_file=plan)
    team.run(AFTER, plan_file=plan)
    assert {"dataset a2", "recipe ab2"} <= set(team.held())


def test_a_run_that_fails_gives_its_names_back(team: Team) -> None:
    team.sandbox.control.fault("PUT", "/projects/MOVE/scenarios/*", status=500, count=1)
    with pytest.raises(DssError, match="what was applied is undone"):
        team.run(AFTER, on_failure="rollback")
    team.sandbox.control.clear_faults()
    assert team.held() == team.before
    team.run(AFTER)
    assert {"dataset a2", "recipe ab2"} <= set(team.held())


def test_an_interrupted_rename_is_resumed(team: Team) -> None:
    """The run ends after the calls, before anything is recorded, as after a kill."""
    team.sandbox.control.fault("POST", "/projects/MOVE/actions/renameDataset", delay_ms=0, drop="after", count=0)
    team.sandbox.control.fault("GET", "/projects/MOVE/datasets*", skip=2, status=500, count=0)
    with pytest.raises(DssError):
        team.run(AFTER, on_error="continue")
    team.sandbox.control.clear_faults()
    team.run(AFTER)
    assert set(team.held()) == {"dataset a2", "dataset b2", "recipe ab2", "folder papers", "scenario Nightly"}
    assert not team.run({**AFTER, "moved": []})["changed"]
