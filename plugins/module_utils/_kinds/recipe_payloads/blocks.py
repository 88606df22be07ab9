# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two directions between friendly settings of a visual recipe and what DSS stores, from tables of keys."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..._errors import DssError
from ..._plan.compare import MISSING, Document, same
from ..shape import Schema, described, overlay, prune, put, take

RAW: Schema = {"type": "object", "description": "Fields of DSS that have no name here, by DSS's own names."}


@dataclass(frozen=True)
class Flow:
    """What a recipe reads and writes in its role ``main``, by name and in order; ``tables`` are its virtual inputs."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


Turn = Callable[[t.Any, Flow], t.Any]


def _unchanged(value: t.Any, flow: Flow) -> t.Any:
    return value


@dataclass(frozen=True)
class Key:
    """One key of a block: its name, its dotted path in DSS, its JSON Schema, and how values are turned.

    ``read`` gives ``MISSING`` for a value that says nothing; ``null`` is what the author's null becomes.
    """

    name: str
    path: str
    schema: Schema
    write: Turn = _unchanged
    read: Turn = _unchanged
    null: t.Any = None


@dataclass(frozen=True)
class Block:
    """A mapping that people write for one of DSS's.

    ``usual`` is what is written where nothing else is said, by DSS's own names. A value of ``bare`` may stand alone.
    """

    keys: tuple[Key, ...]
    usual: Mapping[str, t.Any] = field(default_factory=dict)
    bare: str = ""

    @property
    def schema(self) -> dict[str, t.Any]:
        properties = {**{key.name: key.schema for key in self.keys}, "raw": RAW}
        mapping = {"type": "object", "properties": properties, "additionalProperties": False}
        if not self.bare:
            return mapping
        alone = {word: rule for word, rule in properties[self.bare].items() if word != "description"}
        return {"anyOf": [*alone.get("anyOf", [alone]), {**mapping, "required": [self.bare]}]}

    def write(self, author: t.Any, flow: Flow) -> Document:
        """DSS's mapping; ``raw`` is laid over it."""
        if self.bare and not isinstance(author, Mapping):
            author = {self.bare: author}
        document: Document = {}
        for key in self.keys:
            if key.name in author:
                value = author[key.name]
                put(document, key.path, key.null if value is None else key.write(value, flow))
        return overlay(overlay(copy.deepcopy(dict(self.usual)), document), author.get("raw") or {})

    def read(self, document: Mapping[str, t.Any], flow: Flow) -> t.Any:
        """The author's mapping, without what is usual; what no key names is under ``raw``."""
        rest = {
            name: copy.deepcopy(value)
            for name, value in document.items()
            if name not in self.usual or not same(value, self.usual[name])
        }
        author: Document = {}
        for key in self.keys:
            value = take(rest, key.path)
            value = MISSING if value is MISSING or value is None else key.read(value, flow)
            if value is not MISSING:
                author[key.name] = value
        rest = prune(rest)
        if rest:
            author["raw"] = rest
        return self.alone(author)

    def alone(self, author: Document) -> t.Any:
        """A value that may stand alone, if there is nothing else."""
        return author[self.bare] if author.keys() == {self.bare} else author


def _as_it_is(author: t.Any, flow: Flow) -> tuple[t.Any, Flow]:
    return author, flow


@dataclass(frozen=True)
class Form:
    """The friendly settings of a type of recipe: ``name`` is the author field.

    The paths of ``block`` begin in the document of the recipe. ``before`` writes out what follows from the recipe before the
    settings are written; ``seen`` gives what names stand for in a document; ``after`` takes out again what follows.
    """

    name: str
    block: Block
    description: str
    before: Callable[[t.Any, Flow], tuple[t.Any, Flow]] = _as_it_is
    seen: Callable[[Document, Flow], Flow] = lambda document, flow: flow
    after: Callable[[t.Any, Flow], t.Any] = _unchanged

    @property
    def schema(self) -> Schema:
        """Settings that may stand alone have no other form."""
        schema = self.block.schema
        return described(schema["anyOf"][0] if self.block.bare else schema, self.description)

    def write(self, author: t.Any, flow: Flow) -> Document:
        """The part of the recipe's document that the settings stand for."""
        return self.block.write(*self.before(author, flow))

    def read(self, document: Document, flow: Flow) -> tuple[t.Any, Document]:
        """The settings, and what of the document they do not say."""
        flow = self.seen(document, flow)
        author = self.block.read(document, flow)
        if not isinstance(author, dict):
            return self.after(author, flow), {}
        rest: Document = author.pop("raw", {})
        return self.after(self.block.alone(author), flow), rest


def listed(description: str, block: Block) -> dict[str, t.Any]:
    """The schema and the turns of a list of blocks, as arguments of a ``Key``."""

    def write(value: Sequence[t.Any], flow: Flow) -> list[Document]:
        return [block.write(member, flow) for member in value]

    def read(value: Sequence[t.Any], flow: Flow) -> t.Any:
        return [block.read(member, flow) for member in value] or MISSING

    schema = described({"type": "array", "items": block.schema}, description)
    return {"schema": schema, "write": write, "read": read}


def one_of(description: str, words: Mapping[str, str]) -> dict[str, t.Any]:
    """The schema and the turns of one of DSS's constants, which may also be written as DSS does."""
    known = {dss: word for word, dss in words.items()}

    def write(value: str, flow: Flow) -> str:
        return words.get(value.lower(), value)

    def read(value: t.Any, flow: Flow) -> t.Any:
        return known.get(value, value)

    text = f"{description} One of {', '.join(words)}; or DSS's own word."
    return {"schema": described({"type": "string"}, text), "write": write, "read": read}


def place_of(name: t.Any, names: Sequence[str], what: str) -> int:
    """The index of an input or output that is given by name, or by its number where a name is there twice.

    Raises ``DssError`` where there is no such name.
    """
    if isinstance(name, int):
        return name
    if list(names).count(name) != 1:
        known = ", ".join(names) or "none"
        raise DssError(f"'{name}' does not name one {what} of this recipe: {known}; a number counts them from 0")
    return list(names).index(name)


def name_at(index: t.Any, names: Sequence[str]) -> t.Any:
    """The name of an input or output, or its number where the name says too little."""
    known = isinstance(index, int) and 0 <= index < len(names) and list(names).count(names[index]) == 1
    return names[index] if known else index
