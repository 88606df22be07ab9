# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What it costs to make objects: the table of docs/creation-calls.md is what the sandbox counts, kind by kind."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._run import RunError
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


def tables(count: int) -> Section:
    """A dataset to read, and so many to write; what declares its schema gets none from a recipe."""
    return {
        "datasets": [
            {"name": name, "type": "managed", "path": f"/{name}", "schema": COLUMNS}
            for name in ("source", *(f"out{number}" for number in range(count)))
        ]
    }


CASES: dict[str, Callable[[int], Section]] = {
    "dataset with its place": of(
        "datasets",
        name="d{}",
        type="Filesystem",
        connection="filesystem_managed",
        path="/d{}",
        tags=["a"],
        schema=COLUMNS,
    ),
    "dataset with partitioning": of(
        "datasets",
        name="d{}",
        type="Filesystem",
        connection="filesystem_managed",
        path="/d{}",
        partitioning={"dimensions": [{"name": "day", "type": "value"}], "filePathPattern": "/%{day}/.*"},
    ),
    "managed dataset": of("datasets", name="d{}", type="managed", connection="filesystem_managed", format_type="csv"),
    "managed dataset with more": of("datasets", name="d{}", type="managed", tags=["a"], schema=COLUMNS),
    "recipe with code": of("recipes", name="r{}", type="python", outputs=["out{}"], code=CODE, tags=["a"]),
    "visual recipe": of("recipes", name="r{}", type="sync", inputs=["source"], outputs=["out{}"]),
    "scoring recipe": of("recipes", name="r{}", type="prediction_scoring", inputs=["source"], outputs=["out{}"]),
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
    "notebook": of("notebooks", name="n{}", content={"cells": []}, tags=["a"]),
    "SQL notebook": of(
        "notebooks", name="n{}", type="sql", connection="filesystem_managed", cells=[{"name": "a", "code": "SELECT 1"}]
    ),
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


def calls_of(sandbox: SandboxProcess, definition: dict[str, t.Any]) -> Counter[str]:
    """The calls of an apply of what is not there yet, without those of its plan, of Git and of the audit log."""
    around = {"project": {"key": "CALLS", "name": "Calls", "owner": "admin"}}
    recipes = bool({"recipes", "zones", "scenarios"} & definition.keys())
    around |= tables(MANY) if recipes else {}
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


def rows() -> dict[str, tuple[str, str, str]]:
    """The table of the page: by what is made, how many calls, for each, and once."""
    found = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \| ?([^|]*) ?\| [^|]+ \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name: rest for name, *rest in found if name not in ("what is made", "---")}  # type: ignore[misc]


def told(cell: str) -> Counter[str]:
    """The calls of a cell, in the words of the sandbox."""
    calls: Counter[str] = Counter()
    for count, method, path in re.findall(r"(?:(\d+) times )?`([A-Z]+) ([^`]+)`", cell):
        calls[f"{method} {re.sub('^P/', '/projects/{projectKey}/', path)}"] += int(count or 1)
    return calls


def formula(each: Counter[str], once: Counter[str]) -> str:
    """``a + bn``."""
    fixed, slope = once.total(), each.total()
    growing = f"{slope if slope > 1 else ''}n"
    return f"{fixed} + {growing}" if fixed else growing


@pytest.mark.parametrize("name", CASES)
def test_the_calls_that_make_an_object_are_those_of_the_page(sandbox: SandboxProcess, name: str) -> None:
    each, once = counted(sandbox, CASES[name])
    assert rows()[name] == [formula(each, once), *rows()[name][1:]]
    assert (told(rows()[name][1]), told(rows()[name][2])) == (each, once)


def test_the_page_has_a_row_for_each_case_and_no_other() -> None:
    assert list(rows()) == list(CASES)


