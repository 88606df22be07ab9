# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encryption at rest."""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import MissingLibrary
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import ANYTHING, BackendError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.encryption import Clear, Encrypted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.local import Local

STATE, LOCK = "prod/SALES.state.json", "prod/SALES.lock.json"
KEY = "a passphrase for tests"


@pytest.fixture
def inner(tmp_path: Path) -> Local:
    return Local(tmp_path)


def raw(inner: Local, name: str) -> bytes:
    blob = inner.read(name)
    assert blob is not None
    return blob.data


def test_all_but_the_lock_is_encrypted_copies_too(inner: Local) -> None:
    backend = Encrypted(inner, KEY)
    copy = "prod/SALES.versions/1.state.json"
    for name in (STATE, LOCK, "prod/SALES.journal.json", "plans/0a.json"):
        backend.write(name, b"planted secret", ANYTHING, {copy: b"planted secret"})
        assert (b"planted" in raw(inner, name)) == (name == LOCK)
        assert KEY.encode() not in raw(inner, name)
        blob = backend.read(name)
        assert blob is not None and blob.data == b"planted secret"
    assert b"planted" not in raw(inner, copy)
    assert (backend.encrypts, Clear(inner).encrypts) == (True, False)


def test_what_is_kept_looks_different_each_time_and_is_readable_json(inner: Local) -> None:
    backend = Encrypted(inner, KEY)
    backend.write(STATE, b"1", ANYTHING)
    first = raw(inner, STATE)
    backend.write(STATE, b"1", ANYTHING)
    assert raw(inner, STATE) != first
    content = json.loads(first)
    assert (content["format"], content["version"]) == ("dataiku_iac.dss encrypted", 1)


def test_another_process_reads_it_and_goes_on_with_one_key(inner: Local) -> None:
    Encrypted(inner, KEY).write(STATE, b"1", None)
    other = Encrypted(inner, KEY)
    blob = other.read(STATE)
    assert blob is not None and blob.data == b"1"
    other.write(STATE, b"2", blob.version)
    assert len(other._keys) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda content: {**content, "data": content["data"][:-8] + "AAAAAAA="},
        lambda content: {**content, "nonce": "00" * 12},
        lambda content: {**content, "nonce": ""},
        lambda content: {**content, "salt": "00" * 16},
    ],
)
def test_what_was_altered_is_refused(inner: Local, change: t.Callable[[dict[str, t.Any]], dict[str, t.Any]]) -> None:
    backend = Encrypted(inner, KEY)
    backend.write(STATE, b"a state", None)
    inner.write(STATE, json.dumps(change(json.loads(raw(inner, STATE)))).encode(), ANYTHING)
    with pytest.raises(
        BackendError, match="cannot be decrypted: encryption_key is another one, or the file was altered"
    ):
        backend.read(STATE)


def test_a_wrong_key_is_one_sentence_without_either_key(inner: Local) -> None:
    Encrypted(inner, KEY).write(STATE, b"1", None)
    with pytest.raises(BackendError, match=r"SALES.state.json cannot be decrypted") as caught:
        Encrypted(inner, "another passphrase").read(STATE)
    assert "passphrase" not in str(caught.value)


def test_a_content_under_another_name_is_refused(inner: Local) -> None:
    backend = Encrypted(inner, KEY)
    backend.write(STATE, b"1", None)
    inner.write("dev/SALES.state.json", raw(inner, STATE), None)
    with pytest.raises(BackendError, match="cannot be decrypted"):
        backend.read("dev/SALES.state.json")


def test_without_a_key_it_says_that_one_is_needed(inner: Local) -> None:
    Encrypted(inner, KEY).write(STATE, b"1", None)
    with pytest.raises(BackendError, match=r"SALES.state.json is encrypted: give its encryption_key"):
        Clear(inner).read(STATE)


@pytest.mark.parametrize("keep", [40, 100, 150])
def test_a_truncated_file_is_refused(inner: Local, keep: int) -> None:
    backend = Encrypted(inner, KEY)
    backend.write(STATE, b"1" * 100, None)
    inner.write(STATE, raw(inner, STATE)[:keep], ANYTHING)
    with pytest.raises(BackendError, match="is damaged: restore it from one of its former versions"):
        backend.read(STATE)


def test_a_newer_form_is_refused(inner: Local) -> None:
    backend = Encrypted(inner, KEY)
    backend.write(STATE, b"1", None)
    inner.write(STATE, raw(inner, STATE).replace(b'"version": 1', b'"version": 2'), ANYTHING)
    with pytest.raises(BackendError, match="is encrypted in version 2 of the form: update the collection"):
        backend.read(STATE)


def test_what_was_written_before_there_was_a_key_is_read_and_then_encrypted(inner: Local) -> None:
    version = Clear(inner).write(STATE, b"in clear", None)
    backend = Encrypted(inner, KEY)
    blob = backend.read(STATE)
    assert blob is not None and (blob.data, blob.version) == (b"in clear", version)
    backend.write(STATE, b"in clear", version)
    assert b"clear" not in raw(inner, STATE)


def test_a_missing_library_is_named(inner: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MissingLibrary, match="The Python library cryptography is missing"):
        Encrypted(inner, KEY).write(STATE, b"1", None)
    assert inner.read(STATE) is None
