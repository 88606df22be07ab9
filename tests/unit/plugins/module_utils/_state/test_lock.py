# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock of a run: taking, keeping, losing, giving back, breaking."""

from __future__ import annotations

import datetime
import json
import os
import threading
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Interrupted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import ANYTHING, Backend, BackendError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.holder import free_record, record_of, timestamp
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import (
    Holder,
    Lock,
    Locked,
    break_lock,
    holder_from,
    lock_of,
    read_holder,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from support.contenders import Contenders
from support.places import Watched
from support.process import until

NAME = "prod/SALES.lock.json"
ANNA = replace(
    holder_from({"LOGNAME": "anna", "AWX_JOB_ID": "42"}, "apply"),
    host="build-7",
    pid=123,
    since="2026-11-21T09:00:00.000Z",
    machine="another machine",
)


class Clock:
    """Seconds that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def never() -> str:
    return ""


def bob() -> Holder:
    return holder_from({"LOGNAME": "bob"}, "plan")


def held_by(backend: Backend, holder: Holder, ends_in: float, lease: float = 60) -> None:
    """Put the record of another machine's run there; its lease ends in so many seconds from now."""
    ends = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=ends_in)
    backend.write(NAME, record_of(replace(holder, lease=lease, expires=timestamp(ends))), ANYTHING)


def test_a_lock_names_its_holder_and_is_given_back_without_a_delete(backend: Backend) -> None:
    lock = lock_of(backend, NAME, bob(), 60)
    assert lock.acquire(0, never) == []
    assert lock.lost == ""
    holder = read_holder(backend, NAME)
    assert holder is not None
    assert (holder.owner, holder.operation, holder.pid) == ("bob", "plan", os.getpid())
    assert 50 < -holder.expired_for(datetime.datetime.now(datetime.UTC)) <= 60
    lock.release()
    assert read_holder(backend, NAME) is None
    assert backend.read(NAME) is not None
    assert lock.lost == "the lock is not held"
    assert lock_of(backend, NAME, bob(), 60).acquire(0, never) == []


def test_a_second_run_fails_with_the_name_of_the_first(backend: Backend) -> None:
    held_by(backend, ANNA, ends_in=60)
    with pytest.raises(Locked) as caught:
        lock_of(backend, NAME, bob(), 60).acquire(0, never)
    assert str(caught.value).endswith(
        "/prod/SALES.lock.json is locked by anna on build-7 (process 123, AWX job 42), since 2026-11-21T09:00:00.000Z for "
        "apply: wait for that run, raise lock_timeout, or, if it is surely dead, run the module state_lock with action: "
        "break"
    )
    assert caught.value.holder.owner == "anna"


def test_a_second_run_waits_for_the_first(local: Backend) -> None:
    first, second = lock_of(local, NAME, bob(), 60), lock_of(local, NAME, bob(), 60)
    first.acquire(0, never)
    calls: list[int] = []

    def stopped() -> str:
        calls.append(1)
        if len(calls) == 5:
            first.release()
        return ""

    assert second.acquire(30, stopped) == []
    assert second.lost == ""


def test_who_waits_can_be_interrupted(local: Backend) -> None:
    held_by(local, ANNA, ends_in=60)
    reasons = iter(["", "", *["stopped by SIGTERM"] * 2])
    with pytest.raises(Interrupted, match="stopped by SIGTERM while it waited for the lock"):
        lock_of(local, NAME, bob(), 60).acquire(600, lambda: next(reasons))


def test_taking_keeping_and_giving_back_is_one_write_each(local: Backend) -> None:
    watched = Watched(local)
    lock = lock_of(watched, NAME, bob(), 0.3)
    before = threading.active_count()
    assert (watched.writes, threading.active_count()) == ([], before)
    lock.acquire(0, never)
    until(lambda: len(watched.writes) == 4)
    lock.release()
    done = len(watched.writes)
    assert set(watched.writes) == {NAME}
    assert done in (5, 6)
    until(lambda: threading.active_count() == before)
    assert len(watched.writes) == done


