# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The recorded read against a node: exact calls of a plan, and whatever happens, nothing changed is overlooked."""

from __future__ import annotations

import os
import sys
import typing as t
from dataclasses import replace

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.history import standing, who_changed
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.read import read
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.refresh import as_recorded, still
from support.recorded import KEY, Project, configuration, recorded
from support.sandbox import PACKAGE, SandboxProcess

sys.path.append(str(PACKAGE))
from dss_sandbox.switches import SWITCHES

SIZES = [10, 1_000, *([10_000] if os.environ.get("DSS_TEST_FULL") else [])]
# project 3, variables 1, the list of scenarios 1 (for their activation), Git 2
UNCHANGED = 7


@pytest.fixture
def node(sandbox: SandboxProcess) -> t.Iterator[DssNode]:
    node = DssNode(NodeOptions(sandbox.url, sandbox.api_key, environ={}))
    yield node
    node.close()
    sandbox.control.switch(**{switch.name: switch.default for switch in SWITCHES})


def dataset(sandbox: SandboxProcess, name: str) -> t.Any:
    return sandbox.client().get_project(KEY).get_dataset(name)


def edit_dataset(sandbox: SandboxProcess, name: str, **changes: t.Any) -> None:
    settings = dataset(sandbox, name).get_settings()
    settings.get_raw().update(changes)
    settings.save()


def edit_recipe(sandbox: SandboxProcess, name: str, code: str) -> None:
    settings = sandbox.client().get_project(KEY).get_recipe(name).get_settings()
    settings.set_code(code)
    settings.save()


def edit_scenario(sandbox: SandboxProcess, name: str, **changes: t.Any) -> None:
    settings = sandbox.client().get_project(KEY).get_scenario(name).get_settings()
    settings.get_raw().update(changes)
    settings.save()


# Budgets --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("objects", SIZES)
def test_a_plan_of_an_unchanged_project_costs_the_same_at_any_size(
    objects: int, sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node, objects)
    assert project.calls() == UNCHANGED <= 10
    assert project.refreshed.reason == ""
    assert sorted(project.refreshed.skip) == sorted(set(project.desired) - {f"project.{KEY}", f"variables.{KEY}"})
    assert project.differing(project.plan()) == set()


@pytest.mark.parametrize("objects", SIZES)
def test_objects_that_a_colleague_changed_cost_at_most_two_calls_each(
    objects: int, sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node, objects)
    edit_recipe(sandbox, "r0", "print('other')\n")
    # the diff, the list of recipes, the recipe
    assert project.calls() == UNCHANGED + 3 <= 10 + 2
    assert project.differing(project.plan()) == {f"recipe.{KEY}.r0"}
    edit_dataset(sandbox, "d0", tags=["b"])
    # further the lists of datasets and of connections
    assert project.calls() == UNCHANGED + 5 <= 10 + 2 * 2
    assert project.differing(project.plan()) == {f"recipe.{KEY}.r0", f"dataset.{KEY}.d0"}
    edit_scenario(sandbox, "s0", shortDesc="x", active=True)
    # further the scenario and its script
    assert project.calls() == UNCHANGED + 7 <= 10 + 2 * 3
    names = {f"recipe.{KEY}.r0", f"dataset.{KEY}.d0", f"scenario.{KEY}.s0"}
    assert project.differing(project.plan()) == names


@pytest.mark.parametrize("changed", [1, 2, 3])
def test_objects_that_changed_in_the_configuration_cost_at_most_two_calls_each(
    changed: int, sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node)
    definition = configuration(10)
    for number in range(changed):
        definition["recipes"][number]["code"] = "print('new')\n"
    project.declare(definition)
    # the list of recipes and each recipe
    assert project.calls() == UNCHANGED + 1 + changed <= 10 + 2 * changed


@pytest.mark.parametrize("definition", ["datasets", "managed_folders", "scenarios"])
def test_one_object_that_changed_in_the_configuration_costs_at_most_two_calls(
    definition: str, sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node)
    declared = configuration(10)
    declared[definition][0]["short_description"] = "new"
    project.declare(declared)
    # lists of the kind, of the recipes that a replaced dataset takes along, of connections; a scenario and its script
    assert project.calls() == UNCHANGED + {"datasets": 3, "managed_folders": 2, "scenarios": 2}[definition]


