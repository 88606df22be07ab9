# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call budgets are exact numbers: a plan never costs more than its recipes, scenarios and scripts."""

from __future__ import annotations

import typing as t

from support.engine import run_module
from support.sandbox import SandboxProcess

FIXED = 12  # calls that do not depend on how many objects there are


def configuration(datasets: int, recipes: int, scenarios: int, scripts: int) -> dict[str, t.Any]:
    names = [f"d{number}" for number in range(datasets)]
    return {
        "project": {"key": "BUDGET", "name": "Budget", "owner": "admin", "settings": {"gitCommitMode": "AUTO"}},
        "variables": {"standard": {"a": 1}},
        "managed_folders": [{"name": "folder", "connection": "filesystem_folders"}],
        "datasets": [{"name": name, "type": "managed", "connection": "filesystem_managed"} for name in names],
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
            *({"name": f"s{number}", "steps": []} for number in range(scenarios)),
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
        assert fixed == 10, calls["counts"]
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
    assert calls["writes"] == 1
    assert calls["total"] == plan + 3  # fresh read, write, and the list that reads back
