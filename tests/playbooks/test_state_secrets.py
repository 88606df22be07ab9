# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A planted secret is in nothing that is kept outside DSS and in nothing that is said, over the whole life of a project."""

from __future__ import annotations

import copy
import json
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.formats import formatted
from ansible_collections.dataiku_iac.dss.plugins.module_utils._report.gather import gathered
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import Caller, RunError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._work import host_of
from support.engine import run_module
from support.places import Places
from support.playbook import play
from support.runs import Runs
from support.sandbox import SandboxProcess

MARK = "plnt-"  # in every planted secret
ENCRYPTION_KEY = f"{MARK}encryption-2c1f"
STATE = (".state.json", ".journal.json", ".lock.json")


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    made = Runs()
    yield made
    made.close()


def declared(password: str = f"{MARK}password-3f2a", token: str = f"{MARK}token-91bc") -> dict[str, t.Any]:
    """A project with secrets in every place that is known for them."""
    return {
        "project": {"key": "SECRET", "name": "Secret"},
        "connections": [
            {
                "name": "pg",
                "type": "PostgreSQL",
                "params": {
                    "host": "db",
                    "password": password,
                    "apiKey": f"{MARK}connection-key-5d5d",
                    "properties": [{"name": "sslpassword", "value": f"{MARK}property-c0de", "secret": True}],
                },
            }
        ],
        "variables": {"standard": {"api_token": token, "deep": {"password": {"value": f"{MARK}deep-e1e1"}}, "year": 1}},
        "datasets": [{"name": "raw", "type": "managed"}, {"name": "out", "type": "managed"}],
        "recipes": [
            {
                "name": "load",
                "type": "python",
                "inputs": ["raw"],
                "outputs": ["out"],
                "code": f"connect('{token}')\n",
                "variables": {"service_token": f"{MARK}recipe-0b0b"},
            }
        ],
        "scenarios": [
            {
                "name": "tell",
                "reporters": [
                    {"type": "slack-scenario", "name": "team", "params": {"webhookUrl": f"https://{MARK}hook-4d4d"}}
                ],
            }
        ],
    }


