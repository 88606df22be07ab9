# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an author writes as a gate, checked."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .._configuration.words import nearest
from .._errors import ConfigurationError, Problem
from .job_types import TYPES as JOB_TYPES
from .outputs import KINDS
from .quality import ALLOWED

_COMMON = ("name", "wait_timeout")
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "test_scenarios": ("fail_on", "allow_none", "abort_on_timeout"),
    "scenario": ("params", "fail_on", "abort_on_timeout"),
    "build": ("type", "partition", "abort_on_timeout"),
    "recipe": ("type", "partition", "abort_on_timeout"),
    "data_quality": ("allowed", "compute", "allow_none", "partition"),
    "project_standards": ("max_severity", "checks", "allow_none"),
}
_OUTCOMES = ("WARNING", "FAILED", "ABORTED")
TYPES = tuple(_OPTIONS)
BUILDS = (*JOB_TYPES, *JOB_TYPES.values())


@dataclass(frozen=True)
class Gate:
    """One gate: ``value`` is what stands behind its type, ``seconds`` how long it may take, None for the time of all."""

    name: str
    type: str
    value: t.Any
    options: Mapping[str, t.Any] = field(default_factory=dict)
    seconds: float | None = None


def gates_from(entries: Sequence[t.Any]) -> list[Gate]:
    """The gates that were written. Raises ``ConfigurationError`` with all that is wrong."""
    problems: list[Problem] = []
    gates: list[Gate] = []
    for index, entry in enumerate(entries):
        found = _problem(entry)
        if found:
            problems.append(Problem(found, f"gates[{index}]"))
        else:
            gates.append(_gate(entry))
    if not entries:
        problems.append(
            Problem("there is no gate in the list: a list of gates that is empty lets everything pass", "gates")
        )
    if problems:
        raise ConfigurationError(problems)
    return gates


def _gate(entry: Mapping[str, t.Any]) -> Gate:
    given = {key: value for key, value in entry.items() if value is not None}
    kind = next(key for key in _OPTIONS if key in given)
    seconds = given.get("wait_timeout")
    options = {key: value for key, value in given.items() if key in _OPTIONS[kind]}
    return Gate(
        str(given.get("name") or _name(kind, given[kind])),
        kind,
        given[kind],
        options,
        None if seconds is None else float(seconds),
    )


def _name(kind: str, value: t.Any) -> str:
    if value is True:
        return kind
    names = [value] if isinstance(value, str) else [_named(item) for item in value]
    return f"{kind} {', '.join(names)}"


def _named(item: t.Any) -> str:
    return str(item["name"] if isinstance(item, Mapping) else item)


def _problem(entry: t.Any) -> str:
    """What is wrong with a gate, or an empty text."""
    if not isinstance(entry, Mapping):
        return f"a gate is a mapping, and not {entry!r}"
    given = {key: value for key, value in entry.items() if value is not None}
    kinds = [key for key in _OPTIONS if key in given]
    known = {*_OPTIONS, *_COMMON, *(option for options in _OPTIONS.values() for option in options)}
    for key in given:
        if key not in known:
            return f"a gate has no '{key}'{nearest(key, known)}"
    if len(kinds) != 1:
        said = f"this one has {' and '.join(kinds)}" if kinds else "this one has none of them"
        return f"a gate has one of {', '.join(_OPTIONS)}; {said}"
    kind = kinds[0]
    for key in given.keys() - {kind, *_COMMON, *_OPTIONS[kind]}:
        return f"{key} says nothing to a gate with {kind}"
    for key, (fits, form) in {kind: _VALUES[kind], **_CHECKED}.items():
        if key in given and not fits(given[key]):
            return f"{key} is {form}, and not {given[key]!r}"
    return ""


def _text(value: t.Any) -> bool:
    return isinstance(value, str) and bool(value)


def _texts(value: t.Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_text, value))


def _true(value: t.Any) -> bool:
    return value is True


def _flag(value: t.Any) -> bool:
    return isinstance(value, bool)


def _number(value: t.Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _outputs(value: t.Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_output, value))


def _output(value: t.Any) -> bool:
    if isinstance(value, Mapping):
        return _text(value.get("name")) and not value.keys() - {"name", "type", "partition"}
    return _text(value)


Form = tuple[Callable[[t.Any], bool], str]

_VALUES: Mapping[str, Form] = {
    "test_scenarios": (_true, "true"),
    "scenario": (_text, "the id or name of a scenario"),
    "build": (_outputs, f"a list of names, or of mappings of name, type ({', '.join(KINDS)}) and partition"),
    "recipe": (_text, "the name of a recipe"),
    "data_quality": (lambda value: _true(value) or _texts(value), "true or a list of datasets"),
    "project_standards": (_true, "true"),
}
_CHECKED: Mapping[str, Form] = {
    "name": (_text, "a text"),
    "wait_timeout": (_number, "a number of seconds"),
    "params": (lambda value: isinstance(value, Mapping), "a mapping"),
    "fail_on": (lambda value: _texts(value) and set(value) <= set(_OUTCOMES), f"a list of {', '.join(_OUTCOMES)}"),
    "allow_none": (_flag, "true or false"),
    "abort_on_timeout": (_flag, "true or false"),
    "compute": (_flag, "true or false"),
    "type": (lambda value: value in BUILDS, f"one of {', '.join(BUILDS)}"),
    "partition": (_text, "a text"),
    "allowed": (_texts, f"a list of statuses such as {', '.join(ALLOWED)}"),
    "max_severity": (lambda value: _number(value) and value in range(6), "a severity from 0 to 5"),
    "checks": (_texts, "a list of ids of checks"),
}
