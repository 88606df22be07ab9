# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans from declared and actual: pure, so everything is said in plain values."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import SENSITIVE, Neighbours
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan import render
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import MISSING, Change, Unknown, merge
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.graph import in_order
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Action, Options, Plan, Snapshot
from hypothesis import given
from hypothesis import strategies as st

PROJECT = {"key": "P", "name": "P"}
RAW = {"type": "Filesystem", "managed": True, "params": {"connection": "files", "path": "x"}, "schema": {"columns": []}}
FILES = {"connections": {"files": "Filesystem", "pg": "PostgreSQL", "s3": "EC2"}, "connections_complete": True}


def planned(
    sections: dict[str, t.Any],
    objects: dict[str, t.Any] | None = None,
    snapshot: dict[str, t.Any] | None = None,
    **options: t.Any,
) -> Plan:
    configuration = load({"project": PROJECT, **sections}, kinds=KINDS)
    held = {
        "project": {"P": {"metadata": {"label": "P"}, "settings": {}, "permissions": {}}},
        "variables": {"": {"standard": {}, "local": {}}},
        **(objects or {}),
    }
    wanted = Options(sections=configuration.sections, **options)
    return build(
        desired(configuration.declarations, "P", KINDS), Snapshot(held, **{**FILES, **(snapshot or {})}), wanted, KINDS
    )


def action(plan: Plan, address: str) -> Action:
    return next(action for action in plan.actions if action.address == address)


def dataset(name: str = "d", **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "type": "Filesystem", "managed": True, "connection": "files", **more}


def recipe(name: str, inputs: list[str], output: str) -> dict[str, t.Any]:
    return {
        "type": "python",
        "code": "pass",
        "inputs": {"main": {"items": [{"ref": ref, "deps": []} for ref in inputs]}},
        "outputs": {"main": {"items": [{"ref": output, "appendMode": False}]}},
    }


names = st.sampled_from(["a", "b", "c", "d"])
fields = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.lists(st.sampled_from(["x", "y", "z"]), max_size=3),
        "description": st.sampled_from(["", "one", "two"]),
        "managed": st.booleans(),
        "params": st.dictionaries(st.sampled_from(["path", "bucket"]), st.sampled_from(["/p", "/q"]), max_size=2),
        "schema": st.lists(
            st.fixed_dictionaries({"name": names, "type": st.sampled_from(["string", "int"])}),
            max_size=3,
            unique_by=lambda column: column["name"],
        ),
    },
)
sides = st.dictionaries(names, fields, max_size=4)


@given(sides, sides, st.booleans())
def test_what_a_plan_says_leads_to_an_empty_plan(declared: dict, held: dict, prune: bool) -> None:
    def documents(side: dict) -> dict[str, t.Any]:
        kind = KINDS["dataset"]
        return {
            name: merge(kind.resource(dataset(name, **more), "P", Neighbours(), Location(), "").declared, {}, {})
            for name, more in side.items()
        }

    sections = {"datasets": [dataset(name, **more) for name, more in declared.items()]}
    objects = documents(held)
    plan = planned(sections, {"dataset": dict(objects)}, prune=prune)
    for entry in plan.changed:
        name = entry.address.rpartition(".")[2]
        if entry.action == "delete":
            del objects[name]
        else:
            before = objects.get(name, {}) if entry.action == "update" else {}
            objects[name] = merge(entry.declared, before, entry.resource.rules if entry.resource else {})
    assert planned(sections, {"dataset": objects}, prune=prune).changed == ()
    assert sum(plan.summary.values()) == 1 + len(declared) + (len(held.keys() - declared.keys()) if prune else 0)


def test_what_the_node_lacks_is_created_in_the_order_of_what_it_needs() -> None:
    plan = planned(
        {
            "scenarios": [{"name": "s", "steps": [{"type": "build_dataset", "dataset": "b"}]}],
            "recipes": [{"name": "r", "type": "python", "inputs": ["a"], "outputs": ["b"], "code": "pass"}],
            "datasets": [dataset("a"), dataset("b")],
        },
        {"project": {}},
    )
    order = [entry.address for entry in plan.changed]
    assert order[0] == "project.P"
    assert order.index("recipe.P.r") > max(order.index("dataset.P.a"), order.index("dataset.P.b"))
    assert order.index("scenario.P.s") > order.index("dataset.P.b")
    assert plan.summary["create"] == 5


def test_only_declared_fields_count() -> None:
    plan = planned(
        {"datasets": [dataset(tags=["x"])]}, {"dataset": {"d": {**RAW, "tags": ["x"], "shortDesc": "by a colleague"}}}
    )
    assert plan.changed == ()
    assert plan.summary["unchanged"] == 2


def test_a_change_names_the_authors_field_and_both_values() -> None:
    plan = planned({"datasets": [dataset(connection="pg")]}, {"dataset": {"d": RAW}})
    assert action(plan, "dataset.P.d").changes == (Change("connection", "files", "pg"),)


