# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The archive of a bundle as a file: fetched from a design node, known by its SHA-256 and by the manifest inside."""

from __future__ import annotations

import json
import os
import tempfile
import typing as t
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .._errors import DssError
from .._kinds.paths import path_of
from .._node.client import DssNode
from .._node.transfer import checksum_of, download, verify

# unverified: the names of the manifest in an archive and of its fields; what has other names is not checked.
_MANIFESTS = ("bundle-manifest.json", "export-manifest.json", "manifest.json", "bundle.json")
_BUNDLE_ID = ("bundleId", "bundle_id")
_PROJECT = ("projectKey", "originalProjectKey", "sourceProjectKey")
_LARGEST = 16 * 1024 * 1024  # bytes of a manifest that are read


@dataclass(frozen=True)
class Archive:
    """A file and its checksum ``sha256:...``."""

    path: Path
    checksum: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself; empty where it does not say it."""

    bundle: str = ""
    project: str = ""


def fetch(node: DssNode, project: str, bundle: str, target: Path, checksum: str | None = None) -> Archive:
    """Download the archive of a bundle to a file, which is there whole and right or not at all.

    A file that has the checksum already is kept as it is. Raises ``NodeError`` and ``DssError``.
    """
    if checksum is not None and target.is_file() and checksum_of(target) == checksum:
        return Archive(target, checksum)
    beside = target.with_name(f".{target.name}.download")
    try:
        found = download(node, _archive_path(project, bundle), beside)
        check(beside, project, bundle, checksum)
        os.replace(beside, target)
    except OSError as error:
        raise DssError(f"{target} cannot be written: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
    return Archive(target, found)


@contextmanager
def fetched(node: DssNode, project: str, bundle: str, checksum: str | None = None) -> Iterator[Archive]:
    """The archive of a bundle in a temporary file, which is gone afterwards. Raises ``NodeError`` and ``DssError``."""
    with tempfile.TemporaryDirectory(prefix="dss-bundle-") as folder:
        yield fetch(node, project, bundle, Path(folder) / f"{project}.zip", checksum)


def check(file: Path, project: str, bundle: str, checksum: str | None = None) -> None:
    """Raise ``DssError`` unless a file is the archive that is meant, as far as it tells."""
    if checksum is not None:
        verify(file, checksum)
    manifest = manifest_of(file)
    if manifest.bundle not in ("", bundle):
        raise DssError(f"{file} holds bundle {manifest.bundle} and not {bundle}: give the archive of that bundle")
    if manifest.project not in ("", project):
        raise DssError(f"{file} holds a bundle of project {manifest.project} and not of {project}")


def manifest_of(file: Path) -> Manifest:
    """What an archive says of itself. Raises ``DssError`` for what is no archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            documents = [_json(archive, name) for name in archive.namelist() if name.rsplit("/")[-1] in _MANIFESTS]
    except OSError as error:
        raise DssError(f"{file} cannot be read: {error.strerror or error}") from None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise DssError(f"{file} is not the archive of a bundle: {error}") from None
    known = [document for document in documents if isinstance(document, Mapping)]
    return Manifest(_first(known, _BUNDLE_ID), _first(known, _PROJECT))


def _archive_path(project: str, bundle: str) -> str:
    return path_of("projects", project, "bundles", "exported", bundle, "archive")


def _json(archive: zipfile.ZipFile, name: str) -> t.Any:
    with archive.open(name) as file:
        try:
            return json.loads(file.read(_LARGEST))
        except ValueError:
            return None


def _first(documents: list[t.Mapping[str, t.Any]], names: tuple[str, ...]) -> str:
    values = (document.get(name) for document in documents for name in names)
    return next((value for value in values if isinstance(value, str) and value), "")
