# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A planted secret appears in no output at -vvv, however the run goes and wherever it runs."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.playbook import play
from support.sandbox import SandboxProcess

ON_HOST = {
    "dss_run_on": "host",
    "ansible_connection": "local",
    "ansible_python_interpreter": "{{ ansible_playbook_python }}",
}
SECRETS = {
    "connection": "plnt-conn-3f2a",
    "quoted": 'plnt-"quo\\ted"-ü-77',
    "line": "plnt-line-one\nplnt-line-two",
    "variable": "plnt-var-91bc",
    "nested": "plnt-nest-5d5d",
    "environment": "plnt-env-c0de",
    "number": 918273645546372,
    "held": "plnt-held-e1e1",
}


def forms(secret: t.Any) -> list[str]:
    """The secret as it is, as JSON writes it, and each of its lines."""
    text = str(secret)
    return [text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], *text.split("\n")]


def assert_hidden(output: str, *names: str) -> None:
    for name in names or SECRETS:
        assert not any(form in output for form in forms(SECRETS[name])), name
    assert "plnt-" not in output


def write_configuration(folder: Path) -> Path:
    """A configuration that gets its secrets in every way there is."""
    (folder / "environments").mkdir(parents=True)
    (folder / "environments" / "dev.yml").write_text(
        f"variables: {{DB_TOKEN: {SECRETS['environment']}}}\n", encoding="utf-8"
    )
    configuration = {
        "project": {"key": "SECRET", "name": "Secret"},
        "connections": [
            {
                "name": "pg",
                "type": "PostgreSQL",
                "params": {
                    "host": "db",
                    "password": SECRETS["connection"],
                    "port": 5432,
                    "passphrase": SECRETS["quoted"],
                    "privateKey": SECRETS["line"],
                    "apiKey": "{{ db_secret }}",
                    "secret_token": "${DB_TOKEN}",
                    "properties": [{"name": "sslpassword", "value": SECRETS["nested"], "secret": True}],
                    "accessKey": SECRETS["number"],
                    "jdbcUrl": "jdbc:postgresql://db?password=${DB_TOKEN}",
                },
            }
        ],
        "variables": {
            "standard": {"api_token": SECRETS["variable"], "deep": {"password": {"value": SECRETS["nested"]}}}
        },
    }
    (folder / "project.json").write_text(json.dumps(configuration), encoding="utf-8")
    return folder


def task(folder: Path, **options: t.Any) -> dict[str, t.Any]:
    return {
        "dataiku_iac.dss.configuration": {
            "path": str(folder),
            "environment": "dev",
            "variables": {"db_secret": SECRETS["held"]},
            **options,
        },
        "register": "told",
    }


def also_told() -> dict[str, t.Any]:
    return {"ansible.builtin.debug": {"var": "told"}}


@pytest.mark.parametrize("place", ["controller", "host"])
def test_no_secret_is_printed_by_a_plan_an_apply_or_an_update(
    tmp_path: Path, sandbox: SandboxProcess, place: str
) -> None:
    folder = write_configuration(tmp_path / "configuration")
    tasks = [
        {**task(folder), "check_mode": True},
        also_told(),
        task(folder),
        also_told(),
        {**task(folder, update_secrets="always"), "name": "again"},
        also_told(),
    ]
    variables = ON_HOST if place == "host" else {}
    played = play(
        tmp_path,
        tasks,
        "-vvv",
        "--diff",
        environ={**sandbox.environ, "ANSIBLE_LOG_PATH": str(tmp_path / "log")},
        variables=variables,
    )
    assert played.code == 0, played.output
    assert "connection.pg" in played.output
    assert_hidden(played.output)
    assert_hidden((tmp_path / "log").read_text(encoding="utf-8"))
    assert sandbox.api_key not in played.output
    assert sandbox.control.secrets("pg")["password"] == SECRETS["connection"]


