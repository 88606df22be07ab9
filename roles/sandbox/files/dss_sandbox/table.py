# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents of one sort by name, each a row of the database."""

from __future__ import annotations

import json
from collections.abc import Iterator

from . import database as db
from .documents import Document, dumps


class Table:
    """Documents are replaced, never changed in place, so that a snapshot is a shallow copy."""

    def __init__(self, name: str, database: db.Database) -> None:
        self._name = name
        self._db = database
        self._rows: dict[str, Document] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def __getitem__(self, name: str) -> Document:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._rows))

    def put(self, name: str, document: Document) -> None:
        self._rows[name] = document
        self._db.put(db.PUT_DOCUMENT, (f"{self._name}:{name}", dumps(document)))

    def remove(self, name: str) -> None:
        del self._rows[name]
        self._db.put(db.PUT_DOCUMENT, (f"{self._name}:{name}", None))

    # -- the whole table --

    def clear(self) -> None:
        self._rows = {}

    def load(self, documents: dict[str, str]) -> None:
        prefix = self._name + ":"
        self._rows = {
            name[len(prefix) :]: json.loads(body) for name, body in documents.items() if name.startswith(prefix)
        }

    def snapshot(self) -> dict[str, Document]:
        return dict(self._rows)

    def go_back(self, snapshot: dict[str, Document]) -> None:
        self._rows = snapshot
