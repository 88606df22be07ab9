# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fault at any call of an apply, or at any write of its state: a sentence, and the next run finishes the job."""

from __future__ import annotations

import typing as t

import pytest
from support.changing_project import LATTER
from support.runs import Ended
from support.trial import KINDS, Laboratory, Trial, assert_finished, chosen

# What DSS deletes with it, and what it brings back: a fault there loses most.
WORST = (
    "DELETE /projects/REL/datasets/moved",
    "PUT /projects/REL/recipes/from_moved",
    "PUT /projects/REL/recipes/their_",
)
COUNT = 4  # calls an effect, or writes a backend
EFFECTS: dict[str, dict[str, t.Any]] = {
    "error": {"status": 500},
    "timeout": {"delay_ms": 600},
    "reset before": {"drop": "before"},
    "reset after": {"drop": "after"},
    "late": {"late_ms": 300},
    "lost": {"lost": True},
    "cut": {"cut": True},
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_fault_at_any_call_is_told_and_the_next_run_finishes(laboratory: Laboratory, effect: str) -> None:
    with laboratory.trial("local") as trial:
        calls = trial.apply(LATTER).calls
    wrong = []
    worst = [number for number, call in enumerate(calls, 1) if call.startswith(WORST)]
    for number in sorted({*worst, *chosen(calls, COUNT, effect)}):
        with laboratory.trial("local") as trial:
            trial.control.fault(skip=number - 1, **EFFECTS[effect])
            ended = trial.apply(LATTER, timeout=0.3 if effect == "timeout" else 10)
            trial.await_what_is_on_its_way()
            wrong += problems(trial, ended, f"call {number} of {len(calls)}, {calls[number - 1]}")
    assert not wrong, "\n".join(wrong)


def problems(trial: Trial, ended: Ended, at: str) -> list[str]:
    """What is wrong after a run that may have failed and the one after it."""
    trial.control.clear_faults()
    try:
        if ended.error:
            assert_is_sentence(ended.error)
        told = "".join(ended.result.get("warnings", []))  # of a write that may arrive after it was done once more
        if ended.error or "may arrive late" in told or trial.is_locked:  # a lock not given back is taken over
            assert not (error := trial.apply(LATTER).error), error
        assert_finished(trial)
    except AssertionError as error:
        return [f"{at}: {ended.error[:600]}: {error}"]
    return []


def assert_is_sentence(text: str) -> None:
    assert len(text) > 20 and "Traceback" not in text and "object at 0x" not in text, text


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_write_of_the_state_that_fails_is_told_and_the_next_run_finishes(
    laboratory: Laboratory, kind: str, when: str
) -> None:
    writes = [point for point in laboratory.points(kind) if point.startswith(f"{when} ") and not is_call(point)]
    wrong = []
    for number in chosen(writes, COUNT, f"{kind} {when}"):
        with laboratory.trial(kind) as trial:
            ended = trial.apply(LATTER, fail=(f"{when} [!G]* [!/]*", number - 1, 1))
            wrong += problems(trial, ended, f"write {number} of {len(writes)}, {writes[number - 1]}")
    assert not wrong, "\n".join(wrong)


def is_call(point: str) -> bool:
    return " /" in point


def test_a_lease_that_cannot_be_renewed_stops_the_run_and_the_next_one_resumes_it(laboratory: Laboratory) -> None:
    with laboratory.trial("local") as trial:
        trial.options["state_backend"]["lease"] = 0.5
        trial.control.fault("PUT", "*", delay_ms=50, count=0)
        ended = trial.apply(LATTER, fail=("before write */REL.lock.json", 1, 1_000_000))
        assert "stopped because the lease of the lock" in ended.error and "ran out" in ended.error
        assert trial.is_open and 0 < len(trial.writes) < 40
        trial.control.clear_faults()
        resumed = trial.apply(LATTER)
        assert not resumed.error and any("this run resumes it" in warning for warning in resumed.result["warnings"])
        assert_finished(trial)


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_of_the_journal_that_cannot_be_written_stops_the_run(laboratory: Laboratory, kind: str) -> None:
    """Nothing is begun any more once the journal cannot tell of it."""
    segment = next(point for point in laboratory.points(kind) if is_segment(point))
    with laboratory.trial(kind) as trial:
        ended = trial.apply(LATTER, fail=(f"{segment.split('.journal')[0]}*journal*.0.json*", 0, 1))
        assert "the journal cannot be written" in ended.error and "not started" in ended.error
        assert not (error := trial.apply(LATTER).error), error
        assert_finished(trial)


def is_segment(point: str) -> bool:
    return point.startswith("before ") and ".journal." in point and ".0.json" in point
