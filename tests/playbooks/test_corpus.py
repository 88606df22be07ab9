# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job on a real project, as a user does it: import, apply elsewhere, nothing to do, a change by hand, its repair."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from support.imported import author_forms, files_of_these, loaded
from support.playbook import run
from support.sandbox import CORPUS, SandboxProcess, import_project

PROJECT = CORPUS / "nathanbry2__dss-realestate"  # 37 datasets, 35 recipes, 5 managed folders, 1 scenario
KEY = "REALESTATE"
DEPLOY = ("dataiku_iac.dss.deploy", "-e", "config=project")
IMPORT = ("dataiku_iac.dss.import", "-e", "config=project", "-e", f"project={KEY}", "-e", "import_adopt=false")

pytestmark = pytest.mark.skipif(not PROJECT.is_dir(), reason="needs ../shared/corpus, which is not published")


def test_a_real_project_is_planned_applied_and_repaired(
    sandbox: SandboxProcess, second_sandbox: SandboxProcess, tmp_path: Path
) -> None:
    import_project(sandbox.client(), PROJECT, KEY)
    code, output = run([*IMPORT, "--check", "--diff"], sandbox.environ, tmp_path)
    assert code == 0, output
    assert "+++ b/datasets/inputs_located.yml" in output
    assert not (tmp_path / "project").exists()
    code, output = run(IMPORT, sandbox.environ, tmp_path)
    assert code == 0, output
    assert "No changes." in output
    authors = author_forms(tmp_path / "project", KEY)
    datasets = [name for kind, name in authors if kind == "dataset"]
    assert len(datasets) >= 30
    client = second_sandbox.client()
    for name in ("postgreSQL", "filesystem_managed", "filesystem_folders"):
        if name not in client.list_connections():
            client.create_connection(name, "Filesystem", params={"root": "/data"})
    needed = loaded(tmp_path / "project").requirements.of("code_envs")
    second_sandbox.control.instance(code_envs=[{"envName": name, "envLang": "PYTHON"} for name in needed])

    def deploy(*arguments: str) -> str:
        code, output = run([*DEPLOY, *arguments], second_sandbox.environ, tmp_path)
        assert code == 0, output
        return output

    elsewhere = [address for address, author in authors.items() if author.get("external")]
    import_project(client, files_of_these(PROJECT, elsewhere, tmp_path / "elsewhere"), KEY)
    made = [
        kind
        for (kind, _name), author in authors.items()
        if not (KINDS[kind].singleton or author.get("external") or author.get("default"))
    ]
    planned = deploy("--check", "--diff")
    assert f"Plan: {len(made)} to create, " in planned and " 0 to replace, 0 to delete." in planned
    assert "+ dataset.REALESTATE." in planned
    assert client.get_project(KEY).list_datasets() == [], "check mode writes nothing"
    assert "changed=1" in deploy()
    assert "changed=0" in deploy()

    dataset = client.get_project(KEY).get_dataset(datasets[0]).get_settings()
    dataset.get_raw()["schema"]["columns"].append({"name": "by_hand", "type": "string"})
    dataset.save()
    seen = deploy("--check", "--diff")
    assert "- schema.columns[by_hand]" in seen
    assert "Plan: 0 to create, 1 to update, 0 to replace, 0 to delete." in seen
    assert "changed=1" in deploy()
    assert "changed=0" in deploy("--check")
