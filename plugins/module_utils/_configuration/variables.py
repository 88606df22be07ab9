# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Substitution of variables in the resources of a configuration."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from functools import cache

from .._errors import Problem
from .document import Mapping, ValuePath, Verbatim, problem_at, relisted
from .expressions import Expander, Scope, Unfilled
from .files import Document
from .policy_sections import POLICY_SECTIONS

# What a schema says about verbatim values: True for the value itself, else what it says about keys and items ("*").
Protected: t.TypeAlias = "bool | dict[str, Protected] | None"


def own_names(documents: Iterable[Document]) -> frozenset[str]:
    """The project variables that the configuration declares; DSS expands them."""
    names: set[str] = set()
    for document in documents:
        section = document.content.get("variables")
        if isinstance(section, Mapping):
            for part in (section.get("standard"), section.get("local")):
                names.update(part if isinstance(part, dict) else ())
    return frozenset(names)


def substitute(
    documents: Iterable[Document], kinds: AnyMapping[str, t.Any], scope: Scope
) -> tuple[list[Document], list[Problem]]:
    """The documents with all variables of their resources and policies filled in, and the texts where that was not possible."""
    walk = _Walk(Expander(scope))
    protected = {kind.section: _protection_of(kind) for kind in kinds.values()}
    protected.update({section: protection(schema) for section, schema in POLICY_SECTIONS.items()})
    singletons = {kind.section for kind in kinds.values() if getattr(kind, "singleton", False)}
    result = []
    for document in documents:
        walk.root = document.content
        content = document.content
        for section in [section for section in content if section in protected]:
            old = content[section]
            inner = protected[section] if section in singletons else {"*": protected[section]}
            new = walk.value(old, (section,), inner)
            if new is not old:
                content = Mapping(content, content.file, content.marks)
                content[section] = new
        result.append(document if content is document.content else replace(document, content=content))
    return result, walk.problems


class _Walk:
    def __init__(self, expander: Expander) -> None:
        self.root: object = None
        self.problems: list[Problem] = []
        self._expander = expander

    def value(self, value: t.Any, path: ValuePath, guard: Protected) -> t.Any:
        """The value with its variables filled in; the very same object when there were none."""
        if guard is True:
            return value
        if isinstance(value, str):
            return self._text(value, path) if "{" in value and not isinstance(value, Verbatim) else value
        if not isinstance(value, (dict, list)) or getattr(value, "fixed", False):
            return value
        return self._mapping(value, path, guard) if isinstance(value, dict) else self._list(value, path, guard)

    def _text(self, value: str, path: ValuePath) -> t.Any:
        try:
            return self._expander.text(value)
        except Unfilled as problem:
            self.problems.append(problem_at(self.root, path, str(problem)))
            return value

    def _mapping(self, value: dict[str, t.Any], path: ValuePath, guard: Protected) -> t.Any:
        guards = guard if isinstance(guard, dict) else {}
        anything = guards.get("*")
        changed = {}
        for key, old in value.items():
            if isinstance(old, (str, dict, list)):
                new = self.value(old, (*path, key), guards.get(key, anything))
                if new is not old:
                    changed[key] = new
        if not changed:
            return value
        copy = Mapping(value, getattr(value, "file", ""), getattr(value, "marks", {}))
        copy.update(changed)
        return copy

    def _list(self, value: list[t.Any], path: ValuePath, guard: Protected) -> t.Any:
        inner = guard.get("*") if isinstance(guard, dict) else None
        items = [self.value(old, (*path, index), inner) for index, old in enumerate(value)]
        if all(new is old for new, old in zip(items, value)):
            return value
        return relisted(value, items)


@cache
def _protection_of(kind: t.Any) -> Protected:
    """Where the schema of a kind says it; worked out once in a process."""
    return protection(kind.schema)


def protection(schema: t.Any) -> Protected:
    """Where a JSON Schema says ``x-verbatim``."""
    return _protection(schema, schema, ())


def _protection(schema: t.Any, root: t.Any, seen: tuple[str, ...]) -> Protected:
    if not isinstance(schema, AnyMapping):
        return None
    if schema.get("x-verbatim"):
        return True
    ref = schema.get("$ref")
    if isinstance(ref, str):
        if ref in seen or not ref.startswith("#/$defs/"):
            return None
        return _protection(root.get("$defs", {}).get(ref[len("#/$defs/") :]), root, (*seen, ref))
    found: Protected = {}
    for key, inner in schema.get("properties", {}).items():
        found = _joined(found, {key: _protection(inner, root, seen)})
    for word in ("items", "additionalProperties"):
        found = _joined(found, {"*": _protection(schema.get(word), root, seen)})
    for word in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(word, ()):
            found = _joined(found, _protection(branch, root, seen))
    return found or None


def _joined(first: Protected, second: Protected) -> Protected:
    if first is True or second is True:
        return True
    if not isinstance(first, dict) or not isinstance(second, dict):
        return first or second
    joined = dict(first)
    for key, inner in second.items():
        if inner is not None:
            joined[key] = _joined(joined.get(key), inner)
    return joined
