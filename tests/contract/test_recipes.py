# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes (dss-api.md 2.6, 3.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .client_version import newer_client
from .errors import NOT_FOUND, refusal


@pytest.fixture
def flow(project: Any) -> Any:
    """A project with two datasets, a and b."""
    for name in ("a", "b"):
        project.create_dataset(name, "Filesystem", params={"connection": "filesystem_managed", "path": name})
    return project


def python(project: Any, name: str | None = None, script: str = "print(1)\n") -> Any:
    builder = project.new_recipe("python", name)
    builder.with_input("a").with_output("b")
    return builder.with_script(script).create()


def created(project: Any, kind: str, **settings: Any) -> Any:
    prototype = {
        "type": kind,
        "name": f"r_{kind}",
        "inputs": {"main": {"items": [{"ref": "a"}]}},
        "outputs": {"main": {"items": [{"ref": "b"}]}},
    }
    return project.create_recipe(prototype, settings)


def test_the_server_chooses_a_name_when_none_is_given(flow: Any) -> None:
    assert python(flow).name == "compute_b"


def test_a_given_name_is_kept(flow: Any) -> None:
    assert python(flow, "mine").name == "mine"


def test_items_gain_deps_and_append_mode_and_nothing_else(flow: Any) -> None:
    settings = python(flow).get_settings()
    settings.recipe_settings["inputs"]["main"]["items"][0]["madeUp"] = 1
    settings.save()
    stored = flow.get_recipe("compute_b").get_settings().recipe_settings
    assert stored["inputs"] == {"main": {"items": [{"ref": "a", "deps": []}]}}
    assert stored["outputs"] == {"main": {"items": [{"ref": "b", "appendMode": False}]}}


def test_a_code_recipe_has_environment_and_container(flow: Any) -> None:
    assert python(flow).get_settings().recipe_settings["params"] == {
        "envSelection": {"envMode": "INHERIT"},
        "containerSelection": {"containerMode": "INHERIT"},
        "skipPrerunValidate": False,
    }


def test_creation_fills_the_blocks_of_a_current_server(flow: Any) -> None:
    recipe = python(flow).get_settings().recipe_settings
    assert recipe["hashPropagationBehavior"] == "INHERIT" and recipe["labels"] == [] and recipe["variables"] == {}
    assert (recipe["name"], recipe["projectKey"]) == ("compute_b", "PROJ")
    assert "optionalDependencies" not in recipe


def test_the_list_has_no_payload(flow: Any) -> None:
    python(flow)
    item = flow.list_recipes()[0]
    assert "payload" not in item and item["params"]["envSelection"] == {"envMode": "INHERIT"}


def test_a_script_is_kept_byte_for_byte(flow: Any) -> None:
    script = "# -*- coding: utf-8 -*-\r\nprint('é')\n\n\tx = 1  "
    recipe = python(flow, script=script)
    assert recipe.get_settings().get_code() == script


def test_a_put_replaces_recipe_and_payload(flow: Any) -> None:
    recipe = python(flow)
    settings = recipe.get_settings()
    settings.set_code("print(2)")
    settings.recipe_settings["tags"] = ["z", "a", "z"]
    settings.save()
    read = recipe.get_settings()
    assert read.get_code() == "print(2)" and read.recipe_settings["tags"] == ["a", "z"]
    assert read.recipe_settings["versionTag"]["versionNumber"] == 1


def test_a_sql_recipe_starts_empty(flow: Any) -> None:
    recipe = created(flow, "sql_query")
    settings = recipe.get_settings()
    assert settings.data["payload"] == ""
    assert settings.recipe_settings["params"]["displayExecutionPlan"] is True


@pytest.mark.parametrize("kind", ["shaker", "sync", "sampling"])
def test_engine_settings_of_a_visual_recipe_are_in_params(flow: Any, kind: str) -> None:
    params = created(flow, kind).get_settings().recipe_settings["params"]
    assert params["engineParams"]["containerSelection"] == {"containerMode": "INHERIT"}
    assert "containerSelection" not in params


def test_a_prepare_recipe_gains_a_spark_entry_per_input(flow: Any) -> None:
    params = created(flow, "shaker").get_settings().recipe_settings["params"]
    assert params["engineParams"]["spark"]["readParams"]["map"] == {"a": {"repartition": 10}}


@pytest.mark.parametrize("kind", ["join", "grouping", "split", "window", "pivot", "distinct", "vstack", "sort", "topn"])
def test_a_payload_only_recipe_has_no_params(flow: Any, kind: str) -> None:
    settings = created(flow, kind).get_settings()
    assert "params" not in settings.recipe_settings and json.loads(settings.data["payload"])["engineParams"]


@pytest.mark.parametrize("kind", ["sync", "export", "merge_folder"])
def test_a_recipe_without_settings_has_an_empty_payload(flow: Any, kind: str) -> None:
    assert created(flow, kind).get_settings().data["payload"] == ""


