# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The text forms of variables: ``{{ name }}`` and ``${NAME}`` in one string."""

from __future__ import annotations

import datetime
import re
import typing as t
from collections.abc import Callable, Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path

from .document import MAX_DEPTH, Filled, Mapping, Sequence, Verbatim
from .functions import NAMES as FUNCTIONS
from .functions import Functions, Unusable
from .words import Words

# What DSS expands itself; the reporter variables are those of real projects.
DSS_NAMES = frozenset({
    "projectKey", "odbId", "outcome", "scenarioName", "node", "NODE", "instance", "scenarioRunURL",
    "scenarioProjectKey", "triggerName", "triggerType", "dssURL", "allEventsSummary", "warningsEventsSummary",
    "failedEventsSummary",
})  # fmt: skip
_MAX_NESTED = 20

_MARKER = re.compile(r"\{\{|\{%|\$?\$\{")
_BRACE = re.compile(r"\$\{|\}")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CHUNK = re.compile(r"[A-Za-z0-9_]+")
_EXPRESSION = re.compile(
    r"""\{\{-?\s*
        (?P<name>[A-Za-z_]\w*)
        (?P<path>(?:\.[A-Za-z_]\w*|\[\s*(?:'[^']*'|"[^"]*"|\d+)\s*\])*)
        \s*(?:\|\s*default\(\s*(?P<default>'[^'\\]*'|"[^"\\]*"|-?\d+(?:\.\d+)?|[tT]rue|[fF]alse)\s*\)\s*)?
        -?\}\}""",
    re.VERBOSE,
)
_STEP = re.compile(
    r"""\.(?P<attribute>[A-Za-z_]\w*)|\[\s*(?:'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<index>\d+))\s*\]"""
)
_MISSING = object()


class Unfilled(Exception):
    """Why a text cannot be substituted; never holds a value."""


@dataclass(frozen=True)
class Scope:
    """Where values come from.

    ``given`` are the variables of the task, ``files`` those of the environment file and of all environments (their
    texts are substituted in turn), ``process`` is the process environment, ``left`` are names that DSS expands.
    Without ``templates`` the text ``{{`` means nothing: Ansible has seen it before. ``now`` (UTC) and ``folder`` are
    what ``${date:...}`` and ``${git:...}`` look at.
    """

    given: AnyMapping[str, t.Any] = field(default_factory=dict)
    files: tuple[AnyMapping[str, t.Any], ...] = ()
    process: AnyMapping[str, str] = field(default_factory=dict)
    lookup: Callable[[str], t.Any] | None = None
    left: frozenset[str] = DSS_NAMES
    templates: bool = True
    now: datetime.datetime | None = None
    folder: Path | None = None


def escape(text: str) -> str:
    """The text in which every ``${`` is written so that substitution gives it back."""
    return text.replace("${", "$${")


