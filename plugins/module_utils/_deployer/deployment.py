# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deployments: a bundle of a published project on an infrastructure."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from .._bundle.settings import BEHAVIOUR_KEYS
from .._errors import NodeError
from .._kinds.base import Neighbours, Node, Resource
from .._kinds.paths import path_of
from .._kinds.shape import FLAG, OBJECT, TEXT, TEXTS, Field, Shape, described
from .._plan.compare import AsSet, Document, Keyed, Rule
from .._remapping import SECTIONS, Remapping
from .base import ROOT, DeployerKind, Findings
from .update import update

IN_SYNC = "deployed"  # laid beside the settings: whether the automation node is as they say
_LATE = ("OUT_OF_SYNC", "ERROR")  # health after which only an update helps; of ERROR that is unverified
_FIXED = ("publishedProjectKey", "infraId", "deployedProjectKey")
_REMAPPING = "bundleContainerSettings.remapping"
_CODE_ENVS: Mapping[str, t.Any] = {
    "type": "object",
    "properties": {
        "import_mode": {"enum": ["INSTALL_IF_MISS", "FAIL_IF_MISS", "DO_NOTHING"]},
        "specification": {"enum": ["SPECIFIED", "ACTUAL"]},
    },
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Settling:
    """How a deployment is made what its settings say. ``timeout`` is in seconds; ``told`` collects warnings."""

    update: bool = True
    ignore_warnings: bool = False
    timeout: float = 3600.0
    stopped: Callable[[], str] = lambda: ""
    told: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Standing:
    """How a deployment stands on its automation node; ``health`` is the word of DSS, "" where it was never deployed."""

    deployed: bool
    health: str = ""
    messages: tuple[str, ...] = ()


class Deployment(DeployerKind):
    """A deployment. Its settings alone change nothing on the automation node: an update does (quirk 49)."""

    name = "deployment"
    section = "deployments"
    collection = "deployments"
    basics = "deploymentBasicInfo"
    result = "deployments"
    summary = "A deployment of the Project Deployer: a bundle of a published project on an infrastructure."
    identifier = {"id": described(TEXT, "Id of the deployment.")}
    required = ("id",)
    rights = "deploy on the infrastructure, and read the published project"
    shape = Shape(
        fields=(
            Field("project", "publishedProjectKey", described(TEXT, "Key of the published project. It cannot change.")),
            Field("infrastructure", "infraId", described(TEXT, "Id of the infrastructure. It cannot change.")),
            Field("bundle", "bundleId", described(TEXT, "Id of the bundle that is to be active.")),
            Field(
                "deployed_project",
                "deployedProjectKey",
                described(TEXT, "Key on the automation node, by default that of the project. It cannot change."),
            ),
            Field(
                "project_folder",
                "projectFolderId",
                described(TEXT, "Id of the project folder on the automation node, by default the root."),
            ),
            Field(
                "remapping",
                _REMAPPING,
                described(
                    OBJECT, "Names on the automation node: C(connections), C(code_envs), C(containers), each complete."
                ),
                to_dss=lambda value: _to_dss(Remapping.from_value(value, "remapping")),
                from_dss=lambda value: {
                    name: table for name, table in Remapping.from_dss(value).to_value().items() if table
                },
            ),
            Field(
                "code_envs_behavior",
                "bundleContainerSettings.codeEnvsBehavior",
                described(
                    _CODE_ENVS,
                    "What happens to code environments: C(import_mode) is V(INSTALL_IF_MISS), V(FAIL_IF_MISS) or "
                    "V(DO_NOTHING), C(specification) is V(SPECIFIED) or V(ACTUAL).",
                ),
                to_dss=lambda value: {BEHAVIOUR_KEYS[name]: mode for name, mode in value.items()},
                from_dss=lambda value: {name: value[key] for name, key in BEHAVIOUR_KEYS.items() if key in value},
            ),
            Field("local_variables", "localVariables", described(OBJECT, "Local variables of the deployed project.")),
            Field(
                "scenarios",
                "scenariosToActivate",
                described(OBJECT, "Whether a scenario is active once it is deployed, by its id."),
            ),
            Field(
                "disable_automatic_triggers",
                "disableAutomaticTriggers",
                described(FLAG, "Whether no trigger of the deployed project fires."),
            ),
            Field("enabled", "enabled", described(FLAG, "Whether the deployment is enabled.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
        ),
        # Remapping and code environments: dss-api.md 2.14; the flags, and the key ``enabled`` itself, are unverified.
        defaults=lambda document: {
            "enabled": True,
            "disableAutomaticTriggers": False,
            "deployedProjectKey": document.get("publishedProjectKey", ""),
            "bundleContainerSettings": {
                "remapping": {"enableContainerExecRemapping": False},
                "codeEnvsBehavior": {"envImportSpecificationMode": "SPECIFIED", "importTimeMode": "INSTALL_IF_MISS"},
            },
        },
        computed=frozenset({"id", IN_SYNC}),
    )
    rules: Mapping[str, Rule] = {
        "tags": AsSet(),
        **{f"{_REMAPPING}.{key}": Keyed(("source",)) for key in SECTIONS.values()},
    }

    def __init__(self, settling: Settling = Settling()) -> None:
        self._settling = settling

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        return replace(built, declared={**built.declared, IN_SYNC: True}) if self._settling.update else built

    def read_one(self, node: Node, project: str | None, object_id: str) -> Document:
        settings = dict(node.get(self.path(object_id, "settings")))
        return {**_in_order(settings), IN_SYNC: self.standing(node, object_id).deployed}

    def standing(self, node: Node, object_id: str) -> Standing:
        """Whether the automation node is as the settings say; that of one that was never updated is not asked."""
        if node.get(self.path(object_id)).get("neverEverDeployed"):
            return Standing(False)
        status = node.get(self.path(object_id, "status"))
        messages = (status.get("healthMessages") or {}).get("messages") or ()
        health = str(status.get("health"))
        texts = tuple(str(entry.get("message") or entry.get("title")) for entry in messages)
        return Standing(health not in _LATE, health, texts)

    def state(self, node: Node, object_id: str, document: Document) -> Document:
        found = self.standing(node, object_id)
        return {"deployed": found.deployed, "health": found.health or None, "messages": list(found.messages)}

    def create(self, node: Node, resource: Resource, document: Document) -> str:
        given = {key: document[key] for key in (*_FIXED, "bundleId", "projectFolderId") if document.get(key)}
        with _advised():
            body = {"deploymentId": resource.name, **given}
            node.post(self.path(), body, ignoreWarnings=self._settling.ignore_warnings)
        return resource.name

    def write(self, node: Node, resource: Resource, object_id: str, document: Document, before: Document) -> None:
        settings, former = _settings(document), _settings(before)
        if settings != former:
            with _advised():
                path = self.path(object_id, "settings")
                node.put(path, settings, ignoreWarnings=self._settling.ignore_warnings)
        if self._settling.update:
            self._update(node, object_id)
            found = self.standing(node, object_id)
            if not found.deployed:
                told = "; ".join((found.health or "never deployed", *found.messages))
                raise NodeError(f"deployment {object_id} was updated, but is not what its settings say: {told}")

    def delete(self, node: Node, project: str | None, object_id: str, drop_data: bool) -> None:
        """DSS wants a deployment disabled, and updated after that, before it goes (2.15)."""
        path = self.path(object_id, "settings")
        settings = node.get(path)
        if settings.get("enabled") is not False:
            node.put(path, {**settings, "enabled": False}, ignoreWarnings=True)
        self._update(node, object_id)
        node.delete(self.path(object_id))

    def findings(self, node: Node, resource: Resource, held: Document | None) -> Findings:
        wanted = resource.declared
        if held is None:
            lacking = [name for name in ("project", "infrastructure", "bundle") if not wanted.get(self.dss_path(name))]
            if lacking:
                return Findings((f"a new deployment needs {', '.join(lacking)}",))
        else:
            moved = [self.author_path(key) for key in _FIXED if wanted.get(key) and _other(wanted[key], held, key)]
            if moved:
                return Findings(
                    (f"{', '.join(moved)} of a deployment cannot change: delete it first, with state: absent",)
                )
        return Findings(missing=tuple(_missing(node, wanted, held or {})))

    def _update(self, node: Node, object_id: str) -> None:
        self._settling.told.extend(update(node, object_id, self._settling.timeout, self._settling.stopped))


def _settings(document: Document) -> Document:
    return {key: value for key, value in document.items() if key != IN_SYNC}


def _to_dss(table: Remapping) -> Document:
    """The given sections, in the order in which settings are read; an empty one empties."""
    document: Document = {SECTIONS[name]: [] for name in sorted(table.given)}
    return _ordered({**document, **table.to_dss()})


def _in_order(settings: Document) -> Document:
    """The settings with the tables of names in one order, since their own carries no meaning."""
    container = settings.get("bundleContainerSettings") or {}
    if not container.get("remapping"):
        return settings
    return {**settings, "bundleContainerSettings": {**container, "remapping": _ordered(container["remapping"])}}


def _ordered(remapping: Mapping[str, t.Any]) -> Document:
    return {
        key: sorted(value, key=lambda pair: str(pair.get("source"))) if isinstance(value, list) else value
        for key, value in remapping.items()
    }


def _other(wanted: str, held: Mapping[str, t.Any], key: str) -> bool:
    """Whether a deployment holds another value; one without a key of its own has that of its project."""
    own = held.get("publishedProjectKey") if key == "deployedProjectKey" else None
    return wanted != (held.get(key) or own or wanted)


def _missing(node: Node, wanted: Mapping[str, t.Any], held: Mapping[str, t.Any]) -> Iterator[str]:
    """What the deployer does not hold yet of what a deployment is to use."""
    infrastructure = wanted.get("infraId")
    if infrastructure and not held:
        known = [str(item["infraBasicInfo"]["id"]) for item in node.get(path_of(ROOT, "infras"))]
        if infrastructure not in known:
            yield f"the deployer has no infrastructure '{infrastructure}'; it has {_listed(known)}"
    project, bundle = wanted.get("publishedProjectKey") or held.get("publishedProjectKey"), wanted.get("bundleId")
    if not bundle or bundle == held.get("bundleId"):
        return
    projects = [str(item["projectBasicInfo"]["id"]) for item in node.get(path_of(ROOT, "projects"))]
    if project not in projects:
        yield f"the deployer has no project '{project}'; publish a bundle of it"
        return
    bundles = [str(item["id"]) for item in node.get(path_of(ROOT, "projects", project)).get("packages") or ()]
    if bundle not in bundles:
        yield f"bundle '{bundle}' of {project} is not published; there are {_listed(bundles)}"


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


@contextmanager
def _advised() -> Iterator[None]:
    """DSS refuses because of warnings, for example of Govern, and says so in its text (quirk 50)."""
    try:
        yield
    except NodeError as error:
        if "WARNING" in str(error):
            error.args = (f"{error}; ignore_warnings: true goes on all the same",)
        raise