class Life:
    """Runs on one project; everything that they say is kept."""

    def __init__(self, node: SandboxProcess, folder: Path, options: dict[str, t.Any]) -> None:
        self.node = node
        self.folder = folder
        self.options = {"base": folder, **options}
        self.said: list[t.Any] = []

    def run(self, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        texts: list[str] = []

        def show(plan: t.Any) -> None:
            texts.append(repr(plan.sections))

        try:
            result = run_module(self.node.environ, check=check, show=show, **{**self.options, **options})
        except DssError as error:
            result = {"msg": str(error), **getattr(error, "result", {})}
        self.said += [result, texts]
        return result

    def module(self, module: str, **options: t.Any) -> dict[str, t.Any]:
        environment = host_of(self.node.url)
        return self.run(module=module, environment=environment, project="SECRET", **options)

    def edit_by_hand(self) -> None:
        """A colleague changes secrets."""
        project = self.node.client().get_project("SECRET")
        variables = project.get_variables()
        variables["standard"].update(api_token=f"{MARK}by-hand-8888", other_token=f"{MARK}by-hand-9999", year=2)
        project.set_variables(variables)
        connection = self.node.client().get_connection("pg").get_definition()
        connection["params"]["password"] = f"{MARK}by-hand-7777"
        self.node.client().get_connection("pg").set_definition(connection)

    def report(self, what: str) -> None:
        params = {**self.options, "project": "SECRET", "environment": host_of(self.node.url)}
        content = gathered(what, params, Caller(environ=self.node.environ, base=self.folder))
        self.said += [formatted(content, form) for form in ("dict", "text", "markdown", "html", "junit")]

    def assert_nothing_was_told(self) -> None:
        assert_hidden(json.dumps(self.said, default=str), "what was said")
        for path in self.folder.rglob("*"):
            if path.is_file():
                assert_hidden(path.read_bytes().decode("utf-8", "replace"), str(path))


def assert_hidden(text: str, where: str) -> None:
    place = text.find(MARK)
    assert place < 0, f"{where}: {text[max(0, place - 200) : place + 40]}"


def live(life: Life, runs: Runs, stop: int) -> None:
    """Everything that can happen to a project; ``stop`` is the point at which a run that changes it is killed."""
    definition, plan_file = declared(), str(life.folder / "plan.json")
    assert "msg" not in life.run(check=True, definition=definition, plan_file=plan_file)
    assert life.run(definition=definition, plan_file=plan_file)["changed"]
    assert not life.run(check=True, definition=definition)["changed"]
    life.edit_by_hand()
    assert life.run(check=True, definition=definition)["changed"]
    life.report("drift")
    life.report("state")
    assert "msg" in life.run(definition=definition, on_drift="fail")
    life.run(definition=definition, on_drift="keep")
    assert life.run(definition=definition)["changed"]
    later = declared(f"{MARK}password-new-1", f"{MARK}token-new-1")
    options = {key: value for key, value in life.options.items() if key != "base"}
    killed = runs.run(life.node.environ, stop=stop, base=str(life.folder), definition=later, workers=1, **options)
    assert killed.killed
    assert "resumes" in json.dumps(life.run(check=True, definition=later))
    assert life.run(definition=later)["changed"]
    life.node.control.fault("PUT", "/projects/SECRET/*", status=500, message=f"no {MARK}token-new-2", count=0)
    broken = declared(token=f"{MARK}token-new-2")
    assert "msg" in life.run(definition=broken, on_failure="rollback")
    life.node.control.clear_faults()
    life.module("rollback", to=1)
    life.module("state", action="show", address="variables.SECRET")
    life.module("state_lock", action="show")
    smaller = {**copy.deepcopy(later), "recipes": [], "connections": []}
    assert life.run(definition=smaller)["changed"]
    assert life.module("rollback")["changed"]


@pytest.mark.parametrize("key", [None, ENCRYPTION_KEY])
def test_no_secret_leaves_dss_in_the_whole_life_of_a_project(
    key: str | None, node: SandboxProcess, runs: Runs, tmp_path: Path
) -> None:
    options = {"state_backend": {"type": "local", "path": str(tmp_path / "state")}, "encryption_key": key}
    life = Life(node, tmp_path, {name: value for name, value in options.items() if value})
    live(life, runs, stop=30)
    life.assert_nothing_was_told()
    kept = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert all(any(name.endswith(end) for name in kept) for end in STATE) and "plan.json" in kept


def test_the_credentials_of_the_backend_are_told_to_nobody(node: SandboxProcess, runs: Runs, tmp_path: Path) -> None:
    places = Places()
    try:
        options = places.options("http", tmp_path)
        secret = options["password"]
        life = Life(node, tmp_path, {"state_backend": options, "encryption_key": ENCRYPTION_KEY})
        live(life, runs, stop=42)
        life.run(definition=declared(), state_backend={**options, "password": f"{MARK}wrong"})
        life.run(
            definition=declared(), state_backend={**options, "address": f"http://me:{MARK}x@127.0.0.1:1/s/{{name}}"}
        )
    finally:
        places.close()
    life.assert_nothing_was_told()
    assert secret not in json.dumps(life.said, default=str)


# A secret that changes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, ENCRYPTION_KEY])
def test_a_changed_password_alone_is_an_update_that_is_sent_once(
    key: str | None, node: SandboxProcess, tmp_path: Path
) -> None:
    life = Life(node, tmp_path, {"encryption_key": key} if key else {})
    life.run(definition=declared())
    later = declared(f"{MARK}password-new-1")
    for check in (True, False):
        (action,) = life.run(check=check, definition=later)["plan"]["actions"]
        assert (action["address"], action["action"], action["cause"]) == ("connection.pg", "update", "config")
        assert [change["path"] for change in action["changes"]] == ["password"]
    assert node.control.secrets("pg")["password"] == f"{MARK}password-new-1"
    node.control.forget_calls()
    assert not life.run(definition=later)["changed"]
    assert node.control.calls()["writes"] == 0
    life.assert_nothing_was_told()


@pytest.mark.parametrize(
    ("change", "address"),
    [
        (lambda one: one["variables"]["standard"].update(api_token=f"{MARK}new"), "variables.SECRET"),
        (lambda one: one["variables"]["standard"]["deep"]["password"].update(value=f"{MARK}new"), "variables.SECRET"),
        (lambda one: one["recipes"][0].update(code=f"connect('{MARK}token-91bc') # new\n"), "recipe.SECRET.load"),
        (lambda one: one["recipes"][0]["variables"].update(service_token=f"{MARK}new"), "recipe.SECRET.load"),
        (lambda one: one["connections"][0]["params"]["properties"][0].update(value=f"{MARK}new"), "connection.pg"),
        (lambda one: one["connections"][0]["params"].update(apiKey=f"{MARK}new"), "connection.pg"),
    ],
)
def test_a_changed_secret_anywhere_is_seen(
    change: Callable[[dict[str, t.Any]], None], address: str, node: SandboxProcess, tmp_path: Path
) -> None:
    life = Life(node, tmp_path, {})
    life.run(definition=declared())
    later = declared()
    change(later)
    actions = life.run(definition=later)["plan"]["actions"]
    assert [(action["address"], action["action"], action["cause"]) for action in actions] == [
        (address, "update", "config")
    ]
    assert life.run(check=True, definition=later)["plan"]["actions"] == []
    life.assert_nothing_was_told()


def test_a_secret_variable_of_the_environment_is_hidden_wherever_it_is_used(
    node: SandboxProcess, tmp_path: Path
) -> None:
    """The configuration holds no field with the name of a secret: only the variable has one."""
    definition = declared()
    definition["variables"] = {"standard": {"year": 1}}
    definition["recipes"][0]["code"] = "connect('${DB_TOKEN}')\n"
    definition["recipes"][0]["description"] = "with ${DB_TOKEN}"
    life = Life(node, tmp_path, {})
    for number in (1, 2):
        given = {"definition": definition, "variables": {"DB_TOKEN": f"{MARK}variable-{number}"}}
        assert [life.run(check=check, **given)["changed"] for check in (True, False, True)] == [True, True, False]
    life.assert_nothing_was_told()


# As people run it -----------------------------------------------------------------------------------------------------


def test_ansible_prints_no_secret_at_the_highest_verbosity(node: SandboxProcess, tmp_path: Path) -> None:
    later = declared(f"{MARK}password-new-1", f"{MARK}token-new-1")
    common = {"state_backend": {"type": "local", "path": str(tmp_path / "state")}, "encryption_key": ENCRYPTION_KEY}
    place = {**common, "environment": host_of(node.url), "project": "SECRET"}
    tell = {"ansible.builtin.debug": {"var": "told"}}

    def task(module: str, check: bool = False, **options: t.Any) -> list[dict[str, t.Any]]:
        return [
            {f"dataiku_iac.dss.{module}": options, "register": "told", "check_mode": check, "ignore_errors": True},
            tell,
        ]

    arguments = f"project='SECRET', environment='{host_of(node.url)}', state_backend=backend, encryption_key=key"
    report = f"{{{{ lookup('dataiku_iac.dss.report', 'drift', {arguments}, format='text') }}}}"
    steps = [
        *task("configuration", True, definition=declared(), plan_file=str(tmp_path / "plan.json"), **common),
        *task("configuration", definition=declared(), plan_file=str(tmp_path / "plan.json"), **common),
        *task("configuration", definition=later, **common),
        {"ansible.builtin.debug": {"msg": report}},
        *task("state", action="list", address="variables.SECRET", **place),
        *task("rollback", **place),
        *task("configuration", definition={**later, "recipes": []}, max_deletes=0, **common),
        *task("configuration", definition={**later, "recipes": [{"name": f"{MARK}x", "type": 3}]}, **common),
    ]
    (tmp_path / "play").mkdir()
    played = play(
        tmp_path / "play",
        steps,
        "-vvvv",
        "--diff",
        environ={**node.environ, "STATE_KEY": ENCRYPTION_KEY},
        variables={"backend": common["state_backend"], "key": "{{ lookup('env', 'STATE_KEY') }}"},
    )
    assert_hidden(played.output, "output")
    assert played.code == 0
    for word in ("Plan: 7 to create", "Drift of SECRET", "rolled back in", "max_deletes", "connect((sensitive)"):
        assert word in played.output.replace("'", ""), word


def test_a_failed_run_gives_back_a_secret_that_it_changed(sandbox: SandboxProcess, tmp_path: Path) -> None:
    definition = {
        "project": {"key": "BACK", "name": "Back"},
        "variables": {"standard": {"api_token": "first-token-value"}},
        "scenarios": [{"name": "s", "steps": []}],
    }
    run_module(sandbox.environ, base=tmp_path, definition=definition)
    changed = {**definition, "variables": {"standard": {"api_token": "second-token-value"}}}
    changed["scenarios"] = [{"name": "s", "steps": [], "description": "x"}]
    sandbox.control.fault("PUT", "/projects/BACK/scenarios/*", status=500)
    with pytest.raises(RunError) as failed:
        run_module(sandbox.environ, base=tmp_path, definition=changed, on_failure="rollback", workers=1)
    assert failed.value.result["rollback"]["succeeded"] is True
    assert failed.value.result["rollback"]["not_restored"] == []
    variables = sandbox.client().get_project("BACK").get_variables()["standard"]
    assert variables == {"api_token": "first-token-value"}
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"token-value" not in kept
