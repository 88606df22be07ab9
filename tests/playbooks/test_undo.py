# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Undo runs on a real node: what is there afterwards is what was there before, and what is not is named exactly."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Iterator
from dataclasses import replace

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.executor import Outcome, apply
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.git_revert import NotByGit, revert
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.guard import Guard
from ansible_collections.dataiku_iac.dss.plugins.module_utils._apply.undo import (
    Undo,
    resources_of,
    sections_of,
    undo,
    verified,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Resource, is_secret
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.history import NoHistory, standing
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions, node_options
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.read import read
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Plan
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import DONE, FAILED, Journal, Result, dump
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import load as loaded
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Reading
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.records import Cover, entries_of, listed_ids
from support.sandbox import SandboxProcess, connect

SALTS = {"project": "00" * 16, "instance": "11" * 16}
PROJECT_SECTIONS = frozenset(
    kind.section for kind in KINDS.values() if kind.scope == "project" and (kind.surveyed or kind.name == "variables")
)
COLUMNS = [{"name": "id", "type": "bigint"}, {"name": "name", "type": "string"}]
DEFINITION: dict[str, t.Any] = {
    "project": {"key": "UNDO", "name": "Undo", "tags": ["a"], "settings": {"wikiSettings": {"promoted": True}}},
    "variables": {"standard": {"a": 1, "nested": {"x": 1}}, "local": {"l": "here"}},
    "connections": [{"name": "pg", "type": "PostgreSQL", "params": {"host": "db", "password": "hunter2-secret"}}],
    "managed_folders": [{"name": "docs", "description": "Documents", "tags": ["t"]}],
    "datasets": [
        {"name": "raw", "type": "managed", "tags": ["t"], "schema": COLUMNS},
        {"name": "out", "type": "managed", "description": "Result"},
    ],
    "recipes": [
        {
            "name": "code",
            "type": "python",
            "inputs": ["raw", {"folder": "docs"}],
            "outputs": ["out"],
            "code": "print(1)\n",
            "tags": ["t"],
        }
    ],
    "scenarios": [{"name": "Daily", "active": False, "steps": [{"type": "build", "dataset": "out"}]}],
}
CODE = DEFINITION["recipes"][0]
OUT = DEFINITION["datasets"][1]
EXTERNAL = {"inputs": [{"dataset": "raw", "external": True}], "outputs": [{"dataset": "out", "external": True}]}
FOLDERLESS = {
    "managed_folders": [],
    "datasets": [OUT, {"name": "raw", "type": "managed", "tags": ["x"]}],
    "recipes": [{**CODE, "inputs": ["raw"]}],
}
TAG = "its creation tag, its version history"


class Team:
    """The collection on a node: runs with their journals, and the way back."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        self.sandbox = sandbox
        options: NodeOptions = node_options({"timeout": 10.0, "workers": 4, "validate_certs": True}, sandbox.environ)
        self.node = DssNode(options)
        self.cover = Cover(KINDS, frozenset({"hunter2-secret"}), SALTS)
        self.last: Undo | None = None

    def resources(self, definition: dict[str, t.Any]) -> dict[str, Resource]:
        found = load(copy.deepcopy(definition), kinds=KINDS, project_key="UNDO")
        return desired(found.declarations, "UNDO", KINDS)

    def plan(self, definition: dict[str, t.Any], **options: t.Any) -> tuple[Plan, t.Any, Options]:
        resources = self.resources(definition)
        wanted = Options(max_deletes=100, **options)
        snapshot = read(self.node, "UNDO", resources, KINDS, PROJECT_SECTIONS if options.get("prune") else frozenset())
        plan = build(resources, snapshot, wanted, KINDS)
        assert not plan.problems
        return plan, snapshot, wanted

    def run(self, definition: dict[str, t.Any], stop_after: int | None = None, **options: t.Any) -> Journal:
        """Apply a configuration; the journal is that of a run that was written down and read again."""
        plan, snapshot, wanted = self.plan(definition, **options)
        journal = Journal("r", "apply", "l", 1, "", "", entries_of(plan, self.cover), listed_ids(snapshot))
        outcome = self.carried_out(plan, wanted, stop_after)
        results = {key: Result(DONE, outcome.ids.get(key)) for key in outcome.applied}
        results |= {key: Result(FAILED, outcome.ids.get(key), text) for key, text in outcome.failed.items()}
        if stop_after is None:
            assert outcome.succeeded, outcome.failed
        return reloaded(replace(journal, results=results))

    def carried_out(self, plan: Plan, options: Options, stop_after: int | None = None) -> Outcome:
        guard = Guard()

        def note(address: str, message: str, object_id: str | None) -> None:
            nonlocal stop_after
            if stop_after is not None:
                stop_after -= 1
                if stop_after <= 0:
                    guard.stop("killed")

        return apply(plan, self.node, KINDS, guard, options, workers=1, note=note)

    def planned(self, *journals: Journal) -> Undo:
        return undo(journals, self.snapshot(*journals), KINDS)

    def snapshot(self, *journals: Journal) -> t.Any:
        return read(self.node, "UNDO", resources_of(journals, KINDS), KINDS, sections_of(journals, KINDS))

    def undone(self, *journals: Journal) -> tuple[str, ...]:
        """Undo runs; everything that was to be restored is, and nothing is left to do. Returns what is not restored."""
        done = self.planned(*journals)
        outcome = self.carried_out(done.plan, Options())
        assert outcome.succeeded, (outcome.failed, outcome.skipped)
        assert not [str(warning) for warning in outcome.warnings]
        assert verified(done, self.snapshot(*journals), KINDS) == ()
        assert not self.planned(*journals).plan.changed
        self.last = done
        return done.not_restored

    def held(self) -> dict[str, t.Any]:
        """What is there, without what every write moves; objects with ids of DSS by their names."""
        found: dict[str, t.Any] = {}
        ids: dict[str, str] = {}
        for kind in KINDS.values():
            if kind.scope == "project" and kind.name != "project" and "project.UNDO" not in found:
                continue
            listing = kind.read_all(self.node, "UNDO")
            for object_id, document in listing.items():
                if not kind.listing_is_complete:
                    document = kind.read_one(self.node, "UNDO", object_id)
                label = kind.label(object_id, document)
                ids[object_id] = f"<{label}>" if object_id != label else object_id
                found[f"{kind.name}.{label or 'UNDO'}"] = stable(document)
        return t.cast("dict[str, t.Any]", renamed(found, {old: new for old, new in ids.items() if old and old != new}))


def stable(value: t.Any) -> t.Any:
    """A document without version and creation tags and encrypted texts."""
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key not in ("versionTag", "creationTag")}
        return {key: "secret" if is_secret(key) else stable(inner) for key, inner in kept.items()}
    return [stable(inner) for inner in value] if isinstance(value, list) else value


def renamed(value: t.Any, names: dict[str, str]) -> t.Any:
    if isinstance(value, dict):
        return {key: renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def reloaded(journal: Journal) -> Journal:
    return loaded(dump(journal), "journal")


@pytest.fixture
def team(sandbox: SandboxProcess) -> Iterator[Team]:
    found = Team(sandbox)
    yield found
    found.node.close()


def changed(**sections: t.Any) -> dict[str, t.Any]:
    return {**copy.deepcopy(DEFINITION), **sections}


def test_what_a_run_made_goes(team: Team) -> None:
    before = team.held()
    journal = team.run(DEFINITION)
    assert team.held().keys() > before.keys()
    assert team.undone(journal) == ()
    assert team.held() == before


def test_changed_objects_of_every_kind_get_their_former_values(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    journal = team.run(
        changed(
            project={"key": "UNDO", "name": "Other", "tags": ["b"], "settings": {"wikiSettings": {"promoted": False}}},
            variables={"standard": {"a": 2, "nested": {"y": 2}, "new": [1]}, "local": {}, "exclusive": True},
            connections=[
                {"name": "pg", "type": "PostgreSQL", "description": "d", "params": {"host": "other", "port": 1}}
            ],
            managed_folders=[{"name": "docs", "description": None, "tags": ["u"]}],
            datasets=[
                {"name": "raw", "type": "managed", "tags": [], "schema": [COLUMNS[1], {"name": "n", "type": "int"}]},
                {"name": "out", "type": "managed", "short_description": "s", "flow_options": {"rebuildBehavior": "X"}},
            ],
            recipes=[{"name": "code", "type": "python", "inputs": ["out"], "outputs": ["raw"], "code": "print(2)"}],
            scenarios=[
                {
                    "name": "Daily",
                    "active": True,
                    "triggers": [{"type": "temporal", "frequency": "Daily", "hour": 3}],
                    "steps": [],
                }
            ],
        )
    )
    assert team.undone(journal) == ()
    assert team.held() == before


def test_deleted_objects_of_every_kind_are_made_again(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    folder = next(iter(KINDS["managed_folder"].read_all(team.node, "UNDO")))
    rest = {name: part for name, part in DEFINITION.items() if name not in ("project", "variables")}
    journal = team.run(rest, absent=True, drop_data=True)
    assert not {"dataset.raw", "recipe.code", "scenario.Daily", "connection.pg"} & team.held().keys()
    assert team.undone(journal) == (
        "connection.pg: its creation tag, its secret password",
        f"dataset.UNDO.out: its data, {TAG}, the history of its metrics and checks",
        f"dataset.UNDO.raw: its data, {TAG}, the history of its metrics and checks",
        f"managed_folder.UNDO.docs: its id {folder}, its files, {TAG}",
        f"recipe.UNDO.code: {TAG}",
        "scenario.UNDO.Daily: its version history, the history of its runs",
    )
    after = team.held()
    del before["connection.pg"]["params"]["password"]
    assert after == before


def test_a_replaced_dataset_and_the_recipe_that_reads_it_are_as_before(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    other = [{"name": "raw", "type": "managed", "managed": False, "tags": ["u"]}]
    journal = team.run({"project": {"key": "UNDO"}, "datasets": other}, drop_data=True)
    assert {entry.address: entry.action for entry in journal.entries} == {
        "dataset.UNDO.raw": "replace",
        "recipe.UNDO.code": "replace",
    }
    assert team.undone(journal) == (
        f"dataset.UNDO.raw: its data, {TAG}, the history of its metrics and checks",
        f"recipe.UNDO.code: {TAG}",
    )
    assert team.held() == before


def test_a_folder_that_is_made_again_is_named_by_what_named_it(team: Team) -> None:
    """The recipe was changed so that it no longer reads the folder: its patch needs the new id."""
    team.run(DEFINITION)
    before = team.held()
    [(old, _document)] = KINDS["managed_folder"].read_all(team.node, "UNDO").items()
    first = team.run(changed(recipes=[{**CODE, "inputs": ["raw"]}]))
    second = team.run({"managed_folders": DEFINITION["managed_folders"]}, absent=True)
    assert team.undone(first, second) == (
        f"managed_folder.UNDO.docs: its id {old}, its files, which stay where its former id says, {TAG}",
    )
    [(new, _document)] = KINDS["managed_folder"].read_all(team.node, "UNDO").items()
    assert new != old
    recipe = KINDS["recipe"].read_one(team.node, "UNDO", "code")
    assert [item["ref"] for item in recipe["inputs"]["main"]["items"]] == ["raw", new]
    assert team.held() == before


def test_a_folder_that_somebody_elses_recipe_names_is_said_to_have_a_new_id(team: Team) -> None:
    team.run(DEFINITION)
    [(old, _document)] = KINDS["managed_folder"].read_all(team.node, "UNDO").items()
    journal = team.run({"managed_folders": DEFINITION["managed_folders"]}, absent=True, drop_data=True)
    assert team.undone(journal) == (
        f"managed_folder.UNDO.docs: its id {old}, its files, {TAG}",
        f"recipe.UNDO.code: it names the former id {old} of managed_folder.UNDO.docs",
    )


def test_a_program_that_names_a_former_id_is_named(team: Team) -> None:
    team.run(DEFINITION)
    [(old, _document)] = KINDS["managed_folder"].read_all(team.node, "UNDO").items()
    team.run(changed(recipes=[{**CODE, "code": f"dataiku.Folder('{old}')"}]))
    rest = {"managed_folders": DEFINITION["managed_folders"], "recipes": [{**CODE, **EXTERNAL}]}
    journal = team.run(rest, absent=True, drop_data=True)
    assert team.undone(journal) == (
        f"managed_folder.UNDO.docs: its id {old}, its files, {TAG}",
        f"recipe.UNDO.code: {TAG}, it names the former id {old} of managed_folder.UNDO.docs",
    )


def test_what_others_changed_elsewhere_stays_and_what_they_changed_in_the_same_place_is_said(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    journal = team.run(changed(datasets=[{"name": "raw", "type": "managed", "tags": ["u"], "description": "new"}, OUT]))
    settings = team.sandbox.client().get_project("UNDO").get_dataset("raw").get_settings()
    settings.get_raw().update(tags=["colleague"], shortDesc="by a colleague")
    settings.save()
    assert team.undone(journal) == ()
    assert [str(warning) for warning in t.cast(Undo, team.last).plan.warnings] == [
        "dataset.UNDO.raw: somebody changed tags since; the former value is put back all the same"
    ]
    before["dataset.raw"]["shortDesc"] = "by a colleague"
    assert team.held() == before


def test_what_others_use_stays(team: Team) -> None:
    journal = team.run(DEFINITION)
    project = team.sandbox.client().get_project("UNDO")
    builder = project.new_recipe("python", "colleague")
    builder.with_input("raw")
    project.create_dataset("theirs", "Inline")
    builder.with_output("theirs")
    builder.create()
    assert team.undone(journal) == (
        "dataset.UNDO.raw: it stays, because recipe.UNDO.colleague uses it",
        "project.UNDO: it stays, because dataset.UNDO.theirs uses it",
    )
    assert {"dataset.raw", "dataset.theirs", "recipe.colleague"} <= team.held().keys()
    assert not {"dataset.out", "recipe.code", "managed_folder.docs", "scenario.Daily"} & team.held().keys()


def test_several_runs_are_undone_at_once(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    first = team.run(changed(datasets=[{"name": "raw", "type": "managed", "tags": ["u"]}, OUT]))
    second = team.run({"datasets": [{"name": "late", "type": "managed"}], "project": {"key": "UNDO", "name": "Late"}})
    third = team.run(
        {"datasets": [{"name": "raw", "type": "managed", "description": "d"}, {"name": "late", "type": "managed"}]}
    )
    assert team.undone(first, second, third) == ()
    assert team.held() == before


def test_a_deleted_and_later_remade_object_is_what_it_was_first(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    first = team.run({"scenarios": DEFINITION["scenarios"]}, absent=True)
    second = team.run({"scenarios": [{"name": "Daily", "type": "custom_python", "script": "pass"}]})
    assert team.undone(first, second) == ("scenario.UNDO.Daily: its version history, the history of its runs",)
    assert team.held() == before


def test_a_deleted_project_comes_back_with_what_was_read_and_the_rest_is_named(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    team.sandbox.client().get_project("UNDO").create_dataset("theirs", "Inline")
    resources = team.resources(DEFINITION)
    plan, _snapshot, wanted = team.plan({"project": DEFINITION["project"]}, absent=True)
    listing = read(team.node, "UNDO", resources, KINDS, PROJECT_SECTIONS)
    journal = Journal("r", "delete", "l", 1, "", "", entries_of(plan, team.cover), listed_ids(listing))
    assert team.carried_out(plan, wanted).succeeded
    journal = replace(journal, results={"project.UNDO": Result(DONE, "UNDO")})
    [folder] = listing.of("managed_folder")
    assert team.undone(journal) == (
        "project.UNDO: its Git history, its jobs and what of it is not managed, "
        f"its variables, its managed folders {folder}, its datasets out, raw, theirs, its recipes code, its scenarios Daily",
    )
    assert team.held()["project.UNDO"] == before["project.UNDO"]


@pytest.mark.parametrize("stop_after", range(1, 8))
def test_a_run_that_was_killed_is_undone(team: Team, stop_after: int) -> None:
    before = team.held()
    journal = replace(team.run(DEFINITION, stop_after), results={})
    assert team.undone(journal) == ()
    assert team.held() == before


@pytest.mark.parametrize("stop_after", range(1, 7))
def test_an_undo_that_was_killed_is_gone_on_with(team: Team, stop_after: int) -> None:
    team.run(DEFINITION)
    before = team.held()
    rest = {name: part for name, part in DEFINITION.items() if name not in ("project", "connections")}
    journal = team.run(rest, absent=True)
    done, snapshot = team.planned(journal), team.snapshot(journal)
    outcome = team.carried_out(done.plan, Options(), stop_after)
    assert len(outcome.applied) == stop_after
    its_own = Journal("u", "rollback", "l", 2, "", "", entries_of(done.plan, team.cover), listed_ids(snapshot))
    team.undone(journal, reloaded(its_own))
    assert team.held() == before


@pytest.mark.parametrize("stop_after", range(1, 5))
def test_an_undo_of_changes_that_was_killed_is_gone_on_with(team: Team, stop_after: int) -> None:
    team.run(DEFINITION)
    before = team.held()
    journal = team.run(
        changed(
            variables={"standard": {"a": 2}},
            managed_folders=[{"name": "docs", "tags": ["u"]}],
            datasets=[{"name": "raw", "type": "managed", "tags": ["u"]}, {**OUT, "tags": ["u"]}],
            scenarios=[{"name": "Daily", "active": True}, {"name": "New"}],
        )
    )
    team.carried_out(team.planned(journal).plan, Options(), stop_after)
    assert team.undone(journal) == ()
    assert team.held() == before


def test_a_replacement_that_was_killed_between_its_calls_is_undone(team: Team) -> None:
    """The dataset is deleted, and with it the recipe that nobody declared in this run."""
    team.run(DEFINITION)
    before = team.held()
    other = {"project": {"key": "UNDO"}, "datasets": [{"name": "raw", "type": "managed", "managed": False}]}
    plan, snapshot, _wanted = team.plan(other, drop_data=True)
    recipe = KINDS["recipe"].read_one(team.node, "UNDO", "code")
    entries = [
        replace(entry, before=recipe) if entry.carried else entry for entry in entries_of(plan, team.cover)
    ]  # the lead of a run reads before-images whole
    journal = Journal("r", "apply", "l", 1, "", "", tuple(entries), listed_ids(snapshot))
    KINDS["dataset"].delete(team.node, "UNDO", "raw", True)
    assert "recipe.code" not in team.held()
    assert team.undone(reloaded(journal)) == (
        f"dataset.UNDO.raw: its data, {TAG}, the history of its metrics and checks",
        f"recipe.UNDO.code: {TAG}",
    )
    assert team.held() == before


def test_a_folder_whose_replacement_fails_is_put_back_and_the_undo_finds_it(team: Team) -> None:
    """What is put back has an id of its own: the one in the former document would be refused."""
    team.run(DEFINITION)
    before = team.held()
    [old] = KINDS["managed_folder"].read_all(team.node, "UNDO")
    plan, snapshot, wanted = team.plan({"managed_folders": [{"name": "docs", "type": "S3"}]})
    journal = Journal("r", "apply", "l", 1, "", "", entries_of(plan, team.cover), listed_ids(snapshot))
    team.sandbox.control.fault("POST", "/projects/UNDO/managedfolders*", status=500, count=1)
    failed = team.carried_out(plan, wanted).failed
    assert failed["managed_folder.UNDO.docs"].endswith("what was there before was put back")
    assert [document["description"] for document in KINDS["managed_folder"].read_all(team.node, "UNDO").values()] == [
        "Documents"
    ]
    told = team.undone(reloaded(replace(journal, results={"managed_folder.UNDO.docs": Result(FAILED)})))
    assert told == (
        f"managed_folder.UNDO.docs: its id {old}, its files, which stay where its former id says, {TAG}",
        f"recipe.UNDO.code: it names the former id {old} of managed_folder.UNDO.docs",
    )
    after = team.held()
    assert after["managed_folder.docs"] == before["managed_folder.docs"]


def test_a_replaced_folder_is_replaced_again_and_what_named_it_follows(team: Team) -> None:
    team.run(DEFINITION)
    before = team.held()
    [old] = KINDS["managed_folder"].read_all(team.node, "UNDO")
    other = {"managed_folders": [{"name": "docs", "type": "S3"}]}
    first = team.run({**other, "project": {"key": "UNDO"}})
    second = team.run(changed(**other))
    assert team.undone(first, second) == (
        f"managed_folder.UNDO.docs: its id {old}, its files, which stay where its former id says, {TAG}",
    )
    assert team.held() == before


def test_a_creation_without_an_answer_is_found_by_what_was_not_there_before(team: Team) -> None:
    team.run({"project": DEFINITION["project"], "managed_folders": DEFINITION["managed_folders"]})
    before = team.held()
    plan, snapshot, wanted = team.plan({"managed_folders": [{"name": "new"}]}, prune=True)
    plan = replace(plan, actions=tuple(action for action in plan.actions if action.action == "create"))
    journal = Journal("r", "apply", "l", 1, "", "", entries_of(plan, team.cover), listed_ids(snapshot))
    team.carried_out(plan, wanted)
    assert team.undone(journal) == ()
    assert team.held() == before


def test_of_two_that_may_be_the_one_that_was_made_none_is_deleted(team: Team) -> None:
    team.run({"project": DEFINITION["project"]})
    journal = replace(team.run({"managed_folders": [{"name": "new"}]}), results={})
    team.sandbox.client().get_project("UNDO").create_managed_folder("new")
    one, two = sorted(KINDS["managed_folder"].read_all(team.node, "UNDO"))
    assert team.undone(journal) == (
        f"managed_folder.UNDO.new: 2 objects may be the one that was made ({one}, {two}) and none was touched",
    )


def test_a_write_that_arrives_after_the_undo_is_seen_by_the_closing_read(team: Team) -> None:
    team.run({"project": DEFINITION["project"]})
    plan, snapshot, wanted = team.plan({"managed_folders": [{"name": "new"}], "datasets": [OUT]})
    journal = Journal("r", "apply", "l", 1, "", "", entries_of(plan, team.cover), listed_ids(snapshot))
    done = team.planned(journal)
    assert not done.plan.changed
    team.carried_out(plan, wanted)
    [folder] = KINDS["managed_folder"].read_all(team.node, "UNDO")
    assert sorted(verified(done, team.snapshot(journal), KINDS)) == [
        "dataset.UNDO.out: it is there (out)",
        f"managed_folder.UNDO.new: it is there ({folder})",
    ]


def test_what_was_not_put_back_is_seen_by_the_closing_read(team: Team) -> None:
    team.run(DEFINITION)
    first = team.run(changed(scenarios=[{"name": "Daily", "active": True, "description": "d"}]))
    second = team.run({"recipes": [{**CODE, **EXTERNAL}]}, absent=True)
    done = team.planned(first, second)
    assert sorted(verified(done, team.snapshot(first, second), KINDS)) == [
        "recipe.UNDO.code: it is not there",
        "scenario.UNDO.Daily: active, description",
    ]


def test_a_secret_that_was_sent_is_named_and_nothing_is_written_in_its_place(team: Team) -> None:
    team.run(DEFINITION)
    other = {**DEFINITION["connections"][0], "params": {"host": "other", "password": "another-secret"}}
    journal = team.run({"connections": [other]}, update_secrets="always")
    assert team.undone(journal) == ("connection.pg: its secret password",)
    assert team.sandbox.control.secrets("pg") == {"password": "another-secret"}
    assert team.held()["connection.pg"]["params"]["host"] == "db"


def test_an_undo_costs_a_fresh_read_a_write_and_its_part_of_the_read_back(team: Team) -> None:
    team.run(DEFINITION)
    journal = team.run(changed(datasets=[{"name": "raw", "type": "managed", "tags": ["u"]}, OUT]))
    done = team.planned(journal)
    team.sandbox.control.forget_calls()
    assert team.carried_out(done.plan, Options()).applied == ["dataset.UNDO.raw"]
    assert team.sandbox.control.calls()["counts"] == {
        "GET /projects/{projectKey}/datasets/{name}": 2,
        "PUT /projects/{projectKey}/datasets/{name}": 1,
    }


# By the project's Git ----------------------------------------------------------------------------------------------


def reading(team: Team, **changes: t.Any) -> Reading:
    now = standing(team.node, "UNDO")
    return replace(Reading(now.branch, now.head, frozenset(), (), ""), **changes)


def test_git_brings_configuration_back_and_says_what_it_cannot(team: Team) -> None:
    team.run(DEFINITION)
    before, recorded = team.held(), reading(team)
    del before["connection.pg"]
    first = team.run(changed(project={"key": "UNDO", "name": "Other"}, datasets=[{**OUT, "tags": ["x"]}]) | FOLDERLESS)
    second = team.run(
        {"scenarios": DEFINITION["scenarios"], "connections": DEFINITION["connections"]}, absent=True, drop_data=True
    )
    third = team.run({"managed_folders": DEFINITION["managed_folders"]}, absent=True, drop_data=True)
    assert revert(team.node, "UNDO", recorded, (first, second, third), KINDS) == (
        "connection.pg: it belongs to the node and not to the project's Git",
        "managed_folder.UNDO.docs: its files",
    )
    assert team.held() == before
    left = team.planned(first, second, third).plan
    assert [action.address for action in left.changed] == ["connection.pg"]


def test_git_is_not_asked_to_revert_to_where_the_project_stands(team: Team) -> None:
    team.run(DEFINITION)
    team.sandbox.control.forget_calls()
    assert revert(team.node, "UNDO", reading(team), (), KINDS) == ()
    assert not [call for call in team.sandbox.control.calls()["calls"] if call["method"] == "POST"]


def test_git_refuses_what_others_would_lose(team: Team) -> None:
    team.run(DEFINITION)
    recorded = reading(team)
    key = team.sandbox.control.key(login="colleague", admin=True)
    connect(team.sandbox.url, key).get_project("UNDO").create_dataset("theirs", "Inline")
    with pytest.raises(NotByGit) as refused:
        revert(team.node, "UNDO", recorded, (), KINDS)
    head = standing(team.node, "UNDO").head
    assert str(refused.value) == (
        f"others have committed to project UNDO since and would lose it ({head[:10]} of colleague): use method: journal"
    )
    assert "dataset.theirs" in team.held()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"head": ""}, "no commit of project UNDO was recorded with that version"),
        ({"unmanaged": None}, "held objects that the state does not manage (they were not listed)"),
        ({"unmanaged": ("dataset.UNDO.x",)}, "held objects that the state does not manage (dataset.UNDO.x)"),
        ({"branch": "work"}, "project UNDO is on branch master, recorded is work"),
    ],
)
def test_git_refuses_a_version_that_it_does_not_hold_alone(team: Team, changes: dict[str, t.Any], told: str) -> None:
    team.run(DEFINITION)
    recorded = reading(team, **changes)
    team.run({"datasets": [{**OUT, "tags": ["x"]}]})
    with pytest.raises(NotByGit) as refused:
        revert(team.node, "UNDO", recorded, (), KINDS)
    assert told in str(refused.value)


def test_git_refuses_an_unknown_commit_and_a_dirty_tree(team: Team) -> None:
    team.run(DEFINITION)
    with pytest.raises(NoHistory, match="no longer in the project's history"):
        revert(team.node, "UNDO", reading(team, head="0" * 40), (), KINDS)
    recorded = reading(team)
    team.run({"project": {"key": "UNDO", "settings": {"gitCommitMode": "EXPLICIT"}}})
    team.run({"datasets": [OUT, {"name": "more", "type": "managed"}]})
    with pytest.raises(NoHistory, match="changes that are not committed"):
        revert(team.node, "UNDO", recorded, (), KINDS)


def test_what_others_commit_while_git_reverts_is_named(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.run(DEFINITION)
    recorded = reading(team)
    team.run({"datasets": [{**OUT, "tags": ["x"]}]})
    colleague = connect(team.sandbox.url, team.sandbox.control.key(login="colleague", admin=True))
    post = team.node.post

    def late(path: str, body: t.Any, **query: t.Any) -> t.Any:
        colleague.get_project("UNDO").create_dataset("theirs", "Inline")
        return post(path, body, **query)

    monkeypatch.setattr(team.node, "post", late)
    [told] = revert(team.node, "UNDO", recorded, (), KINDS)
    assert told.startswith("project.UNDO: commits made while it was reverted, ") and told.endswith(" of colleague")


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"cut": True}])
def test_a_revert_whose_answer_is_lost_is_looked_up(team: Team, fault: dict[str, t.Any]) -> None:
    team.run(DEFINITION)
    before, recorded = team.held(), reading(team)
    team.run({"datasets": [{**OUT, "tags": ["x"]}]})
    team.sandbox.control.fault("POST", "*revertToRevision*", **fault)
    assert revert(team.node, "UNDO", recorded, (), KINDS) == ()
    assert team.held() == before


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"drop": "before"}, "broke"),
        ({"status": 500}, "500"),
        ({"raw_body": '{"success": false, "logs": "why"}'}, "why"),
    ],
)
def test_a_revert_that_was_not_done_is_an_error(team: Team, fault: dict[str, t.Any], told: str) -> None:
    team.run(DEFINITION)
    recorded = reading(team)
    team.run({"datasets": [{**OUT, "tags": ["x"]}]})
    held = team.held()
    team.sandbox.control.fault("POST", "*revertToRevision*", **fault)
    with pytest.raises(NodeError, match=told):
        revert(team.node, "UNDO", recorded, (), KINDS)
    assert team.held() == held
