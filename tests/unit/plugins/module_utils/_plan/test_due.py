# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Scenarios that run now or soon and use what a plan changes."""

from __future__ import annotations

import typing as t
from datetime import timedelta

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.due import SOON
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.impact import impact, impact_lines, needs_summaries
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Action, Plan, Snapshot
from support.small_flow import HELD, NOW, found, millis, ours, planned, scenario

CHANGED = {"datasets": [ours("gold", params={"path": "y"})]}


def said(definition: dict[str, t.Any] | None, summary: dict[str, t.Any], sections: t.Any = None) -> list[str]:
    held = {**HELD, "scenario": {} if definition is None else {"S": definition}}
    impacts = found(sections or CHANGED, summaries={"S": summary}, held=held)
    return [line for line in impact_lines(impacts) if "cenario" in line]


def test_a_running_scenario_that_uses_what_changes_is_named() -> None:
    assert said(scenario("raw", "report", "gold"), {"running": True, "nextRun": millis(NOW)}) == [
        "Scenario scenario.P.S runs now and uses dataset.P.report, dataset.P.gold"
    ]
    assert said(scenario("raw"), {"running": True}) == []


@pytest.mark.parametrize(
    ("next_run", "named"),
    [
        (0, False),
        (None, False),
        (True, False),
        ("soon", False),
        (10**30, False),
        (millis(NOW + SOON), True),
        (millis(NOW + SOON + timedelta(seconds=1)), False),
        (millis(NOW - timedelta(minutes=5)), True),
    ],
)
def test_a_scenario_is_due_within_the_hour(next_run: t.Any, named: bool) -> None:
    assert bool(said(scenario("gold"), {"running": False, "nextRun": next_run})) is named


def test_the_time_of_a_due_scenario_is_said() -> None:
    due_at = millis(NOW + timedelta(minutes=30))
    assert said(scenario("gold"), {"nextRun": due_at}) == [
        "Scenario scenario.P.S is due at 2026-03-01 12:30 UTC and uses dataset.P.gold"
    ]


@pytest.mark.parametrize(
    "definition",
    [
        None,
        {"name": "S", "type": "step_based"},
        {"type": "custom_python", "params": {}},
        {"params": {"steps": [{"type": "custom_python", "params": {}}]}},
        {"params": {"steps": [{"type": "run_scenario", "params": {"scenarioId": "T"}}]}},
    ],
)
def test_what_cannot_be_known_of_a_running_scenario_is_said(definition: t.Any) -> None:
    assert said(definition, {"running": True}) == ["Scenario scenario.P.S runs now, what it uses is not known"]
    assert said(definition, {"running": True}, {"datasets": [ours("gold", tags=["x"])]}) == []


def test_a_step_that_is_off_uses_nothing() -> None:
    assert said({"params": {"steps": [{"type": "custom_python", "enabled": False}]}}, {"running": True}) == []


def test_checks_metrics_and_watched_datasets_count_too() -> None:
    steps = [{"type": "check_dataset", "params": {"checks": [{"type": "MANAGED_FOLDER", "itemId": "aB3dE5gH"}]}}]
    watched = [{"type": "ds_modified", "params": {"watches": [{"type": "DATASET", "itemId": "P.gold"}]}}]
    definition = {"params": {"steps": steps}, "triggers": watched}
    assert said(definition, {"running": True}) == ["Scenario scenario.P.S runs now and uses dataset.P.gold"]
    folder = {"managed_folders": [{"name": "F", "path": "g"}]}
    held = {**HELD, "recipe": {}, "scenario": {"S": definition}}
    assert found(folder, {"S": {"running": True}}, held=held).scenarios[0].uses == ("managed_folder.P.F",)


def test_a_running_scenario_that_is_changed_itself_is_named() -> None:
    sections = {"scenarios": [{"name": "S", "active": True}]}
    definition = {**scenario(), "name": "S", "active": False}
    assert said(definition, {"running": True}, sections) == ["Scenario scenario.P.S runs now and is changed"]


def test_a_running_scenario_that_uses_what_is_deleted_is_named() -> None:
    held = {**HELD, "scenario": {"S": scenario("other", "report")}}
    sections = {"datasets": [ours(name) for name in ("raw", "clean", "gold", "report")]}
    (entry,) = found(sections, {"S": {"running": True}}, held=held, prune=True).scenarios
    assert entry.uses == ("dataset.P.other",)


def test_whatever_runs_in_a_deleted_project_is_named() -> None:
    plan = Plan((Action("project.P", "project", "P", "delete", object_id="P"),))
    snapshot = Snapshot({"scenario": {"S": scenario("gold")}})
    assert len(impact(plan, snapshot, NOW, {"S": {"running": True}, "T": {"running": False}}).scenarios) == 1


def test_without_the_list_of_scenarios_it_is_said_so() -> None:
    plan, snapshot = planned(CHANGED)
    impacts = impact(plan, snapshot, NOW)
    assert not impacts.runs_known
    assert impact_lines(impacts)[-1] == "Which scenarios run now or soon is not known"
    plan, snapshot = planned({"datasets": [ours("gold", tags=["x"])]})
    assert impact_lines(impact(plan, snapshot, NOW)) == []


def test_list_items_in_the_snapshot_serve_where_nothing_else_was_read() -> None:
    plan, snapshot = planned(CHANGED, {**HELD, "scenario": {"S": {"id": "S", "running": True}}})
    assert [entry.address for entry in impact(plan, snapshot, NOW).scenarios] == ["scenario.P.S"]


def test_the_list_of_scenarios_is_worth_a_call_only_for_changes_in_a_project_that_exists() -> None:
    plan, snapshot = planned(CHANGED)
    assert needs_summaries(plan, snapshot)
    assert not needs_summaries(plan, Snapshot({}, project_exists=False))
    assert not needs_summaries(Plan((Action("connection.c", "connection", None, "update"),)), snapshot)
    assert not needs_summaries(Plan((Action("dataset.P.d", "dataset", "P", "unchanged"),)), snapshot)
