# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of other tools, in the three layouts of peer-config-format.md, section 6."""

from __future__ import annotations

import hashlib
import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.layouts import candidates, read_layout
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import (
    Recorded,
    UnusableState,
    dump,
    new_state,
    succeeded,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import load as load_state
from hypothesis import given
from hypothesis import strategies as st

Content = dict[str, t.Any]

PROJECT = {"projectKey": "DEMO", "name": "Demo", "description": "", "settings": {"owner": "me", "exposed": True}}
SOURCE = {
    "name": "ROWS",
    "type": "snowflake",
    "connection": "wh",
    "params": {"schema": "s", "table": "${T}", "password": "s3cret"},
    "schema": {"columns": [{"name": "id", "type": "bigint"}]},
}
TIDY = {"name": "TIDY", "type": "managed", "params": {}, "formatType": "parquet"}
RECIPE = {
    "name": "tidy",
    "type": "python",
    "inputs": ["ROWS"],
    "outputs": ["TIDY"],
    "params": {},
    "code": "a = '${x}'\n",
}


def entry(address: str, attributes: Content, **metadata: t.Any) -> Content:
    digest = hashlib.sha256(json.dumps(attributes, sort_keys=True).encode()).hexdigest()
    told = {
        "deployed_at": "2025-03-01T10:00:00.5",
        "deployed_by": "ann",
        "dataiku_internal_id": None,
        "checksum": digest,
    }
    return {
        "resource_type": address.partition(".")[0],
        "resource_id": address,
        "attributes": attributes,
        "metadata": {**told, **metadata},
    }


def layout_a(resources: Content | None = None, **changes: t.Any) -> Content:
    known = {
        "project.DEMO": entry("project.DEMO", PROJECT),
        "dataset.DEMO.ROWS": entry("dataset.DEMO.ROWS", SOURCE),
        "dataset.DEMO.TIDY": entry("dataset.DEMO.TIDY", TIDY),
        "recipe.DEMO.tidy": entry("recipe.DEMO.tidy", RECIPE),
    }
    head = {"version": 1, "serial": 3, "lineage": None, "environment": "prod", "updated_at": "2025-03-01T10:00:00"}
    return {**head, "resources": known if resources is None else resources, **changes}


def found(content: t.Any, project: str = "DEMO") -> tuple[dict[str, Recorded], list[str]]:
    read = read_layout(json.dumps(content).encode(), "old.json", "prod", project, KINDS)
    assert read is not None
    return read


def refusal(data: bytes) -> str:
    with pytest.raises(UnusableState) as caught:
        read_layout(data, "old.json", "prod", "DEMO", KINDS)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_attributes_become_what_the_same_configuration_declares() -> None:
    recorded, warnings = found(layout_a())
    assert warnings == []
    assert set(recorded) == {"project.DEMO", "dataset.DEMO.ROWS", "dataset.DEMO.TIDY", "recipe.DEMO.tidy"}
    definition = {
        "project": {"key": "DEMO", "name": "Demo", "description": "", "owner": "me"},
        "datasets": [
            {**SOURCE, "params": {"schema": "s", "table": "$${T}"}},
            {"name": "TIDY", "type": "managed", "params": {}, "format_type": "parquet"},
        ],
        "recipes": [RECIPE],
    }
    wanted = desired(load(definition, kinds=KINDS).declarations, "DEMO", KINDS)
    for address, resource in wanted.items():
        assert recorded[address].declared == resource.declared
        assert (recorded[address].kind, recorded[address].name) == (resource.kind, resource.name)
    assert wanted["dataset.DEMO.ROWS"].declared["params"]["table"] == "${T}"
    assert recorded["recipe.DEMO.tidy"] == Recorded(
        address="recipe.DEMO.tidy",
        kind="recipe",
        name="tidy",
        object_id="tidy",
        declared=wanted["recipe.DEMO.tidy"].declared,
        dependencies=("dataset.DEMO.ROWS", "dataset.DEMO.TIDY"),
        deployed_at="2025-03-01T10:00:00.500Z",
        deployed_by="ann",
    )


def test_it_can_be_written_as_our_state_and_holds_no_secret() -> None:
    state = succeeded(new_state("prod", "DEMO"), resources=found(layout_a())[0])
    data = dump(state)
    assert load_state(data, "x", "prod", "DEMO") == state
    assert b"s3cret" not in data


def test_a_type_that_only_a_node_knows_is_left_out() -> None:
    generic = {"name": "ROWS", "type": "sql", "connection": "wh", "params": {"table": "t"}}
    recorded, _warnings = found(layout_a({"dataset.DEMO.ROWS": entry("dataset.DEMO.ROWS", generic)}))
    assert recorded["dataset.DEMO.ROWS"].declared == {"params": {"table": "t", "mode": "table", "connection": "wh"}}


def test_attributes_that_are_no_author_form_leave_only_the_name() -> None:
    refreshed = {**RECIPE, "inputs": {"main": {"items": [{"ref": "ROWS"}]}}}
    lost = {**RECIPE, "name": "lost", "inputs": ["NOWHERE"], "outputs": ["TIDY"]}
    resources = {
        **layout_a()["resources"],
        "recipe.DEMO.tidy": entry("recipe.DEMO.tidy", refreshed),
        "recipe.DEMO.lost": entry("recipe.DEMO.lost", lost),
    }
    recorded, warnings = found(layout_a(resources))
    assert warnings == []
    assert {address: bool(one.declared) for address, one in recorded.items()} == {
        "project.DEMO": True,
        "dataset.DEMO.ROWS": True,
        "dataset.DEMO.TIDY": True,
        "recipe.DEMO.tidy": False,
        "recipe.DEMO.lost": False,
    }


def test_a_cycle_leaves_the_rest_known() -> None:
    back = {"name": "back", "type": "python", "inputs": ["TIDY"], "outputs": ["ROWS"], "params": {}, "code": "b = 1"}
    resources = {**layout_a()["resources"], "recipe.DEMO.back": entry("recipe.DEMO.back", back)}
    recorded, _warnings = found(layout_a(resources))
    assert [address for address, one in recorded.items() if not one.declared] == ["recipe.DEMO.back"]


def test_other_projects_and_other_kinds() -> None:
    resources = {
        **layout_a()["resources"],
        "dataset.OTHER.ROWS": entry("dataset.OTHER.ROWS", SOURCE),
        "model.DEMO.b": entry("model.DEMO.b", {"name": "b"}),
        "model.DEMO.a": entry("model.DEMO.a", {"name": "a"}),
        "model.OTHER.c": entry("model.OTHER.c", {"name": "c"}),
    }
    recorded, warnings = found(layout_a(resources))
    assert len(recorded) == 4
    assert warnings == [
        "old.json: resources of the kind model are not managed here and were left out: model.DEMO.a, model.DEMO.b"
    ]
    assert set(found(layout_a(resources), "OTHER")[0]) == {"dataset.OTHER.ROWS"}
    assert found(layout_a(resources), "_instance") == ({}, [])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("healthy", "healthy"),
        ("failed", "failed"),
        ("degraded", "unknown"),
        ("missing", "unknown"),
        ("drifted", "unknown"),
    ],
)
def test_the_layout_of_the_design(status: str, expected: str) -> None:
    content = {
        "version": "1.0",
        "serial": 42,
        "lineage": "git:abc",
        "dataiku_version": "13.0",
        "environment": {"name": "prod", "host": "https://dss", "variables": {}},
        "resources": {
            "dataset.DEMO.ROWS": {
                "type": "dataset",
                "id": "dataset.DEMO.ROWS",
                "project": "DEMO",
                "deployed_at": "2025-03-01T10:00:00+02:00",
                "deployed_by": "bob",
                "config_checksum": "sha256:00",
                "status": status,
                "metadata": {"rows": 5},
                "dependencies": [],
            },
            "scenario.DEMO.every day": {"type": "scenario", "dependencies": ["recipe.DEMO.r", "dataset.DEMO.ROWS"]},
            "dataset.DEMO.SEEN": {"type": "dataset", "status": "unmanaged"},
            "recipe.DEMO.r": {
                "type": "recipe",
                "deployed_at": "x",
                "deployed_by": "bob",
                "checksum": "y",
                "metadata": {},
            },
        },
        "metadata": {"last_apply_duration": 3},
    }
    recorded, warnings = found(content)
    assert warnings == []
    assert list(recorded) == ["dataset.DEMO.ROWS", "scenario.DEMO.every_day", "recipe.DEMO.r"]
    assert recorded["dataset.DEMO.ROWS"] == Recorded(
        "dataset.DEMO.ROWS", "dataset", "ROWS", "ROWS", deployed_at="2025-03-01T08:00:00.000Z", deployed_by="bob", status=expected
    )  # fmt: skip
    assert recorded["scenario.DEMO.every_day"].object_id == "every_day"
    assert recorded["scenario.DEMO.every_day"].dependencies == ("recipe.DEMO.r", "dataset.DEMO.ROWS")
    assert recorded["recipe.DEMO.r"].deployed_at == ""


