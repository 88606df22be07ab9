# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run goes: check mode, prune, limits, confirmations, what a deletion takes along, and colleagues."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
from support.engine import run_module
from support.sandbox import SandboxProcess
from support.sentences import assert_readable

DEFINITION: dict[str, t.Any] = {
    "project": {"key": "CHG", "name": "Changes"},
    "variables": {"standard": {"a": 1}},
    "managed_folders": [{"name": "docs"}],
    "datasets": [
        {"name": "raw", "type": "managed", "tags": ["t"], "description": "ours"},
        {"name": "out", "type": "managed"},
        {"name": "end", "type": "managed"},
    ],
    "recipes": [
        {"name": "first", "type": "python", "inputs": ["raw"], "outputs": ["out"], "code": "print(1)\n"},
        {"name": "second", "type": "python", "inputs": ["out"], "outputs": ["end"], "code": "print(2)\n"},
    ],
    "scenarios": [{"name": "Daily", "active": False, "steps": [{"type": "build", "dataset": "out"}]}],
}


@pytest.fixture
def node(sandbox: SandboxProcess) -> SandboxProcess:
    """A node that holds the definition."""
    run_module(sandbox.environ, definition=DEFINITION)
    sandbox.control.forget_calls()
    return sandbox


def changed(**sections: t.Any) -> dict[str, t.Any]:
    return {**copy.deepcopy(DEFINITION), **sections}


def without(section: str, *names: str) -> dict[str, t.Any]:
    return changed(**{section: [entry for entry in DEFINITION[section] if entry["name"] not in names]})


def project(node: SandboxProcess) -> t.Any:
    return node.client().get_project("CHG")


def holdings(node: SandboxProcess) -> t.Any:
    """Everything that the project holds, for comparison."""
    held = project(node)
    return (
        {item["name"]: held.get_dataset(item["name"]).get_settings().get_raw() for item in held.list_datasets()},
        {item["name"]: held.get_recipe(item["name"]).get_settings().data for item in held.list_recipes()},
        {
            item["id"]: held.get_managed_folder(item["id"]).get_settings().get_raw()
            for item in held.list_managed_folders()
        },
        {item["id"]: held.get_scenario(item["id"]).get_settings().get_raw() for item in held.list_scenarios()},
        held.get_variables(),
        held.get_metadata(),
        held.get_settings().get_raw(),
    )


def refused(node: SandboxProcess, **params: t.Any) -> str:
    """The message of a run that is stopped before its first write."""
    before = holdings(node)
    node.control.forget_calls()
    with pytest.raises(DssError) as caught:
        run_module(node.environ, **params)
    assert_readable(str(caught.value))
    assert node.control.calls()["writes"] == 0
    assert holdings(node) == before
    return str(caught.value)


EVERY_CHANGE: dict[str, dict[str, t.Any]] = {
    "create": {"definition": changed(datasets=[*DEFINITION["datasets"], {"name": "new", "type": "managed"}])},
    "update": {"definition": changed(variables={"standard": {"a": 2}}, project={"key": "CHG", "name": "Other"})},
    "replace": {
        "definition": changed(
            datasets=[{"name": "raw", "type": "managed", "managed": False}, *DEFINITION["datasets"][1:]]
        )
    },
    "prune": {"definition": without("recipes", "second"), "prune": True},
    "absent": {"definition": DEFINITION, "state": "absent", "confirm": "CHG"},
    "absent dataset": {"module": "dataset", "project": "CHG", "name": "raw", "type": "managed", "state": "absent"},
    "new project": {"module": "project", "key": "FRESH", "name": "Fresh"},
}


@pytest.mark.parametrize("change", EVERY_CHANGE)
def test_check_mode_sends_no_write_and_says_what_the_run_then_does(node: SandboxProcess, change: str) -> None:
    before = holdings(node)
    checked = run_module(node.environ, check=True, **EVERY_CHANGE[change])
    assert node.control.calls()["writes"] == 0
    assert holdings(node) == before
    assert checked["changed"] and "outcome" not in checked
    done = run_module(node.environ, **EVERY_CHANGE[change])
    assert done["plan"] == checked["plan"]
    assert done["diff"] == checked["diff"]
    assert sorted(done["outcome"]["applied"]) == sorted(action["address"] for action in done["plan"]["actions"])
    assert not run_module(node.environ, **EVERY_CHANGE[change])["changed"]


