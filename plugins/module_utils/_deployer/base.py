# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kinds of the Project Deployer have in common."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._kinds.base import Kind, Known, Node, Resource, without_secrets
from .._kinds.paths import path_of
from .._plan.compare import Document

ROOT = "project-deployer"


@dataclass(frozen=True)
class Findings:
    """What a plan cannot do (``problems``), and what it lacks that an earlier task may still bring (``missing``)."""

    problems: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class DeployerKind(Kind):
    """An object of the Project Deployer. Its list answer is light, its settings are a document of their own."""

    scope: t.Literal["project", "instance"] = "instance"
    listing_is_complete = False
    collection: str  # the segment of its paths
    basics: str  # the key under which a list item holds the id
    result: str  # the key of a result that lists such objects
    id_option = "id"

    def path(self, object_id: str | None = None, *below: str) -> str:
        return path_of(ROOT, self.collection, *([object_id, *below] if object_id else []))

    def identity(self, author: Mapping[str, t.Any]) -> str:
        return str(author[self.id_option])

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {str(item[self.basics]["id"]): item for item in node.get(self.path())}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return t.cast(Document, node.get(self.path(object_id, "settings")))

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put(self.path(object_id, "settings"), document)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(self.path(object_id))

    def options(self, object_id: str, document: Document) -> Document:
        """The options of the module that declare an object as it is, without what is secret."""
        author = {**self.from_dss(document, Known()), self.id_option: object_id}
        return t.cast(Document, without_secrets(author, self.is_secret))

    def findings(self, node: Node, resource: Resource, held: Document | None) -> Findings:
        """What stands against the creation or the change of an object that the node holds as ``held``."""
        return Findings()

    def users(self, node: Node, object_id: str) -> tuple[str, ...]:
        """The deployments for which DSS refuses to delete an object."""
        return ()

    def state(self, node: Node, object_id: str, document: Document) -> Document:
        """What is to be said of an object besides its options."""
        return {"deployments": list(self.users(node, object_id))}


def deployments_of(status: Mapping[str, t.Any]) -> tuple[str, ...]:
    """The deployments that the status of an infrastructure or of a published project names."""
    return tuple(sorted(str(entry["id"]) for entry in status.get("deployments") or ()))
