# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks for one object: what they ask the node, and that asking little finds the same as asking for everything."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils import _single
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
from support.engine import run_module
from support.sandbox import SandboxProcess

DATASET = {
    "name": "raw",
    "type": "Filesystem",
    "connection": "filesystem_managed",
    "path": "/raw",
    "format_type": "csv",
}
OBJECTS: dict[str, dict[str, t.Any]] = {
    "dataset": {"project": "ONE", **DATASET},
    "recipe": {
        "project": "ONE",
        "name": "code",
        "type": "python",
        "inputs": ["raw"],
        "outputs": ["out"],
        "code": "pass\n",
    },
    "connection": {"name": "pg", "type": "PostgreSQL", "params": {"host": "db"}},
    "group": {"name": "team", "description": "who they are"},
    "user": {"login": "ada", "display_name": "Ada"},
}
CHANGED: dict[str, dict[str, t.Any]] = {
    "dataset": {"tags": ["gold"]},
    "recipe": {"code": "a = 1\n"},
    "connection": {"params": {"host": "other"}},
    "group": {"description": "others"},
    "user": {"display_name": "Ada L."},
}
ONE = {
    "dataset": "/projects/{projectKey}/datasets/{name}",
    "recipe": "/projects/{projectKey}/recipes/{name}",
    "connection": "/admin/connections/{name}",
    "group": "/admin/groups/{name}",
    "user": "/admin/users/{login}",
}
SURROUNDINGS = {"dataset": {"GET /admin/connections": 1}}  # what a change could lack


@pytest.fixture
def node(sandbox: SandboxProcess) -> SandboxProcess:
    """A project with the objects."""
    definition = {"project": {"key": "ONE", "name": "One"}, "datasets": [DATASET, {"name": "out", "type": "managed"}]}
    run_module(sandbox.environ, definition=definition)
    for module, options in OBJECTS.items():
        run_module(sandbox.environ, module, **options)
    sandbox.control.forget_calls()
    return sandbox


def calls_of(node: SandboxProcess, module: str, check: bool = False, /, **options: t.Any) -> tuple[t.Any, t.Any]:
    node.control.forget_calls()
    result = run_module(node.environ, module, check, **options)
    return result["plan"]["summary"], node.control.calls()["counts"]


@pytest.mark.parametrize("module", OBJECTS)
@pytest.mark.parametrize("check", [True, False], ids=["check", "apply"])
def test_an_object_that_is_as_declared_costs_one_call(node: SandboxProcess, module: str, check: bool) -> None:
    summary, calls = calls_of(node, module, check, **OBJECTS[module])
    assert summary["unchanged"] == 1
    assert calls == {f"GET {ONE[module]}": 1}


@pytest.mark.parametrize("module", OBJECTS)
def test_a_change_reads_before_the_plan_before_the_write_and_after_it(node: SandboxProcess, module: str) -> None:
    summary, calls = calls_of(node, module, **{**OBJECTS[module], **CHANGED[module]})
    assert summary["update"] == 1
    assert calls == {f"GET {ONE[module]}": 3, f"PUT {ONE[module]}": 1, **SURROUNDINGS.get(module, {})}


def test_the_lists_of_the_project_are_read_for_what_makes_or_deletes(node: SandboxProcess) -> None:
    lists = {"GET /projects/{projectKey}/datasets": 1, "GET /projects/{projectKey}/recipes": 1}
    for options in ({"name": "new"}, {"type": "S3"}, {"state": "absent"}):
        _summary, calls = calls_of(node, "dataset", True, **{**OBJECTS["dataset"], **options})
        assert calls.items() >= lists.items(), (options, calls)


def outcome(node: SandboxProcess, module: str, options: dict[str, t.Any]) -> t.Any:
    try:
        return run_module(node.environ, module, check=True, **options)
    except RunError as error:
        return str(error), error.result


WANTED = [
    *((module, {}) for module in OBJECTS),
    *CHANGED.items(),
    ("dataset", {"type": "S3"}),
    ("dataset", {"type": "sql", "connection": "nowhere", "table": "orders"}),
    ("dataset", {"connection": "nowhere"}),
    ("dataset", {"name": "new"}),
    ("dataset", {"name": "RAW"}),
    ("dataset", {"state": "absent"}),
    ("recipe", {"code_env": "nowhere"}),
    ("recipe", {"type": "CustomCode_nowhere"}),
    ("recipe", {"name": "new"}),
]


@pytest.mark.parametrize("limited", [False, True], ids=["admin", "reader"])
@pytest.mark.parametrize(
    "module, options", WANTED, ids=lambda value: value if isinstance(value, str) else "-".join(value)
)
def test_asking_for_one_object_finds_what_asking_for_all_finds(
    node: SandboxProcess, monkeypatch: pytest.MonkeyPatch, module: str, options: dict[str, t.Any], limited: bool
) -> None:
    whole = {**OBJECTS[module], **options}
    if limited and "project" in whole:
        whole["api_key"] = node.control.key(projects={"ONE": "read"})
    alone = outcome(node, module, whole)
    monkeypatch.setattr(_single, "read_alone", lambda *_arguments: None)
    assert outcome(node, module, whole) == alone


@pytest.mark.parametrize(
    "switches",
    [{"missing_object_status": 500}, {"missing_recipe": "empty"}, {"dataset_list_items": "docs_sample"}],
    ids=lambda switches: next(iter(switches)),
)
@pytest.mark.parametrize("module", ["dataset", "recipe"])
def test_however_the_node_says_that_an_object_is_missing_it_is_made(
    node: SandboxProcess, module: str, switches: dict[str, t.Any]
) -> None:
    node.control.switch(**switches)
    summary, _calls = calls_of(node, module, True, **{**OBJECTS[module], "name": "new"})
    assert summary["create"] == 1


def test_a_project_that_does_not_exist_is_told_as_such(node: SandboxProcess) -> None:
    for status in (401, 404):
        node.control.switch(unknown_project_status=status)
        with pytest.raises(Exception, match="project NOWHERE does not exist"):
            run_module(node.environ, "dataset", True, **{**OBJECTS["dataset"], "project": "NOWHERE"})
