# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup and the playbook as users run them, against a node that somebody changed by hand."""

from __future__ import annotations

import json
import os
import threading
import typing as t
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.formats import formatted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.gather import gathered
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.holder import holder_from
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Entry, Journal
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import lock_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.store import Store
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import Caller
from support.engine import run_module
from support.playbook import play, run
from support.sandbox import ROOT, SandboxProcess, import_project

HOSTILE = "{{ lookup('pipe', 'touch owned') }}{% raw %}"
PLANTED = "planted-secret-0815"
DEFINITION = {
    "project": {"key": "SALES", "name": "Sales"},
    "variables": {"standard": {"LIMIT": 5, "api_token": PLANTED}},
    "datasets": [
        {"name": "orders", "type": "managed", "short_description": "Orders", "tags": ["gold"]},
        {"name": "clean", "type": "managed"},
        {"name": "gone", "type": "managed"},
    ],
    "managed_folders": [{"name": "reports"}],
    "recipes": [{"name": "compute", "type": "python", "inputs": ["orders"], "outputs": ["clean"], "code": "a = 1\n"}],
}


@pytest.fixture
def backend(tmp_path: Path) -> dict[str, str]:
    return {"type": "local", "path": str(tmp_path / "states")}


def deploy(node: SandboxProcess, backend: dict[str, str], **more: t.Any) -> dict[str, t.Any]:
    options = {"definition": DEFINITION, "environment": None, **more}
    return run_module(node.environ, state_backend=backend, **options)


def change_by_hand(node: SandboxProcess) -> None:
    project = node.client().get_project("SALES")
    orders = project.get_dataset("orders").get_settings()
    orders.get_raw()["shortDesc"] = HOSTILE
    orders.save()
    project.get_dataset("gone").delete()
    project.create_dataset("scratch_x", "Filesystem", params={"connection": "filesystem_managed", "path": "x"})


