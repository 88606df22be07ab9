# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A write whose connection broke arrives later: it is counted, or named; never silent."""

from __future__ import annotations

import pytest
from support.changing_project import LATTER
from support.runs import Ended
from support.trial import Laboratory, Trial, assert_finished

# What is late, and its address.
WRITES: dict[str, tuple[str, str, str]] = {
    "create": ("POST", "/projects/REL/scenarios", "scenario.REL.New"),
    "create with an id of DSS": ("POST", "/projects/REL/managedfolders", "managed_folder.REL.new folder"),
    "update": ("PUT", "/projects/REL/scenarios/Weekly", "scenario.REL.Weekly"),
    "delete": ("DELETE", "/projects/REL/datasets/old_out", "dataset.REL.old_out"),
}
LATE = 2000  # milliseconds; longer than a run looks by itself


def late(ended: Ended) -> list[str]:
    """What a run has to say of answers that were lost."""
    return [warning for warning in ended.result["warnings"] if "its answer was lost" in warning]


@pytest.mark.parametrize("write", ["update", "delete"])
def test_what_arrives_within_settle_timeout_counts_as_applied(laboratory: Laboratory, write: str) -> None:
    method, path, address = WRITES[write]
    with laboratory.trial("local") as trial:
        trial.control.fault(method, path, late_ms=500)
        done = trial.apply(LATTER, settle_timeout=20.0, on_error="continue")
        assert not done.error and address in done.result["outcome"]["applied"]
        assert late(done) == [f"{address} arrived late: its answer was lost"]
        assert_finished(trial)


def test_what_is_made_within_settle_timeout_and_not_filled_is_finished_by_the_next_run(laboratory: Laboratory) -> None:
    """The scenario is there, its steps are not: that is no success."""
    method, path, address = WRITES["create"]
    with laboratory.trial("local") as trial:
        trial.control.fault(method, path, late_ms=500)
        failed = trial.apply(LATTER, settle_timeout=2.0, on_error="continue")
        assert address in failed.error
        assert not (error := trial.apply(LATTER).error), error
        assert_finished(trial)


def test_a_folder_that_arrives_within_settle_timeout_counts_as_applied(laboratory: Laboratory) -> None:
    method, path, address = WRITES["create with an id of DSS"]
    with laboratory.trial("local") as trial:
        trial.control.fault(method, path, late_ms=500)
        failed = trial.apply(LATTER, settle_timeout=20.0, on_error="continue")
        assert "0 failed, 2 not started" in failed.error  # what needs the folder
        assert address in failed.result["outcome"]["applied"]
        assert late(failed) == [f"{address} arrived late: its answer was lost"]
        assert not (error := trial.apply(LATTER).error), error
        assert_finished(trial)


@pytest.mark.parametrize("write", ["create", "update", "delete"])
def test_what_arrives_after_settle_timeout_is_named_and_the_next_run_copes(laboratory: Laboratory, write: str) -> None:
    method, path, address = WRITES[write]
    with laboratory.trial("local") as trial:
        trial.control.fault(method, path, late_ms=LATE)
        failed = trial.apply(LATTER)
        assert address in failed.error and "run again to finish" in failed.error
        trial.await_what_is_on_its_way()
        assert not (error := trial.apply(LATTER).error), error
        assert_finished(trial)


def test_a_failed_run_is_not_undone_while_a_write_may_still_arrive(laboratory: Laboratory) -> None:
    method, path, address = WRITES["update"]
    with laboratory.trial("local") as trial:
        trial.control.fault(method, path, late_ms=LATE)
        failed = trial.apply(LATTER, on_failure="rollback")
        assert address in failed.error and "or the module rollback to undo it" in failed.error
        assert "rollback" not in failed.result
        trial.await_what_is_on_its_way()
        assert not (error := trial.apply(LATTER).error), error
        assert_finished(trial)


def test_a_folder_that_arrives_twice_is_named(laboratory: Laboratory) -> None:
    method, path, _address = WRITES["create with an id of DSS"]
    with laboratory.trial("local") as trial:
        trial.control.fault(method, path, late_ms=LATE)
        failed = trial.apply(LATTER)
        assert failed.error
        second = trial.apply(LATTER)  # finds no such folder, and makes it
        assert not second.error
        trial.await_what_is_on_its_way()
        assert_names_the_other_folder(trial)


def assert_names_the_other_folder(trial: Trial) -> None:
    """The plan knows its own folder by the recorded id, and names the other one of this name as not managed."""
    (line,) = [line for line in plan_text(trial).splitlines() if line.startswith("Not managed: ")]
    assert "managed_folder.REL.new folder" in line
    assert len(trial.held()["managed_folder.new folder"]) == 2


def plan_text(trial: Trial) -> str:
    return str(trial.apply(LATTER, check=True).result["plan"]["text"])


def killed_while_a_folder_is_on_its_way(trial: Trial, points: tuple[str, ...]) -> None:
    """Kill an apply when the connection of a creation has just broken."""
    creation = points.index("before POST /projects/REL/managedfolders/") + 1
    trial.control.fault("POST", "/projects/REL/managedfolders", late_ms=LATE)
    assert trial.apply(LATTER, stop=creation + 1).killed  # before it looks for the folder


def test_the_run_after_a_kill_waits_for_what_may_still_arrive(laboratory: Laboratory) -> None:
    points = laboratory.points("local")
    with laboratory.trial("local") as trial:
        killed_while_a_folder_is_on_its_way(trial, points)
        resumed = trial.apply(LATTER, settle_timeout=20.0)
        assert not resumed.error, resumed.error
        assert_finished(trial)


def test_a_folder_that_arrives_after_a_kill_and_a_resume_is_named(laboratory: Laboratory) -> None:
    points = laboratory.points("local")
    with laboratory.trial("local") as trial:
        killed_while_a_folder_is_on_its_way(trial, points)
        resumed = trial.apply(LATTER)
        assert not resumed.error
        trial.await_what_is_on_its_way()
        assert_names_the_other_folder(trial)
