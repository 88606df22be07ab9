# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a project is read from: a node, a zip export, or the working tree of its Git repository."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .._errors import DssError, NodeError
from .._kinds import KINDS
from .._kinds.base import Kind
from .._node.client import DssNode
from .archive import read_source
from .offline import OfflineNode
from .reading import Documents, export_of, read_whole

# Files that no kind has for itself and that hold nothing to declare, or what other files are made of.
_OF_PROJECT = frozenset({
    "params.json", "variables.json", "localvariables.json", "tags.json", "version-tags.json", "active-bundle.json",
    "git-info.json", "lib/external-libraries.json",
})  # fmt: skip
PROJECT_KINDS: tuple[Kind, ...] = tuple(kind for kind in KINDS.values() if kind.scope == "project")


@dataclass(frozen=True)
class Sourced:
    """A project as it was read; ``not_imported`` counts files of each folder that no kind knows.

    ``notes`` are warnings, ``silent`` are kinds of which the source cannot tell, each with the reason.
    """

    project: str
    documents: Documents
    plugins: frozenset[str]
    not_imported: Mapping[str, int]
    notes: tuple[str, ...]
    silent: Mapping[str, str] = field(default_factory=dict)


def from_node(node: DssNode, project: str, by_index: bool, workers: int, check: Callable[[], None]) -> Sourced:
    """Read a project from a node, its export first as an index of what there is. Raises ``DssError``."""
    notes: list[str] = []
    paths, plugins = None, frozenset[str]()
    if by_index:
        try:
            files = export_of(node, project)
            paths, plugins = frozenset(files.contents), files.plugins
        except NodeError as error:
            if error.unauthenticated or error.project_unreadable:
                raise DssError(
                    f"project {project} does not exist, or the key may not read it (DSS does not say which): check the "
                    f"project key and the rights of the API key ({error})"
                ) from None
            if not error.forbidden and (error.status or 0) < 500:
                raise
            notes.append(f"every kind of object was listed, because the node gives no export of the project: {error}")
    read = read_whole(node, project, PROJECT_KINDS, paths, workers, check)
    return Sourced(project, read.documents, plugins, _not_imported(paths or (), read.folders), tuple(notes))


def from_files(source: Path, project: str | None) -> Sourced:
    """Read a project from its zip export or its directory. Raises ``DssError``."""
    files = read_source(source)
    key = project or files.key
    if not key:
        raise DssError(f"{source} does not say the key of its project: set project")
    node = OfflineNode(files.contents, key)
    paths = frozenset(files.contents)
    read = read_whole(node, key, PROJECT_KINDS, paths, 1, offline=True)
    notes = [f"{skipped} and was not read" for skipped in files.skipped]
    return Sourced(key, read.documents, files.plugins, _not_imported(paths, read.folders), tuple(notes), read.unread)


def _not_imported(paths: Iterable[str], listed: frozenset[str]) -> dict[str, int]:
    """The files of folders that no kind has and none has listed, counted by their folder at the top."""
    folders = tuple(f"{name}/" for name in {*listed, *(kind.git_folder for kind in PROJECT_KINDS)} if name)
    others = (path for path in paths if path not in _OF_PROJECT and not path.startswith(folders))
    return dict(sorted(Counter(path.partition("/")[0] for path in others).items()))


def check_key(value: t.Any) -> None:
    """Raise ``DssError`` where a project is to be read from a node and none is named."""
    if not value:
        raise DssError("no project given: set project to its key, or source to a zip export or a directory")