def test_a_change_of_type_replaces_and_says_why() -> None:
    plan = planned({"datasets": [dataset(type="S3", connection="s3")]}, {"dataset": {"d": RAW}})
    assert action(plan, "dataset.P.d").action == "replace"
    assert action(plan, "dataset.P.d").reason == "type cannot be changed in place"


def test_a_replaced_dataset_carries_the_recipes_that_read_it() -> None:
    held = {"dataset": {"d": RAW}, "recipe": {"theirs": recipe("theirs", ["d"], "x")}}
    plan = planned({"datasets": [dataset(type="S3", connection="s3")]}, held)
    assert action(plan, "dataset.P.d").carries == ("theirs",)
    carried = action(plan, "recipe.P.theirs")
    assert (carried.action, carried.carried) == ("replace", True)
    assert carried.reason == "DSS deletes it with dataset.P.d; it is made again"


def test_a_deleted_dataset_takes_the_recipes_that_read_it_along_and_they_count() -> None:
    held = {"dataset": {"old": RAW}, "recipe": {"theirs": recipe("theirs", ["old"], "x")}}
    plan = planned({"datasets": []}, held, prune=True)
    assert [(entry.address, entry.action) for entry in plan.changed] == [
        ("recipe.P.theirs", "delete"),
        ("dataset.P.old", "delete"),
    ]
    assert action(plan, "recipe.P.theirs").reason == "it reads dataset.P.old, which is deleted"
    refused = planned({"datasets": []}, held, prune=True, max_deletes=1)
    assert "2 objects would be deleted or replaced" in refused.problems[0].message


def test_a_recipe_that_stops_reading_a_dataset_is_changed_before_it_goes() -> None:
    held = {"dataset": {"old": RAW, "new": RAW, "x": RAW}, "recipe": {"r": recipe("r", ["old"], "x")}}
    plan = planned(
        {
            "datasets": [dataset("new"), dataset("x")],
            "recipes": [{"name": "r", "type": "python", "inputs": ["new"], "outputs": ["x"], "code": "pass"}],
        },
        held,
        prune=True,
    )
    assert [(entry.address, entry.action) for entry in plan.changed] == [
        ("recipe.P.r", "update"),
        ("dataset.P.old", "delete"),
    ]


def test_prune_touches_only_the_sections_that_the_configuration_has() -> None:
    held = {"dataset": {"old": RAW}, "scenario": {"s": {"name": "s", "type": "step_based"}}}
    plan = planned({"datasets": []}, held, prune=True)
    assert [entry.address for entry in plan.changed] == ["dataset.P.old"]
    assert planned({"datasets": []}, held).changed == ()


def test_two_folders_of_one_name_are_both_pruned() -> None:
    held = {"managed_folder": {"aaaaaaaa": {"name": "in"}, "bbbbbbbb": {"name": "in"}}}
    plan = planned({"managed_folders": []}, held, prune=True)
    assert [(entry.address, entry.object_id) for entry in plan.changed] == [
        ("managed_folder.P.in[aaaaaaaa]", "aaaaaaaa"),
        ("managed_folder.P.in[bbbbbbbb]", "bbbbbbbb"),
    ]


def test_prevent_destroy_stops_a_replacement() -> None:
    plan = planned(
        {"datasets": [dataset(type="S3", connection="s3", lifecycle={"prevent_destroy": True})]},
        {"dataset": {"d": RAW}},
    )
    assert "lifecycle.prevent_destroy is set" in plan.problems[0].message


def test_ignored_fields_are_no_change_by_either_name() -> None:
    for name in ("connection", "params.connection"):
        plan = planned(
            {"datasets": [dataset(connection="pg", lifecycle={"ignore_changes": [name]})]}, {"dataset": {"d": RAW}}
        )
        assert plan.changed == ()


@pytest.mark.parametrize(("connection", "expected"), [("pg", "PostgreSQL"), ("s3", "S3"), ("files", "Filesystem")])
def test_a_generic_type_takes_the_type_of_the_connection(connection: str, expected: str) -> None:
    plan = planned({"datasets": [{"name": "d", "type": "managed", "connection": connection}]})
    assert action(plan, "dataset.P.d").declared["type"] == expected


def test_a_generic_type_takes_the_type_of_a_connection_declared_beside_it() -> None:
    plan = planned(
        {
            "connections": [{"name": "new", "type": "Snowflake"}],
            "datasets": [{"name": "d", "type": "sql", "connection": "new", "params": {"table": "t"}}],
        },
        {"connection": {}},
    )
    assert action(plan, "dataset.P.d").declared["type"] == "Snowflake"
    assert [entry.kind for entry in plan.changed] == ["connection", "dataset"]


def test_a_generic_type_on_an_unknown_connection_says_what_to_declare() -> None:
    plan = planned(
        {"datasets": [{"name": "d", "type": "sql", "connection": "secret", "params": {"table": "t"}}]},
        None,
        {"connections_complete": False},
    )
    assert "declare the type of the dataset" in plan.problems[0].message
    assert plan.problems[0].path == "datasets[0].type"


