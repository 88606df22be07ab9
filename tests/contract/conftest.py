# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the real sandbox process once and hands out an empty node, driven through the unmodified client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

dataikuapi = pytest.importorskip("dataikuapi", reason="the contract tests drive the node through the official client")
requests = pytest.importorskip("requests")
pytest.importorskip("uvicorn", reason="the sandbox node needs the packages of roles/sandbox/files/requirements.txt")

from support.sandbox import Control, SandboxProcess, connect  # noqa: E402  (needs the libraries above)
from support.site import SandboxSite, SiteNode  # noqa: E402

from . import promotion  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    # The client deprecates get_definition and its like, which show the raw documents best.
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:dataikuapi")


@pytest.fixture(scope="session")
def running(sandbox_process: SandboxProcess) -> SandboxProcess:
    return sandbox_process


@pytest.fixture(scope="session")
def default_switches(running: SandboxProcess) -> Any:
    return running.control.switches()


@pytest.fixture
def control(running: SandboxProcess, default_switches: Any) -> Iterator[Control]:
    """An empty node with the default switches, again after the test."""
    control = running.control
    control.reset()
    yield control
    control.switch(**default_switches)
    control.clear_faults()


@pytest.fixture
def client(running: SandboxProcess, control: Control) -> Any:
    return connect(running.url, running.api_key)


@pytest.fixture
def project(client: Any) -> Any:
    return client.create_project("PROJ", "A project", "admin")


@pytest.fixture
def raw(running: SandboxProcess, control: Control) -> Any:
    """A plain HTTP call with the admin key, for facts that the client hides."""
    session = requests.Session()
    session.trust_env = False

    def call(method: str, path: str, key: str | None = None, **arguments: Any) -> Any:
        arguments.setdefault("auth", (key or running.api_key, ""))
        arguments.setdefault("timeout", 10)
        return session.request(method, running.url + path, **arguments)

    return call


# -- a design node, an automation node and a deployer --


@pytest.fixture(scope="session")
def running_site() -> Iterator[SandboxSite]:
    site = SandboxSite(*promotion.NODES)
    yield site
    assert site.stop() == 0


@pytest.fixture
def site(running_site: SandboxSite, default_switches: Any) -> Iterator[SandboxSite]:
    """Empty nodes but for a connection on two, with the default switches, again after the test."""
    running_site.reset()
    promotion.furnish(running_site)
    yield running_site
    for node in running_site.nodes.values():
        node.control.switch(**default_switches)


@pytest.fixture
def dev(site: SandboxSite) -> SiteNode:
    return site.nodes["dev"]


@pytest.fixture
def prod(site: SandboxSite) -> SiteNode:
    return site.nodes["prod"]


@pytest.fixture
def bundled(dev: SiteNode) -> Any:
    """A project of the design node with everything that an activation has an opinion about."""
    project = dev.client().create_project("PROJ", "A project", "admin")
    project.create_dataset("orders", "PostgreSQL", params={"connection": "pg_dev", "table": "orders"})
    project.create_dataset("files", "Filesystem", params={"connection": "filesystem_managed", "path": "f"})
    project.new_recipe("python", "compute").with_script("print(1)").create()
    settings = project.create_scenario("NIGHT", "step_based").get_settings()
    settings.active = True
    settings.get_raw()["markedAsTest"] = True
    settings.save()
    project.set_variables({"standard": {"a": 1}, "local": {"secret": "dev"}})
    return project


@pytest.fixture
def published(site: SandboxSite, bundled: Any) -> Any:
    """That project, with bundle v1 on the deployer."""
    promotion.publish(site, "v1")
    return bundled


@pytest.fixture
def deployer(site: SandboxSite, published: Any) -> Any:
    return site.nodes["deployer"].client().get_projectdeployer()


@pytest.fixture
def infra(deployer: Any, prod: SiteNode) -> Any:
    return promotion.make_infra(deployer, prod)


@pytest.fixture
def deployment(deployer: Any, infra: Any) -> Any:
    return promotion.remapped(deployer.create_deployment("proj-prod", "PROJ", infra.id, "v1"))
