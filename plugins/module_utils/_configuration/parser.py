# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML and JSON text to values with positions, from the events of libyaml."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Callable, Iterator

from .._errors import ConfigurationError, Location, MissingLibrary, Problem
from .document import MAX_ALIASED_VALUES, MAX_BYTES, MAX_DEPTH, Mapping, Sequence, Vaulted, Verbatim, called
from .syntax import plain_words, tag_problem

_NO_KEY = object()
_NOT_YAML = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float")}
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")


def parse(
    data: bytes, file: str, *, top: tuple[type, ...] = (Mapping,), empty: bool = False, vault: bool = False
) -> t.Any:
    """The one document of a file as Mapping, Sequence, str, int, float, bool and None.

    ``top`` are the types that the document may have; with ``empty`` a file without content is an empty Mapping,
    with ``vault`` a ``!vault`` value is its ciphertext, Vaulted.
    Raises ConfigurationError with one sentence and a position for everything that is not such a document.
    """
    text = _decoded(data, file)
    if file.lower().endswith(".json"):
        # Valid JSON has no raw tab inside a string, and writes what lies outside the BMP as two escapes.
        text = _SURROGATE_PAIR.sub(lambda found: found[1] + json.loads(f'"{found[2]}"'), text.replace("\t", " "))
        resolve = _json_scalar(_yaml_scalar())
    else:
        resolve = _yaml_scalar()
    builder = _Builder(file, resolve, vault)
    try:
        builder.run(_events(text))
    except RecursionError:
        raise builder.error(f"values are nested deeper than {MAX_DEPTH} levels", 1, 1) from None
    except _yaml().YAMLError as error:
        message, line, column = plain_words(error, text)
        raise builder.error(message, line, column) from None
    root = builder.root
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
    found = _NOT_YAML.search(text)
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


