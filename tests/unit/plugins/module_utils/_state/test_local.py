# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States in local files."""

from __future__ import annotations

import fcntl
import os
import stat
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import local as module
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import ANYTHING, BackendError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.local import Local

STATE = "prod/SALES.state.json"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_for_their_owner_and_not_for_git(tmp_path: Path) -> None:
    root = tmp_path / ".dataiku" / "state"
    before = os.umask(0)
    try:
        Local(root).write(STATE, b"1", None, {"prod/SALES.versions/1.state.json": b"0"})
    finally:
        os.umask(before)
    assert (root / ".gitignore").read_text() == "*\n"
    folders = [path for path in [root, *root.rglob("*")] if path.is_dir()]
    assert [mode(path) for path in folders] == [0o700] * 3
    files = [path for path in root.rglob("*") if path.is_file() and path.name != ".gitignore"]
    assert {path.name: mode(path) for path in files} == dict.fromkeys(
        [".mutex", "SALES.state.json", "1.state.json"], 0o600
    )


def test_a_folder_that_was_there_keeps_what_it_ignores(tmp_path: Path) -> None:
    Local(tmp_path).write(STATE, b"1", None)
    assert not (tmp_path / ".gitignore").exists()


def test_reading_makes_no_folder(tmp_path: Path) -> None:
    assert Local(tmp_path / "state").read(STATE) is None
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_is_used_again(tmp_path: Path) -> None:
    backend = Local(tmp_path)
    version = backend.write(STATE, b"1", None)
    (tmp_path / "prod" / ".SALES.state.json.tmp").write_bytes(b"half of a long sta")
    assert backend.read(STATE) == module.blob_of(b"1")
    backend.write(STATE, b"2", version)
    assert sorted(path.name for path in (tmp_path / "prod").iterdir()) == [".mutex", "SALES.state.json"]


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Local(tmp_path)
    version = backend.write(STATE, b"1", None)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(
            BackendError, match=r"SALES.state.json cannot be used \(no space left on device\): check path"
        ):
            backend.write(STATE, b"2", version)
    assert sorted(path.name for path in (tmp_path / "prod").iterdir()) == [".mutex", "SALES.state.json"]
    backend.write(STATE, b"3", version)


def test_a_content_is_on_the_disk_before_it_gets_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (done.append("sync"), fsync(descriptor)))
    monkeypatch.setattr(os, "replace", lambda *paths: (done.append("replace"), replace(*paths)))
    Local(tmp_path).write(STATE, b"1", None)
    assert done == ["sync", "replace", "sync"]


@pytest.mark.parametrize(
    ("name", "reason"), [("prod", "is a directory"), ("prod/SALES.state.json/below.json", "not a directory")]
)
def test_what_is_in_the_way_is_told_in_one_sentence(tmp_path: Path, name: str, reason: str) -> None:
    backend = Local(tmp_path)
    backend.write(STATE, b"1", None)
    for attempt in (
        lambda: backend.read(name),
        lambda: backend.write(name, b"1", ANYTHING),
        lambda: backend.remove(name),
    ):
        with pytest.raises(BackendError, match=f"cannot be used \\({reason}\\): check path in state_backend"):
            attempt()


def test_a_writer_that_hangs_is_not_waited_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Local(tmp_path)
    version = backend.write(STATE, b"1", None)
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with open(tmp_path / "prod" / ".mutex", "rb") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        with pytest.raises(BackendError, match="another process has been writing there for"):
            backend.write(STATE, b"2", version)
        backend.write("dev/SALES.state.json", b"1", None)
    backend.write(STATE, b"2", version)


def test_nothing_stays_open(tmp_path: Path) -> None:
    def descriptors() -> t.Any:
        return sorted(os.listdir("/proc/self/fd"))

    backend = Local(tmp_path)
    before = descriptors()
    version = backend.write(STATE, b"1", None)
    with pytest.raises(BackendError):
        backend.write(STATE, b"2", None)
    backend.write(STATE, b"2", version)
    assert descriptors() == before
