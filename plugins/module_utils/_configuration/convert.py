# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations of other tools written in the format of this collection, file by file."""

from __future__ import annotations

import os
import typing as t
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .._errors import ConfigurationError, DssError, Problem
from .._kinds import KINDS
from .code_files import CodeFiles, file_keys
from .dialect_sections import without_foreign_parts
from .dialects import canonical, canonical_keys, with_canonical_keys
from .directories import directory_keys, files_below
from .document import Mapping, Sequence, edited, relisted, renamed
from .dump import as_text
from .environments import available
from .files import Document, Reading, Refused, Tree, find, read, read_bytes, read_document
from .projects import places
from .templates import INSTANCES, TEMPLATES

_SHARED = ("config.yml", "variables.yml", "drift-policy.yml")
_MAX_FILE = 32 * 1024 * 1024


@dataclass(frozen=True)
class Converted:
    """The files of a converted configuration by their path below its root, and what was left out of them with the reasons."""

    files: AnyMapping[str, bytes]
    notes: tuple[Problem, ...]
    root: Path

    def changes(self, target: Path, force: bool = False) -> tuple[str, ...]:
        """The files that a folder lacks, and with ``force`` those that hold something else. Raises DssError without it."""
        if target.resolve() == self.root.resolve():
            raise DssError(f"{target} is the configuration itself: give another folder, since comments are not kept")
        changed = tuple(name for name, data in sorted(self.files.items()) if _held(target / name) != data)
        kept = [name for name in changed if (target / name).exists()]
        if kept and not force:
            raise DssError(
                f"{target} holds other files of these names: {', '.join(kept)}; set force to write over them"
            )
        return changed

    def write(self, target: Path, force: bool = False) -> tuple[str, ...]:
        """Write what ``changes`` names, and name it."""
        changed = self.changes(target, force)
        for name in changed:
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.files[name])
        return changed


def convert(
    source: str | os.PathLike[str], target: str | os.PathLike[str] | None = None, *, force: bool = False
) -> Converted:
    """A configuration in any dialect as files in the format of this collection; written below ``target`` if it is given.

    Variables stay variables, includes stay includes, and code files are copied. Comments are not kept. Raises
    ConfigurationError for files that cannot be read, and DssError for a target that cannot be used.
    """
    path = Path(source)
    lists = [TEMPLATES, INSTANCES, *(kind.section for kind in KINDS.values() if not kind.singleton)]
    work = _Conversion(path)
    for place in places(path):
        reading = read(place, lists, path if place != path else None)
        if any(problem.severity == "error" for problem in reading.problems):
            raise ConfigurationError(reading.problems)
        work.take(reading)
    found = Converted(work.files, tuple(work.notes), work.root)
    if target is not None:
        found.write(Path(target), force)
    return found


@dataclass
class _Conversion:
    """The files so far; ``root`` is the folder below which they are named."""

    root: Path
    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def take(self, reading: Reading) -> None:
        """Add the files of one configuration."""
        tree = t.cast(Tree, reading.tree)
        self.root = tree.root
        documents, notes = _translated(reading.documents, tree)
        self.notes += notes
        for document in documents:
            content = _with_version(_with_includes(document, tree)) if document.section is None else document.content
            self._put(document.content.file, content)
            for name in _named_files(document):
                self._copy(tree, document.folder or tree.home, name)
        for path in available(tree).values():
            content, notes = _environment(read_document(tree, path))
            self.notes += notes
            self._put(tree.shown(path), content)
        for name in _SHARED:
            self._copy(tree, tree.root / ".dataiku", name)

    def _put(self, name: str, content: Mapping) -> None:
        self.files[name] = as_text(content, Path(name).suffix.lower()).encode()

    def _copy(self, tree: Tree, folder: Path, name: str) -> None:
        """A file or directory that is named, if it is there: of one whose name is a variable nothing is known."""
        try:
            found = find(tree, folder, name)
            for path in sorted(files_below(found)) if found.is_dir() else [found]:
                self.files[tree.shown(path)] = read_bytes(tree, path, _MAX_FILE)
        except (FileNotFoundError, Refused):
            return


def _translated(documents: Iterable[Document], tree: Tree) -> tuple[list[Document], list[Problem]]:
    """The documents with the keys and values of the kinds, and what is not applied."""
    listed, notes = without_foreign_parts(documents, KINDS)
    keyed = with_canonical_keys(listed, KINDS)
    recipes = KINDS["recipe"]
    files = CodeFiles(tree)  # whether SQL is a script shows in its text; what cannot be read shows when it is loaded
    with_code = [
        files.fill(document, recipes.section, file_keys(recipes.section, recipes.schema), "Recipe")
        for document in keyed
    ]
    translated, wrong = canonical(with_code, KINDS)
    templates = [_templates(_with_file_names(*pair)) for pair in zip(translated, keyed)]
    return (
        [document for document, _notes in templates],
        [*notes, *wrong, *(note for _document, found in templates for note in found)],
    )


