# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""examples/awx: what it gives to the modules of awx.awx is what they take, its names fit together, the image can be described.

``support/awx_options.json`` holds names, types and choices of the options of awx.awx, read from the documentation of its modules at
commit e21dd0a0933fd544d1fe2513c54fe41203775eb5 of ansible/awx.
"""

from __future__ import annotations

import json
import re
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml
from support.awx import data
from support.playbook import run
from support.sandbox import ROOT

AWX = ROOT / "examples" / "awx"
OPTIONS = Path(__file__).parents[1] / "support" / "awx_options.json"
LISTS = {
    "credential_type": "awx_credential_types",
    "credential": "awx_credentials",
    "execution_environment": "awx_execution_environments",
    "project": "awx_projects",
    "inventory": "awx_inventories",
    "inventory_source": "awx_inventory_sources",
    "job_template": "awx_job_templates",
    "workflow_job_template": "awx_workflow_job_templates",
    "schedule": "awx_schedules",
}
_STAND_IN = """
import json, os
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        name = self._task.action.rpartition(".")[2]
        options = json.load(open(os.environ["AWX_OPTIONS"]))[name]
        checked = ArgumentSpecValidator(options).validate(self._task.args)
        with open(os.environ["AWX_CALLS"], "a") as calls:
            calls.write(json.dumps([name, self._task.args], default=str) + "\\n")
        return {"changed": True, "failed": bool(checked.error_messages), "msg": checked.error_messages}