def test_a_renewed_lease_goes_on(local: Backend) -> None:
    lock = lock_of(local, NAME, bob(), 0.3)
    lock.acquire(0, never)
    first = read_holder(local, NAME)
    until(lambda: (read_holder(local, NAME) or bob()).renewals >= 6)
    later = read_holder(local, NAME)
    assert first is not None and later is not None
    assert later.expires > first.expires
    assert later.nonce == first.nonce
    assert lock.lost == ""
    lock.release()


# Losing it ----------------------------------------------------------------------------------------------------------------


def test_a_lease_that_ran_out_is_lost_without_a_call_and_stays_lost(local: Backend) -> None:
    clock = Clock()
    watched = Watched(local)
    lock = Lock(watched, NAME, bob(), 60, clock)
    lock.acquire(0, never)
    clock.now += 59.9
    assert lock.lost == ""
    clock.now += 0.1
    assert lock.lost.endswith("SALES.lock.json ran out")
    clock.now -= 50
    assert lock.lost != ""
    assert watched.writes == [NAME]
    lock.release()


def test_the_lease_counts_from_before_the_write(local: Backend) -> None:
    clock = Clock()
    watched = Watched(local)
    watched.after = lambda: setattr(clock, "now", clock.now + 40)
    lock = Lock(watched, NAME, bob(), 60, clock)
    lock.acquire(0, never)
    assert lock.lost == ""
    clock.now += 20
    assert lock.lost != ""
    lock.release()


def test_a_holder_whose_lock_was_taken_notices_and_frees_nothing(backend: Backend) -> None:
    watched = Watched(backend)
    lock = lock_of(watched, NAME, bob(), 1.5)
    lock.acquire(0, never)
    held_by(backend, ANNA, ends_in=60)
    until(lambda: lock.lost)
    assert lock.lost.endswith("SALES.lock.json is held by " + str(ANNA))
    lock.release()
    holder = read_holder(backend, NAME)
    assert holder is not None and holder.nonce == ANNA.nonce


def test_an_expired_holder_does_not_free_the_lock_of_its_successor(backend: Backend) -> None:
    clock = Clock()
    late = Lock(backend, NAME, bob(), 60, clock)
    late.acquire(0, never)
    clock.now += 61
    assert late.lost
    break_lock(backend, NAME)
    successor = lock_of(backend, NAME, replace(bob(), nonce="successor"), 60)
    successor.acquire(0, never)
    late.release()
    holder = read_holder(backend, NAME)
    assert holder is not None and holder.nonce == "successor"
    assert successor.lost == ""
    successor.release()


def test_a_passing_fault_of_a_renewal_costs_nothing(local: Backend) -> None:
    watched = Watched(local)
    lock = lock_of(watched, NAME, bob(), 1.2)
    lock.acquire(0, never)
    failures = iter([True, True, True])

    def fail() -> None:
        if next(failures, False):
            raise BackendError("the place is away")

    watched.before = fail
    until(lambda: (read_holder(local, NAME) or bob()).renewals >= 6)
    assert lock.lost == ""
    lock.release()


def test_a_lasting_fault_of_renewals_ends_the_lease(local: Backend) -> None:
    watched = Watched(local)
    lock = lock_of(watched, NAME, bob(), 0.4)
    lock.acquire(0, never)

    def fail() -> None:
        raise BackendError("the place is away")

    watched.before = fail
    until(lambda: lock.lost)
    assert lock.lost.endswith("SALES.lock.json ran out")
    with pytest.raises(BackendError, match="away"):
        lock.release()


def test_a_renewal_that_arrived_although_it_seemed_to_fail_is_ours(local: Backend) -> None:
    watched = Watched(local)
    lock = lock_of(watched, NAME, bob(), 1.5)
    lock.acquire(0, never)
    failures = iter([True])

    def fail() -> None:
        if next(failures, False):
            raise BackendError("the answer was lost")

    watched.after = fail
    until(lambda: (read_holder(local, NAME) or bob()).renewals >= 5)
    assert lock.lost == ""
    lock.release()
    assert read_holder(local, NAME) is None


def test_a_fork_does_not_give_back_the_lock_of_its_parent(local: Backend) -> None:
    lock = lock_of(local, NAME, bob(), 60)
    lock.acquire(0, never)
    child = os.fork()
    if not child:
        lock.release()
        os._exit(0)
    os.waitpid(child, 0)
    assert read_holder(local, NAME) is not None
    lock.release()
    assert read_holder(local, NAME) is None


