# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are started at once: one writer at a time, nothing lost, nobody waits for ever or without need."""

from __future__ import annotations

import itertools
import os
import typing as t
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Journal
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import read_holder
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import INSTANCE, State
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.store import Store
from ansible_collections.dataiku_iac.dss.plugins.module_utils._work import host_of
from support.engine import run_module
from support.places import KINDS, Places
from support.process import until
from support.runs import Ended, Runs
from support.sandbox import SandboxProcess

ROUNDS = 100 if os.environ.get("DSS_TEST_FULL") else 4
SECONDS = 120  # a deadlock ends a test, not the tests
LEASE = 0.9


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    made = Places()
    yield made
    made.close()


class Race:
    """Up to eight processes that run modules; they are kept for all tests."""

    def __init__(self) -> None:
        self._runs: list[Runs] = []
        self._pool = ThreadPoolExecutor(8)

    def start(self, number: int, environ: t.Mapping[str, str], **options: t.Any) -> Future[Ended]:
        """Start a run in process ``number``, as a person of that number."""
        while len(self._runs) <= number:
            self._runs.append(Runs())
        person = {**environ, "LOGNAME": f"person{number}"}
        return self._pool.submit(self._runs[number].run, person, **options)

    def close(self) -> None:
        for runs in self._runs:
            runs.close()
        self._pool.shutdown()


@pytest.fixture(scope="module")
def race() -> Iterator[Race]:
    made = Race()
    yield made
    made.close()


class Place:
    """An empty place for states."""

    def __init__(self, options: dict[str, t.Any], folder: Path, sandbox: SandboxProcess) -> None:
        self.environment = host_of(sandbox.url)
        self.options = {
            "state_backend": options,
            "base": str(folder),
            "workers": 2,
            "keep_versions": 100,
            "max_deletes": 50,
        }
        self.backend: Backend = open_backend(options, folder, {})

    def store(self, project: str) -> Store:
        return Store(self.backend, self.environment, project)

    def state(self, project: str) -> State:
        state = self.store(project).read()
        assert state is not None
        return state

    def history(self, project: str) -> list[tuple[str, State, Journal]]:
        """Who made each version, the version, and the journal of the run that made it."""
        store, now = self.store(project), self.state(project)
        states = [store.version(number) for number in range(1, now.serial)] + [now]
        journals = [store.journal_of(state.serial) for state in states]
        return [
            (version.by, state, journal) for version, state, journal in zip(now.versions, states, journals) if journal
        ]

    def is_at_rest(self, *projects: str) -> bool:
        stores = [self.store(project) for project in (INSTANCE, *projects)]
        return all(
            read_holder(self.backend, store.lock_name) is None and store.open_journal() is None for store in stores
        )


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, places: Places, sandbox: SandboxProcess, tmp_path: Path) -> Iterator[Place]:
    made = Place(places.options(request.param, tmp_path), tmp_path, sandbox)
    yield made
    made.backend.close()


def declared(project: str, own: Sequence[str], label: str, connection: bool = False) -> dict[str, t.Any]:
    """A project with what everybody declares, differently, and what one person declares alone."""
    datasets = [{"name": name, "type": "Filesystem", "params": {"path": name}} for name in own]
    definition: dict[str, t.Any] = {
        "project": {"key": project, "name": project},
        "datasets": [{"name": "shared", "type": "Filesystem", "description": label}, *datasets],
    }
    if connection:
        definition["connections"] = [{"name": "files", "type": "Filesystem", "description": label}]
    return definition


def names(state: State) -> set[str]:
    return {entry.name for entry in state.resources.values() if entry.kind == "dataset"}


def blocks_of_writes(sandbox: SandboxProcess) -> list[list[str]]:
    """The writes of the node, run by run: each run ends with its entry in the audit log."""
    blocks: list[list[str]] = [[]]
    for call in sandbox.control.calls()["calls"]:
        if "/admin/audit/" in call["path"]:
            blocks.append([])
        elif call["method"] != "GET":
            blocks[-1].append(f"{call['method']} {call['path'].rpartition('/P/')[2]}")
    assert not blocks.pop()
    return blocks


