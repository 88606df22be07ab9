# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An import over a configuration that is there: only what differs from DSS is changed, drift accepted this way included."""

from __future__ import annotations

import os
import re
import typing as t
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .._configuration.directories import directory_keys
from .._configuration.files import Refused, Tree, find
from .._configuration.load import Configuration, Declaration
from .._contents import bytes_of
from .._errors import DssError, Problem
from .._kinds import KINDS
from .._kinds.base import Resource
from .._plan.model import CREATE, Action, Plan
from .authors import Authored
from .layout import MAIN, TO_PROVIDE, Item, Layout, content_of, encoded, in_main, safe_paths, to_provide
from .round_trip import YamlFile, key_at, merged_value, node_of, section_node
from .secrets import Secrets

_HEAD = re.compile(r"[.\[ ]")


@dataclass(frozen=True)
class Wanted:
    """What DSS holds: the objects as they would be written anew, what they declare by address, and what they need."""

    items: t.Sequence[Item]
    resources: Mapping[str, Resource]
    requirements: Mapping[str, list[str]]
    secrets: Secrets


@dataclass
class Merging:
    """The files of a configuration while they are changed; ``contents`` are the changed ones, None for one that goes."""

    root: Path
    layout: Layout
    contents: dict[str, bytes | None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _files: dict[str, YamlFile] = field(default_factory=dict)
    _touched: set[str] = field(default_factory=set)

    def file(self, path: str) -> YamlFile:
        """A YAML file of the configuration. Raises ``DssError``."""
        if path not in self._files:
            if not path.endswith((".yml", ".yaml")):
                raise DssError(f"{path} is not YAML: an update keeps comments and order in YAML files only")
            self._files[path] = YamlFile((self.root / path).read_bytes(), path)
        return self._files[path]

    def touch(self, path: str) -> None:
        """Say that a file was changed."""
        self._touched.add(path)

    def text(self, path: str, data: bytes | None) -> None:
        """Write, or remove, a file of text."""
        self.contents[path] = data

    def done(self) -> dict[str, bytes | None]:
        """All files that differ."""
        for path in self._touched:
            root = self._files[path].root
            left = [key for key in root if key not in ("version", "metadata")] if isinstance(root, Mapping) else root
            gone = path != self.main and not any(root[key] for key in left) if isinstance(root, Mapping) else not left
            self.contents[path] = None if gone else self._files[path].data()
        return self.contents

    @property
    def main(self) -> str:
        """The main file of the configuration."""
        return next((name for name in (MAIN, "project.yaml", "project.json") if (self.root / name).exists()), MAIN)


def merged(
    root: Path,
    configuration: Configuration,
    resources: Mapping[str, Resource],
    plan: Plan,
    wanted: Wanted,
    layout: Layout,
) -> tuple[dict[str, bytes | None], list[Problem]]:
    """The files that change so that the configuration declares what DSS holds, and what could not be merged.

    ``plan`` is that of the configuration as it is, against what DSS holds.
    """
    merging = Merging(root, layout)
    items = {(item.entry.kind.name, item.entry.object_id): item for item in wanted.items}
    actions = {action.address: action for action in plan.actions}
    gone: list[Declaration] = []
    for declaration in configuration.declarations:
        action = actions.get(declaration.address)
        if action is None or declaration.fields.get("external") or KINDS[declaration.kind].scope != "project":
            continue
        if action.action == CREATE or action.object_id is None:
            gone.append(declaration)
            continue
        item = items.pop((declaration.kind, action.object_id), None)
        if item is None:
            continue
        fresh = wanted.resources.get(item.entry.address)
        fields = _differing(action, resources[declaration.address], fresh, item.entry)
        if fields:
            _change(merging, declaration, item, fields, wanted.secrets)
    for key in [key for key, item in items.items() if _is_external(configuration, item)]:
        del items[key]
    for declaration in sorted(gone, key=lambda entry: (entry.location.file, -entry.location.line)):
        _remove(merging, declaration, configuration)
    for item in items.values():
        if item.value:
            _add(merging, item)
    _require(merging, wanted.requirements)
    _list_secrets(merging, wanted.secrets)
    return merging.done(), merging.problems


def _is_external(configuration: Configuration, item: Item) -> bool:
    return any(entry.address == item.entry.address for entry in configuration.declarations)


# What differs ---------------------------------------------------------------------------------------------------------


def _differing(action: Action, current: Resource, fresh: Resource | None, entry: Authored) -> list[str]:
    """The author fields that no longer say what DSS holds, and those that nobody declared yet."""
    kind = entry.kind
    paths = [change.path for change in action.changes]
    paths += [kind.author_path(path) for path in _absent(fresh.declared if fresh else {}, current.declared)]
    names = {known.name for known in kind.shape_of(entry.author.get("type")).fields} | kind.identifier.keys()
    heads = (_HEAD.split(path, maxsplit=1)[0] for path in paths)
    return list(dict.fromkeys(head if head in names else "raw" for head in heads))


def _absent(wanted: t.Any, held: t.Any, path: str = "") -> Iterator[str]:
    """The paths of a document that another one does not name."""
    if not isinstance(wanted, Mapping) or not isinstance(held, Mapping):
        return
    for key, inner in wanted.items():
        here = f"{path}.{key}" if path else str(key)
        if key not in held:
            yield here
        else:
            yield from _absent(inner, held[key], here)


# Changes --------------------------------------------------------------------------------------------------------------


def _change(merging: Merging, declaration: Declaration, item: Item, fields: list[str], secrets: Secrets) -> None:
    path = declaration.location.file
    file = merging.file(path)
    node = _node(file, declaration)
    if node is None:
        message = f"{declaration.address} cannot be found in the file: change {', '.join(fields)} there by hand"
        merging.problems.append(Problem(message, declaration.path, declaration.location))
        return
    for name in fields:
        if _set_file(merging, node, declaration, item, name) or _set_directory(merging, node, declaration, item, name):
            continue
        key = _key(node, declaration, name)
        if name not in item.entry.author:
            if key in node:
                del node[key]
        elif key in node:
            current = declaration.fields.get(name)
            node[key] = merged_value(node[key], current, secrets.revealed(item.entry.author[name]), item.whole[name])
        else:
            _put(merging, node, item, name, path)
        merging.touch(path)


def _node(file: YamlFile, declaration: Declaration) -> t.Any:
    kind = KINDS[declaration.kind]
    if kind.singleton:
        found = file.root.get(kind.section) if isinstance(file.root, Mapping) else None
        return found if isinstance(found, Mapping) else None
    place = file.item_at(declaration.location.line)
    return place[0][place[1]] if place else None


def _key(node: t.Any, declaration: Declaration, name: str) -> str:
    """The key under which a field is written: perhaps in the spelling of another tool."""
    mark = declaration.locate(name)
    if name in node or name not in declaration.fields:
        return name
    return key_at(node, mark.line, mark.column) or name


def _set_file(merging: Merging, node: t.Any, declaration: Declaration, item: Item, name: str) -> bool:
    """Write the file that holds a field, where one does; says whether that was all."""
    key = next((key for key, target in item.keys.items() if target == name and key in node), None)
    if key is None:
        return False
    place = _place(merging, declaration, str(node[key]))
    if name not in item.entry.author or place is None:
        del node[key]
        merging.touch(declaration.location.file)
        if place is not None:
            merging.text(place, None)
        return name not in item.entry.author
    merging.text(place, content_of(item.whole[name], f"{item.entry.address} {name}"))
    return True


def _set_directory(merging: Merging, node: t.Any, declaration: Declaration, item: Item, name: str) -> bool:
    """Write the files of the directory from which a field is taken, where one is; says whether that was all."""
    keys = directory_keys(KINDS[declaration.kind].section)
    key = next((key for key, target in keys.items() if target == name and key in node), None)
    folder = _place(merging, declaration, str(node[key])) if key else None
    if folder is None:
        return False
    current, wanted = declaration.fields.get(name) or {}, item.whole.get(name) or {}
    inline = node.get(name) or {}
    safe = safe_paths(wanted)
    for path in [path for path in {**current, **wanted} if current.get(path) != wanted.get(path)]:
        if path in inline or (path in wanted and path not in safe):
            return False
        merging.text(f"{folder}/{path}", bytes_of(wanted[path]) if path in wanted else None)
    return True


def _place(merging: Merging, declaration: Declaration, name: str) -> str | None:
    """The file of a name in the configuration, by its path from the root; None where it is none that may be changed."""
    folder = (merging.root / declaration.location.file).parent
    try:
        found = find(Tree(merging.root, merging.root), folder, name)
    except (FileNotFoundError, Refused):
        return None
    return Path(os.path.relpath(found, merging.root)).as_posix()


def _put(merging: Merging, node: t.Any, item: Item, name: str, home: str) -> None:
    """Write a field that was not there, as text in a file where it would be written so anew."""
    key = next((key for key, target in item.keys.items() if target == name and key in item.value), None)
    if key is None:
        node[name] = node_of(item.whole[name])
        return
    path = next(path for path in item.texts if path.endswith(f"/{item.value[key]}"))
    node[key] = os.path.relpath(path, os.path.dirname(home) or ".")
    merging.text(path, item.texts[path])


def _remove(merging: Merging, declaration: Declaration, configuration: Configuration) -> None:
    """Take out what is no longer in DSS, with the files of text that it alone names."""
    path = declaration.location.file
    found = merging.file(path).item_at(declaration.location.line)
    if found is None:
        message = f"{declaration.address} is not in DSS any more and cannot be found in the file: take it out by hand"
        merging.problems.append(Problem(message, declaration.path, declaration.location))
        return
    listed, index = found
    for key, name in list(listed[index].items()):
        place = _place(merging, declaration, name) if key.endswith("_file") and isinstance(name, str) else None
        if place is not None and not _is_named_elsewhere(merging, configuration, declaration, place):
            merging.text(place, None)
    del listed[index]
    merging.touch(path)


def _is_named_elsewhere(merging: Merging, configuration: Configuration, declaration: Declaration, place: str) -> bool:
    for other in configuration.declarations:
        if other is declaration or not other.location.file.endswith((".yml", ".yaml")):
            continue
        found = merging.file(other.location.file).item_at(other.location.line)
        values = found[0][found[1]].items() if found else ()
        names = (name for key, name in values if str(key).endswith("_file") and isinstance(name, str))
        if any(_place(merging, other, name) == place for name in names):
            return True
    return False


def _add(merging: Merging, item: Item) -> None:
    """Write an object that nobody declared yet, where the layout has its like."""
    kind = item.entry.kind
    for path, data in item.texts.items():
        merging.text(path, data)
    if kind.singleton:
        merging.file(merging.main).root[kind.section] = node_of(item.value)
        merging.touch(merging.main)
    elif merging.layout == "split" and not (merging.root / item.home).exists():
        merging.text(item.home, encoded({kind.section: [item.value]}, item.entry.address))
    else:
        path = item.home if merging.layout == "split" else merging.main
        root = merging.file(path).root
        value = item.value if merging.layout == "split" else in_main(item)
        if isinstance(root.get(kind.section), list):
            root[kind.section].append(section_node(value)[0])
        else:
            root[kind.section] = section_node(value)
        merging.touch(path)


def _require(merging: Merging, requirements: Mapping[str, list[str]]) -> None:
    """Add what is required and not listed; what is listed may have its reasons."""
    root = merging.file(merging.main).root
    held = root.get("requirements")
    if held is None and requirements:
        root["requirements"] = node_of(dict(requirements))
        merging.touch(merging.main)
        return
    for key, names in requirements.items():
        missing = [name for name in names if name not in (held.get(key) or [])]
        if not missing:
            continue
        if isinstance(held.get(key), list):
            held[key].extend(node_of(missing))
        else:
            held[key] = node_of(missing)
        merging.touch(merging.main)


def _list_secrets(merging: Merging, secrets: Secrets) -> None:
    listed = to_provide(secrets.listed)
    if listed:
        merging.text(TO_PROVIDE, listed)
