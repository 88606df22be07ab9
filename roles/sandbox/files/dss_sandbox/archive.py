# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zip archives of projects: what is read from one, what is written to one (dss-object-shapes.md, Directory layout)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import DSS_VERSION, layout
from .documents import Document, dumps
from .errors import DssError

_CONFIG = "project_config/"
_MANIFEST = "export-manifest.json"
_DATE = (1980, 1, 1, 0, 0, 0)  # the same files make the same bytes
_MOST_BYTES = 1 << 30  # what a small zip may grow to before it is refused


MISSHAPEN = (ValueError, KeyError, TypeError, AttributeError)  # what a project made of wrong files ends with


@dataclass
class Archive:
    files: dict[str, str]
    manifest: Document


def refused(reason: str) -> DssError:
    return DssError(400, "java.io.IOException", f"The archive cannot be imported: {reason}")  # unverified text


def read(data: bytes) -> Archive:
    """Text files below the project's root; binary ones (pictures, data) are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members:
                _check_path(member.filename)
            if sum(member.file_size for member in members) > _MOST_BYTES:
                raise refused("it is too big")
            contents = {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise refused(f"{error}") from error
    root = _root(contents)
    texts = {path[len(root) :]: text for path, text in _texts(contents).items() if path.startswith(root)}
    base = root[: -len(_CONFIG)] if root.endswith(_CONFIG) else root
    manifest = _manifest(contents.get(base + _MANIFEST))
    texts.pop(_MANIFEST, None)
    return Archive(texts, manifest)


def _check_path(path: str) -> None:
    parts = path.replace("\\", "/").split("/")
    if path.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in path:
        raise refused(f"it holds the path {path!r}")


def _root(contents: dict[str, bytes]) -> str:
    """The folder of the topmost params.json: project_config/, the top, or one folder that wraps it all."""
    found = [path for path in contents if path == layout.PARAMS or path.endswith("/" + layout.PARAMS)]
    if not found:
        raise refused("it holds no params.json")
    return min(found, key=lambda path: path.count("/"))[: -len(layout.PARAMS)]


def _texts(contents: dict[str, bytes]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path, data in contents.items():
        try:
            texts[path] = data.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return texts


def _manifest(data: bytes | None) -> Document:
    if data is None:
        return {}
    manifest: Any = layout.parse(_MANIFEST, data.decode("utf-8", "replace"))
    return manifest if isinstance(manifest, dict) else {}


def manifest_of(project_key: str, options: Document, connection_types: Mapping[str, str | None]) -> Document:
    """What an export says of itself; a connection without type does not exist on the node."""
    return {
        "exportedWithOptions": options,
        "originalProjectKey": project_key,
        "manifestVersion": 3,
        "generatedWithDSSVersion": DSS_VERSION,
        "requiredConnections": {
            name: {"name": name, "isMissing": kind is None, **({"type": kind} if kind else {})}
            for name, kind in connection_types.items()
        },
    }


def write(manifest: Document, files: dict[str, str], tags: Document) -> bytes:
    """The layout of an export: project_config/ next to a manifest; no data is ever in it."""
    contents = {_MANIFEST: dumps(manifest), _CONFIG + layout.VERSION_TAGS: dumps({"tags": tags})}
    for path, text in sorted(files.items()):
        contents[_CONFIG + path] = layout.pretty(text) if path.endswith(".json") else text
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in contents.items():
            archive.writestr(zipfile.ZipInfo(path, _DATE), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
