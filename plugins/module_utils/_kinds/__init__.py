# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of kinds: static, because only static imports are packed for a host."""

from __future__ import annotations

from .base import Kind
from .code_env import CodeEnv
from .connection import Connection
from .dataset import Dataset
from .general_settings import GeneralSettings
from .group import Group
from .managed_folder import ManagedFolder
from .plugin import Plugin
from .project import Project
from .project_folder import ProjectFolder
from .recipe import Recipe
from .scenario import Scenario
from .user import User
from .variables import InstanceVariables, Variables

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in sorted(
        (
            CodeEnv(),
            Connection(),
            Dataset(),
            GeneralSettings(),
            Group(),
            InstanceVariables(),
            ManagedFolder(),
            Plugin(),
            Project(),
            ProjectFolder(),
            Recipe(),
            Scenario(),
            User(),
            Variables(),
        ),
        key=lambda kind: kind.order,
    )
}
