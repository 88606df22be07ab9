# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A project that is promoted: its design node, the nodes it goes to, and archives of two bundles."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.transfer import checksum_of

from .site import SandboxSite, SiteNode

KEY = "ORDERS"
REMAPPING = {"connections": {"pg_dev": "pg_prod"}}


@dataclass(frozen=True)
class Release:
    """A bundle as a file."""

    bundle: str
    path: str
    checksum: str

    @property
    def options(self) -> dict[str, str]:
        return {"bundle": self.bundle, "path": self.path, "checksum": self.checksum}


def prepare(site: SandboxSite) -> None:
    """A project on ``dev`` whose connection has another name elsewhere."""
    site.reset()
    for node in site.nodes.values():
        if node.type in ("design", "automation"):
            name = "pg_dev" if node.type == "design" else "pg_prod"
            node.client().create_connection(name, "PostgreSQL", {"host": f"{node.name}.example.com", "db": "orders"})
    project = site.nodes["dev"].client().create_project(KEY, "Orders", "admin")
    project.create_dataset("orders", "PostgreSQL", params={"connection": "pg_dev", "mode": "table", "table": "orders"})
    project.set_variables({"standard": {"limit": 1}, "local": {"where": "dev"}})
    for name in ("nightly", "hourly", "smoke"):
        scenario = project.create_scenario(name, "step_based")
        settings = scenario.get_settings()
        settings.active = name != "smoke"
        settings.get_raw()["markedAsTest"] = name == "smoke"
        settings.save()


def released(dev: SiteNode, bundle: str, folder: Path, limit: int) -> Release:
    """Change the project, export it and download the archive."""
    project = dev.client().get_project(KEY)
    project.set_variables({"standard": {"limit": limit}, "local": {"where": "dev"}})
    project.export_bundle(bundle)
    path = folder / f"{bundle}.zip"
    project.download_exported_bundle_archive_to_file(bundle, str(path))
    return Release(bundle, str(path), checksum_of(path))


def active(node: SiteNode) -> dict[str, t.Any]:
    """What is active on a node, asked with Dataiku's own client."""
    client = node.client()
    if KEY not in client.list_project_keys():
        return {}
    project = client.get_project(KEY)
    settings = project.get_settings().get_raw()
    return {
        "bundle": project.get_summary().get("activeBundleState", {}).get("bundleId"),
        "scenarios": {item["id"]: item["active"] for item in project.list_scenarios()},
        "variables": project.get_variables(),
        "remapping": (settings.get("bundleContainerSettings") or {}).get("remapping"),
        "connections": [item["params"]["connection"] for item in project.list_datasets()],
    }