@pytest.mark.parametrize("kind", ["pyspark", "shell"])
def test_a_container_selection_is_not_kept_there(flow: Any, kind: str) -> None:
    recipe = created(flow, kind)
    settings = recipe.get_settings()
    settings.recipe_settings["params"]["containerSelection"] = {"containerMode": "NONE"}
    settings.save()
    assert "containerSelection" not in recipe.get_settings().recipe_settings["params"]


def test_grouping_keys_are_expanded_to_full_sets(flow: Any) -> None:
    recipe = created(flow, "grouping")
    settings = recipe.get_settings()
    settings.obj_payload.update(keys=[{"column": "k"}], values=[{"column": "v", "sum": True}])
    settings.save()
    payload = json.loads(recipe.get_settings().data["payload"])
    assert payload["keys"][0]["stddev"] is False
    assert payload["values"][0]["sum"] is True and payload["values"][0]["avg"] is False


def test_ui_state_in_a_payload_is_kept(flow: Any) -> None:
    recipe = created(flow, "distinct")
    settings = recipe.get_settings()
    settings.obj_payload["postFilter"] = {"$status": {"schema": {}}}
    settings.save()
    assert json.loads(recipe.get_settings().data["payload"])["postFilter"]["$status"] == {"schema": {}}


def test_an_output_that_is_missing_needs_creation_settings(flow: Any) -> None:
    builder = flow.new_recipe("python")
    builder.with_input("a").with_output("missing")
    text = refusal(builder.create)
    assert "Need to create output dataset" in text and "creationInfo" in text


def test_an_output_can_be_created_with_the_recipe(flow: Any) -> None:
    builder = flow.new_recipe("grouping")
    builder.with_input("a").with_new_output("grouped", "filesystem_managed")
    recipe = builder.with_group_key("k").create()
    assert flow.get_dataset("grouped").get_settings().get_raw()["params"]["path"] == "${projectKey}/grouped"
    assert json.loads(recipe.get_settings().data["payload"])["keys"][0]["column"] == "k"


def test_a_folder_can_be_created_as_an_output(flow: Any) -> None:
    builder = flow.new_recipe("download")
    builder.with_new_output("files", "filesystem_folders", object_type="MANAGED_FOLDER")
    recipe = builder.create()
    folder = flow.list_managed_folders()[0]
    assert folder["name"] == "files"
    assert recipe.get_settings().get_flat_output_refs() == [folder["id"]]


@newer_client
def test_a_split_creates_its_outputs_by_role(flow: Any) -> None:
    builder = flow.new_recipe("split")
    builder.with_input("a").with_new_output("x", "filesystem_managed").with_new_output("y", "filesystem_managed")
    assert builder.create().name == "split_a"
    assert {"x", "y"} <= {item["name"] for item in flow.list_datasets()}


def test_raw_creation_checks_nothing(flow: Any) -> None:
    prototype = {
        "type": "CustomCode_x",
        "name": "plug",
        "inputs": {},
        "outputs": {"main": {"items": [{"ref": "gone"}]}},
    }
    recipe = flow.create_recipe(prototype, {"rawCreation": True, "rawPayload": "text"})
    assert recipe.get_settings().data["payload"] == "text"
    assert recipe.get_settings().recipe_settings["params"]["customConfig"] == {}


def test_a_scoring_recipe_is_named_after_its_input(flow: Any) -> None:
    prototype = {
        "type": "prediction_scoring",
        "name": "asked",
        "inputs": {"main": {"items": [{"ref": "a"}]}},
        "outputs": {"main": {"items": [{"ref": "b"}]}},
    }
    assert flow.create_recipe(prototype, {}).name == "score_a"


def test_a_second_recipe_of_the_same_name_is_refused(flow: Any) -> None:
    python(flow, "mine")
    assert "already exists" in refusal(python, flow, "mine")


def test_an_unknown_type_is_refused(flow: Any) -> None:
    assert "UnavailableTypeException" in refusal(created, flow, "no_such_type")


def test_a_missing_recipe_is_named(flow: Any) -> None:
    text = refusal(flow.get_recipe("no").get_settings)
    assert text.startswith(NOT_FOUND) and "does not exist in project" in text


def test_a_deletion_leaves_the_outputs(flow: Any) -> None:
    python(flow).delete()
    assert flow.list_recipes() == [] and len(flow.list_datasets()) == 2


def test_a_rename_keeps_payload_and_creation_tag(flow: Any) -> None:
    recipe = python(flow)
    before = recipe.get_settings()
    recipe.rename("renamed")
    after = flow.get_recipe("renamed").get_settings()
    assert after.get_code() == before.get_code()
    assert after.recipe_settings["creationTag"] == before.recipe_settings["creationTag"]