"""
Document = dict[str, t.Any]


DATA = data()


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Document]]:
    """What setup.yml gives to the modules, each checked against the options that it really has."""
    folder = tmp_path_factory.mktemp("awx")
    actions = folder / "ansible_collections/awx/awx/plugins/action"
    actions.mkdir(parents=True)
    for name in LISTS:
        (actions / f"{name}.py").write_text(_STAND_IN)
    names = re.findall(r"awx_secrets\.(\w+)", (AWX / "data/credentials.yml").read_text())
    secrets = {"awx_secrets": {name: f"planted-{name}" for name in names}}
    log = folder / "calls.jsonl"
    environ = {"ANSIBLE_COLLECTIONS_PATH": str(folder), "AWX_OPTIONS": str(OPTIONS), "AWX_CALLS": str(log)}
    (folder / "vault.yml").write_text(json.dumps(secrets))
    (folder / "password").write_text("vault-password")
    subprocess.run(["ansible-vault", "encrypt", "--vault-password-file=password", "vault.yml"], cwd=folder, check=True)
    (command,) = re.findall(r"^ansible-playbook (.*)$", (ROOT / "docs/awx.md").read_text(), re.MULTILINE)
    arguments = command.replace("--ask-vault-pass", "--vault-password-file=password").split()
    code, output = run([str(AWX / arguments[0]), *arguments[1:]], environ, folder)
    assert code == 0, output
    assert "planted-" not in output and "WARNING" not in output
    return [tuple(json.loads(line)) for line in log.read_text().splitlines()]


def test_the_modules_get_everything_that_the_files_say(calls: list[tuple[str, Document]]) -> None:
    for module, name in LISTS.items():
        given = [arguments for called, arguments in calls if called == module]
        assert [entry["name"] for entry in given] == [entry["name"] for entry in DATA[name]]
        for arguments, entry in zip(given, DATA[name], strict=True):
            assert entry.keys() <= arguments.keys(), (module, entry["name"])
            for key, value in entry.items():
                if "awx_" not in json.dumps(value):  # variables of the playbook
                    assert arguments[key] == value, (module, entry["name"], key)


def test_injectors_arrive_as_templates_of_awx(calls: list[tuple[str, Document]]) -> None:
    node = next(arguments for called, arguments in calls if called == "credential_type")
    assert node["injectors"]["env"] == {"DKU_DSS_URL": "{{ url }}", "DKU_API_KEY": "{{ api_key }}"}
    for kind in DATA["awx_credential_types"]:
        fields = {field["id"] for field in kind["inputs"]["fields"]}
        assert set(re.findall(r"{{ (\w+) }}", json.dumps(kind["injectors"]))) == fields
        assert set(kind["inputs"]["required"]) == fields
        for field in kind["inputs"]["fields"]:
            assert field.get("secret", False) is (field["id"] not in ("url", "access_key")), field["id"]


def test_names_fit_together() -> None:
    credentials = {entry["name"] for entry in DATA["awx_credentials"]}
    templates = {entry["name"] for entry in DATA["awx_job_templates"]}
    workflows = {entry["name"]: entry for entry in DATA["awx_workflow_job_templates"]}
    assert {entry["credential_type"] for entry in DATA["awx_credentials"]} == {
        entry["name"] for entry in DATA["awx_credential_types"]
    }
    for template in DATA["awx_job_templates"]:
        assert set(template.get("credentials", [])) <= credentials
        assert awx_offers(ROOT / "examples/repository" / template["playbook"]), template["playbook"]
    for workflow in workflows.values():
        nodes = {node["identifier"]: node for node in workflow["workflow_nodes"]}
        for node in nodes.values():
            template = node["unified_job_template"]
            assert template["type"] == "workflow_approval" or template["name"] in templates
            for links in node.get("related", {}).values():
                assert {link["identifier"] for link in links} <= nodes.keys()
    assert {entry["unified_job_template"] for entry in DATA["awx_schedules"]} <= templates | workflows.keys()


def awx_offers(playbook: Path) -> bool:
    """AWX lists a file as a playbook if a line of it names hosts or imports a playbook."""
    return bool(
        re.search(r"^\s*-?\s*(hosts|(ansible\.builtin\.)?import_playbook):", playbook.read_text(), re.MULTILINE)
    )


class Walk:
    """A workflow as AWX runs it: a node follows the links of its result; a failure without a link fails the workflow."""

    def __init__(self, name: str, **results: bool) -> None:
        (workflow,) = (entry for entry in DATA["awx_workflow_job_templates"] if entry["name"] == name)
        nodes = {node["identifier"]: node.get("related", {}) for node in workflow["workflow_nodes"]}
        targets = {link["identifier"] for links in nodes.values() for group in links.values() for link in group}
        self.ran: list[str] = []
        self.succeeded = True
        waiting = [name for name in nodes if name not in targets]
        while waiting:
            node = waiting.pop(0)
            self.ran.append(node)
            ok = results.get(node, True)
            links = [
                *nodes[node].get("success_nodes" if ok else "failure_nodes", []),
                *nodes[node].get("always_nodes", []),
            ]
            self.succeeded = self.succeeded and (ok or bool(links))
            waiting += [link["identifier"] for link in links]


@pytest.mark.parametrize(
    ("results", "ran", "succeeded"),
    [
        ({}, ["plan", "changes"], True),
        ({"changes": False}, ["plan", "changes", "approve", "apply"], True),
        ({"plan": False}, ["plan"], False),
        ({"changes": False, "approve": False}, ["plan", "changes", "approve"], False),
        ({"changes": False, "apply": False}, ["plan", "changes", "approve", "apply"], False),
    ],
    ids=["nothing to do", "changes", "the plan is an error", "denied", "the apply is refused"],
)
def test_an_approval_is_asked_for_only_where_something_changes(
    results: dict[str, bool], ran: list[str], succeeded: bool
) -> None:
    walk = Walk("DSS deploy", **results)
    assert (walk.ran, walk.succeeded) == (ran, succeeded)


def test_schedules_are_such_as_awx_accepts() -> None:
    for schedule in DATA["awx_schedules"]:
        assert re.fullmatch(r"DTSTART:\d{8}T\d{6}Z RRULE:FREQ=(MINUTELY|DAILY);INTERVAL=1", schedule["rrule"])
    assert "FREQ=MINUTELY;INTERVAL=1" in next(
        entry["rrule"] for entry in DATA["awx_schedules"] if entry["unified_job_template"] == "DSS drift"
    )


def test_the_execution_environment_can_be_described(tmp_path: Path) -> None:
    file = AWX / "execution-environment.yml"
    command = [
        "ansible-builder",
        "create",
        "-f",
        str(file),
        "-c",
        str(tmp_path / "context"),
        "--output-filename",
        "Containerfile",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    container = (tmp_path / "context/Containerfile").read_text()
    assert "quay.io/centos/centos:stream9" in container and "ansible-runner==2.4.3" in container
    pinned = yaml.safe_load((tmp_path / "context/_build/requirements.yml").read_text())
    wanted = yaml.safe_load((ROOT / "examples/repository/collections/requirements.yml").read_text())
    assert pinned["collections"] == wanted["collections"]


def test_the_collection_tells_the_builder_what_it_needs(tmp_path: Path) -> None:
    target = tmp_path / "ansible_collections/dataiku_iac/dss"
    target.parent.mkdir(parents=True)
    target.symlink_to(ROOT)
    done = subprocess.run(["ansible-builder", "introspect", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = yaml.safe_load(done.stdout)
    for line in (ROOT / "meta/ee-requirements.txt").read_text().splitlines():
        name = re.match(r"[\w-]+", line)
        if line.startswith("PyYAML"):
            continue  # which the builder leaves to ansible-core
        assert name and name[0].lower() in json.dumps(told["python"]).lower(), line
    assert "git" in json.dumps(told["system"])
