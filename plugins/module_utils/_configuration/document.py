# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of a configuration that remember where they were written."""

from __future__ import annotations

import datetime
import typing as t
from array import array
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping

from .._errors import ConfigurationError, Location, Problem
from .._plan.values import PLAIN

ValuePath = tuple[t.Union[str, int], ...]
Mark = t.Union[tuple[int, int], tuple[int, int, str]]

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 100
MAX_ALIASED_VALUES = 1_000_000


class Verbatim(str):
    """Text in which nothing is substituted (``!unsafe``)."""

    __slots__ = ()


class Filled(Verbatim):
    """Text that a substitution made: it may hold a secret, so no message quotes it."""

    __slots__ = ()


class Vaulted(Verbatim):
    """The ciphertext of a ``!vault`` value."""

    __slots__ = ()


class Mapping(dict[str, t.Any]):
    """A mapping; ``marks`` has for each key (line, column), or (line, column, file) when it came from another file.

    ``fixed`` says that no text in it holds a variable; a copy does not know.
    """

    __slots__ = ("_marks", "file", "fixed")

    _marks: dict[str, Mark] | array[int]

    def __init__(self, items: t.Any = (), file: str = "", marks: dict[str, Mark] | None = None) -> None:
        super().__init__(items)
        self.file = file
        self.fixed = False
        self._marks = {} if marks is None else marks

    def parsed(self, file: str, places: array[int], fixed: bool) -> None:
        """Take the lines and columns of all keys, in order. They become marks when somebody asks, which is rare."""
        self.file = file
        self.fixed = fixed
        self._marks = places

    @property
    def marks(self) -> dict[str, Mark]:
        marks = self._marks
        if isinstance(marks, array):
            marks = self._marks = dict(zip(self, zip(marks[::2], marks[1::2])))
        return marks

    @marks.setter
    def marks(self, marks: dict[str, Mark]) -> None:
        self._marks = marks


class Sequence(list[t.Any]):
    """A list; ``marks`` has for each item (line, column), or (line, column, file) when it came from another file.

    ``fixed`` says that no text in it holds a variable; a copy does not know.
    """

    __slots__ = ("_marks", "file", "fixed")

    _marks: list[Mark] | array[int]

    def __init__(self, items: t.Any = (), file: str = "", marks: list[Mark] | None = None) -> None:
        super().__init__(items)
        self.file = file
        self.fixed = False
        self._marks = [] if marks is None else marks

    def parsed(self, file: str, places: array[int], fixed: bool) -> None:
        """Take the lines and columns of all items. They become marks when somebody asks, which is rare."""
        self.file = file
        self.fixed = fixed
        self._marks = places

    @property
    def marks(self) -> list[Mark]:
        marks = self._marks
        if isinstance(marks, array):
            marks = self._marks = list(zip(marks[::2], marks[1::2]))
        return marks

    @marks.setter
    def marks(self, marks: list[Mark]) -> None:
        self._marks = marks


def location_of(root: object, path: Iterable[str | int]) -> Location:
    """The position of the value at ``path``, or of the nearest thing around it that has one."""
    here = root
    place = (0, 0, getattr(root, "file", ""))
    for step in path:
        place = mark_in(here, step) or place
        try:
            here = here[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            break
    line, column, file = place
    return Location(file, line, column)


def problem_at(root: object, path: ValuePath, message: str, severity: str = "error") -> Problem:
    """A finding about the value at ``path`` of a document."""
    return Problem(message, bracket(path), location_of(root, path), severity)


def bracket(path: Iterable[str | int]) -> str:
    """``("datasets", 2, "name")`` as ``datasets[2].name``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


def edited(mapping: AnyMapping[str, t.Any], changes: AnyMapping[str, t.Any], removed: Iterable[str] = ()) -> Mapping:
    """A copy with some keys set and some removed; keys that stay keep their marks."""
    copy = Mapping(mapping, getattr(mapping, "file", ""), dict(getattr(mapping, "marks", {})))
    copy.update(changes)
    for key in removed:
        copy.pop(key, None)
        copy.marks.pop(key, None)
    return copy


def renamed(mapping: AnyMapping[str, t.Any], old: str, new: str) -> Mapping:
    """A copy in which the key ``old`` is called ``new`` and keeps its place and mark."""
    marks = dict(getattr(mapping, "marks", {}))
    if old in marks:
        marks[new] = marks.pop(old)
    items = {new if key == old else key: value for key, value in mapping.items()}
    return Mapping(items, getattr(mapping, "file", ""), marks)


def relisted(sequence: Iterable[t.Any], items: Iterable[t.Any]) -> Sequence:
    """A list with other items that keeps the marks of the first."""
    return Sequence(items, getattr(sequence, "file", ""), list(getattr(sequence, "marks", [])))


def mark_in(container: object, step: str | int) -> tuple[int, int, str] | None:
    """The mark of one key or item together with its file."""
    mark = _mark(container, step)
    if mark is None:
        return None
    return (mark[0], mark[1], mark[2] if len(mark) == 3 else container.file)  # type: ignore[attr-defined]


def plain(value: object) -> t.Any:
    """The same value in exact ``dict``, ``list`` and ``str``, sharing nothing with the document."""
    if isinstance(value, dict):
        copy = dict(value)
        for key, item in value.items():
            if type(item) not in PLAIN:
                copy[key] = plain(item)
        return copy
    if isinstance(value, list):
        return [item if type(item) in PLAIN else plain(item) for item in value]
    return str.__str__(value) if isinstance(value, str) else value


def adopt(value: object, file: str) -> Mapping:
    """A mapping made by a program as a document without positions.

    Raises ConfigurationError for what a YAML file could not hold either: keys that are not text, other types, depth.
    """
    if not isinstance(value, AnyMapping):
        raise ConfigurationError([Problem("must be a mapping with a project and its sections", "", Location(file))])
    return t.cast(Mapping, _adopted(value, file, ()))


def called(value: object) -> str:
    """What kind of value it is, in the words of messages."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "a mapping"


def _adopted(value: object, file: str, path: ValuePath) -> object:
    if len(path) > MAX_DEPTH:
        raise ConfigurationError([Problem(f"values are nested deeper than {MAX_DEPTH} levels", "", Location(file))])
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()  # text, as in a file
    if isinstance(value, AnyMapping):
        for key in value:
            if not isinstance(key, str):
                message = f"the key {key!r} is not text; quote it"
                raise ConfigurationError([Problem(message, bracket(path), Location(file))])
        return Mapping({str(key): _adopted(item, file, (*path, key)) for key, item in value.items()}, file)
    if isinstance(value, (list, tuple)):
        return Sequence([_adopted(item, file, (*path, index)) for index, item in enumerate(value)], file)
    message = f"a value of the type {type(value).__name__} cannot be part of a configuration; give text"
    raise ConfigurationError([Problem(message, bracket(path), Location(file))])


def _mark(container: object, step: str | int) -> Mark | None:
    marks = getattr(container, "marks", None)
    try:
        return marks[step] if marks else None
    except (KeyError, IndexError, TypeError):
        return None
