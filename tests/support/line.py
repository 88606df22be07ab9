# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A project of a design node, whose bundles go to an automation node: real or small."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from support.engine import run_module
from support.sandbox import CORPUS, import_project
from support.site import SandboxSite, SiteNode

REAL = CORPUS / "nathanbry2__dss-realestate"  # 37 datasets, 35 recipes, 5 managed folders, 1 scenario
KEY = "FLOW"


@dataclass(frozen=True)
class Line:
    """Modules run on ``dev``, a design node, and on ``prod``, an automation node of one site."""

    site: SandboxSite
    folder: Path

    @property
    def dev(self) -> SiteNode:
        return self.site.nodes["dev"]

    @property
    def prod(self) -> SiteNode:
        return self.site.nodes["prod"]

    @property
    def source(self) -> dict[str, str]:
        """The design node as an option of a task on another one."""
        return {"url": self.dev.url, "api_key": self.dev.api_key}

    def run(self, node: SiteNode, module: str = "bundle", check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        """Run a module there; an option that is None is not given."""
        given = {name: value for name, value in {"project": KEY, **options}.items() if value is not None}
        return run_module(node.environ, module, check, base=self.folder, **given)

    def export(self, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        return self.run(self.dev, check=check, **options)

    def release(self, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        """The newest bundle, or the one of ``id``, is active on the automation node."""
        return self.run(self.prod, check=check, **{"state": "active", "source": self.source, **options})

    def change(self) -> None:
        """A commit on the design node."""
        dataset = self.dev.client().get_project(KEY).list_datasets()[0]
        settings = dataset.to_dataset().get_settings()
        settings.get_raw()["tags"] = [
            *settings.get_raw().get("tags", ()),
            f"tag{len(settings.get_raw().get('tags', ()))}",
        ]
        settings.save()

    def active(self) -> str | None:
        """The bundle that is active, as the unmodified client tells it."""
        client = self.prod.client()
        if KEY not in client.list_project_keys():
            return None
        return (client.get_project(KEY).get_summary().get("activeBundleState") or {}).get("bundleId")

    def writes(self, node: SiteNode) -> dict[str, int]:
        """The writing calls that a node has received since they were forgotten."""
        counts: dict[str, int] = node.control.calls()["counts"]
        return {call: count for call, count in counts.items() if not call.startswith("GET ")}


def real_project(line: Line) -> None:
    """A real project on the design node, and its connections on both."""
    import_project(line.dev.client(), REAL, KEY)
    listing = node_of(line.dev).get(f"/projects/{KEY}/datasets/")
    folders = node_of(line.dev).get(f"/projects/{KEY}/managedfolders/")
    names = {item["params"].get("connection") for item in [*listing, *folders]} - {None}
    for node, host in ((line.dev, "dev.example.com"), (line.prod, "prod.example.com")):
        client = node.client()
        types = {item["params"].get("connection"): item["type"] for item in listing}
        for name in names - set(client.list_connections()):
            kind = types.get(name, "Filesystem")
            client.create_connection(name, kind, params={"host": host, "db": "dss", "root": f"/data/{host}"})


def small_project(line: Line) -> None:
    """A table that DSS reads and one that a recipe writes, both on ``warehouse``, and a scenario."""
    for node in (line.dev, line.prod):
        warehouse(node, "warehouse")
    project = line.dev.client().create_project(KEY, "Flow", "admin")
    for name, managed in (("raw", False), ("orders", True)):
        params = {"connection": "warehouse", "mode": "table", "schema": "public", "table": "${projectKey}_" + name}
        project.create_dataset(name, "PostgreSQL", params=params)
        settings = project.get_dataset(name).get_settings()
        settings.get_raw()["managed"] = managed
        settings.save()
    builder = project.new_recipe("python", "clean")
    builder.with_input("raw").with_output("orders").with_script("print(1)")
    builder.create()
    project.create_scenario("NIGHTLY", "step_based")


def warehouse(node: SiteNode, name: str, kind: str = "PostgreSQL", host: str = "", **definition: t.Any) -> None:
    """A connection to a database of the node's own, unless ``host`` says which; other fields as given."""
    client = node.client()
    if name in client.list_connections():
        client.get_connection(name).delete()
    params = {"host": host or f"{node.name}.example.com", "port": 5432, "db": "dss", "user": "dss"}
    connection = client.create_connection(name, kind, params=params)
    connection.set_definition({**connection.get_definition(), **definition})


def node_of(node: SiteNode) -> DssNode:
    """The adapter of the collection over a node."""
    return DssNode(NodeOptions(node.url, node.api_key))
