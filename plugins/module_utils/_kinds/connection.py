# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections of the instance: dss-api.md 2.16."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from .._plan.compare import AsSet, Document, Keyed, Rule, Secret, Spelled
from . import connection_types
from .base import Kind, Neighbours, Node, Resource, with_references
from .paths import path_of
from .shape import FLAG, OBJECT, TEXT, TEXTS, WHOLE, Field, Shape, at, described

_AT_CREATION = (
    "description",
    "type",
    "params",
    "usableBy",
    "allowedGroups",
)  # the rest needs a PUT: 2.16 [client][dac]


class Connection(Kind):
    """A connection. Its secrets cannot be read back, so they are sent when it is made, or always if asked."""

    name = "connection"
    section = "connections"
    made_with = _AT_CREATION
    whole_items = ("type", "params")
    gone = "its secrets"
    scope = "instance"
    order = 5
    summary = "A connection of the node. Secrets are sent when it is made; see update_secrets."
    identifier = {"name": described(TEXT, "Name of the connection.")}
    required = ("name", "type")
    rights = "administer the node"
    shape = Shape(
        fields=(
            Field(
                "type",
                "type",
                described(TEXT, "DSS type such as PostgreSQL, Snowflake, S3 (which DSS calls EC2), Filesystem."),
                to_dss=connection_types.dss_type,
            ),
            *connection_types.FIELDS,
            Field(
                "params",
                "params",
                described(OBJECT, "Further parameters of the type, with DSS's own names; secrets are never shown."),
            ),
            Field("description", "description", described(TEXT, "What it is for.")),
            Field("allow_write", "allowWrite", described(FLAG, "Whether datasets on it can be written.")),
            Field(
                "allow_managed_datasets", "allowManagedDatasets", described(FLAG, "Whether it takes managed datasets.")
            ),
            Field("allow_managed_folders", "allowManagedFolders", described(FLAG, "Whether it takes managed folders.")),
            Field("allow_knowledge_banks", "allowKnowledgeBanks", described(FLAG, "Whether it takes knowledge banks.")),
            Field(
                "usable_by",
                "usableBy",
                described({"enum": ["ALL", "ALLOWED"]}, "V(ALL), or V(ALLOWED) for the groups below."),
            ),
            Field("allowed_groups", "allowedGroups", described(TEXTS, "Groups that may use it, with V(ALLOWED).")),
            Field(
                "details_readability",
                "detailsReadability",
                described(OBJECT, "Who may read its parameters, with DSS's own names."),
            ),
            Field(
                "credentials_mode",
                "credentialsMode",
                described({"enum": ["GLOBAL", "PER_USER"]}, "One set of credentials or one for each user."),
            ),
            Field("max_activities", "maxActivities", described(WHOLE, "Most activities at once, 0 for no limit.")),
            Field(
                "use_global_proxy", "useGlobalProxy", described(FLAG, "Whether it goes through the proxy of the node.")
            ),
            Field("indexing_settings", "indexingSettings", described(OBJECT, "What is indexed, with DSS's own names.")),
        ),
        # The template of the official collection; what the server fills in is not recorded: 2.16 [dac], unverified.
        defaults=lambda document: {
            "allowWrite": True,
            "allowManagedDatasets": True,
            "allowManagedFolders": False,
            "usableBy": "ALL",
            "detailsReadability": {"readableBy": "NONE", "allowedGroups": []},
            "credentialsMode": "GLOBAL",
            "maxActivities": 0,
            "useGlobalProxy": False,
        },
        computed=frozenset({"creationTag", "versionTag"}),
    )
    rules: Mapping[str, Rule] = {
        "allowedGroups": AsSet(),
        "params.properties": Keyed(("name",), by_position=True),
        "params.port": Spelled(str),  # a number or a text: dss-api.md 2.16
    }
    replaced_by = ("type",)

    def problems(self, author: Mapping[str, t.Any]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        return connection_types.problems(author)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        declared, rules = dict(built.declared), dict(built.rules)
        for name in declared.get("params") or {}:
            if self.is_secret(name):
                rules[f"params.{name}"] = Secret()
        properties = at(declared, "params.properties")
        for entry in properties if isinstance(properties, list) else []:
            if isinstance(entry, Mapping) and entry.get("secret") is True:
                rules[f"params.properties[{entry.get('name')}].value"] = Secret()
        if declared.get("usableBy") == "ALL":
            declared.pop("allowedGroups", None)  # whether they are kept is unknown 19 of dss-api.md
        groups = (("group", str(name)) for name in declared.get("allowedGroups") or ())
        return with_references(built, *groups, declared=declared, rules=rules)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return dict(node.get("/admin/connections/"))

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        return t.cast(Document, node.get(path_of("admin", "connections", object_id)))

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        body = {key: document[key] for key in _AT_CREATION if key in document}
        node.post("/admin/connections/", {"usableBy": "ALL", "allowedGroups": [], **body, "name": resource.name})
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        node.put(path_of("admin", "connections", object_id), document)

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(path_of("admin", "connections", object_id))
