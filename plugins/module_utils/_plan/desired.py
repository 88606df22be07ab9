# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The desired side: a configuration as resources by address."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Iterator, Mapping

from .._errors import ConfigurationError, DssError, Location, Problem
from .._kinds.base import Kind, Neighbours, Resource


class Declaration(t.Protocol):
    """One author mapping with its place."""

    @property
    def kind(self) -> str: ...

    @property
    def fields(self) -> Mapping[str, t.Any]: ...

    @property
    def location(self) -> Location: ...

    @property
    def path(self) -> str: ...


def desired(declarations: Iterable[Declaration], project: str | None, kinds: Mapping[str, Kind]) -> dict[str, Resource]:
    """Turn declarations into resources, in the order in which they were declared.

    Raises ``ConfigurationError`` with everything that no kind can make sense of.
    """
    declarations = list(declarations)
    neighbours = _neighbours(declarations, kinds)
    resources: dict[str, Resource] = {}
    problems: list[Problem] = []
    for entry in declarations:
        kind = kinds[entry.kind]
        owner = project if kind.scope == "project" else None
        fields = dict(entry.fields)
        try:
            resource = kind.resource(fields, owner, neighbours, entry.location, entry.path)
            resources[resource.address] = resource
        except DssError as error:
            problems.append(Problem(str(error), entry.path, entry.location))
    if problems:
        raise ConfigurationError(problems)
    return resources


def _neighbours(declarations: list[Declaration], kinds: Mapping[str, Kind]) -> Neighbours:
    names: dict[str, set[str]] = {}
    authors: dict[str, list[Mapping[str, t.Any]]] = {}
    fields: dict[tuple[str, str], Mapping[str, t.Any]] = {}
    for entry in declarations:
        name = kinds[entry.kind].identity(entry.fields)
        authors.setdefault(entry.kind, []).append(entry.fields)
        names.setdefault(entry.kind, set()).add(name)
        fields[entry.kind, name] = entry.fields
    folders = names.get("managed_folder", set()) - names.get("dataset", set())
    outputs = {
        str(entry.fields["name"]): tuple(_outputs(entry.fields.get("outputs") or (), folders))
        for entry in declarations
        if entry.kind == "recipe"
    }
    return Neighbours(
        {kind: frozenset(held) for kind, held in names.items()},
        outputs,
        {kind: tuple(held) for kind, held in authors.items()},
        fields,
    )


def _outputs(items: Iterable[t.Any], folders: set[str]) -> Iterator[tuple[str, str]]:
    """What a recipe writes, but for saved models and the like, whose type the configuration does not say."""
    for item in items:
        entry = {"dataset": item} if isinstance(item, str) else item
        name = entry.get("dataset") or entry.get("ref") or entry.get("folder")
        if name:
            yield "MANAGED_FOLDER" if entry.get("folder") or name in folders else "DATASET", str(name)
