# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON Schema of a configuration, and the check against it."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping as AnyMapping
from functools import cache

from .._errors import Problem
from .code_files import file_keys
from .compiled import Compiled, Schema, optional_null, settled
from .directories import directory_keys
from .document import Mapping
from .policy_sections import MAPPING_SECTIONS, POLICY_SECTIONS, PUBLISHED
from .schema_messages import Finding
from .templates import published as templates_published
from .words import nearest

IDENTIFIER = "urn:dataiku-iac:dss:configuration:1.0"

COMMON: Schema = {
    "raw": {
        "type": "object",
        "description": "Any fields of DSS's own JSON that have no name here; they are compared like the others.",
    },
    "external": {
        "type": "boolean",
        "description": "Whether it is made elsewhere: it must be there, and is never changed or deleted.",
    },
    "depends_on": {
        "type": "array",
        "items": {"type": "string", "minLength": 1},
        "description": "Addresses (dataset.PROJECT.NAME) or names of resources that must be applied before this one.",
    },
    "lifecycle": {
        "type": "object",
        "description": "How changes of this resource are applied.",
        "additionalProperties": False,
        "properties": {
            "prevent_destroy": {
                "type": "boolean",
                "description": "Whether a plan that deletes or replaces this resource is refused.",
            },
            "ignore_changes": {
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "description": "Fields whose differences are left alone once the resource exists.",
            },
        },
    },
}

_VERSION = 'the version of the configuration format is "1.0"'


def resource_schema(kind: t.Any, external: bool = False) -> Schema:
    """JSON Schema of one author mapping of a kind: its own, the keys that all kinds have, and null for what is optional.

    Of an ``external`` one only what identifies it is required.
    """
    own = kind.schema
    if external:
        own = {**own, "required": [name for name in own.get("required", ()) if name in kind.identifier]}
    properties = {**COMMON, **own.get("properties", {})}
    return t.cast(Schema, optional_null({**own, "type": "object", "properties": properties}))


def configuration_schema(kinds: AnyMapping[str, t.Any]) -> Schema:
    """JSON Schema (draft 2020-12) of a whole configuration file, for editors and documentation."""
    definitions: Schema = {}
    properties: Schema = {
        "version": {"enum": ["1.0", 1.0], "description": 'Version of this format, "1.0".'},
        "metadata": {"type": ["object", "null"], "description": "Notes on the configuration; never applied."},
    }
    for kind in kinds.values():
        schema = resource_schema(kind)
        for name, definition in schema.pop("$defs", {}).items():
            definitions[f"{kind.name}_{name}"] = _moved_references(definition, kind.name)
        for key, target in file_keys(kind.section, schema).items():
            text = {"type": ["string", "null"], "description": f"File that holds {target}, in place of it."}
            schema["properties"].setdefault(key, text)
        for key, target in directory_keys(kind.section).items():
            text = {
                "type": ["string", "null"],
                "description": f"Directory whose files go to {target}, by their paths in it.",
            }
            schema["properties"].setdefault(key, text)
        definitions[kind.name] = _moved_references(_published(schema, kind), kind.name)
        properties[kind.section] = _section(kind)
    properties.update(PUBLISHED)
    properties.update(templates_published(kinds))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": IDENTIFIER,
        "title": "Dataiku DSS configuration",
        "description": "A DSS project and its objects, or objects of a DSS instance, as the dataiku_iac.dss collection reads them.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": definitions,
    }


def _published(schema: Schema, kind: t.Any) -> Schema:
    """The schema for editors, in which an external resource needs only what identifies it."""
    required = schema.pop("required", [])
    identifying = [name for name in required if name in kind.identifier]
    further = [name for name in required if name not in kind.identifier]
    if further:
        external = {"properties": {"external": {"const": True}}, "required": ["external"]}
        schema.update({"if": external, "else": {"required": further}})
    return {**schema, "required": identifying}


def check(document: Mapping, kinds: AnyMapping[str, t.Any], strict: bool = True) -> list[Problem]:
    """All findings about one document; unknown keys are warnings without ``strict``."""
    return Checker(kinds, strict).check(document)[1]