def test_metadata_has_no_label(flow: Any) -> None:
    recipe = python(flow)
    metadata = recipe.get_metadata()
    assert "label" not in metadata
    metadata["tags"] = ["t"]
    recipe.set_metadata(metadata)
    assert recipe.get_settings().recipe_settings["tags"] == ["t"]
    assert recipe.get_settings().get_code() == "print(1)\n"


def columns(project: Any, name: str, *wanted: str) -> list[dict[str, str]]:
    """The columns of a dataset, which are set first where some are given as NAME:TYPE."""
    settings = project.get_dataset(name).get_settings()
    if wanted:
        found = [dict(zip(("name", "type"), column.split(":"))) for column in wanted]
        settings.get_raw()["schema"] = {"columns": found, "userModified": True}
        settings.save()
    return [f"{column['name']}:{column['type']}" for column in settings.get_raw()["schema"]["columns"]]


def with_payload(project: Any, kind: str, payload: dict[str, Any], **settings: Any) -> Any:
    recipe = created(project, kind, **settings)
    held = recipe.get_settings()
    held.obj_payload.update(payload)
    held.save()
    return recipe


def test_a_schema_update_is_computed_and_applied_output_by_output(flow: Any) -> None:
    columns(flow, "a", "k:string", "v:bigint")
    updates = created(flow, "sync").compute_schema_updates()
    assert updates.any_action_required()
    assert [entry["datasetName"] for entry in updates.data["computables"]] == ["b"]
    updates.apply()
    assert columns(flow, "b") == ["k:string", "v:bigint"]
    assert flow.get_recipe("r_sync").compute_schema_updates().any_action_required() is False


@pytest.mark.parametrize(
    ("kind", "payload", "written"),
    [
        ("sort", {"orders": [{"column": "v"}]}, ["k:string", "v:bigint"]),
        ("distinct", {"keys": [{"column": "k"}], "globalCount": True}, ["k:string", "count:bigint"]),
        ("topn", {"retrievedColumns": ["v"]}, ["v:bigint"]),
        (
            "grouping",
            {
                "keys": [{"column": "k"}],
                "values": [{"column": "v", "sum": True, "avg": True}],
                "globalCount": True,
                "outputColumnNameOverrides": {"v_sum": "total"},
            },
            ["k:string", "v_avg:double", "total:bigint", "count:bigint"],
        ),
        (
            "window",
            {"values": [{"column": "v", "value": True, "lagDiff": True, "type": "bigint"}]},
            ["v:bigint", "v_lag_diff:bigint"],
        ),
        (
            "join",
            {
                "virtualInputs": [{"index": 0, "prefix": "x"}],
                "selectedColumns": [
                    {"name": "k", "table": 0},
                    {"name": "v", "table": 0, "alias": "w", "type": "double"},
                ],
                "computedColumns": [{"name": "c", "type": "date", "expr": "now()"}],
            },
            ["x_k:string", "w:double", "c:date"],
        ),
        ("vstack", {"selectedColumns": ["v"], "addOriginColumn": True}, ["v:bigint", "original_dataset:string"]),
        (
            "shaker",
            {
                "steps": [
                    {"type": "ColumnRenamer", "params": {"renamings": [{"from": "k", "to": "key"}]}},
                    {"type": "CreateColumnWithGREL", "params": {"column": "n", "expression": "1"}},
                    {
                        "metaType": "GROUP",
                        "steps": [{"type": "ColumnsSelector", "params": {"columns": ["v"], "keep": False}}],
                    },
                ]
            },
            ["key:string", "n:string"],
        ),
    ],
)
def test_the_columns_of_a_visual_recipe(flow: Any, kind: str, payload: dict[str, Any], written: list[str]) -> None:
    columns(flow, "a", "k:string", "v:bigint")
    with_payload(flow, kind, payload).compute_schema_updates().apply()
    assert columns(flow, "b") == written


def test_what_depends_on_data_or_is_not_known_needs_no_update(flow: Any) -> None:
    columns(flow, "a", "k:string")
    assert created(flow, "pivot").compute_schema_updates().any_action_required() is False
    unknown = with_payload(flow, "shaker", {"steps": [{"type": "Unfold", "params": {"column": "k"}}]})
    assert unknown.compute_schema_updates().any_action_required() is False


def test_code_cannot_say_what_it_writes(flow: Any) -> None:
    assert "Cannot compute the output schema" in refusal(python(flow).compute_schema_updates)


def test_only_the_schema_of_an_output_can_be_updated(flow: Any) -> None:
    columns(flow, "a", "k:string")
    updates = created(flow, "sync").compute_schema_updates()
    updates.data["computables"][0]["datasetName"] = "a"
    assert "is no output" in refusal(updates.apply)


def test_a_status_names_an_engine(flow: Any) -> None:
    assert python(flow).get_status().get_selected_engine_details()["type"] == "DSS"
