# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan means for data: pure, so everything is said in plain values."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import SENSITIVE
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.compare import Change
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.impact import (
    Impact,
    Loss,
    impact,
    impact_data,
    impact_lines,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Action, Plan, Snapshot
from hypothesis import given
from hypothesis import strategies as st
from support.small_flow import (
    HELD,
    LISTED,
    NOW,
    code,
    column,
    dataset,
    found,
    millis,
    names,
    ours,
    planned,
    recipe,
    scenario,
)

# Out of date ---------------------------------------------------------------------------------------------------------


def test_everything_made_from_a_changed_recipe_is_out_of_date_the_nearest_first() -> None:
    assert found(
        {"datasets": [ours("raw"), ours("clean")], "recipes": [code("tidy", "raw", "clean")]}
    ).outdated == names("clean", "gold", "report")


def test_a_changed_source_is_not_out_of_date_itself() -> None:
    held = {**HELD, "recipe": {name: HELD["recipe"][name] for name in ("tidy", "group", "print")}}
    assert found({"datasets": [ours("raw", params={"path": "y"})]}, held=held).outdated == names(
        "clean", "gold", "report"
    )
    assert found({"datasets": [ours("raw", params={"path": "y"})]}).outdated == names("raw", "clean", "gold", "report")


def test_a_folder_is_known_by_its_id_in_the_flow() -> None:
    assert found({"managed_folders": [{"name": "F", "path": "g"}]}).outdated == names("raw", "clean", "gold", "report")


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": ["x"]},
        {"description": "text"},
        {"short_description": "text"},
        {"custom_fields": {"a": "b"}},
        {"flow_options": {"rebuildBehavior": "EXPLICIT"}},
        {
            "schema": [
                {"name": "id", "type": "string", "comment": "key"},
                {"name": "n", "type": "bigint", "meaning": "m"},
            ]
        },
    ],
)
def test_texts_and_tags_leave_data_as_it_is(fields: dict[str, t.Any]) -> None:
    plan, snapshot = planned({"datasets": [ours("gold", **fields)]})
    assert [action.action for action in plan.changed] == ["update"]
    assert impact(plan, snapshot, NOW, {}).outdated == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"connection": "s3"},
        {"params": {"path": "y"}},
        {"format_type": "csv"},
        {"schema": [{"name": "id", "type": "string"}]},
        {"schema": [{"name": "n", "type": "bigint"}, {"name": "id", "type": "string"}]},
        {"partitioning": {"filePathPattern": "%Y"}},
    ],
)
def test_places_formats_and_columns_count(fields: dict[str, t.Any]) -> None:
    assert found({"datasets": [ours("gold", **fields)]}).outdated == names("gold", "report")


def test_what_a_recipe_newly_writes_is_out_of_date_and_what_it_no_longer_reads_is_no_path() -> None:
    sections = {
        "datasets": [ours("raw"), ours("other"), ours("gold", params={"path": "y"})],
        "recipes": [code("print", "raw", "other", "pass")],
    }
    assert found(sections).outdated == names("gold", "other")


def test_what_is_created_and_filled_by_a_recipe_is_still_to_be_built() -> None:
    sections = {
        "datasets": [ours("report"), ours("extra", connection="files"), ours("upload", connection="files")],
        "managed_folders": [{"name": "new"}],
        "recipes": [code("more", "report", "extra"), code("pack", "extra", "new")],
    }
    impacts = found(sections)
    assert impacts.unbuilt == ("dataset.P.extra", "managed_folder.P.new")
    assert impacts.outdated == ()


def test_the_way_goes_through_models_which_are_not_named() -> None:
    held = {
        **HELD,
        "recipe": {"train": recipe(["raw"], ["sAvEd01"]), "score": recipe(["sAvEd01", "OTHER.d"], ["gold"])},
    }
    assert found({"datasets": [ours("raw", params={"path": "y"})]}, held=held).outdated == names("gold")


