# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API keys from a vault, a file, the environment, plain text and Fleet Manager appear in nothing that a run prints or leaves.

Each key is looked for in every stream and in every byte below the folder of the test, in the forms that a key takes on its way.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import typing as t
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import dataikuapi
import pytest
from support.inventory import PASSWORD, encrypted, inline
from support.release import KEY, prepare
from support.site import SandboxSite
from support.slices import Job, imported, private_folder

INVENTORY = "inventory/company.dss.yml"
NODES = ("dev=design", "lab=design", "staging=automation", "prod=automation", "hub=automation", "deployer", "fleet")
PLANTED = {"vault": "dev", "file": "staging", "environment": "prod", "plain": "lab", "inline": "deployer"}
# Where the user himself has put a key, or where ansible-runner notes the environment of its process: file, and which key.
PUT_THERE = {INVENTORY: "plain", "job/inventory/hosts": "plain", "job/artifacts/1/command": "environment"}


def forms(key: str) -> Iterator[bytes]:
    """A key as it is, in an address, in JSON, and in Base64 wherever it begins in what is encoded."""
    yield from (text.encode() for text in (key, quote(key, safe=""), json.dumps(key)[1:-1]))
    for before in range(3):
        whole = base64.b64encode(b"x" * before + key.encode())
        inner = whole[(0, 2, 3)[before] : len(whole) // 4 * 4 - 4]  # what its neighbours have no part in
        yield from (inner, inner.replace(b"+", b"-").replace(b"/", b"_"))


class Company:
    """Nodes whose keys come from everywhere, and the commands that use them; all files are below ``folder``."""

    def __init__(self, folder: Path, site: SandboxSite) -> None:
        self.folder = folder
        self.site = site
        prepare(site)
        self.keys = {name: f"plnt/{name}+key&=7" for name in PLANTED}
        for name, node in PLANTED.items():
            site.nodes[node].control.key(key=self.keys[name], admin=True, login="admin")
        key_id, secret = site.nodes["fleet"].api_key.split(":")
        self.keys |= {"fleet": secret, "answered": site.nodes["hub"].api_key}
        for name, node in {**PLANTED, "answered": "hub"}.items():
            control = site.nodes[node].control
            control.outcomes(scenarios={f"{KEY}.*": "FAILED"})
            control.fault(path="/projects/ELSE/*", status=400, message=f"refused: {self.keys[name]}", count=0)
        self._tag(key_id, secret)
        self._write("inventory/company.dss.yml", self._inventory(key_id, secret))
        self._write("keys/staging", encrypted(self.keys["file"] + "\n"))
        self._write("plays/group_vars/all/vault.yml", encrypted(f"vault_dev_key: {json.dumps(self.keys['vault'])}\n"))
        self._write("plays/site.yml", json.dumps(self._plays()))
        self._write(
            "project/project.yml",
            json.dumps({"project": {"key": KEY, "name": "Orders"}, "variables": {"standard": {"limit": 2}}}),
        )
        self.password = folder.parent / f"{folder.name}-password"  # not looked into
        self.password.write_text(PASSWORD, encoding="utf-8")

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _tag(self, key_id: str, secret: str) -> None:
        client = dataikuapi.FMClientAWS(self.site.nodes["fleet"].url, key_id, secret)
        client._session.trust_env = False
        for instance in client.list_instances():
            instance.instance_data["fmTags"] = ["production"] if instance.instance_data["label"] == "hub" else []
            instance.save()

    def _inventory(self, key_id: str, secret: str) -> str:
        url = {name: json.dumps(node.url) for name, node in self.site.nodes.items()}
        return f"""
plugin: dataiku_iac.dss.environments
environments:
  dev: {{nodes: {{design: {{url: {url["dev"]}, api_key: "{{{{ vault_dev_key }}}}"}}}}}}
  staging: {{nodes: {{automation: {{url: {url["staging"]}, api_key_file: ../keys/staging}}}}, remapping: {{connections: {{pg_dev: pg_prod}}}}}}
  prod:
    nodes:
      automation: {{url: {url["prod"]}, api_key_env: PROD_KEY}}
      deployer: {{url: {url["deployer"]}, api_key: {inline(self.keys["inline"])}}}
  lab: {{nodes: {{design: {{url: {url["lab"]}, api_key: {json.dumps(self.keys["plain"])}}}}}}}
  cloud: {{}}
fleet:
  - {{cloud: aws, url: {url["fleet"]}, key_id: {key_id}, key_secret: {inline(secret)}, environments: {{production: cloud}}}}
deployer:
  - {{node: prod_deployer, environments: {{}}}}
facts: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: {json.dumps(str(self.folder / "inventory-cache"))}
"""

    def _plays(self) -> list[dict[str, t.Any]]:
        """A deploy, facts that are kept, calls that fail, a drift report, and a promotion that does not pass its gate."""
        known = {"known": "{{ dss_environment }} {{ dss_url }} {{ dss_environment_content }}", "cacheable": True}
        deploy = {
            "path": str(self.folder / "project"),
            "state_backend": {"type": "local", "path": str(self.folder / "states")},
        }
        shown = {"ansible.builtin.debug": {"var": "told"}}
        promotion = {
            "promote_project": KEY,
            "promote_from": "dev",
            "promote_to": ["staging", "prod"],
            "promote_gates": [{"scenario": "smoke"}],
        }
        report = {
            "drift_projects": [KEY],
            "drift_directory": str(self.folder / "reports"),
            "drift_formats": ["html", "text"],
        }
        plays = [
            {
                "hosts": "dss",
                "tasks": [
                    {"dataiku_iac.dss.configuration": deploy, "when": "dss_node_type == 'design'", "register": "told"},
                    shown,
                    {"dataiku_iac.dss.bundle_info": {"project": "ELSE"}, "ignore_errors": True, "register": "told"},
                    shown,
                    {"ansible.builtin.set_fact": known},
                    {"ansible.builtin.set_stats": {"data": {"told": "{{ told }}"}}},
                ],
            },
            {
                "hosts": "dev_design",
                "roles": [
                    {
                        "role": "dataiku_iac.dss.drift",
                        "vars": {**report, "drift_state_backend": deploy["state_backend"]},
                    }
                ],
            },
            {"hosts": "localhost", "roles": [{"role": "dataiku_iac.dss.promote", "vars": promotion}]},
        ]
        return [{**play, "gather_facts": False} for play in plays]

    @property
    def environ(self) -> dict[str, str]:
        cache = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / "fact-cache")}
        return {
            **cache,
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.password),
            "HOME": str(self.folder),
            "PROD_KEY": self.keys["environment"],
        }

    def command(self, *words: str, **environ: str) -> tuple[int, str]:
        """Run a command; its exit status and all that it printed."""
        done = subprocess.run(
            words,
            env={**os.environ, **self.environ, **environ},
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.returncode, done.stdout

    def found(self, content: bytes) -> set[str]:
        """The names of the keys that some content holds."""
        return {name for name, key in self.keys.items() if any(form in content for form in forms(key))}

    def left(self) -> dict[str, set[str]]:
        """The keys in each file below the folder."""
        files = {str(path.relative_to(self.folder)): path for path in self.folder.rglob("*") if path.is_file()}
        found = {name: self.found(path.read_bytes()) for name, path in files.items()}
        return {name: keys for name, keys in found.items() if keys}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    site = SandboxSite(*NODES)
    yield Company(tmp_path_factory.mktemp("company"), site)
    site.stop()


def test_keys_are_found_in_all_their_forms() -> None:
    """The search itself."""
    key = "plnt/a+key&=7"
    held = [
        key,
        quote(key, safe=""),
        *(base64.b64encode(f"{before}{key}:{{}}".encode()).decode() for before in ("", "u", "us")),
    ]
    assert all(any(form in text.encode() for form in forms(key)) for text in held)


@pytest.mark.parametrize(
    "words",
    [["--list"], ["--list", "--export"], ["--graph", "--vars"], ["--host", "prod_automation"], ["--host", "cloud_hub"]],
    ids=" ".join,
)
def test_no_inventory_is_printed_with_a_key(company: Company, words: list[str]) -> None:
    code, output = company.command("ansible-inventory", "-i", INVENTORY, *words, "-vvv")
    assert code == 0, output
    own = {"plain"} if "--host" not in words else set()
    assert company.found(output.encode()) == own
    assert any((company.folder / "inventory-cache").iterdir())
    assert company.left() == {INVENTORY: {"plain"}}


def check_run(code: int, output: str) -> None:
    """All plays have run, and each key was sent to a node that repeats it."""
    assert code == 2, output
    assert "Plan: 0 to create, 1 to update" in output or "No changes. 2 objects are as declared." in output
    assert output.count("refused: (sensitive)") >= 5
    assert f"{KEY} is not promoted to staging" in output


def test_no_playbook_prints_or_keeps_a_key(company: Company) -> None:
    words = ("ansible-playbook", "-i", INVENTORY, "plays/site.yml", "-vvv", "--diff")
    code, output = company.command(*words, ANSIBLE_LOG_PATH=str(company.folder / "ansible.log"))
    check_run(code, output)
    assert company.found(output.encode()) == set()
    assert len(list((company.folder / "fact-cache").iterdir())) >= 5
    assert {path.name for path in (company.folder / "reports").iterdir()}
    assert company.left() == {INVENTORY: {"plain"}}


def test_no_job_of_ansible_runner_keeps_a_key(company: Company) -> None:
    """As AWX runs it: an imported inventory, kept facts, artifacts. The environment of the process is noted by ansible-runner."""
    inventory = imported(company.folder, INVENTORY, company.environ)
    settings = {"fact_cache_type": "jsonfile"}
    place = private_folder(company.folder / "job", inventory, company.folder / "plays", settings, "-vvv --diff")
    code, output = Job(place, "site.yml", company.environ).wait(120)
    check_run(code, output)
    assert company.found(output.encode()) == set()
    assert list((place / "artifacts/1/fact_cache").iterdir()) and list((place / "artifacts/1/job_events").iterdir())
    assert company.left() == {name: {key} for name, key in PUT_THERE.items()}
