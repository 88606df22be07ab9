# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of kinds: static, because only static imports are packed for a host."""

from __future__ import annotations

from .base import Kind
from .connection import Connection
from .dataset import Dataset
from .managed_folder import ManagedFolder
from .permissions import Permissions
from .project import Project
from .recipe import Recipe
from .scenario import Scenario
from .variables import Variables
from .wiki_article import WikiArticle
from .zone import Zone

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in sorted(
        (
            Connection(),
            Dataset(),
            ManagedFolder(),
            Permissions(),
            Project(),
            Recipe(),
            Scenario(),
            Variables(),
            WikiArticle(),
            Zone(),
        ),
        key=lambda kind: kind.order,
    )
}
