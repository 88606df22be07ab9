# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of a plan: what ``only`` selects, brings along and leaves behind."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Collection

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Problem
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Resource
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.graph import in_order
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Action, Options, Plan, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.select import Zones, selectors_need_zones
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.subset import (
    Subset,
    left_lines,
    subset,
    subset_data,
)
from hypothesis import given
from hypothesis import strategies as st

CHANGES = ("create", "update", "replace", "delete")
STATES = (*CHANGES, "unchanged")


def entry(name: str, action: str = "update", *needs: str, kind: str = "dataset", **more: t.Any) -> Action:
    project = None if kind == "connection" else "P"
    address = f"{kind}.{name}" if kind == "connection" else f"{kind}.P.{name}" if name else f"{kind}.P"
    found = {"object_id": None if action == "create" else name, **more}
    return Action(address, kind, project, action, needs=needs, **found)


def part(
    actions: Collection[Action],
    *only: str,
    zones: Zones | None = None,
    recorded: Collection[str] = (),
    resources: dict[str, Resource] | None = None,
    **options: t.Any,
) -> Subset:
    return subset(Plan(tuple(actions)), only, resources or {}, zones or {}, recorded, Options(**options))


def kept(found: Subset) -> list[str]:
    return [action.address for action in found.plan.changed]


def left(found: Subset) -> list[str]:
    return [action.address for action in found.left]


# What is selected ----------------------------------------------------------------------------------------------------


RAW = [entry("RAW_A"), entry("RAW_B"), entry("GOLD"), entry("RAW_A", kind="recipe"), entry("", kind="variables")]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("dataset.P.RAW_A", ["dataset.P.RAW_A"]),
        ("dataset.RAW_A", ["dataset.P.RAW_A"]),
        ("  dataset.P.RAW_A ", ["dataset.P.RAW_A"]),
        ("dataset.P.RAW_*", ["dataset.P.RAW_A", "dataset.P.RAW_B"]),
        ("dataset.RAW_*", ["dataset.P.RAW_A", "dataset.P.RAW_B"]),
        ("dataset.*.RAW_*", ["dataset.P.RAW_A", "dataset.P.RAW_B"]),
        ("dataset.*", ["dataset.P.RAW_A", "dataset.P.RAW_B", "dataset.P.GOLD"]),
        ("*.RAW_A", ["dataset.P.RAW_A", "recipe.P.RAW_A"]),
        ("variables.P", ["variables.P"]),
        ("variables", ["variables.P"]),
        ("variables.*", ["variables.P"]),
        ("*", [action.address for action in RAW]),
    ],
)
def test_a_selector_is_an_address_or_a_pattern(selector: str, expected: list[str]) -> None:
    assert kept(part(RAW, selector)) == expected


def test_several_selectors_add_up_in_the_order_of_the_plan() -> None:
    found = part(RAW, "dataset.GOLD", "dataset.P.RAW_A")
    assert kept(found) == ["dataset.P.RAW_A", "dataset.P.GOLD"]
    assert left(found) == ["dataset.P.RAW_B", "recipe.P.RAW_A", "variables.P"]
    assert found.brought == {}


def test_a_pattern_that_fits_the_project_means_names_all_the_same() -> None:
    assert kept(part([entry("PAY"), entry("OTHER")], "dataset.P*")) == ["dataset.P.PAY"]


def test_brackets_of_an_address_are_no_pattern() -> None:
    twins = [entry(f"f[{key}]", "delete", kind="managed_folder", object_id=key) for key in ("a1", "b2")]
    assert kept(part(twins, "managed_folder.P.f[b2]")) == ["managed_folder.P.f[b2]"]
    assert kept(part(twins, "managed_folder.f[a*")) == ["managed_folder.P.f[a1]"]


def test_objects_of_the_instance_are_selected_too() -> None:
    connections = [entry("pg", kind="connection"), entry("s3.eu", kind="connection"), entry("d")]
    assert kept(part(connections, "connection.s3.eu")) == ["connection.s3.eu"]
    assert kept(part(connections, "connection.*")) == ["connection.pg", "connection.s3.eu"]