def test_a_qualified_name_of_the_same_project_is_the_dataset() -> None:
    held = {**HELD, "recipe": {"tidy": recipe(["P.raw"], ["P.clean"])}}
    assert found({"datasets": [ours("raw", params={"path": "y"})]}, held=held).outdated == names("clean")


def test_what_is_deleted_is_not_out_of_date() -> None:
    sections = {"datasets": [ours("raw", params={"path": "y"})]}
    held = {**HELD, "recipe": {"tidy": recipe(["raw"], ["clean"])}}
    impacts = found(sections, held=held, prune=True)
    assert impacts.outdated == ()


def test_what_a_deleted_recipe_read_is_no_path() -> None:
    sections = {
        "datasets": [ours(name) for name in ("clean", "gold", "report", "other")] + [ours("raw", params={"path": "y"})],
        "recipes": [code("tidy", "raw", "clean", "pass")],
    }
    assert found(sections, prune=True).outdated == names("clean")


def test_a_deleted_folder_is_known_by_its_id_whatever_its_address() -> None:
    folder = {"name": "F", "type": "Filesystem", "params": {}}
    held = {**HELD, "managed_folder": {"a1": folder, "b2": folder}, "recipe": {"pack": recipe(["raw"], ["b2"])}}
    sections = {"datasets": [ours("raw", params={"path": "y"})], "managed_folders": []}
    assert found(sections, held=held, prune=True).outdated == ()
    assert found({"datasets": sections["datasets"]}, held=held).outdated == ("managed_folder.P.F",)


def test_a_recipe_that_is_made_again_with_its_dataset_reads_what_it_read() -> None:
    sections = {
        "datasets": [{"name": "raw", "type": "S3", "connection": "s3"}, ours("clean")],
        "recipes": [{"name": "tidy", "type": "python", "outputs": ["clean"], "code": "pass"}],
    }
    held = {**HELD, "recipe": {name: HELD["recipe"][name] for name in ("tidy", "group")}}
    plan, snapshot = planned(sections, held)
    assert [action.address for action in plan.changed if action.carried] == ["recipe.P.tidy"]
    assert impact(plan, snapshot, NOW, {}).outdated == names("clean", "gold")


def test_a_cycle_in_the_flow_ends() -> None:
    held = {**HELD, "recipe": {"a": recipe(["raw"], ["clean"]), "b": recipe(["clean"], ["raw"])}}
    assert found({"datasets": [ours("raw", params={"path": "y"})]}, held=held).outdated == names("raw", "clean")


def test_without_the_listing_it_is_said_that_the_flow_is_known_as_declared() -> None:
    impacts = found({"datasets": [ours("gold", params={"path": "y"})]}, listed=frozenset({"dataset"}))
    assert not impacts.flow_known
    assert impact_lines(impacts)[0] == "Out of date afterwards, as far as declared: dataset.P.gold, dataset.P.report"
    assert found({"datasets": [ours("gold", params={"path": "y"})]}).flow_known


# Losses --------------------------------------------------------------------------------------------------------------


def test_what_goes_for_good_is_said_and_what_an_undo_could_not_give_back() -> None:
    held = {**HELD, "dataset": {"raw": dataset(), "gold": dataset()}, "recipe": {"r": recipe(["raw"], ["gold"])}}
    impacts = found({"datasets": [ours("gold")]}, held=held, prune=True, drop_data=True)
    assert set(impacts.lost) == {
        Loss("dataset.P.raw", "its data"),
        Loss("recipe.P.r", "the recipe itself, which DSS deletes with dataset.P.raw"),
    }
    assert set(impacts.not_restored) == {
        Loss("dataset.P.raw", "its creation tag and the history of its metrics and checks"),
        Loss("recipe.P.r", "its creation tag"),
    }


def test_data_that_stays_is_not_lost() -> None:
    assert found({"datasets": [ours("gold")]}, prune=True).lost[0].what.startswith("the recipe")
    held = {**HELD, "recipe": {}}
    assert found({"datasets": [ours("gold")]}, held=held, prune=True).lost == ()