def report(what: str, node: SandboxProcess, backend: dict[str, str], **more: t.Any) -> dict[str, t.Any]:
    params = {"project": "SALES", "state_backend": backend, **more}
    content = gathered(what, params, Caller(environ=node.environ))
    schema = json.loads((ROOT / "docs/schemas/report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(content)
    return content


def statuses(content: dict[str, t.Any]) -> dict[str, str]:
    return {entry["address"]: entry["status"] for entry in content["resources"] if entry["status"] != "healthy"}


def test_a_deployment_that_nobody_touched_has_no_drift(sandbox: SandboxProcess, backend: dict[str, str]) -> None:
    deploy(sandbox, backend)
    content = report("drift", sandbox, backend)
    assert statuses(content) == {}
    assert content["summary"]["healthy"] == 7
    assert ["dataset.SALES.orders", "recipe.SALES.compute"] in content["edges"]
    assert content["findings"] == []


def test_a_change_by_hand_is_reported_with_its_author_and_accepted(
    sandbox: SandboxProcess, backend: dict[str, str], tmp_path: Path
) -> None:
    deploy(sandbox, backend)
    change_by_hand(sandbox)
    content = report("drift", sandbox, backend)
    assert statuses(content) == {
        "dataset.SALES.orders": "drifted",
        "dataset.SALES.gone": "missing",
        "dataset.SALES.scratch_x": "unmanaged",
    }
    orders = next(entry for entry in content["resources"] if entry["address"] == "dataset.SALES.orders")
    assert orders["changes"] == [
        {"path": "short_description", "recorded": "Orders", "actual": HOSTILE, "ignored": False}
    ]
    assert [commit["author"] for commit in orders["who"]] == ["api:admin"]
    assert orders["who"][0]["commit"]

    class Loader(yaml.SafeLoader):
        """Reads a text that is no template."""

    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    accepted = yaml.load(orders["accept"], Loader)["datasets"][0]
    assert accepted["short_description"] == HOSTILE
    kept = [{**entry, **(accepted if entry["name"] == "orders" else {})} for entry in DEFINITION["datasets"]]
    path = tmp_path / "project.yml"
    path.write_text(
        yaml.safe_dump({**DEFINITION, "datasets": kept}).replace(yaml_text(HOSTILE), f"!unsafe {yaml_text(HOSTILE)}")
    )
    planned = run_module(sandbox.environ, state_backend=backend, path=str(path), check=True)
    assert [entry["address"] for entry in planned["plan"]["actions"]] == ["dataset.SALES.gone"]


def yaml_text(value: str) -> str:
    return yaml.safe_dump(value).splitlines()[0]


def test_the_report_reads_in_full_and_writes_nothing(
    sandbox: SandboxProcess, backend: dict[str, str], tmp_path: Path
) -> None:
    deploy(sandbox, backend)
    before = {path: path.read_bytes() for path in (tmp_path / "states").rglob("*") if path.is_file()}
    sandbox.control.forget_calls()
    report("drift", sandbox, backend)
    calls = sandbox.control.calls()
    # Project 3; variables; a list for each kind of object, two of evaluation stores and of notebooks; the recipe itself.
    lists = sum(kind.scope == "project" and not kind.singleton for kind in KINDS.values()) + 2
    assert (calls["total"], calls["writes"]) == (3 + 1 + lists + 1, 0), calls["counts"]
    assert {path: path.read_bytes() for path in (tmp_path / "states").rglob("*") if path.is_file()} == before


def test_a_configuration_brings_its_ignore_rules(
    sandbox: SandboxProcess, backend: dict[str, str], tmp_path: Path
) -> None:
    deploy(sandbox, backend)
    change_by_hand(sandbox)
    rules = [
        {"resource": "dataset.SALES.scratch*", "reason": "Bob tries things"},
        {"resource": "dataset.SALES.orders", "fields": ["short_description"], "reason": "old", "expires": "2020-01-01"},
    ]
    path = tmp_path / "project.yml"
    project = {"key": "${KEY}", "name": "Sales"}
    path.write_text(yaml.safe_dump({**DEFINITION, "project": project, "ignore_drift": rules}))
    variables = {"KEY": "SALES"}
    content = report("drift", sandbox, backend, path=str(path), project=None, configuration_variables=variables)
    assert statuses(content)["dataset.SALES.scratch_x"] == "ignored"
    assert statuses(content)["dataset.SALES.orders"] == "drifted"
    assert [finding["kind"] for finding in content["findings"]] == ["expired_rule"]


def test_a_project_without_a_state_is_unmanaged_and_one_that_is_gone_is_said_to_be(
    sandbox: SandboxProcess, backend: dict[str, str]
) -> None:
    deploy(sandbox, {**backend, "path": backend["path"] + "-other"})
    content = report("drift", sandbox, backend)
    assert set(statuses(content).values()) == {"unmanaged"}
    assert [finding["kind"] for finding in content["findings"]] == ["no_state"]
    state = report("state", sandbox, backend)
    assert (state["serial"], state["lineage"], state["resources"]) == (0, None, [])

    deploy(sandbox, backend)
    sandbox.client().get_project("SALES").delete()
    content = report("drift", sandbox, backend)
    assert set(statuses(content).values()) == {"missing"}
    assert [finding["kind"] for finding in content["findings"]] == ["no_project"]


def test_the_state_says_what_was_deployed(sandbox: SandboxProcess, backend: dict[str, str]) -> None:
    deploy(sandbox, backend)
    content = report("state", sandbox, backend)
    assert (content["serial"], content["lock"], content["interrupted"]) == (1, None, None)
    assert [version["operation"] for version in content["versions"]] == ["apply"]
    assert {entry["status"] for entry in content["resources"]} == {"healthy"}


def test_a_run_at_work_holds_the_lock_and_one_that_was_killed_is_interrupted(
    sandbox: SandboxProcess, backend: dict[str, str]
) -> None:
    deploy(sandbox, backend)
    opened = open_backend(backend, Path("/"), {})
    recorded = report("state", sandbox, backend)
    store = Store(opened, recorded["environment"], "SALES")
    store.open_journal()
    entry = Entry("dataset.SALES.orders", "dataset", "SALES", "orders", "update", "orders")
    store.begin(Journal("r2", "apply", recorded["lineage"], 1, "2026-11-21T08:00:00Z", "bob", (entry,)))
    lock = lock_of(opened, store.lock_name, holder_from({"USER": "bob"}, "apply"))
    lock.acquire(0, lambda: "")
    content = report("state", sandbox, backend)
    assert (content["lock"]["owner"], content["interrupted"]) == ("bob", None)
    assert report("drift", sandbox, backend)["findings"] == []
    lock.release()
    content = report("state", sandbox, backend)
    assert (content["lock"], content["interrupted"]["doubtful"]) == (None, ["dataset.SALES.orders"])
    assert [entry["kind"] for entry in report("drift", sandbox, backend)["findings"]] == ["interrupted_run"]


def test_a_report_holds_no_secret(sandbox: SandboxProcess, backend: dict[str, str]) -> None:
    deploy(sandbox, backend)
    project = sandbox.client().get_project("SALES")
    project.set_variables({"standard": {"LIMIT": 5, "api_token": PLANTED + "-2"}, "local": {}})
    for what in ("state", "drift"):
        content = report(what, sandbox, backend)
        for form in ("dict", "text", "markdown", "html", "junit"):
            assert PLANTED not in str(formatted(content, form))
    assert statuses(content) == {"variables.SALES": "drifted"}


def test_connections_have_a_report_of_their_own(sandbox: SandboxProcess, backend: dict[str, str]) -> None:
    connection = {"name": "db", "type": "PostgreSQL", "params": {"host": "a", "password": PLANTED}}
    deploy(sandbox, backend, definition={**DEFINITION, "connections": [connection]})
    definition = sandbox.client().get_connection("db").get_definition()
    definition["params"]["host"] = "b"
    sandbox.client().get_connection("db").set_definition(definition)
    content = report("drift", sandbox, backend, project="_instance")
    (found,) = [entry for entry in content["resources"] if entry["status"] == "drifted"]
    assert [(change["path"], change["recorded"], change["actual"]) for change in found["changes"]] == [
        ("host", "a", "b")
    ]
    assert PLANTED not in str(content)
    assert yaml.safe_load(found["accept"])["connections"][0]["host"] == "b"
    assert report("state", sandbox, backend, project="_instance")["resources"][0]["address"] == "connection.db"


def test_nothing_is_left_open(sandbox: SandboxProcess, backend: dict[str, str]) -> None:
    deploy(sandbox, backend)

    def open_now() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    report("drift", sandbox, backend)  # what is imported and opened once
    before = open_now()
    report("drift", sandbox, backend)
    assert open_now() == before
    with pytest.raises(DssError):
        report("drift", sandbox, backend, api_key="wrong-key")
    assert open_now() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"project": None}, "no project given: set project to its key, or path to its configuration"),
        ({"state_backend": {"type": "floppy"}}, "type 'floppy' in state_backend is not known"),
        ({"api_key": "not-the-key"}, "refused the API key"),
        ({"path": "nowhere"}, "nowhere"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    sandbox: SandboxProcess, backend: dict[str, str], options: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(DssError, match=message.replace("(", r"\(")) as found:
        report("drift", sandbox, backend, **options)
    assert "not-the-key" not in str(found.value)


def test_the_lookup_in_a_playbook(sandbox: SandboxProcess, tmp_path: Path) -> None:
    """Data for conditions, text for people, one reading for all forms; texts of the node are no templates."""
    tasks = [
        {"dataiku_iac.dss.configuration": {"definition": DEFINITION}},
        {"ansible.builtin.set_fact": {"found": "{{ lookup('dataiku_iac.dss.report', 'drift', project='SALES') }}"}},
        {
            "ansible.builtin.assert": {
                "that": ["found.summary.drifted == 1", "found.summary.missing == 1", "found.node == url"],
                "fail_msg": "{{ lookup('dataiku_iac.dss.report', 'drift', report=found, format='text') }}",
            }
        },
        {
            "ansible.builtin.copy": {
                "content": "{{ lookup('dataiku_iac.dss.report', 'drift', report=found, format=item) }}",
                "dest": str(tmp_path / "report.{{ item }}"),
                "mode": "0644",
            },
            "loop": ["text", "markdown", "html", "junit"],
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        },
        {"ansible.builtin.debug": {"msg": "{{ query('dataiku_iac.dss.report', 'state', 'drift', project='SALES') }}"}},
    ]
    assert play(tmp_path, tasks[:1], environ=sandbox.environ).code == 0
    change_by_hand(sandbox)
    played = play(tmp_path, tasks[1:], "-vvvv", environ=sandbox.environ, variables={"url": sandbox.url})
    assert played.code == 0, played.output
    assert [entry["report"] for entry in played.result["msg"]] == ["state", "drift"]
    assert not (tmp_path / "owned").exists()
    orders = next(entry for entry in played.result["msg"][1]["resources"] if entry["status"] == "drifted")
    assert orders["changes"][0]["actual"] == HOSTILE
    assert "lookup('pipe'" in (tmp_path / "report.text").read_text()
    assert PLANTED not in played.output
    suite = ElementTree.parse(tmp_path / "report.junit").getroot()
    assert (suite.get("failures"), suite.get("tests")) == ("2", "8")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("'plan', project='SALES'", "there is no report 'plan': ask for state or drift"),
        ("'drift'", "no project given: set project to its key"),
        ("'drift', project='SALES', format='pdf'", "format"),
    ],
)
def test_the_lookup_fails_with_a_sentence(
    sandbox: SandboxProcess, tmp_path: Path, arguments: str, sentence: str
) -> None:
    task = {"ansible.builtin.debug": {"msg": "{{ lookup('dataiku_iac.dss.report', " + arguments + ") }}"}}
    played = play(tmp_path, [task], environ=sandbox.environ)
    assert played.code == 2
    assert sentence in played.output
    assert "Traceback" not in played.output


