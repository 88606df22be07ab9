# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The section ``requirements``: what a project needs of its instance and does not own."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace

from .._errors import Location
from .compiled import Schema, optional_null
from .document import Mapping, location_of
from .files import Document

SECTION = "requirements"
# Key of the section -> what one of it is called.
KINDS_OF_NEED: AnyMapping[str, str] = {
    "connections": "connection",
    "code_envs": "code environment",
    "plugins": "plugin",
    "users": "user",
}
_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}}
_DESCRIPTIONS = {
    "connections": "Names of connections.",
    "code_envs": "Names of code environments.",
    "plugins": "Ids of plugins.",
    "users": "Logins of users.",
}
REQUIREMENTS: Schema = optional_null({
    "type": "object",
    "description": "What must be on the node besides what is declared; a plan names what is missing and stops.",
    "properties": {key: {**_NAMES, "description": text} for key, text in _DESCRIPTIONS.items()},
    "additionalProperties": False,
})  # fmt: skip


@dataclass(frozen=True)
class Requirements:
    """Names by the key of the section, each with where it is written."""

    names: AnyMapping[str, AnyMapping[str, Location]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.names.values())

    def of(self, key: str) -> AnyMapping[str, Location]:
        """The names under one key."""
        return self.names.get(key, {})

    def renamed(self, tables: AnyMapping[str, AnyMapping[str, str]]) -> Requirements:
        """The same under the names of an environment; ``tables`` are by the key of the section."""
        changed = {
            key: {tables.get(key, {}).get(name, name): place for name, place in held.items()}
            for key, held in self.names.items()
        }
        return replace(self, names=changed)


def requirements_in(documents: Iterable[Document]) -> Requirements:
    """All requirements of checked documents."""
    names: dict[str, dict[str, Location]] = {}
    for document in documents:
        section = document.content.get(SECTION)
        if not isinstance(section, Mapping):
            continue
        for key in KINDS_OF_NEED:
            listed: t.Any = section.get(key) or []
            for index, name in enumerate(listed if isinstance(listed, list) else []):
                if isinstance(name, str):
                    names.setdefault(key, {}).setdefault(name, location_of(document.content, (SECTION, key, index)))
    return Requirements(names)