# Taking over --------------------------------------------------------------------------------------------------------------


def test_an_expired_lease_that_nobody_renews_is_taken_over_with_a_warning_even_without_a_timeout(
    backend: Backend,
) -> None:
    held_by(backend, ANNA, ends_in=-1, lease=0.3)
    lock = lock_of(backend, NAME, bob(), 60)
    warning = lock.acquire(0, never)[0]
    assert f"SALES.lock.json of {ANNA} was taken over: it was not renewed for" in warning
    assert lock.lost == ""
    lock.release()


def test_an_expired_lease_is_watched_for_a_lease_because_clocks_differ(local: Backend) -> None:
    held_by(local, ANNA, ends_in=-1)
    clock = Clock()
    seen: list[float] = []

    def stopped() -> str:
        seen.append(clock.now)
        clock.now += 10
        return ""

    lock = Lock(local, NAME, bob(), 1, clock)
    assert "was not renewed for 70 s" in lock.acquire(0, stopped)[0]
    assert len(seen) == 8
    lock.release()


def test_a_living_holder_with_a_wrong_clock_keeps_its_lock(local: Backend) -> None:
    held_by(local, ANNA, ends_in=-100)
    clock = Clock()
    renewals = iter(range(100))

    def stopped() -> str:
        clock.now += 20
        number = next(renewals)
        held_by(local, replace(ANNA, renewals=number), ends_in=60 if number == 9 else -100)
        return ""

    with pytest.raises(Locked):
        Lock(local, NAME, bob(), 1, clock).acquire(0, stopped)
    assert next(renewals) == 10


def test_a_lease_that_ended_long_ago_is_taken_over_at_once(local: Backend) -> None:
    held_by(local, ANNA, ends_in=-3600)
    lock = lock_of(local, NAME, bob(), 60)
    calls: list[int] = []

    def counted() -> str:
        calls.append(1)
        return ""

    assert "its lease ended 3600 s ago" in lock.acquire(0, counted)[0]
    assert len(calls) == 1
    lock.release()


def test_a_record_that_does_not_change_for_a_lease_has_no_holder_whatever_it_says(local: Backend) -> None:
    held_by(local, ANNA, ends_in=100_000, lease=0.2)
    lock = lock_of(local, NAME, bob(), 60)
    assert "was not renewed for" in lock.acquire(30, never)[0]
    lock.release()


def test_the_lock_of_a_process_of_this_machine_that_is_gone_is_taken_over_at_once(
    options: dict[str, t.Any], contenders: Contenders, tmp_path: Path
) -> None:
    backend = open_backend(options, tmp_path, dict(os.environ))
    pid = contenders.start("hold", tmp_path / "held.json", options=options)
    contenders.result(tmp_path / "held.json")
    with pytest.raises(Locked, match=f"is locked by anna on .* \\(process {pid}\\)"):
        lock_of(backend, NAME, bob(), 60).acquire(0, never)
    contenders.kill(pid)
    lock = lock_of(backend, NAME, bob(), 60)
    assert "was taken over: its process has ended" in lock.acquire(0, never)[0]
    lock.release()
    backend.close()


def test_a_process_that_has_the_number_of_a_dead_one_is_another(local: Backend) -> None:
    held_by(local, replace(bob(), started="1"), ends_in=60)
    lock = lock_of(local, NAME, bob(), 60)
    assert "its process has ended" in lock.acquire(0, never)[0]
    lock.release()


@pytest.mark.parametrize("machine", ["another machine", ""])
def test_process_numbers_of_other_machines_say_nothing(local: Backend, machine: str) -> None:
    held_by(local, replace(bob(), started="1", machine=machine), ends_in=60)
    with pytest.raises(Locked):
        lock_of(local, NAME, bob(), 60).acquire(0, never)


# Breaking, and records ----------------------------------------------------------------------------------------------------


def test_breaking_frees_a_lock_and_its_holder_notices(backend: Backend) -> None:
    lock = lock_of(backend, NAME, bob(), 1.5)
    lock.acquire(0, never)
    broken = break_lock(backend, NAME)
    assert broken is not None and broken.owner == "bob"
    assert read_holder(backend, NAME) is None
    until(lambda: lock.lost)
    assert lock.lost.endswith("SALES.lock.json was broken by hand")
    lock.release()
    assert read_holder(backend, NAME) is None


