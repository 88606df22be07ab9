# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control path: faults, counting, reset. It is the sandbox's own, no part of DSS."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests
from support.process import until

from .errors import refusal

DATASET = "/projects/PROJ/datasets/d"


@pytest.fixture
def dataset(project: Any) -> Any:
    return project.create_dataset("d", "Inline")


def test_an_ordered_error_hits_once(control: Any, dataset: Any) -> None:
    control.fault("GET", DATASET, status=500, error_type="java.io.IOException", message="Disk full")
    assert refusal(dataset.get_settings) == "java.io.IOException: Disk full"
    dataset.get_settings()


def test_a_fault_can_wait_for_the_nth_call(control: Any, dataset: Any) -> None:
    control.fault("GET", DATASET, skip=2, status=503)
    dataset.get_settings()
    dataset.get_settings()
    refusal(dataset.get_settings)


def test_a_fault_can_last(control: Any, dataset: Any) -> None:
    control.fault("*", "/projects/*/datasets/*", count=0, status=500)
    for _time in range(3):
        refusal(dataset.get_settings)
    assert control.faults()[0]["hits"] == 3
    control.clear_faults()
    dataset.get_settings()


def test_a_fault_only_hits_what_it_names(control: Any, project: Any, dataset: Any) -> None:
    control.fault("PUT", DATASET, status=500)
    dataset.get_settings()
    project.list_datasets()
    refusal(dataset.get_settings().save)


def test_a_body_that_is_not_json_is_an_unknown_error(control: Any, dataset: Any) -> None:
    control.fault("GET", DATASET, status=502, raw_body="<html>Bad gateway</html>")
    assert "Unknown error" in refusal(dataset.get_settings)


def test_a_success_can_carry_html(control: Any, dataset: Any) -> None:
    control.fault("GET", DATASET, raw_body="<html>Sign in</html>")
    with pytest.raises(ValueError):
        dataset.get_settings()


def test_a_connection_dropped_before_leaves_nothing_written(control: Any, project: Any) -> None:
    control.fault("POST", "/projects/PROJ/datasets", drop="before")
    with pytest.raises(requests.exceptions.ConnectionError):
        project.create_dataset("d", "Inline")
    assert project.list_datasets() == []


def test_a_connection_dropped_after_has_written(control: Any, project: Any) -> None:
    control.fault("POST", "/projects/PROJ/datasets", drop="after")
    with pytest.raises(requests.exceptions.ConnectionError):
        project.create_dataset("d", "Inline")
    assert len(project.list_datasets()) == 1


def test_a_call_can_arrive_after_its_connection_broke(control: Any, project: Any, dataset: Any) -> None:
    control.fault("POST", "/projects/PROJ/datasets", late_ms=1000)
    control.forget_calls()
    with pytest.raises(requests.exceptions.ConnectionError):
        project.create_dataset("late", "Inline")
    assert [item["name"] for item in project.list_datasets()] == ["d"] and control.calls()["open"] == 1
    until(lambda: control.calls()["open"] == 0)
    assert len(project.list_datasets()) == 2
    posts = [call["status"] for call in control.calls()["calls"] if call["method"] == "POST"]
    assert posts == [200]


def test_a_lost_write_says_success_and_writes_nothing(control: Any, project: Any, dataset: Any) -> None:
    settings = dataset.get_settings()
    before = settings.get_raw()["versionTag"]
    commits = len(project.get_project_git().log()["entries"])
    control.fault("PUT", DATASET, lost=True)
    settings.get_raw()["shortDesc"] = "lost"
    settings.save()
    after = dataset.get_settings().get_raw()
    assert "shortDesc" not in after and after["versionTag"] == before
    assert len(project.get_project_git().log()["entries"]) == commits
    assert project.get_project_git().get_status()["clean"] is True


@pytest.mark.parametrize("call", ["delete", "create"])
def test_a_project_can_be_lost_too(control: Any, client: Any, dataset: Any, call: str) -> None:
    if call == "delete":
        control.fault("DELETE", "/projects/PROJ", lost=True)
        client.get_project("PROJ").delete()
    else:
        control.fault("POST", "/projects", lost=True)
        client.create_project("NEW", "New", "admin")
    assert client.list_project_keys() == ["PROJ"]
    assert len(client.get_project("PROJ").list_datasets()) == 1
    assert len(client.get_project("PROJ").get_project_git().log()["entries"]) == 2


