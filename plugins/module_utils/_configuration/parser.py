# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML and JSON text to values with positions, from the events of libyaml."""

from __future__ import annotations

import json
import re
import typing as t
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from .._errors import ConfigurationError, Location, MissingLibrary, Problem
from .document import MAX_ALIASED_VALUES, MAX_BYTES, MAX_DEPTH, Mapping, Sequence, Vaulted, Verbatim, called
from .syntax import plain_words, tag_problem

_UNKNOWN = object()
_ASCII = bytes(range(0x20, 0x7F)) + b"\t\n\r"
_NOT_YAML = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float")}
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_TAGS_OF_MAPPINGS = ((None, "!", "tag:yaml.org,2002:map"), (None, "!", "tag:yaml.org,2002:seq"))


@dataclass(frozen=True)
class Texts:
    """Plain texts with what they mean, by syntax, and keys: what stands in many files is held once."""

    yaml: dict[str, t.Any] = field(default_factory=dict)
    json: dict[str, t.Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


def parse(
    data: bytes,
    file: str,
    *,
    top: tuple[type, ...] = (Mapping,),
    empty: bool = False,
    vault: bool = False,
    texts: Texts | None = None,
) -> t.Any:
    """The one document of a file as Mapping, Sequence, str, int, float, bool and None.

    ``top`` are the types that the document may have; with ``empty`` a file without content is an empty Mapping,
    with ``vault`` a ``!vault`` value is its ciphertext, Vaulted. ``texts`` are those of the files before.
    Raises ConfigurationError with one sentence and a position for everything that is not such a document.
    """
    text = _decoded(data, file)
    texts = texts or Texts()
    resolve, known = _yaml_scalar(), texts.yaml
    if file.lower().endswith(".json"):
        # Valid JSON has no raw tab inside a string, and writes what lies outside the BMP as two escapes.
        text = _SURROGATE_PAIR.sub(lambda found: found[1] + json.loads(f'"{found[2]}"'), text.replace("\t", " "))
        resolve, known = _json_scalar(resolve), texts.json
    builder = _Builder(file, resolve, known, texts.keys, vault)
    try:
        root = builder.run(text)
    except RecursionError:
        raise builder.error(f"values are nested deeper than {MAX_DEPTH} levels", 1, 1) from None
    except _yaml().YAMLError as error:
        message, line, column = plain_words(error, text)
        raise builder.error(message, line, column) from None
    if root is None:
        if empty:
            return Mapping((), file)
        raise builder.error("the file is empty", 1, 1)
    if not isinstance(root, top):
        wanted = "a mapping or a list" if Sequence in top else "a mapping"
        raise builder.error(f"the file must be {wanted}, not {called(root)}", 1, 1)
    return root


def _decoded(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        message = f"the file is larger than {limit} MiB; split it into several files and move code into a code_file"
        raise ConfigurationError([Problem(message, "", Location(file))])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        byte = data[error.start]
        message = f"the byte 0x{byte:02x} at offset {error.start} is not UTF-8; save the file as UTF-8"
        raise ConfigurationError([Problem(message, "", Location(file, *_position(before)))]) from None
    if text.startswith("$ANSIBLE_VAULT;"):
        message = (
            "the file is encrypted with Ansible Vault; keep its secrets in variables of the playbook and decrypt it"
        )
        raise ConfigurationError([Problem(message, "", Location(file, 1, 1))])
    found = _NOT_YAML.search(text) if data.translate(None, _ASCII) else None
    if found:
        message = f"the control character U+{ord(found[0]):04X} is not allowed; remove it or write it as an escape"
        raise ConfigurationError([Problem(message, "", Location(file, *_position(text[: found.start()])))])
    return text


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _yaml() -> t.Any:
    try:
        import yaml
    except ImportError:
        raise MissingLibrary("PyYAML") from None
    return yaml


@cache
def _yaml_scalar() -> Callable[[str, str | None], t.Any]:
    """A function from plain text (and a tag) to its value as PyYAML resolves it, timestamps apart."""
    yaml = _yaml()
    resolver = yaml.resolver.Resolver()
    constructor = yaml.constructor.SafeConstructor()
    special = {first for first in resolver.yaml_implicit_resolvers if first}

    def resolve(text: str, tag: str | None = None) -> t.Any:
        if tag is None:
            if text and text[0] not in special:
                return text
            tag = resolver.resolve(yaml.ScalarNode, text, (True, False))
        return constructor.construct_object(yaml.ScalarNode(tag, text)) if tag in _TAGS else text

    return resolve


def _json_scalar(otherwise: Callable[[str, str | None], t.Any]) -> Callable[[str, str | None], t.Any]:
    """Like ``otherwise``, but numbers are read as JSON writes them: 1e5 is one."""

    def resolve(text: str, tag: str | None = None) -> t.Any:
        if tag is None and _JSON_NUMBER.fullmatch(text):
            return json.loads(text)
        return otherwise(text, tag)

    return resolve


class _Merge(str):
    """The key ``<<``, as opposed to the text."""

    __slots__ = ()


_MERGE = _Merge("<<")


class _Builder:
    """Takes the events of one file, a call for each mapping and list.

    Most events are plain texts that were seen before; whatever else comes goes through ``_value`` and ``_key``.
    """

    def __init__(
        self,
        file: str,
        resolve: Callable[[str, str | None], t.Any],
        known: dict[str, t.Any],
        keys: dict[str, str],
        vault: bool,
    ) -> None:
        yaml = _yaml()
        self.file = file
        self._vault = vault
        self._resolve = resolve
        self._known = known
        self._keys = keys
        self._next: Callable[[], t.Any] = lambda: None
        self._scalar_event = yaml.ScalarEvent
        self._mapping_event = yaml.MappingStartEvent
        self._alias_event = yaml.AliasEvent
        self._ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        self._open: list[str] = []  # the anchors whose values are being read
        self._anchors: dict[str, tuple[t.Any, int, int]] = {}  # value, number of values in it, levels
        self._aliased = 0
        self._size = 0  # values so far, with those that aliases repeat
        self._deepest = 0
        self._braces = 0  # texts so far that may hold a variable

    def error(self, message: str, line: int, column: int) -> ConfigurationError:
        return ConfigurationError([Problem(message, "", Location(self.file, line, column))])

    def run(self, text: str) -> t.Any:
        """The value of the document, None where there is none."""
        yaml = _yaml()
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
        self._next = loader.get_event
        root, documents = None, 0
        try:
            while not isinstance(event := self._next(), yaml.StreamEndEvent):
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise self._refusal(event, "a second document starts here; a file holds one")
                elif isinstance(event, yaml.NodeEvent):
                    root = self._value(event, 0)
        finally:
            loader.dispose()
        return root

    def _refusal(self, event: t.Any, message: str) -> ConfigurationError:
        return self.error(message, event.start_mark.line + 1, event.start_mark.column + 1)

    def _mapping(self, depth: int) -> Mapping:
        next_event, known, scalar, end = self._next, self._known, self._scalar_event, self._ends[0]
        result = Mapping.__new__(Mapping)
        places = array("I")
        merged: list[Mapping] | None = None
        braces, below = self._braces, depth + 1
        while True:
            event = next_event()
            kind = type(event)
            key = _UNKNOWN
            if kind is scalar:
                if event.implicit[0] and event.tag is None and event.anchor is None:
                    key = known.get(event.value, _UNKNOWN)
            elif kind is end:
                break
            if key.__class__ is not str:
                key = self._key(event, below)
            mark = event.start_mark
            if key is _MERGE:
                if merged is not None:
                    raise self._refusal(event, "the key << stands here twice; give it a list")
                event = next_event()
                merged = self._merged(event, below)
                continue
            if key in result:
                raise self._twice(event, key, result, places)
            places.append(mark.line + 1)
            places.append(mark.column + 1)
            event = next_event()
            value = _UNKNOWN
            if isinstance(event, scalar) and event.implicit[0] and event.tag is None and event.anchor is None:
                value = known.get(event.value, _UNKNOWN)
            result[key] = self._value(event, below) if value is _UNKNOWN else value
        self._size += 2 * (len(result) + (merged is not None))
        if depth > self._deepest:
            self._deepest = depth
        result.parsed(self.file, places, braces == self._braces)
        if merged:
            _merge(result, merged)
        return result

    def _sequence(self, depth: int) -> Sequence:
        next_event, known, scalar, end = self._next, self._known, self._scalar_event, self._ends[1]
        result = Sequence.__new__(Sequence)
        places = array("I")
        braces, below = self._braces, depth + 1
        while True:
            event = next_event()
            kind = type(event)
            value = _UNKNOWN
            if kind is scalar:
                if event.implicit[0] and event.tag is None and event.anchor is None:
                    value = known.get(event.value, _UNKNOWN)
            elif kind is end:
                break
            mark = event.start_mark
            places.append(mark.line + 1)
            places.append(mark.column + 1)
            result.append(self._value(event, below) if value is _UNKNOWN else value)
        self._size += len(result)
        if depth > self._deepest:
            self._deepest = depth
        result.parsed(self.file, places, braces == self._braces)
        return result

    def _value(self, event: t.Any, depth: int) -> t.Any:
        """What begins with an event, ``depth`` levels below the top."""
        kind = type(event)
        if kind is self._scalar_event:
            value = self._scalar(event)
            if isinstance(value, str) and "{" in value and not isinstance(value, Verbatim):
                self._braces += 1
            return value
        if kind is self._alias_event:
            return self._alias(event, depth)[0]
        if event.tag is not None:
            self._check_tag(event)
        if depth >= MAX_DEPTH:
            raise self._refusal(event, f"values are nested deeper than {MAX_DEPTH} levels")
        read = self._mapping if kind is self._mapping_event else self._sequence
        return read(depth) if event.anchor is None else self._anchored(event.anchor, read, depth)

    def _check_tag(self, event: t.Any) -> None:
        if event.tag not in _TAGS_OF_MAPPINGS[not isinstance(event, self._mapping_event)]:
            raise self._refusal(event, tag_problem(event.tag))

    def _anchored(self, anchor: str, read: Callable[[int], t.Any], depth: int) -> t.Any:
        # An anchor that is taken again must not be found under its former value while this one is open.
        self._anchors.pop(anchor, None)
        self._open.append(anchor)
        size, deepest, self._deepest = self._size, self._deepest, depth
        value = read(depth)
        self._anchors[anchor] = (value, 1 + self._size - size, 1 + self._deepest - depth)
        self._deepest = max(self._deepest, deepest)
        self._open.pop()
        return value

    def _alias(self, event: t.Any, depth: int) -> tuple[t.Any, int]:
        """The value that is repeated and its size."""
        found = self._anchors.get(event.anchor)
        if found is None:
            if event.anchor in self._open:
                raise self._refusal(event, f"*{event.anchor} stands inside the value it repeats")
            raise self._refusal(event, f"*{event.anchor} repeats an anchor that is not defined above it")
        value, size, height = found
        self._aliased += size
        if self._aliased > MAX_ALIASED_VALUES:
            message = f"aliases repeat more than {MAX_ALIASED_VALUES:,} values; write the configuration without them"
            raise self._refusal(event, message)
        # An alias may carry a deep value to a deep place; together they must not pass the limit either.
        if depth + height > MAX_DEPTH:
            raise self._refusal(event, f"values are nested deeper than {MAX_DEPTH} levels")
        self._size += size - 1
        self._deepest = max(self._deepest, depth + height - 1)
        self._braces += 1
        return value, size

    def _scalar(self, event: t.Any, as_key: bool = False) -> t.Any:
        tag = event.tag
        value: t.Any = event.value
        if tag is None:
            if event.implicit[0]:
                value = self._plain(event, None, as_key)
        elif tag == "!unsafe":
            value = Verbatim(value)
        elif tag == "!vault" and self._vault:
            value = Vaulted(value)
        elif tag in _TAGS:
            value = self._plain(event, tag, as_key)
        elif tag not in _TEXT_TAGS:
            raise self._refusal(event, tag_problem(tag))
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1, 0)
        return value

    def _plain(self, event: t.Any, tag: str | None, as_key: bool) -> t.Any:
        text = event.value
        if text == "<<" and tag is None:
            return _MERGE if as_key else text
        try:
            value = self._resolve(text, tag)
        except (ValueError, KeyError, IndexError):
            raise self._refusal(event, "this number cannot be read; quote it if it is text") from None
        if tag is None and "{" not in text:
            self._known[text] = value
        return value

    def _key(self, event: t.Any, depth: int) -> str:
        kind = type(event)
        if kind is self._scalar_event:
            key = self._scalar(event, as_key=True)
        elif kind is self._alias_event:
            key, size = self._alias(event, depth)
            if size > 1:
                raise self._refusal(event, "a key must be text, not a mapping or list")
        else:
            self._check_tag(event)
            message = "a key must be text, not a mapping or list; a value that begins with {{ must be quoted"
            raise self._refusal(event, message)
        if isinstance(key, str):
            return self._keys.setdefault(key, key) if key.__class__ is str else key
        shown = "empty" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
        message = f"a key must be text and this one is {called(key)}"
        raise self._refusal(event, f"{message}; quote it" if key is None else f"{message} ({shown}); quote it")

    def _twice(self, event: t.Any, key: str, result: Mapping, places: array[int]) -> ConfigurationError:
        first = 2 * list(result).index(key)
        message = f"the key '{key[:100]}' stands here twice, first at line {places[first]} column {places[first + 1]}"
        return self._refusal(event, message)

    def _merged(self, event: t.Any, depth: int) -> list[Mapping]:
        value = self._value(event, depth)
        sources = value if isinstance(value, Sequence) else [value]
        if not all(isinstance(source, Mapping) for source in sources):
            raise self._refusal(event, "<< needs a mapping or a list of mappings")
        return [*sources]


def _merge(into: Mapping, sources: list[Mapping]) -> None:
    """Put the keys of the sources before those of the mapping; what comes first in the file wins."""
    own, own_marks = dict(into), dict(into.marks)
    into.clear()
    for source in reversed(sources):
        into.update(source)
        into.marks.update(source.marks)
    into.update(own)
    into.marks.update(own_marks)
