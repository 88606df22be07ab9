# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations in the shapes of the earlier tools' examples, loaded with the real kinds."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.policies import Settings, ToolSettings
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.schema import configuration_schema
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from support.dialects import (
    ALONE,
    BLOCKS,
    COMPLETE,
    DESIGN,
    DRIFT_POLICY,
    ENVIRONMENT,
    FAN,
    FRAMEWORK,
    LATER,
    PRODUCTION,
    TOOL,
    TWO_STEPS,
    managed,
    python,
)

Write = Callable[..., Path]


def loaded(source: Path, **options: t.Any) -> Configuration:
    process = {"SF_CONN": "sf", "PG_CONN": "pg", "S3_CONN": "s3"}
    return load(source, kinds=KINDS, process_environment=process, **options)


def refusals(source: Path, **options: t.Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        loaded(source, **options)
    return [problem.message for problem in caught.value.problems]


@pytest.mark.parametrize("naming", ["strict", "dss"])
@pytest.mark.parametrize("suffix", [".yml", ".json"])
@pytest.mark.parametrize("name", ALONE)
def test_files_of_the_implemented_tools_load(write: Write, name: str, suffix: str, naming: str) -> None:
    text, count = ALONE[name]
    if suffix == ".json":
        text = json.dumps(yaml.safe_load(text), indent=2)
    folder = write({f"conf{suffix}": text, "code/films.py": "x = 1"})
    assert len(loaded(folder / f"conf{suffix}", naming=naming).declarations) == count


def test_what_they_become(write: Write) -> None:
    folder = write({"a.yml": COMPLETE, "b.yml": FRAMEWORK, "code/films.py": "x = 1"})
    found = {entry.address: entry.fields for entry in loaded(folder / "a.yml").declarations}
    assert found["project.ORDERS"] == {"key": "ORDERS", "name": "Orders", "owner": "someone"}
    assert found["dataset.ORDERS.RAW_ORDERS"]["type"] == "Snowflake"
    assert found["dataset.ORDERS.RAW_ORDERS"]["schema"]["columns"][1]["type"] == "date"
    assert found["recipe.ORDERS.count"]["type"] == "sql_query"
    assert "params" not in found["recipe.ORDERS.clean"]
    found = {entry.address: entry.fields for entry in loaded(folder / "b.yml").declarations}
    assert found["dataset.CINEMA.RAW_FILMS"]["type"] == "sql"
    assert found["recipe.CINEMA.films"]["code"] == "x = 1"


def test_a_directory(write: Write) -> None:
    folder = write({
        "project.yml": "version: '1.0'\nproject: {key: PARTED, name: Parted}",
        "datasets/all.yml": "datasets:\n" + managed("ONE", "TWO"),
        "recipes/all.yml": "recipes:\n" + python("two", "ONE", "TWO"),
    })  # fmt: skip
    assert len(loaded(folder, naming="strict").declarations) == 4


def test_an_increment_without_a_project(write: Write) -> None:
    folder = write(
        {"s.yml": "scenarios:\n  - {name: daily, triggers: [{type: temporal, frequency: daily, hour: 4}]}\n"}
    )
    (found,) = loaded(folder / "s.yml", project_key="CINEMA").declarations
    assert found.address == "scenario.CINEMA.daily"


def test_the_design_papers(write: Write) -> None:
    folder = write({
        "projects/ferries.yml": DESIGN,
        "projects/with_models.yml": DESIGN + LATER,
        "environments/dev.yml": ENVIRONMENT,
        "recipes/trips.py": "a = 1",
        "recipes/totals.sql": "SELECT 1",
        ".dataiku/config.yml": TOOL,
        ".dataiku/drift-policy.yml": DRIFT_POLICY,
    })  # fmt: skip
    source = folder / "projects" / "ferries.yml"
    found = loaded(source, environment="dev", variables={"TODAY": "2031-01-01"}, naming="strict")
    assert len(found.declarations) == 12
    fields = {entry.address: entry.fields for entry in found.declarations}
    assert fields["project_git.FERRIES"] == {"remote": "git@example.com:ferries.git"}
    assert fields["permissions.FERRIES"] == {"groups": {"writers": ["read_project_content", "write_project_content"]}}
    assert fields["dataset.FERRIES.RAW_TRIPS"] == {
        "name": "RAW_TRIPS",
        "type": "sql",
        "connection": "PG_DEV",
        "params": {"schema": "PUBLIC", "table": "trips", "mode": "table"},
        "checks": [
            {
                "type": "ColumnNotEmptyRule",
                "name": "id not empty",
                "threshold": "ENTIRE_COLUMN_NOT_EMPTY",
                "columns": ["id"],
            }
        ],
        "schema": {"columns": [{"name": "id", "type": "bigint"}, {"name": "ship", "type": "string", "maxLength": 80}]},
    }
    assert fields["scenario.FERRIES.nightly"]["steps"][0]["partition"] == "2031-01-01"
    assert fields["scenario.FERRIES.nightly"]["triggers"] == []
    assert fields["recipe.FERRIES.ship_trips"]["params"]["join_type"] == "left"
    assert all("not applied, because " in warning.message for warning in found.warnings)
    assert len(found.warnings) >= 12
    assert found.settings == Settings(drift_policy="auto_correct", audit_log=True)
    assert found.tool == ToolSettings(
        "https://dss.example.com",
        folder / "keys" / "dev.key",
        {"type": "object_store", "url": "s3://states/team/ferries", "region": "eu-west-1"},
    )
    (rule,) = found.ignore_drift
    assert (rule.resource, rule.fields, rule.expires) == ("recipe.FERRIES.trips", ("code",), date(2031, 1, 20))
    assert rule.location == Location(".dataiku/drift-policy.yml", 2, 5)
    now = datetime(2031, 5, 6, tzinfo=UTC)
    dated = {entry.address: entry.fields for entry in loaded(source, environment="dev", now=now).declarations}
    assert dated["scenario.FERRIES.nightly"]["steps"][0]["partition"] == "2031-05-06"
    with_models = loaded(folder / "projects" / "with_models.yml", environment="dev", now=now)
    assert [entry.address for entry in with_models.declarations] == [*dated, "dashboard.FERRIES.view"]
    assert with_models.declarations[-1].fields == {"name": "view", "pages": [{"title": "Overview", "tiles": []}]}
    ignored = {warning.path: warning.message for warning in with_models.warnings}
    assert ignored["models[0]"].startswith("not applied, because a model is trained in DSS")
    tile = "not applied, because a tile shows an insight: declare one in insights and name it in insight"
    assert [ignored[f"dashboards[0].pages[0].tiles[{number}]"] for number in (0, 1)] == [tile, tile]


def test_the_settings_of_production_act_but_for_an_audit_log_elsewhere(write: Write) -> None:
    folder = write({
        "projects/ferries.yml": DESIGN,
        "environments/prod.yml": PRODUCTION,
        "recipes/trips.py": "a = 1",
        "recipes/totals.sql": "SELECT 1",
    })  # fmt: skip
    source = folder / "projects" / "ferries.yml"
    found = loaded(source, environment="prod")
    assert found.settings == Settings("alert_only", require_approval=True, audit_log=True)
    message = "not applied, because an entry is written to the audit log of DSS and nowhere else: ship it from there"
    assert message in [warning.message for warning in found.warnings]
    assert (
        loaded(source, variables=dict.fromkeys(["DATABASE", "STORAGE", "PYTHON_ENV", "CHANNEL", "TODAY"], "x")).settings
        == Settings()
    )


def test_included_sections(write: Write) -> None:
    folder = write({
        "p.yml": "project: {key: INC, name: I}\ndatasets: {$include: datasets/d.yml}\nrecipes: {$include: recipes/r.yml}\n",
        "datasets/d.yml": "datasets:\n" + managed("A", "B"),
        "recipes/r.yml": "recipes:\n" + python("b", "A", "B"),
    })  # fmt: skip
    assert len(loaded(folder / "p.yml").declarations) == 4


def test_what_must_be_refused(write: Write) -> None:
    head = "version: '1.0'\nproject: {key: K, name: N}\ndatasets:\n"
    folder = write({
        "names.yml": "project: {key: low, name: L}\ndatasets: [{name: low, type: managed}]",
        "cycle.yml": head + managed("EAST", "WEST") + "recipes:\n" + python("e", "WEST", "EAST") + python("w", "EAST", "WEST"),
        "hole.yml": head + managed("OUT") + "recipes:\n" + python("out", "NOTHING", "OUT"),
    })  # fmt: skip
    assert refusals(folder / "names.yml", naming="strict") == [
        "Project key 'low' must be UPPERCASE_WITH_UNDERSCORES",
        "Dataset name 'low' must be UPPERCASE_WITH_UNDERSCORES",
    ]
    assert refusals(folder / "cycle.yml") == ["Circular dependency detected: EAST -> WEST -> EAST"]
    assert refusals(folder / "hole.yml")[0].startswith("Recipe input 'NOTHING' references non-existent dataset")


def test_blocks_declare_their_datasets_and_recipes(write: Write) -> None:
    folder = write({"pumps.yml": BLOCKS, "gauge.py": "a = 1"})
    found = loaded(folder / "pumps.yml")
    fields = {entry.address: entry.fields for entry in found.declarations}
    assert fields["dataset.PUMPS.pumps"] == {
        "name": "pumps", "type": "sql", "connection": "WH", "table": "pumps", "description": "All pumps",
        "schema": [{"name": "id", "type": "bigint"}],
    }  # fmt: skip
    assert fields["recipe.PUMPS.gauge"]["code"] == "a = 1"
    assert fields["recipe.PUMPS.gauge"]["inputs"] == [{"dataset": "pumps", "role": "main"}]
    assert fields["recipe.PUMPS.totals"]["type"] == "sql_script"
    assert fields["scenario.PUMPS.by_hand"] == {"name": "by_hand"}
    assert [(warning.path, warning.message.split(":")[0]) for warning in found.warnings] == [
        ("blocks[0]", "not applied, because DSS has no registry of blocks"),
        ("blocks[1]", "not applied, because DSS has no registry of blocks"),
        ("solutions[0]", "not applied, because DSS has no registry of blocks"),
    ]


def test_the_published_schema_of_the_real_kinds() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = configuration_schema(KINDS)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(TWO_STEPS))
    assert json.dumps(schema)


def test_the_real_kinds_are_checked_without_jsonschema(monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "jsonschema", None)
    assert loaded(write({"p.yml": FAN}) / "p.yml").declarations
