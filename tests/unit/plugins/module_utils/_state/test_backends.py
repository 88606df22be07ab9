# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every backend does alike."""

from __future__ import annotations

import json
import os
import random
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import (
    ANYTHING,
    Backend,
    BackendError,
    Moved,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from support.contenders import Contenders, content
from support.process import until

STATE = "prod/SALES.state.json"
FULL = os.environ.get("DSS_TEST_FULL") == "1"


def data_of(backend: Backend, name: str) -> bytes | None:
    blob = backend.read(name)
    return blob.data if blob else None


def test_nothing_is_there_at_first_and_reading_makes_nothing(backend: Backend) -> None:
    assert backend.read(STATE) is None
    backend.remove(STATE)
    assert backend.read(STATE) is None


def test_what_was_written_is_read_with_its_version(backend: Backend) -> None:
    text = json.dumps({"text": 'ä "quoted" \\ \n', "zero": "\0"}, ensure_ascii=False).encode()
    version = backend.write(STATE, text, None)
    blob = backend.read(STATE)
    assert blob is not None
    assert (blob.data, blob.version) == (text, version)


def test_any_bytes_can_be_kept(backend: Backend) -> None:
    for data in (b"", b"\xff\xfe\0", "\U0001f600".encode(), bytes(range(256))):
        backend.write(STATE, data, ANYTHING)
        assert data_of(backend, STATE) == data


def test_a_write_that_expects_another_version_changes_nothing(backend: Backend) -> None:
    first = backend.write(STATE, b"1", None)
    second = backend.write(STATE, b"2", first)
    assert first != second
    for wrong in (None, first):
        with pytest.raises(Moved, match=r"SALES\.state\.json was written by somebody else in the meantime"):
            backend.write(STATE, b"3", wrong)
    assert data_of(backend, STATE) == b"2"
    backend.write(STATE, b"4", second)
    assert data_of(backend, STATE) == b"4"


def test_a_version_that_is_no_longer_there_is_not_made_anew(backend: Backend) -> None:
    version = backend.write(STATE, b"1", None)
    backend.remove(STATE)
    assert backend.read(STATE) is None
    with pytest.raises(Moved):
        backend.write(STATE, b"2", version)
    assert backend.read(STATE) is None
    backend.write(STATE, b"3", None)
    assert data_of(backend, STATE) == b"3"


def test_an_unconditional_write_replaces_what_is_there(backend: Backend) -> None:
    backend.write(STATE, b"1", ANYTHING)
    backend.write(STATE, b"2", ANYTHING)
    assert data_of(backend, STATE) == b"2"


def test_copies_are_written_beside(backend: Backend) -> None:
    copies = {"prod/SALES.versions/1.state.json": b"old", "prod/SALES.versions/1.journal.json": b"journal"}
    version = backend.write(STATE, b"1", None, copies)
    assert {name: data_of(backend, name) for name in copies} == copies
    backend.write(STATE, b"2", version, {"prod/SALES.versions/1.state.json": b"newer"})
    assert data_of(backend, "prod/SALES.versions/1.state.json") == b"newer"
    assert data_of(backend, STATE) == b"2"


def test_names_do_not_disturb_each_other(backend: Backend) -> None:
    names = [
        STATE,
        "prod/SALES.lock.json",
        "prod/SALES_2.state.json",
        "prod-SALES.state.json",
        "prod--SALES.state.json",
    ]
    names += ["prod-/SALES.state.json", "prod/-SALES.state.json", "prod_/SALES.state.json", "plans/0a1b.json"]
    for name in names:
        backend.write(name, name.encode(), None)
    assert {name: data_of(backend, name) for name in names} == {name: name.encode() for name in names}
    backend.remove(names[0])
    assert [data_of(backend, name) for name in names] == [None, *(name.encode() for name in names[1:])]


@pytest.mark.parametrize("name", ["../out.json", "/etc/passwd", "prod/../../x", "prod/.mutex", "a b", "", "prod/", "ä"])
def test_a_name_never_leads_out(backend: Backend, name: str) -> None:
    for attempt in (
        lambda: backend.read(name),
        lambda: backend.write(name, b"1", ANYTHING),
        lambda: backend.write(STATE, b"1", ANYTHING, {name: b"1"}),
        lambda: backend.remove(name),
    ):
        with pytest.raises(BackendError, match="nothing can be kept as"):
            attempt()


def test_one_process_sees_what_another_object_wrote(options: dict[str, t.Any], tmp_path: Path) -> None:
    one, other = (open_backend(options, tmp_path, dict(os.environ)) for _number in range(2))
    first = one.write(STATE, b"1", None)
    blob = other.read(STATE)
    assert blob is not None and blob.version == first
    second = other.write(STATE, b"2", first)
    with pytest.raises(Moved):
        one.write(STATE, b"3", first)
    one.write(STATE, b"4", second)
    assert data_of(other, STATE) == b"4"
    for opened in (one, other):
        opened.close()


def test_a_closed_backend_can_be_used_again(backend: Backend) -> None:
    version = backend.write(STATE, b"1", None)
    backend.close()
    backend.write(STATE, b"2", version)
    assert data_of(backend, STATE) == b"2"


def test_no_update_is_lost_among_writers_without_a_lock(
    options: dict[str, t.Any], contenders: Contenders, tmp_path: Path
) -> None:
    at, times = time.time() + 0.1, 5
    results = [tmp_path / f"{number}.json" for number in range(4)]
    for result in results:
        contenders.start("add", result, options=options, at=at, times=times)
    assert [contenders.result(result) for result in results] == [times] * 4
    backend = open_backend(options, tmp_path, dict(os.environ))
    assert data_of(backend, STATE) == b"20"
    backend.close()


def test_a_killed_writer_leaves_the_old_or_the_new_content(
    options: dict[str, t.Any], contenders: Contenders, tmp_path: Path
) -> None:
    chance = random.Random(3)
    backend = open_backend(options, tmp_path, dict(os.environ))
    for number in range(100 if FULL else 8):
        result = tmp_path / f"writer-{number}.json"
        backend.remove(STATE)
        writer = contenders.start("write", result, options=options)
        contenders.result(result)
        time.sleep(chance.uniform(0, 0.05))
        during = data_of(backend, STATE)
        contenders.kill(writer)
        after = data_of(backend, STATE)
        for data in (during, after):
            assert data is not None
            assert data == content(json.loads(data)["number"])
        until(lambda: replaced(backend, b"the next one"))
        assert data_of(backend, STATE) == b"the next one"
    backend.close()


def replaced(backend: Backend, data: bytes) -> bool:
    """Write over what is there; a push that a killed writer had begun may still come in between."""
    blob = backend.read(STATE)
    try:
        backend.write(STATE, data, blob.version if blob else None)
    except Moved:
        return False
    return True
