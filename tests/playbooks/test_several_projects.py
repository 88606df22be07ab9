# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several projects in one configuration are one plan, in the order in which they use one another."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Plan
from support.engine import run_module
from support.playbook import run
from support.sandbox import SandboxProcess

EXPOSED = {"type": "DATASET", "localName": "orders", "rules": [{"targetProject": "ANALYSIS"}]}
SOURCES = {
    "project": {"key": "SOURCES", "name": "Sources", "exposed_objects": [EXPOSED]},
    "datasets": [{"name": "orders", "type": "managed", "tags": ["${STAGE}"]}],
}
ANALYSIS = {
    "project": {"key": "ANALYSIS", "name": "Analysis"},
    "datasets": [{"name": "clean", "type": "managed"}],
    "recipes": [{"name": "to_clean", "type": "sync", "inputs": ["SOURCES.orders"], "outputs": ["clean"]}],
}
NODE = {"connections": [{"name": "files", "type": "Filesystem", "params": {"root": "/data"}}]}


def written(folder: Path, **projects: t.Any) -> Path:
    """A configuration with a file for each project; those with a slash have a folder."""
    files = {"environments/dev.yml": {"variables": {"STAGE": "dev"}}}
    files |= {f"projects/{name}.yml": content for name, content in projects.items()}
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content))
    return folder


def apply(sandbox: SandboxProcess, folder: Path, **more: t.Any) -> dict[str, t.Any]:
    return run_module(sandbox.environ, base=folder.parent, path=str(folder), environment="dev", **more)


def addresses(result: t.Mapping[str, t.Any]) -> list[str]:
    return [action["address"] for action in result["plan"]["actions"]]


