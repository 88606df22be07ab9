# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes of the public API that the sandbox answers, by type of node."""

from __future__ import annotations

from ..router import Route
from . import (
    api_keys,
    assets,
    code_envs,
    connections,
    data_quality,
    datasets,
    deployer_deployments,
    deployer_infras,
    deployer_projects,
    exported_bundles,
    fleet,
    flow,
    folders,
    futures,
    general_settings,
    git,
    groups,
    imported_bundles,
    imports,
    instance,
    jobs,
    libraries,
    library_references,
    metrics,
    notebooks,
    plugins,
    project_folders,
    projects,
    recipes,
    run_reports,
    runs,
    scenarios,
    standards,
    users,
    wiki,
)

_PROJECTS: list[Route] = [
    *instance.ROUTES,
    *futures.ROUTES,
    *connections.ROUTES,
    *code_envs.ROUTES,
    *users.ROUTES,
    *api_keys.ROUTES,
    *groups.ROUTES,
    *plugins.ROUTES,
    *general_settings.ROUTES,
    *project_folders.ROUTES,
    *projects.ROUTES,
    *assets.ROUTES,
    *imports.ROUTES,
    *git.ROUTES,
    *libraries.ROUTES,
    *library_references.ROUTES,
    *notebooks.ROUTES,
    *datasets.ROUTES,
    *data_quality.ROUTES,
    *recipes.ROUTES,
    *scenarios.ROUTES,
    *runs.ROUTES,
    *run_reports.ROUTES,
    *jobs.ROUTES,
    *folders.ROUTES,
    *flow.ROUTES,
    *metrics.ROUTES,
    *standards.ROUTES,
    *wiki.ROUTES,
]

# A path of another type of node is a 404 (dss-api.md 1.3 [headless]); which side of a bundle belongs to which type is the
# client's documentation.
DESIGN: list[Route] = [*_PROJECTS, *exported_bundles.ROUTES]
AUTOMATION: list[Route] = [*_PROJECTS, *imported_bundles.ROUTES]
DEPLOYER: list[Route] = [*_PROJECTS, *deployer_infras.ROUTES, *deployer_projects.ROUTES, *deployer_deployments.ROUTES]
GOVERN: list[Route] = [*instance.ROUTES, *users.ROUTES, *groups.ROUTES, *general_settings.ROUTES]
FLEET: list[Route] = [*fleet.ROUTES]
