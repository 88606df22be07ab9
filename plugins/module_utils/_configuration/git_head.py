# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commit and the branch of a checkout, read from its files: loading starts no process."""

from __future__ import annotations

import re
from pathlib import Path

_HASH = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")
_BRANCH = "refs/heads/"


def commit(folder: Path) -> str | None:
    """The hash of the commit that is checked out around a folder, None where there is none."""
    place = _git_directory(folder)
    if place is None:
        return None
    head = _head(place)
    if not head.startswith("ref: "):
        return head if _HASH.fullmatch(head) else None
    return _resolved(place, head.removeprefix("ref: ").strip())


def branch(folder: Path) -> str | None:
    """The name of the branch that is checked out around a folder, None where there is none."""
    place = _git_directory(folder)
    reference = _head(place).removeprefix("ref: ").strip() if place else ""
    return reference.removeprefix(_BRANCH) if reference.startswith(_BRANCH) else None


def _git_directory(folder: Path) -> Path | None:
    absolute = folder.absolute()
    for base in (absolute, *absolute.parents):
        place = base / ".git"
        if place.is_dir():
            return place
        if place.is_file():  # a work tree or a submodule names its directory in a file
            text = _text(place)
            return base / text.removeprefix("gitdir: ") if text.startswith("gitdir: ") else None
    return None


def _resolved(place: Path, reference: str) -> str | None:
    shared = _text(place / "commondir")
    for directory in [place, *([place / shared] if shared else [])]:
        found = _text(directory / reference)
        if _HASH.fullmatch(found):
            return found
        for line in _text(directory / "packed-refs").splitlines():
            value, _space, name = line.partition(" ")
            if name == reference and _HASH.fullmatch(value):
                return value
    return None


def _head(place: Path) -> str:
    return _text(place / "HEAD")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