def _events(text: str) -> Iterator[t.Any]:
    yaml = _yaml()
    return t.cast("Iterator[t.Any]", yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


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


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("anchor", "column", "height", "key", "key_mark", "line", "merged", "size", "value")

    def __init__(self, value: Mapping | Sequence, anchor: str | None, line: int, column: int) -> None:
        self.value = value
        self.anchor = anchor
        self.line = line
        self.column = column
        self.key: t.Any = _NO_KEY
        self.key_mark = (line, column)
        self.merged: list[Mapping] | None = None
        self.size = 1
        self.height = 1


class _Merge(str):
    """The key ``<<``, as opposed to the text."""

    __slots__ = ()


_MERGE = _Merge("<<")


class _Builder:
    """Takes the events of one file; afterwards ``root`` is the value, or None where there was none."""

    def __init__(self, file: str, resolve: Callable[[str, str | None], t.Any], vault: bool) -> None:
        self.file = file
        self._vault = vault
        self.root: t.Any = None
        self._resolve = resolve
        self._known: dict[str, t.Any] = {}
        self._stack: list[_Open] = []
        self._documents = 0
        self._aliased = 0
        self._anchors: dict[str, tuple[t.Any, int, int]] = {}

    def error(self, message: str, line: int, column: int) -> ConfigurationError:
        return ConfigurationError([Problem(message, "", Location(self.file, line, column))])

    def run(self, events: Iterator[t.Any]) -> None:
        yaml = _yaml()
        handlers: dict[type, Callable[[t.Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceStartEvent: self._sequence,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        for event in events:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _document(self, event: t.Any) -> None:
        self._documents += 1
        if self._documents > 1:
            mark = event.start_mark
            raise self.error("a second document starts here; a file holds one", mark.line + 1, mark.column + 1)

    def _scalar(self, event: t.Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        tag = event.tag
        value: t.Any = event.value
        if tag is None:
            if event.implicit[0]:
                known = self._known.get(value, _NO_KEY)
                value = self._plain(value, line, column) if known is _NO_KEY else known
        elif tag == "!unsafe":
            value = Verbatim(value)
        elif tag == "!vault" and self._vault:
            value = Vaulted(value)
        elif tag in _TAGS:
            value = self._plain(value, line, column, tag)
        elif tag not in _TEXT_TAGS:
            raise self.error(tag_problem(tag), line, column)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1, 0)
        self._add(value, line, column, 1, 0)

    def _plain(self, text: str, line: int, column: int, tag: str | None = None) -> t.Any:
        if text == "<<" and tag is None:
            stack = self._stack
            if stack and stack[-1].key is _NO_KEY and isinstance(stack[-1].value, Mapping):
                return _MERGE
            return text
        try:
            value = self._resolve(text, tag)
        except (ValueError, KeyError, IndexError):
            raise self.error("this number cannot be read; quote it if it is text", line, column) from None
        if tag is None:
            self._known[text] = value
        return value

    def _mapping(self, event: t.Any) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:map"):
            raise self.error(tag_problem(event.tag), event.start_mark.line + 1, event.start_mark.column + 1)
        self._open(Mapping((), self.file), event)

    def _sequence(self, event: t.Any) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:seq"):
            raise self.error(tag_problem(event.tag), event.start_mark.line + 1, event.start_mark.column + 1)
        self._open(Sequence((), self.file), event)

    def _open(self, value: Mapping | Sequence, event: t.Any) -> None:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        if self._stack and self._stack[-1].key is _NO_KEY and isinstance(self._stack[-1].value, Mapping):
            raise self.error(
                "a key must be text, not a mapping or list; a value that begins with {{ must be quoted", line, column
            )
        if len(self._stack) >= MAX_DEPTH:
            raise self.error(f"values are nested deeper than {MAX_DEPTH} levels", line, column)
        self._stack.append(_Open(value, event.anchor, line, column))
        # An anchor that is taken again must not be found under its former value while this one is open.
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)

    def _end(self, event: t.Any) -> None:
        done = self._stack.pop()
        value = done.value
        if done.merged and isinstance(value, Mapping):
            _merge(value, done.merged)
        if done.anchor is not None:
            self._anchors[done.anchor] = (value, done.size, done.height)
        self._add(value, done.line, done.column, done.size, done.height)

    def _alias(self, event: t.Any) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        found = self._anchors.get(event.anchor)
        if found is None:
            if any(above.anchor == event.anchor for above in self._stack):
                raise self.error(f"*{event.anchor} stands inside the value it repeats", line, column)
            raise self.error(f"*{event.anchor} repeats an anchor that is not defined above it", line, column)
        value, size, height = found
        self._aliased += size
        if self._aliased > MAX_ALIASED_VALUES:
            message = f"aliases repeat more than {MAX_ALIASED_VALUES:,} values; write the configuration without them"
            raise self.error(message, line, column)
        if size > 1 and self._stack and self._stack[-1].key is _NO_KEY and isinstance(self._stack[-1].value, Mapping):
            raise self.error("a key must be text, not a mapping or list", line, column)
        # An alias may carry a deep value to a deep place; together they must not pass the limit either.
        if len(self._stack) + height > MAX_DEPTH:
            raise self.error(f"values are nested deeper than {MAX_DEPTH} levels", line, column)
        self._add(value, line, column, size, height)

    def _add(self, value: t.Any, line: int, column: int, size: int, height: int) -> None:
        if not self._stack:
            self.root = value
            return
        above = self._stack[-1]
        above.size += size
        if height >= above.height:
            above.height = height + 1
        container = above.value
        if isinstance(container, Sequence):
            container.append(value)
            container.marks.append((line, column))
        elif above.key is _NO_KEY:
            self._key(above, value, line, column)
        else:
            key = above.key
            if key is _MERGE:
                self._merge_from(above, value, line, column)
            else:
                container[key] = value
                container.marks[key] = above.key_mark
            above.key = _NO_KEY

    def _key(self, above: _Open, key: t.Any, line: int, column: int) -> None:
        if not isinstance(key, str):
            shown = "empty" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
            message = f"a key must be text and this one is {called(key)}"
            raise self.error(f"{message}; quote it" if key is None else f"{message} ({shown}); quote it", line, column)
        if key is _MERGE:
            if above.merged is not None:
                raise self.error("the key << stands here twice; give it a list", line, column)
        elif key in above.value:
            first = above.value.marks[key]  # type: ignore[call-overload]
            message = f"the key '{key[:100]}' stands here twice, first at line {first[0]} column {first[1]}"
            raise self.error(message, line, column)
        above.key = key
        above.key_mark = (line, column)

    def _merge_from(self, above: _Open, value: t.Any, line: int, column: int) -> None:
        sources = value if isinstance(value, Sequence) else [value]
        if not all(isinstance(source, Mapping) for source in sources):
            raise self.error("<< needs a mapping or a list of mappings", line, column)
        above.merged = [*(above.merged or []), *sources]


def _merge(into: Mapping, sources: list[Mapping]) -> None:
    """Put the keys of the sources before those of the mapping; what comes first in the file wins."""
    own, own_marks = dict(into), dict(into.marks)
    into.clear()
    for source in reversed(sources):
        into.update(source)
        into.marks.update(source.marks)
    into.update(own)
    into.marks.update(own_marks)
