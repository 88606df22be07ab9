# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON Schemas compiled to closures that say yes quickly; why not is left to jsonschema."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping

from .document import Mapping, Sequence

Test = Callable[[t.Any], bool]

# Words that assert nothing.
_NOTES = frozenset({
    "title", "description", "default", "examples", "deprecated", "format", "$id", "$schema", "$comment", "$defs",
    "readOnly", "writeOnly",
})  # fmt: skip


class _Unsupported(Exception):
    """The schema uses a word that is not compiled."""


def acceptor(schema: AnyMapping[str, t.Any]) -> Test | None:
    """A function that says whether a value fits the schema, or None for a schema with words that are not compiled."""
    try:
        return _compiled(schema, schema, {})
    except _Unsupported:
        return None


def _compiled(schema: t.Any, root: AnyMapping[str, t.Any], known: dict[str, Test | None]) -> Test:
    if schema is True:
        return lambda value: True
    if schema is False:
        return lambda value: False
    tests: list[Test] = []
    for word, rule in schema.items():
        if word in _NOTES or word.startswith("x-") or word in ("required", "additionalProperties"):
            continue
        if word == "$ref":
            tests.append(_reference(rule, root, known))
        elif word in _SIMPLE:
            tests.append(_SIMPLE[word](rule))
        elif word == "items":
            tests.append(_items(_compiled(rule, root, known)))
        elif word in _COMBINED:
            tests.append(_COMBINED[word]([_compiled(branch, root, known) for branch in rule]))
        elif word != "properties":
            raise _Unsupported(word)
    if {"properties", "required", "additionalProperties"} & schema.keys():
        tests.append(_object(schema, root, known))
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda value: first(value) and second(value)
    return _all(tests)


def _all(tests: list[Test]) -> Test:
    def test(value: t.Any) -> bool:
        for each in tests:  # noqa: SIM110 (a generator takes longer, and every value of a document passes here)
            if not each(value):
                return False
        return True

    return test


def _any(tests: list[Test]) -> Test:
    def test(value: t.Any) -> bool:
        for each in tests:  # noqa: SIM110
            if each(value):
                return True
        return False

    return test


def _reference(name: str, root: AnyMapping[str, t.Any], known: dict[str, Test | None]) -> Test:
    key = name.removeprefix("#/$defs/")
    if key == name or key not in root.get("$defs", {}):
        raise _Unsupported("$ref")
    if key not in known:
        known[key] = None  # a schema may refer to itself: the closure below looks when it is called
        known[key] = _compiled(root["$defs"][key], root, known)

    def test(value: object) -> bool:
        compiled = known[key]
        return compiled is None or compiled(value)

    return test


def _object(schema: AnyMapping[str, t.Any], root: AnyMapping[str, t.Any], known: dict[str, Test | None]) -> Test:
    tests = {name: _compiled(rule, root, known) for name, rule in schema.get("properties", {}).items()}
    required = tuple(schema.get("required", ()))
    other = _compiled(schema.get("additionalProperties", True), root, known)
    find = tests.get

    def test(value: t.Any) -> bool:
        if not isinstance(value, dict):
            return True
        for name in required:
            if name not in value:
                return False
        for name, item in value.items():  # noqa: SIM110
            if not find(name, other)(item):
                return False
        return True

    return test


def _items(each: Test) -> Test:
    def test(value: t.Any) -> bool:
        if isinstance(value, list):
            for item in value:
                if not each(item):
                    return False
        return True

    return test


def _type(rule: t.Any) -> Test:
    names = [rule] if isinstance(rule, str) else list(rule)
    if any(name not in _TYPES for name in names):
        raise _Unsupported("type")
    exact = frozenset().union(*(_EXACT[name] for name in names))
    otherwise = _any([_TYPES[name] for name in names])
    return lambda value: type(value) in exact or otherwise(value)


def _enum(rule: list[t.Any]) -> Test:
    if not all(item is None or isinstance(item, str) for item in rule):
        raise _Unsupported("enum")  # 1 and 1.0 and true: leave it to jsonschema
    return lambda value: (value is None or isinstance(value, str)) and value in rule


def _pattern(rule: str) -> Test:
    search = re.compile(rule).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _number(value: t.Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _bound(
    kind: type | tuple[type, ...], measure: Callable[[t.Any], t.Any], fits: Callable[[t.Any, t.Any], bool]
) -> t.Any:
    def compiled(rule: t.Any) -> Test:
        return lambda value: isinstance(value, bool) or not isinstance(value, kind) or fits(measure(value), rule)

    return compiled


def _at_least(value: t.Any, rule: t.Any) -> bool:
    return bool(value >= rule)


def _at_most(value: t.Any, rule: t.Any) -> bool:
    return bool(value <= rule)


def _itself(value: t.Any) -> t.Any:
    return value


_TYPES: dict[str, Test] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: _number(value) and (isinstance(value, int) or value.is_integer()),
    "number": _number,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
# The types that nearly all values of a document have: looking one up is quicker than asking what it derives from.
_EXACT: dict[str, frozenset[type]] = {
    "null": frozenset({type(None)}),
    "boolean": frozenset({bool}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "string": frozenset({str}),
    "array": frozenset({list, Sequence}),
    "object": frozenset({dict, Mapping}),
}
_SIMPLE: dict[str, Callable[[t.Any], Test]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda rule: _enum([rule]),
    "pattern": _pattern,
    "minLength": _bound(str, len, _at_least),
    "maxLength": _bound(str, len, _at_most),
    "minItems": _bound(list, len, _at_least),
    "maxItems": _bound(list, len, _at_most),
    "minProperties": _bound(dict, len, _at_least),
    "maxProperties": _bound(dict, len, _at_most),
    "minimum": _bound((int, float), _itself, _at_least),
    "maximum": _bound((int, float), _itself, _at_most),
}
_COMBINED: dict[str, Callable[[list[Test]], Test]] = {
    "anyOf": _any,
    "allOf": _all,
    "oneOf": lambda tests: lambda value: sum(1 for test in tests if test(value)) == 1,
}