def test_an_answer_can_be_cut(control: Any, dataset: Any) -> None:
    control.fault("GET", DATASET, cut=True)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        dataset.get_settings()
    dataset.get_settings()


def test_an_answer_can_be_late(control: Any, dataset: Any) -> None:
    control.fault("GET", DATASET, delay_ms=200)
    start = time.monotonic()
    dataset.get_settings()
    assert time.monotonic() - start >= 0.2


def test_a_delay_combines_with_another_effect(control: Any, dataset: Any) -> None:
    control.fault("GET", DATASET, delay_ms=50, status=500, message="late")
    assert "late" in refusal(dataset.get_settings)


@pytest.mark.parametrize("fault", [{}, {"drop": "never"}, {"status": 500, "madeUp": 1}, {"status": 500, "skip": -1}])
def test_a_fault_that_says_nothing_is_refused(control: Any, fault: dict[str, Any]) -> None:
    with pytest.raises(requests.HTTPError):
        control.fault("GET", "/x", **fault)


def test_calls_are_counted_by_route(control: Any, client: Any, project: Any) -> None:
    control.forget_calls()
    project.list_datasets()
    project.list_datasets()
    project.create_dataset("d", "Inline")
    refusal(project.get_dataset("no").get_settings)
    calls = control.calls()
    assert (calls["total"], calls["reads"], calls["writes"]) == (4, 3, 1)
    assert calls["counts"] == {
        "GET /projects/{projectKey}/datasets": 2,
        "GET /projects/{projectKey}/datasets/{name}": 1,
        "POST /projects/{projectKey}/datasets": 1,
    }
    assert calls["calls"][0] == {"method": "GET", "path": "/projects/PROJ/datasets", "status": 200}
    assert calls["calls"][3]["status"] == 404


def test_control_calls_are_not_counted(control: Any) -> None:
    control.switches()
    assert control.calls()["total"] == 0


def test_a_reset_leaves_an_empty_node_and_keeps_the_keys(control: Any, client: Any, dataset: Any) -> None:
    client.create_connection("pg", "PostgreSQL")
    control.reset()
    assert client.list_project_keys() == [] and "pg" not in client.list_connections()
    assert control.calls()["total"] == 2


def test_what_was_kept_can_be_restored_more_than_once(control: Any, client: Any, project: Any, dataset: Any) -> None:
    control.instance(code_envs=[{"envName": "py39"}])
    folder = project.create_managed_folder("f")
    client.create_connection("pg", "PostgreSQL", {"password": "secret"})
    kept = (dataset.get_settings().get_raw(), folder.get_settings().get_raw(), project.get_project_git().log())
    control.keep()
    for _time in range(2):
        dataset.delete()
        folder.delete()
        project.create_dataset("e", "Inline")
        client.create_project("OTHER", "Other", "admin")
        client.get_connection("pg").delete()
        control.restore()
        assert kept == (
            dataset.get_settings().get_raw(),
            folder.get_settings().get_raw(),
            project.get_project_git().log(),
        )
        assert [item["name"] for item in project.list_datasets()] == ["d"] and client.list_project_keys() == ["PROJ"]
        assert control.secrets("pg") == {"password": "secret"}
        assert [env["envName"] for env in client.list_code_envs()] == ["py39"]


def test_plan_reads_have_the_budget_of_the_reference(control: Any, project: Any) -> None:
    """dss-api.md section 5: datasets are one call, scenarios one and one each."""
    for number in range(3):
        project.create_dataset(f"d{number}", "Inline")
        project.create_scenario(f"s{number}", "step_based")
    control.forget_calls()
    assert all("schema" in item for item in project.list_datasets())
    for item in project.list_scenarios():
        project.get_scenario(item["id"]).get_settings()
    assert control.calls()["reads"] == 1 + 1 + 3 and control.calls()["writes"] == 0
