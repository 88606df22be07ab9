# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the roles deploy and drift hand over to pipelines: an exit status, a summary, a comment, statistics of the run."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml
from support.playbook import run
from support.sandbox import SandboxProcess

PASSWORD = "planted-Passw0rd"
DEFINITION: dict[str, t.Any] = {
    "project": {"key": "SALES", "name": "Sales"},
    "connections": [{"name": "pg", "type": "PostgreSQL", "params": {"host": "db", "password": PASSWORD}}],
    "datasets": [{"name": "orders", "type": "managed", "tags": ["a | b", "@everyone", "</details>", "{{ 7 * 7 }}"]}],
    "recipes": [
        {
            "name": "load",
            "type": "python",
            "inputs": ["orders"],
            "outputs": ["orders2"],
            "code": "```\n````````\n</details>\n" + f"connect('{PASSWORD}')\n" * 2000,
        }
    ],
}
FILES = ("-e", "deploy_summary_file=out/summary.json", "-e", "deploy_comment_file=out/comment.md")


class Pipeline:
    """Deploys one configuration in one folder."""

    def __init__(self, node: SandboxProcess, folder: Path) -> None:
        self.node = node
        self.folder = folder
        self.summary, self.comment = folder / "out/summary.json", folder / "out/comment.md"
        for name in ("sales", "out"):
            (folder / name).mkdir()
        self.write(DEFINITION)

    def write(self, definition: dict[str, t.Any]) -> None:
        loaded = {**definition, "datasets": [*definition["datasets"], {"name": "orders2", "type": "managed"}]}
        text = yaml.safe_dump(loaded).replace("'{{ 7 * 7 }}'", "!unsafe '{{ 7 * 7 }}'")
        (self.folder / "sales/project.yml").write_text(text)

    def run(self, *arguments: str) -> tuple[int, str]:
        code, output = run(
            ["dataiku_iac.dss.deploy", "-e", "config=sales", *FILES, *arguments], self.node.environ, self.folder
        )
        assert PASSWORD not in output
        return code, output

    def told(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", json.loads(self.summary.read_text()))


@pytest.fixture
def pipeline(sandbox: SandboxProcess, tmp_path: Path) -> Pipeline:
    return Pipeline(sandbox, tmp_path)


def test_changes_fail_and_an_error_leaves_no_file(pipeline: Pipeline) -> None:
    code, output = pipeline.run("--check", "--diff", "-e", "fail_on_changes=true", "-e", "deploy_plan_file=plan.json")
    assert code == 2 and "5 changes: 5 to create, 0 to update, 0 to replace, 0 to delete." in output
    planned = pipeline.told()
    counts = {"create": 5, "update": 0, "replace": 0, "delete": 0, "unchanged": 0}
    digest = json.loads((pipeline.folder / "plan.json").read_text())["digest"]
    assert planned == {
        "host": "localhost",
        "environment": "",
        "digest": digest,
        "changes": 5,
        "counts": counts,
        "applied": False,
    }
    assert pipeline.node.control.calls()["writes"] == 0

    code, output = pipeline.run("-e", "fail_on_changes=true", "-e", "deploy_plan_file=plan.json")  # changes are meant
    assert code == 0, output
    assert pipeline.told() == {**planned, "applied": True}

    code, output = pipeline.run("--check", "-e", "fail_on_changes=true")
    assert code == 0, output
    assert pipeline.told()["changes"] == 0 and pipeline.told()["counts"]["unchanged"] == 5
    assert "No changes. 5 objects are as declared." in pipeline.comment.read_text()

    pipeline.write({**DEFINITION, "bad": 1})
    code, output = pipeline.run("--check", "-e", "fail_on_changes=true")
    assert code == 2 and "unknown key 'bad'" in output
    assert not pipeline.summary.exists() and not pipeline.comment.exists()


def test_the_comment_is_safe_and_short_enough(pipeline: Pipeline) -> None:
    assert pipeline.run("--check")[0] == 0
    comment = pipeline.comment.read_text()
    assert PASSWORD not in comment
    assert len(comment) < 65_536  # what GitHub takes
    head, fence, rest = comment.partition("````````diff\n")
    assert "| create | dataset.SALES.orders |" in head and fence
    inside, end, tail = rest.partition("\n````````\n")
    assert end and "@everyone" in inside and "{{ 7 * 7 }}" in inside and "cut here" in inside
    assert tail.startswith("\n</details>\n") and tail.count("</details>") == 1
    assert "`sha256:" in tail


def test_drift_says_how_much_differs(sandbox: SandboxProcess, tmp_path: Path) -> None:
    pipeline = Pipeline(sandbox, tmp_path)
    assert pipeline.run()[0] == 0
    sandbox.client().get_project("SALES").get_recipe("load").delete()
    backend = {"type": "local", "path": str(tmp_path / "sales/.dataiku/state")}
    (environment,) = (path.name for path in Path(backend["path"]).iterdir() if path.is_dir())
    variables = {"drift_projects": ["SALES"], "drift_environment": environment, "dss_state_backend": backend}
    arguments = ["dataiku_iac.dss.drift", "-e", json.dumps(variables), "-e", "drift_summary_file=out/drift.json"]
    arguments += ["-e", "target=localhost", "-e", "drift_fail=true", "-e", "drift_publish=true"]
    environ = {**sandbox.environ, "ANSIBLE_SHOW_CUSTOM_STATS": "1"}
    code, output = run(arguments, environ, tmp_path)
    summary = {"host": "localhost", "environment": environment, "differ": 1, "resources": ["recipe.SALES.load"]}
    assert code == 2 and "1 resources differ" in output
    assert json.loads((tmp_path / "out/drift.json").read_text()) == summary
    assert '"dss_differ": 1' in output.replace("'", '"')

    code, output = run([*arguments, "-e", "drift_api_key=wrong"], environ, tmp_path)
    assert code == 2 and "dss_differ" not in output
    assert not (tmp_path / "out/drift.json").exists()
