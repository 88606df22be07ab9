# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects need not be read, because the project's Git shows that they are still as recorded (design, section 10)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from .._errors import NodeError
from .._kinds.base import Kind, Node, Ref, Resource, address, resolved
from .._kinds.paths import path_of
from .._kinds.shape import at
from .._plan.compare import MISSING, AsSet, Document, Keyed, OnCreateOnly, Rule, Rules, Secret, identical, same
from .._plan.drift import drift_of
from .._state.model import Reading, Recorded, State
from .history import NoHistory, Standing, changed_paths, head, standing

Mode = t.Literal["auto", "full"]

# What else a project's Git holds: dss-object-shapes.md, "Directory layout". Nothing in it is part of an object of ours;
# a file that is not named here (active-bundle.json among them) may mean anything, so everything is read.
_ELSEWHERE = frozenset(
    {
        "analysis",
        "apikeys.json",
        "app-manifest.json",
        "badges.json",
        "explore",
        "filters.json",
        "ipython_notebooks",
        "lib",
        "localvariables.json",
        "model_comparisons",
        "notebooks",
        "params.json",
        "prompt-studios",
        "statistics_worksheets",
        "tags.json",
        "variables.json",
        "version-tags.json",
        "wiki",
        "zones",
    }
)
_ALL_PROJECTS = frozenset({"projects", "config"})  # first folder where one repository holds every project: unverified


@dataclass(frozen=True)
class Refresh:
    """What a plan need not read.

    ``skip`` are addresses that are as recorded on the node and as declared; ``surviving`` all that are as recorded.
    ``reason`` says why everything is read, empty where it is not. ``standing`` is where the project's Git stood before
    the read, None where it cannot be used. ``unmanaged`` are the addresses that are there besides, None where they are
    not known; then ``sections`` are to be listed, even where all is skipped.
    """

    skip: frozenset[str] = frozenset()
    standing: Standing | None = None
    unmanaged: tuple[str, ...] | None = None
    reason: str = ""
    surviving: frozenset[str] = frozenset()
    sections: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Moved:
    """What changed between two commits: recorded addresses, and whether other objects did."""

    addresses: frozenset[str] = frozenset()
    others: bool = False


def refresh(
    node: Node,
    project: str,
    desired: Mapping[str, Resource],
    state: State | None,
    kinds: Mapping[str, Kind],
    *,
    document: Document | None,
    mode: Mode,
    max_age: timedelta,
    now: datetime,
    whole: bool,
    interrupted: bool,
) -> Refresh:
    """Find out what need not be read, in two calls of Git, and a third one where the project has moved.

    ``document`` is the project as it was just read: empty where it does not exist, None where it was not read (its
    settings then cost a call). ``whole`` says that something may be deleted, so that all has to be listed;
    ``interrupted`` that a journal is open. Never fails for Git's sake.
    """
    reading = state.reading if state else None
    reason = _asked_for(reading, mode, max_age, now, whole, interrupted)
    try:
        stood = _usable(node, project, document)
    except NoHistory as error:
        return Refresh(reason=reason or str(error))
    if reason or state is None or reading is None:
        return Refresh(standing=stood, reason=reason)
    try:
        moved = _moved(node, project, (reading.branch, reading.head), stood, state.resources, kinds)
    except NoHistory as error:
        return Refresh(standing=stood, reason=str(error))
    surviving = frozenset(_recordable(reading.addresses, state, kinds)) - moved.addresses
    unmanaged = None if moved.others else reading.unmanaged
    listable = (kind.section for kind in kinds.values() if kind.surveyed)
    return Refresh(
        skip=frozenset(key for key in surviving if key in desired and _as_declared(desired[key], state)),
        standing=stood,
        unmanaged=unmanaged,
        surviving=surviving,
        sections=frozenset(listable) if unmanaged is None else frozenset(),
    )


def as_recorded(kind: Kind, resource: Resource, recorded: Recorded, document: Document) -> bool:
    """Whether an object holds exactly what is recorded, also where the configuration would let a difference pass.

    Strict, so that a configuration that lets less pass later need not read it again.
    """
    return not drift_of(kind, _strict(resource.rules), recorded, document)


def still(node: Node, project: str, stood: Standing) -> bool:
    """Whether nothing was committed since, in one call: what was read meanwhile is of one moment."""
    try:
        return head(node, project) == stood.head
    except NoHistory:
        return False


def closed(
    node: Node,
    project: str,
    refreshed: Refresh,
    former: State | None,
    state: State,
    kinds: Mapping[str, Kind],
    *,
    since: Standing | None,
    seen: frozenset[str],
    earlier: frozenset[str] = frozenset(),
    unmanaged: tuple[str, ...] | None,
    now: datetime,
) -> Reading | None:
    """The reading that ``state`` is to hold, in at most two calls; what is left of the former one where Git does not help.

    ``since`` is where the project stood after the last write, before ``seen`` were read (``refreshed.standing`` where
    nothing was written). ``earlier`` were read from ``refreshed.standing`` on, which was ``still`` so before the first
    write. Both were found ``as_recorded`` in ``state``.
    """
    lasting = _lasting(former, state)
    found = frozenset(_recordable(seen, state, kinds))
    if since is None or (found and not still(node, project, since)):
        return lasting
    kept = refreshed.surviving & (lasting.addresses if lasting else frozenset())
    carried = (kept | frozenset(_recordable(earlier, state, kinds))) - found
    start = refreshed.standing
    if start is None:  # the project was not there yet
        carried = frozenset()
    else:
        known = {**(former.resources if former else {}), **state.resources}
        try:
            moved = _moved(node, project, (start.branch, start.head), since, known, kinds)
            carried, unmanaged = carried - moved.addresses, None if moved.others else unmanaged
        except NoHistory:
            carried, unmanaged = frozenset(), None
    full_at = lasting.full_at if lasting and not refreshed.reason else now.astimezone(UTC).isoformat(timespec="seconds")
    return Reading(since.branch, since.head, found | carried, unmanaged, full_at)


