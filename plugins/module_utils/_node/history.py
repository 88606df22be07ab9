# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the Git repository of a project tells: where it stands, what has changed, who did it (dss-api.md 2.3).

The fields of log and diff entries are not documented (unknown 29 of dss-api.md): sensible names are accepted, and where
none is there the history is not used.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from .._errors import DssError, NodeError
from .._kinds.base import Kind, Node
from .._kinds.paths import path_of

LOG_LENGTH = 1000  # commits asked for in one call, as Dataiku's client does
_SHOWN = 20  # commits of one object that are looked at

_ID = ("commitId", "id", "hash", "sha", "sha1", "commitHash", "revision")
_AUTHOR = ("author", "authorName", "authorLogin", "authorEmail", "committer", "user", "login")
_NAME = ("login", "name", "displayName", "email")  # of an author that is an object
_AT = ("timestamp", "commitTime", "time", "date", "authorDate", "commitDate", "when")
_MESSAGE = ("message", "fullMessage", "title", "shortMessage", "subject", "commitMessage")
_PARENTS = ("parents", "parentIds", "parentCommits", "parentCommitIds")
_PATH = ("path", "newPath", "oldPath", "fileName", "filePath", "file", "newFile", "oldFile")
_CHANGES = ("added", "changed", "removed", "missing", "modified", "conflicting", "untracked", "untrackedFolders")
_NO_FILE = "/dev/null"  # how Git names the other side of a file that came or went


class NoHistory(DssError):
    """The project's Git does not say what has to be known; the message is the reason."""


@dataclass(frozen=True)
class Commit:
    """One commit; what the node does not tell is empty. ``at`` is ISO time in UTC."""

    id: str
    author: str = ""
    at: str = ""
    message: str = ""
    parents: tuple[str, ...] = ()

    @property
    def merges(self) -> bool:
        """Whether it joins two histories; by its message where the node does not name the parents."""
        return len(self.parents) > 1 or self.message.startswith("Merge ")


@dataclass(frozen=True)
class Standing:
    """Where a project stands: nothing is uncommitted, ``log`` is newest first, ``complete`` if it reaches the beginning."""

    branch: str
    log: tuple[Commit, ...]
    complete: bool

    @property
    def head(self) -> str:
        return self.log[0].id

    def since(self, commit: str) -> tuple[Commit, ...]:
        """The commits after a former one, newest first. Raises ``NoHistory`` where it cannot be reached without a merge."""
        newer: list[Commit] = []
        for entry in self.log:
            if entry.id == commit:
                return tuple(newer)
            if entry.merges:
                raise NoHistory("branches were merged since the recorded commit")
            newer.append(entry)
        if self.complete:
            raise NoHistory("the recorded commit is no longer in the project's history")
        raise NoHistory(f"the recorded commit is not among the last {len(self.log)} that the node tells")


def standing(node: Node, project: str, count: int = LOG_LENGTH) -> Standing:
    """Where the project stands, in two calls. Raises ``NoHistory`` where Git cannot be used."""
    status = _asked(node, project, "status")
    if not _is_clean(status):
        raise NoHistory("the project has changes that are not committed")
    branch = status.get("currentBranch")
    if not isinstance(branch, str) or not branch:
        raise NoHistory("the node does not name the project's branch")
    log, complete = _log(node, project, count=count)
    if not log:
        raise NoHistory("the project's Git has no commits")
    return Standing(branch, log, complete)


def head(node: Node, project: str) -> str:
    """The newest commit, in one call. Raises ``NoHistory``."""
    log, _complete = _log(node, project, count=1)
    return log[0].id if log else ""


def changed_paths(node: Node, project: str, first: str, last: str | None = None) -> frozenset[str]:
    """The files that differ between two commits, or that one commit changed, in one call. Raises ``NoHistory``.

    A renamed file counts with both names.
    """
    both = {"commitFrom": first} if last is None else {"commitFrom": first, "commitTo": last}
    answer = _asked(node, project, "actions", "diff", **both)
    entries = answer.get("entries")
    if not isinstance(entries, list):
        raise NoHistory("the node's diff has no entries")
    count = answer.get("changedFiles", len(entries))
    if count != len(entries):
        raise NoHistory(f"the node's diff names {len(entries)} of {count} files")
    return frozenset(path for entry in entries for path in _paths(entry))


