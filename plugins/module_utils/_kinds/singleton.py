# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents of which a project has exactly one."""

from __future__ import annotations

from collections.abc import Mapping

from .._plan.compare import Document
from .base import Kind, Node, Resource


class Singleton(Kind):
    """A part of a project that is always there, under the id ""; making it is writing it."""

    singleton = True

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        return next(iter(listing), None)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {"": self.read(node, project)}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return self.read(node, project)

    def read(self, node: Node, project: str | None) -> Document:
        """The document, complete."""
        raise NotImplementedError

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        return ""  # the write that follows sets it
