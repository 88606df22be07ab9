# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a Fleet Manager holds (dss-api.md 2.20): its instances are the other nodes of the process, and those created on it.

unverified, unknown 27: all fields but those that the client and the official inventory read or write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from . import DSS_VERSION
from .documents import Document, random_id
from .node import Node

INSTANCES = "instances"
NETWORKS = "virtual-networks"
TEMPLATES = "instance-settings-templates"
ACCOUNTS = "cloud-accounts"
BALANCERS = "load-balancers"
IMAGE = f"dss-{DSS_VERSION}-default"

UP, STOPPED, DEPROVISIONED = "up", "stopped", "deprovisioned"

# Names as the client sets them; values are those of a cloud in which nothing was chosen.
_OF_CLOUD: dict[str, dict[str, Document]] = {
    "aws": {
        INSTANCES: {"awsAssignElasticIP": False, "awsRootVolumeSizeGB": 50, "awsRootVolumeType": "gp3"},
        NETWORKS: {"awsRegion": "eu-west-1", "awsVpcId": "vpc-0", "awsSubnetId": "subnet-0", "awsAssignPublicIP": True},
        ACCOUNTS: {"awsAuthenticationMode": "DEFAULT_INSTANCE_CREDENTIALS"},
    },
    "azure": {
        INSTANCES: {"azureAssignElasticIP": False},
        NETWORKS: {"azureVnId": "vn-0", "azureSubnetId": "default", "azureAssignPublicIP": True},
        ACCOUNTS: {"azureAuthenticationMode": "DEFAULT_INSTANCE_CREDENTIALS"},
    },
    "gcp": {
        INSTANCES: {"gcpAssignPublicIP": False},
        NETWORKS: {
            "gcpProjectId": "sandbox",
            "gcpNetwork": "default",
            "gcpSubnetwork": "default",
            "gcpNetworkTags": [],
        },
        ACCOUNTS: {"gcpAuthenticationMode": "DEFAULT_INSTANCE_CREDENTIALS"},
    },
}


class Fleet:
    """The node keeps only what differs from the start: changed and new documents, what is gone, states."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._kept: dict[str, Any] = node.instance.setdefault("fleet", {})

    # -- documents --

    def items(self, kind: str) -> dict[str, Document]:
        gone = self._part("gone")
        found = {**self._at_the_start(kind), **self._part(kind)}
        return {item_id: self._completed(kind, item) for item_id, item in found.items() if item_id not in gone}

    def add(self, kind: str, document: Document) -> Document:
        item_id = random_id(12)
        defaults = {**self._of_cloud(kind), **({"dssNodeType": "design"} if kind == INSTANCES else {})}
        self.put(kind, item_id, {**defaults, **document})
        return self.items(kind)[item_id]

    def put(self, kind: str, item_id: str, document: Document) -> None:
        self._part(kind)[item_id] = {**document, "id": item_id}
        self._node.save_instance()

    def remove(self, kind: str, item_id: str) -> None:
        self._part(kind).pop(item_id, None)
        self._part("gone")[item_id] = kind
        self._node.save_instance()

    def document(self, name: str) -> Document:
        """A single document of the tenant."""
        return self._part(name)

    def put_document(self, name: str, document: Document) -> None:
        self._kept[name] = document
        self._node.save_instance()

    # -- machines --

    def node_of(self, instance_id: str) -> Node | None:
        """None for an instance that was created on the fleet manager: there is no node behind it."""
        return next((node for node in self._managed() if _instance_id(node) == instance_id), None)

    def state(self, instance_id: str) -> str:
        otherwise = UP if self.node_of(instance_id) else DEPROVISIONED
        return str(self._part("states").get(instance_id, otherwise))

    def set_state(self, instance_id: str, state: str) -> None:
        self._part("states")[instance_id] = state
        self._node.save_instance()

    def status(self, instance_id: str) -> Document:
        """Addresses only of a machine that is up; unverified for one that is stopped."""
        state, node = self.state(instance_id), self.node_of(instance_id)
        status: Document = {"hasPhysicalInstance": state != DEPROVISIONED, "cloudMachineIsUp": state == UP}
        if state == UP and node is not None:
            host = urlsplit(node.url).hostname
            status |= {
                "publicURL": node.url,
                **dict.fromkeys(("publicIP", "privateIP", "publicDNS", "privateDNS"), host),
            }
        return status

    # -- parts --

    def _part(self, name: str) -> dict[str, Any]:
        part: dict[str, Any] = self._kept.setdefault(name, {})
        return part

    def _managed(self) -> list[Node]:
        return [node for node in self._node.site if node.node_type != "fleet"]

    def _of_cloud(self, kind: str) -> Mapping[str, Any]:
        return _OF_CLOUD[str(self._node.switches["fleet_cloud"])].get(kind, {})

    def _at_the_start(self, kind: str) -> dict[str, Document]:
        """A network, a template and an account, which the instances use."""
        if kind == INSTANCES:
            return {_instance_id(node): self._instance(node) for node in self._managed()}
        if kind == BALANCERS:
            return {}
        item: Document = {"id": f"sandbox-{kind}", "label": "sandbox", **self._of_cloud(kind)}
        if kind == NETWORKS:
            item["accountId"] = f"sandbox-{ACCOUNTS}"
        if kind == TEMPLATES:
            item["setupActions"] = []
        return {item["id"]: item}

    def _instance(self, node: Node) -> Document:
        return {
            "id": _instance_id(node),
            "label": node.name,
            "dssNodeType": node.node_type,
            "imageId": IMAGE,
            "virtualNetworkId": f"sandbox-{NETWORKS}",
            "instanceSettingsTemplateId": f"sandbox-{TEMPLATES}",
            "fmTags": [],
            "cloudTags": {},
            **self._of_cloud(INSTANCES),
        }

    def _completed(self, kind: str, item: Document) -> Document:
        """With what the fleet manager works out of other documents."""
        if kind == INSTANCES:
            return {
                **item,
                "virtualNetworkLabel": self._label(NETWORKS, item.get("virtualNetworkId")),
                "instanceSettingsTemplateLabel": self._label(TEMPLATES, item.get("instanceSettingsTemplateId")),
            }
        if kind == ACCOUNTS:
            networks = self.items(NETWORKS).values()
            return {**item, "nbNetworks": sum(network.get("accountId") == item["id"] for network in networks)}
        return item

    def _label(self, kind: str, item_id: Any) -> str:
        return str(self.items(kind).get(item_id, {}).get("label", ""))


def _instance_id(node: Node) -> str:
    return f"sandbox-{node.name}"
