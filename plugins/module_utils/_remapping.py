# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of other names for connections, code environments and container configurations, as users and DSS write it."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ._errors import ConfigurationError, Location, Problem

# Section as users write it -> key of ``bundleContainerSettings.remapping`` (dss-api.md 2.14).
SECTIONS: Mapping[str, str] = {"connections": "connections", "code_envs": "codeEnvs", "containers": "containerExecs"}
_CONTAINERS_ENABLED = "enableContainerExecRemapping"

Locate = Callable[[tuple[t.Union[str, int], ...]], Location]


@dataclass(frozen=True)
class Remapping:
    """Names by the names that they replace; a section that is not in ``given`` is left as it is in DSS."""

    connections: Mapping[str, str] = field(default_factory=dict)
    code_envs: Mapping[str, str] = field(default_factory=dict)
    containers: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset(SECTIONS)

    def __bool__(self) -> bool:
        return any(self.section(name) for name in SECTIONS)

    def section(self, name: str) -> Mapping[str, str]:
        """The table of one of ``SECTIONS``."""
        table: Mapping[str, str] = getattr(self, name)
        return table

    def over(self, base: Remapping) -> Remapping:
        """This table laid over another one: names that both give are replaced as this one says."""
        tables = {name: {**base.section(name), **self.section(name)} for name in SECTIONS}
        return Remapping(**tables, given=self.given | base.given)

    def to_value(self) -> dict[str, dict[str, str]]:
        """The form that users write, ``{"connections": {"pg_dev": "pg_prod"}}``, with the sections that are given."""
        return {name: dict(self.section(name)) for name in SECTIONS if name in self.given}

    @classmethod
    def from_value(cls, value: t.Any, where: str, locate: Locate = lambda path: Location()) -> Remapping:
        """What a user wrote: a mapping for each section, or a list of ``{source, target}`` in place of it.

        ``where`` names the value in messages, such as ``remapping``; ``locate`` says where a path below it stands.
        Raises ``ConfigurationError`` with the first mistake.
        """
        try:
            tables = _tables(value)
        except _Mistake as mistake:
            raise ConfigurationError([Problem(str(mistake), mistake.below(where), locate(mistake.path))]) from None
        return cls(**tables, given=frozenset(tables))

    @classmethod
    def from_dss(cls, document: Mapping[str, t.Any] | None) -> Remapping:
        """The value of ``bundleContainerSettings.remapping``, which DSS leaves out until somebody has used it."""
        stored = document or {}
        if not stored.get(_CONTAINERS_ENABLED):
            stored = {**stored, SECTIONS["containers"]: []}
        tables: dict[str, t.Any] = {
            name: {item["source"]: item["target"] for item in stored.get(key) or ()} for name, key in SECTIONS.items()
        }
        return cls(**tables)

    def to_dss(self, former: Mapping[str, t.Any] | None = None) -> dict[str, t.Any]:
        """``bundleContainerSettings.remapping`` with the given sections in place of those of ``former``.

        What stays keeps its place and its other keys, so that an equal table gives an equal document.
        """
        document = dict(former or {})
        for name, key in SECTIONS.items():
            if name in self.given and (self.section(name) or key in document):
                document[key] = _items(self.section(name), document.get(key) or ())
        if "containers" in self.given and self.containers:
            document[_CONTAINERS_ENABLED] = True
        return document


class _Mistake(Exception):
    """What is wrong, and the path of it below the whole."""

    def __init__(self, message: str, *path: str | int) -> None:
        self.path = path
        super().__init__(message)

    def below(self, where: str) -> str:
        return where + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)


def _tables(value: t.Any) -> dict[str, dict[str, str]]:
    if not isinstance(value, Mapping):
        raise _Mistake(f"must be a mapping with {_listed(SECTIONS)}")
    for name in value:
        if name not in SECTIONS:
            raise _Mistake(f"has no section {name}, there are {_listed(SECTIONS)}", str(name))
    return {name: _table(name, value[name]) for name in SECTIONS if value.get(name) is not None}


def _table(name: str, section: t.Any) -> dict[str, str]:
    table: dict[str, str] = {}
    for step, source, target in _pairs(name, section):
        if not all(isinstance(known, str) and known.strip() for known in (source, target)):
            raise _Mistake("needs a name on both sides", name, step)
        if source in table:
            raise _Mistake(f"gives {source} a second time", name, step)
        table[source] = target
    return table


def _pairs(name: str, section: t.Any) -> Iterator[tuple[str | int, t.Any, t.Any]]:
    """The place of a pair in its section, its source and its target."""
    if isinstance(section, Mapping):
        for source, target in section.items():
            yield str(source), source, target
    elif isinstance(section, Sequence) and not isinstance(section, str):
        for index, item in enumerate(section):
            if not isinstance(item, Mapping) or set(item) != {"source", "target"}:
                raise _Mistake("must be a mapping with source and target", name, index)
            yield index, item["source"], item["target"]
    else:
        raise _Mistake("must be a mapping of names to names, or a list of source and target", name)


def _items(table: Mapping[str, str], former: Sequence[Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    kept = [{**item, "target": table[item["source"]]} for item in former if item["source"] in table]
    known = {item["source"] for item in kept}
    return [*kept, *({"source": source, "target": target} for source, target in table.items() if source not in known)]


def _listed(names: Mapping[str, str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}"