def test_a_tag_is_the_declared_one_otherwise_that_of_the_object() -> None:
    actions = [
        entry("declared", before={"tags": ["old"]}),
        entry("silent", before={"tags": ["gold"]}),
        entry("gone", "delete", before={"tags": ["gold", "old"]}),
        entry("other"),
    ]
    resources = {
        "dataset.P.declared": Resource("dataset", "P", "declared", {"tags": ["gold"]}),
        "dataset.P.silent": Resource("dataset", "P", "silent", {"managed": True}),
    }
    assert kept(part(actions, "tag:gold", resources=resources)) == [
        "dataset.P.declared",
        "dataset.P.silent",
        "dataset.P.gone",
    ]
    assert kept(part(actions, "tag:o*", resources=resources)) == ["dataset.P.gone"]


def test_a_zone_holds_objects_by_kind_and_id() -> None:
    zones = {"Ingest": frozenset({("dataset", "a"), ("managed_folder", "aB3")}), "Out": frozenset({("recipe", "a")})}
    actions = [entry("a"), entry("a", kind="recipe"), entry("f", kind="managed_folder", object_id="aB3"), entry("b")]
    assert kept(part(actions, "zone:Ingest", zones=zones)) == ["dataset.P.a", "managed_folder.P.f"]
    assert kept(part(actions, "zone:*", zones=zones)) == ["dataset.P.a", "recipe.P.a", "managed_folder.P.f"]


def test_zones_are_read_only_for_a_selector_that_names_one() -> None:
    assert selectors_need_zones(["dataset.a", " zone:Ingest"])
    assert not selectors_need_zones(["dataset.zone", "tag:zone:x"])


# What selects nothing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        (
            "dataset.P.RAW_X",
            "only: dataset.P.RAW_X selects nothing: nothing of it is declared or recorded; did you mean ",
        ),
        ("dataset.GOLDEN", "did you mean 'dataset.GOLD'?"),
        ("tag:gld", "did you mean 'tag:gold'?"),
        ("zone:Ingst", "the project has no such zone; did you mean 'zone:Ingest'?"),
        ("zone:Ingest", "no object of this zone is declared or recorded, and what is to be created has no zone yet"),
        ("", "only:  selects nothing"),
        ("dataset", "only: dataset selects nothing"),
    ],
)
def test_a_selector_that_selects_nothing_is_an_error_with_the_nearest(selector: str, said: str) -> None:
    actions = [*RAW, entry("new", "create"), entry("t", before={"tags": ["gold"]})]
    with pytest.raises(DssError) as caught:
        part(actions, "dataset.*", selector, zones={"Ingest": frozenset({("dataset", "undeclared")})})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_selectors_that_select_nothing_are_reported_at_once() -> None:
    with pytest.raises(DssError) as caught:
        part(RAW, "dataset.x", "recipe.y", "dataset.GOLD")
    assert len(str(caught.value).splitlines()) == 2


def test_an_empty_list_does_not_mean_everything() -> None:
    with pytest.raises(DssError, match="empty list"):
        part(RAW)


def test_what_is_only_recorded_or_forgotten_may_be_selected() -> None:
    assert kept(part(RAW, "dataset.P.gone", recorded=["dataset.P.gone"])) == []
    forgets = {"dataset.P.one": "removed", "dataset.P.two": "removed"}
    found = subset(Plan(tuple(RAW), forgets=forgets), ["dataset.one"], {}, {}, (), Options())
    assert found.plan.forgets == {"dataset.P.one": "removed"}


# What comes along ----------------------------------------------------------------------------------------------------


def test_what_is_needed_comes_along_and_says_for_whom() -> None:
    actions = [
        entry("pg", "create", kind="connection"),
        entry("a", "create", "connection.pg"),
        entry("b", "unchanged", "dataset.P.a"),
        entry("r", "create", "dataset.P.b", kind="recipe"),
        entry("other", "create"),
    ]
    found = part(actions, "recipe.r")
    assert kept(found) == ["connection.pg", "dataset.P.a", "recipe.P.r"]
    assert found.brought == {"connection.pg": "recipe.P.r", "dataset.P.a": "recipe.P.r"}
    assert left(found) == ["dataset.P.other"]
    assert [action.address for action in found.plan.actions if action.action == "unchanged"] == ["dataset.P.b"]


def test_what_is_selected_and_unchanged_needs_nothing() -> None:
    found = part([entry("a"), entry("b", "unchanged", "dataset.P.a")], "dataset.b")
    assert kept(found) == []
    assert left(found) == ["dataset.P.a"]


