# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state: what was last applied to one project in one environment, or to the instance."""

from __future__ import annotations

import hashlib
import json
import secrets
import typing as t
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace

from .._errors import DssError
from .._plan.compare import Document
from .fingerprint import KEY, as_plain, from_plain

FORMAT = "dataiku_iac.dss state"
VERSION = 1
INSTANCE = "_instance"  # in the place of a project key; no project can be called so

_WAY_OUT = (
    "restore one of its former versions with the module state (action: restore), or move the file away to start anew "
    "from what the node holds"
)

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=as_plain)
_WRITTEN = json.JSONEncoder(ensure_ascii=False, default=as_plain)

Status = t.Literal["healthy", "failed", "unknown"]


class UnusableState(DssError):
    """A state that cannot be read: corrupt, of a newer version, or of something else. Nothing is overwritten."""


@dataclass(frozen=True)
class Rewritten:
    """A declared value that DSS keeps in another form; ``path`` is that of the comparison."""

    path: str
    declared: t.Any
    held: t.Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """One resource as it was last applied.

    ``declared`` is the declared part in DSS's own form, ids resolved, secrets as ``Fingerprint``; empty where only the
    name is known (states of other tools). ``object_id`` is the server's id. ``deployed_at`` is ISO time in UTC.
    ``owner`` is the project whose configuration declares an object of the instance. ``modes`` says where the
    configuration compares in another way than the kind does: ``ignore``, ``contains`` or ``exclusive`` by path.
    """

    address: str
    kind: str
    name: str
    object_id: str
    declared: Document = field(default_factory=dict)
    rewritten: tuple[Rewritten, ...] = ()
    dependencies: tuple[str, ...] = ()
    prevent_destroy: bool = False
    owner: str = ""
    modes: Mapping[str, str] = field(default_factory=dict)
    deployed_at: str = ""
    deployed_by: str = ""
    status: Status = "healthy"

    @property
    def checksum(self) -> str:
        """SHA-256 of the declared fields as canonical JSON."""
        return digest_of(self.declared)


@dataclass(frozen=True)
class Reading:
    """What was surely as recorded when the project's Git stood at ``head`` (design, section 10).

    ``unmanaged`` are the addresses that the project held besides, None where they were not listed. ``full_at`` is when
    everything was last read, ISO time in UTC.
    """

    branch: str
    head: str
    addresses: frozenset[str]
    unmanaged: tuple[str, ...] | None
    full_at: str


@dataclass(frozen=True)
class Version:
    """One former state: what made it, and the run whose journal undoes it."""

    serial: int
    at: str
    by: str
    operation: str
    run: str


@dataclass(frozen=True)
class State:
    """``project`` is a key or ``INSTANCE``; ``salt`` (hexadecimal) is that of the fingerprints."""

    environment: str
    project: str
    lineage: str
    salt: str
    serial: int = 0
    updated_at: str = ""
    resources: Mapping[str, Recorded] = field(default_factory=dict)
    reading: Reading | None = None
    versions: tuple[Version, ...] = ()


def new_state(environment: str, project: str) -> State:
    """The state of a project that nothing was applied to."""
    return State(environment, project, lineage=str(uuid.uuid4()), salt=secrets.token_hex(16))


def digest_of(value: t.Any) -> str:
    """``sha256:...`` of a value as canonical JSON."""
    return "sha256:" + hashlib.sha256(_CANONICAL.encode(value).encode("utf-8", "surrogatepass")).hexdigest()


def dump(state: State) -> bytes:
    """The state as JSON with a checksum over all of it (``docs/schemas/state.schema.json``), a line for each resource."""
    body: Document = {
        "format": FORMAT,
        "version": VERSION,
        "environment": state.environment,
        "project": state.project,
        "lineage": state.lineage,
        "serial": state.serial,
        "salt": state.salt,
        "updated_at": state.updated_at,
        "resources": {address: _record(recorded) for address, recorded in sorted(state.resources.items())},
        "reading": _reading(state.reading),
        "versions": [asdict(version) for version in state.versions],
    }
    lines = {key: _WRITTEN.encode(value) for key, value in {**body, "checksum": digest_of(body)}.items()}
    entries = body["resources"].items()
    lines["resources"] = _object({key: _WRITTEN.encode(entry) for key, entry in entries}, "  ")
    return f"{_object(lines, ' ')}\n".encode()


