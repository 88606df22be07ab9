# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Go back to a former version by the project's own Git history (dss-api.md 2.3, table Project Git).

That the author of a commit is the identity of the key that wrote is unverified (unknown 29); a project whose commits
carry other names is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .._errors import DssError, NodeError
from .._kinds.base import Kind, Node
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.history import Commit, NoHistory, Standing, head, standing
from .._state.journal import DONE, Journal
from .._state.model import Reading

_SHOWN = 3  # commits that a message names


class NotByGit(DssError):
    """The project's Git must not be used to go back; nothing was changed, and the message says why."""


def revert(
    node: Node, project: str, reading: Reading | None, journals: Sequence[Journal], kinds: Mapping[str, Kind]
) -> tuple[str, ...]:
    """Revert a project to the commit that was recorded with a former version; says what that does not give back.

    ``journals`` are those of the runs since, oldest first: ``undo`` on a read afterwards tells what is left to do.
    Raises ``NotByGit``, ``NoHistory``, and ``NodeError`` when the node did not surely revert.
    """
    with understood(f"the Git of project {project}"):
        ours = str(node.get("/auth/info")["authIdentifier"])
    before = standing(node, project)
    reading = _usable(project, reading, before, ours)
    if before.head == reading.head:
        return ()
    _post(node, project, reading.head, before)
    return (*_made_meanwhile(node, project, before, ours), *_beyond_git(journals, kinds))


def _usable(project: str, reading: Reading | None, now: Standing, ours: str) -> Reading:
    """The recorded commit, if the project can go back to it without taking anything from others."""
    way_out = "use method: journal"
    if reading is None or not reading.head:
        raise NotByGit(f"no commit of project {project} was recorded with that version: {way_out}")
    if reading.unmanaged is None or reading.unmanaged:
        held = ", ".join((reading.unmanaged or ())[:_SHOWN]) or "they were not listed"
        raise NotByGit(f"project {project} held objects that the state does not manage ({held}): {way_out}")
    if now.branch != reading.branch:
        raise NotByGit(f"project {project} is on branch {now.branch}, recorded is {reading.branch}: {way_out}")
    foreign = _foreign(now.since(reading.head), ours)
    if foreign:
        raise NotByGit(
            f"others have committed to project {project} since and would lose it ({_named(foreign)}): {way_out}"
        )
    return reading


def _foreign(commits: Sequence[Commit], ours: str) -> list[Commit]:
    return [commit for commit in commits if commit.author.casefold() != ours.casefold()]


def _named(commits: Sequence[Commit]) -> str:
    shown = [f"{commit.id[:10]} of {commit.author or 'an unknown author'}" for commit in commits[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(commits) - _SHOWN} more" if len(commits) > _SHOWN else "")


def _post(node: Node, project: str, commit: str, before: Standing) -> None:
    """Revert, and be sure of it: the way back is a commit of its own (unverified; dss-api.md 2.3 names the call only)."""
    path = path_of("projects", project, "git", "actions", "revertToRevision")
    try:
        answer = node.post(path, None, commit=commit)
    except NodeError as error:
        if not error.doubtful or head(node, project) == before.head:
            raise
        return
    if not isinstance(answer, Mapping) or answer.get("success") is not True:
        told = answer.get("logs") if isinstance(answer, Mapping) else None
        raise NodeError(f"the node did not revert project {project} to {commit[:10]}: {told or 'it gives no reason'}")


def _made_meanwhile(node: Node, project: str, before: Standing, ours: str) -> Iterator[str]:
    """Commits of others between the last look and the revert, which has undone them too."""
    try:
        commits = _foreign(standing(node, project).since(before.head), ours)
    except NoHistory as error:
        yield f"project.{project}: whether others committed while it was reverted is not known, because {error}"
        return
    if commits:
        yield f"project.{project}: commits made while it was reverted, {_named(commits)}"


def _beyond_git(journals: Sequence[Journal], kinds: Mapping[str, Kind]) -> Iterator[str]:
    """What no commit of a project holds: objects of the node, and data."""
    for journal in journals:
        for entry in journal.entries:
            result = journal.results.get(entry.address)
            if kinds[entry.kind].scope == "instance":
                yield f"{entry.address}: it belongs to the node and not to the project's Git"
            elif entry.loses and result is not None and result.status == DONE:
                yield f"{entry.address}: {entry.loses}"
