# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A promotion is killed at any point, and any of its calls fails: the next run completes it or takes it back."""

from __future__ import annotations

import itertools
import json
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.process import until
from support.release import KEY, Release, active, prepare, released
from support.runs import Ended, Runs
from support.site import SandboxSite
from support.trial import FULL

PARTS = 2  # tests that share the points of a series
EACH = 1 if FULL else 2  # of so many calls one fails; the run is killed at every point in any case
FAULTS: dict[str, dict[str, t.Any]] = {
    "refused": {"status": 500},
    "not arrived": {"drop": "before"},
    "answer lost": {"drop": "after"},
}


@dataclass(frozen=True)
class Start:
    """Where a trial begins: what is remembered, what is active, what is promoted, and what is active afterwards."""

    record: bytes
    before: dict[str, t.Any]
    release: Release
    options: dict[str, t.Any]
    after: dict[str, t.Any]
    points: tuple[str, ...]
    calls: int


class Ground:
    """A design node with two bundles, and a node that they are promoted to."""

    def __init__(self, folder: Path, which: str) -> None:
        self.folder = folder
        self.site = SandboxSite("dev=design", "prod=automation")
        self.dev, self.prod = self.site.nodes["dev"], self.site.nodes["prod"]
        self.runs = Runs()
        self._count = itertools.count()
        prepare(self.site)
        self.prod.client().create_connection("pg_other", "PostgreSQL", {"host": "other.example.com", "db": "orders"})
        self.v1, self.v2 = (released(self.dev, bundle, folder, limit) for limit, bundle in enumerate(("v1", "v2"), 1))
        self.start = self._first()
        if which == "second":
            self.start = self._second(self.start)

    def close(self) -> None:
        self.runs.close()
        self.site.stop()

    def _first(self) -> Start:
        """Nothing is there yet."""
        options = {"remapping": {"connections": {"pg_dev": "pg_prod"}}, "scenarios": {"nightly": True}}
        return self._start(Trial(self, b""), self.v1, {**options, "local_variables": {"where": "prod"}})

    def _second(self, first: Start) -> Start:
        """The first bundle was accepted, and an operator has changed what belongs to the node since."""
        trial = Trial(self, b"")
        assert not trial.promote(first).error
        assert not trial.run(action="accept").error
        project = self.prod.client().get_project(KEY)
        switched = project.get_scenario("hourly").get_settings()
        switched.active = True
        switched.save()
        project.set_variables({"standard": {"limit": 7}, "local": {"where": "prod", "hand": [1]}})
        options = {"remapping": {"connections": {"pg_dev": "pg_other"}}, "scenarios": {"hourly": False}}
        return self._start(trial, self.v2, {**options, "local_variables": {"where": "there"}})

    def _start(self, trial: Trial, release: Release, options: dict[str, t.Any]) -> Start:
        """Keep what the node holds now, and see what a run does that nobody interrupts."""
        self.prod.control.keep()
        record, before = trial.record, active(self.prod)
        self.prod.control.forget_calls()
        done = trial.run(**release.options, **options)
        assert not done.error, done.error
        calls = self.prod.control.calls()["total"]
        after = active(self.prod)
        self.prod.control.restore()
        return Start(record, before, release, options, after, done.points, calls)

    def trial(self, start: Start) -> Trial:
        until(lambda: self.prod.control.calls()["open"] == 0)  # of a run that was killed before
        self.prod.control.restore()
        self.prod.control.clear_faults()
        assert active(self.prod) == start.before
        return Trial(self, start.record)


class Trial:
    """A place for what is remembered, and the runs that use it."""

    def __init__(self, ground: Ground, record: bytes) -> None:
        self.ground = ground
        self.place = ground.folder / f"states-{next(ground._count)}"
        self._file = self.place / "prod" / f"{KEY}.promotion.json"
        if record:
            self._file.parent.mkdir(parents=True)
            self._file.write_bytes(record)

    @property
    def record(self) -> bytes:
        return self._file.read_bytes() if self._file.exists() else b""

    @property
    def status(self) -> str:
        return str(json.loads(self.record)["status"]) if self.record else ""

    def promote(self, start: Start, **options: t.Any) -> Ended:
        return self.run(**start.release.options, **start.options, **options)

    def run(self, **options: t.Any) -> Ended:
        place = {"type": "local", "path": str(self.place)}
        fixed = {"module": "promotion", "environment": "prod", "project": KEY, "state_backend": place, "workers": 1}
        return self.ground.runs.run(
            self.ground.prod.environ, base=str(self.ground.folder), **{"wait_timeout": 0.5, **fixed, **options}
        )


