# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever somebody writes in the wrong place: a plan, or a sentence, and never a traceback."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Iterator

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan import render
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Snapshot

RIGHT: dict[str, t.Any] = {
    "project": {"key": "KEY", "name": "Name", "tags": ["a"], "settings": {"gitCommitMode": "AUTO"}},
    "variables": {"standard": {"x": {"y": 1}}, "exclusive": True},
    "connections": [
        {"name": "pg", "type": "PostgreSQL", "params": {"password": "p", "properties": [{"name": "a", "value": "b"}]}}
    ],
    "managed_folders": [{"name": "box", "path": "/p", "lifecycle": {"ignore_changes": ["tags"]}}],
    "datasets": [
        {
            "name": "in",
            "type": "sql",
            "connection": "pg",
            "params": {"table": "t"},
            "schema": {"columns": [{"name": "c", "type": "int"}], "mode": "contains"},
        },
        {
            "name": "out",
            "type": "managed",
            "format_params": {"charset": "utf8"},
            "checks": [{"displayName": "d"}],
            "raw": {"x": 1},
        },
        {"name": "sum", "type": "FilesInFolder", "folder": "box"},
    ],
    "recipes": [
        {
            "name": "p",
            "type": "python",
            "inputs": ["in", {"folder": "box", "role": "main"}],
            "outputs": ["out"],
            "code": "x",
            "code_env": "e",
            "container": "c",
        },
        {
            "name": "g",
            "type": "grouping",
            "inputs": ["out"],
            "outputs": ["sum"],
            "params": {"keys": ["a"], "aggregations": [{"column": "b", "function": "sum", "output": "o"}]},
        },
        {
            "name": "j",
            "type": "join",
            "inputs": ["in", "out"],
            "outputs": [{"object": "id"}],
            "params": {"join_conditions": [{"input1_column": "a", "input2_column": "b"}]},
        },
        {
            "name": "s",
            "type": "shaker",
            "inputs": ["in"],
            "outputs": [{"dataset": "z", "external": True}],
            "payload": '{"steps": []}',
        },
        {
            "name": "v",
            "type": "prepare",
            "inputs": ["in"],
            "outputs": [{"dataset": "w", "external": True}],
            "prepare": [{"rename_columns": {"a": "b"}}, {"group": "g", "steps": [{"round": ["c"]}]}],
        },
        {
            "name": "k",
            "type": "join",
            "inputs": ["in", "out"],
            "outputs": [{"object": "id"}],
            "join": {
                "joins": [{"right": "out", "conditions": ["a", {"left": "b", "right": "c"}]}],
                "columns": [{"name": "a", "input": "out"}],
                "filter_after": {"all": [{"column": "a", "value": [1]}]},
            },
        },
    ],
    "scenarios": [
        {
            "name": "n",
            "active": True,
            "depends_on": ["p"],
            "triggers": [
                {"type": "temporal", "frequency": "weekly", "day_of_week": 1},
                {"type": "schedule", "cron": "0 1 * * *"},
                {"type": "dataset", "dataset": "in"},
            ],
            "steps": [
                {"type": "build_dataset", "items": ["out"]},
                {"type": "run_recipe", "recipe": "p"},
                {"type": "custom_python", "params": {"script": "x"}},
            ],
            "reporters": [{"type": "mail-scenario", "name": "m", "params": {"subject": "${outcome}"}}],
        }
    ],
}
OF_INSTANCE: dict[str, t.Any] = {
    "groups": [{"name": "g", "admin": True, "ldap_groups": ["a"]}],
    "users": [
        {
            "login": "u",
            "password": "p",
            "groups": ["g"],
            "secrets": {"a": "b"},
            "credentials": {"pg": {"type": "BASIC", "password": "p"}},
        }
    ],
    "project_folders": [{"name": "b", "parent": "a", "owner": "u", "permissions": [{"group": "g", "read": True}]}],
    "connections": [
        {
            "name": "c",
            "type": "PostgreSQL",
            "host": "h",
            "port": 1,
            "database": "d",
            "use_url": False,
            "properties": [{"name": "a", "value": "b", "secret": True}],
            "allowed_groups": ["g"],
        }
    ],
    "code_envs": [
        {
            "name": "e",
            "language": "PYTHON",
            "deployment_mode": "DESIGN_MANAGED",
            "packages": ["a"],
            "conda_packages": "b",
            "containers": ["k"],
            "permissions": [{"group": "g", "use": True}],
            "owner": "u",
        }
    ],
    "plugins": [
        {
            "id": "p",
            "version": "1",
            "git": {"repository": "r"},
            "managed_code_env": {"conda": True},
            "presets": [{"name": "n", "type": "t", "config": {"password": "p"}}],
            "parameter_sets": [{"name": "s", "definable_inline": True}],
        }
    ],
    "instance_variables": {"variables": {"a": {"b": 1}}, "exclusive": True},
    "general_settings": {
        "execution_configs": [{"name": "k", "type": "DOCKER", "properties": {"a": "b"}, "allowed_groups": ["g"]}],
        "user_rules": [{"type": "IDENTITY"}],
        "raw": {"ldapSettings": {"bindPassword": "p"}},
    },
}
WRONG = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "{{",
    "${y}",
    [],
    {},
    [1],
    {"a": 1},
    [{}],
    [[]],
    ["a", None],
    {"name": "in"},
    [{"name": {}}],
]


