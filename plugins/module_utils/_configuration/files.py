# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a configuration: one file, or a directory with a folder for each section."""

from __future__ import annotations

import os
import stat
import typing as t
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from .._errors import ConfigurationError, Location, Problem
from .document import MAX_BYTES, Mapping, Sequence, problem_at
from .parser import Texts, parse
from .python_source import SUFFIX as PYTHON
from .python_source import python_document, refused

SUFFIXES = (".yml", ".yaml", ".json")


@dataclass(frozen=True)
class Document:
    """One file; ``section`` is what it may hold, None for the main file, ``folder`` is None for a mapping in memory."""

    content: Mapping
    folder: Path | None = None
    section: str | None = None


@dataclass(frozen=True)
class Tree:
    """Where a configuration lives: nothing outside ``root`` is read; ``home`` is the folder of the main file.

    ``texts`` are those of the files that were read.
    """

    root: Path
    home: Path
    texts: Texts = field(default_factory=Texts, repr=False, compare=False)
    _folders: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _beginning(self) -> str:
        return os.path.join(os.path.normpath(self.root), "")

    @cached_property
    def _real_root(self) -> Path:
        return self.root.resolve()

    def look(self, path: Path | str) -> tuple[bool, os.stat_result | None]:
        """Whether a path leads below the root, and what is there. Raises OSError, ValueError, RuntimeError."""
        folder, name = os.path.split(path)
        try:
            status: os.stat_result | None = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            status = None
        if name in ("", ".", "..") or (status is not None and stat.S_ISLNK(status.st_mode)):
            end = Path(path)
            return end.resolve().is_relative_to(self._real_root), os.stat(path) if end.exists() else None
        # Links on the way are followed once for all files of a folder.
        if folder not in self._folders:
            self._folders[folder] = Path(folder).resolve().is_relative_to(self._real_root)
        return self._folders[folder], status

    def shown(self, path: Path | str) -> str:
        """The path as messages name it: relative to the root where it is below it."""
        text = os.path.normpath(path)
        if text.startswith(self._beginning):
            return text[len(self._beginning) :].replace(os.sep, "/")
        try:
            return Path(os.path.normpath(path)).relative_to(os.path.normpath(self.root)).as_posix()
        except ValueError:
            return str(path)

    def folders(self, name: str) -> list[Path]:
        """The folder ``name`` beside the main file and in the root, nearest first."""
        return [folder for folder in dict.fromkeys((self.home / name, self.root / name)) if folder.is_dir()]