def inventory(folder: Path, *nodes: SandboxProcess) -> str:
    hosts = {
        f"node{number}": {"drift_url": node.url, "drift_api_key": node.api_key} for number, node in enumerate(nodes, 1)
    }
    path = folder / "inventory.yml"
    path.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": {"drift_projects": ["SALES"]}}}))
    return str(path)


def test_the_playbook_reports_over_an_inventory_and_fails_where_it_is_asked_to(
    sandbox: SandboxProcess, second_sandbox: SandboxProcess, tmp_path: Path
) -> None:
    backend = {"type": "local", "path": str(tmp_path / "states")}
    for node in (sandbox, second_sandbox):
        deploy(node, backend)
    change_by_hand(second_sandbox)
    variables = json.dumps({"dss_state_backend": backend, "drift_formats": ["html", "junit", "dict"]})
    arguments = [
        "dataiku_iac.dss.drift",
        "-i",
        inventory(tmp_path, sandbox, second_sandbox),
        "-e",
        variables,
        "--limit",
        "node1,node2",
    ]

    code, output = run([*arguments, "-e", "drift_directory=reports"], None, tmp_path)
    assert code == 0, output
    assert sorted(path.name for path in (tmp_path / "reports").iterdir()) == sorted(
        f"{host}.SALES.{extension}" for host in ("node1", "node2") for extension in ("html", "xml", "json")
    )
    assert "1 drifted, 1 missing, 1 unmanaged" in output
    assert "0 drifted, 0 missing, 0 unmanaged" in output
    assert "changed=0" in output.replace("changed=1", "changed=0", 1)  # the directory, once
    assert json.loads((tmp_path / "reports/node2.SALES.json").read_text())["summary"]["drifted"] == 1

    code, output = run([*arguments, "-e", "drift_fail=true"], None, tmp_path)
    assert code == 2, output
    assert "2 resources differ from what is recorded: dataset.SALES.gone, dataset.SALES.orders" in output
    assert output.count("fatal:") == 1


CORPUS_PROJECT = ROOT.parent / "shared/corpus/vasilisa__ci_cd"


@pytest.mark.skipif(not CORPUS_PROJECT.is_dir(), reason="needs ../shared/corpus, which is not published")
def test_a_real_project_without_a_state_is_listed(sandbox: SandboxProcess, backend: dict[str, str]) -> None:
    import_project(sandbox.client(), CORPUS_PROJECT, "REAL")
    content = report("drift", sandbox, backend, project="REAL")
    assert content["summary"]["unmanaged"] >= 40
    assert len(content["edges"]) >= 20
    assert formatted(content, "html")
