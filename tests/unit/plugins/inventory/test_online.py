# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts, projects and infrastructures that nodes are asked for, and the cache."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from support.inventory import Inventory, encrypted, inline, written
from support.sandbox import SandboxProcess
from support.site import SandboxSite

Problems = t.Callable[..., list[str]]
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def sites() -> t.Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "deployer")
    yield site
    site.stop()


@pytest.fixture
def site(sites: SandboxSite) -> SandboxSite:
    sites.reset()
    for key in ("ALPHA", "BETA"):
        sites.nodes["dev"].client().create_project(key, key, owner="admin")
    return sites


def nodes(site: SandboxSite, tail: str = "facts: true\n", design: str = "") -> str:
    """Two environments on the nodes of a site; the keys are encrypted values."""
    dev, prod = site.nodes["dev"], site.nodes["prod"]
    return f"""
environments:
  dev:
    nodes:
      design: {{url: "{design or dev.url}", api_key: {inline(dev.api_key)}}}
  prod:
    nodes:
      automation: {{url: "{prod.url}", api_key: {inline(prod.api_key)}}}
{tail}"""


def keys_of(site: SandboxSite) -> list[str]:
    return [node.api_key for node in site.nodes.values()]


def test_nodes_tell_version_and_projects(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(tmp_path, nodes(site)))
    held = inventory.of("dev_design")
    info = site.nodes["dev"].client().get_instance_info().raw
    assert (held["dss_version"], held["dss_node_id"]) == (info["dssVersion"], info["nodeId"])
    assert held["dss_projects"] == ["ALPHA", "BETA"] and held["dss_reachable"] is True
    assert "dss_unreachable" not in held
    assert inventory.of("prod_automation")["dss_projects"] == []
    assert not warnings


def test_without_facts_nobody_is_asked(site: SandboxSite, tmp_path: Path) -> None:
    for node in site.nodes.values():
        node.control.forget_calls()
    inventory = Inventory(written(tmp_path, nodes(site, "")), password=False)
    assert "dss_reachable" not in inventory.of("dev_design")
    assert [node.control.calls()["total"] for node in site.nodes.values()] == [0, 0, 0]


def test_one_host_for_each_project(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(tmp_path, nodes(site, "expand: projects\n")))
    assert inventory.hosts == ["dev_design.ALPHA", "dev_design.BETA"]
    assert inventory.groups("dev_design.BETA") == {"dss", "dev", "design", "dev_design"}
    held = inventory.of("dev_design.BETA")
    assert held["dss_project"] == "BETA" and "dss_projects" not in held
    assert inventory.value("dev_design.BETA", "dss_projects") == ["ALPHA", "BETA"]
    assert inventory.value("dev_design.BETA", "dss_api_key") == site.nodes["dev"].api_key
    assert "prod_automation" in inventory.manager.groups
    assert not warnings


def test_unreachable_node_stays_and_is_told(
    site: SandboxSite, tmp_path: Path, warnings: list[str], problems: Problems
) -> None:
    text = nodes(site, "facts: true\n", design=NOWHERE)
    inventory = Inventory(written(tmp_path, text))
    held = inventory.of("dev_design")
    assert held["dss_reachable"] is False
    assert held["dss_unreachable"] == f"{NOWHERE} cannot be reached (connection refused): is the node up and url right?"
    assert inventory.of("prod_automation")["dss_reachable"] is True
    sentence = f"dss.yml:6:7 environments.dev.nodes.design: the node could not be asked: {held['dss_unreachable']}"
    assert warnings == [f"{tmp_path}/{sentence}"]


def test_strict_makes_an_unreachable_node_an_error(tmp_path: Path, problems: Problems) -> None:
    text = f"environments: {{dev: {{nodes: {{design: {{url: '{NOWHERE}', api_key: '{{{{ 1 }}}}'}}}}}}}}\n"
    found = problems(text + "facts: true\nstrict: true\n")
    assert len(found) == 1
    assert found[0].startswith("dss.yml:2:30 environments.dev.nodes.design: the node could not be asked: ")


