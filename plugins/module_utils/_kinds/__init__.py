# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of kinds: each is imported when it is asked for, since a task for one object needs few of them."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .base import Kind
from .registry import Registry

if t.TYPE_CHECKING:  # only what is imported somewhere is packed for a host
    from . import (  # noqa: F401
        api_service,
        code_env,
        connection,
        dashboard,
        dataset,
        general_settings,
        group,
        insight,
        knowledge_bank,
        library,
        managed_folder,
        model_evaluation_store,
        notebook,
        permissions,
        plugin,
        project,
        project_folder,
        project_git,
        project_location,
        project_sharing,
        project_tags,
        recipe,
        saved_model,
        scenario,
        user,
        variables,
        webapp,
        wiki_article,
        zone,
    )

# By name the module and the class, in the order of the kinds.
_PLACES: Mapping[str, tuple[str, str]] = {
    "project": ("project", "Project"),
    "group": ("group", "Group"),
    "user": ("user", "User"),
    "project_folder": ("project_folder", "ProjectFolder"),
    "connection": ("connection", "Connection"),
    "code_env": ("code_env", "CodeEnv"),
    "plugin": ("plugin", "Plugin"),
    "instance_variables": ("variables", "InstanceVariables"),
    "general_settings": ("general_settings", "GeneralSettings"),
    "variables": ("variables", "Variables"),
    "permissions": ("permissions", "Permissions"),
    "library": ("library", "Library"),
    "project_git": ("project_git", "ProjectGit"),
    "project_location": ("project_location", "ProjectLocation"),
    "project_tags": ("project_tags", "ProjectTags"),
    "zone": ("zone", "Zone"),
    "managed_folder": ("managed_folder", "ManagedFolder"),
    "dataset": ("dataset", "Dataset"),
    "recipe": ("recipe", "Recipe"),
    "saved_model": ("saved_model", "SavedModel"),
    "scenario": ("scenario", "Scenario"),
    "model_evaluation_store": ("model_evaluation_store", "ModelEvaluationStore"),
    "knowledge_bank": ("knowledge_bank", "KnowledgeBank"),
    "api_service": ("api_service", "ApiService"),
    "webapp": ("webapp", "Webapp"),
    "notebook": ("notebook", "Notebook"),
    "insight": ("insight", "Insight"),
    "dashboard": ("dashboard", "Dashboard"),
    "wiki_article": ("wiki_article", "WikiArticle"),
    "project_sharing": ("project_sharing", "ProjectSharing"),
}

KINDS: Mapping[str, Kind] = Registry(__name__, _PLACES)
