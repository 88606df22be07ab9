# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what a plan needs, in bulk: at most 12 calls plus one for each recipe, scenario and script that is declared.

What is surely as recorded is not read at all (``refresh.py``).
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from .._errors import DssError, NodeError
from .._kinds.base import Kind, Node, Resource, TypeOfConnection
from .._kinds.paths import path_of
from .._kinds.shape import at, overlay
from .._plan.checks import explicit_env
from .._plan.compare import MISSING, Document
from .._plan.drift import drift_of
from .._plan.model import Snapshot
from .._state.model import Recorded
from .answer import understood
from .parallel import gather


def read_project(
    node: Node, project: str | None, desired: Mapping[str, Resource], kinds: Mapping[str, Kind]
) -> dict[str, Document] | None:
    """The project by its key, where it is declared (else None); empty where it does not exist."""
    if not any(resource.kind == "project" for resource in desired.values()):
        return None
    with understood(f"project {project}"):
        return kinds["project"].read_all(node, project)


def read(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    sections: frozenset[str] = frozenset(),
    workers: int = 8,
    check: Callable[[], None] = lambda: None,
    *,
    known: Mapping[str, Document] | None = None,
    skip: Mapping[str, Recorded] | None = None,
    ids: Mapping[str, str] | None = None,
) -> Snapshot:
    """Read the actual side of the declared resources, and all objects of the given sections.

    ``known`` is what ``read_project`` gave, if it was asked already. The resources at the addresses of ``skip`` are as
    recorded: they are shown as their record, and a kind of which nothing else is declared is not listed. ``ids`` are those of
    objects that the names of their addresses do not find.
    """
    with understood(f"project {project}" if project else "itself"):
        return _read(node, project, desired, kinds, sections, workers, check, known, skip or {}, ids or {})


def _read(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    sections: frozenset[str],
    workers: int,
    check: Callable[[], None],
    known: Mapping[str, Document] | None,
    skip: Mapping[str, Recorded],
    ids: Mapping[str, str],
) -> Snapshot:
    used = _used(desired, kinds, sections, skip)
    objects: dict[str, dict[str, Document]] = {}
    exists = True
    if "project" in used:
        objects["project"] = dict(kinds["project"].read_all(node, project) if known is None else known)
        exists = bool(objects["project"])
    listed: list[Kind] = []
    summaries: Mapping[str, Document] | None = None
    asked = dict(desired)
    if exists:
        # The project was asked already, and connections are asked about with what else an action needs of the node.
        listed = [kinds[name] for name in kinds if name in used - {"project", "connection"}]
        answers = gather([partial(_listing, kind, node, project) for kind in listed], workers, check)
        objects.update((kind.name, answer) for kind, answer in zip(listed, answers))
        summaries = dict(objects["scenario"]) if "scenario" in objects else None
        for key in _place_records(desired, kinds, objects, skip):
            del asked[key]
        _read_contents(node, project, asked, kinds, objects, ids, workers, check)
    snapshot = with_surroundings(node, project, asked, kinds, objects, exists, "connection" in used)
    whole = {kind.name for kind in listed} | ({"project", "connection"} & snapshot.objects.keys())
    return replace(snapshot, listed=frozenset(whole), unread=frozenset(desired) - frozenset(asked), summaries=summaries)


def _used(
    desired: Mapping[str, Resource], kinds: Mapping[str, Kind], sections: frozenset[str], skip: Mapping[str, Recorded]
) -> set[str]:
    """The kinds that are asked about: not one of which all is skipped, unless its list tells what Git may not."""
    used = {name for name in kinds if kinds[name].section in sections} if sections else set()
    for key, resource in desired.items():
        unsure = (at(resource.declared, path) for path in kinds[resource.kind].unsure_in_git)
        if key not in skip or any(value is not MISSING for value in unsure):
            used.add(resource.kind)
            used.update(kind for kind, _name in resource.lookups)
    if "dataset" in used:
        used.add("recipe")  # a deleted dataset takes the recipes that read it along
    return used


def _place_records(
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    objects: dict[str, dict[str, Document]],
    skip: Mapping[str, Recorded],
) -> set[str]:
    """Let records stand for the objects that are skipped, unless a list that was read all the same says otherwise.

    Returns the addresses whose content need not be read.
    """
    placed = set()
    listed = frozenset(objects)
    for key, recorded in skip.items():
        kind = kinds[recorded.kind]
        document = {"id": recorded.object_id, "name": recorded.name, **recorded.declared}
        if kind.name in listed:
            item = objects[kind.name].get(recorded.object_id)
            if item is None:
                continue
            document = item if kind.listing_is_complete else overlay(document, item)
            if drift_of(kind, desired[key].rules, recorded, document):
                continue
        objects.setdefault(kind.name, {})[recorded.object_id] = document
        placed.add(key)
    return placed


def _listing(kind: Kind, node: Node, project: str | None) -> dict[str, Document]:
    try:
        return kind.read_all(node, project)
    except NodeError as error:
        if project is not None and error.project_unreadable and not error.unauthenticated:
            raise DssError(
                f"project {project} does not exist, or the key may not read it (DSS does not say which): check the "
                "project key and the rights of the API key, or declare the project to have it created"
            ) from None
        if kind.scope == "instance" and error.forbidden:
            what = kind.section.replace("_", " ")
            raise DssError(
                f"the API key may not manage {what} ({kind.rights}): use an admin key, or declare none"
            ) from None
        raise


