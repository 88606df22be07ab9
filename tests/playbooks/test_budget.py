# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call budgets are exact numbers: a plan never costs more than its recipes, scenarios and scripts."""

from __future__ import annotations

import os
import typing as t
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.local import Local
from support.engine import run_module
from support.sandbox import SandboxProcess

FIXED = 12  # calls that do not depend on how many objects there are


def configuration(datasets: int, recipes: int, scenarios: int, scripts: int) -> dict[str, t.Any]:
    names = [f"d{number}" for number in range(datasets)]
    return {
        "project": {"key": "BUDGET", "name": "Budget", "owner": "admin", "settings": {"gitCommitMode": "AUTO"}},
        "variables": {"standard": {"a": 1}},
        "managed_folders": [{"name": "folder", "connection": "filesystem_folders"}],
        "datasets": [
            {"name": name, "type": "managed", "connection": "filesystem_managed", "tags": ["a"]} for name in names
        ],
        "recipes": [
            {
                "name": f"r{number}",
                "type": "python",
                "inputs": [],
                "outputs": [names[number]],
                "code": "pass\n",
                "code_env": "py",
            }
            for number in range(recipes)
        ],
        "scenarios": [
            *({"name": f"s{number}", "steps": [], "tags": ["a"]} for number in range(scenarios)),
            *({"name": f"p{number}", "type": "custom_python", "script": "pass\n"} for number in range(scripts)),
        ],
    }


def go(sandbox: SandboxProcess, definition: dict[str, t.Any], check: bool) -> dict[str, t.Any]:
    return run_module(sandbox.environ, check=check, definition=definition)


def calls_of_a_plan(sandbox: SandboxProcess, definition: dict[str, t.Any]) -> t.Any:
    sandbox.control.forget_calls()
    go(sandbox, definition, check=True)
    return sandbox.control.calls()


def test_a_plan_costs_twelve_calls_and_one_for_each_recipe_scenario_and_script(sandbox: SandboxProcess) -> None:
    for datasets, recipes, scenarios, scripts in [(3, 2, 1, 1), (30, 2, 1, 1), (30, 7, 4, 3)]:
        sandbox.control.reset()
        sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])
        definition = configuration(datasets, recipes, scenarios, scripts)
        assert go(sandbox, definition, check=False)["outcome"]["failed"] == []
        calls = calls_of_a_plan(sandbox, definition)
        fixed = calls["total"] - recipes - (scenarios + scripts) - scripts
        assert fixed == 11, calls["counts"]  # one of the limit is left
        assert fixed <= FIXED
        assert calls["writes"] == 0


def test_a_plan_of_an_empty_node_costs_as_little(sandbox: SandboxProcess) -> None:
    sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])
    calls = calls_of_a_plan(sandbox, configuration(40, 20, 3, 2))
    assert calls["counts"] == {
        "GET /projects/{projectKey}/metadata": 1,
        "GET /admin/connections": 1,
        "GET /admin/code-envs": 1,
    }


def test_an_apply_of_one_change_reads_once_more_writes_once_and_reads_back(sandbox: SandboxProcess) -> None:
    sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])
    definition = configuration(20, 3, 1, 0)
    go(sandbox, definition, check=False)
    plan = calls_of_a_plan(sandbox, definition)["total"]
    definition["datasets"][4]["tags"] = ["gold"]
    sandbox.control.forget_calls()
    assert go(sandbox, definition, check=False)["plan"]["summary"]["update"] == 1
    calls = sandbox.control.calls()
    assert calls["counts"].pop("POST /admin/audit/custom/{type}") == 1
    assert calls["writes"] == 2
    # Fresh read, write, the list that reads back, the audit log; and where the project's Git stands: once before the
    # first write, twice (status and log) after the last one, once after the reading back, and what has changed.
    assert calls["total"] == plan + 4 + 5


