# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an inventory gives of an environment, laid over the file of it."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import plain
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.environment_schema import (
    environment_schema,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.environments import read_environment
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.files import Tree
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._remapping import Remapping

Write = Callable[..., Path]
FILE = """
environment: {name: dev, dataiku_host: "https://dev"}
variables: {A: 1, B: {x: 1, y: 2}}
settings: {drift_policy: alert_only}
remapping:
  connections:
    - {source: a, target: x}
    - {source: b, target: y}
"""


def read(write: Write, content: dict[str, t.Any] | None, text: str = FILE, strict: bool = True) -> t.Any:
    folder = write({"environments/dev.yml": text})
    found, problems = read_environment(Tree(folder, folder), "dev", strict, content)
    return found, [f"{problem.severity} {problem}" for problem in problems]


def test_the_content_is_laid_over_the_file(write: Write) -> None:
    found, problems = read(
        write,
        {
            "variables": {"B": {"y": 3}},
            "settings": {"require_approval": True},
            "remapping": {"connections": {"a": "z"}, "code_envs": {"py": "py2"}},
            "overrides": None,
        },
    )
    assert problems == []
    assert plain(found.variables) == {"A": 1, "B": {"x": 1, "y": 3}}
    assert (found.settings.drift_policy, found.settings.require_approval) == ("alert_only", True)
    assert found.host == "https://dev"
    assert found.remapping.to_value() == {"connections": {"a": "z", "b": "y"}, "code_envs": {"py": "py2"}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"variable": {}}, "error environment_content variable: unknown key 'variable'; did you mean 'variables'?"),
        ({"environment": {"name": "x"}}, "error environment_content environment: unknown key 'environment'"),
        ({"variables": []}, "error environment_content variables: must be a mapping"),
        ({"settings": {"drift_policy": "x"}}, "error environment_content settings.drift_policy: "),
        (
            {"remapping": {"connections": {"a": ""}}},
            "error environment_content remapping.connections.a: needs a name on both sides",
        ),
    ],
)
def test_a_mistake_in_the_content_is_named_as_the_content(
    write: Write, content: dict[str, t.Any], message: str
) -> None:
    for text in (FILE, "variables: {}"):
        found = read(write, content, text)[1]
        assert len(found) == 1 and found[0].startswith(message), found


def test_a_mistake_in_the_remapping_of_the_file_has_its_position(write: Write) -> None:
    assert read(write, None, "remapping:\n  connections: {a: b}\n  code_envs:\n    - {source: a}\n")[1] == [
        "error environments/dev.yml:4:7 remapping.code_envs[0]: must be a mapping with source and target"
    ]


def test_the_file_need_not_exist_when_there_is_content(tmp_path: Path) -> None:
    for tree in (Tree(tmp_path, tmp_path), None):
        found, problems = read_environment(tree, "prod", True, {"variables": {"A": 1}})
        assert problems == [] and plain(found.variables) == {"A": 1}
        assert read_environment(tree, "prod", True, {})[1] == []
        assert read_environment(tree, "prod")[1] != []


DEFINITION: dict[str, t.Any] = {
    "project": {"key": "P", "name": "${OWNER}"},
    "datasets": [{"name": "raw", "type": "managed"}],
}


def test_a_definition_takes_variables_overrides_and_remapping() -> None:
    content = {
        "variables": {"OWNER": "Sales"},
        "overrides": {"datasets": {"*": {"tags": ["prod"]}}},
        "remapping": {"connections": {"a": "b"}},
    }
    for name in ("prod", None):
        found = load(DEFINITION, kinds=KINDS, environment=name, environment_content=content)
        assert [entry.fields.get("tags") for entry in found.declarations if entry.kind == "dataset"] == [["prod"]]
        assert found.declarations[0].fields["name"] == "Sales"
        assert found.remapping == Remapping({"a": "b"}, given=frozenset({"connections"}))
        assert found.environment == name


def test_an_overridden_value_that_is_wrong_is_reported_where_it_was_given() -> None:
    with pytest.raises(ConfigurationError) as caught:
        content = {"variables": {"OWNER": "x"}, "overrides": {"datasets": {"raw": {"tags": "no list"}}}}
        load(DEFINITION, kinds=KINDS, environment="prod", environment_content=content)
    assert str(caught.value).startswith("environment_content datasets[0].tags: ")


def test_the_published_schema_takes_what_a_file_may_hold() -> None:
    schema = environment_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    good = {
        "environment": {"name": "prod", "dataiku_host": "https://dss"},
        "variables": {"A": 1},
        "overrides": {"datasets": {"*": {"tags": []}}},
        "settings": {"audit_log": {"enabled": True}},
        "remapping": {"connections": {"a": "b"}, "code_envs": [{"source": "a", "target": "b"}], "containers": None},
    }
    jsonschema.validate(good, schema)
    for bad in ({"remap": {}}, {"remapping": {"connections": {"a": 1}}}, {"settings": {"x": 1}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, schema)