def test_runs_on_one_state_come_one_after_the_other(place: Place, race: Race, sandbox: SandboxProcess) -> None:
    random, count = Random(1), itertools.count()
    first = race.start(0, sandbox.environ, definition=declared("P", [], "first"), **place.options)
    assert not first.result(SECONDS).error
    for _round in range(ROUNDS):
        before, audited = place.state("P"), len(sandbox.control.audit())
        sandbox.control.forget_calls()
        own = {f"person{number}": f"own{next(count)}" for number in range(random.randint(2, 8 if _round == 0 else 4))}
        running = [
            race.start(number, sandbox.environ, definition=declared("P", [name], name), **place.options)
            for number, name in enumerate(own.values())
        ]
        ended = [entry.result(SECONDS) for entry in running]
        assert [entry.error for entry in ended] == [""] * len(own)
        history = place.history("P")[-len(own) :]
        assert place.state("P").serial == before.serial + len(own)
        assert sorted(by for by, _state, _journal in history) == sorted(own)
        former = names(before) - {"shared"}
        for (by, state, journal), writes in zip(history, blocks_of_writes(sandbox), strict=True):
            assert names(state) == {"shared", own[by]}
            assert state.resources["dataset.P.shared"].declared["description"] == own[by]
            assert (journal.by, journal.serial, journal.lineage) == (by, state.serial - 1, before.lineage)
            assert sorted(writes) == sorted(
                ["POST datasets", "PUT datasets/shared", *(f"DELETE datasets/{name}" for name in former)]
            )
            former = {own[by]}
        assert [entry["params"]["by"] for entry in sandbox.control.audit()[audited:]] == [by for by, *_rest in history]
        held = {item["name"] for item in sandbox.client().get_project("P").list_datasets()}
        assert held == names(place.state("P"))
        assert place.is_at_rest("P")


def test_who_does_not_want_to_wait_is_told_who_holds_the_lock(
    place: Place, race: Race, sandbox: SandboxProcess
) -> None:
    sandbox.control.fault("POST", "/projects/P/datasets/", delay_ms=1500, count=1)
    first = race.start(0, sandbox.environ, definition=declared("P", ["a"], "a"), **place.options)
    until(lambda: not sandbox.control.faults())  # it was hit
    others = [
        race.start(number, sandbox.environ, lock_timeout=0.0, definition=declared("P", ["b"], "b"), **place.options)
        for number in (1, 2)
    ]
    for other in others:
        error = other.result(SECONDS).error
        assert "person0" in error and "apply" in error and "state_lock" in error
    assert not first.result(SECONDS).error
    assert place.state("P").serial == 1 and names(place.state("P")) == {"shared", "a"}
    assert place.is_at_rest("P")


def test_runs_on_different_projects_never_wait_for_one_another(
    place: Place, race: Race, sandbox: SandboxProcess
) -> None:
    """Nobody is willing to wait, and all of them are in the middle of their apply at the same time."""
    projects = [f"P{number}" for number in range(4)]
    sandbox.control.fault("POST", "/projects/*/datasets/", delay_ms=1000, count=0)
    running = [
        race.start(number, sandbox.environ, lock_timeout=0.0, definition=declared(key, ["a"], "a"), **place.options)
        for number, key in enumerate(projects)
    ]
    assert [entry.result(SECONDS).error for entry in running] == [""] * 4
    assert [place.state(key).serial for key in projects] == [1] * 4
    assert place.is_at_rest(*projects)


