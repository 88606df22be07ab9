# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the documentation of the lookup run, and find what they speak of."""

from __future__ import annotations

import json
from pathlib import Path

from docs.test_module_examples import examples
from support.playbook import run
from support.sandbox import ROOT, SandboxProcess

SALES = {
    "project": {"key": "SALES", "name": "Sales"},
    "datasets": [{"name": "orders", "type": "managed", "tags": ["a"]}],
}


def play(sandbox: SandboxProcess, folder: Path) -> tuple[int, str]:
    tasks = examples(ROOT / "plugins" / "lookup" / "report.py")
    assert len(tasks) >= 2
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    content = [{"hosts": "localhost", "gather_facts": False, "vars": local, "tasks": tasks}]
    (folder / "playbook.json").write_text(json.dumps(content), encoding="utf-8")
    return run(["playbook.json"], sandbox.environ, folder)


def test_examples_of_the_lookup_run(sandbox: SandboxProcess, tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "prod.yml").write_text("variables: {}\n", encoding="utf-8")
    (tmp_path / "project.yml").write_text(json.dumps(SALES), encoding="utf-8")
    deploy = {"dataiku_iac.dss.configuration": {"path": str(tmp_path), "environment": "prod"}}
    (tmp_path / "deploy.json").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [deploy]}]), encoding="utf-8"
    )
    code, output = run(["deploy.json"], sandbox.environ, tmp_path)
    assert code == 0, output

    code, output = play(sandbox, tmp_path)
    assert code == 0, output
    assert "dataset.SALES.orders" in (tmp_path / "state.html").read_text(encoding="utf-8")

    settings = sandbox.client().get_project("SALES").get_dataset("orders").get_settings()
    settings.get_raw()["tags"] = ["by hand"]
    settings.save()
    code, output = play(sandbox, tmp_path)
    assert code == 2
    assert "dataset.SALES.orders" in output and "by hand" in output