@pytest.mark.parametrize(
    ("action", "expected"), [("create", ["project.P", "dataset.P.a"]), ("update", ["dataset.P.a"])]
)
def test_a_project_comes_along_when_it_is_to_be_created(action: str, expected: list[str]) -> None:
    assert kept(part([entry("", action, kind="project"), entry("a", "create", "project.P")], "dataset.a")) == expected


PROJECT = {"metadata": {"label": "P"}, "settings": {}, "permissions": {}}
DATASET = {"type": "Filesystem", "managed": True, "params": {"connection": "files"}}
READER = {
    "type": "python",
    "inputs": {"main": {"items": [{"ref": "a"}]}},
    "outputs": {"main": {"items": [{"ref": "out"}]}},
}


def built(sections: dict[str, t.Any], *only: str, **options: t.Any) -> Subset:
    """A part of a real plan of a project that holds dataset ``a``, which recipe ``r`` reads."""
    configuration = load({"project": {"key": "P", "name": "P"}, **sections}, kinds=KINDS)
    resources = desired(configuration.declarations, "P", KINDS)
    objects: dict[str, t.Any] = {
        "project": {"P": PROJECT},
        "dataset": {"a": DATASET, "out": DATASET},
        "recipe": {"r": READER},
    }
    wanted = Options(sections=configuration.sections, **options)
    snapshot = Snapshot(objects, connections={"files": "Filesystem", "s3": "EC2"})
    return subset(build(resources, snapshot, wanted, KINDS), only, resources, {}, (), wanted)


OUT = {"name": "out", "type": "Filesystem"}
MADE_ANEW = {"name": "a", "type": "S3", "connection": "s3", "managed": True}
R = {"name": "r", "type": "python", "inputs": ["a"], "outputs": ["out"], "code": "pass"}


@pytest.mark.parametrize("only", ["dataset.a", "recipe.r"])
def test_a_replaced_dataset_and_its_readers_go_together(only: str) -> None:
    found = built({"datasets": [MADE_ANEW, OUT], "recipes": [R]}, only)
    assert {action.address: action.action for action in found.plan.changed if action.kind != "project"} == {
        "dataset.P.a": "replace",
        "recipe.P.r": "replace",
    }
    assert list(found.brought.values()) == [only.replace(".", ".P.")]


def test_a_deleted_dataset_takes_its_readers() -> None:
    found = built({"datasets": [OUT]}, "dataset.a", prune=True)
    assert kept(found) == ["recipe.P.r", "dataset.P.a"]
    assert found.brought == {"recipe.P.r": "dataset.P.a"}


def test_a_recipe_is_not_deleted_for_a_dataset_that_stays() -> None:
    found = built({"datasets": [OUT]}, "recipe.r", prune=True)
    assert kept(found) == []
    assert left(found) == ["recipe.P.r", "dataset.P.a"]


def test_a_recipe_that_is_pruned_itself_can_be_selected_alone() -> None:
    found = built({"datasets": [OUT], "recipes": []}, "recipe.r", prune=True)
    assert kept(found) == ["recipe.P.r"]
    assert left(found) == ["dataset.P.a"]


# What a part says ----------------------------------------------------------------------------------------------------


def test_limits_count_what_is_kept() -> None:
    sections = {"datasets": [OUT], "recipes": []}
    assert "2 objects would be deleted" in str(built(sections, "*", prune=True, max_deletes=1).plan.problems[0])
    assert built(sections, "recipe.*", prune=True, max_deletes=1).plan.problems == ()
    assert "max_deletes is 0" in str(built(sections, "recipe.*", prune=True, max_deletes=0).plan.problems[0])


def test_what_is_wrong_with_what_stays_behind_does_not_stop_the_rest() -> None:
    resource = Resource("dataset", "P", "a", {}, path="datasets[1]")
    problems = tuple(Problem("wrong", path) for path in ("datasets[1]", "datasets[1].type", "datasets[10]", ""))
    plan = Plan((entry("a", resource=resource), entry("b")), problems, problems)
    found = subset(plan, ["dataset.b"], {}, {}, (), Options())
    assert [problem.path for problem in found.plan.problems] == ["datasets[10]", ""]
    assert found.plan.warnings == found.plan.problems
    assert subset(plan, ["dataset.a"], {}, {}, (), Options()).plan.problems == problems


