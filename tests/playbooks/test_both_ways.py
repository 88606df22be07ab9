# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module gives through its ``main()`` is what its action stub gives on the controller, to the letter."""

from __future__ import annotations

import contextlib
import io
import json
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.dataiku_iac.dss.plugins.module_utils._module import main_of
from support.playbook import run
from support.sandbox import SandboxProcess

IN_BOTH = {"project": "BOTH"}
DATASET = {**IN_BOTH, "name": "raw", "type": "Filesystem", "connection": "filesystem_managed", "path": "/raw"}
CONFIGURATION = {
    "definition": {
        "project": {"key": "BOTH", "name": "Both"},
        "variables": {"standard": {"api_token": "planted-in-variables"}},
        "datasets": [{"name": "out", "type": "managed", "description": "one\ntwo\n"}],
    },
    "workers": 1,
    "state_backend": {"type": "local", "path": "states"},
}
DRY: dict[str, t.Any] = {"check_mode": True, "diff": True}
FAILS: dict[str, t.Any] = {"ignore_errors": True}
# What is told of it, the module, its options and the keywords of the task.
TASKS: list[tuple[str, str, dict[str, t.Any], dict[str, t.Any]]] = [
    ("made", "project", {"key": "BOTH", "name": "Both"}, {"diff": True}),
    ("to be made", "dataset", DATASET, DRY),
    (
        "made with a key in it",
        "dataset",
        {**DATASET, "description": "of {{ node_key }}", "api_key": "{{ node_key }}"},
        {},
    ),
    ("as declared", "dataset", DATASET, {"diff": True}),
    ("to be changed", "dataset", {**DATASET, "tags": ["a"]}, DRY),
    ("refused by the plan", "dataset", {**DATASET, "name": "new", "connection": "nowhere"}, FAILS),
    ("refused by the node", "dataset", {**DATASET, "name": "broken"}, FAILS),
    (
        "secret",
        "connection",
        {"name": "pg", "type": "PostgreSQL", "params": {"password": "planted-password"}},
        {"diff": True},
    ),
    ("not an option", "dataset", {**DATASET, "nmae": "x"}, FAILS),
    ("missing", "dataset", {**IN_BOTH, "type": "Filesystem"}, FAILS),
    ("not reached", "group", {"name": "team", "url": "http://127.0.0.1:9", "api_key": "planted-key"}, FAILS),
    ("told", "dataset_info", IN_BOTH, {}),
    ("planned", "configuration", CONFIGURATION, DRY),
    ("applied", "configuration", CONFIGURATION, {}),
    ("not a configuration", "configuration", {"definition": {"project": {"kee": "BOTH"}}}, FAILS),
    ("held", "bundle_info", IN_BOTH, {}),
    ("hidden", "dataset", {**DATASET, "path": "/hidden"}, {**DRY, "no_log": True}),
]
# A module tells Ansible with what it was called, and where it failed.
OF_ITS_WAY = {"invocation", "exception"}
OF_THE_RUN = {"digest", "commit"}  # random ids of the state and of the node


def by_main(folder: Path, sandbox: SandboxProcess) -> dict[str, t.Any]:
    """What each module prints, in this process: what Ansible does around it is not ours."""
    found: dict[str, t.Any] = {}
    for about, module, options, keywords in TASKS:
        arguments = json.loads(json.dumps(options).replace("{{ node_key }}", sandbox.api_key))
        arguments["_ansible_module_name"] = f"dataiku_iac.dss.{module}"
        arguments["_ansible_check_mode"] = keywords.get("check_mode", False)
        arguments["_ansible_diff"] = keywords.get("diff", False)
        printed = io.StringIO()
        with pytest.MonkeyPatch.context() as place, contextlib.redirect_stdout(printed):
            place.chdir(folder)
            for name, value in sandbox.environ.items():
                place.setenv(name, value)
            with patch_module_args(arguments), pytest.raises(SystemExit):
                main_of(module)
        found[about] = json.loads(printed.getvalue())
    return found


def by_stub(folder: Path, sandbox: SandboxProcess) -> tuple[dict[str, t.Any], str]:
    """The results of the same in one playbook, and what it printed."""
    tasks: list[dict[str, t.Any]] = []
    for number, (_about, module, options, keywords) in enumerate(TASKS):
        tasks.append({f"dataiku_iac.dss.{module}": options, "register": f"result_{number}", **keywords})
    everything = "{{ [" + ", ".join(f"result_{number}" for number in range(len(TASKS))) + "] | to_json }}"
    saved = folder / "results.json"
    tasks.append({"keep_result": {"result": everything, "to": str(saved)}, "no_log": True})
    book = [{"hosts": "localhost", "gather_facts": False, "vars": {"node_key": sandbox.api_key}, "tasks": tasks}]
    (folder / "book.json").write_text(json.dumps(book), encoding="utf-8")
    _code, output = run([str(folder / "book.json"), "-vv"], sandbox.environ, folder)
    assert saved.exists(), output
    return dict(zip((about for about, *_rest in TASKS), json.loads(saved.read_text(encoding="utf-8")))), output


def prepared(folder: Path, sandbox: SandboxProcess) -> Path:
    """An empty node that refuses the second dataset, and an empty folder."""
    sandbox.control.reset()
    sandbox.control.fault("POST", "/projects/BOTH/datasets", status=500, count=1, skip=1)
    folder.mkdir()
    return folder


def told(result: t.Any) -> t.Any:
    """A result without what belongs to the way that it came, and to the run."""
    if isinstance(result, list):
        return [told(item) for item in result]
    if not isinstance(result, dict):
        return result
    return {
        key: "of the run" if key in OF_THE_RUN else told(value)
        for key, value in result.items()
        if key not in OF_ITS_WAY
    }


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, node_with_planted_key: SandboxProcess
) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    folder, node = tmp_path_factory.mktemp("both"), node_with_planted_key
    main = by_main(prepared(folder / "main", node), node)
    stub, printed = by_stub(prepared(folder / "stub", node), node)
    for text in (printed, json.dumps([told(result) for result in main.values()]), json.dumps(stub)):
        for secret in ("planted-", node.api_key):
            assert secret not in text
    assert "/hidden" not in printed
    return main, stub


@pytest.mark.parametrize("about", [about for about, *_rest in TASKS])
def test_the_result_is_the_same(both: tuple[dict[str, t.Any], dict[str, t.Any]], about: str) -> None:
    main, stub = both
    usual = {"failed": False, "changed": False, "warnings": []}  # a module leaves this out, and Ansible adds it
    assert told({**usual, **stub[about]}) == told({**usual, **main[about]})


def test_the_tasks_go_as_they_are_meant_to(both: tuple[dict[str, t.Any], dict[str, t.Any]]) -> None:
    for found in both:
        assert [about for about, result in found.items() if result.get("failed")] == [
            about for about, _module, _options, keywords in TASKS if keywords is FAILS
        ]
        quiet = [about for about, result in found.items() if not (result.get("changed") or result.get("failed"))]
        assert quiet == ["as declared", "told", "held"]
        assert found["planned"]["diff"]["prepared"]