@pytest.mark.parametrize("place", ["controller", "host"])
def test_no_secret_is_printed_by_a_failure_that_repeats_what_was_sent(
    tmp_path: Path, sandbox: SandboxProcess, place: str
) -> None:
    folder = write_configuration(tmp_path / "configuration")
    echo = (
        "refused: "
        + json.dumps([str(secret) for secret in SECRETS.values()])
        + " ".join(map(str, SECRETS.values()))
        + sandbox.api_key
    )
    sandbox.control.fault("POST", "/admin/connections*", status=400, message=echo, count=0)
    tasks = [
        {**task(folder), "ignore_errors": True},
        also_told(),
        {**task(folder, on_error="continue"), "ignore_errors": True},
        also_told(),
    ]
    variables = ON_HOST if place == "host" else {}
    played = play(tmp_path, tasks, "-vvv", "--diff", environ=sandbox.environ, variables=variables)
    assert "refused: " in played.output
    assert_hidden(
        played.output.replace(SECRETS["line"].split("\n")[1], ""), "connection", "quoted", "variable", "nested", "held"
    )
    assert sandbox.api_key not in played.output


def test_no_secret_is_printed_by_the_module_of_a_connection(tmp_path: Path, sandbox: SandboxProcess) -> None:
    options = {
        "name": "pg",
        "type": "PostgreSQL",
        "params": {"host": "db", "password": SECRETS["connection"]},
        "raw": {"token": SECRETS["nested"]},
    }
    tasks = [{"dataiku_iac.dss.connection": options, "register": "told"}, also_told()]
    for variables in ({}, ON_HOST):
        played = play(tmp_path, tasks, "-vvv", "--diff", environ=sandbox.environ, variables=variables)
        assert_hidden(played.output)


def test_no_secret_that_the_node_holds_is_printed(tmp_path: Path, sandbox: SandboxProcess) -> None:
    project = sandbox.client().create_project("SECRET", "Secret", "admin")
    project.set_variables(
        {"standard": {"api_token": SECRETS["held"], "deep": {"password": SECRETS["nested"]}}, "local": {}}
    )
    change = {"project": {"key": "SECRET"}, "variables": {"exclusive": True, "standard": {"deep": {"password": "x"}}}}
    tasks = [{"dataiku_iac.dss.configuration": {"definition": change}, "register": "told"}, also_told()]
    played = play(tmp_path, tasks, "-vvv", "--diff", environ=sandbox.environ)
    assert played.code == 0 and played.result is not None
    assert "api_token" in played.output
    assert_hidden(played.output)


WRONG: list[dict[str, t.Any]] = [
    {
        "connections": [
            {"name": "pg", "type": "PostgreSQL", "params": {"password": [SECRETS["connection"]]}, "parms": 1}
        ]
    },
    {"connections": [{"name": "pg", "type": "PostgreSQL", "password": SECRETS["connection"]}]},
    {"connections": [{"name": "pg", "type": 5, "params": {"password": SECRETS["connection"]}}]},
    {"connections": [{"name": "pg", "type": "PostgreSQL", "params": SECRETS["connection"]}]},
    {"variables": {"standard": SECRETS["variable"]}},
    {"variables": {"api_token": SECRETS["variable"]}},
]


@pytest.mark.parametrize("sections", WRONG)
def test_no_secret_is_in_the_message_about_a_wrong_configuration(sections: dict[str, t.Any]) -> None:
    with pytest.raises(DssError) as caught:
        run_module({}, definition={"project": {"key": "SECRET", "name": "x"}, **sections}, validate_only=True)
    assert_hidden(str(caught.value))


def test_no_log_prints_neither_plan_nor_progress(tmp_path: Path, sandbox: SandboxProcess) -> None:
    definition = {"project": {"key": "QUIET", "name": "Quiet"}, "datasets": [{"name": "unspoken", "type": "managed"}]}
    said = ("unspoken", "QUIET", "to create", " done")
    for variables, no_log in (({}, True), (ON_HOST, True), ({}, False)):
        sandbox.control.reset()
        sandbox.control.fault("POST", "/projects/QUIET/datasets*", delay_ms=1300)
        task = {"dataiku_iac.dss.configuration": {"definition": definition, "workers": 1}, "no_log": no_log}
        output = play(tmp_path, [task], "-vvv", environ=sandbox.environ, variables=variables).output.split(
            "TASK [keep_result]"
        )[0]
        assert [item["name"] for item in sandbox.client().get_project("QUIET").list_datasets()] == ["unspoken"]
        assert ("censored" in output) is no_log
        assert [word for word in said if word in output] == ([] if no_log else [*said])
