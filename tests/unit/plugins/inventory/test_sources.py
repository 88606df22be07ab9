# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sources beside the file: the peers' folder of environments, and the file of Dataiku's own client."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from support.inventory import Inventory, parsed, written

Problems = t.Callable[..., list[str]]

# peer-config-format.md 10.11, as it stands there
DEV = """\
environment: {name: dev, dataiku_host: "https://dss-dev.example.com"}
variables:
  DATABASE_CONNECTION: PG_DEV
  STORAGE_CONNECTION: S3_DEV
  PYTHON_ENV: py_dev
  NOTIFICATION_CHANNEL: chat_dev
  TODAY: ${date:YYYY-MM-DD}
  YESTERDAY: ${date:YYYY-MM-DD:-1d}
overrides:
  datasets:
    RAW_ARRIVALS:
      params: {sampling: first_records, sample_size: 10000}
  scenarios:
    nightly:
      triggers: []
  recipes:
    "*":
      resources: {memory: 1G, cores: 1}
settings: {require_tests: false, require_approval: false, drift_policy: auto_correct}
"""
PROD = """\
environment: {name: prod, dataiku_host: "https://dss-prod.example.com"}
variables:
  DATABASE_CONNECTION: PG_PROD
  STORAGE_CONNECTION: S3_PROD
  PYTHON_ENV: py_prod
  NOTIFICATION_CHANNEL: chat_prod
  ALERT_CHANNEL: pager_prod
  TODAY: ${date:YYYY-MM-DD}
settings:
  require_tests: true
  require_approval: true
  drift_policy: alert_only
  audit_log: {enabled: true, destination: "s3://example-audit/iac/"}
overrides:
  recipes:
    ready_arrivals:
      resources: {memory: 4G, cores: 4}
      cluster: large
"""
CONFIG = """\
dataiku:
  dev: {host: "https://dss-dev.example.com", api_key_file: keys/dev.key}
  prod: {host: "https://dss-prod.example.com", api_key_file: keys/prod.key}
state_backend:
  type: hybrid
  local: {path: .dataiku/state}
  remote: {type: s3, bucket: example-state, prefix: team/harbour, region: eu-west-1}
  cache: {enabled: true, max_age_seconds: 300}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("environments", ".dataiku", "keys"):
        (tmp_path / name).mkdir()
    (tmp_path / "environments" / "dev.yml").write_text(DEV)
    (tmp_path / "environments" / "prod.yml").write_text(PROD)
    (tmp_path / ".dataiku" / "config.yml").write_text(CONFIG)
    for name in ("dev", "prod"):
        (tmp_path / "keys" / f"{name}.key").write_text(f"key-of-{name}\n")
    return tmp_path


def test_folder_of_environments_is_read_unchanged(folder: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(folder, "directory: environments\n"))
    assert inventory.hosts == ["dev_design", "prod_design"]
    assert inventory.groups("prod_design") == {"dss", "prod", "design"}
    held = inventory.of("prod_design")
    assert held["dss_url"] == "https://dss-prod.example.com"
    assert held["dss_api_key_file"] == f"{folder}/keys/prod.key"
    assert inventory.value("prod_design", "dss_api_key") == "key-of-prod"
    content = inventory.value("prod_design", "dss_environment_content")
    assert content["variables"]["TODAY"] == "${date:YYYY-MM-DD}"
    assert content["settings"]["require_tests"] is True and content["settings"]["drift_policy"] == "alert_only"
    assert content["overrides"] == {
        "recipes": {"ready_arrivals": {"resources": {"memory": "4G", "cores": 4}, "cluster": "large"}}
    }
    assert content.keys() == {"variables", "settings", "overrides"}
    assert not warnings


def test_folder_around_it_may_be_named_too(folder: Path) -> None:
    (folder / "inventories").mkdir()
    assert Inventory(written(folder / "inventories", "directory: ..\n")).hosts == ["dev_design", "prod_design"]


def test_file_and_folder_together(folder: Path, warnings: list[str]) -> None:
    """The file adds nodes, projects and variables to an environment of the folder; what it says counts."""
    text = """
directory: environments
environments:
  prod:
    nodes:
      automation: {url: "https://auto.example.com", api_key_env: AUTO}
    variables: {PYTHON_ENV: py_new}
    projects: [HARBOUR]
