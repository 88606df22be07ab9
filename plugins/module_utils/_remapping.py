# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A table of other names for connections, code environments and container configurations, as users and DSS write it."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ._errors import ConfigurationError, Location, Problem

# Section as users write it -> key of ``bundleContainerSettings.remapping`` (dss-api.md 2.14).
SECTIONS: Mapping[str, str] = {"connections": "connections", "code_envs": "codeEnvs", "containers": "containerExecs"}
_CONTAINERS_ENABLED = "enableContainerExecRemapping"
_NOWHERE = Location()


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

    def to_value(self) -> dict[str, dict[str, str]]:
        """The form that users write, ``{"connections": {"pg_dev": "pg_prod"}}``, with the sections that are given."""
        return {name: dict(self.section(name)) for name in SECTIONS if name in self.given}

    @classmethod
    def from_value(cls, value: t.Any, where: str, location: Location = _NOWHERE) -> Remapping:
        """What a user wrote: a mapping for each section, or a list of ``{source, target}`` in place of it.

        ``where`` names the value in messages, such as ``remapping``. Raises ``ConfigurationError`` with the first
        mistake.
        """
        if not isinstance(value, Mapping):
            raise _mistake(f"must be a mapping with {_listed(SECTIONS)}", where, location)
        for name in value:
            if name not in SECTIONS:
                raise _mistake(f"has no section {name}, there are {_listed(SECTIONS)}", where, location)
        given = {name: value[name] for name in SECTIONS if value.get(name) is not None}
        tables = {name: _table(section, f"{where}.{name}", location) for name, section in given.items()}
        return cls(**tables, given=frozenset(given))

    @classmethod
    def from_dss(cls, document: Mapping[str, t.Any] | None) -> Remapping:
        """The value of ``bundleContainerSettings.remapping``, which DSS leaves out until somebody has used it."""
        stored = document or {}
        if not stored.get(_CONTAINERS_ENABLED):
            stored = {**stored, SECTIONS["containers"]: []}
        return cls(
            **{
                name: {item["source"]: item["target"] for item in stored.get(key) or ()}
                for name, key in SECTIONS.items()
            }
        )

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


def _table(section: t.Any, where: str, location: Location) -> dict[str, str]:
    table: dict[str, str] = {}
    for place, source, target in _pairs(section, where, location):
        if not all(isinstance(name, str) and name.strip() for name in (source, target)):
            raise _mistake("needs a name on both sides", place, location)
        if source in table:
            raise _mistake(f"gives {source} a second time", place, location)
        table[source] = target
    return table


def _pairs(section: t.Any, where: str, location: Location) -> Iterator[tuple[str, t.Any, t.Any]]:
    """Where a pair stands, its source and its target."""
    if isinstance(section, Mapping):
        for source, target in section.items():
            yield f"{where}.{source}", source, target
    elif isinstance(section, Sequence) and not isinstance(section, str):
        for index, item in enumerate(section):
            place = f"{where}[{index}]"
            if not isinstance(item, Mapping) or set(item) != {"source", "target"}:
                raise _mistake("must be a mapping with source and target", place, location)
            yield place, item["source"], item["target"]
    else:
        raise _mistake("must be a mapping of names to names, or a list of source and target", where, location)


def _items(table: Mapping[str, str], former: Sequence[Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    kept = [{**item, "target": table[item["source"]]} for item in former if item["source"] in table]
    known = {item["source"] for item in kept}
    return [*kept, *({"source": source, "target": target} for source, target in table.items() if source not in known)]


def _listed(names: Mapping[str, str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}"


def _mistake(message: str, where: str, location: Location) -> ConfigurationError:
    return ConfigurationError([Problem(message, where, location)])
