# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a project outside a node: its zip export, or the working tree of its Git repository."""

from __future__ import annotations

import io
import json
import os
import stat
import typing as t
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .._errors import DssError

MAX_FILES = 100_000
MAX_BYTES = 512 * 1024 * 1024  # of all files together, once unpacked
_PARAMS = "params.json"
_MANIFEST = "export-manifest.json"


@dataclass(frozen=True)
class Files:
    """The files of one project by their path below its root (dss-object-shapes.md, "Directory layout").

    ``manifest`` is what a zip export says of itself; ``skipped`` says which files were not followed, and why.
    """

    contents: Mapping[str, bytes]
    manifest: Mapping[str, t.Any] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    @property
    def key(self) -> str | None:
        """The key of the project, where the export names it."""
        found = self.manifest.get("originalProjectKey")
        return found if isinstance(found, str) and found else None

    @property
    def plugins(self) -> frozenset[str]:
        """The ids of the plugins that the exporting node had."""
        listed = self.manifest.get("exportedWithPlugins")
        items = listed if isinstance(listed, list) else []
        return frozenset(str(item.get("pluginId")) for item in items if isinstance(item, Mapping))


def read_source(path: Path) -> Files:
    """The files of a zip export or of a directory. Raises ``DssError`` for what is neither, or not safe to read."""
    if path.is_dir():
        return _from_directory(path)
    try:
        with path.open("rb") as content:
            return read_zip(content, str(path))
    except OSError as error:
        raise DssError(f"{path} cannot be read: {error.strerror or error}") from None


def read_zip(content: t.IO[bytes], name: str) -> Files:
    """The files below the project's root in a zip; what lies beside it (data) is not unpacked. Raises ``DssError``."""
    try:
        with zipfile.ZipFile(content) as archive:
            members = _members(archive, name)
            root = _root(members, name)
            wanted = {path[len(root) :]: member for path, member in members.items() if path.startswith(root)}
            contents = _unpacked(archive, wanted, name)
            base = root.removesuffix("project_config/")
            manifest = members.get(base + _MANIFEST)
            told = _unpacked(archive, {_MANIFEST: manifest}, name) if manifest else {}
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DssError(
            f"{name} is no whole zip archive ({error}): export the project again, or copy it again"
        ) from None
    return Files(contents, _manifest(told.get(_MANIFEST), name))


def _members(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    members: dict[str, zipfile.ZipInfo] = {}
    listed = archive.infolist()
    if len(listed) > MAX_FILES:
        raise DssError(f"{name} holds more than {MAX_FILES:,} files: this is no export of one project")
    for member in listed:
        path = member.filename
        parts = path.replace("\\", "/").split("/")
        # The first name of a member, before zipfile cuts it at a NUL or turns separators, is what an attack uses.
        if path.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in member.orig_filename:
            raise DssError(f"{name} is not safe: it holds the path {path!r}, which leads outside; nothing was read")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise DssError(f"{name} is not safe: {path!r} in it is a symbolic link; nothing was read")
        if member.is_dir():
            continue
        if path in members:
            raise DssError(f"{name} holds {path!r} twice: export the project again")
        members[path] = member
    return members


def _unpacked(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> dict[str, bytes]:
    """The contents, never more than ``MAX_BYTES``, whatever the directory of the archive says."""
    left = MAX_BYTES
    contents = {}
    for path, member in members.items():
        with archive.open(member) as packed:
            data = packed.read(left + 1)
        left -= len(data)
        if left < 0:
            limit = MAX_BYTES // (1024 * 1024)
            raise DssError(f"{name} grows to more than {limit} MiB when it is unpacked: nothing was read")
        contents[path] = data
    return contents


def _from_directory(folder: Path) -> Files:
    """The working tree; links are not followed, and nothing below ``.git`` is looked at."""
    contents: dict[str, bytes] = {}
    skipped: list[str] = []
    left = MAX_BYTES
    for place, names, files in os.walk(folder, followlinks=False):
        here = Path(place)
        names[:] = sorted(entry for entry in names if entry != ".git" and not _is_link(here / entry, folder, skipped))
        for entry in sorted(files):
            path = here / entry
            if _is_link(path, folder, skipped):
                continue
            shown = path.relative_to(folder).as_posix()
            try:
                if not path.is_file():
                    skipped.append(f"{shown} is not a file")
                    continue
                data = path.read_bytes()
            except OSError as error:
                raise DssError(f"{path} cannot be read: {error.strerror or error}") from None
            left -= len(data)
            if left < 0 or len(contents) >= MAX_FILES:
                raise DssError(f"{folder} holds too much for one project: name the folder with its params.json")
            contents[shown] = data
    root = _root(contents, str(folder))
    below = {path[len(root) :]: data for path, data in contents.items() if path.startswith(root)}
    manifest = contents.get(root.removesuffix("project_config/") + _MANIFEST)
    return Files(below, _manifest(manifest, str(folder)), tuple(skipped))


def _is_link(path: Path, folder: Path, skipped: list[str]) -> bool:
    if not path.is_symlink():
        return False
    skipped.append(f"{path.relative_to(folder).as_posix()} is a symbolic link")
    return True


def _root(paths: t.Iterable[str], name: str) -> str:
    """The folder of the topmost params.json: project_config/, the top, or one folder that wraps it all."""
    found = [path for path in paths if path == _PARAMS or path.endswith("/" + _PARAMS)]
    if not found:
        raise DssError(
            f"{name} holds no params.json, so it is no DSS project: name a zip export, or a checked out project repository"
        )
    return min(found, key=lambda path: (path.count("/"), path))[: -len(_PARAMS)]


def _manifest(data: bytes | None, name: str) -> Mapping[str, t.Any]:
    if data is None:
        return {}
    try:
        found = json.load(io.BytesIO(data))
    except ValueError as error:
        raise DssError(f"{_MANIFEST} of {name} is not JSON: {error}") from None
    return found if isinstance(found, dict) else {}