def test_a_secret_that_is_overwritten_cannot_be_given_back() -> None:
    change = Change("params.password", SENSITIVE, SENSITIVE)
    plan = Plan((Action("connection.pg", "connection", None, "update", (change,)),))
    assert impact(plan, Snapshot(), NOW).not_restored == (Loss("connection.pg", "its former secrets"),)


@pytest.mark.parametrize(
    "kind", sorted(n for n, kind in KINDS.items() if kind.deletable and (not kind.singleton or n == "project"))
)
def test_every_kind_that_can_be_deleted_has_something_that_does_not_come_back(kind: str) -> None:
    plan = Plan((Action(f"{kind}.x", kind, None, "delete", object_id="x"),))
    assert len(impact(plan, Snapshot(), NOW).not_restored) == 1


# What is said --------------------------------------------------------------------------------------------------------


def test_lists_are_capped_for_people_and_counted_in_data() -> None:
    many = Impact(
        outdated=names(*(f"d{number}" for number in range(123))),
        not_restored=tuple(Loss(f"recipe.P.r{number}", "its creation tag") for number in range(12)),
    )
    lines = impact_lines(many)
    assert lines[0].startswith("Out of date afterwards: dataset.P.d0, dataset.P.d1, ")
    assert lines[0].endswith("dataset.P.d9 and 113 more")
    assert lines[1].startswith("An undo cannot give back: its creation tag (recipe.P.r0, ")
    assert lines[1].endswith("recipe.P.r9 and 2 more)")
    data = json.loads(json.dumps(impact_data(many)))
    assert (data["outdated"]["count"], len(data["outdated"]["first"])) == (123, 100)
    assert data["not_restored"]["first"][0] == {"address": "recipe.P.r0", "what": "its creation tag"}


def test_the_data_is_json_with_everything_in_it() -> None:
    held = {**HELD, "recipe": {"copy": recipe(["raw"], ["gold"], "sync")}, "scenario": {"S": scenario("gold")}}
    sections = {"datasets": [ours("raw", schema=[]), ours("gold", schema=[column("id")])]}
    data = json.loads(json.dumps(impact_data(found(sections, {"S": {"nextRun": millis(NOW)}}, held=held))))
    assert data["scenarios"]["first"] == [
        {
            "address": "scenario.P.S",
            "running": False,
            "next_run": "2026-03-01T12:00:00+00:00",
            "uses": ["dataset.P.gold"],
        }
    ]
    assert data["flow_known"]
    assert data["runs_known"]


def test_a_hostile_name_cannot_write_lines() -> None:
    assert impact_lines(Impact(outdated=("dataset.P.a\nError: \x1b[2J",))) == [
        "Out of date afterwards: dataset.P.a\\nError: \\x1b[2J"
    ]


@given(st.sets(st.sampled_from(["raw", "clean", "gold", "report"])))
def test_an_empty_plan_has_no_impact(declared: set[str]) -> None:
    plan, snapshot = planned({"datasets": [ours(name) for name in sorted(declared)]})
    assert plan.changed == ()
    impacts = impact(plan, snapshot, NOW, {"S": {"running": True}})
    assert impacts == Impact()
    assert impact_lines(impacts) == []


def test_a_flow_of_a_hundred_thousand_objects_is_one_walk() -> None:
    count = 50_000
    plain, passing = {"type": "Filesystem"}, {"type": "sync", "params": {}}
    objects = {
        "dataset": {f"d{number}": plain for number in range(count)},
        "recipe": {
            f"r{number}": {
                **passing,
                "inputs": {"main": {"items": [{"ref": f"d{number}"}]}},
                "outputs": {"main": {"items": [{"ref": f"d{number + 1}"}]}},
            }
            for number in range(count - 1)
        },
    }
    change = Action("dataset.P.d0", "dataset", "P", "update", (Change("params.path", "a", "b"),), object_id="d0")
    impacts = impact(Plan((change,)), Snapshot(objects, listed=LISTED), NOW, {})
    assert len(impacts.outdated) == count - 1
    assert impacts.outdated[-1] == f"dataset.P.d{count - 1}"
