# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Instances of a Fleet Manager, on a fleet node of the sandbox and by the clients of Dataiku."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import dataikuapi
import pytest
from ansible.errors import AnsibleError
from support.inventory import Inventory, inline, written
from support.site import SandboxSite

Problems = t.Callable[..., list[str]]
TAGS = {"dev": ["development"], "prod": ["production", "eu"], "hub": []}


@pytest.fixture(scope="module")
def sites() -> t.Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "hub=deployer", "fleet")
    yield site
    site.stop()


@pytest.fixture
def site(sites: SandboxSite) -> SandboxSite:
    sites.reset()
    for instance in client(sites).list_instances():
        instance.instance_data["fmTags"] = TAGS[instance.instance_data["label"]]
        instance.save()
    sites.nodes["fleet"].control.forget_calls()
    return sites


def client(site: SandboxSite) -> t.Any:
    """The unmodified client of Dataiku."""
    node = site.nodes["fleet"]
    made = dataikuapi.FMClientAWS(node.url, *node.api_key.split(":"))
    made._session.trust_env = False
    return made


def fleet(site: SandboxSite, more: str, tail: str = "environments: {dev: {}, prod: {}}\n") -> str:
    node = site.nodes["fleet"]
    key_id, secret = node.api_key.split(":")
    own = f"cloud: aws, url: '{node.url}', key_id: '{{{{ \"{key_id}\" }}}}', key_secret: {inline(secret)}"
    return f"fleet:\n  - {{{own}{more}}}\n{tail}"


BY_TAG = ", environments: {development: dev, production: prod}"


def test_instances_are_nodes_by_tag(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(tmp_path, fleet(site, BY_TAG)))
    assert inventory.hosts == ["dev_dev", "prod_prod"]
    assert inventory.groups("prod_prod") == {"dss", "prod", "automation"}
    held = inventory.of("prod_prod")
    assert held["dss_url"] == site.nodes["prod"].url
    assert held["dss_api_key"] == "{{ lookup('dataiku_iac.dss.fleet_key', dss_fleet_instance) }}"
    assert held["dss_fleet_tags"] == ["production", "eu"]
    secrets = [node.api_key.split(":")[-1] for node in site.nodes.values()]
    assert not any(secret in repr(held) for secret in secrets)
    assert not warnings


def test_key_of_an_instance_is_asked_for_when_it_is_used(site: SandboxSite, tmp_path: Path) -> None:
    inventory = Inventory(written(tmp_path, fleet(site, BY_TAG)))
    before = site.nodes["fleet"].control.calls()
    assert before["total"] == 4 and "admin-api-key" not in json.dumps(before)  # the list, and the status of each
    assert inventory.value("prod_prod", "dss_api_key") == site.nodes["prod"].api_key
    assert "admin-api-key" in json.dumps(site.nodes["fleet"].control.calls())


def test_environments_are_those_declared_whose_tag_it_is(site: SandboxSite, tmp_path: Path) -> None:
    tail = "environments: {production: {}, eu: {}}\n"
    assert Inventory(written(tmp_path, fleet(site, "", tail))).hosts == ["production_prod"]


def test_environments_by_network(site: SandboxSite, tmp_path: Path) -> None:
    by_network = Inventory(written(tmp_path, fleet(site, ", environment: network", "")))
    assert by_network.hosts == ["sandbox_dev", "sandbox_hub", "sandbox_prod"]
    mapped = Inventory(written(tmp_path, fleet(site, ", environment: network, environments: {sandbox: dev}")))
    assert mapped.hosts == ["dev_dev", "dev_hub", "dev_prod"]


def test_other_addresses(site: SandboxSite, tmp_path: Path) -> None:
    text = fleet(site, f"{BY_TAG}, address: private_dns, port: 10000")
    assert Inventory(written(tmp_path, text)).of("dev_dev")["dss_url"] == "https://127.0.0.1:10000"


