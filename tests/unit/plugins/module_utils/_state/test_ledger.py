# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of one run: that of its project and that of the instance, which it shares with others."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import address
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Journal
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.ledger import Ledger
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import Locked, read_holder
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import INSTANCE, Recorded
from support.places import Watched

NOW = "2026-03-01T00:00:00.000Z"


@pytest.fixture
def watched(local: Backend) -> Watched:
    return Watched(local)


def ledger(backend: Backend, project: str | None = "P") -> Ledger:
    made = Ledger(backend, "prod", project, 20, None, KINDS)
    made.read(tidy=True)
    return made


def record(kind: str, name: str, owner: str = "P") -> Recorded:
    project = None if KINDS[kind].scope == "instance" else "P"
    return Recorded(address(kind, project, name), kind, name, name, {"x": 1}, owner=owner)


def save(of: Ledger, entries: Iterable[Recorded], declared: Iterable[str] = (), **more: t.Any) -> None:
    of.save(of.recorded(declared), {entry.address: entry for entry in entries}, "apply", "anna", NOW, **more)


def lock(of: Ledger, instance: bool, timeout: float = 0.0) -> None:
    of.lock("apply", instance, {"LOGNAME": "anna"}, 60.0, timeout, lambda: "")


def test_what_is_of_the_instance_is_recorded_there_and_the_rest_with_the_project(watched: Watched) -> None:
    save(ledger(watched), [record("dataset", "d"), record("connection", "c")])
    assert sorted(watched.writes) == [f"prod/{scope}.state.json" for scope in ("P", INSTANCE)]
    found = ledger(watched)
    assert list(found.state.resources) == ["dataset.P.d"]
    assert list(found.states[INSTANCE].resources) == ["connection.c"]
    assert set(found.recorded([])) == {"dataset.P.d", "connection.c"}


def test_a_state_that_would_say_the_same_is_not_written(watched: Watched) -> None:
    entries = [record("dataset", "d"), record("connection", "c")]
    save(ledger(watched), entries)
    watched.writes.clear()
    save(ledger(watched), entries)
    assert watched.writes == []
    run = Journal("run1", "apply", "l", 1, NOW, "anna")
    save(ledger(watched), entries, run=run)
    assert watched.writes == ["prod/P.state.json"]


def test_another_project_sees_what_it_declares_too_and_nothing_else_of_the_instance(watched: Watched) -> None:
    save(ledger(watched), [record("connection", "shared"), record("connection", "own")])
    other = ledger(watched, "Q")
    assert other.recorded([]) == {} and list(other.recorded(["connection.shared"])) == ["connection.shared"]
    assert not other.has_of_instance and ledger(watched).has_of_instance
    save(other, [record("connection", "shared", "Q")], ["connection.shared"])
    found = ledger(watched)
    assert list(found.recorded([])) == ["connection.own"]
    assert sorted(found.states[INSTANCE].resources) == ["connection.own", "connection.shared"]


def test_what_a_project_gives_up_leaves_the_instance_and_what_others_declare_stays(watched: Watched) -> None:
    save(ledger(watched), [record("connection", "own")])
    save(ledger(watched, "Q"), [record("connection", "theirs", "Q")])
    save(ledger(watched), [])
    assert list(ledger(watched).states[INSTANCE].resources) == ["connection.theirs"]


def test_locks_are_taken_for_what_is_touched_and_given_back(watched: Watched) -> None:
    one = ledger(watched)
    lock(one, instance=False)
    assert watched.writes == ["prod/P.lock.json"] and one.lost == ""
    lock(ledger(watched, "Q"), instance=True)
    with pytest.raises(Locked):
        lock(ledger(watched, "R"), instance=True)
    with pytest.raises(Locked):
        lock(ledger(watched), instance=False)
    one.release()
    assert read_holder(watched, "prod/P.lock.json") is None
    lock(ledger(watched), instance=False)


def test_a_run_that_gets_only_one_of_its_locks_gives_it_back(watched: Watched) -> None:
    lock(ledger(watched), instance=False)
    second = ledger(watched)
    with pytest.raises(Locked):
        lock(second, instance=True)
    second.close()
    assert read_holder(watched, f"prod/{INSTANCE}.lock.json") is None


def test_a_lock_that_is_lost_is_told(watched: Watched) -> None:
    one = ledger(watched)
    lock(one, instance=True)
    assert one.lost == ""
    one._locks[0]._lost = "taken"
    assert one.lost == "taken"
    one.release()
    assert one.lost == ""


def test_a_journal_whose_state_was_written_is_closed_and_is_no_interrupted_run(watched: Watched) -> None:
    one = ledger(watched)
    run = Journal("run1", "apply", one.state.lineage, 0, NOW, "anna")
    one.primary.begin(run)
    assert ledger(watched).interrupted == run
    save(one, [record("dataset", "d")], run=run)
    assert ledger(watched).interrupted is None
    assert one.primary.open_journal() is None
