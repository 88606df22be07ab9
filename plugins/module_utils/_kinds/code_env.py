# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Code environments: dss-api.md 2.17. A change of the spec does nothing until it is built."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._errors import DssError, NodeError
from .._plan.compare import AsSet, AsText, Document, Keyed, Rule, Spelled, same
from . import code_env_forms as forms
from .awaited import awaited, failures
from .base import Kind, Known, Neighbours, Node, Resource, with_references
from .paths import path_of
from .shape import FLAG, OBJECT, TEXT, TEXTS, Field, Shape, described

_PACKAGES: Mapping[str, t.Any] = {"type": ["array", "string"], "items": {"type": "string"}}
_PERMISSIONS: Mapping[str, t.Any] = {
    "type": "array",
    "items": {
        "type": "object",
        # That these are the flags is unverified.
        "properties": {
            "group": {"type": "string", "description": "Name of a group."},
            "use": {"type": "boolean", "description": "Whether its members use it."},
            "update": {"type": "boolean", "description": "Whether they change it."},
            "manageUsers": {"type": "boolean", "description": "Whether they say who uses it."},
        },
        "required": ["group"],
    },
}
_UP_TO_DATE = "isUptodate"
_LOG_LINES = 25


class CodeEnv(Kind):
    """A code environment: what is declared of it is written, and built where that is needed."""

    name = "code_env"
    section = "code_envs"
    gone = "what is installed in it, which is built anew"
    scope = "instance"
    order = 6
    summary = "A code environment of the node. It is built when what it is to hold changes."
    identifier = {
        "name": described(TEXT, "Name of the code environment."),
        "build": described(
            FLAG, "Whether what is declared is also installed; V(false) only writes it. By default V(true)."
        ),
    }
    required = ("name",)
    listing_is_complete = False
    replaced_by = ("envLang", "deploymentMode", "desc.pythonInterpreter", "desc.conda")
    rights = "manage all code environments"
    shape = Shape(
        fields=(
            Field("language", "envLang", described({"enum": ["PYTHON", "R"]}, "Its language, by default V(PYTHON).")),
            Field(
                "deployment_mode",
                "deploymentMode",
                described(
                    {"enum": [*forms.MANAGED, *forms.UNMANAGED, *forms.OF_OTHERS]},
                    "How it is kept; by default V(DESIGN_MANAGED), on an automation node V(AUTOMATION_SINGLE). Those of "
                    "plugins, applications and DSS itself can be declared but not created.",
                ),
            ),
            Field(
                "python_interpreter",
                "desc.pythonInterpreter",
                described(TEXT, "Python that it is made with, such as V(PYTHON311). A change makes it anew."),
            ),
            Field("conda", "desc.conda", described(FLAG, "Whether Conda makes it. A change makes it anew.")),
            Field(
                "packages",
                "specPackageList",
                described(_PACKAGES, "Requirements, as a list or as the text of a requirements file, in any order."),
                to_dss=forms.as_text,
                from_dss=forms.as_list,
            ),
            Field(
                "conda_packages",
                "specCondaEnvironment",
                described(_PACKAGES, "Requirements that Conda installs, as a list or as text, in any order."),
                to_dss=forms.as_text,
                from_dss=forms.as_list,
            ),
            Field(
                "install_core_packages",
                "desc.installCorePackages",
                described(FLAG, "Whether the packages that DSS needs for datasets are in it."),
            ),
            Field(
                "core_packages",
                "desc.corePackagesSet",
                described(TEXT, "Which versions of these packages, by DSS's own name such as V(PANDAS22)."),
            ),
            Field("jupyter", "desc.installJupyterSupport", described(FLAG, "Whether notebooks can use it.")),
            Field(
                "external_conda_env", "externalCondaEnvName", described(TEXT, "Conda environment that it stands for.")
            ),
            Field(
                "resources_init_script",
                "resourcesInitScript",
                described(TEXT, "Python script that downloads what the packages need."),
            ),
            Field("all_containers", "desc.allContainerConfs", described(FLAG, "Whether every container can use it.")),
            Field("containers", "desc.containerConfs", described(TEXTS, "Container configurations that can use it.")),
            Field(
                "all_spark_containers",
                "desc.allSparkKubernetesConfs",
                described(FLAG, "Whether every configuration of Spark on Kubernetes can use it."),
            ),
            Field(
                "spark_containers",
                "desc.sparkKubernetesConfs",
                described(TEXTS, "Configurations of Spark on Kubernetes that can use it."),
            ),
            Field("owner", "desc.owner", described(TEXT, "Login of the owner.")),
            Field("usable_by_all", "desc.usableByAll", described(FLAG, "Whether every user can use it.")),
            Field(
                "permissions",
                "desc.permissions",
                described(
                    _PERMISSIONS, "All groups that may use it, each with C(group), C(use), C(update), C(manageUsers)."
                ),
            ),
            Field(
                "settings", "desc.envSettings", described(OBJECT, "Settings of pip and Conda, with DSS's own names.")
            ),
        ),
        # Of a new environment; unverified.
        defaults=lambda document: {"envLang": "PYTHON", _UP_TO_DATE: True},
        computed=frozenset(
            {
                "envName",
                "name",
                "actualPackageList",
                "mandatoryPackageList",
                "info",
                "versionId",
                forms.WRAPPER,
                _UP_TO_DATE,
            }
        ),
    )
    rules: Mapping[str, Rule] = {
        "specPackageList": Spelled(forms.requirements),
        "specCondaEnvironment": Spelled(forms.requirements),
        "resourcesInitScript": AsText(),
        "desc.containerConfs": AsSet(),
        "desc.sparkKubernetesConfs": AsSet(),
        "desc.permissions": Keyed(("group",)),
    }

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        mode = author.get("deployment_mode")
        declared = {"envLang": "PYTHON", **built.declared}
        if author.get("build") is False or mode in forms.UNMANAGED:
            declared.pop(_UP_TO_DATE, None)
        else:
            declared[_UP_TO_DATE] = True
        if mode in forms.VERSIONED and (author.get("packages") or author.get("conda_packages")):
            raise DssError("each version of a versioned code environment has packages of its own: declare none here")
        groups = [("group", str(entry["group"])) for entry in author.get("permissions") or ()]
        owner = [("user", str(author["owner"]))] if author.get("owner") else []
        return with_references(built, *owner, *groups, declared=declared)

    def from_dss(self, document: Document, known: Known) -> Document:
        return super().from_dss({**document, "name": document.get("envName") or document.get("name")}, known)

    def author_path(self, path: str) -> str:
        return "build" if path == _UP_TO_DATE else super().author_path(path)

    def find(self, resource: Resource, listing: Mapping[str, Document]) -> str | None:
        """By name, in the declared language if there are two; one that is registered only is none (dss-api.md 2.17)."""
        language = resource.declared.get("envLang") or resource.identity.get("language")
        named = [
            key
            for key, document in listing.items()
            if self.label(key, document) == resource.name and not document.get(forms.UNBUILT)
        ]
        return next((key for key in named if listing[key].get("envLang") == language), named[0] if named else None)

    def label(self, object_id: str, document: Document) -> str:
        return str(document.get("envName") or object_id)

    def read_all(self, node: Node, project: str | None) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for item in node.get("/admin/code-envs/"):
            name = str(item["envName"])
            found[f"{item['envLang']}/{name}" if name in found else name] = item
        return found

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        """The definition, with what only the list says: whether it is built."""
        language, name, item = self._identified(node, project, object_id)
        try:
            document = node.get(_path(language, name))
        except NodeError as error:
            if not forms.is_registered_only(error):
                raise
            return {"envLang": language, "envName": name, forms.UNBUILT: True, _UP_TO_DATE: False}
        return {**forms.read(document), _UP_TO_DATE: item.get(_UP_TO_DATE, True)}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        mode = document.get("deploymentMode") or _usual_mode(node)
        if mode in forms.OF_OTHERS:
            raise DssError(f"a code environment of mode {mode} is made by DSS itself, with a plugin or for its own use")
        body = {"deploymentMode": mode, **forms.at_creation(document)}
        path, what = (
            _path(document.get("envLang") or "PYTHON", resource.name),
            f"the creation of code environment {resource.name}",
        )
        try:
            answer = node.post(path, body, wait=False)
        except NodeError:
            if not _is_registered_only(node, path):
                raise
            _delete(node, path, resource.name)
            answer = node.post(path, body, wait=False)
        told = failures(awaited(node, answer, what))
        if told:
            raise DssError(f"{what} failed: {'; '.join(told)}{_log(node, path)}")
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        path = _path(before.get("envLang") or "PYTHON", resource.name)
        body = {key: value for key, value in document.items() if key != _UP_TO_DATE}
        node.put(path, forms.written(body))
        wanted = resource.identity.get("build") is not False and document.get("deploymentMode") not in forms.UNMANAGED
        if wanted and (before.get(_UP_TO_DATE) is False or not same(forms.spec(document), forms.spec(before))):
            self._build(node, path, resource.name)

    def _build(self, node: Node, path: str, name: str) -> None:
        what = f"the build of code environment {name}"
        answer = node.post(f"{path}/packages", None, forceRebuildEnv=False, wait=False)
        told = failures(awaited(node, answer, what))
        if told:
            raise DssError(f"{what} failed: {'; '.join(told)}{_log(node, path)}")

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        language, name = self._identified(node, project, object_id)[:2]
        _delete(node, _path(language, name), name)

    def _identified(self, node: Node, project: str | None, object_id: str) -> tuple[str, str, Document]:
        """Language and name of an environment, and its item in the list."""
        item = self.read_all(node, project).get(object_id, {})
        return str(item.get("envLang") or "PYTHON"), str(item.get("envName") or object_id), item


def _path(language: str, name: str) -> str:
    return path_of("admin", "code-envs", language, name)


def _usual_mode(node: Node) -> str:
    automation = str(node.get("/instance-info").get("nodeType")).upper() == "AUTOMATION"
    return "AUTOMATION_SINGLE" if automation else "DESIGN_MANAGED"


def _is_registered_only(node: Node, path: str) -> bool:
    try:
        node.get(path)
    except NodeError as error:
        return forms.is_registered_only(error)
    return False


def _delete(node: Node, path: str, name: str) -> None:
    what = f"the deletion of code environment {name}"
    told = failures(awaited(node, node.delete(path, wait=False), what))
    if told:
        raise DssError(f"{what} failed: {'; '.join(told)}")


def _log(node: Node, path: str) -> str:
    """The end of the newest log, as the end of a message; empty where there is none to be had."""
    try:
        logs = node.get(f"{path}/logs")
    except NodeError:
        return ""
    newest: Document = max(logs, key=lambda log: log.get("lastModified") or 0, default={})
    lines = forms.lines_of(newest.get("tail"))[-_LOG_LINES:]
    return "\n".join([f"; the end of {newest.get('name')}:", *(f"  {line}" for line in lines)]) if lines else ""
