# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The project itself: dss-api.md 2.3. One document from three calls: metadata, settings, permissions (the owner)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import NodeError
from .._plan.compare import MISSING, AsSet, Document, Rule
from . import project_contents as contents
from . import project_settings
from .base import Kind, Known, Node, Resource
from .paths import path_of
from .shape import OBJECT, OBJECTS, TEXT, TEXTS, Field, Shape, at, described


class Project(Kind):
    """A project: its label, texts, tags, owner and settings."""

    name = "project"
    section = "project"
    gone = "its Git history, its jobs and what of it is not managed"
    history = "its Git history, its jobs and what of it is not managed"
    singleton = True
    summary = "The project: label, descriptions, tags, owner and settings."
    identifier = {"key": described({"type": "string", "minLength": 1, "maxLength": 100}, "Key of the project.")}
    required = ("key",)
    data = "the data of its managed datasets and folders"
    rights = "create projects; project admin for settings and owner"
    shape = Shape(
        fields=(
            Field(
                "name",
                "metadata.label",
                described({"type": "string", "minLength": 1, "maxLength": 200}, "Label of the project."),
            ),
            Field("description", "metadata.description", described(TEXT, "Long description.")),
            Field("short_description", "metadata.shortDesc", described(TEXT, "One line on what it is.")),
            Field("tags", "metadata.tags", described(TEXTS, "Tags, in any order.")),
            Field("owner", "permissions.owner", described(TEXT, "Login of the owner.")),
            Field(
                "checklists", "metadata.checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")
            ),
            Field("custom_fields", "metadata.customFields", described(OBJECT, "Values of custom fields.")),
            Field("custom_meta", "metadata.custom.kv", described(OBJECT, "Custom metadata, name to value.")),
            *project_settings.FIELDS,
            Field(
                "exposed_objects",
                "settings.exposedObjects.objects",
                described(
                    contents.EXPOSED,
                    "Objects that other projects may use, by name, or by id where DSS makes one; C(project_sharing) knows all by "
                    "name.",
                ),
                contents.exposed_to_dss,
                contents.exposed_from_dss,
            ),
            Field(
                "bundle_contents",
                "settings.bundleExporterSettings",
                described(
                    contents.CONTENTS,
                    "What a bundle holds, by name, or by id where DSS makes one; C(project_sharing) knows all by name.",
                ),
                lambda value: contents.with_members(contents.contents_to_dss(value), contents.by_id),
                contents.contents_from_dss,
            ),
            Field(
                "remapping",
                "settings.bundleContainerSettings",
                described(OBJECT, "Remapping on an automation node, with DSS's own names."),
            ),
            Field(
                "settings",
                "settings.settings",
                described(OBJECT, "Settings that no other key names, with DSS's own names."),
            ),
        ),
        defaults=lambda document: {
            "settings": {
                **project_settings.DEFAULTS,
                "bundleExporterSettings": contents.CONTENTS_DEFAULTS,
                "bundleContainerSettings": {"remapping": {"enableContainerExecRemapping": False}},
            }
        },
        # Older form of the mode, which DSS keeps in step.
        computed=frozenset(
            f"settings.settings.codeEnvs.{language}.useBuiltinEnv" for language in project_settings.LANGUAGES
        ),
    )
    rules: Mapping[str, Rule] = {
        "metadata.tags": AsSet(),
        **{f"settings.{path}": rule for path, rule in {**contents.EXPOSED_RULES, **contents.CONTENTS_RULES}.items()},
    }

    def identity(self, author: Mapping[str, t.Any]) -> str:
        return str(author["key"])

    def from_dss(self, document: Document, known: Known) -> Document:
        kept = {
            "metadata": document["metadata"],
            "permissions": {"owner": document["permissions"].get("owner")},
            "settings": {
                key: value for key, value in document["settings"].items() if key not in project_settings.NOT_SETTINGS
            },
        }
        return self.shape.from_dss(kept)

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        return contents.part_defaults(pattern.removeprefix("settings."))

    def complete(self, document: Document, resource: Resource) -> Document:
        settings = document.get("settings")
        return {**document, "settings": project_settings.with_builtin_in_step(settings)} if settings else document

    def made(self, document: Document, resource: Resource) -> Document:
        metadata, grants = document.get("metadata") or {}, document.get("permissions") or {}
        return {
            "metadata": {key: metadata[key] for key in ("label", "description") if key in metadata},
            "permissions": {key: grants[key] for key in ("owner",) if key in grants},
        }

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        try:
            metadata = node.get(path_of("projects", project, "metadata"))
        except NodeError as error:
            if error.project_unreadable:
                return {}
            raise
        return {
            t.cast(str, project): {
                "metadata": metadata,
                "settings": node.get(path_of("projects", project, "settings")),
                "permissions": node.get(path_of("projects", project, "permissions")),
            }
        }

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        found = self.read_all(node, project)
        if not found:
            raise NodeError(f"project {project} does not exist, or the key may not read it", 404, "NotFoundException")
        return found[object_id]

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        text = at(document, "metadata.description")
        owner = at(document, "permissions.owner")
        if owner is MISSING or not owner:
            # That the identifier of a key which is no user's may own a project is unverified.
            owner = node.get("/auth/info").get("authIdentifier")
        body = {
            "projectKey": resource.name,
            "name": at(document, "metadata.label") or resource.name,
            "owner": owner,
            "settings": {},
            "description": text or "",
            "permissions": [],
            "tags": [],
        }
        try:
            node.post("/projects/", body)
        except NodeError as error:
            if error.forbidden or "already exists" in str(error):
                error.args = (f"{error}; if the project exists, the API key may not read it",)
            raise
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        for part in ("metadata", "settings", "permissions"):
            if document[part] != before[part]:
                node.put(path_of("projects", object_id, part), document[part])

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        node.delete(
            path_of("projects", object_id),
            clearManagedDatasets=drop_data,
            clearOutputManagedFolders=drop_data,
            clearJobAndScenarioLogs=drop_data,
            clearManagedKnowledgeBanks=drop_data,
            wait=True,
        )