def _with_file_names(document: Document, named: Document) -> Document:
    """The document in which recipes name their code files again."""
    section = KINDS["recipe"].section
    items, before = document.content.get(section), named.content.get(section)
    if not isinstance(items, list) or not isinstance(before, list):
        return document
    keys = file_keys(section, KINDS["recipe"].schema)
    result = []
    for item, old in zip(items, before):
        for key, target in keys.items():
            if isinstance(old, Mapping) and isinstance(old.get(key), str) and old[key]:
                item = edited(item, {target: old[key]}) if key in item else renamed(item, target, key)
                item = edited(item, {key: old[key]}, (target,))
        result.append(item)
    return replace(document, content=edited(document.content, {section: relisted(items, result)}))


def _templates(document: Document) -> tuple[Document, list[Problem]]:
    """The document whose templates are translated as well."""
    templates = document.content.get(TEMPLATES)
    if not isinstance(templates, Mapping):
        return document, []
    changes: dict[str, t.Any] = {}
    notes: list[Problem] = []
    for name, template in templates.items():
        if isinstance(template, Mapping):
            known, left = without_foreign_parts([Document(template, document.folder)], KINDS)
            (inner,), wrong = canonical(with_canonical_keys(known, KINDS), KINDS)
            changes[name] = inner.content
            notes += [replace(note, path=f"{TEMPLATES}.{name}.{note.path}") for note in (*left, *wrong)]
    content = edited(document.content, {TEMPLATES: edited(templates, changes)})
    return replace(document, content=content), notes


def _environment(content: Mapping) -> tuple[Mapping, list[Problem]]:
    """An environment file whose overrides have the keys of the kinds."""
    overrides = content.get("overrides")
    if not isinstance(overrides, Mapping):
        return content, []
    sections: dict[str, t.Any] = {}
    notes: list[Problem] = []
    (known,), wrong = without_foreign_parts([Document(overrides)], KINDS)
    notes += [replace(note, path=f"overrides.{note.path}") for note in wrong]
    for section, changes in known.content.items():
        sections[section] = changes
        if isinstance(changes, Mapping) and section in {kind.section for kind in KINDS.values() if not kind.singleton}:
            done = {}
            for name, change in changes.items():
                done[name], wrong = _override(section, change) if isinstance(change, Mapping) else (change, [])
                notes += [replace(note, path=f"overrides.{section}.{name}{note.path}") for note in wrong]
            sections[section] = edited(changes, done)
    return edited(content, {"overrides": Mapping(sections)}), notes


def _override(section: str, change: Mapping) -> tuple[Mapping, list[Problem]]:
    """One override as the kind spells it; the paths of the notes begin in it."""
    item = canonical_keys(section, change)
    (document,), notes = canonical([Document(Mapping({section: Sequence([item])}, change.file))], KINDS)
    place = f"{section}[0]"
    return document.content[section][0], [replace(note, path=note.path.removeprefix(place)) for note in notes]


def _with_includes(document: Document, tree: Tree) -> Mapping:
    """The content in which sections of other files are named again; they were read in their place."""
    path = tree.root / document.content.file
    raw = read_document(tree, path, trusted=True)
    named = {key: value for key, value in raw.items() if isinstance(value, Mapping) and "$include" in value}
    return edited(document.content, named)


def _with_version(content: Mapping) -> Mapping:
    """The content that begins with the version of the format."""
    metadata = content.get("metadata")
    if isinstance(metadata, Mapping) and "version" in metadata and "version" not in content:
        metadata = edited(metadata, {}, ("version",))
        content = edited(content, {"metadata": metadata}) if metadata else edited(content, {}, ("metadata",))
    rest = {key: value for key, value in content.items() if key != "version"}
    return Mapping({"version": "1.0", **rest}, content.file, content.marks)


def _named_files(document: Document) -> Iterator[str]:
    """The files of code and payloads that a document names, at whatever depth, and directories of a section."""
    for section in (kind.section for kind in KINDS.values() if kind.singleton):
        author = document.content.get(section)
        if isinstance(author, Mapping):
            yield from (author[key] for key in directory_keys(section) if isinstance(author.get(key), str))
    keys = {"file", *(key for kind in KINDS.values() for key in file_keys(kind.section, kind.schema))}
    open_values: list[t.Any] = [document.content]
    while open_values:
        value = open_values.pop()
        if isinstance(value, dict):
            yield from (name for key, name in value.items() if key in keys and isinstance(name, str) and name)
            open_values += value.values()
        elif isinstance(value, list):
            open_values += value


def _held(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DssError(f"{path} cannot be used: {error.strerror}") from None
