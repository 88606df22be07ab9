# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of kinds: static, because only static imports are packed for a host."""

from __future__ import annotations

from .api_service import ApiService
from .base import Kind
from .code_env import CodeEnv
from .connection import Connection
from .dashboard import Dashboard
from .dataset import Dataset
from .general_settings import GeneralSettings
from .group import Group
from .insight import Insight
from .knowledge_bank import KnowledgeBank
from .library import Library
from .managed_folder import ManagedFolder
from .model_evaluation_store import ModelEvaluationStore
from .notebook import Notebook
from .permissions import Permissions
from .plugin import Plugin
from .project import Project
from .project_folder import ProjectFolder
from .project_git import ProjectGit
from .project_location import ProjectLocation
from .project_sharing import ProjectSharing
from .project_tags import ProjectTags
from .recipe import Recipe
from .saved_model import SavedModel
from .scenario import Scenario
from .user import User
from .variables import InstanceVariables, Variables
from .webapp import Webapp
from .wiki_article import WikiArticle
from .zone import Zone

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in sorted(
        (
            ApiService(),
            CodeEnv(),
            Connection(),
            Dashboard(),
            Dataset(),
            GeneralSettings(),
            Group(),
            Insight(),
            InstanceVariables(),
            KnowledgeBank(),
            Library(),
            ManagedFolder(),
            ModelEvaluationStore(),
            Notebook(),
            Permissions(),
            Plugin(),
            Project(),
            ProjectFolder(),
            ProjectGit(),
            ProjectLocation(),
            ProjectSharing(),
            ProjectTags(),
            Recipe(),
            SavedModel(),
            Scenario(),
            User(),
            Variables(),
            Webapp(),
            WikiArticle(),
            Zone(),
        ),
        key=lambda kind: kind.order,
    )
}
