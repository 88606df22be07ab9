# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same core on the controller, on a host and in the background; where the node comes from; what is missing."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

import pytest
from support.engine import run_module
from support.playbook import play, run
from support.sandbox import SandboxProcess

LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
ON_HOST = {"dss_run_on": "host", **LOCAL}
DEFINITION = {
    "project": {"key": "WHERE", "name": "Where"},
    "datasets": [{"name": "raw", "type": "managed", "tags": ["a"], "description": "one\ntwo\n"}],
}
COMMON = ("changed", "plan", "diff", "outcome", "msg")


def same_result(first: t.Mapping[str, t.Any], second: t.Mapping[str, t.Any]) -> bool:
    return [first.get(key) for key in COMMON] == [second.get(key) for key in COMMON]


def tasks(**options: t.Any) -> list[dict[str, t.Any]]:
    return [{"dataiku_iac.dss.configuration": {"definition": DEFINITION, **options}}]


@pytest.mark.parametrize("extra", [(), ("--check", "--diff")], ids=["applied", "planned"])
def test_a_module_on_its_host_gives_what_the_controller_gives(
    tmp_path: Path, sandbox: SandboxProcess, extra: tuple[str, ...]
) -> None:
    results = []
    for variables in (ON_HOST, {}):
        sandbox.control.reset()
        (folder := tmp_path / str(len(results))).mkdir()  # each has its own state
        played = play(folder, tasks(workers=1), *extra, environ=sandbox.environ, variables=variables)
        assert played.code == 0, played.output
        assert ("+ dataset.WHERE.raw" in played.output) is (not variables or "--diff" in extra)
        results.append(played.result)
        assert (sandbox.control.calls()["writes"] == 0) is ("--check" in extra)
    assert same_result(*results), results
    assert results[0]["changed"]


def test_a_module_on_its_host_fails_as_on_the_controller(tmp_path: Path, sandbox: SandboxProcess) -> None:
    results = []
    for variables in (ON_HOST, {}):
        sandbox.control.reset()
        sandbox.control.fault("POST", "/projects/WHERE/datasets*", status=500)
        (folder := tmp_path / str(len(results))).mkdir()
        results.append(play(folder, tasks(), environ=sandbox.environ, variables=variables).result)
    assert "the apply failed: 1 applied, 1 failed" in results[0]["msg"]
    other = {"digest": None, "exception": 0, "invocation": 0}
    assert {**results[0], **other} == {**results[1], **other}


@pytest.mark.parametrize("poll", [1, 0])
def test_a_run_in_the_background_gives_the_same_result(tmp_path: Path, sandbox: SandboxProcess, poll: int) -> None:
    started = {**tasks()[0], "async": 60, "poll": poll, "register": "started"}
    waited = {
        "ansible.builtin.async_status": {"jid": "{{ started.ansible_job_id }}"},
        "register": "played_result",
        "until": "played_result is finished",
        "retries": 60,
        "delay": 1,
    }
    environ = {**sandbox.environ, "ANSIBLE_ASYNC_DIR": str(tmp_path / "async")}
    background = play(tmp_path, [started] if poll else [started, waited], environ=environ, variables=LOCAL)
    assert background.code == 0, background.output
    sandbox.control.reset()
    (folder := tmp_path / "again").mkdir()
    assert same_result(background.result, play(folder, tasks(), environ=sandbox.environ).result)


