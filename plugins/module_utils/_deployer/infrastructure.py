# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Infrastructures of the Project Deployer: the automation nodes that bundles are deployed to."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._errors import NodeError
from .._kinds.base import Neighbours, Node, Resource
from .._kinds.paths import path_of
from .._kinds.shape import FLAG, OBJECTS, TEXT, Field, Shape, described, overlay
from .._plan.compare import Document, Keyed, Rule, Secret
from .base import ROOT, DeployerKind, Findings, deployments_of

_RIGHTS = {"admin": False, "read": False, "deploy": False}


class DeployerInfrastructure(DeployerKind):
    """An infrastructure. The key of its node cannot be compared, so it is sent when it is made, or always if asked."""

    name = "deployer_infrastructure"
    section = "deployer_infrastructures"
    collection = "infras"
    basics = "infraBasicInfo"
    result = "infrastructures"
    summary = "An infrastructure of the Project Deployer: an automation node that bundles are deployed to."
    identifier = {"id": described(TEXT, "Id of the infrastructure.")}
    required = ("id",)
    rights = "administer the deployer node"
    shape = Shape(
        fields=(
            Field("stage", "stage", described(TEXT, "Stage that it belongs to; DSS has no call to make one.")),
            Field(
                "govern_check_policy",
                "governCheckPolicy",
                described(
                    {"enum": ["NO_CHECK", "WARN", "PREVENT"]}, "What a bundle that Govern has not approved leads to."
                ),
            ),
            Field("automation_node_url", "automationNodeUrl", described(TEXT, "URL by which the deployer reaches it.")),
            Field(
                "automation_node_external_url",
                "automationNodeExternalUrl",
                described(TEXT, "URL by which people reach it."),
            ),
            Field(
                "admin_api_key",
                "adminApiKey",
                described(TEXT, "API key of an administrator of the automation node; see O(update_secrets)."),
            ),
            Field("node_id", "nodeId", described(TEXT, "Id of the node in the directory of nodes.")),
            Field(
                "autoconfigure",
                "autoconfigureFromNodesDirectory",
                described(FLAG, "Whether URL and key come from the directory of nodes."),
            ),
            Field(
                "trust_all_certificates",
                "trustAllSSLCertificates",
                described(FLAG, "Whether the deployer takes any TLS certificate of the node."),
            ),
            Field(
                "permissions",
                "permissions",
                described(
                    OBJECTS, "Who may what: C(group) with C(read), C(deploy) and C(admin). The list is complete."
                ),
            ),
        ),
        # What a new infrastructure holds is not recorded: the policy is that of the client, the rest unverified.
        defaults=lambda document: {
            "governCheckPolicy": "NO_CHECK",
            "trustAllSSLCertificates": False,
            "autoconfigureFromNodesDirectory": False,
        },
        computed=frozenset({"id"}),
    )
    rules: Mapping[str, Rule] = {"permissions": Keyed(("group",))}

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return _RIGHTS if pattern == "permissions[]" else {}

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        secret = {name: Secret(fills=True) for name in built.declared if self.is_secret(name)}
        return replace(built, rules={**built.rules, **secret})

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        policy = document.get("governCheckPolicy") or "NO_CHECK"
        try:
            node.post(self.path(), {"id": resource.name, "stage": document.get("stage"), "governCheckPolicy": policy})
        except NodeError as error:
            if not error.doubtful or resource.name not in self.read_all(node, None):
                raise
        if any(self.is_secret(name) for name in document):
            self._send_key(node, resource.name, document)
        return resource.name

    def _send_key(self, node: Node, object_id: str, document: Document) -> None:
        """The first settings: afterwards nothing tells whether the node of the infrastructure has its key."""
        path = self.path(object_id, "settings")
        try:
            node.put(path, overlay(node.get(path), document))
        except NodeError as error:
            try:
                node.delete(self.path(object_id))
            except NodeError:
                advice = f"{object_id} is there without its key: run again with update_secrets: always"
            else:
                advice = "it was deleted again: run again to create it"
            raise NodeError(f"{error}; {advice}", error.status, error.error_type) from None

    def findings(self, node: Node, resource: Resource, held: Document | None) -> Findings:
        stage = resource.declared.get("stage")
        if held is not None and stage in (None, held.get("stage")):
            return Findings()
        known = [str(entry["id"]) for entry in node.get(path_of(ROOT, "stages"))]
        if stage is None:
            return Findings((f"a new infrastructure needs a stage: {', '.join(known)}",))
        if stage in known:
            return Findings()
        listed = ", ".join(known) or "none"
        return Findings(
            (f"the deployer has no stage '{stage}'; it has {listed}, and only its settings page makes one",)
        )

    def users(self, node: Node, object_id: str) -> tuple[str, ...]:
        return deployments_of(node.get(self.path(object_id)))
