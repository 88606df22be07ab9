# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree of project folders, and where each project is (dss-api.md 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .documents import Document, random_id

ROOT = "ROOT"


class ProjectFolders:
    """Two parts of the document of the instance: the folders by id, and the folder of each project outside the root."""

    def __init__(self, instance: Callable[[], dict[str, Any]], save: Callable[[], None]) -> None:
        self._instance = instance
        self._save = save

    @property
    def _folders(self) -> dict[str, Document]:
        root: Document = {"id": ROOT, "owner": "admin", "permissions": []}  # unverified: what a fresh root says
        folders: dict[str, Document] = self._instance().setdefault("project_folders", {ROOT: root})
        return folders

    @property
    def _places(self) -> dict[str, str]:
        places: dict[str, str] = self._instance().setdefault("project_places", {})
        return places

    def get(self, folder_id: str) -> Document | None:
        return self._folders.get(folder_id)

    def children(self, folder_id: str) -> list[str]:
        return [child["id"] for child in self._folders.values() if child.get("parentId") == folder_id]

    def names_in(self, folder_id: str) -> set[str]:
        return {child["name"] for child in self._folders.values() if child.get("parentId") == folder_id}

    def line(self, folder_id: str) -> list[str]:
        """A folder and those above it, the root last."""
        found = [folder_id]
        while (parent := self._folders[found[-1]].get("parentId")) is not None:
            found.append(parent)
        return found

    def path(self, folder_id: str) -> list[Document]:
        """A folder and those above it but the root, the outermost first: the location of what is in it."""
        return [{"id": above, "name": self._folders[above]["name"]} for above in reversed(self.line(folder_id)[:-1])]

    def make(self, name: str, parent: str, owner: str) -> Document:
        folder: Document = {"id": random_id(7), "name": name, "parentId": parent, "owner": owner, "permissions": []}
        self.put(folder)
        return folder

    def put(self, folder: Document) -> None:
        self._folders[folder["id"]] = folder
        self._save()

    def remove(self, folder_id: str) -> None:
        del self._folders[folder_id]
        self._save()

    def of_project(self, key: str) -> str:
        return self._places.get(key, ROOT)

    def place(self, key: str, folder_id: str) -> None:
        self._places[key] = folder_id
        self._save()

    def forget(self, key: str) -> None:
        """A project is gone."""
        if self._places.pop(key, None) is not None:
            self._save()