@pytest.fixture(scope="module", params=["first", "second"])
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Ground]:
    found = Ground(tmp_path_factory.mktemp("promotions"), request.param)
    assert found.start.after["bundle"] == found.start.release.bundle
    yield found
    found.close()


@pytest.fixture
def start(ground: Ground) -> Start:
    return ground.start


def taken_back(before: dict[str, t.Any]) -> t.Callable[[dict[str, t.Any]], bool]:
    """What is as before; a failed first promotion leaves its project, and no scenario that is on."""

    def same(now: dict[str, t.Any]) -> bool:
        return now == before if before else not any(now.get("scenarios", {}).values())

    return same


def completed(trial: Trial, start: Start, at: str) -> None:
    again = trial.promote(start)
    assert not again.error, f"{at}: {again.error}"
    assert active(trial.ground.prod) == start.after, at
    assert trial.status == "waiting", at
    assert not trial.run(action="accept").error, at
    unchanged = trial.promote(start)
    assert not unchanged.error and not unchanged.result["changed"], at


@pytest.mark.parametrize("part", range(PARTS))
def test_the_next_run_completes_what_was_killed(ground: Ground, start: Start, part: int) -> None:
    for number in range(1 + part, len(start.points) + 1, PARTS):
        at = f"killed at point {number} of {len(start.points)}, {start.points[number - 1]}"
        trial = ground.trial(start)
        assert trial.promote(start, stop=number).killed, at
        completed(trial, start, at)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_rollback_takes_back_what_was_killed(ground: Ground, start: Start, part: int) -> None:
    opened = next(number for number, point in enumerate(start.points, 1) if "promotion.json" in point)
    for number in range(opened + 1 + part, len(start.points) + 1, PARTS):
        at = f"killed at point {number} of {len(start.points)}, {start.points[number - 1]}"
        trial = ground.trial(start)
        assert trial.promote(start, stop=number).killed, at
        back = trial.run(action="rollback")
        assert not back.error, f"{at}: {back.error}"
        assert taken_back(start.before)(active(ground.prod)), at
        assert trial.status == "undone" and back.result["rollback"]["succeeded"], at
        completed(trial, start, at)


def test_a_promotion_of_another_bundle_goes_on_from_what_was_good(ground: Ground, start: Start) -> None:
    """Whatever a killed run left behind, what it took for good before is what a later failure goes back to."""
    for number in range(1, len(start.points) + 1, 3):
        trial = ground.trial(start)
        assert trial.promote(start, stop=number).killed
        release = ground.v1 if start.release == ground.v2 else ground.v2
        other = trial.run(**release.options, **start.options)
        assert not other.error, other.error
        assert active(ground.prod)["bundle"] == release.bundle
        assert not (back := trial.run(action="rollback")).error, back.error
        assert taken_back(start.before)(active(ground.prod)), f"killed at point {number}"


@pytest.mark.parametrize("fault", FAULTS)
def test_any_call_fails_once(ground: Ground, start: Start, fault: str) -> None:
    """Either the run gets over it, or all is as it was and the message says so; the next run completes."""
    for number in range(0, start.calls, EACH):
        at = f"call {number + 1} of {start.calls} {fault}"
        trial = ground.trial(start)
        ground.prod.control.fault(skip=number, **FAULTS[fault])
        done = trial.promote(start)
        if done.error:
            assert taken_back(start.before)(active(ground.prod)), f"{at}: {done.error}"
            assert trial.status in ("", "accepted", "undone"), f"{at}: {done.error}"
            assert trial.record == start.record or "rolled back in" in done.error, f"{at}: {done.error}"
        else:
            assert active(ground.prod) == start.after, at
        completed(trial, start, at)
