# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The general settings of the node: dss-api.md 2.18. One document for everything, of which only declared keys count."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._errors import DssError
from .._plan.compare import AsSet, Document, Keyed, Rule
from .base import Kind, Neighbours, Node, Resource
from .parts import members
from .secret_rules import secret_rules
from .shape import FLAG, OBJECT, TEXT, TEXTS, Field, Shape, described

_EXECUTION_CONFIGS = "containerSettings.executionConfigs"
_BUILD_CONFIGS = "containerSettings.buildConfigs"

# dss-api.md 2.18 [tfp]
_EXECUTION_CONFIG = Shape(
    fields=(
        Field("name", "name", described(TEXT, "Name of the configuration.")),
        Field("type", "type", described({"enum": ["KUBERNETES", "DOCKER"]}, "Where containers run.")),
        Field("build_config", "imageBuildConfig", described(TEXT, "Name of the build configuration of its image.")),
        Field("usable_by", "usableBy", described({"enum": ["ALL", "ALLOWED"]}, "Everybody, or the groups below.")),
        Field("allowed_groups", "allowedGroups", described(TEXTS, "Groups that may use it.")),
        Field("workload_type", "workloadType", described(TEXT, "What it is for, such as ANY.")),
        Field("kubernetes", "kubernetesRuntimeConfig", described(OBJECT, "Settings of Kubernetes, DSS's own names.")),
        Field("docker", "dockerRuntimeConfig", described(OBJECT, "Settings of Docker, with DSS's own names.")),
        Field(
            "properties",
            "properties",
            described(OBJECT, "Properties, name to value; others are left alone."),
            to_dss=lambda value: [{"key": key, "value": inner} for key, inner in value.items()],
            from_dss=lambda items: {item["key"]: item.get("value") for item in items if "key" in item},
        ),
        Field("final", "isFinal", described(FLAG, "Whether users cannot change its settings.")),
    ),
    defaults=lambda document: {"usableBy": "ALL", "allowedGroups": [], "workloadType": "ANY", "isFinal": False},
)
_BUILD_CONFIG = Shape(
    fields=(
        Field("name", "name", described(TEXT, "Name of the configuration.")),
        Field("base_image_type", "baseImageType", described(TEXT, "Kind of the base image, such as EXEC.")),
        Field("image_builder_type", "imageBuilderType", described(TEXT, "What builds images, such as DOCKER.")),
        Field("docker", "dockerBuilderConfig", described(OBJECT, "Settings of the builder, with DSS's own names.")),
    )
)
# client, DSSUserImpersonationRule and DSSGroupImpersonationRule
_RULE_TYPE = described({"enum": ["IDENTITY", "SINGLE_MAPPING", "REGEXP_RULE"]}, "How it finds the UNIX user.")
_TARGETS = (
    Field("pattern", "ruleFrom", described(TEXT, "For REGEXP_RULE: what the name is to match.")),
    Field("unix_user", "targetUnix", described(TEXT, "The UNIX user.")),
    Field("hadoop_user", "targetHadoop", described(TEXT, "The Hadoop user.")),
)
_USER_RULE = Shape(
    fields=(
        Field("type", "type", _RULE_TYPE),
        Field("scope", "scope", described({"enum": ["GLOBAL", "PROJECT"]}, "All projects, or one.")),
        Field("project", "projectKey", described(TEXT, "For PROJECT: key of the project.")),
        Field("user", "dssUser", described(TEXT, "For SINGLE_MAPPING: login of the user.")),
        *_TARGETS,
    )
)
_GROUP_RULE = Shape(
    fields=(
        Field("type", "type", _RULE_TYPE),
        Field("group", "dssGroup", described(TEXT, "For SINGLE_MAPPING: name of the group.")),
        *_TARGETS,
    )
)


class GeneralSettings(Kind):
    """The general settings, always there; a write sends the document that was just read, with what is declared."""

    name = "general_settings"
    section = "general_settings"
    scope = "instance"
    singleton = True
    order = 9
    summary = "The general settings of the node. Only what is declared is compared; C(raw) takes DSS's own names."
    identifier = {"exclusive": described(FLAG, "Whether container configurations that are not named are removed.")}
    rights = "administer the node"
    shape = Shape(
        fields=(
            members(
                "execution_configs", _EXECUTION_CONFIGS, _EXECUTION_CONFIG, "Configurations of container execution."
            ),
            members("build_configs", _BUILD_CONFIGS, _BUILD_CONFIG, "Configurations for building their images."),
            Field(
                "default_execution_config",
                "containerSettings.defaultExecutionConfig",
                described(TEXT, "Name of the execution configuration that is used where none is chosen."),
            ),
            Field("impersonation", "impersonation.enabled", described(FLAG, "Whether user isolation is on.")),
            members("user_rules", "impersonation.userRules", _USER_RULE, "All impersonation rules of users."),
            members("group_rules", "impersonation.groupRules", _GROUP_RULE, "All impersonation rules of groups."),
        )
    )
    rules: Mapping[str, Rule] = {
        _EXECUTION_CONFIGS: Keyed(("name",), partial=True),
        f"{_EXECUTION_CONFIGS}[].properties": Keyed(("key",), partial=True),
        f"{_EXECUTION_CONFIGS}[].allowedGroups": AsSet(),
        _BUILD_CONFIGS: Keyed(("name",), partial=True),
    }

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        rules = {**built.rules, **secret_rules(built.declared, self.is_secret)}
        if author.get("exclusive"):
            rules.update(dict.fromkeys((_EXECUTION_CONFIGS, _BUILD_CONFIGS), Keyed(("name",))))
        return replace(built, rules=rules)

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return _EXECUTION_CONFIG.defaults(part) if pattern == f"{_EXECUTION_CONFIGS}[]" else {}

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        return next(iter(listing), None)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {"": node.get("/admin/general-settings")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return self.read_all(node, project)[""]

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        return ""  # they are always there: the write that follows sets them

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put("/admin/general-settings", document)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        raise DssError("the general settings are always there: declare what they are to be")
