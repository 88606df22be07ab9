# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML files that are changed and keep their comments, their order and their spelling: ruamel.yaml, loaded when needed."""

from __future__ import annotations

import io
import re
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._errors import DssError, MissingLibrary
from .yaml_text import yaml_of

_ITEM = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)
_NAMES = ("id", "name", "key", "column", "itemId", "ref", "dataset", "folder")  # what tells members of a list apart
_WIDE = 1_000_000  # no line is folded that was not


class YamlFile:
    """One file: ``root`` is its content, to be changed in place."""

    def __init__(self, data: bytes, shown: str) -> None:
        try:
            text = data.decode("utf-8-sig").replace("\r\n", "\n")
            self._yaml = _round_trip(text)
            self.root: t.Any = self._yaml.load(text)
        except UnicodeDecodeError as error:
            raise DssError(f"{shown} is not UTF-8: {error.reason}") from None
        except _yaml_error() as error:
            raise DssError(f"{shown} cannot be changed and keep its comments: {error}") from None
        self._windows = b"\r\n" in data
        self._ends = [_End.of(section) for section in self._sections()]

    def data(self) -> bytes:
        """The bytes of the file as it is now; nothing may be changed afterwards."""
        for end in self._ends:
            end.put_back()
        stream = io.StringIO()
        self._yaml.dump(self.root, stream)
        text = stream.getvalue()
        return (text.replace("\r\n", "\n").replace("\n", "\r\n") if self._windows else text).encode("utf-8")

    def _sections(self) -> list[t.Any]:
        return list(self.root.values()) if isinstance(self.root, Mapping) else [self.root]

    def items(self) -> t.Iterator[tuple[t.Any, int, t.Any]]:
        """Every member of every list at the top: the list, the index, and the member."""
        for listed in self._sections():
            if isinstance(listed, list):
                yield from ((listed, index, member) for index, member in enumerate(listed))

    def item_at(self, line: int) -> tuple[t.Any, int] | None:
        """The list and the index of the member that begins in a line, counted from 1."""
        for listed, index, member in self.items():
            if isinstance(member, Mapping) and member.lc.line + 1 == line:  # type: ignore[attr-defined]
                return listed, index
        return None


@dataclass(frozen=True)
class _End:
    """What stands below the last line of a section and of each of its members: empty lines, and comments on what follows.

    The parser hangs it on the last value, so that a new last value would come behind it.
    """

    section: t.Any
    members: tuple[tuple[t.Any, t.Any], ...]
    last: t.Any

    @classmethod
    def of(cls, section: t.Any) -> _End:
        """Take them off."""
        members = section if isinstance(section, list) else ()
        taken = tuple((member, _taken(member)) for member in members if isinstance(member, Mapping))
        return cls(section, taken[:-1], taken[-1][1] if taken else _taken(section))

    def put_back(self) -> None:
        """Hang them on what is the last value now; what a member had that is gone goes to the one before."""
        held: list[tuple[t.Any, str]] = []
        for member, text in self.members:
            if any(member is kept for kept in self.section):
                held.append((member, text))
            elif held and text:
                held[-1] = (held[-1][0], held[-1][1] + text.removeprefix("\n"))
        for member, text in held:
            _hang(member, text)
        _hang(self.section, self.last)


def _last(node: t.Any) -> tuple[t.Any, t.Any, int] | None:
    """The innermost container that ends a node, the key of its last value, and where comments on it are kept."""
    found = None
    while isinstance(node, (Mapping, list)) and node and not node.fa.flow_style():  # type: ignore[union-attr]
        key = list(node)[-1] if isinstance(node, Mapping) else len(node) - 1
        found = (node, key, 2 if isinstance(node, Mapping) else 0)
        node = node[key]
    return found


def _taken(node: t.Any) -> str:
    place = _last(node)
    if place is None:
        return ""
    container, key, index = place
    tokens = container.ca.items.get(key)
    token = tokens[index] if tokens else None
    if token is None or isinstance(token, list) or not token.value.startswith("\n"):
        return ""
    tokens[index] = None
    return str(token.value)


