# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files that an import would write: tried in a directory of their own first, then put in place."""

from __future__ import annotations

import contextlib
import difflib
import os
import shutil
import tempfile
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .._errors import DssError, visible

Contents = Mapping[str, t.Optional[bytes]]  # by path below the directory; None is a file that goes
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class Changes:
    """What differs from the directory as it is, by path."""

    before: Mapping[str, bytes]
    after: Contents

    def __bool__(self) -> bool:
        return bool(self.after)

    def as_data(self) -> dict[str, list[str]]:
        """The paths for a result."""
        return {
            "created": sorted(
                path for path, data in self.after.items() if data is not None and path not in self.before
            ),
            "updated": sorted(path for path, data in self.after.items() if data is not None and path in self.before),
            "removed": sorted(path for path, data in self.after.items() if data is None),
        }

    def diff(self) -> str:
        """A unified diff of all of them, for ``--diff``."""
        return "".join(_diff(path, self.before.get(path), self.after[path]) for path in sorted(self.after))


def changes(target: Path, wanted: Contents) -> Changes:
    """What would change in a directory; a file that is as wanted is no change. Raises ``DssError``."""
    before: dict[str, bytes] = {}
    after: dict[str, bytes | None] = {}
    for path, data in wanted.items():
        held = _held(target, path)
        if held is not None:
            before[path] = held
        if held != data:
            after[path] = data
    return Changes(before, after)


def write(target: Path, made: Changes) -> None:
    """Put the files in place, each of them whole or not at all. Raises ``DssError``."""
    for path, data in made.after.items():
        place = _inside(target, path)
        try:
            if data is None:
                place.unlink(missing_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            _inside(target, path)
            handle, name = tempfile.mkstemp(prefix=".import.", dir=place.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.chmod(name, place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_umask())
                os.replace(name, place)
            except BaseException:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name)
                raise
        except OSError as error:
            raise DssError(f"{place} cannot be written: {error.strerror or error}") from None


@contextlib.contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A copy of the configuration in a directory, without what no configuration is made of. Raises ``DssError``."""
    with tempfile.TemporaryDirectory(prefix="dss-import.") as folder:
        copy = Path(folder) / (target.name or "project")
        try:
            if target.is_dir():
                shutil.copytree(target, copy, symlinks=True, ignore=_ignored)
            elif target.exists():
                raise DssError(f"{target} is a file: path names the directory of one project")
            else:
                copy.mkdir()
        except (OSError, shutil.Error) as error:
            raise DssError(f"{target} cannot be read: {error}") from None
        yield copy


def _ignored(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name.startswith(".") and name != ".dataiku"}
    large = {name for name in names if _size(os.path.join(folder, name)) > _LARGEST}
    return hidden | large


def _size(path: str) -> int:
    status = os.lstat(path)
    return status.st_size


def _held(target: Path, path: str) -> bytes | None:
    place = _inside(target, path)
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DssError(f"{place} cannot be read: {error.strerror or error}") from None


def _inside(target: Path, path: str) -> Path:
    """The place of a file; nothing is read or written through a link that leads elsewhere."""
    place = target / path
    if target.exists() and not place.resolve().is_relative_to(target.resolve()):
        raise DssError(f"{place} leads outside {target} by a symbolic link: remove the link")
    return place


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _diff(path: str, before: bytes | None, after: bytes | None) -> str:
    try:
        old, new = (("" if data is None else data.decode("utf-8")) for data in (before, after))
    except UnicodeDecodeError:
        return f"{path}: not text\n"
    sides = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), *sides, lineterm=""))
    return "".join(f"{visible(line)}\n" for line in lines)
