# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates: a set of resources with parameters, instantiated as often as wanted, before anything else is looked at."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .._errors import Location, Placed, Problem
from .compiled import Compiled, Schema, settled
from .document import Mapping, Sequence, ValuePath, Verbatim, called, edited, location_of, problem_at
from .expressions import as_text
from .files import Document
from .words import nearest

TEMPLATES, INSTANCES = "templates", "instances"

_TEXT = {"type": "string", "minLength": 1}
_PARAMETER: Schema = {
    "type": "object",
    "description": "One parameter.",
    "properties": {
        "type": {
            "enum": ["string", "integer", "number", "boolean", "list", "mapping"],
            "description": "Type of its values; string when it is left out.",
        },
        "default": {"description": "Value without which it must be given; may be null."},
        "description": {"type": "string", "description": "What it is for."},
    },
    "additionalProperties": False,
}
INSTANCE: Schema = {
    "type": "object",
    "description": "One use of a template.",
    "properties": {
        "template": {**_TEXT, "description": "Name of the template."},
        "parameters": {"type": ["object", "null"], "description": "Values of its parameters."},
    },
    "required": ["template"],
    "additionalProperties": False,
}
_FITS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "mapping": (dict,),
}
_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "mapping": "a mapping",
}
_PARAM = re.compile(r"(\$?)\$\{param\.([A-Za-z_]\w*)\}")
_VARIABLE = re.compile(r"\$\{|\{\{")


def template_schema(kinds: AnyMapping[str, t.Any]) -> Schema:
    """JSON Schema of one template: parameters, and sections whose values may hold ``${param.NAME}`` anywhere."""
    sections = {
        kind.section: {"type": "array", "items": {"type": "object"}, "description": "As outside of a template."}
        for kind in kinds.values()
        if not getattr(kind, "singleton", False)
    }
    return {
        "type": "object",
        "description": "A set of resources with parameters.",
        "properties": {
            "description": {"type": "string", "description": "What it is for."},
            "parameters": {
                "type": ["object", "null"],
                "description": "Its parameters by name.",
                "additionalProperties": {"anyOf": [_PARAMETER, {"type": "null"}]},
            },
            **sections,
        },
        "additionalProperties": False,
    }


def published(kinds: AnyMapping[str, t.Any]) -> dict[str, Schema]:
    """The two sections in the schema for editors."""
    return {
        TEMPLATES: {
            "type": ["object", "null"],
            "description": "Sets of resources with parameters, by name.",
            "additionalProperties": template_schema(kinds),
        },
        INSTANCES: {"type": ["array", "null"], "items": INSTANCE, "description": "Uses of templates."},
    }


@dataclass(frozen=True)
class _Template:
    """A template, its place, and the folder beside which its code files are."""

    name: str
    content: Mapping
    location: Location
    folder: Path | None

    @property
    def parameters(self) -> dict[str, AnyMapping[str, t.Any]]:
        return {name: rule or {} for name, rule in (self.content.get("parameters") or {}).items()}


@dataclass
class _Found:
    """All templates by name, and what is wrong."""

    templates: dict[str, _Template] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def expanded(
    documents: Iterable[Document], kinds: AnyMapping[str, t.Any], strict: bool
) -> tuple[list[Document], list[Problem]]:
    """The documents with one document more for each instance, without the two sections; and what is wrong with them."""
    listed = list(documents)
    if not any(name in document.content for document in listed for name in (TEMPLATES, INSTANCES)):
        return listed, []
    found = _Found()
    schema = Compiled(template_schema(kinds), "template")
    for document in listed:
        _collect(document, schema, strict, found)
    made: list[Document] = []
    for document in listed:
        made += _instances(document, strict, found)
    rest = [replace(document, content=edited(document.content, {}, (TEMPLATES, INSTANCES))) for document in listed]
    return [*rest, *made], found.problems


def _collect(document: Document, schema: Compiled, strict: bool, found: _Found) -> None:
    value = document.content.get(TEMPLATES)
    if not isinstance(value, Mapping):
        if value:
            message = f"must be a mapping of names to templates, not {called(value)}"
            found.problems.append(problem_at(document.content, (TEMPLATES,), message))
        return
    for name in value:
        path = (TEMPLATES, name)
        content, problems = settled(document.content, schema.findings(value[name], path), strict)
        found.problems += problems
        location = location_of(document.content, path)
        if name in found.templates:
            message = f"the template '{name}' stands here twice, first at {found.templates[name].location}"
            found.problems.append(problem_at(document.content, path, message))
        elif not any(problem.severity == "error" for problem in problems):
            template = _Template(name, content[TEMPLATES][name], location, document.folder)
            found.problems += _faults(document, path, template)
            found.templates[name] = template


