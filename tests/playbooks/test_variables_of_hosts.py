# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Node, environment and project from an inventory: no task names them, and nothing leaks from one host to another."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

from ansible.parsing.vault import VaultLib, VaultSecret
from support.playbook import run
from support.sandbox import SandboxProcess

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
CONTENT = {
    "variables": {"LABEL": "from the inventory", "DB_PASSWORD": "planted-in-the-inventory"},
    "overrides": {"datasets": {"raw": {"tags": ["prod"]}}},
    "remapping": {"connections": {"filesystem_dev": "filesystem_managed"}},
}
DEFINITION = {
    "project": {"key": "HOSTS", "name": "${LABEL}"},
    "datasets": [{"name": "raw", "type": "Filesystem", "connection": "filesystem_dev", "path": "/raw"}],
    "connections": [{"name": "pg", "type": "PostgreSQL", "params": {"host": "db", "password": "${DB_PASSWORD}"}}],
}


def hosts(sandbox: SandboxProcess) -> dict[str, t.Any]:
    node = {"dss_url": "{{ address }}", "address": sandbox.url, "dss_timeout": "30", "dss_workers": "{{ 1 + 1 }}"}
    prod = {
        **node,
        "dss_api_key": "{{ secret_of_node }}",
        "secret_of_node": sandbox.api_key,
        "dss_environment": "prod",
        "dss_environment_content": CONTENT,
        "dss_project": "HOSTS",
    }
    without = {**node, "dss_lock_timeout": "{{ nowhere_defined }}"}
    broken = {"dss_url": "http://127.0.0.1:9", "dss_api_key": "{{ secret_of_node }}"}
    named = {"prod_design": {**prod, **LOCAL}, "without_key": {**without, **LOCAL}, "broken": {**broken, **LOCAL}}
    return {"all": {"hosts": named}}


def played(
    folder: Path,
    sandbox: SandboxProcess,
    on: str,
    *tasks: dict[str, t.Any],
    check: int = 0,
    extra: t.Mapping[str, str] | None = None,
) -> str:
    (folder / "hosts.json").write_text(json.dumps(hosts(sandbox)), encoding="utf-8")
    book = [{"hosts": on, "gather_facts": False, "tasks": [{**task, "diff": True} for task in tasks]}]
    (folder / "book.json").write_text(json.dumps(book), encoding="utf-8")
    environ = {"DKU_DSS_URL": "http://127.0.0.1:9", "DKU_API_KEY": "key-of-another-node", "HOME": str(folder)}
    environ |= extra or {}
    code, output = run(["-i", "hosts.json", "book.json", "-v"], environ, folder)
    assert code == check, output
    assert sandbox.api_key not in output and "planted-in-the-inventory" not in output, output
    return output


APPLY: dict[str, t.Any] = {"dataiku_iac.dss.configuration": {"definition": DEFINITION}}
FOLDER: dict[str, t.Any] = {"dataiku_iac.dss.managed_folder": {"name": "docs"}}
SHOWN: dict[str, t.Any] = {"dataiku_iac.dss.state": {"action": "show", "address": "dataset.HOSTS.raw"}}
REPORT: dict[str, t.Any] = {
    "ansible.builtin.debug": {"msg": "{{ (lookup('dataiku_iac.dss.report', 'drift')).summary }}"}
}


def test_modules_and_lookups_need_no_wiring(tmp_path: Path, sandbox: SandboxProcess) -> None:
    output = played(tmp_path, sandbox, "prod_design", APPLY, FOLDER, SHOWN, REPORT)
    assert "changed=2" in output and '"drifted": 0' in output, output
    assert (tmp_path / ".dataiku/state/prod").is_dir()
    project = sandbox.client().get_project("HOSTS")
    assert project.get_metadata()["label"] == "from the inventory"
    raw = project.get_dataset("raw").get_settings().get_raw()
    assert (raw["params"]["connection"], raw["tags"]) == ("filesystem_managed", ["prod"])
    on_host = {**APPLY, "vars": {"dss_run_on": "host"}}
    assert "changed=0" in played(tmp_path, sandbox, "prod_design", APPLY, on_host, FOLDER)


def test_a_delegated_task_is_for_the_other_host_alone(tmp_path: Path, sandbox: SandboxProcess) -> None:
    sandbox.client().create_project("HOSTS", "x", "admin")
    elsewhere = {**FOLDER, "delegate_to": "{{ item }}", "loop": ["prod_design"]}
    output = played(tmp_path, sandbox, "without_key", elsewhere)
    assert "changed=1" in output
    back = {**FOLDER, "delegate_to": "without_key", "vars": {"dss_project": "HOSTS"}}
    output = played(tmp_path, sandbox, "prod_design", back, check=2)
    assert f"no API key given for {sandbox.url}: api_key is empty" in output, output
    output = played(tmp_path, sandbox, "prod_design", {**back, "delegate_to": "broken"}, check=2)
    assert "variable dss_api_key cannot be used: " in output and "'secret_of_node' is undefined" in output, output


def test_what_is_not_needed_is_not_templated(tmp_path: Path, sandbox: SandboxProcess) -> None:
    """``dss_lock_timeout`` of the host cannot be templated, which matters to nobody who does not ask for it."""
    sandbox.client().create_project("HOSTS", "x", "admin")
    task = {"dataiku_iac.dss.managed_folder": {"name": "docs", "project": "HOSTS", "api_key": "{{ key }}"}}
    output = played(tmp_path, sandbox, "without_key", {**task, "vars": {"key": sandbox.api_key}})
    assert "changed=1" in output
    lock = {"dataiku_iac.dss.state_lock": {"environment": "x"}}
    assert "variable dss_lock_timeout cannot be used: " in played(tmp_path, sandbox, "without_key", lock, check=2)
    assert played(
        tmp_path, sandbox, "without_key", {"dataiku_iac.dss.state_lock": {"environment": "x", "lock_timeout": 1}}
    )


def test_what_comes_from_a_vault_is_a_secret_whatever_it_is_called(tmp_path: Path, sandbox: SandboxProcess) -> None:
    """Of a variable of the host and of an option; a plan in full shows neither."""
    (tmp_path / "password").write_text("of the vault", encoding="utf-8")
    vault = VaultLib([("default", VaultSecret(b"of the vault"))])
    entries = {"label": "label-from-the-vault", "text": "text-from-the-vault", "key": sandbox.api_key}
    content = {name: vault.encrypt(value).decode() for name, value in entries.items()}
    lines = "".join(f"{name}: !vault |\n  " + text.replace("\n", "\n  ") + "\n" for name, text in content.items())
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars/all.yml").write_text(lines, encoding="utf-8")
    of_host = {"variables": {"LABEL": "{{ label }}"}}
    variables = {"dss_environment_content": of_host, "dss_environment": "prod", "dss_api_key": "{{ key }}"}
    definition = {"project": {"key": "HOSTS", "name": "${LABEL}", "description": "{{ text }}"}}
    task = {"dataiku_iac.dss.configuration": {"definition": definition}, "vars": variables}
    output = played(
        tmp_path,
        sandbox,
        "prod_design",
        {**task, "check_mode": True},
        task,
        extra={"ANSIBLE_VAULT_PASSWORD_FILE": str(tmp_path / "password")},
    )
    assert "changed=2" in output and "-from-the-vault" not in output, output
    metadata = sandbox.client().get_project("HOSTS").get_metadata()
    assert (metadata["label"], metadata["description"]) == (entries["label"], entries["text"])
