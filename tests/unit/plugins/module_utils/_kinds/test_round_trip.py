# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Author form and DSS's own: what is read declares nothing that was not there."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Kind, Known, Neighbours, Ref, Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.shape import Field, Shape
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import compare, merge
from hypothesis import given
from hypothesis import strategies as st

scalars = st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "INHERIT", "csv", "${x}"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=5,
)
TYPES = {
    "dataset": ["Filesystem", "PostgreSQL", "S3", "UploadedFiles", "CustomPython_x_y", "Unheard"],
    "recipe": ["python", "sql_query", "join", "grouping", "shaker", "sync", "CustomCode_x"],
    "scenario": ["step_based", "custom_python"],
    "managed_folder": ["Filesystem", "S3"],
    "connection": ["PostgreSQL", "EC2"],
}


def resource(kind: Kind, author: t.Mapping[str, t.Any], neighbours: Neighbours | None = None) -> Resource:
    return kind.resource(author, "P", neighbours or Neighbours(), Location(), "")


@st.composite
def documents(draw: st.DrawFn, kind: Kind) -> dict[str, t.Any]:
    """A document with some of the fields that the kind names, and some that it does not."""
    document: dict[str, t.Any] = {"name": "n", "id": "n", "key": "n", "surprise": draw(values)}
    if kind.name in TYPES:
        document["type"] = draw(st.sampled_from(TYPES[kind.name]))
    _fill(draw, document, [field for field in kind.shape_of(document.get("type")).fields if field.path != "type"])
    return document


def _fill(draw: st.DrawFn, document: dict[str, t.Any], fields: t.Sequence[Field]) -> None:
    """Put some of the fields into a document."""
    for field in fields:
        if not draw(st.booleans()):
            continue
        *parents, last = field.path.split(".")
        place = document
        for parent in parents:
            place = place.setdefault(parent, {}) if isinstance(place.get(parent, {}), dict) else {}
        place[last] = draw(_value_of(field))


@st.composite
def _part(draw: st.DrawFn, shape: Shape) -> dict[str, t.Any]:
    """A mapping with some of the fields of a table, and one that no table names."""
    part: dict[str, t.Any] = {"surprise": draw(scalars)} if draw(st.booleans()) else {}
    _fill(draw, part, shape.fields)
    return part


def _value_of(field: Field) -> st.SearchStrategy[t.Any]:
    schema = field.schema.get("anyOf", [field.schema])[0]
    kind = schema.get("type")
    short = "anyOf" in field.schema and field.inner is None and kind != "number"  # DSS's own form is a mapping
    if field.name == "schema" or short or (kind is None and "enum" not in schema):
        return st.just({"columns": [{"name": "c", "type": "string"}]})
    if field.inner is not None:  # DSS stores a list in the place of a list, but the selection of files is a mapping
        listed = kind == "array" and field.name != "files"
        return st.lists(_part(field.inner), max_size=2) if listed else _part(field.inner)
    if "enum" in schema:
        return st.sampled_from(list(schema["enum"]))
    if kind == "array":
        inner = schema.get("items", {}).get("type")
        return st.lists(
            st.text("ab", min_size=1, max_size=2) if inner == "string" else st.just({"type": "x", "id": "i"}),
            max_size=2,
            unique_by=str,
        )
    return {
        "string": st.text("ab", max_size=3),
        "boolean": st.booleans(),
        "integer": st.integers(0, 3),
        "number": st.integers(0, 3) | st.floats(-1, 1),
        "object": st.dictionaries(st.sampled_from("abc"), scalars, max_size=2),
    }[str(kind)]


@pytest.mark.parametrize("kind", [KINDS[name] for name in TYPES], ids=lambda kind: kind.name)
@given(data=st.data())
def test_the_author_form_of_an_object_is_contained_in_the_object(kind: Kind, data: st.DataObject) -> None:
    document = data.draw(documents(kind))
    if kind.name == "recipe":  # roles hold items
        for side in ("inputs", "outputs"):
            document[side] = {"main": {"items": [{"ref": "d"}]}}
    author = kind.from_dss(document, Known({"dataset": {"d": "d"}}))
    built = resource(kind, author)
    assert compare(built.declared, document, built.rules, kind.defaults(document)) == []


@pytest.mark.parametrize("kind", list(KINDS.values()), ids=lambda kind: kind.name)
def test_every_field_says_what_it_is_for(kind: Kind) -> None:
    for name, schema in kind.schema["properties"].items():
        assert schema["description"].endswith("."), name
    names = [entry.name for entry in kind.shape.fields]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", list(KINDS.values()), ids=lambda kind: kind.name)
def test_the_authors_name_of_a_field_and_its_path_lead_to_each_other(kind: Kind) -> None:
    for entry in kind.shape.fields:
        assert kind.dss_path(entry.name) == entry.path
        assert kind.author_path(entry.path) == entry.name
        assert kind.author_path(f"{entry.path}.deep") == f"{entry.name}.deep"