"""
    inventory = Inventory(written(folder, text))
    assert inventory.hosts == ["dev_design", "prod_automation", "prod_design"]
    for host in ("prod_automation", "prod_design"):
        variables = inventory.value(host, "dss_environment_content")["variables"]
        assert (variables["PYTHON_ENV"], variables["DATABASE_CONNECTION"]) == ("py_new", "PG_PROD")
        assert inventory.value(host, "dss_projects") == ["HARBOUR"]
    assert not warnings


def test_remapping_of_file_and_folder_in_both_forms(folder: Path) -> None:
    with (folder / "environments" / "prod.yml").open("a") as file:
        file.write("remapping: {connections: {a: b, c: d}}\n")
    text = "directory: environments\nenvironments: {prod: {remapping: {connections: [{source: a, target: x}]}}}\n"
    content = Inventory(written(folder, text)).value("prod_design", "dss_environment_content")
    assert content["remapping"] == {"connections": {"a": "x", "c": "d"}}


def test_braces_in_the_folder_are_not_templates_of_ansible(folder: Path, warnings: list[str]) -> None:
    (folder / "environments" / "dev.yml").write_text('variables: {A: "{{ env.HOME }}", B: "{{ 1 + 1 }}"}\n')
    inventory = Inventory(written(folder, "directory: environments\n"))
    variables = inventory.value("dev_design", "dss_environment_content")["variables"]
    assert variables == {"A": "{{ env.HOME }}", "B": "{{ 1 + 1 }}"}
    assert not warnings


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        (
            "environments/dev.yml",
            "varables: {}\n",
            "environments/dev.yml:1:1 varables: unknown key 'varables'; did you mean",
        ),
        ("environments/dev.yml", "variables: [a]\n", "environments/dev.yml:1:1 variables: must be a mapping"),
        (
            "environments/dev.yml",
            "environment: {dataiku_host: x}\n",
            "environments/dev.yml:1:15 environment.dataiku_host: must be a URL that begins with https:// or http://",
        ),
        ("environments/dev.yml", "a: [\n", "environments/dev.yml:2:1: "),
        ("environments/design.yml", "variables: {}\n", "environments/design.yml: 'design' is a type of node"),
        (
            ".dataiku/config.yml",
            "dataiku: {dev: {hots: x}}\n",
            ".dataiku/config.yml:1:17 dataiku.dev.hots: unknown key 'hots'",
        ),
    ],
)
def test_mistakes_in_the_folder_have_their_place(
    path: str, text: str, sentence: str, folder: Path, problems: Problems
) -> None:
    (folder / path).write_text(text)
    found = problems("directory: environments\n")
    assert len(found) == 1 and found[0].startswith(sentence), found


def test_key_file_that_is_missing(folder: Path, warnings: list[str]) -> None:
    (folder / "keys" / "prod.key").unlink()
    parsed(written(folder, "directory: environments\n"))
    assert warnings == [
        f"{folder}/.dataiku/config.yml dataiku.prod.api_key_file: there is no key file {folder}/keys/prod.key: "
        "tasks that use it will fail"
    ]


INSTANCES = {
    "default_instance": "dev",
    "dss_instances": {
        "dev": {"url": "https://dev", "api_key": "planted-1"},
        "prod-automation": {"url": "https://prod", "api_key": "planted-2", "no_check_certificate": True},
    },
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".dataiku").mkdir()
    (tmp_path / ".dataiku" / "config.json").write_text(json.dumps(INSTANCES))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_instances_of_the_client_are_named_and_their_keys_are_not_read(home: Path, warnings: list[str]) -> None:
    inventory = Inventory(written(home, "dataiku_config: true\n"))
    assert inventory.hosts == ["dev_design", "prod_automation"]
    held = inventory.of("prod_automation")
    assert held["dss_instance"] == "prod-automation" and held["dss_node_type"] == "automation"
    assert not {"dss_api_key", "dss_url"} & held.keys()
    assert "planted" not in repr([inventory.of(host) for host in inventory.hosts])
    assert not warnings


def test_instances_of_another_file_are_looked_up_there(home: Path) -> None:
    (home / ".dataiku" / "config.json").rename(home / "nodes.json")
    inventory = Inventory(written(home, "dataiku_config: nodes.json\n"))
    held = inventory.of("prod_automation")
    assert held["dss_url"] == "https://prod" and held["dss_validate_certs"] is False
    assert "planted" not in repr(held)
    assert inventory.value("prod_automation", "dss_api_key") == "planted-2"


def test_instances_are_mapped_to_environments(home: Path) -> None:
    text = """
environments: {staging: {variables: {A: 1}}}
dataiku_config:
  instances:
    dev: {environment: staging, type: automation, node: main}
"""
    inventory = Inventory(written(home, text))
    assert inventory.hosts == ["staging_main"]
    assert inventory.groups("staging_main") == {"dss", "staging", "automation"}
    assert inventory.value("staging_main", "dss_environment_content") == {"variables": {"A": 1}}


@pytest.mark.parametrize(
    ("content", "text", "sentence"),
    [
        (
            None,
            "dataiku_config: true\n",
            "dss.yml:2:1 dataiku_config: .dataiku/config.json cannot be read (No such file",
        ),
        ("{", "dataiku_config: true\n", ".dataiku/config.json:2:1: "),
        ("{}", "dataiku_config: true\n", ".dataiku/config.json dss_instances: must be a mapping of instances"),
        (
            '{"dss_instances": {"a": {"api_key": "planted"}}}',
            "dataiku_config: true\n",
            ".dataiku/config.json:1:20 dss_instances.a.url: 'url' is missing",
        ),
        (
            '{"dss_instances": {"design": {"url": "https://a"}}}',
            "dataiku_config: true\n",
            ".dataiku/config.json:1:20 dss_instances.design: 'design' is a type of node",
        ),
        (
            '{"dss_instances": {"main": {"url": "https://a"}}}',
            "environments: {a: {}}\ndataiku_config: {instances: {mian: a}}\n",
            "dss.yml:3:1 dataiku_config.instances.mian: .dataiku/config.json has no instance 'mian'; did you mean 'main'?",
        ),
    ],
)
def test_mistakes_about_instances(
    content: str | None, text: str, sentence: str, home: Path, problems: Problems
) -> None:
    path = home / ".dataiku" / "config.json"
    path.unlink()
    if content is not None:
        path.write_text(content)
    found = problems(text)
    assert len(found) == 1 and found[0].startswith(sentence), found
    assert "planted" not in found[0]
