# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans, states and journals of real runs fit the schemas that are published for them, and use all of them."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import jsonschema
import pytest
import yaml
from support.engine import run_module
from support.sandbox import ROOT, SandboxProcess

CONFIGURATION: dict[str, t.Any] = {
    "project": {"key": "SHAPES", "name": "Shapes"},
    "connections": [{"name": "warehouse", "type": "PostgreSQL", "params": {"host": "db", "password": "planted-pw"}}],
    "managed_folders": [{"name": "reports"}],
    "datasets": [
        {"name": "raw", "type": "managed", "schema": [{"name": "id", "type": "bigint"}]},
        {"name": "clean", "type": "managed", "tags": ["a"], "lifecycle": {"ignore_changes": ["description"]}},
    ],
    "recipes": [
        {"name": "tidy", "type": "python", "inputs": ["raw"], "outputs": ["clean"], "code": "pass\n"},
        {"name": "report", "type": "python", "inputs": ["clean"], "outputs": ["reports"], "code": "pass\n"},
    ],
    "scenarios": [{"name": "Nightly", "steps": [{"type": "build", "dataset": "clean"}]}],
}


class Runs:
    """Runs of one configuration; keeps every plan."""

    def __init__(self, sandbox: SandboxProcess, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.configuration = dict(CONFIGURATION)
        self.plans: list[dict[str, t.Any]] = []

    def run(self, check: bool = False, **options: t.Any) -> None:
        self.folder.joinpath("project.yml").write_text(yaml.safe_dump(self.configuration))
        options = {"path": str(self.folder), **options}
        self.plans.append(run_module(self.sandbox.environ, check=check, base=self.folder, **options)["plan"])

    def rollback(self, **options: t.Any) -> None:
        host = self.sandbox.url.removeprefix("http://").replace(":", "_")
        place = {"type": "local", "path": str(self.folder / "state")}
        options = {"environment": host, "project": "SHAPES", "state_backend": place, "settle_timeout": 0.0, **options}
        self.plans.append(run_module(self.sandbox.environ, "rollback", base=self.folder, **options)["plan"])


@pytest.fixture
def runs(sandbox: SandboxProcess, tmp_path: Path) -> Runs:
    """Plans of every shape: first, drift, part, replacement, deletion, forgotten, adopted, unmanaged, rollback, rename."""
    made = Runs(sandbox, tmp_path)
    made.run()
    project = sandbox.client().get_project("SHAPES")
    settings = project.get_dataset("clean").get_settings()
    settings.get_raw()["tags"] = ["colleague"]
    settings.save()
    project.create_managed_folder("by_hand")
    project.create_managed_folder("found")
    made.run(check=True, refresh="full")
    made.run(check=True, only=["recipe.tidy", "dataset.clean"])
    recipes = [{**CONFIGURATION["recipes"][0], "code": "print()\n"}]
    made.configuration |= {
        "recipes": recipes,
        "managed_folders": [{"name": "reports"}, {"name": "found"}],
        "scenarios": [],
        "removed": [{"resource": "scenario.SHAPES.Nightly", "forget": True}],
    }
    made.run(refresh="full", drop_data=True)
    made.configuration["datasets"] = [
        {"name": "raw", "type": "PostgreSQL", "connection": "warehouse", "params": {"table": "raw"}},
        CONFIGURATION["datasets"][1],
    ]
    made.run()
    made.rollback()
    made.configuration["managed_folders"] = [{"name": "papers"}, {"name": "found"}]
    made.configuration["moved"] = {"managed_folder.SHAPES.reports": "managed_folder.SHAPES.papers"}
    made.run()
    return made


def schema_of(name: str) -> dict[str, t.Any]:
    schema: dict[str, t.Any] = json.loads((ROOT / "docs" / "schemas" / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def test_plans_fit_and_use_the_whole_schema(runs: Runs) -> None:
    schema = schema_of("plan")
    for plan in runs.plans:
        jsonschema.validate(json.loads(json.dumps(plan)), schema)
    assert set().union(*runs.plans) == set(schema["properties"])
    assert all(plan.keys() <= schema["properties"].keys() for plan in runs.plans)
    causes = {action["cause"] for plan in runs.plans for action in plan["actions"]}
    actions = {action["action"] for plan in runs.plans for action in plan["actions"]}
    assert causes >= {"config", "drift"} and actions == {"create", "update", "replace", "rename", "delete"}


def test_states_and_journals_fit(runs: Runs) -> None:
    place = runs.folder / "state"
    seen: dict[str, list[dict[str, t.Any]]] = {"state": [], "journal": []}
    for path in place.rglob("*.json"):
        what = next((name for name in seen if path.name.endswith(f"{name}.json")), None)
        if what:
            seen[what].append(json.loads(path.read_text()))
            jsonschema.validate(seen[what][-1], schema_of(what))
    assert len(seen["state"]) >= 5 and len(seen["journal"]) >= 4
    assert any(state["reading"] for state in seen["state"])
    assert any(entry["before"] for journal in seen["journal"] for entry in journal["entries"])
    assert any("$fingerprint" in json.dumps(state) for state in seen["state"])
    assert any(entry["modes"] for state in seen["state"] for entry in state["resources"].values())
    assert "planted-pw" not in json.dumps(seen)


@pytest.mark.parametrize("name", ["plan", "state", "journal", "saved_plan", "promotion"])
def test_schemas_refuse_what_they_do_not_name(name: str) -> None:
    def check(rule: t.Any) -> None:
        if isinstance(rule, dict):
            if "properties" in rule and rule.get("type") == "object":
                assert rule["additionalProperties"] is False
            for inner in rule.values():
                check(inner)
        elif isinstance(rule, list):
            for inner in rule:
                check(inner)

    check(schema_of(name))
