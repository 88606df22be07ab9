# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin as a user runs it: nothing to configure in a playbook, and keys in no output and no file."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from pathlib import Path

import pytest
from support.inventory import PASSWORD, encrypted, inline, written
from support.site import SandboxSite

PLAY: list[dict[str, t.Any]] = [
    {
        "hosts": "dss",
        "gather_facts": True,
        "gather_subset": ["!all"],
        "vars_files": ["keys.yml"],
        "tasks": [
            {
                "name": "The same project on each node of the file",
                "dataiku_iac.dss.configuration": {"path": "{{ playbook_dir }}/orders.yml"},
                "when": "dss_environment != 'prod'",
            },
            {"name": "A fact", "ansible.builtin.set_fact": {"cacheable": True, "seen": "{{ dss_node }}"}},
        ],
    }
]


@pytest.fixture
def site() -> t.Iterator[SandboxSite]:
    made = SandboxSite("dev=design", "test=design", "stage=design", "prod=automation", "fleet")
    yield made
    made.stop()


@pytest.fixture
def folder(site: SandboxSite, tmp_path: Path) -> Path:
    """An inventory with a key of every kind, all of them encrypted."""
    dev, test, stage, fleet = (site.nodes[name] for name in ("dev", "test", "stage", "fleet"))
    key_id, secret = fleet.api_key.split(":")
    text = f"""
environments:
  dev: {{variables: {{LABEL: of dev}}, nodes: {{design: {{url: "{dev.url}", api_key: "{{{{ dev_key }}}}"}}}}}}
  test: {{variables: {{LABEL: of test}}, nodes: {{design: {{url: "{test.url}", api_key: {inline(test.api_key)}}}}}}}
  stage: {{variables: {{LABEL: of stage}}, nodes: {{design: {{url: "{stage.url}", api_key_file: stage.key}}}}}}
  prod: {{}}
fleet:
  - {{cloud: aws, url: "{fleet.url}", key_id: "{key_id}", key_secret: {inline(secret)}, environment: network,
     environments: {{sandbox: prod}}}}
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: {tmp_path}/cache
"""
    written(tmp_path, text)
    (tmp_path / "orders.yml").write_text("project: {key: ORDERS, name: 'Orders ${LABEL}'}\n")
    (tmp_path / "stage.key").write_text(encrypted(stage.api_key + "\n"))
    (tmp_path / "keys.yml").write_text(encrypted(json.dumps({"dev_key": dev.api_key})))
    (tmp_path / "password").write_text(PASSWORD)
    (tmp_path / "play.json").write_text(json.dumps(PLAY))
    return tmp_path


def run(folder: Path, *command: str, **environ: str) -> tuple[int, str]:
    """A command of Ansible in the folder: exit status and everything it printed."""
    done = subprocess.run(
        command,
        env={**os.environ, "ANSIBLE_INVENTORY": "dss.yml", **environ},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def secrets_of(site: SandboxSite) -> set[str]:
    return {part for node in site.nodes.values() for part in (node.api_key, node.api_key.split(":")[-1])}


def test_keys_are_used_and_seen_nowhere(site: SandboxSite, folder: Path) -> None:
    vault = ("--vault-password-file", "password")
    outputs = []
    for command in (("--list",), ("--list", "--export", "--yaml"), ("--graph", "--vars")):
        code, output = run(folder, "ansible-inventory", *command, *vault)
        assert code == 0 and "dev_design" in output, output
        outputs.append(output)
    facts = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(folder / "facts")}
    code, output = run(folder, "ansible-playbook", "play.json", "-vvv", "--diff", *vault, **facts)
    assert code == 0, output
    for name in ("dev", "test", "stage"):
        project = site.nodes[name].client().get_project("ORDERS")
        assert project.get_metadata()["label"] == f"Orders of {name}"
    # Fleet Manager knows all four nodes, and is asked for their keys now.
    show = "msg={{ dss_api_key | length }}"
    code, shown = run(folder, "ansible", "prod", "-m", "ansible.builtin.debug", "-a", show, *vault)
    assert code == 0 and shown.count("msg") == 4, shown
    kept = [
        path.read_text() for path in (*(folder / "cache").rglob("*"), *(folder / "facts").rglob("*")) if path.is_file()
    ]
    assert len(kept) >= 4 and any("seen" in text for text in kept) and any("sandbox" in text for text in kept)
    for text in (*outputs, output, shown, *kept):
        assert not [secret for secret in secrets_of(site) if secret in text]


def test_one_host_for_each_project_runs_on_forks(site: SandboxSite, folder: Path) -> None:
    """Six projects on two workers: each is created by its own host."""
    dev = site.nodes["dev"]
    keys = [f"P{number}" for number in range(6)]
    text = (
        f"environments: {{dev: {{nodes: {{design: {{url: '{dev.url}', api_key: {inline(dev.api_key)}}}}}, "
        f"projects: {json.dumps(keys)}}}}}\nexpand: projects\n"
    )
    written(folder, text)
    task = {"dataiku_iac.dss.project": {"key": "{{ dss_project }}", "name": "{{ inventory_hostname }}"}}
    (folder / "play.json").write_text(json.dumps([{"hosts": "dev_design", "gather_facts": False, "tasks": [task]}]))
    code, output = run(folder, "ansible-playbook", "play.json", "-f", "2", "--vault-password-file", "password")
    assert code == 0, output
    assert sorted(dev.client().list_project_keys()) == sorted(keys)
    assert output.count("changed: [dev_design.P") == 6


def test_mistakes_end_the_run_without_a_traceback(folder: Path) -> None:
    written(folder, "environments:\n  dev: {nodes: {design: {ulr: x}}}\n")
    code, output = run(folder, "ansible-inventory", "--list", ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true")
    assert code != 0 and "Traceback" not in output
    assert "dss.yml:3:26 environments.dev.nodes.design.ulr: unknown key 'ulr'; did you mean 'url'?" in output
