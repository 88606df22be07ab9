# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts, groups and variables of an inventory file, offline."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.inventory import Inventory, parsed, written

TWO = """
environments:
  dev:
    nodes:
      design: {url: "https://dss-dev.example.com:11200", api_key: "{{ dev_key }}", timeout: 20, workers: 4}
    variables: {DATABASE: PG_DEV, LATER: "{{ later }}"}
    overrides: {datasets: {"*": {tags: [dev]}}}
    settings: {require_tests: true, require_approval: false}
    remapping: {connections: {pg: pg_dev}, code_envs: [{source: a, target: b}]}
  prod:
    nodes:
      main:
        type: automation
        url: https://dss-prod.example.com
        api_key_env: PROD_KEY
        ca_path: keys/authority.pem
        validate_certs: "{{ strict_tls }}"
        vars: {owner: team, dss_state_backend: {type: local}}
        projects: [ORDERS]
      deployer: {instance: deployer}
    projects: [CUSTOMERS, ORDERS]
"""


def test_each_node_is_a_host_with_the_variables_of_the_modules(tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(tmp_path, TWO))
    assert inventory.hosts == ["dev_design", "prod_deployer", "prod_main"]
    assert inventory.of("dev_design") == {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "dss_url": "https://dss-dev.example.com:11200",
        "dss_api_key": "{{ dev_key }}",
        "dss_timeout": 20,
        "dss_workers": 4,
        "dss_environment": "dev",
        "dss_environment_content": {
            "variables": {"DATABASE": "PG_DEV", "LATER": "{{ later }}"},
            "overrides": {"datasets": {"*": {"tags": ["dev"]}}},
            "settings": {"require_tests": True, "require_approval": False},
            "remapping": {"connections": {"pg": "pg_dev"}, "code_envs": [{"source": "a", "target": "b"}]},
        },
        "dss_node": "design",
        "dss_node_type": "design",
    }
    assert warnings == [
        f"{tmp_path}/dss.yml:17:9 environments.prod.nodes.main.ca_path: keys/authority.pem cannot be read "
        "(No such file or directory): tasks that use it will fail"
    ]


def test_keys_of_a_node_become_variables(tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(tmp_path, TWO))
    main = inventory.of("prod_main")
    assert main["dss_ca_path"] == f"{tmp_path}/keys/authority.pem"
    assert main["dss_validate_certs"] == "{{ strict_tls }}"
    assert main["owner"] == "team" and main["dss_state_backend"] == {"type": "local"}
    assert main["dss_node"] == "main" and main["dss_node_type"] == "automation"
    deployer = inventory.of("prod_deployer")
    assert deployer["dss_instance"] == "deployer"
    assert not {"dss_url", "dss_api_key", "dss_projects"} & deployer.keys()
    assert len(warnings) == 1


def test_groups_are_environment_type_and_top(tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(tmp_path, TWO))
    assert inventory.groups("dev_design") == {"dss", "dev", "design"}
    assert inventory.groups("prod_main") == {"dss", "prod", "automation"}
    assert {"dev", "prod", "dss"} <= inventory.manager.groups.keys()
    assert len(warnings) == 1


def test_listed_projects_of_a_node_win_over_those_of_its_environment(tmp_path: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(tmp_path, TWO + "expand: projects\n"))
    assert inventory.hosts == ["prod_deployer", "prod_main.ORDERS"]
    expanded = inventory.of("prod_main.ORDERS")
    assert expanded["dss_project"] == "ORDERS"
    assert inventory.value("prod_main.ORDERS", "dss_projects") == ["ORDERS"]
    assert expanded["dss_node"] == "main"
    assert inventory.groups("prod_main.ORDERS") == {"dss", "prod", "automation", "prod_main"}
    assert any("nodes.design: its projects could not be asked, list them as projects" in text for text in warnings)


def test_offline_expansion_needs_no_key(tmp_path: Path, warnings: list[str]) -> None:
    text = (
        "environments: {dev: {nodes: {design: {url: 'http://127.0.0.1:1', api_key: '{{ nope }}'}}, projects: [B, A]}}"
    )
    inventory = Inventory(written(tmp_path, text + "\nexpand: projects\nstrict: true\n"))
    assert inventory.hosts == ["dev_design.A", "dev_design.B"]
    assert not warnings


def test_texts_of_the_plugin_are_templates_or_plain(tmp_path: Path, warnings: list[str]) -> None:
    """``ansible_connection`` and the like reach a task as text, and the interpreter is worked out."""
    inventory = Inventory(written(tmp_path, TWO))
    assert inventory.value("dev_design", "ansible_connection") == "local"
    assert inventory.value("dev_design", "dss_environment") == "dev"
    assert len(warnings) == 1


def test_constructed_groups_and_variables(tmp_path: Path, warnings: list[str]) -> None:
    constructed = """
compose: {label: dss_environment ~ '/' ~ dss_node}
groups: {urgent: dss_environment == 'prod'}
keyed_groups: [{prefix: env, key: dss_environment}]
"""
    inventory = Inventory(written(tmp_path, TWO + constructed))
    assert inventory.of("prod_main")["label"] == "prod/main"
    assert inventory.groups("prod_main") >= {"urgent", "env_prod"}
    assert inventory.groups("dev_design") >= {"env_dev"}
    assert "urgent" not in inventory.groups("dev_design")
    assert len(warnings) == 1


@pytest.mark.parametrize(
    ("name", "accepted"), [("dss.yml", True), ("x-dss.yaml", True), ("dss.json", False), ("d.yml", False)]
)
def test_only_files_of_the_name_are_read(name: str, accepted: bool, tmp_path: Path) -> None:
    from ansible.plugins.loader import inventory_loader

    path = written(tmp_path, TWO, name)
    assert inventory_loader.get("dataiku_iac.dss.environments").verify_file(str(path)) is accepted


def test_null_environment_has_no_nodes(tmp_path: Path) -> None:
    data = parsed(written(tmp_path, "environments:\n  dev:\n  prod: {}\n"))
    assert not data.hosts and {"dev", "prod"} <= data.groups.keys()