def test_refused_key_is_told_without_the_key(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    url = site.nodes["dev"].url
    text = f"environments: {{dev: {{nodes: {{design: {{url: '{url}', api_key: '{{{{ \"planted\" ~ 1 }}}}'}}}}}}}}\nfacts: true\n"
    inventory = Inventory(written(tmp_path, text))
    assert "refused the API key" in inventory.of("dev_design")["dss_unreachable"]
    assert len(warnings) == 1 and "planted" not in warnings[0]


def test_key_that_cannot_be_worked_out_is_one_sentence(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    url = site.nodes["dev"].url
    text = (
        f"environments: {{dev: {{nodes: {{design: {{url: '{url}', api_key: '{{{{ nope }}}}'}}}}}}}}\nexpand: projects\n"
    )
    inventory = Inventory(written(tmp_path, text))
    assert not inventory.hosts and "dev_design" in inventory.manager.groups
    assert warnings == [
        f"{tmp_path}/dss.yml:2:30 environments.dev.nodes.design: its projects could not be asked, list them as projects "
        "of the node or of its environment: dss_api_key cannot be worked out where the inventory is read: "
        "'nope' is undefined"
    ]


def test_unreadable_vault_is_one_sentence(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    Inventory(written(tmp_path, nodes(site)), password=False)
    assert len(warnings) == 2
    assert [text.partition(": dss_api_key")[2][:10] for text in warnings] == 2 * [" cannot be"], warnings[0]


def test_unreadable_variables_are_one_sentence(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.yml").write_text(encrypted("a: b\n"))
    Inventory(written(tmp_path, nodes(site)), password=False)
    assert len(warnings) == 2
    assert all("the variables beside the inventory cannot be read: " in text for text in warnings)


def test_keys_in_variables_beside_the_inventory(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    node = site.nodes["dev"]
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "dev.yml").write_text(encrypted(f"a_key: {node.api_key}\n"))
    text = f"environments: {{dev: {{nodes: {{design: {{url: '{node.url}', api_key: '{{{{ a_key }}}}'}}}}}}}}\nfacts: true\n"
    assert Inventory(written(tmp_path, text)).of("dev_design")["dss_projects"] == ["ALPHA", "BETA"]
    assert not warnings


def test_declared_type_is_compared_with_what_the_node_says(
    site: SandboxSite, tmp_path: Path, warnings: list[str]
) -> None:
    node = site.nodes["prod"]
    text = f"environments: {{dev: {{nodes: {{design: {{url: '{node.url}', api_key: {inline(node.api_key)}}}}}}}}}\nfacts: true\n"
    Inventory(written(tmp_path, text))
    assert len(warnings) == 1
    assert warnings[0].endswith("is declared as design node, and says that it is of type automation")


def test_text_of_a_node_is_no_template(site: SandboxSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.dataiku_iac.dss.plugins.plugin_utils._inventory import online

    hostile = "{{ lookup('ansible.builtin.pipe', 'id') }}"
    monkeypatch.setattr(online, "facts", lambda node: {"version": hostile, "node_id": hostile, "type": "design"})
    monkeypatch.setattr(online, "projects", lambda node: [hostile, "GOOD"])
    inventory = Inventory(written(tmp_path, nodes(site)))
    assert inventory.value("dev_design", "dss_version") == hostile
    assert inventory.value("dev_design", "dss_projects") == [hostile, "GOOD"]
    expanded = Inventory(written(tmp_path, nodes(site, "expand: projects\n")))
    assert expanded.hosts == ["dev_design.GOOD", "prod_automation.GOOD"]


def cached(folder: Path) -> str:
    return f"facts: true\ncache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {folder}/cache\n"


def test_cache_answers_without_a_node_and_holds_no_key(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    path = written(tmp_path, nodes(site, cached(tmp_path)))
    first = Inventory(path)
    site.nodes["dev"].control.forget_calls()
    second = Inventory(path)
    assert site.nodes["dev"].control.calls()["total"] == 0
    one, other = (inventory.of("dev_design") for inventory in (first, second))
    assert one.keys() == other.keys()
    assert all(one[name] == other[name] for name in one if name != "dss_vaulted")
    kept = "".join(file.read_text() for file in (tmp_path / "cache").iterdir())
    assert "ALPHA" in kept and not any(key in kept for key in keys_of(site))
    assert "VAULT" not in kept and not warnings


def test_cache_of_another_address_is_not_used(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    Inventory(written(tmp_path, nodes(site, cached(tmp_path))))
    moved = Inventory(written(tmp_path, nodes(site, cached(tmp_path), design=NOWHERE)))
    assert moved.of("dev_design")["dss_reachable"] is False
    assert moved.of("prod_automation")["dss_reachable"] is True
    back = Inventory(written(tmp_path, nodes(site, cached(tmp_path))))
    assert back.of("dev_design")["dss_reachable"] is True and len(warnings) == 1


def test_cached_text_of_a_node_is_no_template(site: SandboxSite, tmp_path: Path) -> None:
    path = written(tmp_path, nodes(site, cached(tmp_path)))
    Inventory(path)
    (file,) = (tmp_path / "cache").iterdir()
    payload = json.loads(file.read_text())
    payload["__payload__"] = payload["__payload__"].replace('\\"version\\": \\"', '\\"version\\": \\"{{ 1 + 1 }}')
    payload["__payload__"] = payload["__payload__"].replace('"version": "', '"version": "{{ 1 + 1 }}')
    file.write_text(json.dumps(payload))
    assert Inventory(path).value("dev_design", "dss_version").startswith("{{ 1 + 1 }}")


def test_many_nodes_are_asked_at_the_same_time(sandbox: SandboxProcess, tmp_path: Path) -> None:
    """Thirty nodes that take a fifth of a second for each call, in far less than one after the other."""
    import time

    sandbox.control.fault(delay_ms=200)
    many = "".join(
        f"      n{number}: {{type: design, url: '{sandbox.url}', api_key: {inline(sandbox.api_key)}}}\n"
        for number in range(30)
    )
    start = time.monotonic()
    inventory = Inventory(written(tmp_path, f"environments:\n  dev:\n    nodes:\n{many}facts: true\n"))
    assert all(inventory.of(host)["dss_reachable"] for host in inventory.hosts)
    assert time.monotonic() - start < 30 * 2 * 0.2


def test_time_for_an_answer_is_limited(sandbox: SandboxProcess, tmp_path: Path, warnings: list[str]) -> None:
    sandbox.control.fault(delay_ms=3000)
    text = (
        f"environments: {{dev: {{nodes: {{design: {{url: '{sandbox.url}', api_key: {inline(sandbox.api_key)}}}}}}}}}\n"
    )
    parsed_text = written(tmp_path, text + "facts: true\ntimeout: 0.3\n")
    held = Inventory(parsed_text).of("dev_design")
    assert "no answer within 0.3 s" in held["dss_unreachable"] and len(warnings) == 1


def test_every_connection_is_closed_before_a_fork(
    site: SandboxSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[DssNode] = []
    closed: list[DssNode] = []
    open_one, close_one = DssNode.__init__, DssNode.close
    monkeypatch.setattr(
        DssNode, "__init__", lambda self, *rest, **more: (opened.append(self), open_one(self, *rest, **more))[1]
    )
    monkeypatch.setattr(DssNode, "close", lambda self: (closed.append(self), close_one(self))[1])
    Inventory(written(tmp_path, nodes(site)))
    assert len(opened) == 4 and {id(node) for node in opened} == {id(node) for node in closed}