def _faults(document: Document, path: ValuePath, template: _Template) -> Iterator[Problem]:
    """What no instance can do anything about: defaults of another type, parameters that do not exist."""
    known = template.parameters
    for name, rule in known.items():
        if rule.get("default") is not None and not _fits(rule["default"], rule):
            message = f"must be {_WORDS[rule.get('type') or 'string']}, as the type of the parameter says"
            yield problem_at(document.content, (*path, "parameters", name, "default"), message)
    for place, text in _texts(template.content, path):
        for dollar, name in _PARAM.findall(text):
            if not dollar and name not in known:
                message = f"the template '{template.name}' has no parameter '{name}'{nearest(name, known)}"
                yield problem_at(document.content, place, message)


def _texts(value: t.Any, path: ValuePath) -> Iterator[tuple[ValuePath, str]]:
    if isinstance(value, str):
        if "${param." in value and not isinstance(value, Verbatim):
            yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def _instances(document: Document, strict: bool, found: _Found) -> Iterator[Document]:
    value = document.content.get(INSTANCES)
    if value is not None and not isinstance(value, list):
        found.problems.append(
            problem_at(document.content, (INSTANCES,), "must be a list, each item beginning with '-'")
        )
        return
    compiled = Compiled(INSTANCE, "instance")
    for index, item in enumerate(value or ()):
        path = (INSTANCES, index)
        content, problems = settled(document.content, compiled.findings(item, path), strict)
        found.problems += problems
        if any(problem.severity == "error" for problem in problems):
            continue
        item = content[INSTANCES][index]
        template = found.templates.get(item["template"])
        if template is None:
            message = f"there is no template '{item['template']}'{nearest(item['template'], found.templates)}"
            found.problems.append(problem_at(document.content, (*path, "template"), message))
            continue
        values, wrong = _values(document, path, item.get("parameters") or {}, template)
        found.problems += wrong
        if not wrong:
            yield _instance(template, values, location_of(document.content, path), path)


def _values(
    document: Document, path: ValuePath, given: AnyMapping[str, t.Any], template: _Template
) -> tuple[dict[str, t.Any], list[Problem]]:
    """The value of each parameter, and what is wrong with those that are given."""
    known = template.parameters
    whose = f"the template '{template.name}' ({template.location})" if template.location.line else f"'{template.name}'"
    problems = [
        problem_at(
            document.content,
            (*path, "parameters", name),
            f"{whose} has no parameter '{name}'{nearest(name, known) or '; known: ' + (', '.join(known) or 'none')}",
        )
        for name in given
        if name not in known
    ]
    values = {}
    for name, rule in known.items():
        if name in given:
            values[name] = given[name]
            if not _fits(given[name], rule):
                message = f"must be {_WORDS[rule.get('type') or 'string']}, not {called(given[name])}: {whose} says so"
                problems.append(problem_at(document.content, (*path, "parameters", name), message))
        elif "default" in rule:
            values[name] = rule["default"]
        else:
            problems.append(problem_at(document.content, path, f"{whose} needs the parameter '{name}'"))
    return values, problems


def _fits(value: t.Any, rule: AnyMapping[str, t.Any]) -> bool:
    kind = rule.get("type") or "string"
    if isinstance(value, str) and _VARIABLE.search(value):
        return True  # a variable, whose value is known later
    if value is None:
        return "default" in rule and rule["default"] is None
    if isinstance(value, bool):
        return bool(kind == "boolean")
    return isinstance(value, _FITS[kind])


def _instance(template: _Template, values: AnyMapping[str, t.Any], at: Location, path: ValuePath) -> Document:
    """The resources of a template with the values of one instance; each knows both places."""
    file = Placed(template.content.file, str(at) if at.line else f"{INSTANCES}[{path[1]}]")
    sections = {
        key: _filled(value, values, file)
        for key, value in template.content.items()
        if key not in ("description", "parameters")
    }
    marks = {key: mark for key, mark in template.content.marks.items() if key in sections}
    return Document(Mapping(sections, file, marks), template.folder)


def _filled(value: t.Any, values: AnyMapping[str, t.Any], file: Placed) -> t.Any:
    if isinstance(value, str):
        return value if "${param." not in value or isinstance(value, Verbatim) else _text(value, values)
    if isinstance(value, Mapping):
        return Mapping({key: _filled(inner, values, file) for key, inner in value.items()}, file, value.marks)
    if isinstance(value, Sequence):
        return Sequence([_filled(inner, values, file) for inner in value], file, value.marks)
    return value


def _text(text: str, values: AnyMapping[str, t.Any]) -> t.Any:
    """A text with its parameters; one that is exactly a parameter has the type of its value."""
    whole = _PARAM.fullmatch(text)
    if whole and not whole[1]:
        return values[whole[2]]
    return _PARAM.sub(lambda found: found[0] if found[1] else as_text(values[found[2]], found[0]), text)
