# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A company with many small projects in three environments: one inventory, one playbook, a folder for each project."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import read_holder
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import INSTANCE
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.store import Store

from .site import SandboxSite

ENVIRONMENTS = ("dev", "staging", "prod")
NODES = tuple(f"{name}=design" for name in ENVIRONMENTS)
INVENTORY = "inventory/company.dss.yml"
PLAYBOOK = "deploy.yml"
_OF_A_MOMENT = ("versionTag", "creationTag", "creationDate", "lastModifiedOn", "projectCreatedOn")
_OF_A_RUN = ("lineage", "salt", "updated_at", "deployed_at", "at", "by", "run", "full_at", "head")
Document = dict[str, t.Any]


class Company:
    """The files of the company in a folder; ``states`` is the place of all states."""

    def __init__(self, folder: Path, site: SandboxSite, projects: Iterable[str]) -> None:
        self.folder = folder
        self.site = site
        self.projects = list(projects)
        self.states = folder / "states"
        for key in self.projects:
            _write(folder / f"projects/{key}/project.yml", _configuration(key))
        place = {"type": "local", "path": "{{ dss_states }}"}
        _write(folder / "inventory/group_vars/all.yml", {"dss_state_backend": place, "dss_states": str(self.states)})
        _write(folder / PLAYBOOK, [_play()])
        self.write_inventory()

    def write_inventory(self, listed: bool = True, **nodes: Document) -> None:
        """The inventory; with ``listed`` the projects stand in it, otherwise each node is asked for them.

        ``nodes`` are more nodes of an environment.
        """
        environments = {name: self._environment(name, listed) for name in ENVIRONMENTS}
        for name, more in nodes.items():
            environments[name]["nodes"] |= more
        plugin = {"plugin": "dataiku_iac.dss.environments", "expand": "projects", "environments": environments}
        _write(self.folder / INVENTORY, plugin)

    def _environment(self, name: str, listed: bool) -> Document:
        return {
            "nodes": {"design": {"url": self.site.nodes[name].url, "api_key_file": f"../keys/{name}"}},
            "variables": {"STAGE": name, "LIMIT": 10 ** ENVIRONMENTS.index(name)},
            "overrides": {"scenarios": {"nightly": {"active": name == "prod"}}, "datasets": {"*": {"tags": [name]}}},
            "remapping": {"connections": {"lake_dev": f"lake_{name}"}, "code_envs": {"py_dev": f"py_{name}"}},
            **({"projects": self.projects} if listed else {}),
        }

    def begin(self) -> None:
        """Nodes without projects, which have what every node of the company has."""
        self.site.reset()
        (self.folder / "keys").mkdir(exist_ok=True)
        for name, node in self.site.nodes.items():
            node.client().create_connection(f"lake_{name}", "Filesystem", {"root": f"/lake/{name}"})
            node.control.instance(code_envs=[{"envLang": "PYTHON", "envName": f"py_{name}"}])
            (self.folder / "keys" / name).write_text(node.api_key + "\n", encoding="utf-8")
            node.control.forget_calls()

    def writes(self) -> int:
        """Calls that could change a node, since this was asked last."""
        controls = [node.control for node in self.site.nodes.values()]
        found = sum(control.calls()["writes"] for control in controls)
        for control in controls:
            control.forget_calls()
        return found

    def held(self) -> Document:
        """All that the nodes hold, asked with Dataiku's own client; times and versions apart."""
        return {name: _held(node.client()) for name, node in self.site.nodes.items()}

    def recorded(self) -> Document:
        """All states by environment and project, without what two equal runs record differently."""
        return {str(path.relative_to(self.states)): _recorded(path) for path in self.states.glob("*/*.state.json")}

    def unfinished(self) -> list[str]:
        """Locks that somebody holds, and journals of runs that have not ended."""
        backend = open_backend({"type": "local", "path": str(self.states)}, self.folder, {})
        stores = [Store(backend, name, project) for name in ENVIRONMENTS for project in (*self.projects, INSTANCE)]
        held = [store.lock_name for store in stores if read_holder(backend, store.lock_name) is not None]
        return [*held, *(store.place for store in stores if store.open_journal() is not None)]


def _recorded(path: Path) -> Document:
    state = json.loads(path.read_bytes())
    del state["checksum"]  # of the file
    return t.cast("Document", _without(state, _OF_A_RUN))


def _held(client: t.Any) -> Document:
    return {key: _without(_project(client.get_project(key)), _OF_A_MOMENT) for key in client.list_project_keys()}


def _project(project: t.Any) -> Document:
    recipes = {item["name"]: project.get_recipe(item["name"]).get_settings() for item in project.list_recipes()}
    return {
        "metadata": project.get_metadata(),
        "settings": project.get_settings().get_raw(),
        "variables": project.get_variables(),
        "datasets": {
            item["name"]: project.get_dataset(item["name"]).get_settings().get_raw() for item in project.list_datasets()
        },
        "recipes": {name: [found.get_recipe_raw_definition(), found.get_payload()] for name, found in recipes.items()},
        "scenarios": {
            item["id"]: project.get_scenario(item["id"]).get_settings().get_raw() for item in project.list_scenarios()
        },
    }


def _without(value: t.Any, names: t.Collection[str]) -> t.Any:
    """A document without some keys, at any depth."""
    if isinstance(value, Mapping):
        return {key: _without(inner, names) for key, inner in value.items() if key not in names}
    return [_without(inner, names) for inner in value] if isinstance(value, list) else value


def _configuration(key: str) -> Document:
    return {
        "version": "1.0",
        "project": {"key": key, "name": f"{key} in ${{STAGE}}"},
        "variables": {"standard": {"stage": "${STAGE}", "limit": "${LIMIT}"}},
        "datasets": [
            {"name": "raw", "type": "Filesystem", "connection": "lake_dev", "path": f"/{key}/${{STAGE}}/raw"},
            {"name": "clean", "type": "Filesystem", "connection": "lake_dev", "path": f"/{key}/${{STAGE}}/clean"},
        ],
        "recipes": [
            {
                "name": "cleaning",
                "type": "python",
                "code_env": "py_dev",
                "inputs": ["raw"],
                "outputs": ["clean"],
                "code": f"# of {key}\n",
            }
        ],
        "scenarios": [{"name": "nightly", "active": False, "steps": []}],
    }


def _play() -> Document:
    return {
        "name": "Every project as declared",
        "hosts": "dss",
        "gather_facts": False,
        "tasks": [
            {
                "name": "Deploy",
                "dataiku_iac.dss.configuration": {"path": "{{ playbook_dir }}/projects/{{ dss_project }}"},
            }
        ],
    }


def _write(path: Path, content: t.Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
