# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
import time
import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.checks import check, entries_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.files import Document
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.flow import cycles
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse
from hypothesis import given
from hypothesis import strategies as st

Kinds = dict[str, t.Any]
SOURCES = "datasets: [{name: A, type: managed}, {name: B, type: managed}, {name: C, type: managed}]\nmanaged_folders: [{name: F}]\n"


def findings(kinds: Kinds, text: str, naming: str = "dss", severity: str = "error") -> list[str]:
    entries = entries_of([Document(parse(text.encode(), "f.yml"))], kinds)
    problems = check(entries, kinds, naming, "KEY")
    return [f"{problem.path}: {problem.message}" for problem in problems if problem.severity == severity]


def recipe(inputs: str, outputs: str = "[B]", name: str = "r") -> str:
    return f"  - {{name: {name}, type: python, code: x, inputs: {inputs}, outputs: {outputs}}}\n"


def test_names_that_are_declared_twice(kinds: Kinds) -> None:
    text = "datasets:\n  - {name: A, type: managed}\n  - {name: B, type: managed}\n  - {type: managed, name: A}\n"
    (problem,) = check(entries_of([Document(parse(text.encode(), "f.yml"))], kinds), kinds, "dss", "KEY")
    assert str(problem) == "f.yml:4:21 datasets[2].name: Dataset 'A' is declared twice, first at f.yml:2:5"
    assert findings(kinds, "connections: [{name: c, type: x}, {name: c, type: x}]") != []
    assert findings(kinds, "datasets: [{name: a, type: managed}]\nmanaged_folders: [{name: a}]") == []


@pytest.mark.parametrize(
    ("text", "strict", "dss"),
    [
        ("project: {key: lower}", "project.key: Project key 'lower' must be UPPERCASE_WITH_UNDERSCORES", None),
        ("project: {key: 1A}", "project.key: Project key '1A' must be UPPERCASE_WITH_UNDERSCORES", None),
        (
            "project: {key: 'A-B'}",
            "project.key: Project key 'A-B' must be UPPERCASE",
            "project.key: Project key 'A-B' may hold only",
        ),
        ("project: {key: ''}", "project.key: Project key is required", "project.key: Project key is required"),
        (
            "datasets: [{name: rows, type: x}]",
            "datasets[0].name: Dataset name 'rows' must be UPPERCASE_WITH_UNDERSCORES",
            None,
        ),
        (
            "datasets: [{name: A.B, type: x}]",
            "datasets[0].name: Dataset name 'A.B' must be UPPER",
            "name 'A.B' must not hold dots or slashes",
        ),
        ("datasets: [{name: a/b, type: x}]", "datasets[0].name: Dataset name 'a/b'", "must not hold dots or slashes"),
        ("datasets: [{name: ' ', type: x}]", "datasets[0].name: Dataset name is required", "Dataset name is required"),
        (
            "recipes: [{name: Make, outputs: [X]}]",
            "recipes[0].name: Recipe name 'Make' must be lowercase_with_underscores",
            None,
        ),
        (
            "recipes: [{name: a/b, outputs: [X]}]",
            "recipes[0].name: Recipe name 'a/b' must be lowercase",
            "must not hold dots",
        ),
        (f"datasets: [{{name: {'A' * 101}, type: x}}]", "is longer than 100 characters", None),
    ],
)
def test_names(kinds: Kinds, text: str, strict: str, dss: str | None) -> None:
    (found,) = findings(kinds, text, "strict")
    assert strict in found
    lenient = findings(kinds, text, "dss")
    assert len(lenient) == (dss is not None)
    assert all(dss in message for message in lenient if dss)


