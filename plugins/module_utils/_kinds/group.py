# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Groups of users: dss-api.md 2.17."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

from .._plan.compare import AsSet, Document, Rule
from .base import Kind, Node, Resource
from .paths import path_of
from .shape import FLAG, TEXT, TEXTS, Field, Shape, described

# dss-api.md 2.17, "Ability flags, DSS 15"; others go in ``raw``.
_ABILITIES: Mapping[str, str] = {
    "admin": "administer the node",
    "mayCreateProjects": "create projects",
    "mayCreateProjectsFromMacros": "create projects with macros",
    "mayCreateProjectsFromTemplates": "create projects from templates",
    "mayCreateProjectsFromDataikuApps": "create projects from applications",
    "mayWriteInRootProjectFolder": "put projects and folders in the root folder",
    "mayWriteSafeCode": "write code that runs as themselves",
    "mayWriteUnsafeCode": "write code that runs as the user of DSS",
    "mayCreateCodeEnvs": "create code environments",
    "mayManageCodeEnvs": "manage all code environments",
    "mayCreateClusters": "create clusters",
    "mayManageClusters": "manage all clusters",
    "mayCreateCodeStudioTemplates": "create templates of code studios",
    "mayManageCodeStudioTemplates": "manage all templates of code studios",
    "mayDevelopPlugins": "develop plugins",
    "mayEditLibFolders": "edit the libraries of the node",
    "mayManageUDM": "manage user-defined meanings",
    "mayCreateAuthenticatedConnections": "create connections of their own",
    "mayViewIndexedHiveConnections": "see indexed Hive connections",
    "mayCreatePublishedAPIServices": "publish API services to the deployer",
    "mayCreatePublishedProjects": "publish projects to the deployer",
    "mayCreateActiveWebContent": "create active web content",
    "mayCreateWorkspaces": "create workspaces",
    "mayShareToWorkspaces": "share to workspaces",
    "mayCreateDataCollections": "create data collections",
    "mayPublishToDataCollections": "publish to data collections",
    "mayManageFeatureStore": "manage the feature store",
}
_AT_CREATION = ("description", "sourceType")  # abilities need a PUT: 2.17 [client][dac]
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _option(flag: str) -> str:
    """``mayCreatePublishedAPIServices`` as ``may_create_published_api_services``."""
    return _WORDS.sub("_", flag).lower()


class Group(Kind):
    """A group and what its members may do."""

    name = "group"
    section = "groups"
    made_with = ("name", *_AT_CREATION)
    gone = "its members, unless they are declared"
    scope = "instance"
    order = 1
    summary = "A group of users. Abilities that are not named are left as they are."
    identifier = {"name": described(TEXT, "Name of the group.")}
    required = ("name",)
    rights = "administer the node"
    shape = Shape(
        fields=(
            Field("description", "description", described(TEXT, "What it is for.")),
            Field(
                "source_type", "sourceType", described(TEXT, "Where it comes from, such as V(LOCAL), V(LDAP), V(SAAS).")
            ),
            *(
                Field(_option(flag), flag, described(FLAG, f"Whether members may {what}."))
                for flag, what in _ABILITIES.items()
            ),
            Field("ldap_groups", "ldapGroupNames", described(TEXTS, "LDAP groups whose members belong to it.")),
            Field(
                "azure_ad_groups", "azureADGroupNames", described(TEXTS, "Azure AD groups whose members belong to it.")
            ),
            Field(
                "ticket_groups_regex",
                "canObtainAPITicketFromCookiesForGroupsRegex",
                described(TEXT, "Groups whose API tickets members may get from cookies, as a regular expression."),
            ),
        ),
        defaults=lambda document: {"sourceType": "LOCAL", **dict.fromkeys(_ABILITIES, False)},
    )
    rules: Mapping[str, Rule] = {"ldapGroupNames": AsSet(), "azureADGroupNames": AsSet()}

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {str(item["name"]): item for item in node.get("/admin/groups/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return t.cast(Document, node.get(path_of("admin", "groups", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        body = {key: document[key] for key in _AT_CREATION if key in document}
        node.post("/admin/groups/", {"sourceType": "LOCAL", **body, "name": resource.name})
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put(path_of("admin", "groups", object_id), document)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("admin", "groups", object_id))
