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
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.policies import Settings

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


def settings_of(write: Write, text: str, strict: bool = True) -> tuple[Settings, list[str]]:
    folder = write({"environments/dev.yml": f"settings: {text}"})
    found, problems = read_environment(Tree(folder, folder), "dev", strict)
    return found.settings, [f"{problem.severity} {problem}" for problem in problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Settings()),
        ("{}", Settings()),
        ("{drift_policy: alert_only}", Settings(drift_policy="alert_only")),
        ("{drift_policy: auto_correct, require_approval: true}", Settings("auto_correct", require_approval=True)),
        ("{drift_policy: ~, require_approval: false, audit_log: ~}", Settings()),
        ("{audit_log: {}}", Settings(audit_log=True)),
        ("{audit_log: {enabled: true, destination: DSS}}", Settings(audit_log=True)),
        ("{audit_log: {destination: dss}}", Settings(audit_log=True)),
        ("{audit_log: {enabled: false}}", Settings(audit_log=False)),
    ],
)
def test_settings_act(write: Write, text: str, expected: Settings) -> None:
    assert settings_of(write, text) == (expected, [])


def test_tests_are_not_run_and_that_is_said(write: Write) -> None:
    found, problems = settings_of(write, "{require_tests: true, require_approval: true}")
    assert found == Settings(require_approval=True)
    assert problems == [
        "warning environments/dev.yml:1:12 settings.require_tests: not applied, because only a promotion runs tests"
    ]


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("[]", "settings", "must be a mapping, not a list"),
        ("{drift_policy: auto}", "settings.drift_policy", "must be one of alert_only, auto_correct, not 'auto'"),
        ("{require_approval: 'yes'}", "settings.require_approval", "must be true or false, not text"),
        ("{require_tests: 1}", "settings.require_tests", "must be true or false, not a number"),
        ("{audit_log: true}", "settings.audit_log", "must be a mapping, not true or false"),
        ("{audit_log: {enabled: 1}}", "settings.audit_log.enabled", "must be true or false, not a number"),
        ("{audit_log: {destination: 1}}", "settings.audit_log.destination", "must be text, not a number"),
        ("{audit: {}}", "settings.audit", "unknown key 'audit'; did you mean 'audit_log'?"),
    ],
)
def test_wrong_settings_are_refused(write: Write, text: str, path: str, message: str) -> None:
    found, problems = settings_of(write, text)
    assert found == Settings()
    assert any(problem.startswith("error ") and f" {path}: {message}" in problem for problem in problems)


def test_an_audit_log_elsewhere_is_not_applied(write: Write) -> None:
    text = "{audit_log: {enabled: true, destination: 's3://bucket/'}}"
    found, problems = settings_of(write, text)
    assert found == Settings(audit_log=True)
    assert problems == [
        "warning environments/dev.yml:1:39 settings.audit_log.destination: not applied, because an entry is written to the "
        "audit log of DSS and nowhere else: ship it from there"
    ]


def test_the_file_of_an_environment(write: Write) -> None:
    folder = write({
        "environments/dev.yml": "environment: {name: dev, dataiku_host: 'https://x'}\n",
        "environments/bad.yml": "environment: {dataiku_host: 5}\nvariable: {}\noverrides: []\n",
    })  # fmt: skip
    found, problems = read_environment(Tree(folder, folder), "dev")
    assert (found.host, problems) == ("https://x", [])
    found, problems = read_environment(Tree(folder, folder), "bad")
    assert found.host is None
    assert sorted((problem.severity, problem.path) for problem in problems) == [
        ("error", "environment.dataiku_host"),
        ("error", "overrides"),
        ("error", "variable"),
    ]


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
