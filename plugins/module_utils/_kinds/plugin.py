# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plugins: the calls of Dataiku's client (dss/plugin.py, dssclient.py). What their futures result in is unverified."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from pathlib import Path

from .._errors import DssError, NodeError
from .._plan.compare import Document, Keyed, Rule, merge
from .awaited import awaited, failures
from .base import Kind, Known, Neighbours, Node, Resource, with_references
from .parts import members
from .paths import path_of
from .secret_rules import secret_rules
from .shape import FLAG, OBJECT, OBJECTS, TEXT, Field, Shape, described

_PRESETS = "settings.presets"
_SETS = "settings.parameterSets"
_HAS_ENV = "hasCodeEnv"  # laid beside the settings

_GIT: Mapping[str, t.Any] = {
    "type": "object",
    "properties": {
        "repository": {"type": "string", "description": "URL of the repository, which DSS must be able to reach."},
        "checkout": {"type": "string", "description": "Branch, tag or commit; by default the version, else master."},
        "path": {"type": "string", "description": "Folder of the plugin in the repository."},
    },
    "required": ["repository"],
    "additionalProperties": False,
}
_ENV: Mapping[str, t.Any] = {
    "type": "object",
    "properties": {
        "python_interpreter": {"type": "string", "description": "Such as PYTHON311; by default that of the plugin."},
        "conda": {"type": "boolean", "description": "Whether Conda makes it."},
    },
    "additionalProperties": False,
}
_PRESET = Shape(
    fields=(
        Field("name", "name", described(TEXT, "Name of the preset.")),
        Field(
            "type", "type", described(TEXT, "Type of its parameter set, in DSS mostly parameter-set-PLUGIN-SET.")
        ),  # unverified form
        Field("config", "config", described(OBJECT, "Values of its parameters; secrets are never shown.")),
        Field("plugin_config", "pluginConfig", described(OBJECT, "Values that only administrators see.")),
        Field("owner", "owner", described(TEXT, "Login of its owner.")),
        Field("usable_by_all", "defaultPermission.use", described(FLAG, "Whether every user can use it.")),
    )
)
_SET = Shape(
    fields=(
        Field("name", "name", described(TEXT, "Name of the parameter set.")),
        Field(
            "definable_inline",
            "defaultPermission.definableInline",
            described(FLAG, "Whether values can be given where it is used."),
        ),
        Field(
            "definable_at_project_level",
            "defaultPermission.definableAtProjectLevel",
            described(FLAG, "Whether projects can have presets of their own."),
        ),
    )
)


