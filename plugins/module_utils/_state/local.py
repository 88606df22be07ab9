# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States in files of this machine, or of a file system that several machines share."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from .backend import BackendError, Blob, Expected
from .contents import blob_of, checked, require

_PATIENCE = 20.0  # seconds; a write takes milliseconds


class Local:
    """One file a name below ``root``; folders are made when first written to, for their owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def place(self) -> str:
        return str(self._root)

    def read(self, name: str) -> Blob | None:
        with self._sentences(name):
            try:
                return blob_of((self._root / checked(name)).read_bytes())
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        with self._alone(name):
            require(self.read(name), expected, self.place, name)
            for other, content in (beside or {}).items():
                self._replace(other, content)
            self._replace(name, data)
        return blob_of(data).version

    def remove(self, name: str) -> None:
        with self._sentences(name), contextlib.suppress(FileNotFoundError):
            (self._root / checked(name)).unlink()

    def close(self) -> None:
        """Nothing is kept open."""

    def _replace(self, name: str, data: bytes) -> None:
        path = self._root / checked(name)
        # One name for what is not complete yet: a killed writer leaves no more than this, and the next one reuses it.
        unfinished = path.with_name(f".{path.name}.tmp")
        with self._sentences(name):
            self._folder(path.parent)
            try:
                with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(unfinished, path)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
            _sync(path.parent)

    def _folder(self, folder: Path) -> None:
        if not self._root.is_dir():
            self._root.mkdir(parents=True, mode=0o700, exist_ok=True)
            (self._root / ".gitignore").write_text("*\n", encoding="ascii")
        for part in reversed([folder, *folder.parents]):
            if self._root in part.parents:
                part.mkdir(mode=0o700, exist_ok=True)

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Keep other writers of this environment away.

        An advisory lock and not link-and-rename (as the design had it): comparing and replacing are two steps, and the
        system frees this lock when its holder is killed between them.
        """
        with self._sentences(name):
            folder = self._root / checked(name).split("/")[0] if "/" in name else self._root
            self._folder(folder)
            descriptor = os.open(folder / ".mutex", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with self._sentences(name):
                self._await(descriptor, name)
            yield
        finally:
            os.close(descriptor)

    def _await(self, descriptor: int, name: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR):
                    raise
            if time.monotonic() > deadline:
                raise BackendError(
                    f"{self.place}/{name} cannot be written: another process has been writing there for "
                    f"{_PATIENCE:g} s; see what hangs"
                )
            time.sleep(0.002)

    @contextlib.contextmanager
    def _sentences(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise BackendError(
                f"{self.place}/{name} cannot be used ({reason.lower()}): check path in state_backend"
            ) from None


def _sync(folder: Path) -> None:
    """Make a renaming outlast a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
