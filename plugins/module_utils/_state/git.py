# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States on a branch of a Git repository: a commit a write, pushed only onto what it was made from.

Locks stand on a second branch, so that their renewals are not in the history of the states.
"""

from __future__ import annotations

import random
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .backend import ANYTHING, BackendError, Blob, Expected
from .contents import LOCK, blob_of, checked, require
from .git_command import Failed, GitCommand

_PATIENCE = 60.0  # seconds in which others may push between our reading and our pushing
_TIP, _NEXT = "refs/dataiku/tip", "refs/dataiku/next"
_AUTHOR = "dataiku_iac.dss <dataiku_iac.dss@localhost>"


@dataclass(frozen=True)
class _Change:
    name: str
    data: bytes | None  # None removes it


class Git:
    """Reads and writes a branch through a private bare clone; nobody's work tree or configuration is touched."""

    def __init__(self, command: GitCommand, branch: str) -> None:
        self._command = command
        self._states = _Branch(command, branch)
        self._locks = _Branch(command, f"{branch}-locks")

    @property
    def place(self) -> str:
        return self._states.place

    def read(self, name: str) -> Blob | None:
        return self._branch(name).read(checked(name))

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        changes = [_Change(checked(other), content) for other, content in (beside or {}).items()]
        self._branch(name).write([*changes, _Change(checked(name), data)], expected)
        return blob_of(data).version

    def remove(self, name: str) -> None:
        self._branch(name).write([_Change(checked(name), None)], ANYTHING)

    def close(self) -> None:
        self._states.close()
        self._locks.close()

    def _branch(self, name: str) -> _Branch:
        return self._locks if name.endswith(LOCK) else self._states


class _Branch:
    """One branch and its clone. The heartbeat of a lock has its own, and so never waits for a state."""

    def __init__(self, command: GitCommand, branch: str) -> None:
        self._git = command
        self._ref = f"refs/heads/{branch}"
        self._busy = threading.Lock()
        self._clone: Path | None = None
        self._tip: str | None = None  # the commit that the branch had when it was last looked at
        self._contents: dict[str, Blob | None] = {}  # what is known of that commit
        self.place = f"{command.url}#{branch}"

    def read(self, name: str) -> Blob | None:
        with self._busy:
            try:
                self._fetch()
                return self._content(name)
            except Failed as error:
                raise self._sentence(error) from None

    def write(self, changes: list[_Change], expected: Expected) -> None:
        """All changes in one commit; the last one is the one that ``expected`` speaks of."""
        with self._busy:
            try:
                self._write(changes, expected)
            except Failed as error:
                raise self._sentence(error) from None

    def close(self) -> None:
        with self._busy:
            if self._clone is not None:
                shutil.rmtree(self._clone, ignore_errors=True)
            self._clone = None
            self._move_to(None)

    def _write(self, changes: list[_Change], expected: Expected) -> None:
        main = changes[-1]
        doubtful = expected is not ANYTHING and self._version(main.name) != expected
        if self._tip is None or main.data is None or doubtful:
            self._fetch()  # otherwise the push itself tells whether the tip is still the known one
        deadline = time.monotonic() + _PATIENCE
        while True:
            current = self._content(main.name)
            if current is None and main.data is None:
                return
            require(current, expected, self.place, main.name)
            refused = self._push(changes)
            if refused is None:
                return
            before = self._tip
            self._fetch()
            current = self._content(main.name)
            if not refused.passing and current is not None and current.data == main.data:
                return  # it was accepted, and only the answer was lost
            # Where the branch is as before, what refused was no other writer, or one that is still at it.
            if time.monotonic() > deadline or (self._tip == before and not refused.passing):
                raise refused
            time.sleep(random.uniform(0.01, 0.1))

    def _push(self, changes: list[_Change]) -> Failed | None:
        """Push the changes onto the known tip; the failure, if that was refused."""
        commit = self._commit(changes)
        lease = f"--force-with-lease={self._ref}:{self._tip or ''}"
        try:
            self._git.run(
                self._folder(), "push", "--quiet", "--no-signed", lease, self._git.url, f"{commit}:{self._ref}"
            )
        except Failed as error:
            return error
        self._move_to(commit)
        return None

    def _commit(self, changes: list[_Change]) -> str:
        # Without the number, two writers of the same content in the same second would make, and both push, one commit.
        did = "" if changes[-1].data is not None else " removed"
        message = f"{changes[-1].name}{did}\n\nWrite-Id: {secrets.token_hex(8)}\n"
        lines = [f"commit {_NEXT}", "mark :1", f"committer {_AUTHOR} now", f"data {len(message)}", message]
        lines += [f"from {self._tip}"] if self._tip else []
        stream = "\n".join(lines).encode() + b"\n"
        for change in changes:
            if change.data is None:
                stream += f"D {change.name}\n".encode()
            else:
                stream += f"M 100644 inline {change.name}\ndata {len(change.data)}\n".encode() + change.data + b"\n"
        stream += b"get-mark :1\n"
        arguments = ("fast-import", "--quiet", "--force", "--date-format=now", "--cat-blob-fd=1")
        return self._git.run(self._folder(), *arguments, data=stream).decode().strip()

    def _fetch(self) -> None:
        listed = self._git.run(self._folder(), "ls-remote", self._git.url, self._ref).decode().split()
        tip = listed[0] if listed else None
        if tip is not None and tip != self._tip:
            arguments = ("--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", self._git.url)
            self._git.run(self._folder(), "fetch", *arguments, f"+{self._ref}:{_TIP}")
            tip = self._git.run(self._folder(), "rev-parse", _TIP).decode().strip()
        self._move_to(tip)

    def _move_to(self, tip: str | None) -> None:
        if tip != self._tip:
            self._contents.clear()
        self._tip = tip

    def _content(self, name: str) -> Blob | None:
        if name not in self._contents:
            self._contents[name] = self._look_up(name) if self._tip else None
        return self._contents[name]

    def _look_up(self, name: str) -> Blob | None:
        asked = f"{self._tip}:{name}\n".encode()
        header, _newline, rest = self._git.run(self._folder(), "cat-file", "--batch", data=asked).partition(b"\n")
        return blob_of(rest[:-1]) if b" blob " in header else None

    def _version(self, name: str) -> str | None:
        current = self._content(name)
        return current.version if current else None

    def _folder(self) -> Path:
        if self._clone is None:
            clone = Path(tempfile.mkdtemp(prefix="dataiku_iac.dss."))
            try:
                self._git.run(clone, "init", "--quiet", "--bare", ".")
            except (Failed, BackendError):
                shutil.rmtree(clone, ignore_errors=True)
                raise
            self._clone = clone
        return self._clone

    def _sentence(self, error: Failed) -> BackendError:
        return BackendError(
            f"{self.place} cannot be used ({error}): check url, branch and credentials in state_backend"
        )