def test_what_is_not_declared_stays_without_prune(node: SandboxProcess) -> None:
    assert not run_module(node.environ, definition=without("recipes", "second"))["changed"]


def test_prune_deletes_in_the_sections_that_are_there_and_nowhere_else(node: SandboxProcess) -> None:
    only = {"project": DEFINITION["project"], "recipes": []}
    result = run_module(node.environ, definition=only, prune=True)
    assert sorted(result["outcome"]["applied"]) == ["recipe.CHG.first", "recipe.CHG.second"]
    assert len(project(node).list_datasets()) == 3


def test_more_deletions_than_allowed_stop_the_run_before_it_begins(node: SandboxProcess) -> None:
    message = refused(node, definition={"project": DEFINITION["project"], "recipes": []}, prune=True, max_deletes=1)
    assert message == (
        "2 objects would be deleted or replaced (recipe.CHG.first, recipe.CHG.second), max_deletes is 1: "
        "set max_deletes=2 if this is what you want"
    )
    assert not run_module(node.environ, definition=DEFINITION, max_deletes=0)["changed"]


def test_what_must_not_be_destroyed_is_neither_deleted_nor_replaced(node: SandboxProcess) -> None:
    kept = {"name": "raw", "type": "managed", "lifecycle": {"prevent_destroy": True}}
    definition = changed(datasets=[{**kept, "managed": False}, *DEFINITION["datasets"][1:]])
    message = refused(node, definition=definition)
    assert (
        "dataset.CHG.raw would be replaced but lifecycle.prevent_destroy is set: take that line out to allow it"
        in message
    )
    message = refused(node, definition={"project": {"key": "CHG"}, "datasets": [kept]}, state="absent", confirm="CHG")
    assert "dataset.CHG.raw would be deleted but lifecycle.prevent_destroy is set" in message
    protected = {**DEFINITION["recipes"][0], "lifecycle": {"prevent_destroy": True}}
    message = refused(
        node,
        definition={
            **without("datasets", "raw"),
            "recipes": [{**protected, "inputs": [{"dataset": "raw", "external": True}]}],
        },
        prune=True,
    )
    assert "recipe.CHG.first would be deleted but lifecycle.prevent_destroy is set" in message


def test_a_whole_project_is_deleted_only_when_its_key_is_repeated(node: SandboxProcess) -> None:
    for confirm in (None, "OTHER", "chg"):
        message = refused(node, definition=DEFINITION, state="absent", confirm=confirm)
        assert message == (
            "state: absent would delete project CHG with everything in it: set confirm: CHG if this is what you want"
        )
    result = run_module(node.environ, definition=DEFINITION, state="absent", confirm="CHG")
    assert result["plan"]["text"].startswith("  - project.CHG (with ")
    assert "3 datasets, 2 recipes" in result["plan"]["text"]
    assert "CHG" not in node.client().list_project_keys()


@pytest.mark.parametrize("drop", [False, True])
def test_data_goes_only_when_that_was_asked_for(node: SandboxProcess, drop: bool) -> None:
    result = run_module(
        node.environ, "dataset", project="CHG", name="end", type="managed", state="absent", drop_data=drop
    )
    assert ("loses its data" in result["plan"]["text"]) is drop
    run_module(node.environ, definition=DEFINITION, state="absent", confirm="CHG", drop_data=drop)


def test_the_recipes_that_go_with_a_dataset_are_in_the_plan(node: SandboxProcess) -> None:
    result = run_module(node.environ, "dataset", project="CHG", name="raw", type="managed", state="absent")
    assert "  - recipe.CHG.first (it reads dataset.CHG.raw, which is deleted)" in result["plan"]["text"]
    assert {action["address"]: action["action"] for action in result["plan"]["actions"]} == {
        "recipe.CHG.first": "delete",
        "dataset.CHG.raw": "delete",
    }
    assert [item["name"] for item in project(node).list_recipes()] == ["second"]