def _hang(node: t.Any, text: str) -> None:
    place = _last(node)
    if not text or place is None:
        return
    from ruamel.yaml.error import CommentMark
    from ruamel.yaml.tokens import CommentToken

    container, key, index = place
    tokens = container.ca.items.setdefault(key, [None, None, None, None])
    if tokens[index] is None:
        tokens[index] = CommentToken(text, CommentMark(0), None)


def key_at(mapping: t.Any, line: int, column: int) -> str | None:
    """The key of a mapping that stands at a place, counted from 1: it may be another spelling of the one meant."""
    for key in mapping:
        try:
            found = mapping.lc.key(key)
        except (AttributeError, KeyError, TypeError):
            continue
        if (found[0] + 1, found[1] + 1) == (line, column):
            return str(key)
    return None


def node_of(value: t.Any) -> t.Any:
    """A value as a node of such a file, in the style of a file that is written anew."""
    text = yaml_of({"node": {"value": value}})
    return _round_trip(text).load(text)["node"]["value"]


def section_node(value: t.Any) -> t.Any:
    """The node of a section with one object, which is never on one line."""
    text = yaml_of({"section": [value]})
    return _round_trip(text).load(text)["section"]


def merged_value(raw: t.Any, current: t.Any, wanted: t.Any, written: t.Any) -> t.Any:
    """The node in which only what differs is new.

    ``current`` is what ``raw`` means now, ``wanted`` what it is to mean, and ``written`` how that is written.
    """
    if current == wanted:
        return raw
    mappings = all(isinstance(value, Mapping) for value in (raw, current, wanted))
    if mappings and list(raw) == list(current):
        for key in [key for key in raw if key not in wanted]:
            del raw[key]
        for key in wanted:
            known = key in raw
            raw[key] = (
                merged_value(raw[key], current[key], wanted[key], written[key]) if known else node_of(written[key])
            )
        return raw
    lists = all(isinstance(value, list) for value in (raw, current, wanted))
    if (
        lists
        and len(raw) == len(current)
        and len(wanted) == len(written)
        and _merged_list(raw, current, wanted, written)
    ):
        return raw
    return node_of(written)


def _merged_list(raw: t.Any, current: list[t.Any], wanted: list[t.Any], written: list[t.Any]) -> bool:
    """Change a list in place where its members can be told apart and keep their order; says whether it could."""
    partners = _partners(current, wanted)
    kept = [partner for partner in partners if partner is not None]
    if kept != sorted(kept):
        return False
    for index in range(len(current) - 1, -1, -1):
        if index not in kept:
            del raw[index]
    remaining = sorted(kept)
    for index, partner in enumerate(partners):
        if partner is None:
            raw.insert(index, node_of([written[index]])[0])
            remaining.insert(index, -1)
        else:
            raw[index] = merged_value(raw[index], current[partner], wanted[index], written[index])
    return True


def _partners(current: list[t.Any], wanted: list[t.Any]) -> list[int | None]:
    """For each wanted member the index of the same one as it is now: equal, else of the same name."""
    free = list(range(len(current)))
    found: list[int | None] = []
    for member in wanted:
        partner = next((index for index in free if current[index] == member), None)
        if partner is None:
            partner = next((index for index in free if _same_name(current[index], member)), None)
        if partner is not None:
            free.remove(partner)
        found.append(partner)
    return found


def _same_name(one: t.Any, other: t.Any) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    return any(key in one and one[key] == other.get(key) for key in _NAMES)


def _round_trip(text: str) -> t.Any:
    try:
        from ruamel.yaml import YAML
    except ImportError as error:
        raise MissingLibrary("ruamel.yaml") from error
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    yaml.explicit_start = text.startswith("---") or "\n---" in text
    found = _ITEM.search(text)
    offset = len(found[2]) - len(found[1]) if found else 2
    yaml.indent(mapping=2, sequence=offset + 2, offset=max(offset, 0))
    yaml.representer.add_representer(type(None), _null)
    return yaml


def _null(representer: t.Any, _value: None) -> t.Any:
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _yaml_error() -> type[Exception]:
    try:
        from ruamel.yaml.error import YAMLError
    except ImportError as error:
        raise MissingLibrary("ruamel.yaml") from error
    return t.cast("type[Exception]", YAMLError)
