# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives from and to a node: streamed, and known by their SHA-256."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import typing as t
from collections.abc import Iterator
from pathlib import Path

from .._errors import DssError
from .client import DssNode

_PART = 1024 * 1024
PREFIX = "sha256:"


def download(node: DssNode, path: str, target: Path) -> str:
    """Write what the node answers to a file, which is there whole or not at all; returns its checksum ``sha256:...``.

    Raises ``NodeError``, and ``DssError`` where the file cannot be written.
    """
    with _written(target) as file:
        digest = hashlib.sha256()

        def restart() -> None:
            nonlocal digest
            digest = hashlib.sha256()
            file.seek(0)
            file.truncate()

        def keep(part: bytes) -> None:
            digest.update(part)
            try:
                file.write(part)
            except OSError as error:
                raise DssError(f"{target} cannot be written: {error.strerror}") from None

        node.download(path, keep, restart)
    return PREFIX + digest.hexdigest()


def upload(node: DssNode, path: str, file: Path, checksum: str | None = None, **query: t.Any) -> t.Any:
    """Send a file, after a look at its checksum where one is given. Raises ``NodeError`` and ``DssError``."""
    if checksum is not None:
        verify(file, checksum)
    return node.upload(path, file, **query)


def verify(file: Path, checksum: str) -> None:
    """Raise ``DssError`` unless a file has this checksum."""
    found = checksum_of(file)
    if found != checksum:
        raise DssError(
            f"{file} is not the archive that was meant: its checksum is {found} and not {checksum}; remove it and "
            "download the bundle again"
        )


def checksum_of(file: Path) -> str:
    """The checksum ``sha256:...`` of a file. Raises ``DssError`` where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as content:
            while part := content.read(_PART):
                digest.update(part)
    except OSError as error:
        raise DssError(f"{file} cannot be read: {error.strerror}") from None
    return PREFIX + digest.hexdigest()


@contextlib.contextmanager
def _written(target: Path) -> Iterator[t.IO[bytes]]:
    """A file beside the target that takes its place at the end, unless something went wrong."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise DssError(f"{target} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
