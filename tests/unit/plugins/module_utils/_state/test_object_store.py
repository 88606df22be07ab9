# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States in a bucket."""

from __future__ import annotations

import os
import socket
import sys
import threading
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import MissingLibrary
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import object_store as module
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import (
    ANYTHING,
    Backend,
    BackendError,
    Moved,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.object_store import Bucket, ObjectStore
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from support.places import Places

STATE = "prod/SALES.state.json"


@pytest.fixture
def options(places: Places, tmp_path: Path) -> dict[str, t.Any]:
    return places.options("object_store", tmp_path)


def backend_of(options: dict[str, t.Any], **more: t.Any) -> Backend:
    return open_backend({**options, **more}, Path("/"), dict(os.environ))


@pytest.fixture
def closed_port() -> t.Iterator[int]:
    """A port that refuses connections."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


class Store:
    """A store whose answer to the next writes is lost after, or before, they were done."""

    def __init__(self, inner: t.Any, lost: list[str]) -> None:
        self.inner = inner
        self.lost = lost
        self.puts = 0

    def get(self, path: str) -> t.Any:
        return self.inner.get(path)

    def put(self, path: str, data: bytes, **more: t.Any) -> t.Any:
        from obstore.exceptions import GenericError

        self.puts += 1
        lost = self.lost.pop(0) if self.lost else ""
        if lost == "before":
            raise GenericError("error sending request for url")
        answer = self.inner.put(path, data, **more)
        if lost == "after":
            raise GenericError("error sending request for url")
        return answer


def watched(options: dict[str, t.Any], *lost: str) -> tuple[ObjectStore, Store]:
    inner: ObjectStore = t.cast(t.Any, backend_of(options)).inner
    store = Store(inner._open(), list(lost))
    inner._store = store
    return inner, store


def test_a_write_whose_answer_was_lost_was_done(options: dict[str, t.Any]) -> None:
    backend, store = watched(options, "after")
    version = backend.write(STATE, b"1", None)
    assert store.puts == 1
    backend.write(STATE, b"2", version)


def test_a_write_that_did_not_arrive_is_tried_again(options: dict[str, t.Any]) -> None:
    backend, store = watched(options, "before", "before")
    backend.write(STATE, b"1", None)
    assert store.puts == 3


def test_a_write_that_did_not_arrive_does_not_overwrite_somebody_else(options: dict[str, t.Any]) -> None:
    backend, store = watched(options, "before")
    sleep = module.time.sleep
    other = backend_of(options)
    module.time.sleep = lambda seconds: (other.write(STATE, b"other", None), None)[1]
    try:
        with pytest.raises(Moved):
            backend.write(STATE, b"1", None)
    finally:
        module.time.sleep = sleep
    assert store.puts == 2


def test_the_same_content_of_somebody_else_is_not_ours(options: dict[str, t.Any]) -> None:
    first, second = backend_of(options), backend_of(options)
    version = first.write(STATE, b"1", None)
    first.write(STATE, b"2", version)
    with pytest.raises(Moved):
        second.write(STATE, b"2", version)


def test_an_address_where_nobody_answers_is_one_sentence(options: dict[str, t.Any], closed_port: int) -> None:
    with pytest.raises(
        BackendError, match=r"^s3://states/.*SALES.state.json cannot be used \(.+\): check url"
    ) as caught:
        backend_of(options, endpoint=f"http://127.0.0.1:{closed_port}").read(STATE)
    assert "\n" not in str(caught.value)


def test_a_bucket_that_is_not_there_is_one_sentence_without_secrets(options: dict[str, t.Any]) -> None:
    backend = backend_of(options, url="s3://no-such-bucket", secret_key="planted-secret")
    for attempt in (
        lambda: backend.write(STATE, b"1", ANYTHING),
        lambda: backend.write(STATE, b"1", None),
        lambda: backend.read(STATE),
    ):
        with pytest.raises(
            BackendError, match=r"cannot be used \(NoSuchBucket\): check url, region, endpoint"
        ) as caught:
            attempt()
        assert "planted" not in str(caught.value) and "\n" not in str(caught.value)


def test_settings_that_obstore_does_not_know_are_one_sentence(options: dict[str, t.Any]) -> None:
    with pytest.raises(BackendError, match=r"cannot be used \(.*nonsense.*\): check url"):
        backend_of(options, config={"nonsense": "planted-secret"}).read(STATE)


def test_a_child_of_a_process_that_used_it_says_so_instead_of_hanging(options: dict[str, t.Any]) -> None:
    backend = backend_of(options)
    backend.read(STATE)
    for made in (backend, backend_of(options)):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            try:
                made.read(STATE)
                os.write(writing, b"read")
            except BackendError as error:
                os.write(writing, str(error).encode())
            os._exit(0)
        os.waitpid(child, 0)
        assert b"was used by the process that started this one" in os.read(reading, 1000)
        os.close(reading)
        os.close(writing)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("obstore", "obstore.store", "obstore.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingLibrary, match="The Python library obstore is missing"):
        ObjectStore(Bucket("s3://b")).read(STATE)


def test_several_threads_may_use_it(options: dict[str, t.Any]) -> None:
    backend = backend_of(options)
    names = [f"prod/P{number}.state.json" for number in range(8)]
    threads = [threading.Thread(target=backend.write, args=(name, name.encode(), None)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [blob.data for blob in map(backend.read, names) if blob] == [name.encode() for name in names]