def test_instance_without_a_machine_is_left_out(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    next(each for each in client(site).list_instances() if each.instance_data["label"] == "dev").deprovision()
    inventory = Inventory(written(tmp_path, fleet(site, BY_TAG)))
    assert inventory.hosts == ["prod_prod"]
    assert warnings == [
        f"{tmp_path}/dss.yml:3:5 fleet[0]: instance dev is left out: it has no public_url: is it running?"
    ]


def test_instances_may_be_asked_for_facts(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    site.nodes["dev"].client().create_project("ALPHA", "ALPHA", owner="admin")
    inventory = Inventory(written(tmp_path, fleet(site, BY_TAG) + "facts: true\n"))
    held = inventory.of("dev_dev")
    assert held["dss_reachable"] is True and held["dss_projects"] == ["ALPHA"]
    assert not warnings


def test_file_and_fleet_know_the_same_node(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    """What the file says counts; Fleet Manager adds what it knows."""
    tail = (
        "environments:\n  dev: {}\n  prod:\n    nodes:\n"
        f"      main: {{type: automation, url: '{site.nodes['prod'].url}/', api_key: '{{{{ mine }}}}'}}\n"
    )
    inventory = Inventory(written(tmp_path, fleet(site, BY_TAG, tail)))
    assert inventory.hosts == ["dev_dev", "prod_main"]
    held = inventory.of("prod_main")
    assert held["dss_api_key"] == "{{ mine }}" and held["dss_fleet_tags"] == ["production", "eu"]
    assert not warnings


def test_cache_holds_instances_and_no_key(site: SandboxSite, tmp_path: Path) -> None:
    cache = f"cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {tmp_path}/cache\nfacts: true\n"
    path = written(tmp_path, fleet(site, BY_TAG) + cache)
    first = Inventory(path)
    site.nodes["fleet"].control.forget_calls()
    assert Inventory(path).hosts == first.hosts
    assert site.nodes["fleet"].control.calls()["total"] == 0
    kept = "".join(file.read_text() for file in (tmp_path / "cache").iterdir())
    assert "production" in kept
    secrets = [node.api_key.split(":")[-1] for node in site.nodes.values()]
    assert not any(secret in kept for secret in secrets)


def test_fleet_manager_that_does_not_answer(tmp_path: Path, warnings: list[str], problems: Problems) -> None:
    text = "fleet:\n  - {cloud: gcp, url: 'http://127.0.0.1:1', key_id: a, key_secret: '{{ \"b\" }}'}\nenvironments: {dev: {}}\n"
    assert "dev" in Inventory(written(tmp_path, text)).manager.groups
    sentence = (
        "dss.yml:3:5 fleet[0]: could not be asked, so its nodes are missing: Fleet Manager: http://127.0.0.1:1 cannot be "
        "reached (connection refused): is the node up and url right?"
    )
    assert warnings == [f"{tmp_path}/{sentence}"]
    assert problems(text + "strict: true\n") == [sentence]


def test_refused_credentials_are_told_without_them(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    url = site.nodes["fleet"].url
    text = (
        f"fleet:\n  - {{cloud: azure, url: '{url}', key_id: planted-id, key_secret: '{{{{ \"planted\" ~ 1 }}}}'}}\n"
        "environments: {dev: {}}\n"
    )
    Inventory(written(tmp_path, text))
    assert len(warnings) == 1 and "planted" not in warnings[0]
    assert "refused the API key (Unknown API Key): check key_id and key_secret" in warnings[0]


def test_something_else_than_fleet_manager(site: SandboxSite, tmp_path: Path, warnings: list[str]) -> None:
    text = (
        f"fleet:\n  - {{cloud: aws, url: '{site.nodes['dev'].url}', key_id: a, key_secret: '{{{{ \"b\" }}}}'}}\n"
        "environments: {dev: {}}\n"
    )
    assert not Inventory(written(tmp_path, text)).hosts
    assert len(warnings) == 1 and "could not be asked, so its nodes are missing: Fleet Manager: " in warnings[0]


def test_lookup_names_what_is_wrong(site: SandboxSite, tmp_path: Path) -> None:
    inventory = Inventory(written(tmp_path, fleet(site, BY_TAG)))
    inventory.manager.hosts["dev_dev"].set_variable("dss_fleet_instance", "planted-nothing")
    with pytest.raises(
        AnsibleError, match=r"Fleet Manager: GET .*/planted-nothing/admin-api-key: the node answered 404"
    ):
        inventory.value("dev_dev", "dss_api_key")
