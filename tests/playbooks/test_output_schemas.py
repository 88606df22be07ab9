# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The schemas of what visual recipes write follow their recipes, with exactly the calls that this takes."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from support.engine import run_module
from support.sandbox import SandboxProcess

ASK = "GET /projects/{projectKey}/recipes/{name}/schema-update"
UPDATE = "POST /projects/{projectKey}/recipes/{name}/actions/updateOutputSchema"
RAW = [{"name": "k", "type": "string"}, {"name": "v", "type": "bigint"}]


def configuration() -> dict[str, t.Any]:
    """raw -> prepared -> total, and a copy of raw by code; the recipes are declared against the flow."""
    return {
        "project": {"key": "SCHEMAS", "name": "Schemas", "owner": "admin"},
        "datasets": [
            {"name": "raw", "type": "managed", "schema": RAW},
            *({"name": name, "type": "managed"} for name in ("prepared", "total", "copied")),
        ],
        "recipes": [
            {
                "name": "b_total",
                "type": "grouping",
                "inputs": ["prepared"],
                "outputs": ["total"],
                "grouping": {
                    "keys": ["key"],
                    "aggregations": [{"column": "v", "functions": ["sum", "avg"]}],
                    "output_names": {"v_sum": "total"},
                },
            },
            {
                "name": "a_prepare",
                "type": "prepare",
                "inputs": ["raw"],
                "outputs": ["prepared"],
                "prepare": [{"rename_columns": {"k": "key"}}],
            },
            {"name": "copy", "type": "python", "inputs": ["raw"], "outputs": ["copied"], "code": "pass\n"},
        ],
    }


def apply(sandbox: SandboxProcess, definition: dict[str, t.Any], **more: t.Any) -> dict[str, int]:
    """The calls for schemas that an apply makes; afterwards there is nothing left to do."""
    sandbox.control.forget_calls()
    result = run_module(sandbox.environ, definition=copy.deepcopy(definition), **more)
    assert result["outcome"]["failed"] == [] and result["outcome"]["skipped"] == []
    counts = sandbox.control.calls()["counts"]
    sandbox.control.forget_calls()
    again = run_module(sandbox.environ, check=True, definition=copy.deepcopy(definition))
    assert again["plan"]["actions"] == []
    assert not {ASK, UPDATE} & sandbox.control.calls()["counts"].keys()
    return {call: counts[call] for call in (ASK, UPDATE) if call in counts}


def columns(sandbox: SandboxProcess, dataset: str) -> list[str]:
    schema = sandbox.client().get_project("SCHEMAS").get_dataset(dataset).get_schema()
    return [f"{column['name']}:{column['type']}" for column in schema["columns"]]


def recipe(definition: dict[str, t.Any], name: str) -> dict[str, t.Any]:
    return next(entry for entry in definition["recipes"] if entry["name"] == name)


def test_outputs_follow_new_and_changed_recipes_along_the_flow(sandbox: SandboxProcess) -> None:
    definition = configuration()
    assert apply(sandbox, definition) == {ASK: 2, UPDATE: 2}
    assert columns(sandbox, "prepared") == ["key:string", "v:bigint"]
    assert columns(sandbox, "total") == ["key:string", "v_avg:double", "total:bigint"], "the first recipe came first"
    assert columns(sandbox, "copied") == []

    recipe(definition, "a_prepare")["prepare"].append({"formula": {"column": "new", "expression": "1"}})
    assert apply(sandbox, definition) == {ASK: 1, UPDATE: 1}
    assert columns(sandbox, "prepared") == ["key:string", "v:bigint", "new:string"]


def test_what_changes_nothing_of_the_output_costs_no_call(sandbox: SandboxProcess) -> None:
    definition = configuration()
    apply(sandbox, definition)
    for entry in definition["recipes"]:
        entry["tags"] = ["other"]
    assert apply(sandbox, definition) == {}
    recipe(definition, "b_total")["grouping"]["count"] = False
    recipe(definition, "b_total")["grouping"]["filter"] = "v > 1"
    assert apply(sandbox, definition) == {ASK: 1}, "a filter changes no column"


def test_a_declared_schema_and_a_recipe_that_says_so_are_left_alone(sandbox: SandboxProcess) -> None:
    definition = configuration()
    definition["datasets"][2]["schema"] = [{"name": "mine", "type": "string"}]
    recipe(definition, "a_prepare")["update_output_schemas"] = False
    assert apply(sandbox, definition) == {}
    assert columns(sandbox, "prepared") == [] and columns(sandbox, "total") == ["mine:string"]


def test_a_plan_asks_for_no_schema(sandbox: SandboxProcess) -> None:
    run_module(sandbox.environ, check=True, definition=configuration())
    assert sandbox.control.calls()["writes"] == 0 and ASK not in sandbox.control.calls()["counts"]


@pytest.mark.parametrize("drop_data", [False, True])
def test_tables_are_made_anew_only_where_data_may_go(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, drop_data: bool
) -> None:
    bodies: list[t.Any] = []
    post = DssNode.post

    def watching(self: DssNode, path: str, body: t.Any, **query: t.Any) -> t.Any:
        if path.endswith("/updateOutputSchema"):
            bodies.append(body)
        return post(self, path, body, **query)

    monkeypatch.setattr(DssNode, "post", watching)
    apply(sandbox, configuration(), drop_data=drop_data)
    assert [body["dropAndRecreate"] for body in bodies] == [drop_data, drop_data]


def test_a_schema_that_cannot_be_updated_is_a_warning_and_no_failure(sandbox: SandboxProcess) -> None:
    sandbox.control.fault("GET", "*/recipes/b_total/schema-update", status=500, count=0)
    definition = configuration()
    result = run_module(sandbox.environ, definition=copy.deepcopy(definition))
    assert result["outcome"]["failed"] == [] and result["changed"]
    (warning,) = [text for text in result["warnings"] if "schemas" in text]
    assert warning.startswith("recipe.SCHEMAS.b_total is as declared, but the schemas of total could not be updated: ")
    assert columns(sandbox, "prepared") == ["key:string", "v:bigint"], "the others are"


def test_the_module_for_one_recipe_updates_too(sandbox: SandboxProcess) -> None:
    definition = configuration()
    definition["recipes"] = []
    apply(sandbox, definition)
    one = {"name": "sync", "type": "sync", "inputs": ["raw"], "outputs": ["copied"]}
    run_module(sandbox.environ, "recipe", project="SCHEMAS", **one)
    assert columns(sandbox, "copied") == ["k:string", "v:bigint"]
