# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Git side of one project: a working tree, a head and a chain of commits, all rows of the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from . import database as db
from .documents import dumps, now_ms

Change = tuple[str, "str | None", "str | None"]


class Commit:
    """One commit without its changes, which stay in the database."""

    __slots__ = ("author", "id", "message", "parent", "time")

    def __init__(self, id: str, parent: str | None, author: str, time: int, message: str) -> None:
        self.id = id
        self.parent = parent
        self.author = author
        self.time = time
        self.message = message


class Repository:
    """Paths map to hashes of contents; `dirty` holds the paths whose working content is not the head's."""

    def __init__(self, project: str, database: db.Database) -> None:
        self.project = project
        self._db = database
        self.files: dict[str, str] = {}
        self.head_files: dict[str, str] = {}
        self.dirty: set[str] = set()
        self.branch = "master"  # the branch name of 14 of the 16 corpus projects
        self.branches: dict[str, str | None] = {"master": None}
        self.tags: dict[str, dict[str, Any]] = {}
        self.remotes: dict[str, str] = {}

    @property
    def head(self) -> str | None:
        return self.branches[self.branch]

    # -- working tree --

    def write(self, path: str, content: str, quietly: bool = False) -> bool:
        """True if the content is new. `quietly` keeps the file out of the history (switches of unknown 29)."""
        digest = hashlib.sha1(content.encode("utf-8")).hexdigest()
        if self.files.get(path) == digest:
            return False
        self._db.put(db.PUT_BLOB, (digest, content))
        self.files[path] = digest
        if quietly:
            self.head_files[path] = digest
        self._track(path)
        return True

    def delete(self, path: str) -> None:
        if self.files.pop(path, None) is not None:
            self._track(path)

    def _track(self, path: str) -> None:
        working, head = self.files.get(path), self.head_files.get(path)
        self._db.put(db.PUT_FILE, (self.project, path, working, head))
        if working == head:
            self.dirty.discard(path)
        else:
            self.dirty.add(path)

    def read(self, path: str) -> str | None:
        digest = self.files.get(path)
        return None if digest is None else self.content(digest)

    def content(self, digest: str | None) -> str | None:
        if digest is None:
            return None
        rows = self._db.query("SELECT content FROM blob WHERE hash = ?", (digest,))
        return rows[0][0] if rows else None

    def contents(self) -> dict[str, str]:
        rows = self._db.query(
            "SELECT f.path, b.content FROM file f JOIN blob b ON b.hash = f.hash WHERE f.project = ?", (self.project,)
        )
        return dict(rows)

    # -- history --

    def commit(self, author: str, message: str) -> str:
        time = now_ms()
        changes = [(path, self.head_files.get(path), self.files.get(path)) for path in sorted(self.dirty)]
        parent = self.head
        seed = f"{parent}\0{author}\0{time}\0{message}\0{changes}"
        commit_id = hashlib.sha1(seed.encode("utf-8")).hexdigest()
        self._db.put(db.PUT_COMMIT, (self.project, commit_id, parent, author, time, message))
        for path, before, after in changes:
            self._db.put(db.PUT_CHANGE, (self.project, commit_id, path, before, after))
            self._db.put(db.PUT_FILE, (self.project, path, after, after))
            if after is None:
                self.head_files.pop(path, None)
            else:
                self.head_files[path] = after
        self.dirty.clear()
        self.branches[self.branch] = commit_id
        self.save_refs()
        return commit_id

    def find(self, commit_id: str) -> Commit | None:
        rows = self._db.query(
            "SELECT id, parent, author, time, message FROM git_commit WHERE project = ? AND id = ?",
            (self.project, commit_id),
        )
        return Commit(*rows[0]) if rows else None

    def chain(self, start: str | None) -> Iterator[Commit]:
        """Newest first."""
        while start is not None:
            commit = self.find(start)
            if commit is None:
                return
            yield commit
            start = commit.parent

    def changes(self, commit_id: str) -> list[Change]:
        rows = self._db.query(
            "SELECT path, before, after FROM git_change WHERE project = ? AND commit_id = ? ORDER BY path",
            (self.project, commit_id),
        )
        return list(rows)

    def tree(self, commit_id: str | None) -> dict[str, str]:
        """All files as they were at a commit."""
        files: dict[str, str] = {}
        for commit in reversed(list(self.chain(commit_id))):
            for path, _before, after in self.changes(commit.id):
                if after is None:
                    files.pop(path, None)
                else:
                    files[path] = after
        return files

    @staticmethod
    def _compare(before: dict[str, str], after: dict[str, str]) -> list[Change]:
        return [
            (path, before.get(path), after.get(path))
            for path in sorted(before.keys() | after.keys())
            if before.get(path) != after.get(path)
        ]

    def between(self, first: str, last: str) -> list[Change]:
        """The changes from one commit to another, along the chain when one leads to the other."""
        changed: dict[str, tuple[str | None, str | None]] = {}
        for commit in self.chain(last):
            if commit.id == first:
                found = [(path, before, after) for path, (before, after) in sorted(changed.items())]
                return [change for change in found if change[1] != change[2]]
            for path, before, after in self.changes(commit.id):
                changed[path] = (before, changed[path][1] if path in changed else after)
        return self._compare(self.tree(first), self.tree(last))

    def working_changes(self) -> list[Change]:
        return [(path, self.head_files.get(path), self.files.get(path)) for path in sorted(self.dirty)]

    def check_out(self, files: dict[str, str]) -> None:
        """Make the working tree these files; the caller reloads the objects."""
        for path in self.files.keys() - files.keys():
            self.delete(path)
        for path, digest in files.items():
            if self.files.get(path) != digest:
                self.files[path] = digest
                self._track(path)

    def switch_branch(self, branch: str) -> None:
        tree = self.tree(self.branches[branch])
        self.branch = branch
        for path in self.head_files.keys() | tree.keys() | self.files.keys():
            if path in tree:
                self.head_files[path] = tree[path]
            else:
                self.head_files.pop(path, None)
        self.dirty = {path for path in self.files.keys() | tree.keys() if self.files.get(path) != tree.get(path)}
        self.check_out(tree)

    # -- what is not in a row of its own --

    def save_refs(self) -> None:
        refs = {"branch": self.branch, "branches": self.branches, "tags": self.tags, "remotes": self.remotes}
        self._db.put(db.PUT_DOCUMENT, (f"refs:{self.project}", dumps(refs)))

    def restore(self, refs: dict[str, Any]) -> None:
        self.branch, self.branches = refs["branch"], refs["branches"]
        self.tags, self.remotes = refs["tags"], refs["remotes"]
        rows = self._db.query("SELECT path, hash, head FROM file WHERE project = ?", (self.project,))
        for path, working, head in rows:
            if working is not None:
                self.files[path] = working
            if head is not None:
                self.head_files[path] = head
            if working != head:
                self.dirty.add(path)
