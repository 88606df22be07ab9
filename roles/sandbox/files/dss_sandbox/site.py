# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of one process: who they are, and how one finds another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .errors import bad_request

if TYPE_CHECKING:
    from .node import Node


class Site:
    """Nodes by name, in the order of the command line. Their addresses are known once they listen."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}

    def add(self, node: Node) -> None:
        if node.name in self.nodes:
            raise bad_request(f"Two nodes are called {node.name}; write --node-type NAME=TYPE")
        self.nodes[node.name] = node
        node.site = self

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def of_type(self, node_type: str) -> Node | None:
        """The first node of that type."""
        return next((node for node in self if node.node_type == node_type), None)

    def at(self, url: str) -> Node | None:
        """The node that listens on that address; ``localhost`` is one of its names."""
        wanted = url.rstrip("/").replace("//localhost:", "//127.0.0.1:")
        return next((node for node in self if node.url and node.url == wanted), None)