def _read_contents(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    objects: dict[str, dict[str, Document]],
    ids: Mapping[str, str],
    workers: int,
    check: Callable[[], None],
) -> None:
    """Replace list items by whole documents, for declared objects of kinds whose list lacks their content."""
    wanted: dict[tuple[str, str], Resource] = {}
    for key, resource in desired.items():
        if resource.external or kinds[resource.kind].listing_is_complete or resource.kind not in objects:
            continue
        object_id = ids.get(key)
        if object_id not in objects[resource.kind]:
            object_id = kinds[resource.kind].find(resource, objects[resource.kind])
        if object_id is not None:
            wanted.setdefault((resource.kind, object_id), resource)
    calls = [
        partial(kinds[kind].read_declared, node, resource, object_id) for (kind, object_id), resource in wanted.items()
    ]
    for (kind, object_id), document in zip(wanted, gather(calls, workers, check)):
        objects[kind][object_id] = document


def with_surroundings(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    objects: dict[str, dict[str, Document]],
    exists: bool,
    administered: bool,
) -> Snapshot:
    """The objects with what an action could need of the node: nothing that they use already."""
    notes: list[str] = []
    connections: dict[str, str | None] = {}
    administers: bool | None = None  # None: not known, and not worth a call
    if administered or any(_names_connection(resource) for resource in desired.values()):
        connections, administers, objects["connection"] = _connections(node, administered)
    code_envs = plugins = None
    if any(_is_new(explicit_env, resource, kinds, objects) for resource in desired.values()):
        code_envs = _names(node, "/admin/code-envs/", "envName", "code environments", notes, administers is not False)
    if any(_is_new(_plugin_type, resource, kinds, objects) for resource in desired.values()):
        plugins = _names(node, "/plugins/", "id", "plugins", notes)
    may_write = administers is not False or not exists or _may_write(node, project, objects)
    concerned = any(kinds[resource.kind].concerns_caller for resource in desired.values())
    return Snapshot(
        objects,
        exists,
        connections,
        bool(administers),
        may_write,
        code_envs,
        plugins,
        tuple(notes),
        caller=node.get("/auth/info") if concerned else {},
    )


def _is_new(
    part: Callable[[Mapping[str, t.Any]], str | None],
    resource: Resource,
    kinds: Mapping[str, Kind],
    objects: Mapping[str, Mapping[str, Document]],
) -> bool:
    """Whether a resource declares something that its object on the node does not have."""
    wanted = part(resource.declared)
    if wanted is None:
        return False
    held = objects.get(resource.kind, {})
    object_id = kinds[resource.kind].find(resource, held)
    return object_id is None or part(held[object_id]) != wanted


def _plugin_type(document: Mapping[str, t.Any]) -> str | None:
    found = str(document.get("type"))
    return found if found.startswith(("CustomPython_", "CustomCode_")) else None


def _names_connection(resource: Resource) -> bool:
    generic = isinstance(resource.declared.get("type"), TypeOfConnection)
    return generic or any(kind == "connection" for kind, _name in resource.references)


def _connections(node: Node, administered: bool) -> tuple[dict[str, str | None], bool, dict[str, Document]]:
    """Names and types; a key that may not administer sees only the names that it may use (dss-api.md 2.16)."""
    try:
        listing = node.get("/admin/connections/")
        return {name: document.get("type") for name, document in listing.items()}, True, listing
    except NodeError as error:
        if not error.forbidden:
            raise
        if administered:
            raise DssError(
                "the API key may not administer connections: use an admin key, or declare no connections"
            ) from None
    try:
        return dict.fromkeys(node.get("/connections/get-names")), False, {}
    except NodeError as refusal:
        if not (refusal.forbidden or refusal.missing):
            raise
    return {}, False, {}


def _may_write(node: Node, project: str | None, objects: Mapping[str, Mapping[str, Document]]) -> bool:
    """Whether the grants of the project let a key write that is known not to administer the node.

    Only a user's own key can be told from the grants (dss-api.md 4); of other keys nothing is said.
    """
    if project is None:
        return True
    known = objects.get("project", {}).get(project)
    try:
        grants = known["permissions"] if known else node.get(path_of("projects", project, "permissions"))
        caller = node.get("/auth/info")
    except NodeError as error:
        if error.forbidden:
            return True
        raise
    login, groups = caller.get("authIdentifier"), caller.get("groups") or []
    if str(login).startswith("api:") or grants.get("owner") == login:
        return True
    mine = [
        entry for entry in grants.get("permissions") or [] if entry.get("user") == login or entry.get("group") in groups
    ]
    return any(entry.get("admin") or entry.get("writeProjectContent") for entry in mine)


def _names(node: Node, path: str, key: str, what: str, notes: list[str], allowed: bool = True) -> frozenset[str] | None:
    try:
        if allowed:
            return frozenset(str(item.get(key)) for item in node.get(path))
    except NodeError as error:
        if not error.forbidden:
            raise
    notes.append(f"the {what} of the node were not checked: the API key may not list them")
    return None