def test_references(kinds: Kinds) -> None:
    inputs = "[A, F, NOPE, OTHER.X, {object: m1}, {dataset: GONE, external: true}, {folder: A}, {dataset: F}, {folder: G}, {dataset: AA}]"
    assert findings(kinds, SOURCES + "recipes:\n" + recipe(inputs, "[B, NONE]")) == [
        "recipes[0].inputs[2]: Recipe input 'NOPE' references non-existent dataset; declare it, or write {dataset: NOPE, external: true}",
        "recipes[0].inputs[6].folder: Recipe input 'A' references non-existent managed folder; there is a dataset of that name",
        "recipes[0].inputs[7].dataset: Recipe input 'F' references non-existent dataset; there is a managed folder of that name",
        "recipes[0].inputs[8].folder: Recipe input 'G' references non-existent managed folder; declare it, or write {folder: G, external: true}",
        "recipes[0].inputs[9].dataset: Recipe input 'AA' references non-existent dataset; did you mean 'A'? declare it, or write {dataset: AA, external: true}",
        "recipes[0].outputs[1]: Recipe output 'NONE' references non-existent dataset; declare it, or write {dataset: NONE, external: true}",
    ]


def test_references_are_looked_up_only_where_their_section_is_there(kinds: Kinds) -> None:
    alone = "recipes:\n" + recipe("[NOPE]", "[B]")
    assert findings(kinds, alone) == []
    assert len(findings(kinds, alone + "datasets: []")) == 2
    assert len(findings(kinds, alone + "managed_folders:")) == 2


def test_outputs(kinds: Kinds) -> None:
    two = "recipes:\n" + recipe("[A]", "[B]", "r1") + recipe("[A]", "[{dataset: B}]", "r2")
    assert findings(kinds, SOURCES + two) == [
        "recipes[1].outputs[0].dataset: 'B' is written by two recipes, 'r1' (f.yml:4:5) and 'r2'; keep one of them"
    ]
    for outputs in ("[]", "~"):
        assert findings(kinds, SOURCES + "recipes:\n" + recipe("[A]", outputs)) == [
            "recipes[0].outputs: Recipe must have at least one output"
        ]
    assert "Recipe must have at least one output" in findings(kinds, "recipes: [{name: r, type: x}]")[0]


def test_cycles_are_told_with_the_whole_path(kinds: Kinds) -> None:
    text = SOURCES + "recipes:\n" + recipe("[B]", "[A]", "r1") + recipe("[A]", "[B]", "r2") + recipe("[A]", "[C]", "r3")
    assert findings(kinds, text) == ["recipes[0]: Circular dependency detected: A -> B -> A"]
    itself = SOURCES + "recipes:\n" + recipe("[A, B]", "[C, A]")
    assert findings(kinds, itself) == ["recipes[0]: Circular dependency detected: A -> A"]
    separate = (
        SOURCES + "recipes:\n" + recipe("[A]", "[A]", "r1") + recipe("[B]", "[C]", "r2") + recipe("[C]", "[B]", "r3")
    )
    assert len(findings(kinds, separate)) == 2


def test_a_chain_of_100000_needs_neither_depth_nor_time() -> None:
    size = 100_000
    graph: dict[t.Any, list[t.Any]] = {}
    for index in range(size):
        graph[index] = [f"D{index}"]
        graph[f"D{index + 1}"] = [index]
    start = time.perf_counter()
    assert list(cycles(graph, {})) == []
    graph["D0"] = [size]
    graph[size] = [f"D{size}"]
    (cycle,) = cycles(graph, {"D5": 0})
    assert time.perf_counter() - start < 10
    assert cycle[0] == cycle[-1] == "D5"
    assert len(cycle) == 2 * (size + 1) + 1


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=15))
def test_cycles_are_found_when_there_are_any_and_only_then(edges: list[tuple[int, int]]) -> None:
    graph: dict[t.Any, list[t.Any]] = {}
    for index, (source, target) in enumerate(edges):
        graph.setdefault(f"n{source}", []).append(index)
        graph[index] = [f"n{target}"]
    found = list(cycles(graph, {}))
    for cycle in found:
        assert cycle[0] == cycle[-1]
        assert all(after in graph[before] for before, after in itertools.pairwise(cycle))
    reach = {source: {target for start, target in edges if start == source} for source in range(7)}
    for _round in range(7):
        for source in reach:
            reach[source] |= {far for target in reach[source] for far in reach[target]}
    assert bool(found) == any(source in reach[source] for source in reach)


