# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One JSON Schema as a check: a quick test, and jsonschema's validator once something does not fit."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass

from .._errors import MissingLibrary, Problem
from .acceptor import acceptor
from .document import Mapping, ValuePath, edited, problem_at, relisted
from .schema_messages import Finding, findings_of

Schema = dict[str, t.Any]


@dataclass
class Compiled:
    """A schema; ``label`` names in messages what it describes."""

    schema: Schema
    label: str = ""
    _validator: t.Any = None

    def __post_init__(self) -> None:
        self._accepts = acceptor(self.schema)

    def findings(self, value: t.Any, path: ValuePath) -> list[Finding]:
        """What does not fit in a value that stands at ``path`` of its document."""
        if self._accepts is not None and self._accepts(value):
            return []
        if self._validator is None:
            self._validator = _validator(self.schema)
        return [found for error in self._validator.iter_errors(value) for found in findings_of(error, path, self.label)]


def settled(document: Mapping, findings: Iterable[Finding], strict: bool) -> tuple[Mapping, list[Problem]]:
    """The document without what is only warned about unless ``strict``, and each finding once, with its position."""
    unique = {(finding.path, finding.message): finding for finding in findings}.values()
    if not unique:
        return document, []
    problems = [
        problem_at(document, finding.path, finding.message, "error" if _refuses(finding, strict) else "warning")
        for finding in unique
    ]
    return _without(document, [finding.path for finding in unique if finding.unknown and not strict]), problems


def _refuses(finding: Finding, strict: bool) -> bool:
    return not finding.warning and (strict or not finding.unknown)


def _validator(schema: Schema) -> t.Any:
    try:
        import jsonschema
    except ImportError:
        raise MissingLibrary("jsonschema") from None
    return jsonschema.Draft202012Validator(schema)


def optional_null(schema: t.Any) -> t.Any:
    """The schema in which every property that is not required may be null: declared to be absent."""
    if not isinstance(schema, AnyMapping):
        return schema
    result = dict(schema)
    for word in ("items", "additionalProperties"):
        if word in result:
            result[word] = optional_null(result[word])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in result:
            result[word] = [optional_null(branch) for branch in result[word]]
    if "$defs" in result:
        result["$defs"] = {name: optional_null(inner) for name, inner in result["$defs"].items()}
    if "properties" in result:
        required = result.get("required", ())
        result["properties"] = {
            name: optional_null(rule) if name in required else _or_null(optional_null(rule))
            for name, rule in result["properties"].items()
        }
    return result


def _or_null(schema: t.Any) -> t.Any:
    if not isinstance(schema, AnyMapping) or not {"type", "enum", "const", "anyOf", "oneOf", "$ref"} & schema.keys():
        return schema
    result = dict(schema)
    if "type" in result:
        names = [result["type"]] if isinstance(result["type"], str) else list(result["type"])
        result["type"] = names if "null" in names else [*names, "null"]
    if "enum" in result and None not in result["enum"]:
        result["enum"] = [*result["enum"], None]
    for word in ("anyOf", "oneOf"):
        if word in result and {"type": "null"} not in result[word]:
            result[word] = [*result[word], {"type": "null"}]
    if {"const", "$ref"} & result.keys():
        notes = {word: result.pop(word) for word in ("description", "title") if word in result}
        return {**notes, "anyOf": [result, {"type": "null"}]}
    return result


def _without(value: t.Any, paths: list[ValuePath]) -> t.Any:
    """The value without the keys at these paths; what lies on the way is copied."""
    if not paths:
        return value
    below: dict[str | int, list[ValuePath]] = {}
    for path in paths:
        below.setdefault(path[0], []).extend([path[1:]] if len(path) > 1 else [])
    last = {path[0] for path in paths if len(path) == 1}
    if isinstance(value, dict):
        changes = {str(key): _without(value[str(key)], rest) for key, rest in below.items() if key not in last}
        return edited(value, changes, [str(key) for key in last])
    return relisted(value, [_without(item, below.get(index, [])) for index, item in enumerate(value)])
