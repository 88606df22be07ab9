# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections ``ignore_drift``, ``moved`` and ``removed``, and the file ``.dataiku/drift-policy.yml``."""

from __future__ import annotations

import datetime
import re
import typing as t
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .._errors import Location, Problem
from .checks import address_of
from .compiled import Schema, optional_null
from .document import Mapping, ValuePath, bracket, location_of, problem_at
from .files import Document, Tree, read_hidden
from .policies import IgnoreRule
from .requirements import REQUIREMENTS, SECTION
from .words import nearest

_TEXT = {"type": "string", "minLength": 1}
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")

IGNORE_RULE: Schema = optional_null({
    "type": "object",
    "description": "Drift that is left alone, and why.",
    "properties": {
        "resource": {**_TEXT, "description": "Address of the resource, or a pattern with `*`."},
        "fields": {
            "type": "array",
            "items": _TEXT,
            "minItems": 1,
            "description": "The fields it is about, by their names here or in DSS; all of them when it is left out.",
        },
        "reason": {**_TEXT, "description": "Why, for those who read the plan.", "x-verbatim": True},
        "expires": {
            "type": "string",
            "format": "date",
            "description": "The last day on which it counts, as 2030-01-20; afterwards it is a finding of the plan.",
        },
    },
    "required": ["resource", "reason"],
    "additionalProperties": False,
})  # fmt: skip
_FORGET = {
    "type": "boolean",
    "description": "Whether the resource only leaves the state and stays in DSS; otherwise it is to be deleted.",
}
REMOVED: Schema = optional_null({
    "type": "object",
    "description": "A resource that is no longer declared, and what becomes of it.",
    "properties": {"resource": {**_TEXT, "description": "Address of the resource."}, "forget": _FORGET},
    "required": ["resource"],
    "additionalProperties": False,
})  # fmt: skip
MOVED: Schema = optional_null({
    "type": "object",
    "description": "A resource that has another name now.",
    "properties": {
        "from": {**_TEXT, "description": "Address that it had."},
        "to": {**_TEXT, "description": "Address that it has, which is declared."},
    },
    "required": ["from", "to"],
    "additionalProperties": False,
})  # fmt: skip
POLICY_SECTIONS: dict[str, Schema] = {
    "ignore_drift": IGNORE_RULE,
    "moved": MOVED,
    "removed": REMOVED,
    SECTION: REQUIREMENTS,
}
MAPPING_SECTIONS = frozenset({SECTION})  # the others are lists
_REMOVED_BY_ADDRESS = optional_null(
    {"type": "object", "properties": {"forget": _FORGET}, "additionalProperties": False}
)
PUBLISHED: dict[str, Schema] = {
    "ignore_drift": {
        "type": ["array", "null"],
        "items": IGNORE_RULE,
        "description": "Drift that is left alone; .dataiku/drift-policy.yml may hold more of it.",
    },
    "moved": {
        "anyOf": [{"type": ["array", "null"], "items": MOVED}, {"type": "object", "additionalProperties": _TEXT}],
        "description": "Resources that have another name: a list, or a mapping of the old address to the new one.",
    },
    "removed": {
        "anyOf": [
            {"type": ["array", "null"], "items": REMOVED},
            {"type": "object", "additionalProperties": {"anyOf": [_REMOVED_BY_ADDRESS, {"type": "null"}]}},
        ],
        "description": "Resources that are no longer declared: a list, or a mapping of address to `{forget: ...}`.",
    },
    SECTION: REQUIREMENTS,
}


def drift_policy(tree: Tree | None) -> tuple[list[Document], list[Problem]]:
    """The file ``.dataiku/drift-policy.yml``, if there is one."""
    content, problems = read_hidden(tree, "drift-policy.yml")
    return [] if content is None else [Document(content, section="ignore_drift")], problems


@dataclass(frozen=True)
class Item:
    """One item of a section that names a resource."""

    root: Mapping
    path: ValuePath
    content: Mapping

    @property
    def resource(self) -> str:
        return str(self.content["resource"])

    @property
    def location(self) -> Location:
        return location_of(self.root, self.path)

    @property
    def place(self) -> str:
        return f"{self.location} {bracket(self.path)}"

    def problem(self, message: str, *below: str) -> Problem:
        return problem_at(self.root, (*self.path, *below), message)


def items_of(documents: Iterable[Document], section: str, key: str = "resource") -> Iterator[Item]:
    for document in documents:
        value = document.content.get(section)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, Mapping) and item.get(key) and isinstance(item[key], str):
                yield Item(document.content, (section, index), item)


def ignore_rules(
    documents: Iterable[Document], kinds: AnyMapping[str, t.Any]
) -> tuple[tuple[IgnoreRule, ...], list[Problem]]:
    """The rules about drift, and what is wrong with them beyond their schema."""
    rules: list[IgnoreRule] = []
    problems: list[Problem] = []
    first: dict[tuple[str, frozenset[str]], Item] = {}
    for item in items_of(documents, "ignore_drift"):
        fault = _pattern_fault(item.resource, kinds)
        if fault:
            problems.append(item.problem(fault, "resource"))
        fields = item.content.get("fields")
        names = tuple(str(name) for name in fields) if isinstance(fields, list) else ()
        before = first.setdefault((item.resource, frozenset(names)), item)
        if before is not item:
            message = f"this rule for '{item.resource}' stands here twice, first at {before.place}"
            problems.append(item.problem(message, "resource"))
        expires = item.content.get("expires")
        day = _day(expires) if isinstance(expires, str) else None
        if isinstance(expires, str) and day is None:
            problems.append(item.problem("must be a date such as 2030-01-20", "expires"))
        rules.append(IgnoreRule(item.resource, names, str(item.content.get("reason")), day, item.location))
    return tuple(rules), problems


def _day(text: str) -> datetime.date | None:
    found = _DATE.fullmatch(text.strip())
    try:
        return datetime.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _pattern_fault(text: str, kinds: AnyMapping[str, t.Any]) -> str:
    if "*" not in text:
        return address_fault(text, kinds)
    head = text.partition(".")[0]
    known = any(fnmatchcase(name, head) for name in kinds)
    return "" if known else f"'{text}' fits no kind of resource{nearest(head, kinds)}"


def address_fault(text: str, kinds: AnyMapping[str, t.Any]) -> str:
    head, _dot, rest = text.partition(".")
    kind = kinds.get(head)
    if kind is None:
        advice = nearest(head, kinds) or f"; there are {', '.join(kinds)}"
        return f"'{text}' is no address, because there is no kind '{head}'{advice}"
    form = address_of(kind, "PROJECT", "NAME")
    project, dot, name = rest.partition(".")
    if kind.scope != "project":
        complete = bool(rest)
    elif getattr(kind, "singleton", False):
        complete = bool(project) and not dot
    else:
        complete = bool(project and name)
    return "" if complete and "*" not in text else f"'{text}' is no address; this kind has addresses such as {form}"
