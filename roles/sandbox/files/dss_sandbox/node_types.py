# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each type of node answers. A new type is one row here: its routes, its base paths, the form of its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .api import AUTOMATION, DEPLOYER, DESIGN, FLEET, GOVERN
from .keys import Credential, key_of_instance, key_with_id
from .router import Route


@dataclass(frozen=True)
class NodeType:
    """`credential` reads the key out of an Authorization header; `key` makes one of the same form of a secret."""

    routes: list[Route]
    base_paths: tuple[str, ...] = ("/dip/publicapi", "/public/api")  # dss-api.md 1.1
    credential: Credential = key_of_instance
    key: Callable[[str], str] = str


def _fleet_key(secret: str) -> str:
    """A key id is added unless there is one."""
    return secret if ":" in secret else f"fleet:{secret}"


NODE_TYPES: dict[str, NodeType] = {
    "design": NodeType(DESIGN),
    "automation": NodeType(AUTOMATION),
    "deployer": NodeType(DEPLOYER),
    "govern": NodeType(GOVERN),
    "fleet": NodeType(FLEET, ("/api/public",), key_with_id, _fleet_key),  # dss-api.md 2.20
}
