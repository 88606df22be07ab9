# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of kinds: static, because only static imports are packed for a host."""

from __future__ import annotations

from .base import Kind
from .connection import Connection
from .dataset import Dataset
from .library import Library
from .managed_folder import ManagedFolder
from .notebook import Notebook
from .project import Project
from .project_git import ProjectGit
from .project_sharing import ProjectSharing
from .project_tags import ProjectTags
from .recipe import Recipe
from .scenario import Scenario
from .variables import Variables

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in sorted(
        (
            Connection(),
            Dataset(),
            Library(),
            ManagedFolder(),
            Notebook(),
            Project(),
            ProjectGit(),
            ProjectSharing(),
            ProjectTags(),
            Recipe(),
            Scenario(),
            Variables(),
        ),
        key=lambda kind: kind.order,
    )
}
