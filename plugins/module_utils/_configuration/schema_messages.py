# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of jsonschema in plain words."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import dataclass

from .document import Filled, ValuePath, called
from .words import nearest

_MAX_LISTED = 12

_TYPES = {
    "null": "empty",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
}


@dataclass(frozen=True)
class Finding:
    """What does not fit at a path; ``unknown`` is a key that could be ignored, ``warning`` never refuses."""

    path: ValuePath
    message: str
    unknown: bool = False
    warning: bool = False


def findings_of(error: t.Any, base: ValuePath, label: str) -> list[Finding]:
    """The findings of one error of jsonschema about a value that stands at ``base``; ``label`` names its kind."""
    path = (*base, *error.absolute_path)
    word, rule, value = error.validator, error.validator_value, error.instance
    if word in ("anyOf", "oneOf"):
        return _best_branch(error, base, label)
    if word == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        return [_unknown_key(path, key, known) for key in value if key not in known]
    if word == "required":
        owner = label.capitalize() if path == base else ""
        missing = [key for key in rule if key not in value]
        return [
            Finding((*path, key), f"{owner} {key} is required" if owner else f"'{key}' is missing") for key in missing
        ]
    if word == "if":
        return [finding for inner in error.context or () for finding in findings_of(inner, base, label)]
    message = _MESSAGES.get(word)
    return [Finding(path, message(rule, value) if message else f"does not fit the rule '{word}' of the schema")]


def _unknown_key(path: ValuePath, key: str, known: list[str]) -> Finding:
    listed = ", ".join(sorted(known)[:_MAX_LISTED]) + (" ..." if len(known) > _MAX_LISTED else "")
    advice = nearest(key, known) or (f"; known: {listed}" if listed else "")
    return Finding((*path, key), f"unknown key '{key}'{advice}", unknown=True)


def _best_branch(error: t.Any, base: ValuePath, label: str) -> list[Finding]:
    """The findings of the branch that was most likely meant."""
    path = (*base, *error.absolute_path)
    branches: dict[t.Any, list[t.Any]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.relative_schema_path[0], []).append(inner)
    if not branches:
        return [Finding(path, "fits more than one form; leave out what belongs to the others")]
    here = len(error.absolute_path)
    misfits = {
        index: [inner for inner in errors if inner.validator == "type" and len(inner.absolute_path) == here]
        for index, errors in branches.items()
    }
    fitting = [index for index in branches if not misfits[index]]
    if not fitting:
        names = [name for errors in misfits.values() for inner in errors for name in _names(inner.validator_value)]
        return [Finding(path, _wrong_type(list(dict.fromkeys(names)), error.instance))]
    best = min(fitting, key=lambda index: _distance(branches[index], here))
    return [finding for inner in branches[best] for finding in findings_of(inner, base, label)][:1]


def _distance(errors: list[t.Any], here: int) -> tuple[int, int, int]:
    """How far a branch is from what was written: first whether its constants fit, then the number of errors."""
    constants = sum(
        1 for inner in errors if inner.validator in ("const", "enum") and len(inner.absolute_path) <= here + 1
    )
    return (constants, len(errors), -max(len(inner.absolute_path) for inner in errors))


def _names(rule: t.Any) -> list[str]:
    return [rule] if isinstance(rule, str) else list(rule)


def _wrong_type(names: list[str], value: t.Any) -> str:
    wanted = [_TYPES.get(name, name) for name in names if name != "null"] or ["empty"]
    return f"must be {' or '.join(wanted)}, not {called(value)}"


def _one_of(rule: list[t.Any], value: t.Any) -> str:
    listed = ", ".join(str(item) for item in rule if item is not None)
    if not isinstance(value, str) or isinstance(value, Filled) or len(value) > 60:
        # A substituted value may be a secret.
        return f"must be one of {listed}"
    known = [item for item in rule if isinstance(item, str)]
    same = [item for item in known if item.lower() == value.lower()]
    hint = f"; did you mean '{same[0]}'?" if same else nearest(value, known)
    return f"must be one of {listed}, not '{value}'{hint}"


def _at_least(noun: str) -> Callable[[t.Any, t.Any], str]:
    return lambda rule, value: "must not be empty" if rule == 1 else f"must have at least {rule} {noun}"


_MESSAGES: dict[str, Callable[[t.Any, t.Any], str]] = {
    "type": lambda rule, value: _wrong_type(_names(rule), value),
    "enum": _one_of,
    "const": lambda rule, value: _one_of([rule], value),
    "pattern": lambda rule, value: f"must match the pattern {rule}",
    "minLength": _at_least("characters"),
    "minItems": _at_least("items"),
    "minProperties": _at_least("keys"),
    "maxLength": lambda rule, value: f"must have at most {rule} characters",
    "maxItems": lambda rule, value: f"must have at most {rule} items",
    "maxProperties": lambda rule, value: f"must have at most {rule} keys",
    "minimum": lambda rule, value: f"must be at least {rule}",
    "maximum": lambda rule, value: f"must be at most {rule}",
    "exclusiveMinimum": lambda rule, value: f"must be more than {rule}",
    "exclusiveMaximum": lambda rule, value: f"must be less than {rule}",
    "multipleOf": lambda rule, value: f"must be a multiple of {rule}",
    "uniqueItems": lambda rule, value: "must not hold the same item twice",
    "propertyNames": lambda rule, value: "has a key that is not allowed",
    "not": lambda rule, value: "is not allowed in this form",
    "contains": lambda rule, value: "lacks an item that must be there",
    "dependentRequired": lambda rule, value: "lacks a key that another of its keys needs",
}