def test_people_read_what_came_along_and_what_stayed() -> None:
    actions = [entry("a", "create"), entry("b", "create", "dataset.P.a"), *(entry(f"x{n:02}") for n in range(13))]
    lines = left_lines(part(actions, "dataset.b"))
    assert lines[:4] == [
        "Also planned, because it is needed:",
        "  + dataset.P.a for dataset.P.b",
        "Left behind, because only does not select it:",
        "  ~ dataset.P.x00",
    ]
    assert lines[-1] == "  and 3 more"
    assert len(lines) == 3 + 10 + 1
    assert left_lines(part(actions, "*")) == []


def test_a_hostile_name_cannot_write_lines() -> None:
    lines = left_lines(part([entry("a\n- project.P \x1b[2J"), entry("b")], "dataset.b"))
    assert lines[1:] == ["  ~ dataset.P.a\\n- project.P \\x1b[2J"]


def test_the_same_as_data_is_json() -> None:
    data = json.loads(json.dumps(subset_data(part([entry("a", "delete"), entry("b"), entry("c")], "dataset.b"))))
    assert data == {"left": {"delete": ["dataset.P.a"], "update": ["dataset.P.c"]}, "brought": {}}


# Properties ----------------------------------------------------------------------------------------------------------


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    count = draw(st.integers(0, 12))
    actions = [entry("", draw(st.sampled_from(["create", "update", "unchanged"])), kind="project")]
    for number in range(count):
        kind = draw(st.sampled_from(["dataset", "recipe"]))
        needs = draw(st.lists(st.sampled_from([action.address for action in actions]), max_size=3, unique=True))
        actions.append(entry(f"n{number}", draw(st.sampled_from(STATES)), *needs, kind=kind))
    recipes = [action.object_id for action in actions if action.kind == "recipe" and action.action == "replace"]
    for number, action in enumerate(actions):
        if action.kind == "dataset" and action.action == "replace":
            carries = draw(st.lists(st.sampled_from(recipes), unique=True)) if recipes else []
            actions[number] = Action(
                action.address, "dataset", "P", "replace", object_id=action.object_id, carries=tuple(carries)
            )
    carried = {name for action in actions for name in action.carries}
    actions = [
        Action(action.address, "recipe", "P", "replace", object_id=action.object_id, needs=action.needs, carried=True)
        if action.kind == "recipe" and action.object_id in carried
        else action
        for action in actions
    ]
    return Plan(tuple(actions))


@given(plans(), st.data())
def test_a_part_is_closed_and_complete_and_in_order(plan: Plan, data: st.DataObject) -> None:
    addresses = [action.address for action in plan.actions]
    only = data.draw(st.lists(st.sampled_from(addresses), min_size=1, max_size=4))
    found = subset(plan, only, {}, {}, (), Options())
    stays = {action.address: action for action in found.left}
    of_project = {"project.P"} if stays.get("project.P") and stays["project.P"].action == "update" else set()
    for action in found.plan.changed:
        assert not (set(action.needs) - of_project) & stays.keys()
        assert not {f"recipe.P.{name}" for name in action.carries} & stays.keys()
    for action in found.left:
        assert not {f"recipe.P.{name}" for name in action.carries} & set(kept(found))
        assert action.address not in only
    assert [key for key in addresses if key not in stays] == [action.address for action in found.plan.actions]
    assert [key for key in addresses if key in stays] == left(found)
    assert {action.address for action in found.plan.changed} == {
        action.address for action in plan.changed if action.address in {*only, *found.brought}
    }
    assert not found.brought.keys() & set(only)
    assert set(found.brought.values()) <= set(only)
    assert in_order(kept(found), {action.address: action.needs for action in found.plan.changed}) is not None


@given(plans())
def test_everything_selected_is_the_whole_plan(plan: Plan) -> None:
    found = subset(plan, ["*"], {}, {}, (), Options())
    assert (found.plan, found.left, found.brought) == (plan, (), {})


def test_a_chain_of_a_hundred_thousand_needs_is_one_walk() -> None:
    count = 100_000
    actions = [entry("n0", "create")]
    actions += [entry(f"n{number}", "create", f"dataset.P.n{number - 1}") for number in range(1, count)]
    found = part(actions, f"dataset.n{count - 1}")
    assert len(found.plan.changed) == count
    assert len(found.brought) == count - 1
