# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML of a configuration: always the same text for the same values, made to be read and compared by people."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterator, Mapping

# Plain text that no version of YAML takes for anything else.
_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_.()@+*/=-]| (?=[A-Za-z0-9_.()@+*/=-]))*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
# As other writers of YAML have them, so that a changed file differs only where it was changed.
_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v",
    "\f": "\\f", "\r": "\\r", "\x1b": "\\e", "\x85": "\\N", "\xa0": "\\_", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')
_NOT_LITERAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_LONGEST_KEY = 120
_LONGEST_FLOW = 100


class Unsafe(str):
    """Text that is tagged ``!unsafe``: nothing in it is a template."""

    __slots__ = ()


def yaml_of(content: Mapping[str, t.Any]) -> str:
    """The document of a mapping of plain values, ``Unsafe`` included; sections are set apart by an empty line."""
    sections = ["".join(f"{line}\n" for line in _mapping({key: value}, 0)) for key, value in content.items()]
    # An empty line after a text that keeps its last ones would be one more of them.
    apart = ["" if section.endswith("\n\n") else "\n" for section in sections[:-1]]
    return "".join(f"{section}{gap}" for section, gap in zip(sections, [*apart, ""]))


def _mapping(value: Mapping[str, t.Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for key, inner in value.items():
        name = _scalar(str(key), 0)
        if len(name) > _LONGEST_KEY:
            yield f"{pad}? {name}"
            name = ""
        yield from _entry(f"{pad}{name}:", inner, indent)


def _entry(head: str, value: t.Any, indent: int) -> Iterator[str]:
    """A value behind its key: on the same line, or below it."""
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent + 2)
    elif isinstance(value, list) and value:
        yield head
        yield from _items(value, indent + 2, short=indent > 0)  # an object is never on one line
    else:
        yield f"{head} {_scalar(value, indent + 2)}"


def _items(values: list[t.Any], indent: int, short: bool = True) -> Iterator[str]:
    pad = " " * indent
    for value in values:
        flow = _flow(value) if short else None
        if flow is not None:
            yield f"{pad}- {flow}"
        elif isinstance(value, (Mapping, list)) and value:
            inner = _mapping(value, indent + 2) if isinstance(value, Mapping) else _items(value, indent + 2)
            first, *others = inner
            yield f"{pad}- {first[indent + 2 :]}"
            yield from others
        else:
            yield f"{pad}- {_scalar(value, indent + 2)}"


def _flow(value: t.Any) -> str | None:
    """A mapping of a few short values on one line, as columns are; None where it is not one."""
    if not isinstance(value, Mapping) or not 1 < len(value) <= 4:
        return None
    if any(isinstance(inner, (Mapping, list, Unsafe)) or _is_long(inner) for inner in value.values()):
        return None
    text = ", ".join(f"{_scalar(str(key), 0)}: {_scalar(inner, 0)}" for key, inner in value.items())
    return f"{{{text}}}" if len(text) <= _LONGEST_FLOW else None


def _is_long(value: t.Any) -> bool:
    return isinstance(value, str) and "\n" in value


def _scalar(value: t.Any, indent: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, list):
        return "[]"
    text = str(value)
    if isinstance(value, Unsafe):
        return f"!unsafe {_literal(text, indent) or _quoted(text)}"
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and len(text) <= 1000:
        return text
    return _literal(text, indent) or _quoted(text)


def _number(value: float) -> str:
    """A float as YAML 1.1 reads it too: its exponent needs a sign, and a point before it."""
    text = repr(value)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    sign = "" if exponent[0] in "+-" else "+"
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{sign}{exponent}"


def _literal(text: str, indent: int) -> str | None:
    """A text of several lines as a block, None where only a quoted text is exact; the lines stand at ``indent``."""
    if not indent or "\n" not in text.rstrip("\n") or _NOT_LITERAL.search(text):
        return None
    lines = text.split("\n")
    if any(line.startswith("\t") or (line.isspace() and line) for line in lines):
        return None
    end = "" if text.endswith("\n") and not text.endswith("\n\n") else "+" if text.endswith("\n") else "-"
    body = lines[:-1] if text.endswith("\n") else lines
    start = "2" if lines[0].startswith(" ") or not lines[0] else ""
    pad = " " * indent
    return "\n".join([f"|{start}{end}", *(pad + line if line else "" for line in body)])


def _quoted(text: str) -> str:
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    return _ESCAPES.get(character) or (f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}")