def _object(members: Mapping[str, str], margin: str) -> str:
    """A JSON object with a line for each member; ``members`` are JSON."""
    text = ",\n".join(f"{margin}{_WRITTEN.encode(key)}: {member}" for key, member in members.items())
    return f"{{\n{text}\n{margin[1:]}}}" if text else "{}"


def _record(recorded: Recorded) -> Document:
    plain = {name: getattr(recorded, name) for name in Recorded.__dataclass_fields__ if name != "address"}
    return {**plain, "rewritten": [vars(entry) for entry in recorded.rewritten], "checksum": recorded.checksum}


def _reading(reading: Reading | None) -> Document | None:
    if reading is None:
        return None
    unmanaged = None if reading.unmanaged is None else list(reading.unmanaged)
    return {**asdict(reading), "addresses": sorted(reading.addresses), "unmanaged": unmanaged}


def load(data: bytes, place: str, environment: str, project: str) -> State:
    """The state that was dumped. Raises ``UnusableState`` that names the way out; ``place`` is for messages."""
    content = parsed(data, place, FORMAT, VERSION)
    if (content.get("environment"), content.get("project")) != (environment, project):
        raise UnusableState(
            f"{place} is the state of {content.get('project')} in {content.get('environment')}, not of {project} in "
            f"{environment}: give that environment and project, or point state_backend to another place"
        )
    try:
        return _state(content, has_secrets=KEY.encode() in data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _corrupt(place, f"without a usable {error}") from None


def parsed(data: bytes, place: str, form: str, newest: int, way_out: str = _WAY_OUT) -> Document:
    """A document of ours whose format, version and checksum are right. Raises ``UnusableState``.

    ``way_out`` is what to do where the document is damaged.
    """
    try:
        content = json.loads(data)
    except ValueError as error:
        raise _corrupt(place, f"not JSON: {error}", way_out) from None
    if not isinstance(content, dict) or content.get("format") != form:
        raise UnusableState(
            f"{place} is not a {form.removeprefix('dataiku_iac.dss ')} of this collection: move it away"
        )
    if not isinstance(content.get("version"), int) or content["version"] > newest:
        raise UnusableState(
            f"{place} has version {content.get('version')}, this collection reads up to {newest}: update the collection"
        )
    told = content.pop("checksum", None)
    if told != digest_of(content):
        raise _corrupt(place, "its checksum does not fit", way_out)
    return content


def _corrupt(place: str, why: str, way_out: str = _WAY_OUT) -> UnusableState:
    return UnusableState(f"{place} is damaged ({why}); nothing was overwritten: {way_out}")


def _state(content: Document, has_secrets: bool) -> State:
    resources = {}
    for address, entry in content["resources"].items():
        del entry["checksum"]  # that of the whole fits
        if has_secrets:
            entry["declared"] = from_plain(entry["declared"])
            entry["rewritten"] = from_plain(entry["rewritten"])
        entry["rewritten"] = tuple(Rewritten(**item) for item in entry["rewritten"])
        entry["dependencies"] = tuple(entry["dependencies"])
        resources[address] = Recorded(address=address, **entry)
    reading = content["reading"]
    if reading is not None:
        unmanaged = reading["unmanaged"]
        reading = Reading(
            **{
                **reading,
                "addresses": frozenset(reading["addresses"]),
                "unmanaged": None if unmanaged is None else tuple(unmanaged),
            }
        )
    return State(
        environment=content["environment"],
        project=content["project"],
        lineage=content["lineage"],
        salt=content["salt"],
        serial=int(content["serial"]),
        updated_at=content["updated_at"],
        resources=resources,
        reading=reading,
        versions=tuple(Version(**entry) for entry in content["versions"]),
    )


def succeeded(state: State, **changes: t.Any) -> State:
    """The next state: the changes, and a serial more."""
    return replace(state, serial=state.serial + 1, **changes)
