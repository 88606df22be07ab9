# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States on a branch of a Git repository."""

from __future__ import annotations

import os
import subprocess
import tempfile
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import git as module
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import ANYTHING, Backend, BackendError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.git_command import Failed, GitCommand
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend

STATE, LOCK = "prod/SALES.state.json", "prod/SALES.lock.json"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "repository.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    return path


@pytest.fixture
def backend(repository: Path) -> t.Iterator[Backend]:
    made = open_backend({"type": "git", "path": str(repository)}, Path("/"), dict(os.environ))
    yield made
    made.close()


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands of git that are run from now on."""
    run, seen = GitCommand.run, []

    def noted(self: GitCommand, folder: Path, *arguments: str, data: bytes = b"") -> bytes:
        seen.append(arguments[0])
        return run(self, folder, *arguments, data=data)

    monkeypatch.setattr(GitCommand, "run", noted)
    return seen


def test_each_write_is_one_commit_with_its_copies(repository: Path, backend: Backend) -> None:
    version = backend.write(STATE, b"1", None)
    backend.write(STATE, b"2", version, {"prod/SALES.versions/1.state.json": b"1"})
    backend.remove("prod/SALES.versions/1.state.json")
    assert git(repository, "log", "--format=%s %an", "dataiku-state").splitlines() == [
        "prod/SALES.versions/1.state.json removed dataiku_iac.dss",
        "prod/SALES.state.json dataiku_iac.dss",
        "prod/SALES.state.json dataiku_iac.dss",
    ]
    assert git(repository, "ls-tree", "-r", "--name-only", "dataiku-state~1").splitlines() == [
        "prod/SALES.state.json",
        "prod/SALES.versions/1.state.json",
    ]
    git(repository, "fsck", "--strict")


def test_locks_leave_no_history_in_the_branch_of_states(repository: Path, backend: Backend) -> None:
    backend.write(STATE, b"1", None)
    for number in range(3):
        backend.write(LOCK, str(number).encode(), ANYTHING)
    assert git(repository, "rev-list", "--count", "dataiku-state") == "1"
    assert git(repository, "rev-list", "--count", "dataiku-state-locks") == "3"


def test_other_branches_and_a_work_tree_are_left_alone(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "--quiet", "-b", "main")
    (work / "project.yml").write_text("mine")
    git(work, "add", ".")
    git(work, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "first")
    (work / "project.yml").write_text("mine, changed")
    (work / ".git/hooks/pre-push").write_text("#!/bin/sh\nexit 1\n")
    (work / ".git/hooks/pre-push").chmod(0o755)
    before = {path: path.read_bytes() for path in work.rglob("*") if path.is_file()}
    backend = open_backend({"type": "git", "path": str(work)}, Path("/"), {**os.environ, "GIT_DIR": str(work / ".git")})
    version = backend.write(STATE, b"1", None)
    backend.write(STATE, b"2", version)
    backend.close()
    after = {path: path.read_bytes() for path in work.rglob("*") if path.is_file()}
    assert {path: after[path] for path in before} == before
    new = {path.relative_to(work).as_posix() for path in after.keys() - before.keys()}
    allowed = (".git/objects/", ".git/refs/heads/dataiku-state", ".git/logs/refs/heads/dataiku-state")
    assert [name for name in new if not name.startswith(allowed)] == []


def test_hooks_and_configuration_of_the_user_are_not_run(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks/pre-push").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "hooks/pre-push").chmod(0o755)
    settings = tmp_path / "settings"
    settings.write_text(f"[core]\n\thooksPath = {tmp_path}/hooks\n\tautocrlf = true\n[commit]\n\tgpgSign = true\n")
    environ = {**os.environ, "GIT_CONFIG_GLOBAL": str(settings)}
    backend = open_backend({"type": "git", "path": str(repository)}, Path("/"), environ)
    backend.write(STATE, b"line\r\nline\n", None)
    blob = backend.read(STATE)
    assert blob is not None and blob.data == b"line\r\nline\n"
    backend.close()


def test_somebody_elses_write_of_another_name_is_no_conflict(repository: Path, backend: Backend) -> None:
    version = backend.write(STATE, b"1", None)
    other = open_backend({"type": "git", "path": str(repository)}, Path("/"), dict(os.environ))
    other.write("prod/OTHER.state.json", b"other", None)
    backend.write(STATE, b"2", version)
    for name, data in ((STATE, b"2"), ("prod/OTHER.state.json", b"other")):
        blob = other.read(name)
        assert blob is not None and blob.data == data
    other.close()


def test_costs_in_commands_of_git(backend: Backend, commands: list[str]) -> None:
    version = backend.write(STATE, b"1", None)
    assert commands == ["init", "ls-remote", "fast-import", "push"]
    commands.clear()
    backend.write(STATE, b"2", version)
    assert commands == ["cat-file", "fast-import", "push"]
    commands.clear()
    backend.read(STATE)
    assert commands == ["ls-remote", "cat-file"]


def test_a_push_whose_answer_was_lost_was_done(
    repository: Path, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = backend.write(STATE, b"1", None)
    run, lost = GitCommand.run, iter([True])

    def cut(self: GitCommand, folder: Path, *arguments: str, data: bytes = b"") -> bytes:
        output = run(self, folder, *arguments, data=data)
        if arguments[0] == "push" and next(lost, False):
            raise Failed("fatal: the remote end hung up unexpectedly")
        return output

    monkeypatch.setattr(GitCommand, "run", cut)
    second = backend.write(STATE, b"2", version)
    backend.write(STATE, b"3", second)
    assert git(repository, "rev-list", "--count", "dataiku-state") == "3"


def test_a_server_that_refuses_is_one_sentence(repository: Path, backend: Backend) -> None:
    hook = repository / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'only on Mondays' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(BackendError) as caught:
        backend.write(STATE, b"1", None)
    assert str(caught.value) == (
        f"{repository}#dataiku-state cannot be used (only on Mondays): check url, branch and credentials in state_backend"
    )
    assert backend.read(STATE) is None


def test_a_repository_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    backend = open_backend({"type": "git", "path": "missing.git"}, tmp_path, dict(os.environ))
    with pytest.raises(BackendError, match=r"missing.git#dataiku-state cannot be used \(.*does not appear to be a git"):
        backend.read(STATE)
    backend.close()


def test_git_itself_may_be_missing(repository: Path, tmp_path: Path) -> None:
    backend = open_backend({"type": "git", "path": str(repository)}, Path("/"), {"PATH": str(tmp_path)})
    with pytest.raises(BackendError, match="the command git is missing: install it, or use another state_backend"):
        backend.read(STATE)


def test_a_password_is_in_no_argument_and_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    started: list[t.Any] = []
    popen = subprocess.Popen

    def noted(arguments: list[str], **options: t.Any) -> t.Any:
        started.append(arguments)
        return popen(["sh", "-c", 'echo "fatal: wrong planted-secret" >&2; exit 1'], **options)

    monkeypatch.setattr(subprocess, "Popen", noted)
    command = GitCommand("https://127.0.0.1:1/r.git", "u", "planted-secret", dict(os.environ))
    with pytest.raises(Failed, match=r"wrong \*\*\*"):
        command.run(tmp_path, "ls-remote", command.url)
    assert "planted" not in repr(started) + repr(command)
    environ = command._environ(tmp_path)
    assert environ["GIT_CONFIG_KEY_0"] == "http.https://127.0.0.1:1/r.git.extraHeader"
    assert environ["GIT_CONFIG_VALUE_0"] == "Authorization: Basic dTpwbGFudGVkLXNlY3JldA=="


def test_a_command_that_hangs_is_ended_with_all_its_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import git_command
    from support.process import until

    (tmp_path / "git").write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {tmp_path}/child\nwait\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setattr(git_command, "_TIMEOUT", 0.5)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    command = GitCommand("r", environ=dict(os.environ))
    with pytest.raises(BackendError, match=r"r: git fetch did not end within 0\.5 s"):
        command.run(tmp_path, "fetch")
    child = (tmp_path / "child").read_text().strip()
    until(lambda: not Path(f"/proc/{child}").exists() or " Z " in Path(f"/proc/{child}/stat").read_text())


def test_closing_removes_the_private_clones(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    backend.write(STATE, b"1", None)
    backend.write(LOCK, b"1", None)
    clones = list((tmp_path / "temporary").iterdir())
    assert [clone.stat().st_mode & 0o777 for clone in clones] == [0o700, 0o700]
    backend.close()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_patience_ends(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    backend.write(STATE, b"1", None)
    monkeypatch.setattr(module, "_PATIENCE", 0.3)
    run = GitCommand.run

    def busy(self: GitCommand, folder: Path, *arguments: str, data: bytes = b"") -> bytes:
        if arguments[0] == "push":
            raise Failed("! [rejected] dataiku-state -> dataiku-state (stale info)")
        return run(self, folder, *arguments, data=data)

    monkeypatch.setattr(GitCommand, "run", busy)
    with pytest.raises(BackendError, match="stale info"):
        backend.write(STATE, b"2", ANYTHING)
