# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directories and files that a section takes its contents from: a mapping of paths to contents.

Each value of the mapping may be ``{file: NAME}``.
"""

from __future__ import annotations

import os
import typing as t
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from pathlib import Path

from .._contents import value_of
from .._errors import Problem
from .code_files import MAX_CODE_BYTES
from .document import Mapping, ValuePath, edited, problem_at
from .files import Document, Refused, Tree, find, read_bytes

# What tools leave behind beside the files that people write.
LEFT_OUT = frozenset({"__pycache__", ".git", ".ipynb_checkpoints", ".DS_Store"})


_KEYS: AnyMapping[str, AnyMapping[str, str]] = {"library": {"path": "files"}}


def directory_keys(section: str) -> AnyMapping[str, str]:
    """The keys of a section that name a directory, each with the key that its files go to."""
    return _KEYS.get(section, {})


def with_directories(
    documents: Iterable[Document], section: str, keys: AnyMapping[str, str], tree: Tree | None
) -> tuple[list[Document], list[Problem]]:
    """The documents with the files of one section read, and what could not be read."""
    reader = _Reader(tree)
    return [reader.document(document, section, keys) for document in documents], reader.problems


class _Reader:
    def __init__(self, tree: Tree | None) -> None:
        self.problems: list[Problem] = []
        self._tree = tree

    def document(self, document: Document, section: str, keys: AnyMapping[str, str]) -> Document:
        author = document.content.get(section)
        if not isinstance(author, Mapping):
            return document
        for key, target in keys.items():
            listed = author.get(target)
            if isinstance(listed, Mapping):
                author = edited(author, {target: self._named(document, listed, (section, target))})
            if isinstance(author.get(key), str):
                found = self._directory(document, author[key], (section, key))
                author = edited(author, {target: {**found, **(author.get(target) or {})}}, [key])
        if author is document.content[section]:
            return document
        return replace(document, content=edited(document.content, {section: author}))

    def _named(self, document: Document, listed: Mapping, path: ValuePath) -> Mapping:
        """The mapping with the content of each ``{file: NAME}`` in its place."""
        changes = {
            name: self._file(document, value["file"], (*path, name, "file"))
            for name, value in listed.items()
            if isinstance(value, Mapping) and isinstance(value.get("file"), str) and len(value) == 1
        }
        return edited(listed, changes) if changes else listed

    def _file(self, document: Document, name: str, path: ValuePath) -> t.Any:
        found = self._found(document, name, path)
        return self._content(document, found, path) if found else ""

    def _directory(self, document: Document, name: str, path: ValuePath) -> dict[str, t.Any]:
        folder = self._found(document, name, path)
        if folder is None:
            return {}
        if not folder.is_dir():
            self._problem(document, path, f"{name} is not a directory")
            return {}
        return {
            file.relative_to(folder).as_posix(): self._content(document, file, path)
            for file in sorted(files_below(folder))
        }

    def _found(self, document: Document, name: str, path: ValuePath) -> Path | None:
        if self._tree is None or document.folder is None:
            self._problem(document, path, "this needs a configuration that is a file; write the contents in files")
            return None
        try:
            return find(self._tree, document.folder, name)
        except FileNotFoundError:
            self._problem(document, path, f"{name} does not exist")
        except Refused as refused:
            self._problem(document, path, str(refused))
        return None

    def _content(self, document: Document, file: Path, path: ValuePath) -> t.Any:
        try:
            return value_of(read_bytes(t.cast(Tree, self._tree), file, MAX_CODE_BYTES))
        except FileNotFoundError:
            self._problem(document, path, f"{file.name} does not exist any more")
        except Refused as refused:
            self._problem(document, path, str(refused))
        return ""

    def _problem(self, document: Document, path: ValuePath, message: str) -> None:
        self.problems.append(problem_at(document.content, path, message))


def files_below(folder: Path) -> Iterator[Path]:
    """All files below a folder, without what tools leave behind; links to directories are not followed."""
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        yield from (Path(above) / name for name in names if name not in LEFT_OUT)
