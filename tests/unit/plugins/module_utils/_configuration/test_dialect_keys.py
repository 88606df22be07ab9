# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of the keys of the dialects says what the loader and the kinds do."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.dialect_keys import KEYS, MEMBERS, Key
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import resource_notes
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired

BASE: dict[str, t.Any] = {
    "project": {"key": "P", "name": "P"},
    "datasets": [
        {"name": "A", "type": "managed"},
        {"name": "B", "type": "managed"},
        {
            "name": "C",
            "type": "managed",
            "format_type": "parquet",
            "schema": {"columns": [{"name": "c", "type": "int"}]},
        },
    ],
    "recipes": [{"name": "r", "type": "python", "inputs": [{"dataset": "A"}], "outputs": ["C"], "code": "x = 1"}],
    "scenarios": [{"name": "s", "triggers": [], "steps": []}],
    "dashboards": [{"name": "d", "pages": [{"title": "One", "tiles": []}]}],
}
JOIN = {
    "name": "r",
    "type": "join",
    "inputs": [{"dataset": "A", "alias": "a"}, {"dataset": "B", "alias": "b"}],
    "output": "C",
}
# A value for each key that a file may hold; keys that need another are not written as they stand.
VALUES: dict[str, t.Any] = {
    "version": "1.0",
    "metadata": {"owner": "me"},
    "project.key": "P",
    "project.settings": {"owner": "me"},
    "datasets.name": "C",
    "datasets.type": "Managed",
    "datasets.managed": True,
    "datasets.params": {"path": "x"},
    "datasets.params.partition_by": ["day"],
    "datasets.params.sample_size": 3,
    "datasets.params.compression": "snappy",
    "datasets.schema": {"columns": [{"name": "c", "type": "varchar(3)"}]},
    "datasets.schema.columns.type": "varchar(3)",
    "datasets.checks": [{"type": "not_null", "columns": ["c"]}],
    "datasets.checks.not_null": {"columns": ["c"]},
    "datasets.checks.unique": {"columns": ["c"]},
    "datasets.checks.freshness": {"column": "c", "max_age_hours": 1},
    "recipes.type": "Python",
    "recipes.inputs": ["A"],
    "recipes.outputs": ["C"],
    "recipes.output": "C",
    "recipes.params": {"x": 1},
    "recipes.resources": {"memory": "4G"},
    "recipes.compute_schema_updates": False,
    "dashboards.pages": [{"title": "One"}],
    "dashboards.pages.name": "One",
    "dashboards.pages.tiles": [{"type": "chart", "dataset": "A", "x": "c", "y": "n"}],
    "scenarios.type": "step_based",
    "scenarios.active": True,
    "scenarios.params": {"x": 1},
    "scenarios.triggers": [{"type": "manual"}],
    "scenarios.triggers.schedule": {"cron": "0 2 * * *"},
    "scenarios.triggers.temporal": {"frequency": "daily"},
    "scenarios.triggers.dataset": {"dataset": "A"},
    "scenarios.triggers.sql": {"connection": "c", "sql": "SELECT 1"},
    "scenarios.steps": [{"type": "python", "code": "x = 1"}],
    "scenarios.steps.build_dataset": {"dataset": "A"},
    "scenarios.steps.build_flowitem": {"items": ["A"]},
    "scenarios.steps.run_recipe": {"recipe": "r"},
    "scenarios.steps.run_scenario": {"scenario": "s"},
    "scenarios.steps.execute_sql": {"connection": "c", "code": "SELECT 1"},
    "scenarios.steps.python": {"code": "x = 1"},
    "scenarios.steps.shell": {"code": "true"},
    "scenarios.steps.conditional": {"condition": "x > 1", "on_success": [], "on_failure": []},
    "scenarios.steps.notification": {"channel": "c", "message": "m"},
    "project.settings.git": {"remote": "git@example.com:x.git"},
    "project.settings.git.remote": "git@example.com:x.git",
    "project.settings.git.enabled": True,
    "project.settings.permissions": [{"group": "g", "role": "read"}],
    "project.settings.exposed": True,
}
PARTS = ("scenarios.triggers.", "scenarios.steps.", "datasets.checks.")
INSTEAD_OF = {"output": "outputs", "format": "format_type", "sql": "code", "comment": "description"}


def using(key: Key) -> tuple[dict[str, t.Any], str]:
    """A configuration that uses one key, and the path at which it stands."""
    document: dict[str, t.Any] = {**BASE}
    value = VALUES.get(key.place, "text")
    if not key.path:
        members = [dict.fromkeys(MEMBERS[key.place], "x")] if key.place in MEMBERS else value
        return {**document, key.place: members}, f"{key.place}[0]" if key.place in MEMBERS else key.place
    if key.section == "project":
        return {**document, "project": nested(BASE["project"], key.path.split("."), value)}, f"project.{key.path}"
    item = JOIN if ".join_config." in key.place or key.place.endswith(".alias") else BASE[key.section][-1]
    if key.place.startswith(PARTS):
        part, kind = key.path.split(".")
        item = {**item, part: [{"type": kind, **VALUES.get(key.place, {})}]}
    else:
        item = {name: old for name, old in item.items() if name != INSTEAD_OF.get(key.path)}
        item = nested(item, key.path.split("."), value)
    return {**document, key.section: [*BASE[key.section][:-1], item]}, f"{key.section}[{len(BASE[key.section]) - 1}]"


def nested(item: t.Any, path: list[str], value: t.Any) -> t.Any:
    """The mapping with a value at a path; a list on the way means its last member."""
    if isinstance(item, list):
        return [*item[:-1], nested(item[-1], path, value)]
    head, *rest = path
    if head in ("conditions", "select"):
        value = [{"left": "a.x", "right": "b.y"}] if head == "conditions" else ["a.*"]
    return {**item, head: nested(item.get(head, {}), rest, value) if rest else value}


FROM_FILES = ("code_file", "code_ref", "sql_file")


@pytest.mark.parametrize("key", [key for key in KEYS if key.path not in FROM_FILES], ids=lambda key: str(key.place))
def test_a_key_is_applied_or_named_in_a_warning(key: Key) -> None:
    document, where = using(key)
    found = load(document, kinds=KINDS)
    plan_notes = resource_notes(desired(found.declarations, "P", KINDS))
    said = [problem for problem in (*found.warnings, *plan_notes) if "not applied" in problem.message]
    if key.why:
        (problem,) = said
        assert key.why in problem.message
        assert problem.path.startswith(where)
    else:
        assert said == []


@pytest.mark.parametrize("key", KEYS, ids=lambda key: str(key.place))
def test_what_a_key_becomes_is_a_field_of_its_kind(key: Key) -> None:
    assert bool(key.why) + bool(key.becomes) + bool(key.note and not key.becomes and not key.why) == 1
    if key.becomes:
        other, _dot, name = key.becomes.rpartition(".")
        (kind,) = (kind for kind in KINDS.values() if kind.section == (other or key.section))
        assert name in kind.schema["properties"]


def test_no_key_stands_twice() -> None:
    assert len({key.place for key in KEYS}) == len(KEYS)
