# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each apply leaves one entry in the audit log of DSS, where the key may write it."""

from __future__ import annotations

import subprocess
import typing as t
from pathlib import Path

import yaml
from support.engine import run_module
from support.sandbox import SandboxProcess

DEFINITION: dict[str, t.Any] = {
    "project": {"key": "AUDIT", "name": "Audit"},
    "datasets": [{"name": "raw", "type": "managed"}],
}


def test_an_apply_is_in_the_audit_log_and_a_plan_is_not(sandbox: SandboxProcess, tmp_path: Path) -> None:
    planned = run_module(sandbox.environ, check=True, base=tmp_path, definition=DEFINITION)
    assert sandbox.control.audit() == []
    done = run_module({**sandbox.environ, "CI_COMMIT_SHA": "abc"}, base=tmp_path, definition=DEFINITION)
    (entry,) = sandbox.control.audit()
    assert entry["type"] == "dataiku_iac.dss"
    assert entry["params"]["digest"] == done["digest"] == planned["digest"]
    assert entry["params"]["commit"] == "abc"
    counts = {key: entry["params"][key] for key in ("project", "applied", "failed", "not_started", "to_create")}
    assert counts == {"project": "AUDIT", "applied": 2, "failed": 0, "not_started": 0, "to_create": 2}
    run_module(sandbox.environ, base=tmp_path, definition=DEFINITION)
    assert len(sandbox.control.audit()) == 1


def test_the_commit_is_that_of_the_repository_of_the_configuration(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = tmp_path / "configuration"
    folder.mkdir()
    (folder / "project.yml").write_text(yaml.safe_dump(DEFINITION), encoding="utf-8")
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=folder, text=True).strip()
    run_module(sandbox.environ, base=tmp_path, path=str(folder))
    assert [entry["params"]["commit"] for entry in sandbox.control.audit()] == [head]


def test_a_key_that_may_not_and_an_environment_that_does_not_want_it_leave_no_entry(
    sandbox: SandboxProcess, tmp_path: Path
) -> None:
    key = sandbox.control.key(may_create_projects=True)
    assert run_module({**sandbox.environ, "DKU_API_KEY": key}, base=tmp_path, definition=DEFINITION)["changed"]
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/dev.yml").write_text("settings: {audit_log: {enabled: false}}\n", encoding="utf-8")
    (tmp_path / "project.yml").write_text(yaml.safe_dump(DEFINITION), encoding="utf-8")
    sandbox.client().get_project("AUDIT").get_dataset("raw").delete()
    done = run_module(sandbox.environ, base=tmp_path, path=str(tmp_path), environment="dev")
    assert done["outcome"]["applied"] == ["dataset.AUDIT.raw"]
    assert sandbox.control.audit() == []
