# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Versions, journal and saved plans of one project, with exact writes."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import (
    ANYTHING,
    Backend,
    BackendError,
    Moved,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import DONE, Entry, Journal, Result
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import (
    Recorded,
    State,
    UnusableState,
    new_state,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.store import Store
from support.places import Watched

STATE = "prod/P.state.json"
JOURNAL = "prod/P.journal.json"


@pytest.fixture
def watched(local: Backend) -> Watched:
    return Watched(local)


def store(backend: Backend, keep: int = 20) -> Store:
    made = Store(backend, "prod", "P", keep)
    made.read()
    return made


def journal(run: str = "run1", **more: t.Any) -> Journal:
    entry = Entry("dataset.P.d", "dataset", "P", "d", "create", None, before={"a": 1})
    return Journal(run, "apply", "lineage", 0, "2026-03-01T00:00:00.000Z", "anna", entries=(entry,), **more)


def written(place: Store, state: State, run: Journal | None = None) -> State:
    return place.write(state, "apply", "anna", "2026-03-01T00:00:00.000Z", run)


def state(name: str = "d") -> State:
    recorded = Recorded(f"dataset.P.{name}", "dataset", name, name)
    return replace(new_state("prod", "P"), resources={recorded.address: recorded})


def test_nothing_is_there_before_the_first_write(watched: Watched) -> None:
    place = Store(watched, "prod", "P")
    assert place.read() is None and place.open_journal() is None and watched.writes == []


def test_a_write_is_one_write_with_the_former_version_and_the_journal_beside_it(watched: Watched) -> None:
    place = store(watched)
    first = written(place, state("one"))
    second = written(place, replace(first, resources=state("two").resources), journal())
    assert watched.writes == [STATE, STATE]
    assert store(watched).read() == second and second.serial == 2
    assert store(watched).version(1) == first
    found = store(watched).journal_of(2)
    assert found == replace(journal(), closed=True)
    assert store(watched).journal_of(1) is None
    assert [(entry.serial, entry.by, entry.run) for entry in second.versions] == [(1, "anna", ""), (2, "anna", "run1")]


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_old_versions_and_their_journals_go(keep: int, watched: Watched) -> None:
    place = store(watched, keep)
    now = state()
    for number in range(1, 6):
        now = written(place, now, journal(f"run{number}"))
    assert [entry.serial for entry in now.versions] == list(range(6 - keep, 6))
    for serial in range(1, 5):
        kept = serial > 5 - keep
        assert (watched.read(f"prod/P.versions/{serial}.state.json") is not None) is kept
        assert (watched.read(f"prod/P.versions/{serial}.journal.json") is not None) is kept
    with pytest.raises(UnusableState, match="has no version 1"):
        store(watched).version(1)


def test_who_read_before_another_wrote_cannot_write(watched: Watched) -> None:
    one, other = store(watched), store(watched)
    written(one, state("one"))
    with pytest.raises(Moved):
        written(other, state("two"))
    found = store(watched).read()
    assert found is not None and list(found.resources) == ["dataset.P.one"]


def test_a_state_that_cannot_be_read_is_replaced_only_when_that_is_asked_for(watched: Watched) -> None:
    watched.write(STATE, b"damaged", ANYTHING)
    with pytest.raises(UnusableState):
        Store(watched, "prod", "P").read()
    unread = Store(watched, "prod", "P")
    with pytest.raises(Moved):
        written(unread, state())
    unread.overwrite_unusable()
    written(unread, state())
    assert store(watched).read() is not None


def test_an_open_journal_is_read_with_its_segments(watched: Watched) -> None:
    place = store(watched)
    place.open_journal()
    place.begin(journal())
    for number in range(2):
        place.note("run1", number, {f"dataset.P.{number}": Result(DONE, str(number))}, f"2026-03-01T00:00:0{number}Z")
    found = store(watched).open_journal()
    assert found is not None and found.doubtful == journal().entries
    assert found.results == {"dataset.P.0": Result(DONE, "0"), "dataset.P.1": Result(DONE, "1")}
    assert found.at == "2026-03-01T00:00:01Z"
    assert len(watched.writes) == 3
    place.end(journal(), 2)
    assert store(watched).open_journal() is None
    assert watched.writes[3:] == [JOURNAL]
    assert [watched.read(f"prod/P.journal.run1.{number}.json") for number in range(2)] == [None, None]


def test_segments_of_another_run_mean_nothing(watched: Watched) -> None:
    place = store(watched)
    place.open_journal()
    place.note("run0", 0, {"dataset.P.d": Result(DONE, "old")}, "2026-03-01T00:00:00Z")
    place.begin(journal())
    found = store(watched).open_journal()
    assert found is not None and found.results == {}


@pytest.mark.parametrize("data", [b"", b"[]", b'{"at": 1, "results": {}}', b'{"at": "x"}'])
def test_a_damaged_segment_is_named(data: bytes, watched: Watched) -> None:
    place = store(watched)
    place.open_journal()
    place.begin(journal())
    watched.write("prod/P.journal.run1.0.json", data, ANYTHING)
    with pytest.raises(DssError, match=r"P\.journal\.run1\.0\.json is damaged: remove it"):
        store(watched).open_journal()


def test_a_plan_is_kept_by_its_digest(watched: Watched) -> None:
    store(watched).save_plan("sha256:abc", b"the plan")
    assert store(watched).saved_plan("sha256:abc") == b"the plan"
    assert watched.writes == ["plans/abc.json"]
    with pytest.raises(BackendError, match="holds no plan sha256:def"):
        store(watched).saved_plan("sha256:def")
