# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs (dss-api.md 2.9)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from .client_version import newer_client
from .errors import refusal


@pytest.fixture
def dataset(project: Any) -> Any:
    return project.create_dataset("d", "Inline")


@newer_client
def test_a_job_ends_as_done_and_is_listed(project: Any, dataset: Any) -> None:
    job = dataset.build()
    assert re.search(r"\.\d{3}$", job.id)
    [item] = project.list_jobs()
    assert (item.job_id, item["state"], item["stableState"]) == (job.id, "DONE", True)
    assert item["startTime"] < item["endTime"] and item["warningsCount"] == 0
    assert item["def"]["type"] == "NON_RECURSIVE_FORCED_BUILD" and item["def"]["projectKey"] == "PROJ"
    assert item["def"]["outputs"] == [
        {"type": "DATASET", "targetDataset": "d", "targetDatasetProjectKey": "PROJ", "targetPartition": "NP"}
    ]


@pytest.mark.parametrize(
    "output",
    [
        {"id": "d", "type": "DATASET", "projectKey": "PROJ", "partition": "NP"},
        {"targetDataset": "d", "targetDatasetProjectKey": "PROJ", "targetPartition": "NP"},
    ],
)
def test_both_forms_of_an_output_are_taken(project: Any, dataset: Any, output: dict[str, str]) -> None:
    assert project.start_job_and_wait({"type": "RECURSIVE_BUILD", "outputs": [output]}) == "DONE"


@newer_client
def test_the_newest_job_comes_first_and_a_limit_holds(raw: Any, project: Any, dataset: Any) -> None:
    ids = [dataset.build().id for _time in range(3)]
    assert len(set(ids)) == 3 and [item.job_id for item in project.list_jobs()] == ids[::-1]
    shown = raw("GET", "/public/api/projects/PROJ/jobs/?limit=2").json()
    assert [item["def"]["id"] for item in shown] == ids[:0:-1]


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ({"type": "NO_SUCH_BUILD", "outputs": [{"id": "d"}]}, "Unknown job type"),
        ({"type": "RECURSIVE_BUILD", "outputs": [{"id": "no"}]}, "dataset does not exist: PROJ.no"),
        ({"type": "RECURSIVE_BUILD", "outputs": [{"id": "d", "projectKey": "NO"}]}, "dataset does not exist: NO.d"),
        ({"type": "RECURSIVE_BUILD", "outputs": [{"id": "d", "type": "RECIPE"}]}, "Unknown output type"),
        ({"type": "RECURSIVE_BUILD", "outputs": [{"id": "d", "type": "MANAGED_FOLDER"}]}, "does not exist: PROJ.d"),
        ({"type": "RECURSIVE_BUILD", "outputs": []}, "needs outputs"),
        ({"type": "RECURSIVE_BUILD", "outputs": ["d"]}, "An output is an object"),
    ],
)
def test_what_cannot_be_built_is_refused(project: Any, dataset: Any, definition: Any, reason: str) -> None:
    assert reason in refusal(project.start_job, definition)
    assert project.list_jobs() == []


def test_a_folder_is_built_too(project: Any) -> None:
    folder = project.create_managed_folder("f")
    job = project.new_job("RECURSIVE_BUILD").with_output(folder.id, object_type="MANAGED_FOLDER").start_and_wait()
    assert job.get_status()["baseStatus"]["def"]["outputs"][0]["type"] == "MANAGED_FOLDER"


@newer_client
def test_a_failed_job_says_why(control: Any, project: Any, dataset: Any) -> None:
    control.outcomes(jobs={"PROJ.no*": "ABORTED", "PROJ.*": "FAILED", "*": "DONE"})
    assert "Status: FAILED" in refusal(dataset.build)
    job = project.list_jobs(as_type="objects")[0]
    status = job.get_status()
    assert status["baseStatus"]["state"] == "FAILED"
    assert (status["globalState"]["failed"], status["globalState"]["total"]) == (1, 1)
    [activity] = status["baseStatus"]["activities"].values()
    assert activity["state"] == "FAILED" and "PROJ.d failed" in activity["firstFailure"]["message"]
    assert activity["firstFailure"]["message"] in job.get_log()