class Expander:
    """Substitutes in single texts; remembers the variables of files that were asked for."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._functions = Functions(scope.now, scope.folder, scope.process)
        self._done: dict[str, t.Any] = {}
        self._open: list[str] = []
        self._words: Words | None = None

    def text(self, source: str) -> t.Any:
        """The text with its variables filled in; the very same object when there were none.

        A text that is exactly one variable gives its value with its type. Raises Unfilled.
        """
        pieces: list[str] = []
        filled = changed = False
        pairs: dict[int, int] | None = None
        at = 0
        while (found := _MARKER.search(source, at)) is not None:
            start, marker = found.start(), found[0]
            if marker[0] == "{" and not self._scope.templates:
                pieces.append(source[at : found.end()])
                at = found.end()
                continue
            pieces.append(source[at:start])
            if marker == "$${":
                pieces.append("${")
                changed, at = True, found.end()
                continue
            if marker == "{%":
                raise Unfilled(
                    "{% %} is not evaluated here; compute it in a variable of the playbook, or write !unsafe"
                )
            if marker == "{{":
                value, end = self._expression(source, start)
            else:
                pairs = _pairs(source) if pairs is None else pairs
                value, end = self._variable(source, start, pairs, 0)
                if value is _MISSING:
                    pieces.append(source[start:end])
                    at = end
                    continue
            if start == 0 and end == len(source):
                return self.value(value)
            pieces.append(as_text(value, source[start:end]))
            filled, changed, at = True, True, end
        if not changed:
            return source
        pieces.append(source[at:])
        text = "".join(pieces)
        return Filled(text) if filled else text

    def value(self, value: t.Any, depth: int = 0) -> t.Any:
        """A substituted value: its texts are marked as such. Raises Unfilled for what YAML could not hold."""
        if isinstance(value, str):
            return Filled(value)
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if depth > MAX_DEPTH:
            raise Unfilled("the value is nested too deep")
        if isinstance(value, AnyMapping) and all(isinstance(key, str) for key in value):
            return Mapping({str(key): self.value(item, depth + 1) for key, item in value.items()})
        if isinstance(value, (list, tuple)):
            return Sequence([self.value(item, depth + 1) for item in value])
        raise Unfilled(f"the value is of the type {type(value).__name__}; give text, a number, a list or a mapping")

    def tree(self, value: t.Any) -> t.Any:
        """A value of a variables file with everything in it substituted."""
        if isinstance(value, str):
            return value if isinstance(value, Verbatim) else self.text(value)
        if isinstance(value, dict):
            return {key: self.tree(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        return value

    # {{ }} ---------------------------------------------------------------------------------------------------------

    def _expression(self, source: str, start: int) -> tuple[t.Any, int]:
        found = _EXPRESSION.match(source, start)
        if found is None:
            raise Unfilled(
                "only {{ name }}, {{ name.attribute }}, {{ env.NAME }} and | default('text') are understood here; compute "
                "anything else in a variable of the playbook, or write !unsafe in front of text that holds {{"
            )
        steps = [_step(step) for step in _STEP.finditer(found["path"])]
        shown = "{{ " + found["name"] + found["path"] + " }}"
        try:
            value = self._named(found["name"], steps, shown)
            for step in steps:
                value = _below(value, step)
        except (KeyError, IndexError):
            value = _MISSING
        if value is _MISSING and found["default"] is not None:
            value = _literal(found["default"])
        if value is _MISSING:
            raise Unfilled(f"{shown} is not defined{self._advice(found['name'], steps)}")
        return value, found.end()

    def _named(self, name: str, steps: list[str | int], shown: str) -> t.Any:
        if name == "env":
            if len(steps) != 1:
                raise Unfilled(f"{shown} needs the name of one environment variable, as in {{{{ env.NAME }}}}")
            return self._scope.process
        if name in self._scope.given:
            return self._scope.given[name]
        if self._scope.lookup is None:
            raise KeyError(name)
        return self._scope.lookup(name)

    def _advice(self, name: str, steps: list[str | int]) -> str:
        if name == "env":
            return f"; set the environment variable {steps[0]}" if steps else ""
        if any(name in variables for variables in self._scope.files):
            return f"; write ${{{name}}} for a variable of the environment file"
        return "; set it as a variable of the task or of the playbook, or add | default('text')"

    # ${ } ----------------------------------------------------------------------------------------------------------

    def _variable(self, source: str, start: int, pairs: AnyMapping[int, int], depth: int) -> tuple[t.Any, int]:
        """The value of the variable that begins at ``start``, _MISSING where the text stays; and where it ends."""
        end = pairs.get(start)
        if end is None:
            return _MISSING, start + 2
        if depth > _MAX_NESTED:
            raise Unfilled(f"${{ }} is nested deeper than {_MAX_NESTED} levels")
        parts, at = _name_parts(source, start + 2, end, pairs)
        if parts == ["param"] and source.startswith(".", at):
            raise Unfilled(f"{source[start : end + 1]} is a parameter, and this is no template")
        if at < end and source[at] != ":":
            return _MISSING, end + 1
        name = self._name(source, parts, pairs, depth)
        if not _IDENTIFIER.fullmatch(name):
            if len(parts) > 1:
                raise Unfilled("the name made of nested ${ } is not a name of letters, digits and underscores")
            return _MISSING, end + 1
        value = self._declared(name)
        if value is not _MISSING:
            return value, end + 1
        if name in self._scope.left or name.startswith("DKU_"):
            return _MISSING, end + 1
        if name in FUNCTIONS and (at < end or name == "uuid"):
            return self._function(name, self._default(source, at + 1, end, pairs, depth) if at < end else None), end + 1
        if name in self._scope.process:
            return self._scope.process[name], end + 1
        if at < end:
            return self._default(source, at + 1, end, pairs, depth), end + 1
        raise Unfilled(self._unknown(name))

    def _function(self, name: str, argument: str | None) -> str:
        try:
            return self._functions.value(name, argument)
        except Unusable as why:
            raise Unfilled(str(why)) from None

    def _name(self, source: str, parts: Iterable[str | int], pairs: AnyMapping[int, int], depth: int) -> str:
        name = ""
        for part in parts:
            if isinstance(part, int):
                value, end = self._variable(source, part, pairs, depth + 1)
                if value is _MISSING:
                    raise Unfilled(f"{source[part:end]} inside another ${{ }} is known to DSS only; declare it")
                name += as_text(value, source[part:end])
            else:
                name += part
        return name

    def _default(self, source: str, start: int, end: int, pairs: AnyMapping[int, int], depth: int) -> str:
        pieces = []
        at = start
        while (inner := source.find("${", at, end)) >= 0:
            pieces.append(source[at:inner])
            value, after = self._variable(source, inner, pairs, depth + 1)
            pieces.append(source[inner:after] if value is _MISSING else as_text(value, source[inner:after]))
            at = after
        return "".join(pieces) + source[at:end]

    def _declared(self, name: str) -> t.Any:
        if name in self._scope.given:
            return self._scope.given[name]
        if name in self._done:
            return self._done[name]
        for variables in self._scope.files:
            if name in variables:
                return self._from_file(name, variables)
        return _MISSING

    def _from_file(self, name: str, variables: AnyMapping[str, t.Any]) -> t.Any:
        if name in self._open:
            circle = " -> ".join([*self._open[self._open.index(name) :], name])
            raise Unfilled(f"variables refer to one another: {circle}")
        if len(self._open) >= MAX_DEPTH:
            raise Unfilled(f"variables refer to one another over more than {MAX_DEPTH} steps")
        self._open.append(name)
        try:
            value = self.tree(variables[name])
        except Unfilled as problem:
            text = str(problem)
            inside = f"in the variable {name}: "
            raise Unfilled(text if text.startswith(("variables refer", "in the variable")) else inside + text) from None
        finally:
            self._open.pop()
        self._done[name] = value
        return value

    def _unknown(self, name: str) -> str:
        if self._words is None:
            self._words = Words([*self._scope.given, *(key for variables in self._scope.files for key in variables)])
        hint = self._words.nearest(name)
        return (
            f"the variable ${{{name}}} is not declared{hint or ';'} declare it in the variables "
            f"of the task or of the environment file, or write $${{{name}}} or !unsafe where DSS is to expand it"
        )


def _pairs(source: str) -> dict[int, int]:
    """Where each ``${`` has its ``}``."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for found in _BRACE.finditer(source):
        if found[0] == "}":
            if opened:
                pairs[opened.pop()] = found.start()
        else:
            opened.append(found.start())
    return pairs