class Plugin(Kind):
    """A plugin. It is installed once, and again when another version is declared."""

    name = "plugin"
    section = "plugins"
    gone = "its secrets, and a version that its source no longer offers"
    scope = "instance"
    order = 7
    summary = "A plugin of the node, from the store unless O(zip) or O(git) says where it comes from."
    identifier = {
        "id": described({"type": "string", "minLength": 1}, "Id of the plugin."),
        "zip": described(TEXT, "Archive on the controller, sent to install the plugin or to bring another version."),
        "git": described(_GIT, "Repository that the node installs it from, or a new version of it."),
        "managed_code_env": described(
            _ENV, "The plugin has a code environment; if it has none, this one is made and selected."
        ),
    }
    required = ("id",)
    listing_is_complete = False
    rights = "administer the node"
    shape = Shape(
        fields=(
            Field(
                "version",
                "version",
                described(TEXT, "Version that is to be installed. The store gives only its newest one."),
            ),
            Field("code_env", "settings.codeEnvName", described(TEXT, "Code environment that it uses.")),
            members("presets", _PRESETS, _PRESET, "Presets; others are left alone."),
            members("parameter_sets", _SETS, _SET, "What may be done with parameter sets; others are left alone."),
            Field(
                "permissions",
                "settings.permissions",
                described(OBJECTS, "Who may use its parts, with DSS's own names."),
            ),
        ),
        computed=frozenset({"id", "name", "isDev", "meta", _HAS_ENV, "settings.accessibleParameterSetDescs"}),
    )
    rules: Mapping[str, Rule] = {
        _PRESETS: Keyed(("name",), partial=True),
        _SETS: Keyed(("name",), partial=True),
        "settings.permissions": Keyed(("group",)),
    }

    def identity(self, author: Mapping[str, t.Any]) -> str:
        return str(author["id"])

    def problems(self, author: Mapping[str, t.Any]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        if author.get("zip") and author.get("git"):
            yield "a plugin comes from zip or from git: keep one of them", ("git",)
        if author.get("code_env") and author.get("managed_code_env") is not None:
            yield "a plugin has one code environment: keep code_env or managed_code_env", ("managed_code_env",)

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        rules = dict(built.rules)
        for preset in (built.declared.get("settings") or {}).get("presets") or ():
            rules.update(secret_rules(preset, self.is_secret, f"{_PRESETS}[{preset.get('name')}]"))
        declared = dict(built.declared)
        if author.get("managed_code_env") is not None:
            declared[_HAS_ENV] = True
        envs = [("code_env", str(author["code_env"]))] if author.get("code_env") else []
        return with_references(built, *envs, declared=declared, rules=rules)

    def from_dss(self, document: Document, known: Known) -> Document:
        return {**({"id": document["id"]} if "id" in document else {}), **self.shape.from_dss(document)}

    def author_path(self, path: str) -> str:
        return "managed_code_env" if path == _HAS_ENV else super().author_path(path)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        return {str(item["id"]): item for item in node.get("/plugins/")}

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        settings = node.get(_path(object_id, "settings"))
        item = self.read_all(node, project).get(object_id)
        if item is None:
            raise NodeError(f"plugin {object_id} does not exist", 404, "NotFoundException")
        return {**item, "settings": settings, _HAS_ENV: bool(settings.get("codeEnvName"))}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        what = f"the installation of plugin {resource.name}"
        _done(node, _brought(node, resource, "/plugins/actions", "install"), what)
        if resource.name not in self.read_all(node, None):
            raise DssError(f"{what} brought another plugin: check its id and where it comes from")
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        settings = document.get("settings") or {}
        if document.get("version") != before.get("version"):
            settings = self._update(node, resource, object_id, str(document.get("version")), before)
        if document.get(_HAS_ENV) and not before.get(_HAS_ENV) and not settings.get("codeEnvName"):
            settings = {**settings, "codeEnvName": _new_env(node, resource, object_id)}
        if settings != before.get("settings"):
            node.post(_path(object_id, "settings"), settings)

    def _update(self, node: Node, resource: Resource, plugin: str, version: str, before: Document) -> Document:
        """Bring another version; returns the settings that it has then, with what is declared of them."""
        what = f"the update of plugin {plugin}"
        _done(node, _brought(node, resource, _path(plugin, "actions"), "update"), what)
        found = self.read_all(node, None)[plugin].get("version")
        if found != version:
            raise DssError(f"{what} brought version {found}, declared is {version}: declare that one, or its archive")
        if before.get(_HAS_ENV):
            _done(
                node, node.post(_path(plugin, "code-env", "actions", "update"), None), f"{what}: its code environment"
            )
        held = {"settings": node.get(_path(plugin, "settings"))}
        declared = {"settings": resource.declared.get("settings") or {}}
        return t.cast(Document, merge(declared, held, resource.rules)["settings"])

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        what = f"the deletion of plugin {object_id}"
        _done(node, node.post(_path(object_id, "actions", "delete"), {"force": False}), what)


def _path(plugin: str, *below: str) -> str:
    return path_of("plugins", plugin, *below)


def _brought(node: Node, resource: Resource, path: str, verb: str) -> t.Any:
    """The answer to the call that installs or updates a plugin from where it comes from."""
    source = resource.identity
    if source.get("zip"):
        return node.upload(f"{path}/future/{verb}FromZip", Path(source["zip"]))
    if source.get("git"):
        git = source["git"]
        body = {
            "gitRepositoryUrl": git["repository"],
            "gitCheckout": git.get("checkout") or resource.declared.get("version") or "master",
            "gitSubpath": git.get("path"),
        }
        return node.post(f"{path}/{verb}FromGit", body)
    return node.post(f"{path}/{verb}FromStore", {"pluginId": resource.name} if verb == "install" else None)


def _new_env(node: Node, resource: Resource, plugin: str) -> str:
    wanted = resource.identity.get("managed_code_env") or {}
    body = {
        "deploymentMode": "PLUGIN_MANAGED",
        "conda": bool(wanted.get("conda")),
        "pythonInterpreter": wanted.get("python_interpreter"),
    }
    what = f"the code environment of plugin {plugin}"
    return str(_done(node, node.post(_path(plugin, "code-env", "actions", "create"), body), what)["envName"])


def _done(node: Node, answer: t.Any, what: str) -> t.Any:
    result = awaited(node, answer, what)
    told = failures(result)
    if told:
        raise DssError(f"{what} failed: {'; '.join(told)}")
    return result
