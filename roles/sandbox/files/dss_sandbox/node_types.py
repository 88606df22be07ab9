# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each type of node answers. A new type is one row here: its routes, its base paths, the form of its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .api import AUTOMATION, DEPLOYER, DESIGN, FLEET, GOVERN
from .documents import random_id
from .keys import Credential, key_of_instance, key_with_id
from .node import new_secret
from .router import Route


@dataclass(frozen=True)
class NodeType:
    """`credential` reads the key out of an Authorization header, `new_key` makes a random one of the same form."""

    routes: list[Route]
    base_paths: tuple[str, ...] = ("/dip/publicapi", "/public/api")  # dss-api.md 1.1
    credential: Credential = key_of_instance
    new_key: Callable[[], str] = field(default=new_secret)


def _fleet_key() -> str:
    return f"{random_id(16)}:{new_secret()}"


NODE_TYPES: dict[str, NodeType] = {
    "design": NodeType(DESIGN),
    "automation": NodeType(AUTOMATION),
    "deployer": NodeType(DEPLOYER),
    "govern": NodeType(GOVERN),
    "fleet": NodeType(FLEET, ("/api/public",), key_with_id, _fleet_key),  # dss-api.md 2.20
}
