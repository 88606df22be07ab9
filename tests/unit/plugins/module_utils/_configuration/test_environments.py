# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.dialects import canonical_keys
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import location_of, plain
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.environments import (
    Environment,
    available,
    override,
    read_environment,
    shared_variables,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.files import Document, Tree, read
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse

Write = Callable[..., Path]
Kinds = dict[str, t.Any]


def environment(text: str) -> Environment:
    content = parse(text.encode(), "environments/dev.yml")
    return Environment("dev", content, content.get("variables", {}), content.get("overrides", {}))


def overridden(kinds: Kinds, base: str, changes: str) -> tuple[Document, list[str]]:
    document = Document(parse(base.encode(), "project.yml"))
    (result,), problems = override([document], environment(changes), kinds, canonical_keys)
    return result, [str(problem) for problem in problems]


def test_the_environments_of_a_configuration(write: Write) -> None:
    folder = write({
        "projects/p.yml": "project: {key: A}",
        "environments/dev.yml": "variables: {A: root, B: 1}",
        "environments/prod.yaml": "",
        "environments/README.md": "",
        "projects/environments/dev.yml": "variables: {A: near}",
    })  # fmt: skip
    reading = read(folder / "projects" / "p.yml", ())
    assert reading.tree is not None
    assert sorted(available(reading.tree)) == ["dev", "prod"]
    found, problems = read_environment(reading.tree, "dev")
    assert problems == []
    assert plain(found.variables) == {"A": "near"}
    _found, problems = read_environment(reading.tree, "prd")
    assert [str(problem) for problem in problems] == ["there is no environment 'prd'; there are dev, prod"]


@pytest.mark.parametrize("name", ["../dev", "/etc/passwd", "", "dev.yml"])
def test_a_name_is_no_path(write: Write, name: str) -> None:
    folder = write({"conf/environments/dev.yml": "", "dev.yml": ""})
    _found, problems = read_environment(Tree(folder / "conf", folder / "conf"), name)
    assert "there is no environment" in problems[0].message


def test_without_a_folder_the_message_says_so(tmp_path: Path) -> None:
    _found, problems = read_environment(Tree(tmp_path, tmp_path), "dev")
    assert "has no environments folder with files" in problems[0].message
    _found, problems = read_environment(None, "dev")
    assert "needs a configuration that is a file" in problems[0].message


def test_settings_are_accepted_and_said_not_to_act(write: Write) -> None:
    folder = write({
        "environments/dev.yml": (
            "environment: {name: dev, dataiku_host: 'https://x'}\n"
            "settings: {require_tests: true, drift_policy: alert_only, audit: {}}\n"
            "variable: {}\n"
            "overrides: []\n"
        )
    })  # fmt: skip
    _found, problems = read_environment(Tree(folder, folder), "dev")
    assert sorted((problem.severity, problem.path) for problem in problems) == [
        ("error", "overrides"),
        ("error", "settings.audit"),
        ("error", "variable"),
        ("warning", "settings.drift_policy"),
        ("warning", "settings.require_tests"),
    ]
    assert "did you mean 'audit_log'" in next(p.message for p in problems if p.path == "settings.audit")


def test_shared_variables(write: Write) -> None:
    folder = write({"a/.dataiku/variables.yml": "X: 1", "b/.dataiku/variables.yml": "variables: {X: 2}", "c/x": ""})
    assert plain(shared_variables(Tree(folder / "a", folder / "a"))[0]) == {"X": 1}
    assert plain(shared_variables(Tree(folder / "b", folder / "b"))[0]) == {"X": 2}
    assert shared_variables(Tree(folder / "c", folder / "c")) == ({}, [])
    assert shared_variables(None) == ({}, [])
    write({"a/.dataiku/variables.yml": "["})
    assert len(shared_variables(Tree(folder / "a", folder / "a"))[1]) == 1


def test_overrides_merge_mappings_and_replace_everything_else(kinds: Kinds) -> None:
    base = (
        "project: {key: A, name: a}\n"
        "datasets:\n"
        "  - {name: X, format_type: csv, params: {a: 1, deep: {b: 1, c: 2}}, tags: [x, y]}\n"
        "  - {name: Y}\n"
    )
    changes = (
        "overrides:\n"
        "  project: {name: b}\n"
        "  datasets:\n"
        "    '*': {connection: everywhere, tags: [z]}\n"
        "    X: {format: parquet, params: {deep: {c: 3}, e: ~}, tags: []}\n"
    )
    result, problems = overridden(kinds, base, changes)
    assert problems == []
    assert plain(result.content) == {
        "project": {"key": "A", "name": "b"},
        "datasets": [
            {
                "name": "X",
                "format_type": "parquet",
                "params": {"a": 1, "deep": {"b": 1, "c": 3}, "e": None},
                "tags": [],
                "connection": "everywhere",
            },
            {"name": "Y", "connection": "everywhere", "tags": ["z"]},
        ],
    }
    assert str(location_of(result.content, ("datasets", 0, "params", "deep", "c"))) == "environments/dev.yml:5:42"
    assert str(location_of(result.content, ("datasets", 0, "params", "a"))) == "project.yml:3:42"
    assert str(location_of(result.content, ("datasets", 1, "connection"))) == "environments/dev.yml:4:11"


def test_overrides_that_fit_nothing(kinds: Kinds) -> None:
    changes = "overrides:\n  dataset: {}\n  datasets: {RAW_ROW: {type: x}, B: 3}\n  recipes: 3\n  scenarios:\n"
    _result, problems = overridden(kinds, "datasets: [{name: RAW_ROWS}]", changes)
    assert problems == [
        "environments/dev.yml:2:3 overrides.dataset: there is no section 'dataset'; did you mean 'datasets'?",
        "environments/dev.yml:3:34 overrides.datasets.B: must be a mapping",
        "environments/dev.yml:3:14 overrides.datasets.RAW_ROW: datasets has no 'RAW_ROW' to override; did you mean 'RAW_ROWS'?",
        "environments/dev.yml:4:3 overrides.recipes: must be a mapping",
    ]
