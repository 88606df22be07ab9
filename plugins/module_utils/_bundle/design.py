# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bundles on a design node (dss-api.md 2.12): what there is, what a project holds now, and what to export.

A bundle notes the Git commit that is its content in its release notes, because DSS keeps it nowhere else.
"""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .._errors import DssError, NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .._node import history
from .._node.answer import understood
from .._node.wait import result_of
from .lost import PATIENT, Patience, found
from .reports import warnings_of

_NOTED = re.compile(r"^Content: git ([0-9a-fA-F]{7,64})\s*$", re.MULTILINE)
_OURS = re.compile(r"v(\d+)-")
_NOT_BUNDLED = frozenset({"localvariables.json"})  # in the repository, but never in a bundle (dss-api.md 2.3)
_SHORT = 8  # digits of a commit in an id


@dataclass(frozen=True)
class Exported:
    """A bundle of the design node; ``commit`` is empty where its notes name none, ``published`` where it is not published.

    ``published`` is the key of the project on the deployer. ``exported_on`` is what the node tells, usually milliseconds.
    """

    id: str
    notes: str = ""
    commit: str = ""
    state: str = ""
    exported_by: str = ""
    exported_on: t.Any = None
    published: str = ""


@dataclass(frozen=True)
class Content:
    """What a project holds: the newest commit, and in ``reason`` why that is not the whole truth."""

    commit: str
    reason: str = ""

    @property
    def known(self) -> bool:
        return bool(self.commit) and not self.reason

    @property
    def line(self) -> str:
        """How release notes name it."""
        if self.known:
            return f"Content: git {self.commit}"
        return f"Content: not known, {self.reason}" + (f" since git {self.commit}" if self.commit else "")


@dataclass(frozen=True)
class Wish:
    """What is asked for: an id of one's own or none, notes, and how far the content may be unknown.

    ``taken`` are ids that must not be used although this node does not list them, such as those on the deployer. With
    ``any_content`` a bundle that has the id is taken as it is, whatever the project holds by now.
    """

    id: str = ""
    notes: str = ""
    uncommitted: t.Literal["refuse", "include"] = "refuse"
    force: bool = False
    standards: bool = True
    taken: frozenset[str] = frozenset()
    any_content: bool = False


@dataclass(frozen=True)
class Intent:
    """What an export would do: ``existing`` is the bundle that holds the content already, else ``id`` is to be made."""

    project: str
    id: str
    notes: str
    content: Content
    standards: bool = True
    existing: Exported | None = None
    warnings: tuple[str, ...] = ()


def noted_commit(notes: str) -> str:
    """The commit that release notes name, or an empty text; the last line counts, for it is ours."""
    commits = _NOTED.findall(notes)
    return commits[-1].lower() if commits else ""


def exported(node: Node, project: str) -> list[Exported]:
    """The bundles of a project, oldest first; one call. Raises ``NodeError``."""
    with understood(f"the bundles of {project}"):
        listing = node.get(path_of("projects", project, "bundles", "exported"))["bundles"]
        return sorted((_exported(item, project) for item in listing), key=_age)


def content_of(node: Node, project: str) -> Content:
    """What the project holds, by two calls to its Git."""
    try:
        return Content(history.standing(node, project, count=1).head)
    except history.NoHistory as error:
        reason = str(error)
    try:
        return Content(history.head(node, project), reason)
    except history.NoHistory:
        return Content("", reason)


def same_content(node: Node, project: str, commit: str, content: Content) -> bool:
    """Whether a project holds what it held at a commit, by at most one call."""
    if not commit or not content.known:
        return False
    if content.commit.lower().startswith(commit) or commit.startswith(content.commit.lower()):
        return True
    try:
        return not history.changed_paths(node, project, commit, content.commit) - _NOT_BUNDLED
    except history.NoHistory:
        return False


def published_ids(node: Node, project: str) -> frozenset[str]:
    """The bundles that a deployer has of a project; none where this node does not tell (one that has no deployer)."""
    try:
        answer = node.get(path_of("project-deployer", "projects", project))
        return frozenset(str(package["id"]) for package in answer.get("packages") or ())
    except (NodeError, AttributeError, KeyError, TypeError):
        return frozenset()


def intent(node: Node, project: str, wish: Wish) -> Intent:
    """What an export would do; reads only. Raises ``DssError``, with what to do, where it cannot be."""
    bundles = exported(node, project)
    same_id = next((bundle for bundle in bundles if bundle.id == wish.id), None)
    if same_id is not None and wish.any_content:
        return Intent(project, same_id.id, same_id.notes, Content("", "not asked for"), existing=same_id)
    content = content_of(node, project)
    if not content.known and wish.uncommitted == "refuse":
        raise DssError(
            f"the content of {project} is not known: {content.reason}; commit in DSS, or give uncommitted: include to "
            "export it all the same"
        )
    notes = "\n\n".join(part for part in (wish.notes.strip(), content.line) if part)
    if wish.id:
        return _by_id(node, project, wish, Intent(project, wish.id, notes, content, wish.standards), same_id)
    existing = None if wish.force else _holding(node, project, content, bundles)
    if existing is not None:
        return Intent(project, existing.id, existing.notes, content, existing=existing)
    taken = {*wish.taken, *(bundle.id for bundle in bundles), *published_ids(node, project)}
    return Intent(project, new_id(content, taken), notes, content, wish.standards)


def new_id(content: Content, taken: Iterable[str]) -> str:
    """An id such as ``v0007-1a2b3c4d`` that no other bundle has; the number grows, the rest is the commit."""
    numbers = [int(match[1]) for match in map(_OURS.match, taken) if match]
    suffix = content.commit[:_SHORT] if content.known else "uncommitted"
    return f"v{max(numbers, default=0) + 1:04d}-{suffix}"


def export(node: Node, intended: Intent, patience: Patience = PATIENT) -> tuple[Exported, tuple[str, ...]]:
    """Make the bundle unless it is there; returns it and the warnings of DSS. Raises ``NodeError``."""
    if intended.existing is not None:
        return intended.existing, ()
    project, bundle = intended.project, intended.id
    what = f"the export of bundle {bundle} of {project}"

    def listed() -> Exported | None:
        return next((entry for entry in exported(node, project) if entry.id == bundle), None)

    warnings: tuple[str, ...] = ()
    try:
        answer = node.put(
            path_of("projects", project, "bundles", "exported", bundle),
            None,
            releaseNotes=intended.notes,
            evaluateProjectStandardsChecks=intended.standards,
        )
        warnings = warnings_of(result_of(node, answer, what, patience.timeout, patience.stopped), what)
    except NodeError as error:
        return found(listed, error, patience), ()
    made = listed()
    if made is None:
        raise NodeError(f"{what} was answered, but the node does not list the bundle: look at the project in DSS")
    return made, warnings


def publish(
    node: Node, project: str, bundle: Exported, published_project: str = "", patience: Patience = PATIENT
) -> bool:
    """Send a bundle to the deployer of the node; false where it is there already. Raises ``NodeError``."""
    if is_published(bundle, published_project):
        return False
    query = {"publishedProjectKey": published_project} if published_project else {}
    what = f"publishing bundle {bundle.id} of {project}"

    def listed() -> bool | None:
        held = next((entry for entry in exported(node, project) if entry.id == bundle.id), bundle)
        return is_published(held, published_project) or None

    try:
        answer = node.post(path_of("projects", project, "bundles", bundle.id, "publish"), None, **query)
        warnings_of(result_of(node, answer, what, patience.timeout, patience.stopped), what)
    except NodeError as error:
        return found(listed, error, patience)
    return True


def is_published(bundle: Exported, published_project: str = "") -> bool:
    """Whether a bundle is on the deployer, in the project asked for."""
    return bool(bundle.published) and published_project in ("", bundle.published)


def delete(node: Node, project: str, bundle: str) -> None:
    """Delete a bundle of the design node; one that is gone is no error. Raises ``NodeError``."""
    try:
        node.delete(path_of("projects", project, "bundles", "exported", bundle))
    except NodeError as error:
        if not (error.doubtful or error.missing) or any(entry.id == bundle for entry in exported(node, project)):
            raise


def _by_id(node: Node, project: str, wish: Wish, new: Intent, existing: Exported | None) -> Intent:
    """Idempotent by id: what has the id is the bundle, unless it is known to hold something else."""
    if existing is None:
        return new
    content = new.content
    if wish.force:
        raise DssError(f"bundle {wish.id} of {project} exists and bundles never change: give another id, or no force")
    warnings: tuple[str, ...] = ()
    if not existing.commit or not content.known:
        side = "the bundle" if not existing.commit else "the project"
        warnings = (
            f"bundle {wish.id} of {project} exists; whether the project has changed since is not known, because {side} "
            "names no commit",
        )
    elif not same_content(node, project, existing.commit, content):
        raise DssError(
            f"bundle {wish.id} of {project} exists with other content: it holds git {existing.commit[:12]}, the project "
            f"is at {content.commit[:12]}; give another id, or content: any to take the bundle as it is"
        )
    return Intent(project, existing.id, existing.notes, content, existing=existing, warnings=warnings)


def _holding(node: Node, project: str, content: Content, bundles: list[Exported]) -> Exported | None:
    """The newest bundle if the project has not changed since; an older one only if it notes the very commit."""
    noted = [bundle for bundle in bundles if bundle.commit]
    if not content.known or not noted:
        return None
    exact = [bundle for bundle in noted if bundle.commit == content.commit.lower()]
    if exact:
        return exact[-1]
    return noted[-1] if same_content(node, project, noted[-1].commit, content) else None


def _exported(item: Mapping[str, t.Any], project: str) -> Exported:
    manifest = item.get("exportManifest") or {}
    user = manifest.get("exportUserInfo") or {}
    published = item.get("publishedBundleState") or {}
    notes = str(user.get("releaseNotes") or item.get("releaseNotes") or "")
    return Exported(
        id=str(item["bundleId"]),
        notes=notes,
        commit=noted_commit(notes),
        state=str(item.get("state") or ""),
        exported_by=str(user.get("exportedBy") or ""),
        exported_on=user.get("exportedOn"),
        published=str(published.get("publishedProjectKey") or project) if published else "",
    )


def _age(bundle: Exported) -> tuple[float, int]:
    """Older bundles sort first; where the node tells no time, by the number in our ids, else in its own order."""
    on = bundle.exported_on
    number = _OURS.match(bundle.id)
    return float(on) if isinstance(on, (int, float)) else 0.0, int(number[1]) if number else 0
