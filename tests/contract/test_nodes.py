# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several nodes in one process: each has its own address, key, content, faults and switches."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from support.sandbox import PACKAGE, connect
from support.site import SandboxSite

from .errors import refusal

NODES = {"dev": "design", "staging": "automation", "prod": "automation", "deployer": "deployer", "govern": "govern"}


@pytest.fixture(scope="module")
def site() -> Iterator[SandboxSite]:
    site = SandboxSite(*(f"{name}={kind}" for name, kind in NODES.items()), "fleet")
    yield site
    assert site.stop() == 0


@pytest.mark.parametrize(("name", "kind"), NODES.items())
def test_each_node_says_who_it_is(site: SandboxSite, name: str, kind: str) -> None:
    info = site.nodes[name].client().get_instance_info()
    assert (info.node_id, info.node_type) == (name, kind.upper())


def test_each_node_has_its_own_address_and_key(site: SandboxSite) -> None:
    nodes = site.nodes.values()
    assert len({node.url for node in nodes}) == len({node.api_key for node in nodes}) == len(NODES) + 1
    wrong = connect(site.nodes["dev"].url, site.nodes["prod"].api_key)
    assert "Unknown API Key" in refusal(wrong.list_projects)


def test_each_node_has_its_own_content_calls_faults_and_switches(site: SandboxSite) -> None:
    site.reset()
    dev, prod = site.nodes["dev"], site.nodes["prod"]
    dev.client().create_project("ONE", "One", "admin")
    prod.control.fault(status=500, count=0)
    prod.control.switch(missing_object_status=500)
    assert dev.client().list_project_keys() == ["ONE"]
    assert dev.control.switches()["missing_object_status"] == 404
    assert (dev.control.calls()["total"], prod.control.calls()["total"]) == (2, 0)
    assert "sandbox fault" in refusal(prod.client().list_project_keys)
    prod.control.reset()
    assert prod.client().list_project_keys() == []
    assert dev.client().list_project_keys() == ["ONE"]


def test_a_fleet_node_wants_the_id_of_a_key_and_its_secret(site: SandboxSite) -> None:
    fleet = site.nodes["fleet"]
    identifier, colon, secret = fleet.api_key.partition(":")
    assert colon
    session = requests.Session()
    session.trust_env = False
    path = fleet.url + "/api/public/tenants/main/no-such-thing"
    assert session.get(path, auth=(identifier, secret), timeout=10).status_code == 404
    assert session.get(path, auth=(identifier, "wrong"), timeout=10).status_code == 401
    assert session.get(fleet.url + "/dip/publicapi/projects", auth=(identifier, secret), timeout=10).status_code == 404


def test_a_govern_node_has_no_projects(site: SandboxSite) -> None:
    assert "NotFound" in refusal(site.nodes["govern"].client().list_projects)


def test_each_node_has_its_own_database(tmp_path: Path) -> None:
    flags = ("--database", str(tmp_path / "site.db"), "--api-key", "k")
    for run in range(2):
        site = SandboxSite("dev=design", "prod=automation", flags=flags)
        dev, prod = (site.nodes[name].client() for name in ("dev", "prod"))
        if run == 0:
            dev.create_project("DEV", "Dev", "admin")
            prod.create_project("PROD", "Prod", "admin")
        assert (dev.list_project_keys(), prod.list_project_keys()) == (["DEV"], ["PROD"])
        assert site.stop() == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site.db.dev", "site.db.prod"]


def free_pair() -> int:
    """The first of two free ports, below those that the system gives to connections of other tests."""
    for port in random.sample(range(15000, 30000), 50):
        with socket.socket() as first, socket.socket() as second, contextlib.suppress(OSError):
            first.bind(("127.0.0.1", port))
            second.bind(("127.0.0.1", port + 1))
            return port
    raise AssertionError("no two free ports")


def test_further_nodes_take_the_next_ports() -> None:
    port = free_pair()
    site = SandboxSite("dev=design", "prod=automation", flags=("--port", str(port)))
    assert [node.url.rpartition(":")[2] for node in site.nodes.values()] == [str(port), str(port + 1)]
    assert site.stop() == 0


@pytest.mark.parametrize(
    ("node_types", "said"),
    [
        (["design", "design"], "Two nodes are called design"),
        (["desing"], "not 'desing'"),
        (["a b=design"], "not 'a b'"),
    ],
)
def test_wrong_nodes_are_refused_in_one_line(node_types: list[str], said: str) -> None:
    wanted = [part for node_type in node_types for part in ("--node-type", node_type)]
    answer = subprocess.run(
        [sys.executable, "-m", "dss_sandbox", *wanted],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert answer.returncode == 2 and answer.stdout == "" and answer.stderr.count("\n") == 1 and said in answer.stderr