def test_runs_that_share_the_instance_neither_block_each_other_for_ever_nor_lose_anything(
    place: Place, race: Race, sandbox: SandboxProcess
) -> None:
    random = Random(2)
    for number in range(max(1, ROUNDS // 5)):
        jobs = [(random.choice("AB"), f"own{number}x{person}") for person in range(6)]
        running = [
            race.start(person, sandbox.environ, definition=declared(key, [own], own, connection=True), **place.options)
            for person, (key, own) in enumerate(jobs)
        ]
        assert [entry.result(SECONDS).error for entry in running] == [""] * len(jobs)
        for key in {job[0] for job in jobs}:
            last = place.state(key).versions[-1].by
            assert names(place.state(key)) == {"shared", jobs[int(last.removeprefix("person"))][1]}
        assert place.is_at_rest("A", "B")
        last = place.state(INSTANCE).versions[-1].by
        recorded = place.state(INSTANCE).resources["connection.files"].declared["description"]
        held = sandbox.client().get_connection("files").get_definition()["description"]
        assert recorded == held == jobs[int(last.removeprefix("person"))][1]


def test_a_run_that_only_deletes_of_the_instance_takes_its_lock_too(
    place: Place, race: Race, sandbox: SandboxProcess
) -> None:
    first = race.start(0, sandbox.environ, definition=declared("A", [], "a", connection=True), **place.options)
    assert not first.result(SECONDS).error
    sandbox.control.fault("POST", "/admin/connections", delay_ms=1500, count=1)
    other = declared("B", [], "b", connection=True)
    other["connections"][0]["name"] = "others"
    holder = race.start(1, sandbox.environ, definition=other, **place.options)
    until(lambda: not sandbox.control.faults())
    without = race.start(2, sandbox.environ, lock_timeout=0.0, definition=declared("A", [], "a"), **place.options)
    assert "person1" in without.result(SECONDS).error
    assert not holder.result(SECONDS).error
    again = race.start(2, sandbox.environ, definition=declared("A", [], "a"), **place.options)
    assert not again.result(SECONDS).error
    assert list(place.state(INSTANCE).resources) == ["connection.others"]
    assert place.is_at_rest("A", "B")


# A holder that is none any more ---------------------------------------------------------------------------------------


def slow_run(place: Place, race: Race, sandbox: SandboxProcess, **options: t.Any) -> Future[Ended]:
    """A run that waits for the answer to its third creation."""
    sandbox.control.fault("POST", "/projects/P/datasets/", delay_ms=2500, skip=2, count=1)
    settings = {**place.options, "workers": 1}
    settings["state_backend"] = {**t.cast("dict[str, t.Any]", place.options["state_backend"]), "lease": LEASE}
    definition = declared("P", ["a", "b", "c", "d", "e"], "slow")
    running = race.start(0, sandbox.environ, definition=definition, **settings, **options)
    until(lambda: not sandbox.control.faults())  # it was hit
    return running


def assert_stopped(ended: Ended, why: str, place: Place, sandbox: SandboxProcess) -> None:
    """Nothing was sent after the call that was under way, and nothing was recorded."""
    assert why in ended.error
    writes = [call for call in sandbox.control.calls()["calls"] if call["method"] != "GET"]
    assert [call["path"].rpartition("/P/")[2] for call in writes][1:] == ["datasets"] * 3
    assert place.store("P").read() is None
    assert place.store("P").open_journal() is not None


def test_a_holder_whose_lock_was_broken_makes_no_further_call(
    place: Place, race: Race, sandbox: SandboxProcess
) -> None:
    running = slow_run(place, race, sandbox)
    backend = {"state_backend": place.options["state_backend"], "environment": place.environment, "project": "P"}
    assert run_module({}, module="state_lock", action="break", **backend)["changed"]
    assert_stopped(running.result(SECONDS), "broken by hand", place, sandbox)
    after = race.start(1, sandbox.environ, definition=declared("P", ["a"], "after"), **place.options).result(SECONDS)
    assert not after.error and names(place.state("P")) == {"shared", "a"}
    assert place.is_at_rest("P")


def test_a_holder_that_cannot_renew_its_lease_makes_no_further_call(
    places: Places, race: Race, sandbox: SandboxProcess, tmp_path: Path
) -> None:
    place = Place(places.options("local", tmp_path), tmp_path, sandbox)
    running = slow_run(place, race, sandbox, fail=("before write *P.lock.json", 1, 1000))
    assert_stopped(running.result(SECONDS), "ran out", place, sandbox)
