# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A project of any size on a node, and the part of a run that decides what is read and records it."""

from __future__ import annotations

import io
import json
import typing as t
import zipfile
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds.base import Ref, Resource, address, resolved
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.history import Standing
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.read import read, read_project
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.refresh import (
    Mode,
    Refresh,
    as_recorded,
    closed,
    refresh,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired as desired_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded, State, new_state

from .sandbox import SandboxProcess

KEY = "RECORDED"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def configuration(objects: int) -> dict[str, t.Any]:
    """A project of every kind with so many objects: one folder in ten, four datasets, three recipes, two scenarios."""
    tenth = max(objects // 10, 1)
    return {
        "project": {"key": KEY, "name": "Recorded", "owner": "admin"},
        "variables": {"standard": {"year": 2030}},
        "managed_folders": [{"name": f"f{n}", "connection": "filesystem_folders"} for n in range(tenth)],
        "datasets": [
            {"name": f"d{n}", "type": "managed", "connection": "filesystem_managed", "tags": ["a"]}
            for n in range(4 * tenth)
        ],
        "recipes": [
            {
                "name": f"r{n}",
                "type": "python",
                "inputs": [f"d{n}", {"folder": f"f{n % tenth}"}],
                "outputs": [f"d{n + tenth}"],
                "code": f"print({n})\n",
                "code_env": "py",
            }
            for n in range(3 * tenth)
        ],
        "scenarios": [
            {"name": f"s{n}", "active": False, "type": "custom_python", "script": f"print({n})\n"}
            for n in range(2 * tenth)
        ],
    }


def files(definition: dict[str, t.Any]) -> t.Iterator[tuple[str, t.Any]]:
    """The files of the project's repository, as DSS lays them out."""
    yield "params.json", {"name": "Recorded", "owner": "admin", "settings": {"gitCommitMode": "AUTO"}}
    yield "variables.json", {"year": 2030}
    for entry in definition["managed_folders"]:
        params = {"connection": entry["connection"], "path": "${projectKey}/${odbId}"}
        yield f"managed_folders/{folder_id(entry['name'])}.json", {**entry, "type": "Filesystem", "params": params}
    for entry in definition["datasets"]:
        params = {"connection": entry["connection"], "path": entry["name"]}
        document = {"type": "Filesystem", "managed": True, "params": params, "tags": entry["tags"]}
        yield f"datasets/{entry['name']}.json", document
    for entry in definition["recipes"]:
        references = [item if isinstance(item, str) else folder_id(item["folder"]) for item in entry["inputs"]]
        document = {
            "type": "python",
            "inputs": {"main": {"items": [{"ref": ref, "deps": []} for ref in references]}},
            "outputs": {"main": {"items": [{"ref": entry["outputs"][0], "appendMode": False}]}},
            "params": {"envSelection": {"envMode": "EXPLICIT_ENV", "envName": "py"}},
        }
        yield f"recipes/{entry['name']}.json", document
        yield f"recipes/{entry['name']}.py", entry["code"]
    for entry in definition["scenarios"]:
        yield f"scenarios/{entry['name']}.json", {"name": entry["name"], "type": "custom_python", "active": False}
        yield f"scenarios/{entry['name']}.py", entry["script"]


def folder_id(name: str) -> str:
    return f"Id{name}"


def put_on(sandbox: SandboxProcess, definition: dict[str, t.Any]) -> None:
    """One import: a thousand calls would take long."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        for path, content in files(definition):
            package.writestr(path, content if isinstance(content, str) else json.dumps(content))
    archive.seek(0)
    answer = sandbox.client().prepare_project_import(archive).execute(settings={"targetProjectKey": KEY})
    assert answer["success"], answer
    sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])


@dataclass
class Project:
    """What a run does around the plan: refresh, read, compare, record."""

    sandbox: SandboxProcess
    node: DssNode
    desired: dict[str, Resource]
    state: State | None = None
    refreshed: Refresh = field(default_factory=Refresh)

    def declare(self, definition: dict[str, t.Any]) -> None:
        self.desired = desired_of(load(definition, kinds=KINDS).declarations, KEY, KINDS)

    def plan(self, mode: Mode = "auto") -> Snapshot:
        known = read_project(self.node, KEY, self.desired, KINDS)
        self.refreshed = refresh(
            self.node,
            KEY,
            self.desired,
            self.state,
            KINDS,
            document=(known or {}).get(KEY, {}),
            mode=mode,
            max_age=timedelta(hours=24),
            now=NOW,
            whole=False,
            interrupted=False,
        )
        skip = {key: self.state.resources[key] for key in self.refreshed.skip} if self.state else {}
        return read(self.node, KEY, self.desired, KINDS, self.refreshed.sections, known=known, skip=skip)

    def calls(self, mode: Mode = "auto") -> int:
        """What a plan costs."""
        self.sandbox.control.forget_calls()
        self.plan(mode)
        return int(self.sandbox.control.calls()["total"])

    def differing(self, snapshot: Snapshot) -> set[str]:
        """The addresses that are not as recorded."""
        recorded = self.state.resources if self.state else {}
        found = {key: self._document(snapshot, key) for key in self.desired}
        return {
            key
            for key, document in found.items()
            if document is None
            or not as_recorded(KINDS[self.desired[key].kind], self.desired[key], recorded[key], document)
        }

    def _document(self, snapshot: Snapshot, key: str) -> t.Any:
        held = snapshot.of(self.desired[key].kind)
        object_id = KINDS[self.desired[key].kind].find(self.desired[key], held)
        return None if object_id is None else held[object_id]

    def record(self) -> None:
        """Read everything and record it as applied."""
        snapshot = self.plan("full")
        former = self.state
        self.state = replace(former or new_state("prod", KEY), resources=self._records(snapshot))
        self.close(former, self.refreshed.standing, frozenset(self.desired) - self.differing(snapshot))

    def close(self, former: State | None, since: Standing | None, seen: frozenset[str]) -> None:
        assert self.state is not None
        reading = closed(
            self.node, KEY, self.refreshed, former, self.state, KINDS, since=since, seen=seen, unmanaged=(), now=NOW
        )
        self.state = replace(self.state, reading=reading)

    def _records(self, snapshot: Snapshot) -> dict[str, Recorded]:
        ids = {
            key: KINDS[resource.kind].find(resource, snapshot.of(resource.kind)) or ""
            for key, resource in self.desired.items()
        }

        def record(key: str, resource: Resource) -> Recorded:
            def lookup(value: t.Any) -> t.Any:
                if isinstance(value, Ref):
                    return ids[address(value.kind, KEY, value.name)]
                return snapshot.of(resource.kind)[ids[key]]["type"]

            return Recorded(key, resource.kind, resource.name, ids[key], resolved(resource.declared, lookup))

        return {key: record(key, resource) for key, resource in self.desired.items()}


def recorded(sandbox: SandboxProcess, node: DssNode, objects: int = 10) -> Project:
    """A project on the node that was just applied."""
    definition = configuration(objects)
    put_on(sandbox, definition)
    project = Project(sandbox, node, {})
    project.declare(definition)
    project.record()
    return project
