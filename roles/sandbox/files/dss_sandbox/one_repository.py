# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Git side of a node that keeps all projects in one repository (switch `git_repository`, unknown 29)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .database import Database
from .repository import Change, Commit, Repository


class OneRepository(Repository):
    """The histories of all projects as one, by time, to be read only; unverified: paths begin with `projects/KEY/`."""

    def __init__(self, repository: Repository, all_repositories: Iterable[Repository], database: Database) -> None:
        super().__init__(repository.project, database)
        self.branch, self.remotes = repository.branch, repository.remotes
        found = []
        for member in all_repositories:
            found += [(commit, member) for commit in member.chain(member.head)]
            for path in member.dirty:
                self.dirty.add(_inside(member, path))
                self.files.update({_inside(member, path): member.files[path]} if path in member.files else {})
                self.head_files.update(
                    {_inside(member, path): member.head_files[path]} if path in member.head_files else {}
                )
        found.sort(key=lambda entry: entry[0].time, reverse=True)
        parents = [commit.id for commit, _member in found[1:]] + [None]
        self._commits = {
            commit.id: Commit(commit.id, parent, commit.author, commit.time, commit.message)
            for (commit, _member), parent in zip(found, parents, strict=True)
        }
        self._members = {commit.id: member for commit, member in found}
        self.branches = {self.branch: found[0][0].id if found else None}

    def find(self, commit_id: str) -> Commit | None:
        return self._commits.get(commit_id)

    def chain(self, start: str | None) -> Iterator[Commit]:
        while start in self._commits:
            commit = self._commits[start]
            yield commit
            start = commit.parent

    def changes(self, commit_id: str) -> list[Change]:
        member = self._members[commit_id]
        return [(_inside(member, path), before, after) for path, before, after in member.changes(commit_id)]


def _inside(repository: Repository, path: str) -> str:
    return f"projects/{repository.project}/{path}"
