# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An apply of forty objects is killed at any point, and the next run resumes it or takes it back."""

from __future__ import annotations

import copy
import random
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import INSTANCE
from support.changing_project import FORMER, KEY, LATTER, PASSWORDS, THEIRS, addresses
from support.held import differing
from support.trial import FULL, KINDS, Laboratory, Trial, assert_finished, changed_by, chosen

COUNT = 10  # points a backend and series
TWICE = 40 if FULL else 2  # pairs of points a backend
PARTS = 4  # tests that share the points of a backend


def test_the_run_that_nobody_interrupts_does_everything_that_a_run_can_do(laboratory: Laboratory) -> None:
    with laboratory.trial("local") as trial:
        plan = trial.apply(LATTER).result["plan"]
        assert plan["summary"] == {"create": 11, "update": 19, "replace": 4, "delete": 6, "unchanged": 0}
        now, former = trial.held(), laboratory.former
        assert trial.recorded().keys() == addresses(LATTER)
    recipes = {f"recipe.{name}" for name in THEIRS}
    assert recipes <= former.keys() and recipes - {"recipe.their_fourth"} <= now.keys()
    assert all(now[key] == former[key] for key in recipes & now.keys())
    assert "recipe.their_fourth" not in now  # DSS deletes it with what it reads, and the plan says so
    assert now["dataset.raw_1"][0]["shortDesc"] == "a colleague's words" and now["dataset.raw_1"][0]["tags"] == [
        "latter"
    ]
    assert now[f"variables.{KEY}"][0]["standard"] == {"region": "us", "limit": 1, "added": [1, 2], "theirs": "kept"}
    assert now["dataset.moved"][0]["type"] == "PostgreSQL"
    assert all(len(objects) == 1 for objects in now.values())