def _asked_for(
    reading: Reading | None, mode: Mode, max_age: timedelta, now: datetime, whole: bool, interrupted: bool
) -> str:
    """Why everything is to be read whatever Git says, or nothing."""
    if mode == "full":
        return "refresh is full"
    if interrupted:
        return "the journal of an interrupted run is open"
    if whole:
        return "something may be deleted"
    if reading is None:
        return "nothing is recorded of a former read"
    try:
        read_at = datetime.fromisoformat(reading.full_at)
    except ValueError:
        return "the recorded read has no usable date"
    if read_at.tzinfo is None or abs(now - read_at) > max_age:  # a date in the future comes from a wrong clock
        return f"everything was last read at {reading.full_at}"
    return ""


def _usable(node: Node, project: str, document: Document | None) -> Standing:
    """Where the project stands, if its Git can be relied on."""
    if document is None:
        try:
            document = {"settings": node.get(path_of("projects", project, "settings"))}
        except NodeError as error:
            raise NoHistory(f"the settings of the project cannot be read: {error}") from None
    if not document:
        raise NoHistory("the project does not exist yet")
    if at(document, "settings.settings.gitCommitMode") != "AUTO":
        raise NoHistory("the project does not commit each change by itself (gitCommitMode is not AUTO)")
    return standing(node, project)


def _moved(
    node: Node,
    project: str,
    start: tuple[str, str],
    end: Standing,
    known: Mapping[str, Recorded],
    kinds: Mapping[str, Kind],
) -> _Moved:
    """What changed since a branch and commit, in at most one call. Raises ``NoHistory``."""
    branch, commit = start
    if branch != end.branch:
        raise NoHistory(f"the project is on branch {end.branch}, recorded is {branch}")
    if commit == end.head:
        return _Moved()
    end.since(commit)
    owners = {(recorded.kind, recorded.object_id): key for key, recorded in known.items()}
    recorded = {entry.kind for entry in known.values()}
    folders = {kind.git_folder: kind.name for kind in kinds.values() if kind.git_folder}
    addresses: set[str] = set()
    others = False
    for path in changed_paths(node, project, commit, end.head):
        folder, _slash, name = path.partition("/")
        if folder in folders:
            kind = kinds[folders[folder]]
            ids = kind.ids_in_git(name)
            if not ids:
                raise NoHistory(f"{path} has changed, and what that means is not known")
            touched = {owners.get((kind.name, object_id), "") for object_id in ids} - {""}
            addresses |= touched
            others |= not touched and (kind.surveyed or kind.name in recorded)
        elif folder in _ALL_PROJECTS:
            raise NoHistory("one Git repository holds all projects of the node")
        elif folder not in _ELSEWHERE:
            raise NoHistory(f"{path} has changed, and what that means is not known")
    return _Moved(frozenset(addresses), others)


def _recordable(addresses: Iterable[str], state: State, kinds: Mapping[str, Kind]) -> Iterable[str]:
    """The addresses whose objects Git speaks of and that were applied without a failure."""
    for key in addresses:
        recorded = state.resources.get(key)
        if recorded and recorded.status == "healthy" and recorded.kind in kinds and kinds[recorded.kind].git_folder:
            yield key


def _as_declared(resource: Resource, state: State) -> bool:
    """Whether the configuration still says what was applied, with the ids that the node gave then."""
    recorded = state.resources[resource.address]
    if identical(resource.declared, recorded.declared):
        return True

    def lookup(value: t.Any) -> t.Any:
        if isinstance(value, Ref):
            other = state.resources.get(address(value.kind, resource.project, value.name))
            return other.object_id if other else MISSING
        return recorded.declared.get("type")  # TypeOfConnection: a dataset keeps the type that it has

    return same(resolved(resource.declared, lookup), recorded.declared)


def _strict(rules: Rules) -> dict[str, Rule]:
    """The rules without what a configuration or an option lets pass."""
    strict: dict[str, Rule] = {}
    for path, rule in rules.items():
        if isinstance(rule, AsSet):
            strict[path] = AsSet()
        elif isinstance(rule, Keyed):
            strict[path] = replace(rule, partial=False)
        elif isinstance(rule, Secret) or not isinstance(rule, OnCreateOnly):
            strict[path] = rule
    return strict


def _lasting(former: State | None, state: State) -> Reading | None:
    """The former reading, without the addresses that are recorded anew."""
    if former is None or former.reading is None:
        return None
    kept = (key for key in former.reading.addresses if _is_same(former.resources.get(key), state.resources.get(key)))
    return replace(former.reading, addresses=frozenset(kept))


def _is_same(before: Recorded | None, after: Recorded | None) -> bool:
    return (
        before is not None
        and after is not None
        and (before.object_id, before.declared, before.rewritten) == (after.object_id, after.declared, after.rewritten)
    )