def test_one_output_that_fails_makes_the_job_fail(control: Any, project: Any, dataset: Any) -> None:
    project.create_dataset("good", "Inline")
    control.outcomes(jobs={"PROJ.d": "FAILED"})
    job = project.new_job("RECURSIVE_BUILD").with_output("good").with_output("d").start()
    assert job.get_status()["globalState"] == {"done": 1, "failed": 1, "aborted": 0, "running": 0, "total": 2}
    activities = job.get_status()["baseStatus"]["activities"]
    good = next(name for name, activity in activities.items() if activity["state"] == "DONE")
    assert "ERROR" in job.get_log() and "ERROR" not in job.get_log(good)
    assert "does not exist" in refusal(job.get_log, "no_such_activity")


def test_an_activity_bears_the_name_of_its_recipe(project: Any, dataset: Any) -> None:
    project.create_dataset("source", "Inline")
    creator = project.new_recipe("python", "make_d")
    creator.with_input("source").with_output("d").with_script("")
    creator.create()
    activities = dataset.build().get_status()["baseStatus"]["activities"]
    assert {activity["recipeName"] for activity in activities.values()} == {"make_d"}


@newer_client
def test_a_job_that_takes_time_runs_until_it_is_aborted(control: Any, client: Any, project: Any, dataset: Any) -> None:
    control.switch(job_seconds=3600)
    job = dataset.build(wait=False)
    status = job.get_status()
    assert (status["baseStatus"]["state"], status["globalState"]["running"]) == ("RUNNING", 1)
    assert "endTime" not in status["baseStatus"] and status["baseStatus"]["stableState"] is False
    assert [item.job_id for item in project.list_running_jobs()] == [job.id]
    assert [item.job_id for item in client.list_running_jobs(all_users=True)] == [job.id]
    job.abort()
    assert job.get_status()["baseStatus"]["state"] == "ABORTED"
    assert project.list_running_jobs() == [] and client.list_running_jobs() == []
    assert "not running" in job.abort()["msg"]


def test_a_missing_job_is_named(project: Any) -> None:
    assert "Job no does not exist" in refusal(project.get_job("no").get_status)


def test_a_lost_job_was_never_started(control: Any, project: Any, dataset: Any) -> None:
    control.fault("POST", "/projects/PROJ/jobs", lost=True)
    job = dataset.build(wait=False)
    assert "does not exist" in refusal(job.get_status) and project.list_jobs() == []


def test_a_job_makes_no_commit(project: Any, dataset: Any) -> None:
    before = project.get_project_git().log()["entries"]
    dataset.build()
    assert project.get_project_git().log()["entries"] == before


def test_starting_a_job_needs_write_rights(control: Any, raw: Any, dataset: Any) -> None:
    reader = control.key(projects={"PROJ": "read"})
    body = {"type": "RECURSIVE_BUILD", "outputs": [{"id": "d"}]}
    assert raw("POST", "/public/api/projects/PROJ/jobs/", key=reader, json=body).status_code == 403
    assert raw("GET", "/public/api/projects/PROJ/jobs/", key=reader).json() == []


def test_outcomes_are_checked_and_forgotten(control: Any) -> None:
    ordered = control.outcomes(jobs={"A.b": "FAILED"}, standards={"A": {"check": 4}})
    assert ordered["jobs"] == {"A.b": "FAILED"} and control.outcomes() == ordered
    for wrong in ({"jobs": {"A.b": "SUCCESS"}}, {"no": {}}, {"standards": {"A": 4}}, {"standards": {"A": {"c": 6}}}):
        with pytest.raises(OSError):
            control.outcomes(**wrong)
    assert control.outcomes(jobs={}) == {**ordered, "jobs": {}}
    control.reset()
    assert not any(control.outcomes().values())
