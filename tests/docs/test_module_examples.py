# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the documentation of each module run, in order, and run again without a change."""

from __future__ import annotations

import ast
import json
import typing as t
from pathlib import Path

import pytest
import yaml
from support.playbook import run
from support.sandbox import ROOT, SandboxProcess

MODULES = sorted(path for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")

PROJECT = {
    "project.yml": {"project": {"key": "QUICKSTART", "name": "Quickstart"}},
    "datasets/customers.yml": {"datasets": [{"name": "customers", "type": "managed", "format_type": "csv"}]},
    "environments/dev.yml": {"variables": {"STAGE": "dev"}},
}


def examples(module: Path) -> list[dict[str, t.Any]]:
    """The tasks in ``EXAMPLES``, read without importing the module."""
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            return yaml.safe_load(ast.literal_eval(node.value)) or []
    return []


def steps(task: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """An example in check mode, for good, and once more."""
    return [
        {**task, "check_mode": True, "register": "planned"},
        {**task, "register": "done"},
        {**task, "register": "again"},
        {
            "name": f"Judge: {task['name']}",
            "ansible.builtin.assert": {
                "that": ["planned.changed == done.changed", "planned.diff == done.diff", "again is not changed"],
                "quiet": True,
            },
        },
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_examples_of_module_run(sandbox: SandboxProcess, tmp_path: Path, module: Path) -> None:
    tasks = examples(module)
    name = f"dataiku_iac.dss.{module.stem}"
    assert sum(name in task for task in tasks) >= 2, f"{name} needs at least two examples that use its full name"

    for file, content in PROJECT.items():
        path = tmp_path / "configuration" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content))
    if module.stem != "project":
        sandbox.client().create_project("QUICKSTART", "Quickstart", "admin")
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [step for task in tasks for step in steps(task)]}
    (tmp_path / "playbook.json").write_text(json.dumps([play]))

    code, output = run(["playbook.json"], sandbox.environ, tmp_path)

    assert code == 0, output
    assert "WARNING" not in output, output
    assert "changed: [localhost]" in output
