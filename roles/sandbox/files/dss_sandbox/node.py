# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything one node holds: projects, connections, users, keys, futures, switches."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from . import DSS_VERSION, keys
from . import database as db
from .calls import CallLog
from .connections import Connections
from .deployer import Deployer
from .documents import Document, dumps, now_ms, tag
from .faults import Faults
from .futures import Futures
from .keys import ApiKey
from .load import Load
from .outcomes import Outcomes
from .project import Project
from .project_folders import ProjectFolders
from .shelf import Shelf
from .switches import Switches

if TYPE_CHECKING:
    from .call import Reply
    from .site import Site

_SEED_USER: Document = {
    "login": "admin",
    "displayName": "Administrator",
    "sourceType": "LOCAL",
    "groups": ["administrators"],
    "userProfile": "DESIGNER",
    "enabled": True,
}
_SEED_GROUPS = ("administrators", "data_team", "readers")  # unverified: the groups of a fresh installation


class Node:
    def __init__(
        self, database: db.Database, api_key: str, node_type: str = "design", latency_ms: int = 0, name: str = ""
    ) -> None:
        self.database = database
        self.node_type = node_type
        self.name = name or node_type
        self.api_key = api_key
        self.url = ""  # known once it listens
        self.site: Site
        self.ask: Callable[[str, str, str], Reply]  # method, path and key of a call that another node makes
        self.latency_ms = latency_ms
        self.switches = Switches()
        self.calls = CallLog()
        self.load = Load(self.switches)
        self.faults = Faults()
        self.outcomes = Outcomes()
        self.futures = Futures(self.switches)
        self.connections = Connections(database)
        self.projects: dict[str, Project] = {}
        self.imports: dict[str, bytes] = {}
        self.exported = Shelf("exported", database)
        self.imported = Shelf("imported", database)
        self.deployer = Deployer(database)
        self.instance: dict[str, Any] = {}
        self.project_folders = ProjectFolders(lambda: self.instance, self.save_instance)
        self.audit: list[Document] = []
        self.keys: dict[str, ApiKey] = {}
        if not self._load():
            self._start_empty()
        self.add_key(ApiKey("admin", api_key, admin=True, may_create_projects=True))

    def _start_empty(self) -> None:
        self.projects.clear()
        self.imports.clear()
        self.exported.clear()
        self.imported.clear()
        self.deployer.clear()
        self.futures.clear()
        self.audit.clear()
        self.instance = {
            "users": {"admin": dict(_SEED_USER)},
            "groups": {
                name: {"name": name, "description": "", "sourceType": "LOCAL", "admin": name == "administrators"}
                for name in _SEED_GROUPS
            },
            "code_envs": [],
            "plugins": [],
            "variables": {},
            "general_settings": {},
        }
        self.connections.clear()
        self.save_instance()

    def reset(self) -> None:
        """An empty node; keys and switches are kept."""
        self.database.clear()
        self._start_empty()
        self.faults.clear()
        self.outcomes.clear()
        self.calls.clear()
        for key in self.keys.values():
            self._store_key(key)

    def restore(self) -> bool:
        """Everything that the database held when it was kept; False if it never was."""
        if not self.database.has_kept:
            return False
        self._start_empty()
        self.database.restore()
        return self._load()

    # -- instance documents --

    @property
    def users(self) -> dict[str, Document]:
        users: dict[str, Document] = self.instance["users"]
        return users

    def save_instance(self) -> None:
        self.database.put(db.PUT_DOCUMENT, ("instance", dumps(self.instance)))

    def add_key(self, key: ApiKey) -> None:
        self.keys[key.secret] = key
        self._store_key(key)

    def change_key(self, key_id: str, *, admin: bool) -> None:
        for key in [key for key in self.keys.values() if key.id == key_id]:
            self.add_key(replace(key, admin=admin))

    def drop_key(self, key_id: str) -> None:
        for secret in [secret for secret, key in self.keys.items() if key.id == key_id]:
            del self.keys[secret]
            self.database.put(db.PUT_DOCUMENT, (f"key:{secret}", None))

    def grant(self, key: ApiKey, project_key: str, level: str) -> None:
        """A key that creates a project may go on with it; unverified for global keys."""
        if not key.admin and key.secret in self.keys:
            self.keys[key.secret].projects[project_key] = level
            self._store_key(self.keys[key.secret])

    def _store_key(self, key: ApiKey) -> None:
        if key.id != "admin":
            self.database.put(db.PUT_DOCUMENT, (f"key:{key.secret}", dumps(key.to_json())))

    # -- projects --

    def new_project(self, key: str) -> Project:
        project = self.projects[key] = Project(key, self.database)
        self.database.put(db.PUT_DOCUMENT, (f"project:{key}", dumps({"createdOn": now_ms()})))
        project.repository.save_refs()
        return project

    def drop_project(self, key: str) -> None:
        del self.projects[key]
        self.database.put(db.PUT_DOCUMENT, (f"project:{key}", None))
        self.database.drop_project(key)
        self.exported.drop_project(key)
        self.imported.drop_project(key)
        self.project_folders.forget(key)

    def _load(self) -> bool:
        """False if the database is new."""
        documents = {name: body for name, body in self.database.query("SELECT name, body FROM document") if body}
        if "instance" not in documents:
            return False
        self.instance = json.loads(documents["instance"])
        self.connections.load(documents)
        self.exported.load(documents)
        self.imported.load(documents)
        self.deployer.load(documents)
        for name, body in documents.items():
            kind, _sign, rest = name.partition(":")
            if kind == "key":
                self.keys[rest] = keys.from_json(json.loads(body))
            elif kind == "project":
                self._load_project(rest, json.loads(documents[f"refs:{rest}"]))
        return True

    def _load_project(self, key: str, refs: dict[str, Any]) -> None:
        project = self.projects[key] = Project(key, self.database)
        project.repository.restore(refs)
        rows = self.database.query("SELECT object, body FROM version_tag WHERE project = ?", (key,))
        tags = {name: json.loads(body) for name, body in rows if body}
        project.load(project.repository.contents(), tags, "admin")

    def reload(self, project: Project, login: str) -> None:
        """After the working tree has changed under the objects (revert, branch, reset)."""
        before = dict(project.entries())
        project.load(project.repository.contents(), {name: entry.tag for name, entry in before.items()}, login)
        for name, entry in project.entries():
            old = before.get(name)
            if old is not None and (old.document, old.payload) != (entry.document, entry.payload) and entry.tag:
                entry.tag = tag(login, entry.tag.get("versionNumber", 0) + 1)
        project.keep_tags()

    # -- a call whose writes are lost --

    def snapshot(self) -> dict[str, Any]:
        self.database.begin_trial()
        return {
            "projects": dict(self.projects),
            "inside": {key: project.snapshot() for key, project in self.projects.items()},
            "instance": json.loads(dumps(self.instance)),
            "connections": dict(self.connections.definitions),
            "imports": dict(self.imports),
            "keys": dict(self.keys),
            "exported": self.exported.snapshot(),
            "imported": self.imported.snapshot(),
            "deployer": self.deployer.snapshot(),
        }

    def go_back(self, snapshot: dict[str, Any]) -> None:
        self.database.end_trial()
        self.projects = snapshot["projects"]
        for key, project in self.projects.items():
            project.go_back(snapshot["inside"][key])
        self.instance = snapshot["instance"]
        self.connections.definitions = snapshot["connections"]
        self.imports = snapshot["imports"]
        self.keys = snapshot["keys"]
        self.exported.go_back(snapshot["exported"])
        self.imported.go_back(snapshot["imported"])
        self.deployer.go_back(snapshot["deployer"])

    def info(self) -> Document:
        return {
            "nodeId": self.name,
            "nodeName": f"DSS sandbox node {self.name}",
            "nodeType": self.node_type.upper(),
            "dssVersion": DSS_VERSION,
        }


def new_secret() -> str:
    return secrets.token_urlsafe(24)
