# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every backend says alike: which names there are, which version a content has, who wrote first."""

from __future__ import annotations

import hashlib
import re

from .backend import ANYTHING, BackendError, Blob, Expected, Moved

LOCK = ".lock.json"  # how the name of a lock ends; it is never encrypted and has no history

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


def checked(name: str) -> str:
    """The name, if it can be one. Raises ``BackendError``: a name never leads out of the place."""
    if not _NAME.fullmatch(name):
        raise BackendError(f"nothing can be kept as {name!r}: use letters, digits, _, - and . in each part")
    return name


def blob_of(data: bytes) -> Blob:
    """A content with its digest as version, for places that number nothing."""
    return Blob(data, hashlib.sha256(data).hexdigest())


def require(current: Blob | None, expected: Expected, place: str, name: str) -> None:
    """Raise ``Moved`` when what is there is not what was expected."""
    if expected is not ANYTHING and (current.version if current else None) != expected:
        raise moved(place, name)


def moved(place: str, name: str) -> Moved:
    return Moved(f"{place}/{name} was written by somebody else in the meantime: run again")