@pytest.mark.parametrize("name", ["managed dataset with more", "managed folder with more", "zone with items"])
def test_one_that_waits_alone_is_read_alone(sandbox: SandboxProcess, name: str) -> None:
    calls = calls_of(sandbox, CASES[name](1))
    once = told(rows()[name][2])
    (listing,) = once
    read = sum(count for call, count in calls.items() if re.fullmatch(re.escape(listing) + r"/\{\w+\}", call))
    assert read >= 1
    assert read + calls[listing] == once[listing] + told(rows()[name][1])[listing]


def test_a_project_costs_its_creation_and_the_reads_that_verify_it(sandbox: SandboxProcess) -> None:
    declared = {"key": "CALLS", "name": "Calls", "owner": "admin", "description": "All of it"}
    parts = {f"GET /projects/{{projectKey}}/{part}": 1 for part in ("metadata", "settings", "permissions")}
    assert of_project(sandbox, declared) == {"POST /projects": 1, **parts}
    more = {**declared, "tags": ["a"]}
    twice = dict.fromkeys(parts, 2)
    assert of_project(sandbox, more) == {"POST /projects": 1, **twice, "PUT /projects/{projectKey}/metadata": 1}


def of_project(sandbox: SandboxProcess, declared: dict[str, t.Any]) -> dict[str, int]:
    sandbox.control.reset()
    sandbox.control.forget_calls()
    run_module(sandbox.environ, definition={"project": declared}, settle_timeout=0.0)
    counts = Counter(sandbox.control.calls()["counts"])
    counts["GET /projects/{projectKey}/metadata"] -= 1  # the plan has asked whether the project is there
    return {call: count for call, count in counts.items() if not re.search("/git/|/audit/", call)}


# What a creation was to carry and did not -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "case", "each", "once"),
    [
        ("group", "group with abilities", "`POST G`, `GET G/{name}`, `PUT G/{name}`", "2 times `GET G`"),
        ("scenario", "scenario", "`POST S`, 3 times `GET S/{scenarioId}`, `PUT S/{scenarioId}`", ""),
    ],
)
def test_what_a_creation_does_not_carry_is_written_once_more(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, kind: str, case: str, each: str, once: str
) -> None:
    """The kind says that the body of the creation carries everything, and the node drops a part of it."""
    monkeypatch.setattr(type(KINDS[kind]), "made_with", None)
    places = {"G": "/admin/groups", "S": "/projects/{projectKey}/scenarios"}
    cells = [re.sub(r"\b[GS]\b", lambda found: places[found[0]], cell) for cell in (each, once)]
    assert counted(sandbox, CASES[case]) == (told(cells[0]), told(cells[1]))


def test_what_is_not_kept_when_it_is_written_once_more_is_dropped(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(KINDS["scenario"]), "made_with", None)
    sandbox.control.fault("PUT", "/projects/CALLS/scenarios/s1", lost=True)
    definition = {"project": {"key": "CALLS"}, **CASES["scenario"](3), **tables(1)}
    with pytest.raises(RunError) as caught:
        run_module(sandbox.environ, definition=definition)
    assert "scenario.CALLS.s1: dropped: the node answered 200 but does not hold steps" in str(caught.value)
    assert [entry["address"] for entry in caught.value.result["outcome"]["failed"]] == ["scenario.CALLS.s1"]


def test_what_was_read_before_it_was_written_once_more_is_not_recorded_as_seen(
    sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A colleague's change between the two looks would go unseen otherwise: the next plan reads all but what was read last."""
    monkeypatch.setattr(type(KINDS["scenario"]), "made_with", None)
    project = {"key": "CALLS", "name": "Calls", "owner": "admin", "settings": {"gitCommitMode": "AUTO"}}
    definition = {"project": project, **CASES["recipe with code"](2), **CASES["scenario"](2), **tables(2)}
    run_module(sandbox.environ, base=tmp_path, definition=definition)
    sandbox.control.forget_calls()
    assert not run_module(sandbox.environ, base=tmp_path, check=True, definition=definition)["changed"]
    counts = sandbox.control.calls()["counts"]
    assert counts["GET /projects/{projectKey}/recipes/{name}"] == 2
    assert "GET /projects/{projectKey}/scenarios/{scenarioId}" not in counts
