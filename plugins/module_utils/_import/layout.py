# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From author forms to the files of a configuration: one directory a project, text in files of its own."""

from __future__ import annotations

import json
import typing as t
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .._configuration.code_files import MAX_CODE_BYTES, file_keys
from .._configuration.directories import LEFT_OUT, directory_keys
from .._configuration.schema import resource_schema
from .._configuration.variables import Protected, protection
from .._contents import bytes_of
from .._errors import DssError
from .._kinds.base import Kind
from .._plan.compare import Document
from .authors import Authored
from .escaping import written
from .names import file_stems
from .secrets import Secret, Secrets
from .yaml_text import yaml_of

MAIN = "project.yml"
TO_PROVIDE = "secrets.example.yml"
_OF_SECTION = {("notebooks", "content"): "ipynb"}
_CODE = ("code", "script", "payload")
Layout = t.Literal["single", "split"]

# What a field of text holds, by its name, where neither the schema nor the project's Git says it.
_BY_FIELD = {
    "html": "html", "css": "css", "js": "js", "python": "py", "body": "md", "content": "md", "ui": "R",
    "server": "R",
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One object as it stands in YAML: ``value`` refers to ``texts``, files by their path from the directory.

    ``whole`` is the same with all text in it, and ``keys`` are the keys that name a file, each with its target.
    """

    entry: Authored
    value: Document
    home: str  # the YAML file of the object in the split layout
    whole: Document
    texts: Mapping[str, bytes] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rendered:
    """The objects as they stand in files; ``left`` are (address, path) of secrets for which no variable can stand."""

    items: tuple[Item, ...]
    left: tuple[tuple[str, str], ...]


class Renderer:
    """Turns author forms into what YAML holds; knows the file names of all objects at once."""

    def __init__(self, objects: Iterable[Authored], secrets: Secrets) -> None:
        self._objects = list(objects)
        self._secrets = secrets
        names: dict[str, list[str]] = {}
        for entry in self._objects:
            names.setdefault(entry.kind.section, []).append(entry.name)
        self._stems = {section: file_stems(held) for section, held in names.items()}
        self._guards: dict[str, Protected] = {}
        self._keys: dict[str, dict[str, str]] = {}

    def rendered(self) -> Rendered:
        """All objects, in the order of the configuration."""
        left: list[tuple[str, str]] = []
        return Rendered(tuple(self._item(entry, left) for entry in self._objects), tuple(left))

    def _item(self, entry: Authored, left: list[tuple[str, str]]) -> Item:
        kind = entry.kind
        stem = self._stems[kind.section][entry.name]
        gone: list[str] = []
        value = written(entry.author, self._guard(kind), self._secrets, gone)
        left += [(entry.address, path) for path in gone]
        texts: dict[str, bytes] = {}
        if kind.singleton:
            return Item(entry, _with_directories(kind, value, texts), MAIN, value, texts)
        named = self._with_files(entry, value, stem, texts)
        return Item(entry, named, f"{kind.section}/{stem}.yml", value, texts, self._file_keys(kind))

    def _with_files(self, entry: Authored, value: Document, stem: str, texts: dict[str, bytes]) -> Document:
        """The value in which a text or a payload is the name of its file."""
        keys = self._file_keys(entry.kind)
        held = {target: key for key, target in keys.items() if _is_text(target, value.get(target))}
        extensions = {target: extension_of(entry, target, key, value[target]) for target, key in held.items()}
        result: Document = {}
        for name, inner in value.items():
            if name not in held:
                result[name] = inner
                continue
            extension = extensions[name]
            twice = [*extensions.values()].count(extension) > 1
            path = f"code/{stem}.{name}.{extension}" if twice else f"code/{stem}.{extension}"
            data = content_of(inner, f"{entry.address} {name}")
            if len(data) > MAX_CODE_BYTES:
                result[name] = inner
                continue
            texts[f"{entry.kind.section}/{path}"] = data
            result[held[name]] = path
        return result

    def _file_keys(self, kind: Kind) -> dict[str, str]:
        """The keys that name a file, each with its target; the first where a target has several."""
        if kind.name not in self._keys:
            first: dict[str, str] = {}
            for key, target in file_keys(kind.section, resource_schema(kind)).items():
                if target not in first.values():
                    first[key] = target
            self._keys[kind.name] = first
        return self._keys[kind.name]

    def _guard(self, kind: Kind) -> Protected:
        if kind.name not in self._guards:
            self._guards[kind.name] = protection(kind.schema)
        return self._guards[kind.name]


def _is_text(name: str, value: t.Any) -> bool:
    """Whether a value belongs in a file: code of whatever length, other text of several lines, and JSON."""
    if isinstance(value, str):
        return bool(value) and (name in _CODE or "\n" in value)
    return bool(value) and isinstance(value, (Mapping, list))


def _with_directories(kind: Kind, value: Document, texts: dict[str, bytes]) -> Document:
    """The value in which contents by their path are files below a directory; what has no safe path stays."""
    for key, target in directory_keys(kind.section).items():
        held = value.get(target)
        if not isinstance(held, Mapping):
            continue
        safe = safe_paths(held)
        texts.update({f"{kind.section}/{path}": bytes_of(held[path]) for path in safe})
        rest = {path: content for path, content in held.items() if path not in safe}
        value = {name: inner for name, inner in value.items() if name != target}
        value = {**({key: kind.section} if safe else {}), **value, **({target: rest} if rest else {})}
    return value


def safe_paths(paths: Iterable[str]) -> frozenset[str]:
    """The paths that are files below a directory on every system, and differ there from all others."""
    listed = list(paths)
    folded = Counter(path.casefold() for path in listed)
    return frozenset(path for path in listed if folded[path.casefold()] == 1 and all(map(_is_fit, path.split("/"))))


def _is_fit(part: str) -> bool:
    """Whether a name is a file name everywhere; what tools leave behind is not read from a directory."""
    return part not in LEFT_OUT and file_stems([part])[part] == part


def extension_of(entry: Authored, target: str, key: str, value: t.Any) -> str:
    """The extension of the file for a field of text.

    ``x-extension`` of the property that names the file says it, else the project's Git, else the name of the field.
    """
    if (entry.kind.section, target) in _OF_SECTION:
        return _OF_SECTION[entry.kind.section, target]
    if not isinstance(value, str):
        return "json"
    said = entry.kind.schema["properties"].get(key, {}).get("x-extension")
    if said:
        return str(said)
    if target in _BY_FIELD:
        return _BY_FIELD[target]
    paths = entry.kind.git_paths(entry.object_id, entry.document.get("type"))
    found = [path.rpartition(".")[2] for path in paths if not path.endswith(".json")]
    return found[0] if found and found[0].isalnum() else "txt"


def content_of(value: t.Any, shown: str) -> bytes:
    """The bytes of a file; a value that is no text is JSON with sorted keys. Raises ``DssError``."""
    try:
        if not isinstance(value, str):
            text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
            return f"{text}\n".encode()
        # What reads the file takes one mark at its beginning for that of its encoding.
        return value.encode("utf-8-sig" if value.startswith("\ufeff") else "utf-8")
    except UnicodeEncodeError as error:
        where = f"half a surrogate pair at position {error.start}"
        raise DssError(f"{shown} is not text that a file can hold: {where}; correct it in DSS") from None


def files_of(
    items: Iterable[Item], requirements: Mapping[str, t.Any], secrets: Iterable[Secret], layout: Layout
) -> dict[str, bytes]:
    """The files of a whole configuration by their path in its directory."""
    files: dict[str, bytes] = {}
    main: Document = {"version": "1.0"}
    sections: dict[str, list[Document]] = {}
    items = list(items)
    for item in items:
        files.update(item.texts)
        kind = item.entry.kind
        if kind.singleton:
            if item.value:
                main[kind.section] = item.value
        elif layout == "split":
            files[item.home] = encoded({kind.section: [item.value]}, item.entry.address)
        else:
            sections.setdefault(kind.section, []).append(in_main(item))
    if requirements:
        main["requirements"] = dict(requirements)
    files[MAIN] = encoded({**main, **sections}, MAIN)
    listed = to_provide(secrets)
    return {**files, **({TO_PROVIDE: listed} if listed else {})}


def in_main(item: Item) -> Document:
    """The value for the main file, from where the files of text lie in the folder of their section."""
    names = {path.partition("/")[2]: path for path in item.texts}
    return {
        key: names[value] if key.endswith("_file") and isinstance(value, str) and value in names else value
        for key, value in item.value.items()
    }


def encoded(content: Mapping[str, t.Any], shown: str) -> bytes:
    """The YAML of a file. Raises ``DssError`` where a text is none."""
    try:
        return yaml_of(content).encode("utf-8")
    except UnicodeEncodeError as error:
        raise DssError(f"{shown} holds text that no file can hold: {error.reason}; correct it in DSS") from None


def to_provide(secrets: Iterable[Secret]) -> bytes:
    """The variables that the user has to provide, empty where there are none."""
    lines = [f'# {entry.address} {entry.path}\n{entry.variable}: ""\n' for entry in secrets]
    if not lines:
        return b""
    head = (
        "# DSS keeps these secrets, and they are not written here. Give each of them a value, as a variable of the\n"
        "# playbook, best in a file that ansible-vault encrypts. This file is never read.\n"
    )
    return (head + "".join(lines)).encode("utf-8", "replace")