def test_the_layout_of_the_framework() -> None:
    content = {
        "version": "1.0",
        "project_key": "DEMO",
        "last_applied": "2025-03-01T10:00:00Z",
        "config_hash": "sha256:0",
        "resources": {"datasets": ["rows"], "recipes": ["r"], "scenarios": [], "notebooks": ["n"]},
        "git_commit": "abc",
    }
    recorded, warnings = found(content)
    at = "2025-03-01T10:00:00.000Z"
    assert recorded == {
        "dataset.DEMO.rows": Recorded("dataset.DEMO.rows", "dataset", "rows", "rows", deployed_at=at),
        "recipe.DEMO.r": Recorded("recipe.DEMO.r", "recipe", "r", "r", deployed_at=at),
    }
    assert warnings == ["old.json: resources of the kind notebooks are not managed here and were left out: n"]
    assert found(content, "OTHER") == ({}, [])


@pytest.mark.parametrize(
    "content",
    [
        [],
        3,
        {},
        {"resources": {}},
        {"version": 4, "serial": 1, "lineage": "x", "terraform_version": "1.5.0", "resources": []},
        json.loads(dump(new_state("prod", "DEMO"))),
    ],
)
def test_what_is_none_of_the_three(content: t.Any) -> None:
    assert read_layout(json.dumps(content).encode(), "old.json", "prod", "DEMO", KINDS) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": 2}, "old.json is another tool's state of version 2, this collection reads 1: update the collection"),
        ({"version": "9" * 5000}, "of version 999999999, this collection reads 1"),
        ({"version": None}, "old.json is damaged (its version is no number); nothing was overwritten: restore"),
        ({"environment": "dev"}, "old.json is the state of the environment dev, not of prod: move it away"),
        ({"environment": {"name": "dev"}}, "old.json is the state of the environment dev, not of prod: move it away"),
        ({"resources": {"dataset.DEMO.ROWS": []}}, "old.json is damaged (dataset.DEMO.ROWS is no resource)"),
        ({"resources": {"ROWS": {}}}, "old.json is damaged (ROWS is no resource)"),
        ({"resources": {"dataset.DEMO": {}}}, "old.json is damaged (dataset.DEMO is no address)"),
        ({"resources": {"dataset.DEMO.A": {"attributes": 3}}}, "the attributes of dataset.DEMO.A are no mapping"),
        ({"project_key": "DEMO", "resources": {"datasets": "x"}}, "old.json is damaged (datasets is no list of names)"),
    ],
)  # fmt: skip
def test_what_is_damaged_newer_or_of_another_environment_is_refused(change: Content, expected: str) -> None:
    message = refusal(json.dumps(layout_a(**change)).encode())
    assert expected in message
    assert "move it away to start anew from what the node holds" in message


