# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published projects of a deployer and their bundles (dss-api.md 2.15)."""

from __future__ import annotations

from . import activation
from .documents import Document, now_ms
from .errors import ILLEGAL_ARGUMENT, DssError
from .kinds import project as kind
from .node import Node


def create(deployer: Node, key: str, name: str, login: str) -> None:
    """The settings of a published project, as the client's documentation lists them."""
    kind.check_key(key, deployer.switches)
    settings: Document = {"id": key, "name": name, "owner": login, "permissions": [], "basicImageInfo": {}}
    deployer.deployer.projects.put(key, settings)


def publish(deployer: Node, key: str | None, data: bytes, login: str, design: Node | None) -> str:
    """Put a bundle into a published project, which is made if it is missing; its key."""
    content = activation.read(data)
    key = key or content.project_key
    if deployer.deployer.bundles.find(key, content.id) is not None and deployer.switches["existing_bundle"] == "error":
        # What an existing id does is unknown 16, as on the design node.
        status = int(deployer.switches["existing_object_status"])
        raise DssError(status, ILLEGAL_ARGUMENT, f"Bundle {content.id} is already published in project {key}")
    if key not in deployer.deployer.projects:
        create(deployer, key, str(content.params.get("name", key)), login)
    package = {
        "id": content.id,
        "publishedOn": now_ms(),
        "publishedBy": login,
        "designNodeInfo": {
            "projectKey": content.project_key,
            "nodeId": content.manifest.get("designNodeId", ""),
            "url": design.url if design else "",
        },
    }
    deployer.deployer.bundles.put(key, content.id, package, data)
    return key