def test_a_full_read_costs_what_it_did(sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    counts = {"project": 3, "variables": 1, "lists": 4, "connections": 1, "recipes": 3, "scenarios": 4, "git": 2}
    assert project.calls("full") == sum(counts.values())
    assert project.refreshed.reason == "refresh is full"


def test_the_closing_read_of_an_apply_costs_four_calls(sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    apply_one(project)
    project.sandbox.control.forget_calls()
    close_one(project)
    assert project.sandbox.control.calls()["counts"] == {
        "GET /projects/{projectKey}/datasets/{name}": 1,  # the read-back itself
        "GET /projects/{projectKey}/git/status": 1,
        "GET /projects/{projectKey}/git/actions/log": 2,
        "GET /projects/{projectKey}/git/actions/diff": 1,
    }
    assert project.calls() == UNCHANGED


# A run among colleagues -----------------------------------------------------------------------------------------------


def apply_one(project: Project, name: str = "d0") -> None:
    """Plan and write one change, and nothing else."""
    definition = configuration(10)
    definition["datasets"][int(name[1:])]["tags"] = ["ours"]
    project.declare(definition)
    snapshot = project.plan()
    assert snapshot.unread == project.refreshed.skip
    edit_dataset(project.sandbox, name, tags=["ours"])


def close_one(project: Project, name: str = "d0", before_the_read: t.Any = None, during_it: t.Any = None) -> None:
    """Record the change: the state after it, and what the closing read finds."""
    key, former = f"dataset.{KEY}.{name}", project.state
    assert former is not None
    after = replace(former.resources[key], declared={**former.resources[key].declared, "tags": ["ours"]})
    project.state = replace(former, resources={**former.resources, key: after})
    if before_the_read:
        before_the_read()
    since = standing(project.node, KEY)
    if during_it:
        during_it()
    document = {"name": name, **dataset(project.sandbox, name).get_settings().get_raw()}
    fits = as_recorded(KINDS["dataset"], project.desired[key], after, document)
    project.close(former, since, frozenset({key} if fits else ()))


@pytest.mark.parametrize("moment", ["before_the_read", "during_it"])
@pytest.mark.parametrize("theirs", ["d1", "d0"])
def test_a_commit_of_a_colleague_in_the_middle_of_our_apply_is_seen_by_the_next_plan(
    moment: str, theirs: str, sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node)
    apply_one(project)
    close_one(project, **{moment: lambda: edit_dataset(sandbox, theirs, tags=["theirs"])})
    assert project.differing(project.plan()) == {f"dataset.{KEY}.{theirs}"}
    assert project.refreshed.reason == ""
    assert f"recipe.{KEY}.r0" in project.refreshed.skip


def test_a_commit_of_a_colleague_after_our_apply_is_seen_by_the_next_plan(
    sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node)
    apply_one(project)
    close_one(project)
    assert project.differing(project.plan()) == set()
    edit_recipe(sandbox, "r1", "print('theirs')\n")
    assert project.differing(project.plan()) == {f"recipe.{KEY}.r1"}


def test_a_commit_while_everything_is_read_is_noticed(sandbox: SandboxProcess, node: DssNode) -> None:
    recorded(sandbox, node)
    before = standing(node, KEY)
    assert still(node, KEY, before)
    edit_dataset(sandbox, "d0", tags=["theirs"])
    assert not still(node, KEY, before)


def test_what_a_colleague_deleted_renamed_and_added_is_seen(sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    client = sandbox.client().get_project(KEY)
    client.get_scenario("s0").delete()
    client.get_recipe("r0").rename("renamed")
    client.create_managed_folder("f0")  # a second one of this name
    snapshot = project.plan()
    assert "s0" not in snapshot.of("scenario") and "r0" not in snapshot.of("recipe")
    assert "renamed" in snapshot.of("recipe")
    assert [held["name"] for held in snapshot.of("managed_folder").values()] == ["f0", "f0"]
    assert snapshot.listed == {"project", "variables", "dataset", "managed_folder", "recipe", "scenario"}


def test_a_list_that_was_read_is_believed_more_than_git(sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    assert project.state is not None
    client = sandbox.client().get_project(KEY)
    client.get_scenario("s0").delete()
    edit_dataset(sandbox, "d0", tags=["theirs"])
    skip = {key: entry for key, entry in project.state.resources.items() if KINDS[entry.kind].git_folder}
    snapshot = read(node, KEY, project.desired, KINDS, frozenset({"datasets"}), skip=skip)
    assert "s0" not in snapshot.of("scenario") and snapshot.of("dataset")["d0"]["tags"] == ["theirs"]
    assert skip.keys() - snapshot.unread == {f"scenario.{KEY}.s0", f"dataset.{KEY}.d0"}


def test_an_object_that_nobody_declared_is_seen_and_costs_two_calls_at_most(
    sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node)
    sandbox.client().get_project(KEY).create_scenario("theirs", "step_based")
    # the diff, the lists of datasets, recipes and folders, for a list that is whole again
    assert project.calls() == UNCHANGED + 4 <= 10 + 2
    snapshot = project.plan()
    assert "theirs" in snapshot.of("scenario") and snapshot.unread == project.refreshed.skip


def test_who_changed_an_object(sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    reading = project.state.reading if project.state else None
    assert reading is not None
    edit_recipe(sandbox, "r0", "print('other')\n")
    edit_dataset(sandbox, "d0", tags=["b"])
    newer = standing(node, KEY).since(reading.head)
    author = sandbox.client().get_auth_info()["authIdentifier"]
    for kind, name, message in [("recipe", "r0", "Edited recipe r0"), ("dataset", "d0", "Edited dataset d0")]:
        found = who_changed(node, KEY, KINDS[kind], name, "python", newer)
        assert [(commit.author, commit.message) for commit in found] == [(author, message)]
    assert who_changed(node, KEY, KINDS["dataset"], "d1", "Filesystem", newer) == ()


# What is not known of DSS ---------------------------------------------------------------------------------------------


def everything_is_read(project: Project, reason: str) -> None:
    snapshot = project.plan()
    assert reason in project.refreshed.reason
    assert snapshot.unread == frozenset()
    assert project.differing(snapshot) == {f"dataset.{KEY}.d0"}


@pytest.mark.parametrize(
    ("switch", "reason"),
    [
        ({"api_writes_commit": False}, "not committed"),
        ({"git_repository": "instance"}, "one Git repository holds all projects"),
        ({"git_log_limit": 1}, "not among the last 1"),
        ({"merge_commits": True}, "merged"),
    ],
)
def test_where_git_cannot_be_relied_on_everything_is_read(
    switch: dict[str, t.Any], reason: str, sandbox: SandboxProcess, node: DssNode
) -> None:
    project = recorded(sandbox, node)
    sandbox.control.switch(**switch)
    edit_dataset(sandbox, "d0", tags=["theirs"])
    everything_is_read(project, reason)


def test_a_key_that_may_not_use_git_reads_everything(sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    edit_dataset(sandbox, "d0", tags=["theirs"])
    sandbox.control.switch(git_read_right="admin")
    project.node = DssNode(NodeOptions(sandbox.url, sandbox.control.key(projects={KEY: "write"}), environ={}))
    try:
        everything_is_read(project, "the key may not use it")
    finally:
        project.node.close()


@pytest.mark.parametrize("committed", [True, False])
def test_in_explicit_mode_everything_is_read(committed: bool, sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    client = sandbox.client().get_project(KEY)
    settings = client.get_settings()
    settings.get_raw()["settings"]["gitCommitMode"] = "EXPLICIT"
    settings.save()
    edit_dataset(sandbox, "d0", tags=["theirs"])
    if committed:
        client.get_project_git().commit("all of it")
    everything_is_read(project, "not AUTO")


@pytest.mark.parametrize("path", ["status", "log", "diff"])
def test_where_a_call_of_git_fails_everything_is_read(path: str, sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    edit_dataset(sandbox, "d0", tags=["theirs"])
    sandbox.control.fault("GET", f"/projects/*/git/*{path}", status=500, count=1)
    everything_is_read(project, "cannot be asked")


def test_on_another_branch_everything_is_read(sandbox: SandboxProcess, node: DssNode) -> None:
    project = recorded(sandbox, node)
    git = sandbox.client().get_project(KEY).get_project_git()
    git.create_branch("work")
    git.switch("work")
    edit_dataset(sandbox, "d0", tags=["theirs"])
    everything_is_read(project, "on branch work, recorded is master")


@pytest.mark.parametrize("switch", [{"git_entry_names": "id"}, {"commit_unchanged": True}])
def test_other_ways_of_git_are_understood(switch: dict[str, t.Any], sandbox: SandboxProcess, node: DssNode) -> None:
    sandbox.control.switch(**switch)
    project = recorded(sandbox, node)
    edit_dataset(sandbox, "d1")
    edit_dataset(sandbox, "d0", tags=["theirs"])
    assert project.differing(project.plan()) == {f"dataset.{KEY}.d0"}
    assert project.refreshed.reason == ""


def test_an_activation_that_makes_no_commit_is_seen(sandbox: SandboxProcess, node: DssNode) -> None:
    sandbox.control.switch(commit_activation=False)
    project = recorded(sandbox, node)
    edit_scenario(sandbox, "s1")  # DSS completes what was imported
    project.record()
    edit_scenario(sandbox, "s1", active=True)
    assert project.calls() == UNCHANGED + 2  # the scenario and its script
    snapshot = project.plan()
    assert project.differing(snapshot) == {f"scenario.{KEY}.s1"} and f"scenario.{KEY}.s1" not in snapshot.unread


@pytest.mark.parametrize("switch", [{"commit_permissions": False}, {"commit_local_variables": False}])
def test_what_git_may_not_hold_is_always_read(switch: dict[str, t.Any], sandbox: SandboxProcess, node: DssNode) -> None:
    sandbox.control.switch(**switch)
    project = recorded(sandbox, node)
    sandbox.client().get_project(KEY).set_variables({"standard": {"year": 1}, "local": {}})
    permissions = sandbox.client().get_project(KEY).get_permissions()
    sandbox.client().get_project(KEY).set_permissions({**permissions, "owner": "other"})
    assert project.differing(project.plan()) == {f"project.{KEY}", f"variables.{KEY}"}