def who_changed(
    node: Node, project: str, kind: Kind, object_id: str, object_type: t.Any, among: Sequence[Commit] | None = None
) -> tuple[Commit, ...]:
    """The last commits that touched an object, newest first, one call for each of its files; only those of ``among``.

    Empty where the project's Git does not tell: it explains a drift and never stops a plan.
    """
    if not kind.git_folder:
        return ()
    found: dict[str, Commit] = {}
    try:
        for path in kind.git_paths(object_id, object_type):
            log, _complete = _log(node, project, path=path, count=_SHOWN)
            found.update((commit.id, commit) for commit in log)
    except NoHistory:
        return ()
    if among is not None:
        return tuple(commit for commit in among if commit.id in found)
    return tuple(sorted(found.values(), key=lambda commit: commit.at, reverse=True))


def _asked(node: Node, project: str, *place: str, **query: t.Any) -> Mapping[str, t.Any]:
    try:
        answer = node.get(path_of("projects", project, "git", *place), **query)
    except NodeError as error:
        why = "the key may not use it" if error.forbidden else str(error)
        raise NoHistory(f"the project's Git cannot be asked: {why}") from None
    if not isinstance(answer, Mapping):
        raise NoHistory(f"the node's answer about Git {place[-1]} has an unknown form")
    return answer


def _is_clean(status: Mapping[str, t.Any]) -> bool:
    if status.get("clean") is not True or status.get("hasUncommittedChanges", False) is not False:
        return False
    return not any(status.get(name) for name in _CHANGES)


def _log(node: Node, project: str, **query: t.Any) -> tuple[tuple[Commit, ...], bool]:
    answer = _asked(node, project, "actions", "log", **query)
    entries = answer.get("entries")
    if not isinstance(entries, list):
        raise NoHistory("the node's Git log has no entries")
    complete = not answer.get("nextCommit") and len(entries) < query["count"]
    return tuple(map(_commit, entries)), complete


def _commit(entry: t.Any) -> Commit:
    known = entry if isinstance(entry, Mapping) else {}
    identifier = _text(known, _ID)
    if not identifier:
        raise NoHistory("the node's Git log does not name its commits")
    return Commit(identifier, _author(known), _time(known), _text(known, _MESSAGE), tuple(_parents(known)))


def _text(entry: Mapping[str, t.Any], names: Sequence[str]) -> str:
    """The first of some fields that holds a text."""
    return next((value for value in map(entry.get, names) if isinstance(value, str) and value), "")


def _author(entry: Mapping[str, t.Any]) -> str:
    inner = next((value for value in map(entry.get, _AUTHOR) if isinstance(value, Mapping)), None)
    return _text(entry, _AUTHOR) if inner is None else _text(inner, _NAME)


def _time(entry: Mapping[str, t.Any]) -> str:
    for value in map(entry.get, _AT):
        try:
            if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
                seconds = value / 1000 if value > 1e11 else value  # seconds reach 1e11 in the year 5138
                return _iso(datetime.fromtimestamp(seconds, UTC))
            if isinstance(value, str) and value:
                return _iso(datetime.fromisoformat(value.replace("Z", "+00:00")))
        except (ValueError, OverflowError, OSError):
            continue
    return ""


def _iso(moment: datetime) -> str:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _parents(entry: Mapping[str, t.Any]) -> Iterator[str]:
    named = next((value for value in map(entry.get, _PARENTS) if isinstance(value, list)), [])
    for parent in named:
        yield _text(parent, _ID) if isinstance(parent, Mapping) else str(parent)


def _paths(entry: t.Any) -> list[str]:
    known = {"path": entry} if isinstance(entry, str) else entry if isinstance(entry, Mapping) else {}
    values = (known.get(name) for name in _PATH)
    named = [value for value in values if isinstance(value, str) and value and value != _NO_FILE]
    if not named:
        raise NoHistory("the node's diff does not name its files")
    return named
