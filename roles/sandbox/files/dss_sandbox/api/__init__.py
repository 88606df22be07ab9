# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the public API that the sandbox answers, by type of node."""

from __future__ import annotations

from ..router import Route
from . import connections, datasets, flow, folders, futures, git, imports, instance, projects, recipes, runs, scenarios

_PROJECTS: list[Route] = [
    *instance.ROUTES,
    *futures.ROUTES,
    *connections.ROUTES,
    *projects.ROUTES,
    *imports.ROUTES,
    *git.ROUTES,
    *datasets.ROUTES,
    *recipes.ROUTES,
    *scenarios.ROUTES,
    *runs.ROUTES,
    *folders.ROUTES,
    *flow.ROUTES,
]

DESIGN: list[Route] = [*_PROJECTS]
AUTOMATION: list[Route] = [*_PROJECTS]
DEPLOYER: list[Route] = [*_PROJECTS]
GOVERN: list[Route] = [*instance.ROUTES]
FLEET: list[Route] = []