# What is made ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("datasets", "recipes", "scenarios"), [(3, 2, 2), (60, 40, 5)])
def test_an_apply_to_an_empty_node_makes_the_calls_that_each_object_needs(
    sandbox: SandboxProcess, datasets: int, recipes: int, scenarios: int
) -> None:
    """``docs/creation-calls.md`` says why: managed datasets 2, recipes 2 and scenarios 4 each, and two lists of datasets."""
    sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])
    definition = configuration(datasets, recipes, scenarios, 0)
    del definition["managed_folders"], definition["variables"]
    project = "/projects/{projectKey}"
    sandbox.control.forget_calls()
    assert go(sandbox, definition, check=False)["outcome"]["failed"] == []
    counts = sandbox.control.calls()["counts"]
    own = {
        call: count
        for call, count in counts.items()
        if "/datasets" in call or "/recipes" in call or "/scenarios" in call
    }
    assert own == {
        f"POST {project}/datasets/managed": datasets,
        f"PUT {project}/datasets/{{name}}": datasets,
        f"GET {project}/datasets": 2,
        f"POST {project}/recipes": recipes,
        f"GET {project}/recipes/{{name}}": recipes,
        f"POST {project}/scenarios": scenarios,
        f"GET {project}/scenarios/{{scenarioId}}": 2 * scenarios,
        f"PUT {project}/scenarios/{{scenarioId}}": scenarios,
    }
    # The plan 3, the project 1 and its verification 3, Git 3, the audit log 1.
    assert sum(counts.values()) - sum(own.values()) == 3 + 1 + 3 + 3 + 1, counts


# With a recorded state ---------------------------------------------------------------------------------------------

SIZES = [(4, 3, 2, 1), (496, 450, 40, 10)] + ([(4960, 4500, 400, 100)] if os.environ.get("DSS_TEST_FULL") else [])


def plan_with_state(sandbox: SandboxProcess, base: Path, definition: dict[str, t.Any], **options: t.Any) -> t.Any:
    """The calls of a plan; its summary is in ``plan``."""
    sandbox.control.forget_calls()
    result = run_module(sandbox.environ, check=True, base=base, definition=definition, **options)
    return {**sandbox.control.calls(), "plan": result["plan"]["summary"]}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(sum(size)))
def test_with_a_state_a_plan_of_an_unchanged_project_costs_the_same_at_any_size(
    sandbox: SandboxProcess, tmp_path: Path, size: tuple[int, int, int, int]
) -> None:
    sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])
    definition = configuration(*size)
    run_module(sandbox.environ, base=tmp_path, definition=definition)
    calls = plan_with_state(sandbox, tmp_path, definition)
    assert calls["counts"] == {
        "GET /projects/{projectKey}/metadata": 1,
        "GET /projects/{projectKey}/settings": 1,
        "GET /projects/{projectKey}/permissions": 1,
        "GET /projects/{projectKey}/variables": 1,
        "GET /projects/{projectKey}/git/status": 1,
        "GET /projects/{projectKey}/git/actions/log": 1,
    }

    by_hand = sandbox.client().get_project("BUDGET")
    for number, name in enumerate(["d0", "r0", "s0"], start=1):
        change_by_hand(by_hand, name)
        calls = plan_with_state(sandbox, tmp_path, definition)
        assert calls["plan"]["update"] == number
        assert calls["total"] <= 10 + 2 * number, calls["counts"]
        assert calls["writes"] == 0


def change_by_hand(project: t.Any, name: str) -> None:
    kind = {"d": project.get_dataset, "r": project.get_recipe, "s": project.get_scenario}[name[0]]
    settings = kind(name).get_settings()
    if name[0] == "r":
        settings.set_code("a = 1\n")
    else:
        (settings.get_raw() if name[0] == "d" else settings.data)["tags"] = ["by hand"]
    settings.save()


def test_the_writes_to_the_backend_do_not_grow_with_the_objects(sandbox: SandboxProcess, tmp_path: Path) -> None:
    counts = []
    for number, size in enumerate([(4, 3, 2, 1), (60, 40, 10, 2)]):
        sandbox.control.reset()
        sandbox.control.instance(code_envs=[{"envName": "py", "envLang": "PYTHON"}])
        with counted_writes() as names:
            run_module(sandbox.environ, base=tmp_path / str(number), definition=configuration(*size))
        counts.append([name for name in names if not name.isdigit()])  # without what is noted every second
    # Taking the lock, opening the journal, the state, closing the journal, giving the lock back.
    assert counts[0] == counts[1] == ["lock", "journal", "state", "journal", "lock"]


@contextmanager
def counted_writes() -> t.Iterator[list[str]]:
    """What is written to local states, by the part of the name that says what it is."""
    names: list[str] = []
    write = Local.write

    def counting(self: Local, name: str, *rest: t.Any) -> str:
        names.append(name.removesuffix(".json").rpartition(".")[2])
        return write(self, name, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Local, "write", counting)
        yield names
