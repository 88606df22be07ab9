# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every object of a project, read once, with as few calls as there can be.

One ``P/export`` tells what there is: a kind without a file in it is not listed, and an object whose list answer would
lack its content is read at once, without a list.
"""

from __future__ import annotations

import copy
import tempfile
import typing as t
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from threading import Lock

from .._errors import DssError, NodeError
from .._kinds.base import Kind, Node
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._node.parallel import gather
from .._plan.compare import Document
from .archive import Files, read_zip
from .offline import folder_of, is_empty_list
from .read_only import ReadOnly

Documents = dict[str, dict[str, Document]]


@dataclass(frozen=True)
class ProjectRead:
    """The objects by kind and id, kinds that could not be read, each with the reason, and the folders of what was listed."""

    documents: Documents
    unread: Mapping[str, str]
    folders: frozenset[str]


class ReadOnce(ReadOnly):
    """A node of which nothing is asked twice, and no list that is empty as the ``files`` of the project say."""

    def __init__(self, node: Node, files: frozenset[str] | None = None) -> None:
        self._node = node
        self._files = files
        self._lock = Lock()
        self._asking: dict[t.Any, Lock] = {}
        self._answers: dict[t.Any, t.Any] = {}
        self.folders: set[str] = set()  # with the files of what was listed

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        """The answer of the node, asked for once; each caller gets a copy of its own."""
        key = (path.rstrip("/"), *sorted(query.items()))
        folder = folder_of(path)
        with self._lock:
            self.folders.update([folder] if folder else [])
            asking = self._asking.setdefault(key, Lock())
        with asking:
            if key in self._answers:
                return copy.deepcopy(self._answers[key])
            known = self._files is not None and is_empty_list(path, self._files)
            answer = self._answers[key] = [] if known else self._node.get(path, **query)
            return copy.deepcopy(answer) if _is_shared(path, answer) else answer


def _is_shared(path: str, answer: t.Any) -> bool:
    """Whether several kinds may read it: settings and the like directly below the project, and no list of objects."""
    return isinstance(answer, dict) and path.strip("/").count("/") <= 2


def export_of(node: DssNode, project: str) -> Files:
    """What an export of the project holds, data left out. Raises ``NodeError`` and ``DssError``."""
    with tempfile.TemporaryFile() as file:

        def restart() -> None:
            file.seek(0)
            file.truncate()

        node.download(path_of("projects", project, "export"), file.write, restart, body={})
        file.seek(0)
        return read_zip(file, f"the export of {project}")


def read_whole(
    node: Node,
    project: str,
    kinds: Iterable[Kind],
    paths: frozenset[str] | None,
    workers: int = 8,
    check: Callable[[], None] = lambda: None,
    offline: bool = False,
) -> ProjectRead:
    """Every object of every kind; ``paths`` are the files of the project's export, None where there is none.

    Raises ``DssError`` where the project cannot be read. ``offline`` says that the node is made of files, which may
    not tell of every kind.
    """
    once = ReadOnce(node, paths)
    kinds = list(kinds)
    first = [kind for kind in kinds if kind.name == "project"]
    with understood(f"project {project}"):
        documents: Documents = {kind.name: dict(kind.read_all(once, project)) for kind in first}
        if not all(documents.values()):
            raise DssError(
                f"project {project} does not exist, or the key may not read it (DSS does not say which): check the "
                "project key and the rights of the API key"
            )
        rest = [kind for kind in kinds if kind not in first]
        listings = gather([partial(_ids, kind, once, project, paths, offline) for kind in rest], workers, check)
        unread = {kind.name: found for kind, found in zip(rest, listings) if isinstance(found, str)}
        wanted: list[tuple[Kind, str]] = []
        for kind, found in zip(rest, listings):
            documents[kind.name] = {} if isinstance(found, str) else dict(found)
            if not kind.listing_is_complete:
                wanted += [(kind, object_id) for object_id in documents[kind.name]]
        answers = gather([partial(_one, kind, once, project, object_id) for kind, object_id in wanted], workers, check)
    for (kind, object_id), answer in zip(wanted, answers):
        if answer is None:
            del documents[kind.name][object_id]
        else:
            documents[kind.name][object_id] = answer
    return ProjectRead(documents, unread, frozenset(once.folders))


def _ids(
    kind: Kind, node: Node, project: str, paths: frozenset[str] | None, offline: bool
) -> Mapping[str, Document] | str:
    """The objects of a kind by id, whole where the list is; or why they could not be listed."""
    if paths is not None and kind.git_folder:
        below = [path for path in paths if path.startswith(kind.git_folder + "/")]
        if not below:
            return {}
        if not kind.listing_is_complete and (ids := _ids_of_files(kind, below)):
            return {object_id: {} for object_id in ids}
    try:
        return kind.read_all(node, project)
    except NodeError as error:
        if offline and (error.missing or error.forbidden):
            return "the files of a project do not tell of it"
        raise


def _ids_of_files(kind: Kind, paths: Iterable[str]) -> list[str]:
    """The ids that the names of the files are, where the kind keeps each object in one JSON file."""
    start = kind.git_folder + "/"
    stems = sorted(path[len(start) : -len(".json")] for path in paths if path.endswith(".json"))
    return [stem for stem in stems if "/" not in stem and f"{start}{stem}.json" in kind.git_paths(stem, "")]


def _one(kind: Kind, node: Node, project: str, object_id: str) -> Document | None:
    """One object, None where a file of it was left behind and the object is gone."""
    try:
        return kind.read_one(node, project, object_id)
    except NodeError as error:
        if error.missing:
            return None
        raise
