# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs in a project, and waiting until nothing does."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError, Interrupted, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.wait import TimedOut
from ansible_collections.dataiku_iac.dss.plugins.module_utils._runs.running import (
    Running,
    running_work,
    wait_until_idle,
)
from support.scripted_node import ScriptedNode, in_turn, never

JOB = {"def": {"id": "Build_a.000", "name": "Build a (by API)", "projectKey": "K"}, "state": "RUNNING", "startTime": 5}
BUSY = {"id": "nightly", "name": "Nightly", "running": True, "start": 7}
IDLE = {"id": "weekly", "name": "Weekly", "running": False, "start": 0}


def node(jobs: t.Any, scenarios: t.Any) -> t.Any:
    return ScriptedNode({"GET /projects/K/jobs/running/": jobs, "GET /projects/K/scenarios/": scenarios})


def test_jobs_and_scenarios_that_run_are_named() -> None:
    found = running_work(node([JOB], [BUSY, IDLE]), "K")
    assert found == [Running("job", "Build_a.000", "Build a (by API)", 5), Running("scenario", "nightly", "Nightly", 7)]


def test_a_job_may_be_named_as_the_client_expects() -> None:
    assert running_work(node([{"jobId": "j1"}], []), "K") == [Running("job", "j1", "j1")]


def test_a_node_without_the_list_of_running_jobs_is_asked_for_all() -> None:
    missing = NodeError("GET /projects/K/jobs/running/: the node answered 404: Job running does not exist", 404)
    asked = node(missing, [])
    asked.answers["GET /projects/K/jobs/"] = [JOB, {**JOB, "state": "DONE"}, {**JOB, "state": "FAILED"}]
    assert [work.kind for work in running_work(asked, "K")] == ["job"]


def test_an_unknown_project_is_a_sentence() -> None:
    hidden = NodeError("Failed to read project permissions", 401, "com.dataiku.dip.exceptions.UnauthorizedException")
    with pytest.raises(DssError, match="project K does not exist, or the key may not read it"):
        running_work(node(hidden, []), "K")


def test_waiting_ends_when_nothing_runs_any_more() -> None:
    asked = node(in_turn([JOB], [], []), in_turn([BUSY], [BUSY], [IDLE]))
    wait_until_idle(asked, "K", 5, never)
    assert len(asked.calls) == 6


def test_waiting_too_long_names_what_runs() -> None:
    with pytest.raises(TimedOut, match=r"K is still busy after 0\.01 s with job Build a \(by API\), scenario Nightly"):
        wait_until_idle(node([JOB], [BUSY]), "K", 0.01, never)


def test_a_signal_ends_the_waiting() -> None:
    with pytest.raises(Interrupted, match="stopped by SIGTERM"):
        wait_until_idle(node([JOB], []), "K", 60, lambda: "stopped by SIGTERM")
