# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQLite behind the node: rows are collected and written together, every reader sees them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS blob (hash TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (project TEXT, path TEXT, hash TEXT, head TEXT, PRIMARY KEY (project, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS version_tag (project TEXT, object TEXT, body TEXT, PRIMARY KEY (project, object)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS git_commit (project TEXT, id TEXT, parent TEXT, author TEXT, time INTEGER, message TEXT,
  PRIMARY KEY (project, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS git_change (project TEXT, commit_id TEXT, path TEXT, before TEXT, after TEXT,
  PRIMARY KEY (project, commit_id, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS archive (name TEXT PRIMARY KEY, body BLOB);
CREATE TABLE IF NOT EXISTS document (name TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID;
"""

_FLUSH_AFTER_SECONDS = 0.05  # a killed process loses at most this much; a clean end loses nothing
_PROJECT_TABLES = ("file", "version_tag", "git_commit", "git_change")
_DROP_PROJECT = tuple(f"DELETE FROM {table} WHERE project = ?" for table in _PROJECT_TABLES)

PUT_BLOB = "INSERT OR IGNORE INTO blob VALUES (?, ?)"
PUT_FILE = "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)"
PUT_TAG = "INSERT OR REPLACE INTO version_tag VALUES (?, ?, ?)"
PUT_COMMIT = "INSERT OR REPLACE INTO git_commit VALUES (?, ?, ?, ?, ?, ?)"
PUT_CHANGE = "INSERT OR REPLACE INTO git_change VALUES (?, ?, ?, ?, ?)"
PUT_ARCHIVE = "INSERT OR REPLACE INTO archive VALUES (?, ?)"
PUT_DOCUMENT = "INSERT OR REPLACE INTO document VALUES (?, ?)"


class Database:
    """One connection, one thread. `put` only queues; a query or the timer writes the queue in one transaction."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        if path != ":memory:":
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_SCHEMA)
        self._pending: list[tuple[str, tuple[Any, ...]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._kept: sqlite3.Connection | None = None
        self._on_trial = False

    def put(self, statement: str, row: tuple[Any, ...]) -> None:
        self._pending.append((statement, row))
        if self._timer is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:  # before the server runs: the next query or close writes it
                return
            self._timer = loop.call_later(_FLUSH_AFTER_SECONDS, self.flush)

    def begin_trial(self) -> None:
        """What is written from now on can be read until `end_trial`, which forgets it."""
        self.flush()
        self._connection.execute("BEGIN")
        self._on_trial = True

    def end_trial(self) -> None:
        self._pending.clear()
        self._connection.execute("ROLLBACK")
        self._on_trial = False

    def keep(self) -> None:
        """Copy everything, for `restore`."""
        self.flush()
        self._kept = sqlite3.connect(":memory:")
        self._connection.backup(self._kept)

    @property
    def has_kept(self) -> bool:
        return self._kept is not None

    def restore(self) -> None:
        """Put back what was kept, if anything."""
        if self._kept is not None:
            self._pending.clear()
            self._kept.backup(self._connection)

    def flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        grouped: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        if not self._on_trial:
            self._connection.execute("BEGIN")
        for statement, row in pending:
            if statement in _DROP_PROJECT:  # rows of a project that is made again must come after it
                self._write(grouped)
                self._connection.execute(statement, row)
            else:
                grouped[statement].append(row)
        self._write(grouped)
        if not self._on_trial:
            self._connection.execute("COMMIT")

    def _write(self, grouped: dict[str, list[tuple[Any, ...]]]) -> None:
        for statement, rows in grouped.items():
            self._connection.executemany(statement, rows)
        grouped.clear()

    def query(self, statement: str, row: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        self.flush()
        return self._connection.execute(statement, row).fetchall()

    def drop_project(self, project: str) -> None:
        for statement in _DROP_PROJECT:
            self.put(statement, (project,))

    def clear(self) -> None:
        self._pending.clear()
        for table in (*_PROJECT_TABLES, "blob", "archive", "document"):
            self._connection.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        self.flush()
        self._connection.close()
