# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what a plan needs, in bulk: at most 12 calls plus one for each recipe, scenario and script that is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from .._errors import DssError, NodeError
from .._kinds.base import Kind, Node, Resource, TypeOfConnection
from .._kinds.paths import path_of
from .._plan.checks import explicit_env
from .._plan.compare import Document
from .._plan.model import Snapshot
from .answer import understood
from .parallel import gather


def read(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    sections: frozenset[str] = frozenset(),
    workers: int = 8,
    check: Callable[[], None] = lambda: None,
) -> Snapshot:
    """Read the actual side of the declared resources, and all objects of the given sections."""
    with understood(f"project {project}" if project else "itself"):
        return _read(node, project, desired, kinds, sections, workers, check)


def _read(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    sections: frozenset[str],
    workers: int,
    check: Callable[[], None],
) -> Snapshot:
    used = {resource.kind for resource in desired.values()} | {
        name for name, kind in kinds.items() if kind.section in sections
    }
    if "dataset" in used:
        used.add("recipe")  # a deleted dataset takes the recipes that read it along
    objects: dict[str, dict[str, Document]] = {}
    exists = True
    if "project" in used:
        objects["project"] = kinds["project"].read_all(node, project)
        exists = bool(objects["project"])
    listed = [kind for name, kind in kinds.items() if name in used and kind.scope == "project" and name != "project"]
    if exists:
        answers = gather([partial(_listing, kind, node, project) for kind in listed], workers, check)
        objects.update((kind.name, answer) for kind, answer in zip(listed, answers))
        _read_contents(node, project, desired, kinds, objects, workers, check)
    return _with_surroundings(node, project, desired, objects, exists)


def _listing(kind: Kind, node: Node, project: str | None) -> dict[str, Document]:
    try:
        return kind.read_all(node, project)
    except NodeError as error:
        if error.project_unreadable and not error.unauthenticated:
            raise DssError(
                f"project {project} does not exist, or the key may not read it (DSS does not say which): check the "
                "project key and the rights of the API key, or declare the project to have it created"
            ) from None
        raise


def _read_contents(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    kinds: Mapping[str, Kind],
    objects: dict[str, dict[str, Document]],
    workers: int,
    check: Callable[[], None],
) -> None:
    """Replace list items by whole documents, for declared objects of kinds whose list lacks their content."""
    wanted: list[tuple[str, str]] = []
    for resource in desired.values():
        if kinds[resource.kind].listing_is_complete or resource.kind not in objects:
            continue
        object_id = kinds[resource.kind].find(resource, objects[resource.kind])
        if object_id is not None:
            wanted.append((resource.kind, object_id))
    wanted = list(dict.fromkeys(wanted))
    calls = [partial(kinds[kind].read_one, node, project, object_id) for kind, object_id in wanted]
    for (kind, object_id), document in zip(wanted, gather(calls, workers, check)):
        objects[kind][object_id] = document


def _with_surroundings(
    node: Node,
    project: str | None,
    desired: Mapping[str, Resource],
    objects: dict[str, dict[str, Document]],
    exists: bool,
) -> Snapshot:
    notes: list[str] = []
    connections: dict[str, str | None] = {}
    administers: bool | None = None  # None: not known, and not worth a call
    administered = any(resource.kind == "connection" for resource in desired.values())
    if administered or any(_names_connection(resource) for resource in desired.values()):
        connections, administers, objects["connection"] = _connections(node, administered)
    code_envs = plugins = None
    if any(explicit_env(resource.declared) for resource in desired.values()):
        code_envs = _names(node, "/admin/code-envs/", "envName", "code environments", notes, administers is not False)
    if any(
        str(resource.declared.get("type")).startswith(("CustomPython_", "CustomCode_")) for resource in desired.values()
    ):
        plugins = _names(node, "/plugins/", "id", "plugins", notes)
    may_write = administers is not False or not exists or _may_write(node, project, objects)
    return Snapshot(objects, exists, connections, bool(administers), may_write, code_envs, plugins, tuple(notes))


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
