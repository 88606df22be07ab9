# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles that a node holds: what lists say of each, and the archive, which never changes (dss-api.md 2.12, 2.13)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from . import database as db
from .documents import Document, dumps


@dataclass(frozen=True)
class Bundle:
    """`number` is its place in the order of arrival on the shelf."""

    id: str
    info: Document
    number: int


class Shelf:
    """Bundles by project and id. A node has one for what it exported, one for what it imported, one for what was published."""

    def __init__(self, name: str, database: db.Database) -> None:
        self._name = name
        self._db = database
        self._bundles: dict[tuple[str, str], Bundle] = {}

    def of(self, project_key: str) -> list[Bundle]:
        """Oldest first."""
        return [bundle for (key, _id), bundle in self._bundles.items() if key == project_key]

    def find(self, project_key: str, bundle_id: str) -> Bundle | None:
        return self._bundles.get((project_key, bundle_id))

    def put(self, project_key: str, bundle_id: str, info: Document, archive: bytes) -> None:
        number = max((bundle.number for bundle in self._bundles.values()), default=0) + 1
        self.remove(project_key, bundle_id)
        self._db.put(db.PUT_ARCHIVE, (self._row(project_key, bundle_id), archive))
        self._store(project_key, Bundle(bundle_id, info, number))

    def say(self, project_key: str, bundle_id: str, **info: object) -> None:
        """Change what lists say of a bundle."""
        bundle = self._bundles[project_key, bundle_id]
        self._store(project_key, Bundle(bundle_id, {**bundle.info, **info}, bundle.number))

    def archive(self, project_key: str, bundle_id: str) -> bytes:
        rows = self._db.query("SELECT body FROM archive WHERE name = ?", (self._row(project_key, bundle_id),))
        data: bytes = rows[0][0]
        return data

    def remove(self, project_key: str, bundle_id: str) -> None:
        if self._bundles.pop((project_key, bundle_id), None) is not None:
            row = self._row(project_key, bundle_id)
            self._db.put(db.PUT_DOCUMENT, (row, None))
            self._db.put(db.PUT_ARCHIVE, (row, None))

    def drop_project(self, project_key: str) -> None:
        for bundle in self.of(project_key):
            self.remove(project_key, bundle.id)

    def _store(self, project_key: str, bundle: Bundle) -> None:
        self._bundles[project_key, bundle.id] = bundle
        body = dumps({"info": bundle.info, "number": bundle.number})
        self._db.put(db.PUT_DOCUMENT, (self._row(project_key, bundle.id), body))

    def _row(self, project_key: str, bundle_id: str) -> str:
        return f"{self._name}:{project_key}/{bundle_id}"

    # -- the whole shelf --

    def clear(self) -> None:
        self._bundles = {}

    def load(self, documents: dict[str, str]) -> None:
        self._bundles = dict(sorted(self._stored(documents), key=lambda entry: entry[1].number))

    def _stored(self, documents: dict[str, str]) -> Iterator[tuple[tuple[str, str], Bundle]]:
        for name, body in documents.items():
            shelf, _colon, rest = name.partition(":")
            if shelf == self._name:
                project_key, _slash, bundle_id = rest.partition("/")
                stored = json.loads(body)
                yield (project_key, bundle_id), Bundle(bundle_id, stored["info"], stored["number"])

    def snapshot(self) -> dict[tuple[str, str], Bundle]:
        return dict(self._bundles)

    def go_back(self, snapshot: dict[tuple[str, str], Bundle]) -> None:
        self._bundles = snapshot
