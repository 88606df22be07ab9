# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Projects of the Project Deployer: what holds the bundles that are published."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._kinds.base import Node, Resource
from .._kinds.shape import OBJECTS, TEXT, Field, Shape, described
from .._plan.compare import Document, Keyed, Rule
from .base import DeployerKind, deployments_of

_RIGHTS = {"admin": False, "read": False, "write": False, "deploy": False}


class DeployerProject(DeployerKind):
    """A published project; publishing a bundle makes it as well."""

    name = "deployer_project"
    section = "deployer_projects"
    collection = "projects"
    basics = "projectBasicInfo"
    result = "projects"
    id_option = "key"
    summary = "A project of the Project Deployer, which holds the bundles that are published."
    identifier = {"key": described(TEXT, "Key of the published project.")}
    required = ("key",)
    rights = "create projects on the deployer; admin of the project for its settings"
    shape = Shape(
        fields=(
            Field("name", "name", described(TEXT, "Name that the deployer shows.")),
            Field("owner", "owner", described(TEXT, "Login of the owner.")),
            Field(
                "permissions",
                "permissions",
                described(
                    OBJECTS,
                    "Who may what: C(group) with C(read), C(write), C(deploy) and C(admin). The list is complete.",
                ),
            ),
        ),
        computed=frozenset({"id", "basicImageInfo"}),
    )
    rules: Mapping[str, Rule] = {"permissions": Keyed(("group",))}

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return _RIGHTS if pattern == "permissions[]" else {}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        node.post(self.path(), {"publishedProjectKey": resource.name})
        return resource.name

    def users(self, node: Node, object_id: str) -> tuple[str, ...]:
        return deployments_of(node.get(self.path(object_id)))

    def state(self, node: Node, object_id: str, document: Document) -> Document:
        status = node.get(self.path(object_id))
        bundles = [str(package["id"]) for package in status.get("packages") or ()]
        return {"bundles": bundles, "deployments": list(deployments_of(status))}