def test_a_recipe_that_nobody_declared_survives_the_replacement_of_its_input(node: SandboxProcess) -> None:
    before = project(node).get_recipe("first").get_settings()
    definition = {"project": {"key": "CHG"}, "datasets": [{"name": "raw", "type": "managed", "managed": False}]}
    result = run_module(node.environ, definition=definition)
    assert "  -/+ recipe.CHG.first (DSS deletes it with dataset.CHG.raw; it is made again)" in result["plan"]["text"]
    assert result["plan"]["summary"]["replace"] == 2
    after = project(node).get_recipe("first").get_settings()
    assert after.get_code() == before.get_code()
    drop = ("versionTag", "creationTag")
    assert {key: value for key, value in after.get_recipe_raw_definition().items() if key not in drop} == {
        key: value for key, value in before.get_recipe_raw_definition().items() if key not in drop
    }
    assert project(node).get_dataset("raw").get_settings().get_raw()["managed"] is False


def colleague(node: SandboxProcess, **fields: t.Any) -> t.Callable[[t.Any], None]:
    """Somebody who changes a dataset while the plan is shown."""

    def change(plan: t.Any) -> None:
        settings = project(node).get_dataset("raw").get_settings()
        settings.get_raw().update(fields)
        settings.save()

    return change


def test_a_colleague_who_changes_a_declared_field_meanwhile_is_not_overwritten(node: SandboxProcess) -> None:
    definition = changed(
        datasets=[
            {"name": "raw", "type": "managed", "tags": ["t"], "description": "newer"},
            *DEFINITION["datasets"][1:],
        ]
    )
    with pytest.raises(RunError) as caught:
        run_module(node.environ, definition=definition, show=colleague(node, description="theirs"))
    assert (
        "dataset.CHG.raw was changed by somebody else since the plan was made; nothing was overwritten: run again"
        in str(caught.value)
    )
    assert "dataset.CHG.raw: dataset.CHG.raw" not in str(caught.value)
    assert project(node).get_dataset("raw").get_settings().get_raw()["description"] == "theirs"


def test_a_colleague_who_changes_a_declared_field_meanwhile_is_not_replaced(node: SandboxProcess) -> None:
    definition = changed(datasets=[{**DEFINITION["datasets"][0], "managed": False}, *DEFINITION["datasets"][1:]])
    with pytest.raises(RunError, match="was changed by somebody else since the plan was made"):
        run_module(node.environ, definition=definition, show=colleague(node, description="theirs"))
    assert project(node).get_dataset("raw").get_settings().get_raw()["description"] == "theirs"
    assert len(project(node).list_recipes()) == 2


def test_a_colleague_s_new_recipe_is_not_deleted_with_a_dataset(node: SandboxProcess) -> None:
    def connect(plan: t.Any) -> None:
        prototype = {
            "type": "python",
            "name": "theirs",
            "projectKey": "CHG",
            "params": {},
            "inputs": {"main": {"items": [{"ref": "end"}]}},
            "outputs": {"main": {"items": [{"ref": "raw"}]}},
        }
        node.client()._perform_json(
            "POST",
            "/projects/CHG/recipes/",
            body={"recipePrototype": prototype, "creationSettings": {"script": "pass"}},
        )

    with pytest.raises(
        RunError,
        match="recipe theirs reads it since the plan was made and would be deleted with it; nothing was deleted",
    ):
        run_module(node.environ, "dataset", project="CHG", name="end", type="managed", state="absent", show=connect)
    assert {item["name"] for item in project(node).list_datasets()} == {"raw", "out", "end"}


def test_what_a_colleague_did_that_nobody_declared_survives_an_update(node: SandboxProcess) -> None:
    definition = changed(
        datasets=[{"name": "raw", "type": "managed", "tags": ["t", "gold"]}, *DEFINITION["datasets"][1:]]
    )
    # Before the plan is made, and again while it is shown.
    colleague(node, shortDesc="theirs", customFields={"steward": "me"})(None)
    run_module(node.environ, definition=definition, show=colleague(node, dkuProperties=[{"name": "x", "value": "y"}]))
    raw = project(node).get_dataset("raw").get_settings().get_raw()
    assert raw["tags"] == ["gold", "t"]
    assert (raw["shortDesc"], raw["customFields"], raw["dkuProperties"]) == (
        "theirs",
        {"steward": "me"},
        [{"name": "x", "value": "y"}],
    )
    assert raw["description"] == "ours"


def test_a_colleague_who_already_did_it_is_no_conflict(node: SandboxProcess) -> None:
    definition = changed(
        datasets=[{"name": "raw", "type": "managed", "description": "same"}, *DEFINITION["datasets"][1:]]
    )
    result = run_module(node.environ, definition=definition, show=colleague(node, description="same"))
    assert result["outcome"]["applied"] == ["dataset.CHG.raw"]