def test_they_are_one_plan_in_the_order_of_their_use(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = written(tmp_path / "c", analysis=ANALYSIS, node=NODE, sources__project=SOURCES)
    shown: list[Plan] = []
    planned = apply(sandbox, folder, check=True, show=shown.append)
    assert addresses(planned) == [
        "connection.files",
        "project.SOURCES",
        "dataset.SOURCES.orders",
        "project.ANALYSIS",
        "dataset.ANALYSIS.clean",
        "recipe.ANALYSIS.to_clean",
    ]
    assert planned["plan"]["summary"]["create"] == 6
    assert planned["plan"]["text"].count("Plan: 6 to create") == 1
    assert [[action.address for action in plan.changed] for plan in shown] == [addresses(planned)]
    assert sandbox.client().list_project_keys() == []

    done = apply(sandbox, folder)
    assert done["plan"] == planned["plan"]
    assert sorted(done["outcome"]["applied"]) == sorted(addresses(planned))
    assert [entry["project"] for entry in done["projects"]] == [None, "SOURCES", "ANALYSIS"]
    assert sandbox.client().get_project("SOURCES").get_dataset("orders").get_settings().get_raw()["tags"] == ["dev"]
    again = apply(sandbox, folder)
    assert not again["changed"] and addresses(again) == []


def test_each_keeps_a_state_of_its_own(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = written(tmp_path / "c", analysis=ANALYSIS, sources=SOURCES)
    apply(sandbox, folder)
    alone = apply(sandbox, folder / "projects/analysis.yml")
    assert not alone["changed"]
    written(folder, sources={**SOURCES, "datasets": []})
    planned = apply(sandbox, folder, check=True)
    assert [(action["address"], action["action"]) for action in planned["plan"]["actions"]] == [
        ("dataset.SOURCES.orders", "delete")
    ]


def test_a_part_of_one_project(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = written(tmp_path / "c", analysis=ANALYSIS, sources=SOURCES)
    assert addresses(apply(sandbox, folder, check=True, only=["project.SOURCES"])) == ["project.SOURCES"]


def test_the_mistakes_of_all_files_are_told_at_once(sandbox: SandboxProcess, tmp_path: Path) -> None:
    wrong = {"project": {"key": "X", "nmae": "X"}}
    folder = written(tmp_path / "c", analysis=wrong, sources={**SOURCES, "datasets": [{"name": "a"}]})
    with pytest.raises(ConfigurationError) as caught:
        apply(sandbox, folder)
    assert "projects/analysis.yml:3:3 project.nmae" in str(caught.value)
    assert "projects/sources.yml" in str(caught.value) and "Dataset type is required" in str(caught.value)


def test_what_is_declared_twice_is_refused(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = written(tmp_path / "c", a={**ANALYSIS, **NODE}, b={**ANALYSIS}, c={**SOURCES, **NODE})
    with pytest.raises(ConfigurationError) as caught:
        apply(sandbox, folder)
    assert "project ANALYSIS is declared twice" in str(caught.value)
    assert "connection.files is declared twice, first at projects/a.yml" in str(caught.value)


def test_nothing_is_applied_when_one_of_the_plans_has_a_problem(sandbox: SandboxProcess, tmp_path: Path) -> None:
    lacking = {**ANALYSIS, "datasets": [{"name": "clean", "type": "PostgreSQL", "connection": "nowhere"}]}
    folder = written(tmp_path / "c", analysis=lacking, sources=SOURCES)
    with pytest.raises(DssError, match="Connection 'nowhere' not found"):
        apply(sandbox, folder)
    assert sandbox.client().list_project_keys() == []


def test_the_first_failure_ends_the_run_and_says_what_was_not_started(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = written(tmp_path / "c", analysis=ANALYSIS, sources=SOURCES)
    fault = sandbox.control.fault("POST", "*/SOURCES/datasets/*", status=500)
    try:
        with pytest.raises(DssError, match=r"(?s)^SOURCES: .*dataset\.SOURCES\.orders.*\nnot started: ANALYSIS$"):
            apply(sandbox, folder)
    finally:
        sandbox.control.clear_faults()
    assert fault and sandbox.client().list_project_keys() == ["SOURCES"]
    assert set(apply(sandbox, folder)["outcome"]["applied"]) >= {"dataset.SOURCES.orders", "recipe.ANALYSIS.to_clean"}


def test_projects_that_use_one_another_are_applied_with_a_warning(sandbox: SandboxProcess, tmp_path: Path) -> None:
    back = {**SOURCES, "recipes": [{**ANALYSIS["recipes"][0], "inputs": ["ANALYSIS.clean"], "outputs": ["orders"]}]}
    folder = written(tmp_path / "c", analysis=ANALYSIS, sources=back)
    planned = apply(sandbox, folder, check=True)
    assert any("ANALYSIS -> SOURCES -> ANALYSIS use objects of one another" in text for text in planned["warnings"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"state": "absent", "confirm": "SOURCES"}, "state: absent deletes one project"),
        ({"plan_file": "sha256:0"}, "plan_file is a digest"),
    ],
)
def test_what_is_about_one_project_is_refused(
    sandbox: SandboxProcess, tmp_path: Path, options: dict[str, t.Any], message: str
) -> None:
    folder = written(tmp_path / "c", analysis=ANALYSIS, sources=SOURCES)
    with pytest.raises(DssError, match=message):
        apply(sandbox, folder, **options)


def test_saved_plans_are_one_file_a_project(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = written(tmp_path / "c", analysis=ANALYSIS, sources=SOURCES)
    apply(sandbox, folder, check=True, plan_file="saved.json")
    assert {path.name for path in tmp_path.glob("saved.*")} == {"saved.ANALYSIS.json", "saved.SOURCES.json"}
    assert apply(sandbox, folder, plan_file="saved.json")["changed"]
    with pytest.raises(DssError, match="cannot be applied any more"):
        apply(sandbox, folder, plan_file="saved.json")


def test_a_playbook_prints_one_plan(sandbox: SandboxProcess, tmp_path: Path) -> None:
    written(tmp_path, analysis=ANALYSIS, sources=SOURCES)
    arguments = ["dataiku_iac.dss.deploy", "-e", f"config={tmp_path}", "-e", "environment_name=dev"]
    code, output = run(arguments, sandbox.environ, tmp_path)
    assert code == 0, output
    assert output.count("Plan: 5 to create, 0 to update, 0 to replace, 0 to delete.") == 1, output
    code, output = run([*arguments, "--check", "--diff"], sandbox.environ, tmp_path)
    assert code == 0 and "changed=0" in output, output
