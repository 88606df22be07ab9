# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data quality rules and their results (dss-api.md 2.5)."""

from __future__ import annotations

from typing import Any

import pytest

from .errors import refusal


@pytest.fixture
def dataset(project: Any) -> Any:
    return project.create_dataset("d", "Inline")


@pytest.fixture
def rules(dataset: Any) -> Any:
    return dataset.get_data_quality_rules()


RULE = {"type": "RecordCountInRangeRule", "minimum": 1, "minimumEnabled": True, "displayName": "Enough records"}


def stored(dataset: Any) -> Any:
    return dataset.get_settings().get_raw()["metricsChecks"]["checks"]


def test_a_rule_is_stored_inside_the_dataset(dataset: Any, rules: Any) -> None:
    rule = rules.create_rule(RULE)
    assert len(rule.id) == 8 and rule.name == "Enough records"
    assert rule.get_raw()["minimum"] == 1.0 and rule.get_raw()["enabled"] is True
    assert stored(dataset) == [rule.get_raw()] == rules.list_rules(as_type="dict")


def test_a_rule_is_changed_and_deleted(dataset: Any, rules: Any) -> None:
    first, second = rules.create_rule(RULE), rules.create_rule({**RULE, "displayName": "second"})
    second.rule["displayName"] = "changed"
    second.save()
    assert [rule.name for rule in rules.list_rules()] == ["Enough records", "changed"]
    first.delete()
    assert [rule["id"] for rule in stored(dataset)] == [second.id]
    assert f"Rule {first.id} does not exist" in refusal(first.delete)
    assert "does not exist" in refusal(first.save) and "does not exist" in refusal(first.compute)


def test_a_rule_needs_a_type_and_keeps_its_id(raw: Any, rules: Any) -> None:
    assert "needs a type" in refusal(rules.create_rule, {"displayName": "x"})
    rule = rules.create_rule(RULE)
    path = f"/public/api/projects/PROJ/datasets/d/data-quality/rules/{rule.id}"
    assert raw("PUT", path, json={**RULE, "id": "other"}).status_code == 400


def test_a_rule_is_a_save_of_the_dataset(project: Any, dataset: Any, rules: Any) -> None:
    before = dataset.get_settings().get_raw()["versionTag"]["versionNumber"]
    rules.create_rule(RULE)
    assert dataset.get_settings().get_raw()["versionTag"]["versionNumber"] == before + 1
    assert project.get_project_git().log()["entries"][0]["message"] == "Edited data quality rules of d"


@pytest.mark.parametrize("outcome", ["OK", "WARNING", "ERROR", "EMPTY"])
def test_rules_end_as_ordered(control: Any, dataset: Any, rules: Any, outcome: str) -> None:
    control.outcomes(data_quality={"PROJ.d": outcome})
    rule = rules.create_rule(RULE)
    assert rule.get_last_result() is None and rules.get_status() == "EMPTY"
    rules.compute_rules().wait_for_result()
    [result] = rules.get_last_rules_results()
    assert (result.id, result.name, result.outcome, result.partition) == (rule.id, rule.name, outcome, "NP")
    assert result.message and result.compute_date > 0 and result.run_origin
    assert rules.get_status() == outcome and rules.get_status_by_partition() == {"NP": outcome}
    assert rules.get_partitions_status() == {"NP": outcome}


def test_the_status_is_the_worst_of_the_last_results(control: Any, rules: Any) -> None:
    good, bad = rules.create_rule(RULE), rules.create_rule(RULE)
    good.compute().wait_for_result()
    control.outcomes(data_quality={"*": "ERROR"})
    bad.compute().wait_for_result()
    assert (good.get_last_result().outcome, bad.get_last_result().outcome) == ("OK", "ERROR")
    assert rules.get_status() == "ERROR"
    control.outcomes(data_quality={})
    bad.compute().wait_for_result()
    assert rules.get_status() == "OK"
    assert [result.outcome for result in bad.get_rule_history()] == ["OK", "ERROR"]
    assert len(rules.get_rules_history()) == 3 and len(rules.get_rules_history(results_per_page=2, page=1)) == 1
    rules.delete_rules_history()
    assert rules.get_rules_history() == [] and rules.get_status() == "EMPTY"


def test_a_rule_that_is_switched_off_or_gone_does_not_count(control: Any, rules: Any) -> None:
    control.outcomes(data_quality={"*": "ERROR"})
    off = rules.create_rule({**RULE, "enabled": False})
    rules.compute_rules().wait_for_result()
    assert rules.get_last_rules_results() == []
    off.compute().wait_for_result()
    assert rules.get_status() == "ERROR"
    off.delete()
    assert rules.get_status() == "EMPTY"


def test_each_partition_has_its_own_status(control: Any, rules: Any) -> None:
    rules.create_rule(RULE)
    rules.compute_rules("2026").wait_for_result()
    control.outcomes(data_quality={"*": "WARNING"})
    rules.compute_rules("2027").wait_for_result()
    assert rules.get_status_by_partition() == {"2027": "WARNING", "2026": "OK"}
    assert [result.outcome for result in rules.get_last_rules_results("2026")] == ["OK"]
    assert rules.get_partitions_status(["2026"]) == {"2026": "OK"}


def test_the_status_of_a_project_has_monitored_datasets(project: Any, dataset: Any, rules: Any) -> None:
    rules.create_rule(RULE)
    rules.compute_rules().wait_for_result()
    assert project.get_data_quality_status() == {}
    assert project.get_data_quality_status(only_monitored=False) == {"d": "OK"}
    settings = dataset.get_settings()
    settings.get_raw()["metricsChecks"]["monitor"] = True
    settings.save()
    assert project.get_data_quality_status() == {"d": "OK"}


def test_a_status_may_be_an_object(control: Any, project: Any, rules: Any) -> None:
    control.switch(data_quality_status="object")
    assert rules.get_status() == {"status": "EMPTY"}
    assert project.get_data_quality_status(only_monitored=False) == {"d": {"status": "EMPTY"}}


def test_results_go_with_their_dataset(project: Any, dataset: Any, rules: Any) -> None:
    rules.create_rule(RULE)
    rules.compute_rules().wait_for_result()
    dataset.rename("e")
    assert project.get_data_quality_status(only_monitored=False) == {"e": "OK"}
    document = project.get_dataset("e").get_settings().get_raw()
    project.get_dataset("e").delete()
    again = project.create_dataset("e", "Inline")
    again.set_definition({**again.get_definition(), "metricsChecks": document["metricsChecks"]})
    assert again.get_data_quality_rules().get_status() == "EMPTY"


def test_a_lost_computation_never_was(control: Any, rules: Any) -> None:
    rules.create_rule(RULE)
    control.fault("POST", "*/compute-rules", lost=True)
    rules.compute_rules()
    assert rules.get_last_rules_results() == []
    control.fault("POST", "*/data-quality/rules", lost=True)
    rules.create_rule(RULE)
    assert len(rules.list_rules()) == 1
