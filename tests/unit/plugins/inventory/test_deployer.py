# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Infrastructures of a Project Deployer as automation nodes, on a deployer of the sandbox."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from ansible_collections.dataiku_iac.dss.plugins.plugin_utils._inventory.deployer import asked
from support.inventory import Inventory, inline, written
from support.site import SandboxSite

US, TEST = "https://us.example.com", "https://test.example.com"


@pytest.fixture(scope="module")
def site() -> t.Iterator[SandboxSite]:
    """Three infrastructures with the keys that the deployer uses, and one that nobody has finished."""
    site = SandboxSite("hub=deployer", "prod=automation")
    deployer = site.nodes["hub"].client().get_projectdeployer()
    prod = site.nodes["prod"]
    for name, stage, settings in (
        ("prod-eu", "Production", {"automationNodeUrl": prod.url, "adminApiKey": prod.api_key}),
        ("prod-us", "Production", {"automationNodeExternalUrl": US, "adminApiKey": "planted-us"}),
        ("test", "Testing", {"automationNodeUrl": TEST, "adminApiKey": "planted-test"}),
        ("empty", "Testing", {}),
    ):
        saved = deployer.create_infra(name, stage).get_settings()
        saved.get_raw().update(settings)
        saved.save()
    site.nodes["hub"].control.switch(infra_key="clear")  # as a deployer might that serves what it holds
    yield site
    site.stop()


@pytest.fixture
def planted(site: SandboxSite) -> list[str]:
    return ["planted-us", "planted-test", *(node.api_key for node in site.nodes.values())]


def hub(site: SandboxSite, deployer: str, tail: str = "") -> str:
    node = site.nodes["hub"]
    own = f"{{deployer: {{url: '{node.url}', api_key: {inline(node.api_key)}}}}}"
    return f"environments:\n  hub: {{nodes: {own}}}\n  prod: {{}}\n  test: {{}}\ndeployer:\n  - {deployer}\n{tail}"


def test_infrastructures_are_nodes_by_stage(
    site: SandboxSite, planted: list[str], tmp_path: Path, warnings: list[str]
) -> None:
    text = hub(site, f"{{node: hub_deployer, api_key: {inline('one-key')}, validate_certs: false}}")
    inventory = Inventory(written(tmp_path, text))
    assert inventory.hosts == ["hub_deployer", "production_prod_eu", "production_prod_us", "testing_test"]
    assert inventory.groups("testing_test") == {"dss", "testing", "automation"}
    held = inventory.of("production_prod_us")
    assert (held["dss_url"], held["dss_infrastructure"]) == (US, "prod-us")
    assert held["dss_validate_certs"] is False
    assert inventory.value("production_prod_us", "dss_api_key") == "one-key"
    assert warnings == [
        f"{tmp_path}/dss.yml:7:5 deployer[0]: infrastructure empty is left out: it has no automation node"
    ]
    assert not [key for key in planted if key in repr([inventory.of(host) for host in inventory.hosts])]


def test_infrastructures_are_mapped_and_have_keys_of_their_own(
    site: SandboxSite, tmp_path: Path, warnings: list[str]
) -> None:
    deployer = (
        "{node: hub_deployer, environments: {prod-us: test, Production: prod}, "
        "api_keys: {prod-eu: '{{ eu_key }}', prod-su: '{{ us_key }}'}}"
    )
    inventory = Inventory(written(tmp_path, hub(site, deployer)))
    assert inventory.hosts == ["hub_deployer", "prod_eu", "test_prod_us"]
    assert inventory.of("prod_eu")["dss_api_key"] == "{{ eu_key }}"
    assert "dss_api_key" not in inventory.of("test_prod_us")
    assert warnings == [
        f"{tmp_path}/dss.yml:7:5 deployer[0].api_keys: the deployer has no infrastructure 'prod-su', so its key is not used"
    ]


def test_infrastructure_without_a_key_is_not_asked_with_another_one(
    site: SandboxSite, tmp_path: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DKU_API_KEY", site.nodes["prod"].api_key)
    text = hub(site, "{node: hub_deployer, environments: {prod-eu: prod}}", "facts: true\n")
    held = Inventory(written(tmp_path, text)).of("prod_eu")
    assert held["dss_unreachable"] == "it has no API key: give api_key, api_key_file, api_key_env or instance"
    assert len(warnings) == 1


def test_cache_holds_no_key(site: SandboxSite, planted: list[str], tmp_path: Path, warnings: list[str]) -> None:
    cache = f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {tmp_path}/cache\n"
    path = written(tmp_path, hub(site, "{node: hub_deployer, environments: {Testing: test}}", cache))
    first = Inventory(path).hosts
    site.nodes["hub"].control.forget_calls()
    assert Inventory(path).hosts == first == ["hub_deployer", "test_test"]
    assert site.nodes["hub"].control.calls()["total"] == 0
    kept = "".join(file.read_text() for file in (tmp_path / "cache").iterdir())
    assert TEST in kept and not [key for key in planted if key in kept]
    assert len(warnings) == 2  # of the infrastructure that nobody has finished, in each run


def test_answers_hold_no_key(site: SandboxSite, planted: list[str]) -> None:
    node = site.nodes["hub"]
    told = asked(DssNode(NodeOptions(node.url, node.api_key)))
    assert {each["id"] for each in told} == {"prod-eu", "prod-us", "test", "empty"}
    assert not [key for key in planted if key in json.dumps(told)]


@pytest.mark.parametrize("wrong", [[{"id": "x"}], {"a": 1}, None, [None]])
def test_another_answer_is_one_sentence(wrong: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DssNode, "get", lambda self, path, **query: wrong)
    with pytest.raises(NodeError, match="as no deployer does: is node the host of a deployer"):
        asked(DssNode(NodeOptions("https://deployer.example.com", "secret")))
