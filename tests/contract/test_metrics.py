# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics of datasets and managed folders, and the older call for checks (dss-api.md 2.5, 2.8)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from dataikuapi.dss.future import DSSFuture

from .errors import refusal

_COLUMNS = [{"name": "a", "type": "string"}, {"name": "b", "type": "bigint"}]


@pytest.fixture
def dataset(project: Any) -> Any:
    params = {"connection": "filesystem_managed", "path": "in"}
    found = project.create_dataset("d", "Filesystem", params=params, formatType="csv")
    found.set_schema({"columns": _COLUMNS, "userModified": False})
    return found


@pytest.fixture
def folder(project: Any) -> Any:
    return project.create_managed_folder("files")


def test_the_standard_metrics_are_computed(dataset: Any) -> None:
    report = dataset.compute_metrics()
    assert report["endTime"] >= report["startTime"]
    computed = {entry["metricId"]: entry["value"] for entry in report["computed"]}
    assert computed == {
        "basic:COUNT_COLUMNS": "2",
        "basic:COUNT_FILES": "0",
        "basic:SIZE": "0",
        "records:COUNT_RECORDS": "0",
    }
    metrics = dataset.get_last_metric_values()
    assert metrics.get_global_value("basic:COUNT_COLUMNS") == 2
    assert metrics.get_metric_by_id("basic:SIZE")["displayedAsMetric"] is True


def test_a_metric_that_was_never_computed_has_no_value(dataset: Any) -> None:
    metrics = dataset.get_last_metric_values()
    assert "records:COUNT_RECORDS" in metrics.get_all_ids()
    assert metrics.get_metric_by_id("records:COUNT_RECORDS")["lastValues"] == []


def test_a_dataset_without_files_counts_none(project: Any) -> None:
    inline = project.create_dataset("i", "Inline")
    assert inline.get_last_metric_values().get_all_ids() == ["basic:COUNT_COLUMNS", "records:COUNT_RECORDS"]


def test_metrics_are_computed_by_their_ids(dataset: Any) -> None:
    report = dataset.compute_metrics(metric_ids=["records:COUNT_RECORDS"])
    assert [entry["metricId"] for entry in report["computed"]] == ["records:COUNT_RECORDS"]
    assert "Metric nope does not exist" in refusal(dataset.compute_metrics, metric_ids=["nope"])


def test_other_probes_may_be_sent(dataset: Any) -> None:
    probe = {
        "type": "col_stats",
        "enabled": True,
        "configuration": {"aggregates": [{"column": "b", "aggregated": "MAX"}]},
    }
    report = dataset.compute_metrics(probes=[probe])
    assert [entry["metricId"] for entry in report["computed"]] == ["col_stats:MAX:b"]


def test_probes_that_are_switched_off_define_no_metric(dataset: Any) -> None:
    settings = dataset.get_settings()
    probes = settings.get_raw()["metrics"]["probes"]
    settings.get_raw()["metrics"]["probes"] = [{**probe, "enabled": probe["type"] == "records"} for probe in probes]
    settings.save()
    assert dataset.get_last_metric_values().get_all_ids() == ["records:COUNT_RECORDS"]


def test_a_test_says_what_a_metric_is(control: Any, dataset: Any) -> None:
    control.outcomes(metrics={"PROJ.d": {"records:COUNT_RECORDS": 7, "python:share": 0.5, "python:word": "high"}})
    dataset.compute_metrics()
    metrics = dataset.get_last_metric_values()
    assert metrics.get_global_value("records:COUNT_RECORDS") == 7
    assert metrics.get_global_value("python:share") == 0.5
    assert metrics.get_global_value("python:word") == "high"


@pytest.mark.parametrize("wrong", [{"PROJ.d": 1}, {"PROJ.d": {"x": True}}, {"PROJ.d": {"x": None}}])
def test_a_test_cannot_order_what_is_no_value(control: Any, wrong: Any) -> None:
    with pytest.raises(Exception, match="400"):
        control.outcomes(metrics=wrong)


def test_values_have_a_history_for_each_partition(control: Any, dataset: Any) -> None:
    for value, partition in ((1, ""), (2, ""), (9, "2030")):
        control.outcomes(metrics={"*": {"records:COUNT_RECORDS": value}})
        dataset.compute_metrics(partition=partition)
    history = dataset.get_metric_history("records:COUNT_RECORDS")
    assert history["metricId"] == "records:COUNT_RECORDS"
    assert [entry["value"] for entry in history["values"]] == [1, 2]
    assert [entry["time"] for entry in history["values"]] == sorted(entry["time"] for entry in history["values"])
    assert dataset.get_last_metric_values("2030").get_partition_value("records:COUNT_RECORDS", "2030") == 9
    assert [entry["value"] for entry in dataset.get_metric_history("records:COUNT_RECORDS", "2030")["values"]] == [9]
    assert "does not exist" in refusal(dataset.get_metric_history, "nope")


def test_values_go_with_their_dataset(project: Any, dataset: Any) -> None:
    dataset.compute_metrics()
    dataset.rename("e")
    renamed = project.get_dataset("e")
    assert renamed.get_last_metric_values().get_global_value("basic:COUNT_COLUMNS") == 2
    renamed.delete()
    again = project.create_dataset("e", "Filesystem", params={"connection": "filesystem_managed", "path": "x"})
    assert again.get_last_metric_values().get_metric_by_id("basic:SIZE")["lastValues"] == []


def test_metrics_of_a_folder_are_a_future(project: Any, folder: Any) -> None:
    folder.put_file("/a.txt", io.BytesIO(b"12345"))
    answer = folder.compute_metrics()
    report = DSSFuture(folder.client, answer.get("jobId"), answer).wait_for_result()
    assert {entry["metricId"]: entry["value"] for entry in report["computed"]} == {
        "basic:COUNT_FILES": "1",
        "basic:SIZE": "5",
    }
    assert folder.get_last_metric_values().get_global_value("basic:SIZE") == 5
    folder.compute_metrics(metric_ids=["basic:SIZE"])
    assert [entry["value"] for entry in folder.get_metric_history("basic:SIZE")["values"]] == [5, 5]
    folder.delete()
    assert "does not exist" in refusal(folder.get_last_metric_values)


def test_checks_by_their_older_call(control: Any, dataset: Any) -> None:
    rules = dataset.get_data_quality_rules()
    rule = rules.create_rule({"type": "RecordCountInRangeRule", "minimum": 1, "minimumEnabled": True})
    rules.create_rule({"type": "python", "code": "x", "enabled": False})
    control.outcomes(data_quality={"PROJ.d": "WARNING"})
    [result] = dataset.run_checks()["results"]
    assert result["check"]["id"] == rule.id and result["value"]["outcome"] == "WARNING"
    assert dataset.run_checks(checks=["other"])["results"] == []


def test_a_timeline_has_the_current_and_the_worst_outcome_of_each_day(control: Any, project: Any, dataset: Any) -> None:
    rules = dataset.get_data_quality_rules()
    rules.create_rule({"type": "RecordCountInRangeRule", "minimum": 1, "minimumEnabled": True})
    assert project.get_data_quality_timeline() == []
    for outcome in ("ERROR", "OK"):
        control.outcomes(data_quality={"*": outcome})
        rules.compute_rules().wait_for_result()
    [day] = project.get_data_quality_timeline()
    assert (day["currentOutcome"], day["worstOutcome"]) == ("OK", "ERROR")
    assert [entry["id"] for entry in day["datasets"]] == ["d"]
    assert project.get_data_quality_timeline(max_timestamp=1000) == []
