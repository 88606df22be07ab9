# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback that sums up the plans of a run, enabled as its example says."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from support.playbook import run
from support.sandbox import SandboxProcess

ONE = {"project": {"key": "ONE", "name": "One"}, "datasets": [{"name": "a", "type": "managed"}]}


def book(folder: Path) -> str:
    tasks = [
        {"name": "Whole", "dataiku_iac.dss.configuration": {"definition": ONE}},
        {
            "name": "Each",
            "dataiku_iac.dss.dataset": {"project": "ONE", "name": "{{ item }}", "type": "managed"},
            "loop": ["a", "b", "c"],
        },
        {
            "name": "Too much",
            "dataiku_iac.dss.configuration": {"definition": {**ONE, "datasets": []}, "prune": True, "max_deletes": 1},
            "ignore_errors": True,
        },
    ]
    path = folder / "playbook.json"
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    return str(path)


def enabled(folder: Path) -> dict[str, str]:
    """The settings of the example, as ansible.cfg."""
    plugin = importlib.import_module("ansible_collections.dataiku_iac.dss.plugins.callback.plan")
    settings = "\n".join(line.removeprefix("#").strip() for line in plugin.EXAMPLES.strip().splitlines()[1:])
    (folder / "ansible.cfg").write_text(settings, encoding="utf-8")
    return {"ANSIBLE_CONFIG": str(folder / "ansible.cfg")}


def test_it_sums_up_tasks_loops_and_failures(sandbox: SandboxProcess, tmp_path: Path) -> None:
    code, output = run([book(tmp_path)], {**sandbox.environ, **enabled(tmp_path)}, tmp_path)
    assert code == 0, output
    summary = output[output.index("DSS PLANS") :].splitlines()[1:]
    assert [line for line in summary if line] == [
        "localhost: Whole: 2 to create, 0 to update, 0 to replace, 0 to delete",
        "localhost: Each: 1 to create, 0 to update, 0 to replace, 0 to delete",
        "localhost: Each: 1 to create, 0 to update, 0 to replace, 0 to delete",
        "localhost: Too much: 0 to create, 0 to update, 0 to replace, 3 to delete (failed)",
        "Plan: 4 to create, 0 to update, 0 to replace, 3 to delete, 9 objects in all.",
    ]


def test_it_is_silent_where_it_is_not_enabled_or_has_nothing_to_say(sandbox: SandboxProcess, tmp_path: Path) -> None:
    assert "DSS PLANS" not in run([book(tmp_path)], sandbox.environ, tmp_path)[1]
    path = tmp_path / "other.json"
    path.write_text(
        '[{"hosts": "localhost", "gather_facts": false, "tasks": [{"ansible.builtin.debug": {}}]}]', encoding="utf-8"
    )
    assert "DSS PLANS" not in run([str(path)], enabled(tmp_path), tmp_path)[1]
