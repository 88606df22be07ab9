# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Project Deployer in memory, written from dss-api.md 2.15; a plain mapping is held for each object."""

from __future__ import annotations

import copy
import typing as t
from types import SimpleNamespace

from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError

Document = dict[str, t.Any]
_NEW: Document = {"bundleContainerSettings": {}, "localVariables": {}, "tags": [], "enabled": True}


class FakeDeployer:
    """``calls`` are those that write; a deployment is in sync once it was updated with the settings that it has."""

    def __init__(self) -> None:
        self.options = SimpleNamespace(workers=2)
        self.calls: list[str] = []
        self.stages = ["Development", "Production"]
        self.infras: dict[str, Document] = {}
        self.projects: dict[str, Document] = {}
        self.bundles: dict[str, list[str]] = {}
        self.deployments: dict[str, Document] = {}
        self.deployed: dict[str, Document] = {}
        self.connections = {"filesystem_managed"}  # of the automation nodes
        self.refused: dict[str, NodeError] = {}  # by "METHOD path"
        self.futures: dict[str, t.Any] = {}

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        if path.startswith("/futures/"):
            state = self.futures.pop(path.rpartition("/")[2])
            return {"hasResult": True, "result": state}
        return copy.deepcopy(self._get(*_parts(path)))

    def post(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        self._noted("POST", path)
        what, name, rest = _parts(path)
        if rest == "actions/update":
            job = f"job{len(self.calls)}"
            self.futures[job] = self._updated(name)
            return {"jobId": job, "hasResult": False}
        if what == "infras":
            assert body["stage"] in self.stages
            self.infras[body["id"]] = {**body, "automationNodeUrl": "", "permissions": []}
        elif what == "projects":
            key = body["publishedProjectKey"]
            self.projects[key] = {"id": key, "name": key, "owner": "admin", "permissions": [], "basicImageInfo": {}}
        else:
            assert body["bundleId"] in self.bundles[body["publishedProjectKey"]] and body["infraId"] in self.infras
            known = {key: value for key, value in body.items() if key != "deploymentId"}
            self.deployments[body["deploymentId"]] = {**copy.deepcopy(_NEW), "id": body["deploymentId"], **known}
        return {}

    def put(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        self._noted("PUT", path)
        what, name, _rest = _parts(path)
        getattr(self, what)[name] = copy.deepcopy(body)

    def delete(self, path: str, **query: t.Any) -> t.Any:
        self._noted("DELETE", path)
        what, name, _rest = _parts(path)
        if what == "deployments":
            if self.deployments[name]["enabled"] or self.deployed.get(name) != self.deployments[name]:
                raise NodeError("the deployment must be disabled, and updated after that", 400)
        elif any(name in (held["infraId"], held["publishedProjectKey"]) for held in self.deployments.values()):
            raise NodeError("deployments use it", 400)
        del getattr(self, what)[name]

    def _noted(self, method: str, path: str) -> None:
        self.calls.append(f"{method} {path.removeprefix('/project-deployer')}")
        if self.calls[-1] in self.refused:
            raise self.refused[self.calls[-1]]

    def _get(self, what: str, name: str, rest: str) -> t.Any:
        if what == "stages":
            return [{"id": stage, "desc": ""} for stage in self.stages]
        held = getattr(self, what)
        if not name:
            key = {"infras": "infraBasicInfo", "projects": "projectBasicInfo", "deployments": "deploymentBasicInfo"}
            return [{key[what]: {"id": found}} for found in held]
        if name not in held:
            raise NodeError(f"{what} {name} does not exist", 404)
        if rest == "settings":
            return held[name]
        if rest == "status":
            in_sync = self.deployed.get(name) == held[name]
            return {"health": "HEALTHY" if in_sync else "OUT_OF_SYNC", "healthMessages": {"messages": []}}
        users = [
            {"id": found}
            for found, settings in self.deployments.items()
            if name in (settings["infraId"], settings["publishedProjectKey"])
        ]
        packages = [{"id": bundle} for bundle in self.bundles.get(name, ())]
        return {"neverEverDeployed": name not in self.deployed, "deployments": users, "packages": packages}

    def _updated(self, name: str) -> Document:
        settings = self.deployments[name]
        table = settings["bundleContainerSettings"].get("remapping", {}).get("connections") or []
        lacking = [pair["target"] for pair in table if pair["target"] not in self.connections]
        if lacking:
            message = {"severity": "ERROR", "code": "ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION", "message": lacking[0]}
            return {"anyMessage": True, "maxSeverity": "ERROR", "messages": [message]}
        self.deployed[name] = copy.deepcopy(settings)
        told = {"severity": "WARNING", "code": "", "message": "a scenario has no owner"}
        return {"anyMessage": True, "success": False, "maxSeverity": "WARNING", "messages": [told]}


def _parts(path: str) -> tuple[str, str, str]:
    what, _slash, rest = path.removeprefix("/project-deployer/").partition("/")
    name, _slash, below = rest.partition("/")
    return what, name, below