def test_defaults_of_the_action_group_reach_every_module(tmp_path: Path, sandbox: SandboxProcess) -> None:
    node = {"url": sandbox.url, "api_key": sandbox.api_key}
    group = [
        {
            "module_defaults": {"group/dataiku_iac.dss.dss": node},
            "block": [
                {"dataiku_iac.dss.project": {"key": "WHERE", "name": "Where"}},
                {"dataiku_iac.dss.connection": {"name": "pg", "type": "PostgreSQL", "params": {"host": "db"}}},
                {"dataiku_iac.dss.managed_folder": {"project": "WHERE", "name": "docs"}},
                {"dataiku_iac.dss.dataset": {"project": "WHERE", "name": "raw", "type": "managed"}},
                {"dataiku_iac.dss.dataset": {"project": "WHERE", "name": "out", "type": "managed"}},
                {
                    "dataiku_iac.dss.recipe": {
                        "project": "WHERE",
                        "name": "code",
                        "type": "python",
                        "inputs": ["raw"],
                        "outputs": ["out"],
                        "code": "pass\n",
                    }
                },
                {"dataiku_iac.dss.scenario": {"project": "WHERE", "name": "Daily", "active": False, "steps": []}},
                {"dataiku_iac.dss.scenario_run": {"project": "WHERE", "scenario": "Daily"}},
                {"dataiku_iac.dss.scenario_run_info": {"project": "WHERE"}},
                {"dataiku_iac.dss.build": {"project": "WHERE", "recipe": "code"}},
                {"dataiku_iac.dss.build_info": {"project": "WHERE"}},
                {"dataiku_iac.dss.gate": {"project": "WHERE", "gates": [{"build": ["out"]}]}},
            ],
        },
        {"ansible.builtin.debug": {"msg": "done"}},
    ]
    played = play(tmp_path, group)
    verbs = 3  # scenario_run, build and gate run again each time
    assert f"changed={7 + verbs}" in played.output, played.output
    assert f"changed={verbs}" in play(tmp_path, group).output


@pytest.mark.parametrize("variables", [{}, ON_HOST], ids=["controller", "host"])
def test_the_environment_of_a_task_names_the_node(
    tmp_path: Path, sandbox: SandboxProcess, variables: dict[str, str]
) -> None:
    environment = [{"DKU_DSS_URL": "http://127.0.0.1:9", "DKU_API_KEY": "{{ key }}"}, {"DKU_DSS_URL": sandbox.url}]
    block = [
        {"environment": environment[0], "block": [{**tasks()[0], "environment": environment[1]}]},
        {"ansible.builtin.debug": {"msg": "done"}},
    ]
    played = play(tmp_path, block, variables={**variables, "key": sandbox.api_key})
    assert played.code == 0, played.output
    assert "WHERE" in sandbox.client().list_project_keys()


def home_with(folder: Path, **instances: t.Any) -> dict[str, str]:
    (folder / ".dataiku").mkdir(parents=True)
    default = instances.pop("default_instance")
    (folder / ".dataiku" / "config.json").write_text(
        json.dumps({"dss_instances": instances, "default_instance": default}), encoding="utf-8"
    )
    return {"HOME": str(folder)}


def test_the_file_of_the_client_names_the_node_and_an_instance_wins_over_the_environment(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    right, wrong = {"url": sandbox.url, "api_key": sandbox.api_key}, {"url": "http://127.0.0.1:9", "api_key": "other"}
    home = home_with(tmp_path, design=right, other=wrong, default_instance="design")
    run_module(home, definition=DEFINITION)
    assert not run_module(
        {**home, "DKU_DSS_URL": wrong["url"], "DKU_API_KEY": "x"}, definition=DEFINITION, instance="design"
    )["changed"]
    assert not run_module({**home, **sandbox.environ}, definition=DEFINITION)["changed"]
    played = play(
        tmp_path,
        tasks(instance="design"),
        environ={**home, "DKU_DSS_URL": wrong["url"], "ANSIBLE_HOME": str(tmp_path / "a")},
    )
    assert played.code == 0, played.output
    played = play(tmp_path, tasks(instance="nowhere"), environ={**home, "ANSIBLE_HOME": str(tmp_path / "a")})
    assert played.result["msg"] == f"instance nowhere is not in {tmp_path}/.dataiku/config.json; it has: design, other"


def test_options_win_over_the_environment(sandbox: SandboxProcess) -> None:
    environ = {"DKU_DSS_URL": "http://127.0.0.1:9", "DKU_API_KEY": "other"}
    run_module(environ, definition=DEFINITION, url=sandbox.url, api_key=sandbox.api_key)


def test_a_proxy_that_cannot_be_reached_is_not_asked_for_this_machine(tmp_path: Path, sandbox: SandboxProcess) -> None:
    proxies = dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
    )
    played = play(tmp_path, tasks(), environ={**sandbox.environ, **proxies, "no_proxy": "", "NO_PROXY": ""})
    assert played.code == 0, played.output