class Checker:
    """Checks documents against the schemas of the kinds and of the policies, each of which is compiled once, when it is used."""

    def __init__(self, kinds: AnyMapping[str, t.Any], strict: bool) -> None:
        self._strict = strict
        self._kinds = {kind.section: kind for kind in kinds.values()}
        self._sections = (*self._kinds, *POLICY_SECTIONS)
        self._known = frozenset(self._sections)
        self._schemas: dict[tuple[str, bool], Compiled] = {}
        self._singletons = {kind.section for kind in kinds.values() if getattr(kind, "singleton", False)}
        self._singletons |= MAPPING_SECTIONS

    def check(self, document: Mapping, only: str | None = None) -> tuple[Mapping, list[Problem]]:
        """The document without the unknown keys that were only warned about, and all findings.

        With ``only`` the document is a file of that section alone.
        """
        findings = self._top(document) if only is None else self._strangers(document, only)
        for section in document:
            if section in self._known and only in (None, section):
                findings += self._section(document[section], section)
        return settled(document, findings, self._strict)

    def _top(self, document: Mapping) -> list[Finding]:
        findings = _version(document)
        known = ["version", "metadata", *self._sections]
        for key, value in document.items():
            if key not in known:
                advice = nearest(key, known) or f"; known sections: {', '.join(known)}"
                findings.append(Finding((key,), f"unknown key '{key}'{advice}", unknown=True))
            elif key == "metadata" and not (value is None or isinstance(value, dict)):
                findings.append(Finding((key,), "must be a mapping"))
        return findings

    def _strangers(self, document: Mapping, only: str) -> list[Finding]:
        findings = []
        for key in document:
            if key in (only, "version", "metadata"):
                continue
            message = f"unknown key '{key}'{nearest(key, [only])}"
            if key in self._sections or not nearest(key, [only]):
                has_folder = key in self._sections and key not in self._singletons and key not in POLICY_SECTIONS
                home = f"project.yml or a file in {key}/" if has_folder else "project.yml"
                message = f"'{key}' does not belong in a file of {only}; move it to {home}"
            findings.append(Finding((key,), message, unknown=True))
        return findings

    def _section(self, value: t.Any, section: str) -> list[Finding]:
        if value is None:
            return []
        if section in self._singletons:
            return self._compiled(value, section).findings(value, (section,))
        if not isinstance(value, list):
            return [Finding((section,), "must be a list, each item beginning with '-'")]
        return [
            finding
            for index, item in enumerate(value)
            for finding in self._compiled(item, section).findings(item, (section, index))
        ]

    def _compiled(self, item: t.Any, section: str) -> Compiled:
        external = section in self._kinds and isinstance(item, dict) and item.get("external") is True
        found = self._schemas.get((section, external))
        if found is None:
            found = self._schemas[section, external] = self._compile(section, external)
        return found

    def _compile(self, section: str, external: bool) -> Compiled:
        return (
            _of_kind(self._kinds[section], external) if section in self._kinds else Compiled(POLICY_SECTIONS[section])
        )


@cache
def _of_kind(kind: t.Any, external: bool) -> Compiled:
    """The schema of a kind, which is compiled once in a process."""
    return Compiled(resource_schema(kind, external=external), kind.name.replace("_", " "))


def _version(document: Mapping) -> list[Finding]:
    advice = 'version is a number here; quote it: "1.0"'
    metadata = document.get("metadata")
    findings = []
    if isinstance(metadata, dict) and isinstance(metadata.get("version"), (int, float)) and "version" not in document:
        findings.append(Finding(("metadata", "version"), advice, warning=True))
    if "version" not in document:
        return findings
    value = document["version"]
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return [*findings, Finding(("version",), f"{_VERSION}, not {'empty' if value is None else 'this'}")]
    if isinstance(value, str) and not re.fullmatch(r"1\.[0-9]+", value):
        return [*findings, Finding(("version",), f"{_VERSION}, not '{value[:40]}'")]
    if not isinstance(value, str):
        findings.append(Finding(("version",), advice, warning=True) if value == 1 else Finding(("version",), _VERSION))
    return findings


def _section(kind: t.Any) -> Schema:
    reference = {"$ref": f"#/$defs/{kind.name}"}
    if getattr(kind, "singleton", False):
        return reference
    include = {
        "type": "object",
        "properties": {
            "$include": {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
                "description": "File or files that hold this section.",
            }
        },
        "required": ["$include"],
        "additionalProperties": False,
    }
    return {
        "anyOf": [{"type": ["array", "null"], "items": reference}, include],
        "description": f"All {kind.section.replace('_', ' ')}.",
    }


def _moved_references(schema: t.Any, owner: str) -> t.Any:
    if isinstance(schema, AnyMapping):
        return {
            key: f"#/$defs/{owner}_{value.removeprefix('#/$defs/')}"
            if key == "$ref" and isinstance(value, str) and value.startswith("#/$defs/")
            else _moved_references(value, owner)
            for key, value in schema.items()
        }
    return [_moved_references(item, owner) for item in schema] if isinstance(schema, list) else schema