def test_a_missing_connection_is_an_error_only_where_the_list_is_complete() -> None:
    sections = {"datasets": [dataset(connection="nowhere")]}
    plan = planned(sections)
    assert plan.problems[0].message == "Connection 'nowhere' not found. Available: files, pg, s3"
    assert planned(sections, None, {"connections_complete": False}).problems == ()


def test_a_missing_code_environment_is_an_error() -> None:
    sections = {
        "datasets": [dataset()],
        "recipes": [{"name": "r", "type": "python", "outputs": ["d"], "code": "", "code_env": "py39"}],
    }
    plan = planned(sections, None, {"code_envs": frozenset({"py311"})})
    assert [problem.message for problem in plan.problems] == ["Code environment 'py39' not found. Available: py311"]
    assert planned(sections, None, {"code_envs": None}).problems == ()


def test_an_id_that_the_node_makes_is_known_after_apply() -> None:
    sections = {
        "managed_folders": [{"name": "in"}],
        "datasets": [dataset()],
        "recipes": [{"name": "r", "type": "python", "inputs": [{"folder": "in"}], "outputs": ["d"], "code": ""}],
    }
    plan = planned(sections)
    item = action(plan, "recipe.P.r").declared["inputs"]["main"]["items"][0]
    assert isinstance(item["ref"], Unknown)
    assert 'inputs[in]: {"ref": "(known after apply)"}' in render.text(plan)
    assert "managed_folder.P.in" in action(plan, "recipe.P.r").needs
    known = planned(sections, {"managed_folder": {"abcd1234": {"name": "in", "type": "Filesystem", "params": {}}}})
    assert action(known, "recipe.P.r").declared["inputs"]["main"]["items"][0] == {"ref": "abcd1234"}


def test_two_folders_of_one_name_need_an_id() -> None:
    folders = {"aaaaaaaa": {"name": "in"}, "bbbbbbbb": {"name": "in"}}
    plan = planned({"managed_folders": [{"name": "in"}]}, {"managed_folder": folders})
    assert "add the id of the one that is meant" in plan.problems[0].message
    assert planned({"managed_folders": [{"name": "in", "id": "bbbbbbbb"}]}, {"managed_folder": folders}).problems == ()


def test_secrets_are_sent_once_or_always_and_never_shown() -> None:
    sections = {"connections": [{"name": "pg", "type": "PostgreSQL", "params": {"host": "h", "password": "planted"}}]}
    held = {"connection": {"pg": {"type": "PostgreSQL", "params": {"host": "h", "password": "e:AES:1"}}}}
    assert planned(sections, held).changed == ()
    always = planned(sections, held, update_secrets="always")
    assert action(always, "connection.pg").changes == (Change("password", SENSITIVE, SENSITIVE),)
    created = planned(sections, {"connection": {}})
    assert "planted" not in render.text(created)
    assert "planted" not in str(render.as_data(created))


def test_absent_deletes_the_project_with_what_is_in_it() -> None:
    plan = planned({"datasets": [dataset()]}, {"dataset": {"d": RAW, "e": RAW}}, absent=True)
    assert [(entry.address, entry.action, entry.reason) for entry in plan.changed] == [
        ("project.P", "delete", "with 2 datasets")
    ]


def test_deleting_says_when_data_is_lost() -> None:
    held = {"dataset": {"old": RAW}}
    assert "(loses its data)" in render.text(planned({"datasets": []}, held, prune=True, drop_data=True))
    assert "loses" not in render.text(planned({"datasets": []}, held, prune=True))


def test_variables_are_a_map_that_can_be_declared_completely() -> None:
    held = {"variables": {"": {"standard": {"a": 1, "b": 2}, "local": {}}}}
    assert planned({"variables": {"standard": {"a": 1}}}, held).changed == ()
    plan = planned({"variables": {"standard": {"a": 1}, "exclusive": True}}, held)
    assert action(plan, "variables.P").changes == (Change("standard.b", 2, MISSING),)


def test_the_value_of_a_variable_is_one_thing() -> None:
    held = {"variables": {"": {"standard": {"a": {"x": 1, "y": 2}}, "local": {}}}}
    plan = planned({"variables": {"standard": {"a": {"x": 1}}}}, held)
    assert action(plan, "variables.P").changes == (Change("standard.a", {"x": 1, "y": 2}, {"x": 1}),)


def test_tags_that_the_node_adds_are_ignored_when_asked() -> None:
    held = {"dataset": {"d": {**RAW, "tags": ["creator_admin", "x"]}}}
    sections = {"datasets": [dataset(tags=["x"])]}
    assert planned(sections, held).summary["update"] == 1
    assert planned(sections, held, ignore_tags=frozenset({"creator_*"})).changed == ()


def test_what_needs_itself_in_a_circle_is_named_whole() -> None:
    with pytest.raises(DssError, match=r"need one another: .*a.*->.*b.*->"):
        in_order(["a", "b", "c"], {"a": ["b"], "b": ["a"], "c": ["a"]})


def test_a_chain_of_a_hundred_thousand_is_ordered_without_recursion() -> None:
    names = [str(number) for number in range(100_000)]
    ordered = in_order(names[::-1], {name: [str(int(name) - 1)] for name in names if name != "0"})
    assert ordered == names
