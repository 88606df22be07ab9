# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Nodes written from the reference (dss-api.md 2.3, 2.12, 2.13), with answers that can be lost."""

from __future__ import annotations

import json
import typing as t
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions


class FakeNode:
    """Answers calls from a table of functions by method and path; a call that ``lost`` names is done but not answered."""

    def __init__(self) -> None:
        self.options = NodeOptions(url="http://127.0.0.1:1", api_key="key")
        self.calls: list[str] = []
        self.lost: set[str] = set()
        self.sent: dict[str, t.Any] = {}

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        return self.answer("GET", unquote(path), None, query)

    def put(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        return self.answer("PUT", unquote(path), body, query)

    def post(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        return self.answer("POST", unquote(path), body, query)

    def delete(self, path: str, **query: t.Any) -> t.Any:
        return self.answer("DELETE", unquote(path), None, query)

    def upload(self, path: str, file: Path, **query: t.Any) -> t.Any:
        return self.answer("POST", unquote(path), file, query)

    def download(self, path: str, chunk: Callable[[bytes], object], restart: Callable[[], object]) -> None:
        restart()
        chunk(self.answer("GET", unquote(path), None, {}))

    def answer(self, method: str, path: str, body: t.Any, query: dict[str, t.Any]) -> t.Any:
        call = f"{method} {path}"
        self.calls.append(call)
        answer = self.do(method, path, body, query)
        if call in self.lost:
            self.lost.discard(call)
            raise NodeError(f"{call}: the connection broke", error_type="broken", doubtful=True)
        return answer

    def do(self, method: str, path: str, body: t.Any, query: dict[str, t.Any]) -> t.Any:
        raise NotImplementedError

    @property
    def writes(self) -> list[str]:
        return [call for call in self.calls if not call.startswith("GET ")]


class DesignNode(FakeNode):
    """One project FLOW with a Git history and its bundles; ``files`` are what differs since a commit."""

    def __init__(self, archive: bytes = b"") -> None:
        super().__init__()
        self.head = "a" * 40
        self.clean = True
        self.files: dict[str, list[str]] = {}
        self.bundles: list[dict[str, t.Any]] = []
        self.packages: list[str] = []
        self.archive = archive

    def do(self, method: str, path: str, body: t.Any, query: dict[str, t.Any]) -> t.Any:
        part = path.removeprefix("/projects/FLOW/")
        match method, part.split("/"):
            case "GET", ["git", "status"]:
                return {"clean": self.clean, "hasUncommittedChanges": not self.clean, "currentBranch": "master"}
            case "GET", ["git", "actions", "log"]:
                return {"entries": [{"commitId": self.head, "timestamp": 1}], "nextCommit": "b"}
            case "GET", ["git", "actions", "diff"]:
                files = self.files.get(query["commitFrom"], ["params.json"])
                return {"changedFiles": len(files), "entries": [{"path": file} for file in files]}
            case "GET", ["bundles", "exported"]:
                return {"bundles": list(self.bundles)}
            case "GET", ["bundles", "exported", _bundle, "archive"]:
                return self.archive
            case "PUT", ["bundles", "exported", bundle]:
                self.add(bundle, query["releaseNotes"])
                self.sent = query
                return {}
            case "DELETE", ["bundles", "exported", bundle]:
                self.bundles = [item for item in self.bundles if item["bundleId"] != bundle]
                return {}
            case "POST", ["bundles", bundle, "publish"]:
                state = {
                    "publishedOn": 1,
                    "publishedBy": "ada",
                    "publishedProjectKey": query.get("publishedProjectKey", "FLOW"),
                }
                next(item for item in self.bundles if item["bundleId"] == bundle)["publishedBundleState"] = state
                return state
        if path == "/project-deployer/projects/FLOW" and self.packages:
            return {"packages": [{"id": identifier} for identifier in self.packages]}
        raise NodeError(f"{method} {path}: not found", 404)

    def add(self, bundle: str, notes: str) -> None:
        user = {"exportedBy": "ada", "exportedOn": 1000 + len(self.bundles), "releaseNotes": notes}
        self.bundles.append({"bundleId": bundle, "state": "READY", "exportManifest": {"exportUserInfo": user}})


class AutomationNode(FakeNode):
    """Projects that come from bundles; ``report`` is what an activation or a preload answers."""

    def __init__(self) -> None:
        super().__init__()
        self.projects: dict[str, list[str]] = {}
        self.active: dict[str, dict[str, t.Any]] = {}
        self.report: dict[str, t.Any] = {"anyMessage": False, "success": True, "error": False, "messages": []}
        self.clock = 0

    def do(self, method: str, path: str, body: t.Any, query: dict[str, t.Any]) -> t.Any:
        match method, path.strip("/").split("/"):
            case "POST", ["projectsFromBundle"]:
                project, bundle = identity_of(body)
                self.projects[project] = [bundle]
                self.sent = query
                return {"projectKey": project}
            case "GET", ["projects", project] if project in self.projects:
                return {"projectKey": project, "activeBundleState": self.active.get(project)}
            case "GET", ["projects", project, "bundles", "imported"] if project in self.projects:
                return {"bundles": [{"bundleId": bundle} for bundle in self.projects[project]]}
            case "POST", ["projects", project, "bundles", "imported", "actions", "importFromStream"]:
                self.projects[project].append(identity_of(body)[1])
                return None
            case "POST", ["projects", project, "bundles", "imported", bundle, "actions", "activate"]:
                self.clock += 1
                if not self.report["error"]:
                    self.active[project] = {"bundleId": bundle, "activatedOn": self.clock}
                self.sent = body
                return self.report
            case "POST", ["projects", _project, "bundles", "imported", _bundle, "actions", "preload"]:
                return self.report
            case "DELETE", ["projects", project, "bundles", "imported", bundle]:
                self.projects[project].remove(bundle)
                return {}
        raise NodeError("Failed to read project permissions", 401, "com.dataiku.dip.exceptions.UnauthorizedException")


def identity_of(archive: Path) -> tuple[str, str]:
    """The project and the bundle of an archive that ``archive_of`` made."""
    with zipfile.ZipFile(archive) as content:
        manifest = json.loads(content.read("bundle-manifest.json"))
    return manifest["projectKey"], manifest["bundleId"]


def archive_of(file: Path, project: str, bundle: str) -> Path:
    """The archive of a bundle."""
    with zipfile.ZipFile(file, "w") as content:
        content.writestr("bundle-manifest.json", json.dumps({"projectKey": project, "bundleId": bundle}))
        content.writestr("project_config/params.json", "{}")
    return file