def test_depends_on(kinds: Kinds) -> None:
    names = "[dataset.KEY.A, A, F, project.KEY, connection.c, dataset.OTHER.X, dataset.KEY.AA, nothing, connection.d]"
    text = f"project: {{key: KEY}}\nconnections: [{{name: c, type: x}}]\n{SOURCES}scenarios: [{{name: s, depends_on: {names}}}]"
    assert findings(kinds, text) == [
        "scenarios[0].depends_on[6]: 'dataset.KEY.AA' names nothing in this configuration; did you mean 'dataset.KEY.A'?",
        "scenarios[0].depends_on[7]: 'nothing' names nothing in this configuration",
        "scenarios[0].depends_on[8]: 'connection.d' names nothing in this configuration; did you mean 'connection.c'?",
    ]


def test_sql_datasets_and_code(kinds: Kinds) -> None:
    assert findings(kinds, "datasets: [{name: A, type: sql}]") == [
        "datasets[0]: SQL dataset 'A' must have either 'table' or 'query' in params"
    ]
    assert (
        findings(kinds, "datasets: [{name: A, type: sql, managed: true}, {name: B, type: sql, params: {query: x}}]")
        == []
    )
    assert findings(kinds, "recipes: [{name: r, type: join, code: x, outputs: [A]}]") == [
        "recipes[0].code: Visual recipe 'r' (type=join) should use 'params', not code"
    ]
    text = "recipes: [{name: r, type: python, outputs: [A]}]"
    assert findings(kinds, text) == []
    assert findings(kinds, text, severity="warning") == ["recipes[0]: Recipe 'r' has no code"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("triggers: [{type: manual}, {type: temporal, frequency: daily}, {type: temporal, params: {}}]", ""),
        ("triggers: [{type: temporal, hour: 2}]", "triggers[0]: Temporal trigger must have 'frequency'"),
        ("triggers: [{type: dataset}]", "triggers[0]: Dataset trigger must have 'dataset'"),
        ("triggers: [{type: sql, sql: x}]", "triggers[0]: SQL trigger must have 'connection' and 'sql'"),
        (
            "steps: [{type: build_flowitem, items: [A]}, {type: build_dataset, dataset: A}, {type: custom, params: {}}]",
            "",
        ),
        ("steps: [{type: build_flowitem, items: []}]", "steps[0]: Build step must have 'items'"),
        ("steps: [{type: execute_sql, code: x}]", "steps[0]: SQL step must have 'connection' and 'code'"),
        ("steps: [{type: run_scenario}]", "steps[0]: Run scenario step must have 'scenario'"),
        ("steps: [{type: python}]", "steps[0]: Python step must have 'code' or 'code_file'"),
        ("steps: [{type: conditional, on_failure: [{type: shell}]}]", "steps[0].on_failure[0]: Shell step must have"),
        ("steps: [3], triggers: x", ""),
    ],
)
def test_triggers_and_steps(kinds: Kinds, part: str, expected: str) -> None:
    found = findings(kinds, f"scenarios: [{{name: s, {part}}}]")
    assert len(found) == bool(expected)
    if expected:
        assert found[0].startswith(f"scenarios[0].{expected}")


def test_malformed_resources_are_left_to_the_schema(kinds: Kinds) -> None:
    text = (
        "project: [x]\ndatasets: [3, {name: [x]}, {}, {name: 4, type: 5, params: 6}]\n"
        "recipes: [{inputs: 3, outputs: {a: b}, type: [x], depends_on: 3}, {outputs: [3, {x: 1}], inputs: [{dataset: 1}], depends_on: [[1]]}]\n"
    )
    assert findings(kinds, text) == []