def test_raw_is_laid_over_the_fields_and_read_back_only_where_no_field_names_it() -> None:
    kind = KINDS["dataset"]
    built = resource(kind, {"name": "d", "type": "S3", "raw": {"params": {"new": 1}, "newer": {"x": 2}}})
    assert built.declared == {"type": "S3", "params": {"new": 1}, "newer": {"x": 2}}
    author = kind.from_dss({"name": "d", "type": "S3", "params": {"new": 1}, "newer": {"x": 2}}, Known())
    assert author == {"name": "d", "type": "S3", "params": {"new": 1}, "raw": {"newer": {"x": 2}}}


def test_references_to_folders_become_their_ids_and_back() -> None:
    kind = KINDS["recipe"]
    neighbours = Neighbours({"dataset": frozenset({"d"}), "managed_folder": frozenset({"in"})})
    author = {"name": "r", "type": "python", "inputs": [{"folder": "in"}, "d", {"object": "MODEL"}], "outputs": []}
    built = resource(kind, author, neighbours)
    items = built.declared["inputs"]["main"]["items"]
    assert items == [{"ref": Ref("managed_folder", "in")}, {"ref": "d"}, {"ref": "MODEL"}]
    assert built.references == (("managed_folder", "in"), ("dataset", "d"))
    document = {
        "name": "r",
        "type": "python",
        "inputs": {"main": {"items": [{"ref": "abc", "deps": []}, {"ref": "d"}, {"ref": "MODEL"}]}},
        "outputs": {},
    }
    read = kind.from_dss(document, Known({"dataset": {"d": "d"}, "managed_folder": {"abc": "in"}}))
    assert read["inputs"] == [{"folder": "in"}, "d", {"object": "MODEL"}]


def test_roles_partition_dependencies_and_append_mode_survive() -> None:
    kind = KINDS["recipe"]
    author = {
        "name": "r",
        "type": "prediction_scoring",
        "inputs": [{"object": "MODEL", "role": "model"}, {"dataset": "d", "deps": [{"function": "all_available"}]}],
        "outputs": [{"dataset": "o", "append": True}],
    }
    built = resource(kind, author)
    assert built.declared["inputs"]["model"] == {"items": [{"ref": "MODEL"}]}
    document = {"name": "r", **merge(built.declared, {}, {})}
    assert kind.from_dss(document, Known({"dataset": {"d": "d", "o": "o"}})) == author


@pytest.mark.parametrize(
    ("kind", "engine", "container"),
    [
        ("python", "params.engineType", "params.containerSelection"),
        ("shaker", "params.engineType", "params.engineParams.containerSelection"),
        ("join", "payload.engineType", "payload.engineParams.containerSelection"),
    ],
)
def test_engine_and_container_go_where_the_type_keeps_them(kind: str, engine: str, container: str) -> None:
    built = resource(KINDS["recipe"], {"name": "r", "type": kind, "engine": "SQL", "container": "big"})
    for path, value in ((engine, "SQL"), (container, {"containerMode": "EXPLICIT_CONTAINER", "containerConf": "big"})):
        place: t.Any = built.declared
        for key in path.split("."):
            place = place[key]
        assert place == value
    assert KINDS["recipe"].from_dss({"name": "r", **built.declared}, Known()) == {
        "name": "r",
        "type": kind,
        "engine": "SQL",
        "container": "big",
    }


def test_ui_state_and_the_usual_engine_settings_are_no_part_of_a_payload() -> None:
    document = {
        "name": "r",
        "type": "join",
        "payload": {
            "joins": [{"$idx": 1, "type": "LEFT"}],
            "$status": {},
            "engineParams": {"impala": {"forceStreamMode": True}},
        },
    }
    assert KINDS["recipe"].from_dss(document, Known())["payload"] == {"joins": [{"type": "LEFT"}]}


def test_a_short_form_of_a_join_is_written_out() -> None:
    params = {"join_type": "left", "join_conditions": [{"input1_column": "a", "input2_column": "b"}]}
    built = resource(
        KINDS["recipe"], {"name": "r", "type": "join", "inputs": ["x", "y"], "outputs": ["o"], "params": params}
    )
    payload = built.declared["payload"]
    assert payload["joins"][0]["type"] == "LEFT"
    assert payload["joins"][0]["on"][0]["column2"] == {"name": "b", "table": 1}
    assert [entry["index"] for entry in payload["virtualInputs"]] == [0, 1]
    assert "params" not in built.declared or built.declared["params"] == {}
    assert built.notes == ()


def test_a_short_form_of_a_grouping_is_written_out_and_the_rest_is_reported() -> None:
    params = {
        "keys": [{"column": "k"}],
        "aggregations": [{"column": "v", "function": "sum", "output": "total"}],
        "odd": 1,
    }
    built = resource(
        KINDS["recipe"], {"name": "r", "type": "grouping", "inputs": ["x"], "outputs": ["o"], "params": params}
    )
    value = built.declared["payload"]["values"][0]
    assert (value["column"], value["sum"], value["avg"]) == ("v", True, False), "an aggregation that is taken out goes"
    assert built.declared["payload"]["outputColumnNameOverrides"] == {"v_sum": "total"}
    assert "odd not applied" in built.notes[0]


