# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles on an automation node (dss-api.md 2.13): which are there, which is active, bringing one in and to life."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._errors import DssError, NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._node.transfer import upload
from .._node.wait import result_of
from .archive import Archive, check
from .design import noted_commit
from .lost import PATIENT, Patience, found
from .reports import warnings_of


@dataclass(frozen=True)
class Imported:
    """A bundle of the automation node; ``notes`` and ``commit`` are empty where the node does not tell them."""

    id: str
    notes: str = ""
    commit: str = ""
    imported_on: t.Any = None


@dataclass(frozen=True)
class Activation:
    """Which bundle a project runs, and since when; both are empty where none was activated yet."""

    bundle: str = ""
    at: t.Any = None


@dataclass(frozen=True)
class Landing:
    """How the first bundle makes its project: the folder it comes to, and what happens with permissions of the bundle."""

    folder: str = ""
    permissions: t.Literal["NONE", "READ_ONLY", "ALL"] = "NONE"
    fail_on_missing_users: bool = True


_ROOT = Landing()


def activation(node: Node, project: str) -> Activation | None:
    """Which bundle is active, in one call; None where the project is not there. Raises ``NodeError``."""
    try:
        with understood(f"project {project}"):
            state = node.get(path_of("projects", project)).get("activeBundleState") or {}
            return Activation(str(state.get("bundleId") or ""), state.get("activatedOn"))
    except NodeError as error:
        if (error.missing or error.project_unreadable) and not error.unauthenticated:
            return None
        raise


def active_bundle(node: Node, project: str) -> str | None:
    """The id of the active bundle; None where there is none, or no project. Raises ``NodeError``."""
    state = activation(node, project)
    return (state.bundle or None) if state else None


def imported(node: Node, project: str) -> list[Imported]:
    """The bundles of a project in the order of the node; none where the project is not there. Raises ``NodeError``."""
    try:
        with understood(f"the bundles of {project}"):
            listing = node.get(path_of("projects", project, "bundles", "imported"))["bundles"]
            return [_imported(item) for item in listing]
    except NodeError as error:
        if (error.missing or error.project_unreadable) and not error.unauthenticated:
            return []
        raise


def deliver(
    node: DssNode, project: str, bundle: str, archive: Archive, landing: Landing = _ROOT, patience: Patience = PATIENT
) -> tuple[str, ...]:
    """Send the archive of a bundle, the first one making the project; returns the warnings of DSS.

    The file must have its checksum and say what it is meant to be before anything is sent. Raises ``DssError``.
    """
    check(archive.path, project, bundle, archive.checksum)
    what = f"the import of bundle {bundle} of {project}"
    if activation(node, project) is None:
        path, query = "/projectsFromBundle/", _landing_query(landing)
    else:
        path, query = path_of("projects", project, "bundles", "imported", "actions", "importFromStream"), {}

    def listed() -> bool | None:
        return any(entry.id == bundle for entry in imported(node, project)) or None

    warnings: tuple[str, ...] = ()
    try:
        answer = upload(node, path, archive.path, archive.checksum, **query)
        warnings = warnings_of(result_of(node, answer, what, patience.timeout, patience.stopped), what)
    except NodeError as error:
        found(listed, error, patience)
    if not listed():
        raise NodeError(
            f"{what} was answered, but the node does not list the bundle: is {archive.path.name} the archive of {bundle}?"
        )
    return warnings


def preload(node: Node, project: str, bundle: str, patience: Patience = PATIENT) -> tuple[str, ...]:
    """Let DSS prepare what the bundle needs, such as code environments; returns its warnings.

    Nothing tells whether a bundle was preloaded, and doing it again does no harm: a lost answer is asked for once more.
    Raises ``NodeError``.
    """
    path = path_of("projects", project, "bundles", "imported", bundle, "actions", "preload")
    try:
        return _reported(node, path, {}, f"preloading bundle {bundle} of {project}", patience)
    except NodeError as error:
        if not error.doubtful or patience.stopped():
            raise
    return _reported(node, path, {}, f"preloading bundle {bundle} of {project}", patience)


def activate(
    node: Node, project: str, bundle: str, scenarios: Mapping[str, bool] | None = None, patience: Patience = PATIENT
) -> tuple[str, ...]:
    """Make a bundle the active one, with some of its scenarios switched; returns the warnings of DSS.

    It is read back. Raises ``NodeError``; ``ReportedError`` where DSS says that it did not work.
    """
    before = activation(node, project)
    if before is None:
        raise DssError(f"project {project} is not on the node: import bundle {bundle} first")
    path = path_of("projects", project, "bundles", "imported", bundle, "actions", "activate")
    body = {"scenariosActiveOnActivation": dict(scenarios)} if scenarios else {}
    what = f"the activation of bundle {bundle} of {project}"

    def done() -> Activation | None:
        now = activation(node, project)
        return now if now is not None and now.bundle == bundle and now != before else None

    try:
        warnings = _reported(node, path, body, what, patience)
    except NodeError as error:
        found(done, error, patience)
        return (f"the answer to {what} was lost; the node shows that it was done, but not with what warnings",)
    if active_bundle(node, project) != bundle:
        raise NodeError(f"{what} was answered, but the node shows another bundle as active: run again")
    return warnings


def delete(node: Node, project: str, bundle: str) -> None:
    """Delete an imported bundle, which must not be the active one; one that is gone is no error. Raises ``DssError``."""
    refuse_active(node, project, bundle)
    try:
        node.delete(path_of("projects", project, "bundles", "imported", bundle))
    except NodeError as error:
        if not (error.doubtful or error.missing) or any(entry.id == bundle for entry in imported(node, project)):
            raise


def refuse_active(node: Node, project: str, bundle: str) -> None:
    """Raise ``DssError`` where a bundle is the active one."""
    if active_bundle(node, project) == bundle:
        raise DssError(f"bundle {bundle} of {project} is active and cannot be deleted: activate another one first")


def _reported(node: Node, path: str, body: t.Any, what: str, patience: Patience) -> tuple[str, ...]:
    answer = node.post(path, body)
    return warnings_of(result_of(node, answer, what, patience.timeout, patience.stopped), what)


def _landing_query(landing: Landing) -> dict[str, t.Any]:
    query: dict[str, t.Any] = {
        "permissionsPropagationPolicy": landing.permissions,
        "failOnMissingUsersOrGroups": landing.fail_on_missing_users,
    }
    return {**query, "projectFolderId": landing.folder} if landing.folder else query


def _imported(item: Mapping[str, t.Any]) -> Imported:
    """unverified: that items of this list carry the manifest with the release notes, as those of a design node do."""
    user = (item.get("exportManifest") or {}).get("exportUserInfo") or {}
    notes = str(user.get("releaseNotes") or item.get("releaseNotes") or "")
    return Imported(str(item["bundleId"]), notes, noted_commit(notes), item.get("importedOn"))
