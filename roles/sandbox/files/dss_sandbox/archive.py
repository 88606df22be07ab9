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

from . import DSS_VERSION, contents, layout
from .documents import Document, dumps
from .errors import DssError

_CONFIG = "project_config/"
_MANIFEST = "export-manifest.json"
_NO_DATA = (
    "includedDatasets",
    "includedSavedModels",
    "includedManagedFolders",
    "includedModelEvaluationStores",
    "includedCodeStudios",
    "includedKnowledgeBanks",
    "includedLabelingTasks",
)
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
    """The files below the project's root; binary ones (pictures, data) are left out, but for those of the library."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members:
                _check_path(member.filename)
            if sum(member.file_size for member in members) > _MOST_BYTES:
                raise refused("it is too big")
            found = {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise refused(f"{error}") from error
    root = _root(found)
    texts = _texts({path[len(root) :]: data for path, data in found.items() if path.startswith(root)})
    base = root[: -len(_CONFIG)] if root.endswith(_CONFIG) else root
    manifest = _manifest(found.get(base + _MANIFEST))
    texts.pop(_MANIFEST, None)
    return Archive(texts, manifest)


def _check_path(path: str) -> None:
    parts = path.replace("\\", "/").split("/")
    if path.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in path:
        raise refused(f"it holds the path {path!r}")


def _root(found: dict[str, bytes]) -> str:
    """The folder of the topmost params.json: project_config/, the top, or one folder that wraps it all."""
    tops = [path for path in found if path == layout.PARAMS or path.endswith("/" + layout.PARAMS)]
    if not tops:
        raise refused("it holds no params.json")
    return min(tops, key=lambda path: path.count("/"))[: -len(layout.PARAMS)]


def _texts(found: dict[str, bytes]) -> dict[str, str]:
    texts = {path: contents.stored(data) for path, data in found.items()}
    return {path: text for path, text in texts.items() if path.startswith("lib/") or not contents.is_binary(text)}


def _manifest(data: bytes | None) -> Document:
    if data is None:
        return {}
    manifest: Any = layout.parse(_MANIFEST, data.decode("utf-8", "replace"))
    return manifest if isinstance(manifest, dict) else {}


def manifest_of(project_key: str, options: Document, connection_types: Mapping[str, str | None]) -> Document:
    """What an export says of itself; a connection without type does not exist on the node.

    The members are those of the one export that is known (dss-object-shapes.md, export-manifest.json); of those whose
    form it does not show (plugins, code environments, templates of code studios) none is written.
    """
    return {
        "exportedWithOptions": options,
        "actualContent": {**{key: [] for key in _NO_DATA}, "allAnalysisData": False, "insightsData": False},
        "foreignObjects": [],
        "originalProjectKey": project_key,
        "manifestVersion": 3,
        "generatedWithDSSVersion": DSS_VERSION,
        "requiredConnections": {
            name: {"name": name, "isMissing": kind is None, **({"type": kind} if kind else {})}
            for name, kind in connection_types.items()
        },
        "allowedMissingConnections": [],
        "allowedMissingCodeEnvs": [],
    }


def write(manifest: Document, files: dict[str, str], tags: Document) -> bytes:
    """The layout of an export: project_config/ next to a manifest; no data is ever in it."""
    members = {_MANIFEST: dumps(manifest).encode(), _CONFIG + layout.VERSION_TAGS: dumps({"tags": tags}).encode()}
    for path, text in sorted(files.items()):
        members[_CONFIG + path] = layout.as_written(path, text)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(zipfile.ZipInfo(path, _DATE), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
