# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Project Deployer holds: infrastructures, published projects with their bundles, deployments (dss-api.md 2.15)."""

from __future__ import annotations

from typing import Any

from .database import Database
from .shelf import Shelf
from .table import Table


class Deployer:
    """`bundles` are archives by published project; the rest are documents by id."""

    def __init__(self, database: Database) -> None:
        self.infras = Table("infra", database)
        self.projects = Table("published_project", database)
        self.deployments = Table("deployment", database)
        self.bundles = Shelf("published", database)
        self._parts: dict[str, Table | Shelf] = {
            "infras": self.infras,
            "projects": self.projects,
            "deployments": self.deployments,
            "bundles": self.bundles,
        }

    def clear(self) -> None:
        for part in self._parts.values():
            part.clear()

    def load(self, documents: dict[str, str]) -> None:
        for part in self._parts.values():
            part.load(documents)

    def snapshot(self) -> dict[str, Any]:
        return {name: part.snapshot() for name, part in self._parts.items()}

    def go_back(self, snapshot: dict[str, Any]) -> None:
        for name, part in self._parts.items():
            part.go_back(snapshot[name])
