# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a processor of a prepare recipe is: its short form and its parameters."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..._plan.compare import Document
from ..shape import Schema
from .blocks import Block, Flow

_PAIR: Schema = {
    "type": "object",
    "properties": {"from": {"type": "string"}, "to": {"type": "string"}},
    "required": ["from", "to"],
    "additionalProperties": False,
}
PAIRS: Schema = {
    "anyOf": [{"type": "object", "additionalProperties": {"type": "string"}}, {"type": "array", "items": _PAIR}]
}


def write_pairs(value: t.Any, flow: Flow) -> list[Document]:
    """A list of ``{from, to}``, which people may write as a mapping."""
    if isinstance(value, Mapping):
        return [{"from": old, "to": new} for old, new in value.items()]
    return [{"from": pair["from"], "to": pair["to"]} for pair in value]


def read_pairs(value: Sequence[Mapping[str, str]], flow: Flow) -> t.Any:
    """A single pair as a mapping; of several the order matters, which mappings do not keep everywhere."""
    pairs = [{"from": entry["from"], "to": entry["to"]} for entry in value]
    return {pairs[0]["from"]: pairs[0]["to"]} if len(pairs) == 1 else pairs


@dataclass(frozen=True)
class Pairs:
    """Parameters that are nothing but a list of ``{from, to}``."""

    path: str
    schema: t.ClassVar[Schema] = PAIRS

    def write(self, author: t.Any, flow: Flow) -> Document:
        return {self.path: write_pairs(author, flow)}

    def read(self, params: Mapping[str, t.Any], flow: Flow) -> t.Any:
        return read_pairs(params.get(self.path) or (), flow)


@dataclass(frozen=True)
class Processor:
    """A step: ``word`` is its short form, ``type`` DSS's name.

    ``fixed`` are parameters that make it this one of several short forms of the type. With ``spread`` it applies to columns,
    and DSS also says whether that is one, several or all.
    """

    word: str
    type: str
    block: Block | Pairs
    description: str
    fixed: Mapping[str, t.Any] = field(default_factory=dict)
    spread: bool = False

    def write(self, author: t.Any, flow: Flow) -> Document:
        params = {**self.block.write(author, flow), **self.fixed}
        return {"appliesTo": _applies_to(params.get("columns")), **params} if self.spread else params

    def fits(self, params: Mapping[str, t.Any]) -> bool:
        return all(params.get(key) == value for key, value in self.fixed.items())

    def read(self, params: Mapping[str, t.Any], flow: Flow) -> t.Any:
        rest = {key: value for key, value in params.items() if key not in self.fixed}
        if self.spread and rest.get("appliesTo") == _applies_to(rest.get("columns")):
            rest.pop("appliesTo")
        return self.block.read(rest, flow)


def _applies_to(columns: t.Any) -> str:
    return {0: "ALL", 1: "SINGLE_COLUMN"}.get(len(columns or ()), "COLUMNS")
