# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing a project from a design node to an automation node, with and without a deployer."""

from __future__ import annotations

import io
from typing import Any

from support.site import SandboxSite, SiteNode

NODES = ("dev=design", "prod=automation", "deployer")
CONNECTIONS = {"connections": [{"source": "pg_dev", "target": "pg_prod"}]}


def furnish(site: SandboxSite) -> None:
    """A connection on the design node and its counterpart on the automation node."""
    site.nodes["dev"].client().create_connection("pg_dev", "PostgreSQL", {"host": "dev"})
    site.nodes["prod"].client().create_connection("pg_prod", "PostgreSQL", {"host": "prod"})


def codes(report: dict[str, Any]) -> list[str]:
    return [message["code"] for message in report["messages"]]


# -- without a deployer --


def archive_of(project: Any, bundle_id: str) -> io.BytesIO:
    return io.BytesIO(project.get_exported_bundle_archive_stream(bundle_id).content)


def promoted(project: Any, prod: SiteNode, bundle_id: str, **settings: Any) -> Any:
    """The project of the automation node with the bundle imported; made if it is missing."""
    project.export_bundle(bundle_id)
    client = prod.client()
    if project.project_key in client.list_project_keys():
        target = client.get_project(project.project_key)
        target.import_bundle_from_stream(archive_of(project, bundle_id))
    else:
        client.create_project_from_bundle_archive(archive_of(project, bundle_id))
        target = client.get_project(project.project_key)
    if settings:
        stored = target.get_settings()
        stored.get_raw()["bundleContainerSettings"] = settings
        stored.save()
    return target


def to_prod(**more: Any) -> dict[str, Any]:
    """Settings of ``promoted``: the connection of the design node becomes that of the automation node."""
    return {"remapping": {**CONNECTIONS, **more}}


# -- with a deployer --


def publish(site: SandboxSite, bundle_id: str, **target: str) -> Any:
    project = site.nodes["dev"].client().get_project("PROJ")
    project.export_bundle(bundle_id)
    return project.publish_bundle(bundle_id, **target)


def make_infra(deployer: Any, prod: SiteNode, **more: Any) -> Any:
    """An infrastructure that leads to the automation node."""
    infra = deployer.create_infra("prod-infra", "Production")
    change(infra, automationNodeUrl=prod.url, adminApiKey=prod.api_key, **more)
    return infra


def change(thing: Any, **settings: Any) -> None:
    """Save other settings of an infrastructure, a deployment or a published project."""
    stored = thing.get_settings()
    stored.get_raw().update(settings)
    stored.save()


def remapped(deployment: Any, **more: Any) -> Any:
    change(deployment, bundleContainerSettings={"remapping": CONNECTIONS}, **more)
    return deployment


def updated(deployment: Any) -> dict[str, Any]:
    report: dict[str, Any] = deployment.start_update().wait_for_result()
    return report


def health(deployment: Any) -> str:
    return str(deployment.get_status().get_health())