def at_each_point(
    laboratory: Laboratory, kind: str, part: int, series: str, go_on: t.Callable[[Trial, int], None]
) -> None:
    """Kill an apply at a part of the points and go on after each; tells of all points at which something is wrong."""
    points = laboratory.points(kind)
    wrong = []
    print(f"{kind}: {len(points)} points")
    count = COUNT // 4 if kind == "encrypted" else COUNT  # otherwise it is the local one
    for number in chosen(points, count, f"{series} {kind}")[part::PARTS]:
        at = f"killed at point {number} of {len(points)}, {points[number - 1]}"
        with laboratory.trial(kind) as trial:
            assert trial.apply(LATTER, stop=number).killed, at
            try:
                go_on(trial, number)
            except AssertionError as error:
                wrong.append(f"{at}: {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_the_next_run_resumes_what_was_killed(laboratory: Laboratory, kind: str, part: int) -> None:
    def resume(trial: Trial, number: int) -> None:
        resumed = trial.apply(LATTER)
        assert not resumed.error, resumed.error
        assert_finished(trial)

    at_each_point(laboratory, kind, part, "resume", resume)


# Series two: what a killed run did is taken back ------------------------------------------------------------------------

TAGS = "its creation tag, its version history"
READERS = {"moved": ["from_moved", "their_first", "their_second"]}  # the recipes that are there when DSS deletes it
LATER = "said after the kill"


def not_restored(writes: list[str], encrypted: bool) -> list[str]:
    """What cannot come back, after these calls; worked out from DSS's own rules and not by the collection."""
    lines = []
    for call in writes:
        method, *place, name = call.replace("/", " ").split()
        what = place[-1] if place else ""
        if (method, what) == ("DELETE", "datasets"):
            lines.append(f"dataset.{KEY}.{name}: {TAGS}, the history of its metrics and checks")
            lines += [f"recipe.{KEY}.{recipe}: {TAGS}" for recipe in READERS.get(name, [])]
        elif (method, what) == ("DELETE", "recipes"):
            lines.append(f"recipe.{KEY}.{name}: {TAGS}")
        elif (method, what) == ("DELETE", "scenarios"):
            lines.append(f"scenario.{KEY}.{name}: its version history, the history of its runs")
        elif (method, what) == ("DELETE", "managedfolders"):
            files = "its files, which stay where its former id says"
            lines.append(f"managed_folder.{KEY}.old folder: its id {name}, {files}, {TAGS}")
        elif (method, what) == ("PUT", "connections") and not encrypted:
            lines.append("connection.pg: its secret password")
    return sorted(lines)


def somebody_edits(trial: Trial) -> dict[str, t.Any]:
    """A colleague's edits after the kill, of what the run touched and of what it did not; returns what is there then."""
    wanted = copy.deepcopy(trial.laboratory.former)
    project = trial.laboratory.sandbox.client().get_project(KEY)
    for name in ("raw_2", "their_third_out"):
        settings = project.get_dataset(name).get_settings()
        settings.get_raw()["shortDesc"] = LATER
        settings.save()
        wanted[f"dataset.{name}"][0]["shortDesc"] = LATER
    return wanted


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_rollback_takes_back_what_was_killed(laboratory: Laboratory, kind: str, part: int) -> None:
    opened = next(number for number, point in enumerate(laboratory.points(kind), 1) if is_opening(point))

    def take_back(trial: Trial, number: int) -> None:
        writes, was_recorded = trial.writes, trial.states[INSTANCE].serial > 1
        wanted = somebody_edits(trial)
        if number < opened:  # there is nothing to take back, and a rollback would be one of the run before
            assert not writes and not trial.is_open
        else:
            done = trial.rollback()
            assert not done.error, done.error
            lost = not_restored(writes, trial.is_encrypted)
            assert done.result.get("rollback", {}).get("not_restored", []) == lost
        assert_as_before(trial, wanted, "PUT /admin/connections/pg" in writes, was_recorded)

    at_each_point(laboratory, kind, part, "rollback", take_back)


def is_opening(point: str) -> bool:
    return point.startswith("after ") and "journal" in point


def assert_as_before(trial: Trial, wanted: dict[str, t.Any], sent: bool, was_recorded: bool) -> None:
    """The node holds what it held, the states say so, and nothing is left to do.

    Only a password that was ``sent`` is another matter: without encryption nobody has kept the former one, and with it
    nobody can see that it is there again, or that the state had recorded the latter one already.
    """
    assert not (wrong := differing(trial.held(), wanted)), wrong
    assert not trial.is_open
    assert changed_by(trial.rollback(to=1, check=True)) == ({"connection.pg"} if sent and trial.is_encrypted else set())
    resent = was_recorded if trial.is_encrypted else sent
    assert changed_by(trial.apply(FORMER, check=True)) == ({"connection.pg"} if resent else set())
    assert trial.password == PASSWORDS[sent and not trial.is_encrypted]
    assert not (error := trial.apply(FORMER).error), error
    assert not changed_by(trial.apply(FORMER, check=True))
    assert trial.password == PASSWORDS[0] and not trial.is_locked
    assert not (wrong := differing(trial.held(), wanted)), wrong


# Killed twice -----------------------------------------------------------------------------------------------------------


def pairs(laboratory: Laboratory, kind: str, series: str) -> list[tuple[int, int]]:
    """Points of an apply after the opening of its journal, each with one of the run that follows it."""
    points = laboratory.points(kind)
    opened = next(number for number, point in enumerate(points, 1) if is_opening(point))
    dice = random.Random(f"{series} {kind}")
    return [(dice.randint(opened, len(points)), dice.randint(1, len(points) // 2)) for _pair in range(TWICE)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_resume_that_is_killed_is_resumed(laboratory: Laboratory, kind: str) -> None:
    for first, second in pairs(laboratory, kind, "resume"):
        with laboratory.trial(kind) as trial:
            assert trial.apply(LATTER, stop=first).killed
            trial.apply(LATTER, stop=second)
            assert not (error := trial.apply(LATTER).error), f"{first} {second}: {error}"
            assert_finished(trial)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "encrypted"])
def test_a_rollback_that_is_killed_is_finished_by_the_next_one(laboratory: Laboratory, kind: str) -> None:
    for first, second in pairs(laboratory, kind, "rollback"):
        with laboratory.trial(kind) as trial:
            assert trial.apply(LATTER, stop=first).killed
            writes, was_recorded = trial.writes, trial.states[INSTANCE].serial > 1
            wanted = somebody_edits(trial)
            trial.rollback(to=1, stop=second)
            assert not (error := trial.rollback(to=1).error), f"{first} {second}: {error}"
            assert_as_before(trial, wanted, "PUT /admin/connections/pg" in writes, was_recorded)


@pytest.mark.parametrize("kind", KINDS)
def test_a_rollback_that_is_killed_can_be_given_up_for_the_change(laboratory: Laboratory, kind: str) -> None:
    """The next run wants the latter state again: it resumes neither run blindly, it goes where its configuration says."""
    for first, second in pairs(laboratory, kind, "given up"):
        with laboratory.trial(kind) as trial:
            assert trial.apply(LATTER, stop=first).killed
            trial.rollback(to=1, stop=second)
            assert not (error := trial.apply(LATTER).error), f"{first} {second}: {error}"
            assert_finished(trial)