def test_there_may_be_nothing_to_break(local: Backend) -> None:
    assert break_lock(local, NAME) is None
    assert read_holder(local, NAME) is None
    local.write(NAME, free_record("given back"), None)
    watched = Watched(local)
    assert break_lock(watched, NAME) is None
    assert watched.writes == []


def test_breaking_goes_on_when_the_record_is_renewed_meanwhile(local: Backend) -> None:
    held_by(local, ANNA, ends_in=60)
    watched = Watched(local)
    renewed = iter([True])
    watched.before = lambda: held_by(local, ANNA, ends_in=61) if next(renewed, False) else None
    broken = break_lock(watched, NAME)
    assert broken is not None and broken.owner == "anna"
    assert read_holder(local, NAME) is None
    assert len(watched.writes) == 2


RECORD = json.loads(record_of(replace(ANNA, lease=60.0, expires="2026-11-21T09:01:00.000Z")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        json.dumps(RECORD).encode()[:-20],
        b"[]",
        b'"text"',
        json.dumps({**RECORD, "format": "something else"}).encode(),
        json.dumps({**RECORD, "expires": "soon"}).encode(),
        json.dumps({**RECORD, "expires": "2026-11-21T09:01:00"}).encode(),
        json.dumps({**RECORD, "lease": 0}).encode(),
        json.dumps({**RECORD, "pid": -1}).encode(),
        json.dumps({**RECORD, "pid": "1"}).encode(),
        json.dumps({key: value for key, value in RECORD.items() if key != "owner"}).encode(),
    ],
)
def test_a_damaged_record_is_refused_with_the_way_out(local: Backend, data: bytes) -> None:
    local.write(NAME, data, None)
    with pytest.raises(
        BackendError, match=r"SALES.lock.json is damaged: run the module state_lock with action: break$"
    ):
        lock_of(local, NAME, bob(), 60).acquire(0, never)
    blob = local.read(NAME)
    assert blob is not None and blob.data == data
    assert break_lock(local, NAME) is None
    assert lock_of(local, NAME, bob(), 60).acquire(0, never) == []


def test_a_record_of_a_newer_collection_is_refused(local: Backend) -> None:
    local.write(NAME, json.dumps({**RECORD, "version": 2}).encode(), None)
    with pytest.raises(BackendError, match="has version 2, this collection knows 1: update the collection"):
        read_holder(local, NAME)


def test_control_characters_of_a_record_do_not_reach_the_screen() -> None:
    assert "\x1b" not in str(replace(ANNA, owner="anna"))
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.holder import parsed

    holder = parsed(record_of(replace(ANNA, owner="\x1b[31manna", lease=1.0, expires="2026-11-21T09:01:00Z")), "there")
    assert holder is not None
    assert "\x1b" not in str(holder)


@pytest.mark.parametrize(
    ("environ", "owner", "job"),
    [
        ({"LOGNAME": "anna"}, "anna", ""),
        ({"USER": "anna"}, "anna", ""),
        ({"AWX_JOB_ID": "42", "LOGNAME": "awx"}, "awx", "AWX job 42"),
        ({"TOWER_JOB_ID": "42", "TOWER_USER_NAME": "anna", "LOGNAME": "awx"}, "anna", "AWX job 42"),
        ({"GITLAB_USER_LOGIN": "anna", "CI_JOB_URL": "https://g/1", "USER": "root"}, "anna", "https://g/1"),
        (
            {"GITHUB_ACTOR": "anna", "GITHUB_RUN_ID": "7", "GITHUB_REPOSITORY": "a/b", "USER": "runner"},
            "anna",
            "https://github.com/a/b/actions/runs/7",
        ),
        ({"BUILD_USER_ID": "anna", "BUILD_URL": "https://jenkins/1/"}, "anna", "https://jenkins/1/"),
    ],
)
def test_the_owner_is_who_started_the_job(environ: dict[str, str], owner: str, job: str) -> None:
    holder = holder_from(environ, "apply")
    assert (holder.owner, holder.job, holder.operation) == (owner, job, "apply")
    assert holder.nonce != holder_from(environ, "apply").nonce
