# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an automation node does with a bundle: take it, prepare it, make it the content of the project (dss-api.md 2.13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import archive, layout
from .documents import Document, dumps, now_ms
from .errors import DssError
from .keys import ApiKey
from .kinds import project as kind
from .node import Node
from .project import Project
from .remapping import code_envs_used, connections_used, names_of, parsed, remapped
from .reports import Message, error, missing_connection, report, warning


@dataclass(frozen=True)
class Content:
    """A bundle as read from its archive."""

    id: str
    project_key: str
    files: dict[str, str]
    manifest: Document

    @property
    def params(self) -> Document:
        return parsed(self.files.get(layout.PARAMS, "{}"))


def read(data: bytes) -> Content:
    """Raises DssError if it is no bundle; an archive of a project export is none."""
    content = archive.read(data)
    bundle_id, project_key = content.manifest.get("bundleId"), content.manifest.get("originalProjectKey")
    if not isinstance(bundle_id, str) or not isinstance(project_key, str):
        raise DssError(400, "java.io.IOException", "The archive is not a bundle")  # unverified text
    return Content(bundle_id, project_key, content.files, content.manifest)


def take(node: Node, project: Project, data: bytes) -> Content:
    """Put a bundle on the shelf of imported ones; unverified: one with the same id is replaced."""
    content = read(data)
    try:
        Project(project.key, node.database).load(content.files, {}, "")
    except archive.MISSHAPEN as problem:
        raise archive.refused(f"{problem}") from problem
    info = {
        "bundleId": content.id,
        "state": "IMPORTED",  # unverified
        "typeBadges": [],
        "importedOn": now_ms(),
        "exportManifest": {key: content.manifest[key] for key in _TOLD if key in content.manifest},
    }
    node.imported.put(project.key, content.id, info, data)
    return content


_TOLD = ("exportUserInfo", "projectStandardsSkipped", "generatedWithDSSVersion", "designNodeId")


def active_id(project: Project) -> str | None:
    """The bundle that is active."""
    text = project.repository.read(layout.ACTIVE_BUNDLE)
    found: str | None = parsed(text).get("bundleId") if text else None
    return found


# -- preload --


def preload(node: Node, project: Project, bundle_id: str) -> Document:
    """Sees to the code environments that the bundle needs, by their names on this node (dss-api.md 2.14)."""
    content = read(node.imported.archive(project.key, bundle_id))
    settings = kind.container_settings(project.params.document)
    mode = settings["codeEnvsBehavior"]["importTimeMode"]
    missing = list(_missing_code_envs(node, content, settings["remapping"]))
    if mode == "FAIL_IF_MISS":
        return report([error(*_missing_code_env(language, name)) for language, name in missing])
    if mode == "INSTALL_IF_MISS":
        for language, name in missing:
            _make_code_env(node, language, name)
    return report([])


def _missing_code_envs(node: Node, content: Content, remapping: Document) -> Iterator[tuple[str, str]]:
    there = {(env["envLang"], env["envName"]) for env in node.instance["code_envs"]}
    return (wanted for wanted in code_envs_used(remapped(content.files, remapping)) if wanted not in there)


def _missing_code_env(language: str, name: str) -> tuple[str, str, str]:
    return "ERR_CODEENV_MISSING_ENV", "Missing code environment", f"{language} env {name} doesn't exist"


def _make_code_env(node: Node, language: str, name: str) -> None:
    """unverified: what DSS writes into one that it makes for a bundle."""
    node.instance["code_envs"].append(
        {"envLang": language, "envName": name, "deploymentMode": "AUTOMATION_SINGLE", "owner": "admin"}
    )
    node.save_instance()


# -- activate --


def activate(
    node: Node, project: Project, bundle_id: str, key: ApiKey, scenarios: Mapping[str, bool] | None = None
) -> Document:
    """Makes the bundle the content of the project and reports; after a fatal message everything is as it was."""
    content = read(node.imported.archive(project.key, bundle_id))
    remapping = kind.container_settings(project.params.document)["remapping"]
    messages = list(_connection_messages(node, content, remapping, key))
    # unverified: a missing code environment does not stop an activation
    messages += [
        warning(*_missing_code_env(language, name)) for language, name in _missing_code_envs(node, content, remapping)
    ]
    if not any(message.fatal for message in messages):
        _replace(node, project, content, remapping, key.author(node.switches), scenarios or {})
    return report(messages)