def test_a_truncated_file_and_changed_attributes_are_refused() -> None:
    data = json.dumps(layout_a()).encode()
    assert "old.json is damaged (it is not JSON)" in refusal(data[:-40])
    assert "(the checksum of dataset.DEMO.ROWS does not fit)" in refusal(data.replace(b"bigint", b"double"))
    assert "it is not JSON" in refusal(b'{"a":' * 100_000)
    unchecked = layout_a({"dataset.DEMO.TIDY": entry("dataset.DEMO.TIDY", TIDY, checksum=None)})
    assert found(unchecked)[0]["dataset.DEMO.TIDY"].declared


def test_where_the_files_are(tmp_path: Path) -> None:
    assert candidates(tmp_path, "prod") == ()
    (tmp_path / ".dataiku" / "state" / "dev.state.json").mkdir(parents=True)
    first = tmp_path / ".dataiku" / "state" / "prod.state.json"
    second = tmp_path / ".dataiku_framework" / "state.json"
    second.parent.mkdir()
    for place in (first, second):
        place.write_text("{}")
    assert candidates(tmp_path, "prod") == (first, second)
    assert candidates(tmp_path, "dev") == (second,)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "x", "ROWS", "python", "managed", "${X}"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["name", "type", "inputs", "outputs", "params", "schema", "columns", "code", "settings", "projectKey"]),
        inner,
        max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@given(attributes=st.dictionaries(st.sampled_from([*SOURCE, *RECIPE, *PROJECT]), ANYTHING, max_size=5), more=ANYTHING)
def test_whatever_it_holds_is_taken_over_or_refused_in_a_sentence(attributes: Content, more: t.Any) -> None:
    resources = {
        **layout_a()["resources"],
        "recipe.DEMO.x": entry("recipe.DEMO.x", {**RECIPE, **attributes}),
        "project.DEMO": entry("project.DEMO", {**PROJECT, **attributes}),
    }
    try:
        recorded, _warnings = found(layout_a(resources, lineage=more))
        resources["dataset.DEMO.X"] = more
        found(layout_a(resources))
    except UnusableState:
        return
    assert recorded["dataset.DEMO.ROWS"].declared