@dataclass(frozen=True)
class Reading:
    """All files that could be read, the main one first, and what was wrong with the others."""

    tree: Tree | None
    documents: tuple[Document, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


class Refused(Exception):
    """A file that is not read; the text says why and ends in no full stop."""


def read(source: Path, sections: Iterable[str], root: Path | None = None, allow_python: bool = False) -> Reading:
    """Read a file alone, or the project file of a directory and the folders named like ``sections``.

    ``root`` is the folder of the whole configuration where it is not that of a directory itself. A project file in
    Python is run with ``allow_python`` and refused without it.
    """
    lists = tuple(sections)
    if source.is_dir():
        return _read_directory(source, lists, root or source, allow_python)
    problem = _not_a_file(source)
    if problem:
        return Reading(None, (), (problem,))
    home = Path(os.path.abspath(source.parent))
    tree = Tree(home.parent if home.name == "projects" else home, home)
    if source.suffix == PYTHON:
        documents, problems = _run_python(tree, source, allow_python)
    else:
        documents, problems = _read_documents(tree, source, None, lists, trusted=True)
    return Reading(tree, tuple(documents), tuple(problems))


def read_bytes(tree: Tree, path: Path, limit: int, *, trusted: bool = False) -> bytes:
    """The content of a regular file inside the tree; raises Refused, or FileNotFoundError."""
    try:
        inside, status = (True, os.stat(path)) if trusted else tree.look(path)
        if not inside:
            raise Refused(f"{tree.shown(path)} is outside the configuration's folder; copy it there")
        if status is None:
            raise FileNotFoundError(path)
        return _content(tree, path, status, limit)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise Refused(f"{tree.shown(path)} cannot be read: {reason}") from None


def _content(tree: Tree, path: Path | str, status: os.stat_result, limit: int) -> bytes:
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{tree.shown(path)} is not a file")
    if status.st_size > limit:
        raise Refused(f"{tree.shown(path)} is larger than {limit // (1024 * 1024)} MiB")
    # Half the calls of Path.read_bytes: a configuration may be ten thousand small files.
    descriptor = os.open(path, os.O_RDONLY)
    try:
        data = os.read(descriptor, status.st_size + 1)
        while len(data) != status.st_size and (more := os.read(descriptor, 65536)):
            data += more
    finally:
        os.close(descriptor)
    return data


def read_document(tree: Tree, path: Path, *, top: tuple[type, ...] = (Mapping,), trusted: bool = False) -> t.Any:
    """One parsed file, of one of the types ``top``; without content an empty Mapping. Raises ConfigurationError."""
    shown = tree.shown(path)
    try:
        # The parser refuses what is too large with advice of its own, so it gets one byte more than it takes.
        data = read_bytes(tree, path, 16 * MAX_BYTES, trusted=trusted)
    except FileNotFoundError:
        raise ConfigurationError([Problem(f"Config file not found: {shown}", "", Location(shown))]) from None
    except Refused as refused:
        raise ConfigurationError([Problem(str(refused), "", Location(shown))]) from None
    return parse(data, shown, top=top, empty=True, texts=tree.texts)


def read_hidden(tree: Tree | None, name: str) -> tuple[Mapping | None, list[Problem]]:
    """The file of a name in the folder ``.dataiku``, None where there is none or it cannot be used, and why."""
    path = tree.root / ".dataiku" / name if tree else None
    if tree is None or path is None or not os.path.lexists(path):
        return None, []
    try:
        return read_document(tree, path), []
    except ConfigurationError as error:
        return None, list(error.problems)


def _not_a_file(source: Path) -> Problem | None:
    if not source.exists():
        return Problem(f"Config path not found: {source}")
    if not source.is_file():
        return Problem(f"Path is not a file: {source}")
    if source.suffix.lower() not in SUFFIXES and source.suffix != PYTHON:
        return Problem(f"Unknown config file format: {source.suffix}. Supported: .yaml, .yml, .json")
    return None


def _run_python(tree: Tree, path: Path, allowed: bool) -> tuple[list[Document], list[Problem]]:
    """The document that a Python program builds."""
    shown = tree.shown(path)
    if not allowed:
        return [], [refused(shown)]
    try:
        content = python_document(read_bytes(tree, path, MAX_BYTES, trusted=True), path, shown)
    except ConfigurationError as error:
        return [], list(error.problems)
    except Refused as reason:
        return [], [Problem(str(reason), "", Location(shown))]
    return [Document(content, path.parent)], []


def _read_directory(source: Path, lists: tuple[str, ...], root: Path, allow_python: bool) -> Reading:
    tree = Tree(root, source)
    names = [f"project{suffix}" for suffix in (*SUFFIXES, PYTHON)]
    found = [source / name for name in names if (source / name).exists()]
    if not found:
        message = f"project.yml not found in {source}. Directory-based configs require a project.yml file."
        return Reading(tree, (), (Problem(message),))
    if found[0].suffix == PYTHON:
        documents, problems = _run_python(tree, found[0], allow_python)
    else:
        documents, problems = _read_documents(tree, found[0], None, lists)
    for other in found[1:]:
        message = f"the configuration has both {found[0].name} and {other.name}; keep one of them"
        problems.append(Problem(message, "", Location(tree.shown(other))))
    for section in lists:
        folder = source / section
        if folder.exists() and not folder.is_dir():
            problems.append(Problem(f"{section} path is not a directory: {tree.shown(folder)}"))
            continue
        for path in _section_files(folder):
            more, wrong = _read_documents(tree, path, section, lists)
            documents += more
            problems += wrong
    return Reading(tree, tuple(documents), tuple(problems))


def _section_files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as found:
        names = sorted(entry.name for entry in found if not entry.name.startswith(".") and entry.is_file())
    for suffix in SUFFIXES:
        yield from (folder / name for name in names if name.endswith(suffix))


def _read_documents(
    tree: Tree, path: Path, section: str | None, lists: tuple[str, ...], trusted: bool = False
) -> tuple[list[Document], list[Problem]]:
    """The document of a file and those it includes."""
    try:
        content = read_document(tree, path, trusted=trusted)
    except ConfigurationError as error:
        return [], list(error.problems)
    if section is None and not content:
        return [], [Problem("the file is empty", "", Location(tree.shown(path)))]
    document = Document(content, path.parent, section)
    return _include(tree, document, lists)


def _include(tree: Tree, document: Document, lists: tuple[str, ...]) -> tuple[list[Document], list[Problem]]:
    """The document without its ``$include`` and one document more for each file that was named."""
    content, included, problems = document.content, [], []
    for section in lists if any(isinstance(value, dict) for value in content.values()) else ():
        value = content.get(section)
        if not isinstance(value, dict) or "$include" not in value:
            continue
        named = value["$include"]
        names = named if isinstance(named, list) else [named]
        if len(value) > 1 or not all(isinstance(name, str) and name for name in names):
            message = "$include stands alone and names one file or a list of files"
            problems.append(problem_at(content, (section,), message))
            continue
        content = _emptied(content, section)
        for name in names:
            try:
                included.append(_included(tree, document, section, name))
            except ConfigurationError as error:
                problems += error.problems
            except (FileNotFoundError, Refused) as error:
                reason = str(error) if isinstance(error, Refused) else f"the file {name} does not exist"
                problems.append(problem_at(document.content, (section, "$include"), reason))
    return [document if content is document.content else replace(document, content=content), *included], problems


def _emptied(content: Mapping, section: str) -> Mapping:
    copy = Mapping(content, content.file, content.marks)
    copy[section] = Sequence((), content.file)
    return copy


def _included(tree: Tree, document: Document, section: str, name: str) -> Document:
    path = find(tree, document.folder or tree.home, name)
    content = read_document(tree, path, top=(Mapping, Sequence))
    if isinstance(content, Sequence):
        content = Mapping({section: content}, content.file, {section: (1, 1)})
    value = content.get(section)
    if isinstance(value, dict) and "$include" in value:
        raise Refused(f"{name} includes another file itself; name that file here")
    return Document(content, path.parent, section)


def find(tree: Tree, folder: Path, name: str) -> Path:
    """A file that a configuration names: beside the file that names it, else in the root.

    Raises FileNotFoundError, or Refused for what is outside the tree.
    """
    return Path(_found(tree, folder, name)[0])


def read_named(tree: Tree, folder: Path, name: str, limit: int) -> tuple[str, bytes]:
    """The path that ``find`` gives, and its content. Raises FileNotFoundError and Refused."""
    path, status = _found(tree, folder, name)
    try:
        return path, _content(tree, path, status, limit)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Refused(f"{tree.shown(path)} cannot be read: {error.strerror}") from None


def _found(tree: Tree, folder: Path, name: str) -> tuple[str, os.stat_result]:
    outside = True
    for base in dict.fromkeys((os.fspath(folder), os.fspath(tree.root))):
        path = os.path.join(base, name)
        try:
            inside, status = tree.look(path)
            if inside and status is not None:
                return path, status
            outside = (outside and not inside) or os.path.islink(path)
        except (OSError, ValueError, RuntimeError):
            raise Refused(f"{name!r} cannot be used as a file name") from None
    if outside:
        raise Refused(f"{name} is outside the configuration's folder; copy it there")
    raise FileNotFoundError(name)
