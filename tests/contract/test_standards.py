# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project Standards: checks, scopes, reports with ordered severities."""

from __future__ import annotations

from typing import Any

import pytest

from .errors import refusal

DESCRIBED = {
    "id": "described",
    "name": "Project has a description",
    "description": "",
    "checkElementType": "project_standards_check_spec_project-standards_description",
    "checkParams": {"least": 10},
    "tags": [],
}
TESTED = {**DESCRIBED, "id": "tested", "name": "Project has tests"}


@pytest.fixture
def standards(control: Any, client: Any) -> Any:
    control.instance(standards_checks=[DESCRIBED, TESTED])
    return client.get_project_standards()


def report(project: Any, *arguments: Any) -> Any:
    return project.start_run_project_standards_checks(*arguments).wait_for_result()


def test_an_instance_has_no_checks_and_the_default_scope(client: Any) -> None:
    standards = client.get_project_standards()
    assert standards.list_checks() == []
    scope = standards.get_default_scope()
    assert (scope.name, scope.is_default, scope.checks) == ("Default", True, [])


def test_checks_are_read(standards: Any) -> None:
    assert [check.id for check in standards.list_checks()] == ["described", "tested"]
    assert standards.get_check("tested").check_params == {"least": 10}
    assert "does not exist" in refusal(standards.get_check, "no")


def test_a_report_says_how_each_check_ended(control: Any, client: Any, project: Any, standards: Any) -> None:
    control.outcomes(standards={"OTHER": {"*": 5}, "PROJ": {"described": 4}})
    found = report(project)
    assert (found.project_key, found.scope) == ("PROJ", "Default")
    assert found.requester == client.get_auth_info()["authIdentifier"]
    assert found.start_time > 0 and found.total_duration_ms >= 0
    runs = found.checks_run_info
    assert {name: run.result.severity for name, run in runs.items()} == {"described": 4, "tested": 0}
    assert runs["described"].result.severity_category == "HIGH" and not runs["described"].result.success
    assert runs["tested"].result.success and runs["tested"].check.name == "Project has tests"
    assert runs["tested"].expanded_check_params == {"least": 10} and runs["tested"].duration_ms == 1


@pytest.mark.parametrize("status", ["RUN_ERROR", "NOT_APPLICABLE"])
def test_a_check_that_did_not_run_has_no_severity(control: Any, project: Any, standards: Any, status: str) -> None:
    control.outcomes(standards={"*": {"te*": status}})
    result = report(project).checks_run_info["tested"].result
    assert (result.status, result.severity) == (status, None) and result.message


def test_the_last_report_is_that_of_the_whole_scope(control: Any, project: Any, standards: Any) -> None:
    assert project.get_project_standards_last_report() is None
    assert list(report(project, ["tested"]).checks_run_info) == ["tested"]
    assert project.get_project_standards_last_report() is None
    control.fault("POST", "*/project-standards/actions/run", lost=True)
    project.start_run_project_standards_checks()
    assert project.get_project_standards_last_report() is None
    whole = report(project)
    assert project.get_project_standards_last_report().data == whole.data
    assert "does not exist" in refusal(project.start_run_project_standards_checks, ["no"])


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"selectionMethod": "BY_PROJECT", "selectedProjects": ["PROJ"]}, "mine"),
        ({"selectionMethod": "BY_PROJECT", "selectedProjects": ["OTHER"]}, "Default"),
        ({"selectionMethod": "BY_TAG", "selectedTags": ["gold"]}, "mine"),
        ({"selectionMethod": "BY_TAG", "selectedTags": ["silver"]}, "Default"),
    ],
)
def test_the_first_scope_that_selects_a_project_is_its_own(
    control: Any, project: Any, standards: Any, selection: Any, expected: str
) -> None:
    project.set_tags({"tags": {"gold": {}}})
    metadata = project.get_metadata()
    metadata["tags"] = ["gold"]
    project.set_metadata(metadata)
    control.instance(standards_scopes=[{"name": "mine", "description": "", "checks": ["tested"], **selection}])
    assert [scope.name for scope in standards.list_scopes("objects")] == ["mine", "Default"]
    assert standards.get_scope("mine").checks == ["tested"]
    assert project.get_project_standards_scope() == expected
    assert set(report(project).checks_run_info) == ({"tested"} if expected == "mine" else {"described", "tested"})
