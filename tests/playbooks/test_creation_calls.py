# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it costs to make objects: the table of docs/creation-calls.md is what the sandbox counts, kind by kind."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Callable

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from support.engine import run_module
from support.sandbox import ROOT, SandboxProcess

PAGE = ROOT / "docs" / "creation-calls.md"
FEW, MANY = 3, 7  # of each; what grows with the number of objects is told from what does not
Section = dict[str, list[dict[str, t.Any]]]
CODE = "import dataiku\n"
COLUMNS = [{"name": "id", "type": "bigint"}]


def of(section: str, **fields: t.Any) -> Callable[[int], Section]:
    """So many objects; ``{}`` in a text is the number."""
    return lambda count: {section: [_numbered(fields, number) for number in range(count)]}


def _numbered(value: t.Any, number: int) -> t.Any:
    if isinstance(value, dict):
        return {key: _numbered(inner, number) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbered(inner, number) for inner in value]
    return value.replace("{}", str(number)) if isinstance(value, str) else value


TABLE = of("datasets", name="out{}", type="managed", path="/out{}", schema=COLUMNS)
CASES: dict[str, Callable[[int], Section]] = {
    "dataset with its place": of(
        "datasets", name="d{}", type="Filesystem", connection="c", path="/d{}", tags=["a"], schema=COLUMNS
    ),
    "dataset with partitioning": of(
        "datasets", name="d{}", type="Filesystem", connection="c", path="/d{}", partitioning={"dimensions": []}
    ),
    "managed dataset": of("datasets", name="d{}", type="managed", connection="filesystem_managed", format_type="csv"),
    "managed dataset with more": of("datasets", name="d{}", type="managed", tags=["a"], schema=COLUMNS),
    "recipe with code": of("recipes", name="r{}", type="python", outputs=["out{}"], code=CODE, tags=["a"]),
    "visual recipe": of("recipes", name="r{}", type="sync", inputs=["out0"], outputs=["out{}"]),
    "scoring recipe": of("recipes", name="r{}", type="prediction_scoring", inputs=["out0"], outputs=["out{}"]),
    "scenario": of("scenarios", name="s{}", steps=[{"type": "build", "dataset": "out0"}]),
    "scenario of a name alone": of("scenarios", name="s{}", steps=[]),
    "python scenario": of("scenarios", name="s{}", type="custom_python", script=CODE),
    "managed folder": of("managed_folders", name="f{}", connection="filesystem_folders"),
    "managed folder with more": of("managed_folders", name="f{}", description="Files"),
    "zone": of("zones", name="z{}", color="#112233"),
    "zone with items": of("zones", name="z{}", items=[{"dataset": "out{}"}]),
    "wiki article": of("wiki_articles", name="a{}", content="# A\n"),
    "dashboard": of("dashboards", name="b{}", pages=[{"id": "a", "title": "A"}]),
    "insight": of("insights", name="i{}", type="chart", description="x"),
    "notebook": of("notebooks", name="n{}", cells=[{"type": "code", "source": "1\n"}]),
    "SQL notebook": of("notebooks", name="n{}", type="sql", connection="pg", cells=[{"name": "a", "code": "SELECT 1"}]),
    "saved model": of("saved_models", name="m{}", type="MLFLOW_PYFUNC", prediction_type="REGRESSION"),
    "saved model with more": of("saved_models", name="m{}", type="LLM_GENERIC", description="x"),
    "evaluation store": of("model_evaluation_stores", name="e{}"),
    "evaluation store with more": of("model_evaluation_stores", name="e{}", description="x"),
    "knowledge bank": of("knowledge_banks", name="k{}", vector_store="CHROMA", embedding_llm="openai:x:embed"),
    "web app": of("webapps", name="w{}", type="DASH", python=CODE),
    "API service": of("api_services", id="s{}", name="Service {}"),
    "connection": of("connections", name="c{}", type="Filesystem", params={"root": "/"}),
    "connection with more": of("connections", name="c{}", type="Filesystem", params={"root": "/"}, max_activities=3),
    "group": of("groups", name="g{}", description="x"),
    "group with abilities": of("groups", name="g{}", may_create_projects=True),
    "user": of("users", login="u{}", display_name="U {}", password="secret-{}"),
    "user with more": of("users", login="u{}", display_name="U {}", password="secret-{}", email="u{}@example.com"),
    "code environment": of("code_envs", name="e{}", language="PYTHON", packages=["numpy"]),
    "project folder": of("project_folders", name="F{}"),
}
ALONE: dict[str, Callable[[int], Section]] = {
    name: CASES[name] for name in ("managed dataset with more", "managed folder with more", "zone with items")
}


def calls_of(sandbox: SandboxProcess, definition: dict[str, t.Any]) -> Counter[str]:
    """The calls of an apply of what is not there yet, without those of its plan, of Git and of the audit log."""
    around = {"project": {"key": "CALLS", "name": "Calls", "owner": "admin"}}
    recipes = bool({"recipes", "zones", "scenarios"} & definition.keys())
    around |= TABLE(MANY) if recipes else {}
    sandbox.control.reset()
    run_module(sandbox.environ, definition=around, workers=1)
    whole = {**around, **definition}
    options: dict[str, t.Any] = {"workers": 1, "definition": whole}
    sandbox.control.forget_calls()
    run_module(sandbox.environ, check=True, **options)
    planned = Counter(sandbox.control.calls()["counts"])
    sandbox.control.forget_calls()
    assert run_module(sandbox.environ, **options)["outcome"]["failed"] == []
    calls = Counter(sandbox.control.calls()["counts"])
    calls.subtract(planned)
    assert not run_module(sandbox.environ, check=True, **options)["changed"]
    return Counter({call: count for call, count in calls.items() if count and not re.search("/git/|/audit/", call)})


def counted(sandbox: SandboxProcess, make: Callable[[int], Section]) -> tuple[Counter[str], Counter[str]]:
    """The calls for each object, and those that are made once however many there are."""
    few, many = calls_of(sandbox, make(FEW)), calls_of(sandbox, make(MANY))
    each = Counter({call: (many[call] - few[call]) // (MANY - FEW) for call in many})
    once = Counter({call: many[call] - MANY * each[call] for call in many})
    assert all(few[call] == once[call] + FEW * each[call] for call in few | many), (few, many)
    return +each, +once


@pytest.mark.parametrize("name", CASES)
def test_the_calls_that_make_an_object_are_those_of_the_page(sandbox: SandboxProcess, name: str) -> None:
    each, once = counted(sandbox, CASES[name])
    print("ROW", name, "|", dict(each), "|", dict(once))