def _connection_messages(node: Node, content: Content, remapping: Document, key: ApiKey) -> Iterator[Message]:
    """unverified: that the errors other than a missing connection are fatal."""
    new_names = names_of(remapping).connections
    required = content.manifest.get("requiredConnections", {})
    uses: dict[str, tuple[str, bool]] = {}
    for use in connections_used(content.files):
        uses[use.connection] = (use.object, use.written or uses.get(use.connection, ("", False))[1])
    for source, (user, written) in sorted(uses.items()):
        name = new_names.get(source, source)
        definition = node.connections.definitions.get(name)
        wanted = required.get(source, {}).get("type")
        if definition is None:
            code, title, text = missing_connection(name)
            yield error(code, title, f"{text}; {user} needs it")
        elif wanted and wanted != definition["type"]:
            text = f"Connection '{name}' has type {definition['type']}, not {wanted}"
            yield error("ERR_BUNDLE_ACTIVATE_BAD_CONNECTION_TYPE", "Connection of another type", text)
        elif not key.may_use(definition):
            text = f"Connection '{name}' may not be used"
            yield error("ERR_BUNDLE_ACTIVATE_BAD_CONNECTION_PERMISSIONS", "Connection not usable", text)
        elif written and not definition["allowWrite"]:
            text = f"Connection '{name}' is not writable; {user} is written there"
            yield error("ERR_BUNDLE_ACTIVATE_CONNECTION_NOT_WRITABLE", "Connection not writable", text)


def _replace(
    node: Node, project: Project, content: Content, remapping: Document, login: str, chosen: Mapping[str, bool]
) -> None:
    own = project.repository.contents()
    first = active_id(project) is None
    files = dict(remapped(content.files, remapping))
    files[layout.PARAMS] = dumps(kind.activated(parsed(files[layout.PARAMS]), project.params.document))
    if layout.LOCAL_VARIABLES in own:
        files[layout.LOCAL_VARIABLES] = own[layout.LOCAL_VARIABLES]
    files[layout.ACTIVE_BUNDLE] = dumps({"bundleId": content.id, "activatedOn": _moment()})
    keeps_all = first and node.switches["scenarios_of_first_bundle"] == "as_exported"
    files, tags = _with_local_scenarios(project, files, own)
    for path in files:
        found = layout.object_of(path)
        if found is not None and found[0] == "scenarios":
            document = parsed(files[path])
            was = project.objects["scenarios"].get(found[1])
            before = was.document.get("active", False) if was else keeps_all and document.get("active", False)
            active = chosen.get(found[1], before)
            if document.get("active") != active:
                files[path] = dumps({**document, "active": active})
    project.become(files, tags, login, f"Activated bundle {content.id}")


def _with_local_scenarios(
    project: Project, files: dict[str, str], own: dict[str, str]
) -> tuple[dict[str, str], dict[str, Document]]:
    """Scenarios made on this node survive, unless the bundle has one of the same id (dss-api.md 2.13)."""
    tags: dict[str, Any] = {}
    files = dict(files)
    for scenario_id, entry in project.objects["scenarios"].items():
        path = layout.document_path("scenarios", scenario_id)
        if not entry.document.get("automationLocal") or path in files:
            continue
        files[path] = own[path]
        tags[f"scenarios/{scenario_id}"] = entry.tag
        payload = layout.payload_path("scenarios", scenario_id, entry.document)
        if payload in own:
            files[str(payload)] = own[str(payload)]
    return files, tags


def _moment() -> str:
    """As in active-bundle.json of exports."""
    now = datetime.now().astimezone()
    return now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03d}" + now.strftime("%z")


# -- a project made from its first bundle --


def make_project(
    node: Node, content: Content, key: str, login: str, policy: str = "NONE", fail_on_missing: bool = True
) -> Project:
    """An empty project that is to hold bundles, nothing is active yet; raises DssError for a missing user or group."""
    bundled = content.params
    permissions = kind.propagated(bundled, policy)
    unknown = [entry for entry in permissions if not _exists(node, entry)]
    if unknown and fail_on_missing:
        names = ", ".join(str(entry.get("group") or entry.get("user")) for entry in unknown)
        raise DssError(
            400, "java.lang.IllegalArgumentException", f"Unknown users or groups: {names}"
        )  # unverified text
    body = {
        "projectKey": key,
        "name": bundled.get("name"),
        "owner": login,
        "permissions": [entry for entry in permissions if entry not in unknown],
    }
    project = node.new_project(key)
    project.save_params(kind.of_automation(body, login, node.switches), login)
    project.save_tags({})
    project.repository.commit(login, f"Created project {key} from a bundle")
    return project


def _exists(node: Node, entry: Document) -> bool:
    return entry.get("group") in node.instance["groups"] or entry.get("user") in node.users