def _name_parts(source: str, at: int, end: int, pairs: AnyMapping[int, int]) -> tuple[list[str | int], int]:
    """The pieces of a name, text or the start of a nested ``${``, and where the name ends."""
    parts: list[str | int] = []
    while at < end:
        if at in pairs:
            parts.append(at)
            at = pairs[at] + 1
        elif chunk := _CHUNK.match(source, at, end):
            parts.append(chunk[0])
            at = chunk.end()
        else:
            break
    return parts, at


def _step(found: re.Match[str]) -> str | int:
    if found["index"] is not None:
        return int(found["index"])
    return next(text for text in (found["attribute"], found["single"], found["double"]) if text is not None)


def _below(value: t.Any, step: str | int) -> t.Any:
    if isinstance(value, AnyMapping) or (isinstance(value, (list, tuple)) and isinstance(step, int)):
        return value[step]  # type: ignore[index]
    return _MISSING


def _literal(text: str) -> t.Any:
    if text[0] in "'\"":
        return text[1:-1]
    if text[0] in "tTfF":
        return text[0] in "tT"
    return float(text) if "." in text else int(text)


def as_text(value: t.Any, shown: str) -> str:
    """A value inside other text, as YAML would write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return str(value)
    raise Unfilled(f"the value of {shown} is a list or mapping and cannot stand inside other text")
