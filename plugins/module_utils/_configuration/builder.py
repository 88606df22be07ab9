# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration that a Python program builds: the same resources as in YAML, each with the line that made it."""

from __future__ import annotations

import sys
import typing as t

from .._errors import ConfigurationError, Location, Problem
from .document import Mapping, Sequence, adopt


class Name(str):
    """The name of a resource that was declared; it stands wherever a name is wanted."""

    __slots__ = ()


class Connection(Name):
    """The name of a connection."""

    __slots__ = ()


class ManagedFolder(Name):
    """The name of a managed folder."""

    __slots__ = ()


class Dataset(Name):
    """The name of a dataset."""

    __slots__ = ()


class Recipe(Name):
    """The name of a recipe."""

    __slots__ = ()


class Scenario(Name):
    """The name of a scenario."""

    __slots__ = ()


Item = t.Union[Dataset, ManagedFolder, str, t.Mapping[str, t.Any]]


class Project:
    """A project and what is in it. All fields are those of a YAML file, and they are checked when it is loaded."""

    def __init__(self, key: str, *, name: str, **fields: t.Any) -> None:
        place = _caller()
        self.key = key
        self._content = Mapping((), place.file)
        self._put("project", _resource({"key": key, "name": name, **fields}, place), place)

    def connection(self, name: str, *, type: str, **fields: t.Any) -> Connection:
        """Declare a connection of the node."""
        return Connection(self._add("connections", {"name": name, "type": type, **fields}))

    def managed_folder(self, name: str, **fields: t.Any) -> ManagedFolder:
        """Declare a managed folder."""
        return ManagedFolder(self._add("managed_folders", {"name": name, **fields}))

    def dataset(self, name: str, *, type: str, **fields: t.Any) -> Dataset:
        """Declare a dataset."""
        return Dataset(self._add("datasets", {"name": name, "type": type, **fields}))

    def recipe(
        self, name: str, *, type: str, inputs: t.Sequence[Item], outputs: t.Sequence[Item], **fields: t.Any
    ) -> Recipe:
        """Declare a recipe with what it reads and writes."""
        author = {"name": name, "type": type, "inputs": list(inputs), "outputs": list(outputs), **fields}
        return Recipe(self._add("recipes", author))

    def scenario(self, name: str, **fields: t.Any) -> Scenario:
        """Declare a scenario."""
        return Scenario(self._add("scenarios", {"name": name, **fields}))

    def add(self, section: str, name: str, **fields: t.Any) -> Name:
        """Declare a resource of any section that is a list."""
        return Name(self._add(section, {"name": name, **fields}))

    def set(self, section: str, value: t.Any) -> None:
        """Give a section that is no list of resources as it stands in YAML: variables, moved, removed ..."""
        place = _caller()
        adopted = adopt({section: value}, place.file)[section]
        self._put(section, _marked(adopted, place) if isinstance(adopted, Mapping) else adopted, place)

    @property
    def document(self) -> Mapping:
        """What a YAML file would hold."""
        return self._content

    def _add(self, section: str, fields: t.Mapping[str, t.Any]) -> str:
        place = _caller()
        if section not in self._content:
            self._put(section, Sequence((), place.file), place)
        members = self._content[section]
        if not isinstance(members, Sequence):
            raise ConfigurationError([Problem(f"{section} is no list of resources; use set()", section, place)])
        members.append(_resource(fields, place))
        members.marks.append((place.line, place.column, place.file))
        return str(fields["name"])

    def _put(self, section: str, value: t.Any, place: Location) -> None:
        self._content[section] = value
        self._content.marks[section] = (place.line, place.column, place.file)


def _resource(fields: t.Mapping[str, t.Any], place: Location) -> Mapping:
    """A resource whose keys are all found where it was declared. Raises ConfigurationError for what YAML cannot hold."""
    return _marked(adopt(fields, place.file), place)


def _marked(mapping: Mapping, place: Location) -> Mapping:
    mapping.marks = dict.fromkeys(mapping, (place.line, place.column, place.file))
    return mapping


def _caller() -> Location:
    """The nearest line that is not of this module."""
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__") == __name__ and frame.f_back is not None:
        frame = frame.f_back
    return Location(frame.f_code.co_filename, frame.f_lineno, 1)
