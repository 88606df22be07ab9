# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Infrastructures of a Project Deployer as automation nodes; documents as in dss-api.md 2.15."""

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

ADMIN_KEY = "planted-admin-key"
INFRAS = {
    "prod-eu": {"stage": "Production", "automationNodeUrl": "https://eu.example.com"},
    "prod-us": {"stage": "Production", "automationNodeExternalUrl": "https://us.example.com"},
    "test": {"stage": "Test", "automationNodeUrl": "https://test.example.com"},
    "empty": {"stage": "Test"},
}
NODE = "deployer: {url: 'https://deployer.example.com', api_key: '{{ \"secret\" }}'}"
HUB = f"environments:\n  hub: {{nodes: {{{NODE}}}}}\n  prod: {{}}\n  test: {{}}\n"


def answer(self: DssNode, path: str, **query: t.Any) -> t.Any:
    """What a deployer says to reads."""
    if path == "/project-deployer/infras":
        return [{"infraBasicInfo": {"id": name, "stage": told["stage"]}} for name, told in INFRAS.items()]
    name = path.split("/")[3]
    assert path == f"/project-deployer/infras/{name}/settings"
    return {"id": name, "adminApiKey": ADMIN_KEY, "governCheckPolicy": "NO_CHECK", **INFRAS[name]}


@pytest.fixture(autouse=True)
def deployer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DssNode, "get", answer)


def test_answers_hold_no_key() -> None:
    node = DssNode(NodeOptions("https://deployer.example.com", "secret"))
    told = asked(node)
    assert told[0] == {"id": "prod-eu", "stage": "Production", "url": "https://eu.example.com"}
    assert ADMIN_KEY not in json.dumps(told)


@pytest.mark.parametrize("wrong", [[{"id": "x"}], {"a": 1}, None, [None]])
def test_another_answer_is_one_sentence(wrong: t.Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DssNode, "get", lambda self, path, **query: wrong)
    with pytest.raises(NodeError, match="as no deployer does: is node the host of a deployer"):
        asked(DssNode(NodeOptions("https://deployer.example.com", "secret")))


def test_infrastructures_are_nodes_by_stage(tmp_path: Path, warnings: list[str]) -> None:
    text = HUB + f"deployer:\n  - {{node: hub_deployer, api_key: {inline('one-key')}, validate_certs: false}}\n"
    inventory = Inventory(written(tmp_path, text))
    assert inventory.hosts == ["hub_deployer", "production_prod_eu", "production_prod_us", "test_test"]
    held = inventory.of("production_prod_us")
    assert (held["dss_url"], held["dss_infrastructure"]) == ("https://us.example.com", "prod-us")
    assert held["dss_validate_certs"] is False and held["dss_node_type"] == "automation"
    assert inventory.value("production_prod_us", "dss_api_key") == "one-key"
    assert warnings == [
        f"{tmp_path}/dss.yml:7:5 deployer[0]: infrastructure empty is left out: it has no automation node"
    ]
    assert ADMIN_KEY not in repr([inventory.of(host) for host in inventory.hosts])


def test_infrastructures_are_mapped_and_have_keys_of_their_own(tmp_path: Path, warnings: list[str]) -> None:
    text = HUB + (
        "deployer:\n  - node: hub_deployer\n    environments: {prod-us: test, Production: prod}\n"
        "    api_keys: {prod-eu: '{{ eu_key }}', prod-su: '{{ us_key }}'}\n"
    )
    inventory = Inventory(written(tmp_path, text))
    assert inventory.hosts == ["hub_deployer", "prod_eu", "test_prod_us"]
    assert inventory.of("prod_eu")["dss_api_key"] == "{{ eu_key }}"
    assert "dss_api_key" not in inventory.of("test_prod_us")
    assert warnings == [
        f"{tmp_path}/dss.yml:7:5 deployer[0].api_keys: the deployer has no infrastructure 'prod-su', so its key is not used"
    ]


def test_cache_holds_no_key(tmp_path: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    cache = f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {tmp_path}/cache\n"
    path = written(tmp_path, HUB + "deployer:\n  - {node: hub_deployer, environments: {test: test}}\n" + cache)
    first = Inventory(path).hosts
    monkeypatch.setattr(DssNode, "get", lambda self, path, **query: pytest.fail("nobody is asked again"))
    assert Inventory(path).hosts == first == ["hub_deployer", "test_test"]
    kept = "".join(file.read_text() for file in (tmp_path / "cache").iterdir())
    assert "test.example.com" in kept and ADMIN_KEY not in kept and not warnings