LIBRARIES = {"dataikuapi": "dataiku-api-client", "jsonschema": "jsonschema", "requests": "requests", "six": "six"}


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_missing_library_is_named_as_ansible_names_it(tmp_path: Path, sandbox: SandboxProcess, name: str) -> None:
    shim = tmp_path / "shim"
    shim.mkdir()
    # A broken configuration, because a good one needs no jsonschema.
    (shim / f"{name}.py").write_text(f'raise ModuleNotFoundError("not there", name="{name}")\n', encoding="utf-8")
    environ = {**sandbox.environ, "PYTHONPATH": f"{shim}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    definition = {**DEFINITION, "datasets": [{"name": "raw"}]} if name == "jsonschema" else DEFINITION
    for variables in ({}, ON_HOST) if name == "dataikuapi" else ({},):
        played = play(tmp_path, tasks(definition=definition), "-vvv", environ=environ, variables=variables)
        assert played.code == 2
        assert played.result["msg"].startswith(
            f"Failed to import the required Python library ({LIBRARIES[name]}) on "
        ), played.result
        assert "Traceback" not in played.output


def write_project(folder: Path, text: str = "project: {key: WHERE, name: Where}\n") -> Path:
    folder.mkdir()
    (folder / "project.yml").write_text(text, encoding="utf-8")
    return folder


def test_validate_needs_neither_a_node_nor_a_key_nor_the_client(tmp_path: Path) -> None:
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "dataikuapi.py").write_text("raise ModuleNotFoundError('no', name='dataikuapi')\n", encoding="utf-8")
    environ = {
        "HOME": str(tmp_path),
        "ANSIBLE_HOME": str(tmp_path / "a"),
        "DKU_DSS_URL": "",
        "DKU_API_KEY": "",
        "PYTHONPATH": f"{shim}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }
    good = write_project(tmp_path / "good")
    code, output = run(["dataiku_iac.dss.validate", "-e", f"config={good}"], environ, tmp_path)
    assert code == 0, output
    code, output = run(["dataiku_iac.dss.validate", "-e", "config=good"], environ, tmp_path)
    assert code == 0, output
    bad = write_project(tmp_path / "bad", "project: {key: WHERE, nam: Where}\n")
    code, output = run(["dataiku_iac.dss.validate", "-e", f"config={bad}"], environ, tmp_path)
    assert code == 2
    assert "project.yml:1:23 project.nam: unknown key 'nam'; did you mean 'name'?" in output
    assert "Traceback" not in output


def test_the_playbook_deploys_plans_and_finds_nothing_more_to_do(tmp_path: Path, sandbox: SandboxProcess) -> None:
    folder = write_project(tmp_path / "good")
    arguments = ["dataiku_iac.dss.deploy", "-e", f"config={folder}"]
    code, output = run([*arguments, "--check", "--diff"], sandbox.environ, tmp_path)
    assert code == 0 and "+ project.WHERE" in output and 'name: "Where"' in output
    assert sandbox.control.calls()["writes"] == 0
    code, output = run(arguments, sandbox.environ, tmp_path)
    assert code == 0 and "Plan: 1 to create" in output and "changed=1" in output
    code, output = run(arguments, sandbox.environ, tmp_path)
    assert code == 0 and "No changes. 1 object is as declared." in output and "changed=0" in output
