# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Friendly settings of recipes: to the payload and back without a loss, and DSS's own form for what they cannot say."""

from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import Mapping
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.schema import Checker
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Known, Neighbours, Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.recipe_payloads import FORMS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.recipe_payloads.defaults import completed
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.recipe_payloads.processors import PROCESSORS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.shape import overlay
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import compare, merge
from fields.recipe import SAMPLES
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

RECIPE = KINDS["recipe"]
CHECKER = Checker({"recipe": RECIPE}, strict=True)
KNOWN = Known({"dataset": {name: name for name in "abxy"}})
VISUAL = {sample.base["type"]: sample for sample in SAMPLES if sample.base["type"] in FORMS}


def author(kind: str, **fields: t.Any) -> dict[str, t.Any]:
    return {"name": "r", "type": kind, "inputs": ["a", "b"], "outputs": ["x", "y"], **fields}


def resource(declared: t.Mapping[str, t.Any], neighbours: Neighbours | None = None) -> Resource:
    return RECIPE.resource(declared, "P", neighbours or Neighbours(), Location(), "")


def stored(declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What a node holds once it was made: everything that is taken for granted is said."""
    document = {"name": "r", **merge(resource(declared).declared, {}, {})}
    usual = RECIPE.defaults(document)("", document)
    document["payload"] = completed(document["type"], document.get("payload", {}))
    return overlay({"params": usual.get("params", {})}, document)


def payload(kind: str, **fields: t.Any) -> t.Any:
    return resource(author(kind, **fields)).declared["payload"]


def read(kind: str, held: dict[str, t.Any], **fields: t.Any) -> dict[str, t.Any]:
    """The author form of a recipe with a payload."""
    document = {**resource(author(kind)).declared, "name": "r", "payload": held, **fields}
    return RECIPE.from_dss(document, KNOWN)


def test_every_visual_type_has_samples() -> None:
    assert VISUAL.keys() == FORMS.keys()


@pytest.mark.parametrize("kind", sorted(FORMS))
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_friendly_settings_survive_the_way_to_dss_and_back(kind: str, data: st.DataObject) -> None:
    sample = VISUAL[kind]
    ((field, values),) = sample.fields.items()
    settings = data.draw(values if isinstance(values, st.SearchStrategy) else st.sampled_from(values))
    held = stored({**sample.base, field: settings})

    again = RECIPE.from_dss(held, KNOWN)

    assert "payload" not in again and "params" not in again, "nothing needs DSS's own form"
    assert CHECKER.check(Mapping({"version": "1.0", "recipes": [again]}))[1] == []
    for document in (held, stored(again)):
        built = resource(again)
        assert compare(built.declared, document, built.rules, RECIPE.defaults(document)) == []
    assert stored(again) == held
    assert RECIPE.from_dss(stored(again), KNOWN) == again


@pytest.mark.parametrize("kind", sorted(FORMS))
@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_a_payload_that_no_form_knows_is_kept_as_it_is(kind: str, data: st.DataObject) -> None:
    """Whatever stands in a payload, from a newer DSS for example, the author form holds all of it."""
    names = [
        "steps",
        "joins",
        "virtualInputs",
        "keys",
        "values",
        "orders",
        "windows",
        "pivots",
        "preFilter",
        "mode",
        "new",
    ]
    inner = st.recursive(
        st.booleans() | st.integers(-2, 99) | st.sampled_from(["a", "x", "EQ"]),
        lambda more: (
            st.lists(more, max_size=2)
            | st.dictionaries(
                st.sampled_from(["column", "type", "index", "table", "params", "sum", "metaType"]), more, max_size=3
            )
        ),
        max_leaves=6,
    )
    held = data.draw(st.dictionaries(st.sampled_from(names), inner, min_size=1, max_size=3))
    again = read(kind, copy.deepcopy(held))
    built, document = resource(again), {"type": kind, "payload": held}
    found = compare(built.declared.get("payload", {}), held, {}, _payload_defaults(document))
    assert found == [], again
    lost = compare(held, built.declared.get("payload", {}), {}, _payload_defaults(document))
    assert [change for change in lost if change.after not in ([], {}, "")] == [], again


def _payload_defaults(document: t.Mapping[str, t.Any]) -> t.Any:
    usual = RECIPE.defaults(document)
    whole = usual("", document).get("payload", {})
    return lambda pattern, part: usual(f"payload.{pattern}", part) if pattern else whole


def test_a_join_of_names() -> None:
    found = payload(
        "join",
        join={
            "joins": [
                {
                    "type": "inner",
                    "conditions": ["id", {"left": "k", "right": "v", "operator": "LTE", "max_distance": 3}],
                }
            ],
            "columns": ["id", {"name": "v", "input": "b", "as": "w", "type": "int"}],
            "inputs": ["a", {"input": "b", "prefix": "p"}],
        },
    )
    (join,) = found["joins"]
    assert (join["table1"], join["table2"], join["type"], join["conditionsMode"]) == (0, 1, "INNER", "AND")
    assert join["on"][0]["column1"] == {"name": "id", "table": 0}
    assert join["on"][1]["column2"] == {"name": "v", "table": 1}
    assert (join["on"][0]["type"], join["on"][1]["type"], join["on"][1]["maxDistance"]) == ("EQ", "LTE", 3)
    assert found["selectedColumns"] == [
        {"name": "id", "table": 0},
        {"name": "v", "table": 1, "type": "int", "alias": "w"},
    ]
    assert [entry["outputColumnsSelectionMode"] for entry in found["virtualInputs"]] == ["MANUAL", "MANUAL"]


def test_a_join_without_columns_has_all() -> None:
    found = payload("join", join={"joins": [{"conditions": ["id"]}]})
    assert {entry["outputColumnsSelectionMode"] for entry in found["virtualInputs"]} == {"AUTO_NON_CONFLICTING"}


def test_tables_in_another_order_and_the_same_one_twice() -> None:
    again = {
        "inputs": ["b", "a", {"input": "a", "prefix": "second"}],
        "joins": [{"conditions": ["k"]}, {"left": 1, "right": 2, "conditions": ["v"]}],
        "columns": ["k", {"name": "v", "input": 2}],
    }
    found = payload("join", join=again)
    assert [entry["index"] for entry in found["virtualInputs"]] == [1, 0, 0]
    assert [(join["table1"], join["table2"]) for join in found["joins"]] == [(0, 1), (1, 2)]
    assert read("join", completed("join", found))["join"]["joins"] == [
        {"conditions": ["k"]},
        {"left": 1, "conditions": ["v"]},
    ], "what follows from the order is not said"


@pytest.mark.parametrize(
    ("kind", "fields", "text"),
    [
        ("sort", {"join": {"joins": []}}, "join holds settings of a join recipe, and this one is sort"),
        (
            "join",
            {"join": {"joins": [{"right": "c", "conditions": ["k"]}]}},
            "'c' does not name one input of this recipe: a, b",
        ),
        ("split", {"split": {"mode": "random", "otherwise": "z"}}, "'z' does not name one output of this recipe: x, y"),
        ("sort", {"sort": {"filter": {"sql": "a", "formula": "b"}}}, "a filter has one of all, any, formula, sql"),
        (
            "shaker",
            {"prepare": [{"comment": "nothing"}]},
            "a step of a prepare recipe has one processor, type or group",
        ),
        ("shaker", {"prepare": [{"round": "v", "type": "X"}]}, "not round and type"),
    ],
)
def test_what_makes_no_sense_is_said(kind: str, fields: dict[str, t.Any], text: str) -> None:
    with pytest.raises(DssError, match=text.replace("(", r"\(")):
        resource(author(kind, **fields))


def test_a_filter_in_all_its_forms() -> None:
    def of(value: t.Any) -> t.Any:
        return payload("sort", sort={"filter": value})["preFilter"]

    assert of("v > 1") == of({"formula": "v > 1"})
    assert of("v > 1") == {"distinct": False, "enabled": True, "expression": "v > 1", "uiData": {"mode": "CUSTOM"}}
    assert of(None) == {"distinct": False, "enabled": False}
    assert of({"distinct": True}) == {"distinct": True, "enabled": False}
    conditions = of(
        {
            "any": [
                {"column": "k", "value": "a"},
                {"column": "v", "value": 1},
                {"column": "v", "operator": "greater than", "value": 2},
                {"column": "v", "operator": "in", "value": [1, 2]},
                {"column": "d", "operator": "between", "value": ["2024-01-01", "2024-02-01"]},
                {"column": "v", "operator": "<=  [number]", "value": 3},
                {"column": "f", "operator": "is true"},
            ]
        }
    )["uiData"]
    assert conditions["mode"] == "||"
    assert [entry["operator"] for entry in conditions["conditions"]] == [
        "== [string]", "== [number]", ">  [number]", "in [number]", ">< [date]", "<=  [number]", "true",
    ]  # fmt: skip
    assert conditions["conditions"][3]["items"] == [{"num": 1}, {"num": 2}]
    assert (conditions["conditions"][4]["date"], conditions["conditions"][4]["date2"]) == ("2024-01-01", "2024-02-01")


def test_an_aggregation_that_is_taken_out_goes() -> None:
    settings = {"keys": ["k"], "aggregations": [{"column": "v", "functions": ["sum", "countDistinct"]}]}
    (value,) = payload("grouping", grouping=settings)["values"]
    assert {name for name, on in value.items() if on is True} == {"sum", "countDistinct"}
    assert value["avg"] is False
    held = stored(author("grouping", grouping=settings))
    fewer = resource(author("grouping", grouping={"aggregations": [{"column": "v", "functions": "sum"}]}))
    (change,) = compare(fewer.declared, held, fewer.rules, RECIPE.defaults(held))
    assert (change.path, change.after) == ("payload.values[v].countDistinct", False)


def test_a_window_says_what_follows_from_its_parts() -> None:
    settings = {"windows": [{"partition_by": ["k"], "order_by": ["v"], "rows": {"before": 7}}], "columns": ["k"]}
    found = payload("window", window=settings)
    (window,) = found["windows"]
    assert (window["enablePartitioning"], window["enableOrdering"], window["enableLimits"]) == (True, True, True)
    assert (window["limitPreceding"], window["precedingRows"], window["limitFollowing"]) == (True, 7, False)
    assert found["values"][0]["value"] is True and found["values"][0]["lag"] is False


def test_every_processor_writes_its_parameters_whole() -> None:
    assert len({processor.word for processor in PROCESSORS}) == len(PROCESSORS)
    found = payload(
        "shaker",
        prepare=[
            {"flatten_json": "k"},
            {"keep_columns": ["a", "b"]},
            {"remove_columns": "a"},
            {"fill_empty": {"columns": [], "value": "0"}},
            {"group": "G", "steps": [{"rename_columns": {"a": "b"}, "disabled": True}]},
            {"type": "Unfold", "params": {"column": "c"}, "raw": {"designTimeReport": {}}},
        ],
    )["steps"]
    assert found[0]["params"] == {
        "inCol": "k", "maxDepth": 1, "separator": "_", "prefixOutputs": True, "flattenArrays": False, "nullAsEmpty": True,
    }  # fmt: skip
    assert found[1]["params"] == {"appliesTo": "COLUMNS", "columns": ["a", "b"], "keep": True}
    assert found[2]["params"] == {"appliesTo": "SINGLE_COLUMN", "columns": ["a"], "keep": False}
    assert found[3]["params"]["appliesTo"] == "ALL"
    assert found[4]["metaType"] == "GROUP" and found[4]["name"] == "G"
    assert (
        found[4]["steps"][0]["params"] == {"renamings": [{"from": "a", "to": "b"}]} and found[4]["steps"][0]["disabled"]
    )
    assert (found[5]["type"], found[5]["designTimeReport"]) == ("Unfold", {})


def test_parameters_that_a_short_form_cannot_say_are_those_of_dss() -> None:
    step = {"type": "JSONFlattener", "params": {"inCol": "k", "newer": True}}
    assert read("shaker", {"steps": [step]})["prepare"] == [step]
    pairs = [{"from": "a", "to": "b"}, {"from": "a", "to": "c"}]
    twice = {"type": "ColumnRenamer", "params": {"renamings": pairs}}
    assert read("shaker", {"steps": [twice]})["prepare"] == [{"rename_columns": pairs}], "their order is kept"


def test_a_group_in_a_group_stays_as_dss_has_it() -> None:
    steps = [{"metaType": "GROUP", "name": "o", "steps": [{"metaType": "GROUP", "name": "i", "steps": []}]}]
    assert read("shaker", {"steps": steps})["payload"] == {"steps": steps}


def test_what_no_key_names_stays_beside_the_settings() -> None:
    again = read("sort", {"orders": [{"column": "k"}], "newer": {"a": 1}, "engineType": "SQL"})
    assert again["sort"] == {"order_by": ["k"]} and again["payload"] == {"newer": {"a": 1}} and again["engine"] == "SQL"
    assert payload("sort", sort={"order_by": ["k"]}, payload={"newer": 1})["newer"] == 1


def test_what_a_screen_leaves_behind_is_no_part_of_a_recipe() -> None:
    held = {
        "steps": [{"type": "X", "params": {"a": 1}}],
        "columnWidthsByName": {"k": 120},
        "exploreUIParams": {"autoRefresh": True},
    }
    assert "payload" not in read("shaker", held)
    maps = {"engineParams": {"spark": {"readParams": {"map": {"a": {"repartition": 10}, "b": {"repartition": 3}}}}}}
    assert read("shaker", {"steps": []}, params=maps)["params"] == {
        "engineParams": {"spark": {"readParams": {"map": {"b": {"repartition": 3}}}}}
    }


def test_models_stores_and_banks_are_known_by_name() -> None:
    names = {
        "saved_model": "saved_model",
        "evaluation_store": "model_evaluation_store",
        "knowledge_bank": "knowledge_bank",
    }
    for key, kind in names.items():
        neighbours = Neighbours({kind: frozenset({"mine"})})
        built = resource({"name": "r", "type": "prompt", "inputs": [{key: "mine"}], "outputs": ["x"]}, neighbours)
        assert built.declared["inputs"]["main"]["items"] == [{"ref": Ref(kind, "mine")}]
        assert built.references == ((kind, "mine"),)
        held = {"name": "r", "type": "prompt", "inputs": {"main": {"items": [{"ref": "ID"}]}}, "outputs": {}}
        assert RECIPE.from_dss(held, Known({kind: {"ID": "mine"}}))["inputs"] == [{key: "mine"}]


def test_dependencies_have_names_and_those_of_dss_are_understood() -> None:
    friendly = {"function": "equals", "dimension": "d", "output": "x", "output_dimension": "e"}
    own = {"func": "equals", "idim": "d", "out": "x", "odim": "e"}
    written = [
        resource(author("sync", inputs=[{"dataset": "a", "deps": [deps]}])).declared["inputs"]
        for deps in (friendly, own)
    ]
    assert written[0] == written[1] == {"main": {"items": [{"ref": "a", "deps": [own]}]}}
    held = {
        "name": "r",
        "type": "sync",
        "inputs": {"main": {"items": [{"ref": "a", "deps": [{**own, "expandVariables": False, "params": {}}]}]}},
    }
    assert RECIPE.from_dss({**held, "outputs": {}}, KNOWN)["inputs"] == [{"dataset": "a", "deps": [friendly]}]


def test_differences_of_friendly_settings_can_be_ignored() -> None:
    built = resource({**author("sort", sort={"order_by": ["k"]}), "lifecycle": {"ignore_changes": ["sort"]}})
    assert built.ignore_changes == ("payload",)


def test_a_container_that_dss_does_not_keep_is_noted() -> None:
    (note,) = resource(author("shell", code="true", container="big")).notes
    assert note == "container: not applied, DSS keeps no container selection of a shell recipe"


@pytest.mark.parametrize(("fields", "wanted"), [({}, ["x", "y"]), ({"update_output_schemas": False}, [])])
def test_schemas_are_those_of_outputs_that_declare_none(fields: dict[str, t.Any], wanted: list[str]) -> None:
    assert list(resource(author("sort", **fields)).aside.get("schemas_of", [])) == wanted
    neighbours = Neighbours(
        fields={("dataset", "x"): frozenset({"name", "schema"}), ("dataset", "y"): frozenset({"name"})}
    )
    found = resource(
        author("sort", outputs=["x", "y", "OTHER.z", {"folder": "f"}, {"object": "ID"}], **fields), neighbours
    )
    assert list(found.aside.get("schemas_of", [])) == wanted[1:]
