# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of other tools: their three layouts as ours records them (peer-config-format.md, section 6)."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .._configuration.document import Verbatim
from .._configuration.load import load
from .._errors import ConfigurationError
from .._kinds.base import SENSITIVE, Kind, Resource, TypeOfConnection, address, redacted
from .._plan.compare import Document
from .._plan.desired import desired
from .model import Recorded, Status, UnusableState

_NEWEST = 1
_SECTIONS = {"datasets": "dataset", "recipes": "recipe", "scenarios": "scenario"}
_KINDS = frozenset({"project", *_SECTIONS.values()})
_AUTHOR_KEYS = {"projectKey": "key", "formatType": "format_type"}
_STATUSES: dict[str, Status] = {"healthy": "healthy", "failed": "failed"}  # the others: unknown
_NOT_ITS_OWN = "unmanaged"  # the status of what the tool saw in DSS and nobody declared
_START_ANEW = "move it away to start anew from what the node holds"
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?")


@dataclass(frozen=True)
class _Entry:
    """One resource of a file; ``attributes`` are in author form, None where the layout keeps names only."""

    kind: str
    name: str
    attributes: Mapping[str, t.Any] | None = None
    dependencies: tuple[str, ...] = ()
    deployed_at: str = ""
    deployed_by: str = ""
    status: Status = "healthy"


@dataclass
class _Found:
    """The resources of one project, and by kind the ids of those that are not managed here."""

    entries: dict[str, _Entry] = field(default_factory=dict)
    strange: dict[str, list[str]] = field(default_factory=dict)


def candidates(root: Path, environment: str) -> tuple[Path, ...]:
    """The files that are there where the other tools keep their states."""
    places = (root / ".dataiku" / "state" / f"{environment}.state.json", root / ".dataiku_framework" / "state.json")
    return tuple(place for place in places if place.is_file())


def read_layout(
    data: bytes, place: str, environment: str, project: str, kinds: Mapping[str, Kind]
) -> tuple[dict[str, Recorded], list[str]] | None:
    """What a file of another tool records of a project, with warnings; None when it is in none of the three layouts.

    ``declared`` holds no secrets, and is empty where the file has only names and checksums, or attributes that are not
    in author form. Raises ``UnusableState`` for what is damaged, newer, or of another environment.
    """
    content = _content(data, place)
    if content is None:
        return None
    if "project_key" in content:
        found = _listed(content, place) if content["project_key"] == project else _Found()
    else:
        _of_environment(content, place, environment)
        found = _addressed(content, place, project, kinds)
    warnings = [
        f"{place}: resources of the kind {kind} are not managed here and were left out: {', '.join(sorted(ids))}"
        for kind, ids in sorted(found.strange.items())
    ]
    return _recorded(found.entries, project, kinds), warnings


# The file ----------------------------------------------------------------------------------------------------------


def _content(data: bytes, place: str) -> Document | None:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise _damaged(place, "it is not JSON") from None
    if not isinstance(content, dict) or not isinstance(content.get("resources"), dict) or "format" in content:
        return None
    if not {"project_key", "serial", "lineage"} & content.keys():
        return None
    version = re.match(r"\d{1,9}", str(content.get("version", _NEWEST)))
    if version is None:
        raise _damaged(place, "its version is no number")
    if int(version[0]) > _NEWEST:
        raise UnusableState(
            f"{place} is another tool's state of version {version[0]}, this collection reads {_NEWEST}: update "
            f"the collection, or {_START_ANEW}"
        )
    return content


def _damaged(place: str, why: str) -> UnusableState:
    return UnusableState(
        f"{place} is damaged ({why}); nothing was overwritten: restore its former version, which the other tool keeps "
        f"beside it, or {_START_ANEW}"
    )


def _of_environment(content: Document, place: str, environment: str) -> None:
    told = content.get("environment")
    name = told.get("name") if isinstance(told, dict) else told
    if name is not None and name != environment:
        raise UnusableState(f"{place} is the state of the environment {name}, not of {environment}: {_START_ANEW}")


# The layouts -------------------------------------------------------------------------------------------------------


def _listed(content: Document, place: str) -> _Found:
    """Layout B: names by section."""
    found = _Found()
    at = _utc(content.get("last_applied"))
    for section, names in content["resources"].items():
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            raise _damaged(place, f"{section} is no list of names")
        if section not in _SECTIONS:
            found.strange[section] = names
            continue
        for name in names:
            found.entries[f"{_SECTIONS[section]}.{name}"] = _Entry(_SECTIONS[section], name, deployed_at=at)
    return found


def _addressed(content: Document, place: str, project: str, kinds: Mapping[str, Kind]) -> _Found:
    """Layouts A and A+: resources by address."""
    found = _Found()
    for key, told in content["resources"].items():
        kind, owner, name = (*key.split(".", 2), "", "")[:3]
        if not isinstance(told, dict) or not owner:
            raise _damaged(place, f"{key} is no resource")
        if kind in _KINDS and bool(name) == (kind == "project"):
            raise _damaged(place, f"{key} is no address")
        attributes = _attributes(told, key, place)
        if owner != project or told.get("status") == _NOT_ITS_OWN:
            continue
        if kind not in _KINDS or kind not in kinds:
            found.strange.setdefault(kind, []).append(key)
            continue
        noted = told.get("metadata")
        deployed = {**noted, **told} if isinstance(noted, dict) else told
        needed = told.get("dependencies")
        found.entries[key] = _Entry(
            kind=kind,
            name=name or owner,
            attributes=attributes,
            dependencies=tuple(filter(_is_text, needed)) if isinstance(needed, list) else (),
            deployed_at=_utc(deployed.get("deployed_at")),
            deployed_by=deployed["deployed_by"] if _is_text(deployed.get("deployed_by")) else "",
            status=_STATUSES.get(str(told.get("status", "healthy")), "unknown"),
        )
    return found


