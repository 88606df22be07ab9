# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Blocks of DSS's JSON under author names, and selections of a code environment, a container or a cluster in one word."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._plan.compare import MISSING, Document, is_empty
from .shape import OBJECT, TEXT, Field, Schema, Shape, described, prune, take


@dataclass(frozen=True)
class Block:
    """Author names for the fields of a block; ``raw`` in it holds what has no name here."""

    fields: tuple[Field, ...]

    @property
    def schema(self) -> dict[str, t.Any]:
        """JSON Schema of the author form."""
        raw = described(OBJECT, "Fields that have no name here, with DSS's own names.")
        properties = {entry.name: entry.schema for entry in self.fields}
        return {"type": "object", "properties": {**properties, "raw": raw}, "additionalProperties": False}

    def to_dss(self, author: t.Any) -> t.Any:
        return Shape(self.fields).to_dss(author)

    def from_dss(self, document: t.Any) -> t.Any:
        if not isinstance(document, Mapping):
            return document
        rest = copy.deepcopy(dict(document))
        author: Document = {}
        for entry in self.fields:
            value = take(rest, entry.path)
            if value is not MISSING:
                author[entry.name] = entry.from_dss(value)
        rest = prune(rest)
        return {**author, "raw": rest} if rest else author


@dataclass(frozen=True)
class Selection:
    """What DSS writes as a mode and a name: a word for each mode that needs no name, else the name; a mapping is DSS's own."""

    mode: str
    name: str
    explicit: str
    words: Mapping[str, str]

    schema: t.ClassVar[Schema] = {"anyOf": [TEXT, OBJECT]}

    def to_dss(self, value: t.Any) -> t.Any:
        if not isinstance(value, str):
            return value
        if value in self.words:
            return {self.mode: self.words[value], self.name: None}
        return {self.mode: self.explicit, self.name: value}

    def from_dss(self, value: t.Any) -> t.Any:
        held = {key: inner for key, inner in value.items() if not is_empty(inner)} if isinstance(value, Mapping) else {}
        mode, name = held.get(self.mode), held.get(self.name)
        if mode == self.explicit and held.keys() == {self.mode, self.name} and name not in self.words:
            return name
        for word, meant in self.words.items():
            if held == {self.mode: meant}:
                return word
        return value


# dss-api.md 2.3, "codeEnvs", "container", "cluster".
CODE_ENV = Selection("mode", "envName", "EXPLICIT_ENV", {"inherit": "INHERIT", "builtin": "USE_BUILTIN_MODE"})
CONTAINER = Selection("containerMode", "containerConf", "EXPLICIT_CONTAINER", {"inherit": "INHERIT", "none": "NONE"})
CLUSTER = Selection("clusterMode", "clusterId", "EXPLICIT_CLUSTER", {"inherit": "INHERIT"})