@pytest.mark.parametrize(
    ("short", "written"),
    [
        (
            {"type": "temporal", "frequency": "daily", "hour": 2, "minute": 0},
            {"frequency": "Daily", "hour": 2, "minute": 0},
        ),
        (
            {"type": "temporal", "frequency": "weekly", "day_of_week": 1},
            {"frequency": "Weekly", "daysOfWeek": ["Monday"]},
        ),
        (
            {"type": "schedule", "cron": "30 4 * * *", "timezone": "UTC"},
            {"frequency": "Daily", "hour": 4, "minute": 30, "timezone": "UTC"},
        ),
        (
            {"type": "schedule", "cron": "0 6 * * 0"},
            {"frequency": "Weekly", "hour": 6, "minute": 0, "daysOfWeek": ["Sunday"]},
        ),
        (
            {"type": "schedule", "cron": "0 6 1 * *"},
            {"frequency": "Monthly", "hour": 6, "minute": 0, "dayOfMonth": 1, "monthlyRunOn": "ON_THE_DAY"},
        ),
        ({"type": "schedule", "cron": "15 * * * *"}, {"frequency": "Hourly", "minute": 15}),
    ],
)
def test_schedules_of_other_tools_are_written_out(short: dict, written: dict) -> None:
    built = resource(KINDS["scenario"], {"name": "s", "triggers": [short]})
    assert built.declared["triggers"] == [{"type": "temporal", "params": written}]


def test_what_dss_cannot_do_is_reported_and_left_out() -> None:
    built = resource(
        KINDS["scenario"],
        {
            "name": "s",
            "triggers": [{"type": "manual"}, {"type": "schedule", "cron": "*/5 * * * *"}],
            "steps": [{"type": "shell", "name": "x", "code": "true"}],
        },
    )
    assert built.declared["triggers"] == []
    assert built.declared["params"]["steps"] == []
    assert len(built.notes) == 2


def test_a_step_that_runs_a_recipe_builds_its_outputs() -> None:
    neighbours = Neighbours({"dataset": frozenset({"a", "b"})}, {"r": (("DATASET", "a"), ("MANAGED_FOLDER", "f"))})
    built = resource(KINDS["scenario"], {"name": "s", "steps": [{"type": "run_recipe", "recipe": "r"}]}, neighbours)
    params = built.declared["params"]["steps"][0]["params"]
    assert [(build["type"], build["itemId"]) for build in params["builds"]] == [
        ("DATASET", "a"),
        ("MANAGED_FOLDER", "f"),
    ]
    assert params["jobType"] == "NON_RECURSIVE_FORCED_BUILD"
    assert built.references == (("dataset", "a"),)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Build all -> Prod (x)", "Build_all_-__Prod__x_"), ("Check & Metrics", "Check___Metrics"), ("É", "_")],
)
def test_the_id_of_a_scenario_follows_from_its_name(name: str, expected: str) -> None:
    assert KINDS["scenario"].identity({"name": name}) == expected


def test_a_new_trigger_is_active_and_a_known_one_is_left_alone() -> None:
    kind = KINDS["scenario"]
    document = {"triggers": [{"type": "temporal"}, {"type": "temporal", "active": False}]}
    assert [trigger["active"] for trigger in kind.complete(document, resource(kind, {"name": "s"}))["triggers"]] == [
        True,
        False,
    ]


def test_columns_are_compared_as_asked() -> None:
    kind, held = (
        KINDS["dataset"],
        {"type": "S3", "schema": {"columns": [{"name": "a", "type": "string"}, {"name": "b", "type": "int"}]}},
    )
    columns = [{"name": "a", "type": "string"}]
    for mode, changes in (("exact", 1), ("contains", 0), ("ignore", 0)):
        built = resource(kind, {"name": "d", "type": "S3", "schema": {"columns": columns, "mode": mode}})
        assert len(compare(built.declared, held, built.rules, kind.defaults(held))) == changes, mode


def test_what_builds_write_into_a_schema_is_no_part_of_it() -> None:
    column = {
        "name": "a",
        "type": "string",
        "originalType": "text",
        "isColumnEdited": True,
        "timestampNoTzAsDate": False,
        "maxLength": -1,
    }
    author = KINDS["dataset"].from_dss(
        {"name": "d", "type": "S3", "schema": {"columns": [column], "userModified": True}}, Known()
    )
    assert author["schema"] == [{"name": "a", "type": "string"}]


def test_a_parameter_that_no_dataset_has_is_noted() -> None:
    built = resource(KINDS["dataset"], {"name": "d", "type": "PostgreSQL", "params": {"tabel": "t", "table": "t"}})
    assert [note.split(":")[0] for note in built.notes] == ["params.tabel"]
