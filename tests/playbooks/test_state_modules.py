# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States in real runs of ``ansible-playbook``: where the backend comes from, approval, rollback, the variables."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from support.playbook import play, run
from support.sandbox import SandboxProcess

PLACE = {"environment": "dev", "project": "SALES"}


def write_configuration(folder: Path, *tags: str, **settings: t.Any) -> Path:
    """A project with one dataset, and the environment dev."""
    (folder / "environments").mkdir(parents=True, exist_ok=True)
    dataset = {"name": "orders", "type": "managed", "tags": list(tags)}
    declared = {"project": {"key": "SALES", "name": "Sales"}, "datasets": [dataset]}
    (folder / "project.yml").write_text(yaml.safe_dump(declared))
    (folder / "environments" / "dev.yml").write_text(yaml.safe_dump({"variables": {}, "settings": settings}))
    return folder


def task(module: str, **options: t.Any) -> dict[str, t.Any]:
    return {f"dataiku_iac.dss.{module}": options}


def deploy(**options: t.Any) -> dict[str, t.Any]:
    return task("configuration", path="configuration", environment="dev", **options)


def tags(sandbox: SandboxProcess) -> list[str]:
    found: list[str] = sandbox.client().get_project("SALES").get_dataset("orders").get_settings().get_raw()["tags"]
    return found


def test_the_backend_comes_from_variables(tmp_path: Path, sandbox: SandboxProcess) -> None:
    write_configuration(tmp_path / "configuration", "a")
    variables = {
        "where": "states",
        "dss_state_backend": {"type": "local", "path": "{{ where }}"},
        "dss_encryption_key": "planted-passphrase",
        "dss_keep_versions": "2",  # a text, as from an INI inventory or -e
        "dss_lock_timeout": "0.5",
    }
    tasks = [deploy(), task("state", **PLACE), task("state_lock", **PLACE), task("state", **PLACE)]
    played = play(tmp_path, tasks, "-vvvv", environ=sandbox.environ, variables=variables)
    assert played.code == 0, played.output
    assert played.result["state"]["place"] == str(tmp_path / "states/dev/SALES.state.json")
    assert b"orders" not in (tmp_path / "states/dev/SALES.state.json").read_bytes()
    assert "planted-passphrase" not in played.output
    assert not (tmp_path / "configuration/.dataiku").exists()


def test_a_variable_that_is_no_number_is_a_sentence(tmp_path: Path) -> None:
    played = play(tmp_path, [task("state", **PLACE)], variables={"dss_keep_versions": "many"})
    assert played.code == 2
    assert "keep_versions" in played.result["msg"] and "many" in played.result["msg"]
    assert "Traceback" not in played.output


def test_the_backend_comes_from_the_defaults_of_the_group(tmp_path: Path, sandbox: SandboxProcess) -> None:
    write_configuration(tmp_path / "configuration", "a")
    defaults = {"group/dataiku_iac.dss.dss_state": {"state_backend": {"type": "local", "path": "states"}}}
    block = [
        deploy(),
        task("state_lock", **PLACE),
        task("state", action="forget", address="dataset.SALES.orders", **PLACE),
        task("rollback", to=0, **PLACE),
    ]
    tasks = [{"module_defaults": defaults, "block": block}, {"ansible.builtin.debug": {"msg": "done"}}]
    played = play(tmp_path, tasks, environ=sandbox.environ)
    assert played.code == 0 and "changed=3" in played.output, played.output
    assert sandbox.client().list_project_keys() == []
    assert sorted(path.name for path in tmp_path.glob("*/dev/*.state.json")) == ["SALES.state.json"]


def test_a_module_on_its_host_gets_the_variables_too(tmp_path: Path, sandbox: SandboxProcess) -> None:
    write_configuration(tmp_path / "configuration", "a")
    variables = {
        "dss_state_backend": {"type": "local", "path": str(tmp_path / "states")},
        "dss_run_on": "host",
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    tasks = [task("configuration", path=str(tmp_path / "configuration"), environment="dev"), task("state", **PLACE)]
    played = play(tmp_path, tasks, environ=sandbox.environ, variables=variables)
    assert played.code == 0, played.output
    assert played.result["state"]["serial"] == 1


def test_a_plan_is_approved_and_applied_by_another_container(tmp_path: Path, sandbox: SandboxProcess) -> None:
    shared = {"dss_state_backend": {"type": "local", "path": str(tmp_path / "shared")}}
    containers = [tmp_path / name for name in ("plans", "applies")]
    for folder in containers:
        write_configuration(folder / "configuration", "a", require_approval=True)
    plans, applies = containers

    refused = play(applies, [deploy()], environ=sandbox.environ, variables=shared)
    assert refused.code == 2 and "environment dev has require_approval" in refused.result["msg"]
    planned = play(plans, [deploy(plan_file="plan.json")], "--check", environ=sandbox.environ, variables=shared)
    assert planned.code == 0 and planned.result["changed"] is True, planned.output
    assert sandbox.control.calls()["writes"] == 0

    (applies / "plan.json").write_bytes((plans / "plan.json").read_bytes())
    applied = play(applies, [deploy(plan_file="plan.json")], environ=sandbox.environ, variables=shared)
    assert applied.code == 0, applied.output
    assert applied.result["digest"] == planned.result["digest"]
    again = play(plans, [deploy(plan_file="plan.json")], environ=sandbox.environ, variables=shared)
    assert again.code == 2 and "cannot be applied any more" in again.result["msg"]


@pytest.mark.parametrize("beside", [True, False], ids=["beside the configuration", "in a backend"])
def test_the_playbooks_deploy_and_roll_back(tmp_path: Path, sandbox: SandboxProcess, beside: bool) -> None:
    where = ["-e", "environment_name=dev", "-e", "config=configuration"]
    if not beside:
        where += ["-e", json.dumps({"dss_state_backend": {"type": "local", "path": "states"}})]
    for tag in ("a", "b"):
        write_configuration(tmp_path / "configuration", tag)
        code, output = run(["dataiku_iac.dss.deploy", *where], sandbox.environ, tmp_path)
        assert code == 0, output
    back = ["dataiku_iac.dss.rollback", *where, "-e", "project=SALES"]
    code, output = run([*back, "--check", "--diff"], sandbox.environ, tmp_path)
    assert code == 0 and '~ tags: ["b"] -> ["a"]' in output, output
    assert tags(sandbox) == ["b"]
    code, output = run(back, sandbox.environ, tmp_path)
    assert code == 0 and tags(sandbox) == ["a"], output
    assert "~ dataset.SALES.orders" in output and "rolled back in " in output
    code, output = run([*back, "-e", "to=0"], sandbox.environ, tmp_path)
    assert code == 0 and sandbox.client().list_project_keys() == [], output
    place = tmp_path / ("configuration/.dataiku/state" if beside else "states")
    assert (place / "dev/SALES.state.json").is_file()


def test_the_playbook_asks_for_the_environment(tmp_path: Path) -> None:
    code, output = run(["dataiku_iac.dss.rollback", "-e", "project=SALES"], {}, tmp_path)
    assert code == 2 and "say which environment with -e environment_name=NAME" in output
