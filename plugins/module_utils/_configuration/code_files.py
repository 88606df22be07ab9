# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text that a configuration keeps in files of its own: code, payloads, scripts."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping as AnyMapping
from pathlib import Path

from .._errors import Location, Problem
from .document import Filled, Mapping, ValuePath, location_of, problem_at, relisted, renamed
from .files import Document, Refused, Tree, read_named

MAX_CODE_BYTES = 8 * 1024 * 1024

_KEYS: dict[str, dict[str, str]] = {
    "recipes": {"code_file": "code", "payload_file": "payload"},
    "notebooks": {"content_file": "content"},
    "saved_models": {"training_file": "training"},
    "scenarios": {"script_file": "script", "code_file": "script"},
    "webapps": {f"{name}_file": name for name in ("html", "css", "js", "python", "ui", "server")},
    "wiki_articles": {"content_file": "content"},
}
_STEP_KEYS = {"code_file": "code", "script_file": "script"}
_STEP_LISTS = ("triggers", "steps", "on_success", "on_failure")


def file_keys(section: str, schema: AnyMapping[str, t.Any]) -> dict[str, str]:
    """The keys of a section that name a file, each with the key its text goes to.

    Each property that is verbatim has one: ``html_file`` for ``html``. A kind adds others with ``"x-file-of": "content"``
    on the property that names the file.
    """
    keys = dict(_KEYS.get(section, {}))
    for name, rule in schema.get("properties", {}).items():
        if isinstance(rule, dict) and "x-file-of" in rule:
            keys[name] = rule["x-file-of"]
        elif isinstance(rule, dict) and rule.get("x-verbatim"):
            keys.setdefault(f"{name}_file", name)
    return keys


class CodeFiles:
    """Puts the text of named files in place; ``problems`` are what could not be read."""

    def __init__(self, tree: Tree | None) -> None:
        self.problems: list[Problem] = []
        self._tree = tree
        self._texts: dict[tuple[Path, str], str] = {}  # a file that several resources name is read once

    def fill(self, document: Document, section: str, keys: AnyMapping[str, str], label: str) -> Document:
        """The document with the files of one section read."""
        items = document.content.get(section)
        if not isinstance(items, list):
            return document
        result = [
            self._resource(document, item, (section, index), keys, label) if isinstance(item, Mapping) else item
            for index, item in enumerate(items)
        ]
        if all(new is old for new, old in zip(result, items)):
            return document
        content = Mapping(document.content, document.content.file, document.content.marks)
        content[section] = relisted(items, result)
        return Document(content, document.folder, document.section)

    def _resource(
        self, document: Document, item: Mapping, path: ValuePath, keys: AnyMapping[str, str], label: str
    ) -> Mapping:
        owner = f"{label} '{item.get('name', '')}'"
        if any(key in item for key in keys):
            item = self._filled(document, item, path, keys, owner)
        return self._steps(document, item, path, owner) if path[0] == "scenarios" else item

    def _steps(self, document: Document, item: Mapping, path: ValuePath, owner: str) -> Mapping:
        for name in _STEP_LISTS:
            steps = item.get(name)
            if not isinstance(steps, list):
                continue
            result = []
            for index, step in enumerate(steps):
                if isinstance(step, Mapping):
                    here = (*path, name, index)
                    if any(key in step for key in _STEP_KEYS):
                        step = self._filled(document, step, here, _STEP_KEYS, owner)
                    step = self._steps(document, step, here, owner)
                result.append(step)
            if any(new is not old for new, old in zip(result, steps)):
                item = Mapping(item, item.file, item.marks)
                item[name] = relisted(steps, result)
        return item

    def _filled(
        self, document: Document, item: Mapping, path: ValuePath, keys: AnyMapping[str, str], owner: str
    ) -> Mapping:
        for key, target in keys.items():
            name = item.get(key)
            if name is None or name == "":
                item = _without(item, key) if key in item else item
                continue
            here = (*path, key)
            if not isinstance(name, str):
                self._problem(document, here, f"{key} must be the name of a file")
            elif item.get(target):
                self._problem(document, here, _both(owner, target, key))
            else:
                item = self._read(document, item, here, target, owner)
                continue
            item = _without(item, key)
        return item

    def _read(self, document: Document, item: Mapping, path: ValuePath, target: str, owner: str) -> Mapping:
        key = str(path[-1])
        text = self._text(document, item[key], path, owner, key)
        filled = renamed(_without(item, target), key, target)
        filled[target] = text
        return filled

    def _text(self, document: Document, name: str, path: ValuePath, owner: str, key: str) -> str:
        what = key.replace("_", " ")
        # A substituted name may be a secret.
        shown = "the one that its variable names" if isinstance(name, Filled) else name
        if self._tree is None or document.folder is None:
            target = key.removesuffix("_file")
            self._problem(document, path, f"{key} needs a configuration that is a file; write the text in {target}")
            return ""
        known = self._texts.get((document.folder, name))
        if known is not None:
            return known
        try:
            file, data = read_named(self._tree, document.folder, name, MAX_CODE_BYTES)
        except FileNotFoundError:
            self._problem(document, path, f"{owner} references {what} that doesn't exist: {shown}")
            return ""
        except Refused as refused:
            reason = f"{what} cannot be used: {shown}" if isinstance(name, Filled) else str(refused)
            self._problem(document, path, f"{owner}: {reason}")
            return ""
        try:
            text = self._texts[document.folder, name] = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            named = location_of(document.content, path)
            self.problems.append(_not_utf8(data, error, self._tree.shown(file), named))
            return ""
        return text

    def _problem(self, document: Document, path: ValuePath, message: str) -> None:
        self.problems.append(problem_at(document.content, path, message))


def _not_utf8(data: bytes, error: UnicodeDecodeError, shown: str, named: Location) -> Problem:
    before = data[: error.start].decode("utf-8", "replace")
    where = Location(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return Problem(
        f"the byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8 ({named} names it)", "", where
    )


def _both(owner: str, target: str, key: str) -> str:
    code = f"Code {owner[0].lower()}{owner[1:]}" if owner.startswith("Recipe") and target == "code" else owner
    return f"{code} cannot have both '{target}' and '{key}'"


def _without(item: Mapping, key: str) -> Mapping:
    if key not in item:
        return item
    copy = Mapping(item, item.file, item.marks)
    del copy[key]
    return copy