def _attributes(told: Document, key: str, place: str) -> Document | None:
    """The attributes that layout A has, if they are those that it made its checksum of."""
    attributes = told.get("attributes")
    if attributes is None:
        return None
    if not isinstance(attributes, dict):
        raise _damaged(place, f"the attributes of {key} are no mapping")
    noted = told.get("metadata")
    checksum = noted.get("checksum") if isinstance(noted, dict) else None
    digest = hashlib.sha256(json.dumps(attributes, sort_keys=True).encode()).hexdigest()
    if checksum and checksum != digest:
        raise _damaged(place, f"the checksum of {key} does not fit")
    return attributes


def _is_text(value: t.Any) -> bool:
    return isinstance(value, str)


def _utc(told: t.Any) -> str:
    """ISO time in UTC; that a time without zone means UTC is unverified."""
    try:
        at = datetime.datetime.fromisoformat(told)
        at = at.astimezone(datetime.UTC) if at.tzinfo else at.replace(tzinfo=datetime.UTC)
    except (TypeError, ValueError, OverflowError):
        return ""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Ours --------------------------------------------------------------------------------------------------------------


def _recorded(entries: Mapping[str, _Entry], project: str, kinds: Mapping[str, Kind]) -> dict[str, Recorded]:
    resources = _resources(entries.values(), project, kinds)
    names = {key: _name(entry, kinds[entry.kind]) for key, entry in entries.items()}
    places = {key: address(entry.kind, project, names[key]) for key, entry in entries.items()}
    known = frozenset(places.values())
    recorded = {}
    for key, entry in entries.items():
        resource = resources.get(places[key])
        needed = [*(places.get(other, "") for other in entry.dependencies), *_needs(resource)]
        recorded[places[key]] = Recorded(
            address=places[key],
            kind=entry.kind,
            name=names[key],
            object_id=names[key],  # of these kinds the server makes no ids
            declared=_declared(kinds[entry.kind], resource) if resource else {},
            dependencies=tuple(dict.fromkeys(other for other in needed if other in known)),
            deployed_at=entry.deployed_at,
            deployed_by=entry.deployed_by,
            status=entry.status,
        )
    return recorded


def _name(entry: _Entry, kind: Kind) -> str:
    return kind.identity({"key" if entry.kind == "project" else "name": entry.name})


def _needs(resource: Resource | None) -> list[str]:
    return [address(kind, resource.project, name) for kind, name in resource.references] if resource else []


def _declared(kind: Kind, resource: Resource) -> Document:
    """The declared document without what only a node knows, and without secrets: the file says them in clear."""
    known = {key: value for key, value in resource.declared.items() if not isinstance(value, TypeOfConnection)}
    return t.cast(Document, _without_secrets(redacted(known, kind.is_secret)))


def _without_secrets(value: t.Any) -> t.Any:
    if isinstance(value, dict):
        return {key: _without_secrets(inner) for key, inner in value.items() if inner != SENSITIVE}
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _resources(entries: Iterable[_Entry], project: str, kinds: Mapping[str, Kind]) -> dict[str, Resource]:
    """The resources that the attributes declare; those that are not in author form are left out."""
    definition: dict[str, t.Any] = {section: [] for section in _SECTIONS}
    for entry in entries:
        if entry.attributes is None:
            continue
        author = {_AUTHOR_KEYS.get(key, key): _verbatim(value) for key, value in entry.attributes.items()}
        if entry.kind == "project":
            definition["project"] = author
        else:
            definition[kinds[entry.kind].section].append(author)
    while any(definition.values()):
        try:
            configuration = load(definition, kinds=kinds, project_key=project, strict=False)
            return desired(configuration.declarations, project, kinds)
        except ConfigurationError as error:
            places = [_PLACE.match(problem.path) for problem in error.problems]
            fitting = _without(definition, {(place[1], place[2]) for place in places if place})
            if fitting == definition:
                break
            definition = fitting
    return {}


def _verbatim(value: t.Any) -> t.Any:
    """The value in which no variable is replaced: the other tool sent them as they are."""
    if isinstance(value, str):
        return Verbatim(value)
    if isinstance(value, dict):
        return {key: _verbatim(inner) for key, inner in value.items()}
    return [_verbatim(inner) for inner in value] if isinstance(value, list) else value


def _without(definition: dict[str, t.Any], unfit: set[tuple[str, str | None]]) -> dict[str, t.Any]:
    """The definition without some items, each given as section and index; a section without index goes as a whole."""
    return {
        section: [item for index, item in enumerate(value) if (section, str(index)) not in unfit]
        if isinstance(value, list)
        else value
        for section, value in definition.items()
        if (section, None) not in unfit
    }