def places(value: t.Any, above: tuple[t.Any, ...] = ()) -> Iterator[tuple[t.Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*above, key)
        yield from places(inner, (*above, key))


def planned(definition: dict[str, t.Any]) -> None:
    configuration = load(definition, kinds=KINDS)
    resources = desired(configuration.declarations, configuration.project_key, KINDS)
    render.as_data(build(resources, Snapshot(connections={"pg": "PostgreSQL"}), Options(), KINDS))


@pytest.mark.parametrize("right", [RIGHT, OF_INSTANCE], ids=["project", "instance"])
def test_the_right_one_is_planned(right: dict[str, t.Any]) -> None:
    planned(right)


CASES = [
    *(pytest.param(RIGHT, section, id=section) for section in RIGHT),
    *(pytest.param(OF_INSTANCE, section, id=f"instance {section}") for section in OF_INSTANCE),
]


@pytest.mark.parametrize(("right", "section"), CASES)
def test_a_wrong_value_anywhere_is_one_sentence(right: dict[str, t.Any], section: str) -> None:
    for place in places(right[section]):
        for wrong in WRONG:
            definition = copy.deepcopy(right)
            around = definition[section]
            for key in place[:-1]:
                around = around[key]
            around[place[-1]] = copy.deepcopy(wrong)
            try:
                planned(definition)
            except DssError as error:
                assert str(error)
            except Exception as error:
                raise AssertionError(f"{wrong!r} at {section}{list(place)}") from error


def test_a_payload_that_is_not_json_is_said_so() -> None:
    definition = copy.deepcopy(RIGHT)
    definition["recipes"][3]["payload"] = "no JSON"
    with pytest.raises(DssError, match=r"recipes\[3\]: the payload is not JSON"):
        planned(definition)


def test_a_misspelt_type_is_noted_and_a_new_one_is_not() -> None:
    notes = {"pyton": 1, "postgresq": 0, "CustomCode_x": 0, "brand_new_thing": 0}
    for kind, expected in notes.items():
        resource = desired(
            load(
                {
                    "project": {"key": "K", "name": "n"},
                    "recipes": [{"name": "r", "type": kind, "outputs": [{"object": "o"}]}],
                },
                kinds=KINDS,
            ).declarations,
            "K",
            KINDS,
        )
        assert len([note for note in resource["recipe.K.r"].notes if "did you mean" in note]) == expected
