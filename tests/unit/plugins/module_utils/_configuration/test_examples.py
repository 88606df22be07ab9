# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations in the shapes of the earlier tools' examples, loaded with the real kinds."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.policies import Settings, ToolSettings
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.schema import configuration_schema
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, Location
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS

Write = Callable[..., Path]


def managed(*names: str) -> str:
    return "".join(f"  - {{name: {name}, type: managed, format_type: parquet}}\n" for name in names)


def python(name: str, inputs: str, outputs: str) -> str:
    return f"  - {{name: {name}, type: python, inputs: [{inputs}], outputs: [{outputs}], code: 'n = 1'}}\n"


SMALLEST = """\
version: "1.0"
metadata: {description: "One dataset", author: "Team"}
project: {key: SMALL, name: Small, description: A dataset}
datasets:
  - {name: VALUES, type: managed, format_type: csv, description: Some values}
"""
TWO_STEPS = (
    "version: '1.0'\nproject: {key: STEP, name: Step}\ndatasets:\n"
    + managed("BEFORE", "AFTER")
    + 'recipes:\n  - name: after\n    type: python\n    inputs: [BEFORE]\n    outputs: [AFTER]\n    code: |\n      a = 1\n      b = "${x}"\n'
)
COMPLETE = (
    """\
version: "1.0"
project:
  key: ORDERS
  name: Orders
  settings: {exposed: true, owner: someone}
datasets:
  - name: RAW_ORDERS
    type: snowflake
    connection: warehouse
    params: {schema: in, table: orders}
    schema: {columns: [{name: id, type: bigint}, {name: made_at, type: timestamp}]}
"""
    + managed("ORDERS_CLEAN", "ORDERS_COUNT")
    + """\
recipes:
  - {name: clean, type: python, inputs: [RAW_ORDERS], outputs: [ORDERS_CLEAN], params: {engine: python}, code: "x = 1"}
  - {name: count, type: sql, inputs: [ORDERS_CLEAN], outputs: [ORDERS_COUNT], code: "SELECT COUNT(*) FROM ORDERS_CLEAN"}
"""
)
SOURCES = (
    """\
version: "1.0"
metadata: {tags: [one, two]}
project: {key: SOURCES, name: Sources}
datasets:
  - {name: SF, type: snowflake, connection: "{{ env.SF_CONN }}", params: {mode: table, schema: S, table: t}}
  - {name: PG, type: postgresql, connection: "{{ env.PG_CONN }}", params: {mode: table, schema: s, table: t}}
  - {name: FILES, type: s3, connection: "{{ env.S3_CONN }}", params: {path: in/one.csv}}
"""
    + managed("BOTH", "ALL", "PER_DAY")
    + """\
recipes:
  - {name: both, type: sql, inputs: [PG, SF], outputs: [BOTH], code: "SELECT * FROM PG JOIN SF USING (id)"}
  - {name: all, type: sql, inputs: [BOTH, FILES], outputs: [ALL], code: "SELECT 1"}
"""
    + python("per_day", "ALL", "PER_DAY")
)
FAN = (
    "version: '1.0'\nproject: {key: FAN, name: Fan}\ndatasets:\n"
    + managed("A1", "A2", "B1", "B2", "BOTH", "TRAIN", "TEST", "END")
    + "recipes:\n"
    + python("b1", "A1", "B1")
    + python("b2", "A2", "B2")
    + python("both", "B1, B2", "BOTH")
    + python("parts", "BOTH", "TRAIN, TEST")
    + python("end", "TRAIN, TEST", "END")
)
FRAMEWORK = """\
version: "1.0"
project: {key: CINEMA, name: "Cinema", description: "Films", owner: films}
datasets:
  - {name: RAW_FILMS, type: SQL, connection: wh, params: {schema: RAW, table: FILMS, mode: table}}
  - {name: RAW_SEATS, type: SQL, connection: wh, params: {schema: RAW, table: SEATS}}
  - {name: FILMS, type: Filesystem, connection: files, managed: true, format_type: parquet}
  - {name: FILM_SEATS, type: Filesystem, managed: true, format_type: parquet}
  - {name: TOTALS, type: Filesystem, connection: files, managed: true, format_type: parquet}
recipes:
  - {name: films, type: python, inputs: [RAW_FILMS], outputs: [FILMS], code_file: code/films.py}
  - name: film_seats
    type: join
    inputs: [FILMS, RAW_SEATS]
    outputs: [FILM_SEATS]
    params: {join_type: left, join_conditions: [{input1_column: ID, input2_column: FILM}]}
  - name: totals
    type: grouping
    inputs: [FILM_SEATS]
    outputs: [TOTALS]
    params: {keys: [{column: ID}], aggregations: [{column: SEAT, function: count, output: SEATS}]}
scenarios:
  - name: daily
    active: true
    triggers: [{type: temporal, frequency: daily, hour: 3, minute: 0}]
    steps: [{type: build_flowitem, items: [TOTALS], build_mode: RECURSIVE}]
  - {name: by_hand, active: false, triggers: [{type: manual}], steps: [{type: build_flowitem, items: [FILMS]}]}
metadata: {created_at: "2031-01-01", version: "1.0", tags: [films]}
"""
ALL_PARTS = """\
version: "1.0"
project: {key: PARTS, name: Parts}
datasets: [{name: IN, type: S3, connection: lake}]
scenarios:
  - name: all
    triggers:
      - {type: dataset, dataset: IN, event_type: modified}
      - {type: sql, connection: wh, sql: "SELECT MAX(n) FROM t"}
      - {type: temporal, frequency: weekly, day_of_week: 2, hour: 5}
      - {type: temporal, frequency: monthly, day_of_month: 3}
    steps:
      - {type: build_dataset, items: [IN], build_mode: NON_RECURSIVE}
      - {type: execute_sql, connection: wh, code: "DELETE FROM t"}
      - {type: run_scenario, scenario: another}
      - {type: python, code: "print(2)"}
      - {type: shell, code: "true"}
"""
DESIGN = """\
metadata: {version: "1.0", description: "Ferries", owner: team, tags: [a]}
project:
  key: FERRIES
  name: Ferries
  settings:
    git: {enabled: true, remote: "git@example.com:ferries.git"}
    permissions: [{group: writers, role: write}]
datasets:
  - name: RAW_TRIPS
    type: sql
    connection: ${DATABASE}
    params: {schema: PUBLIC, table: trips, mode: table}
    schema: {columns: [{name: id, type: bigint, nullable: false}, {name: ship, type: varchar(80)}]}
    checks: [{type: not_null, columns: [id]}, {type: freshness, column: at, max_age_hours: 2}]
  - {name: TRIPS, type: managed, connection: "${STORAGE}", format: parquet, params: {partition_by: [day], compression: snappy}}
  - {name: SHIPS, type: sql, connection: "${DATABASE}", params: {table: ships}}
  - {name: SHIP_TRIPS, type: managed, format: parquet}
  - {name: TOTALS, type: managed, format: parquet}
recipes:
  - {name: trips, type: python, inputs: [RAW_TRIPS], outputs: [TRIPS], code_file: recipes/trips.py, code_env: "${PYTHON_ENV}", resources: {memory: 2G}}
  - {name: totals, type: sql, inputs: [TRIPS], outputs: [TOTALS], sql_file: recipes/totals.sql, connection: "${DATABASE}"}
  - name: ship_trips
    type: join
    inputs: [{dataset: TRIPS, alias: t}, {dataset: SHIPS, alias: s}]
    output: SHIP_TRIPS
    join_config: {type: left, conditions: [{left: t.ship, right: s.id}], select: [t.*]}
scenarios:
  - name: nightly
    type: step_based
    triggers: [{type: schedule, cron: "0 3 * * *", timezone: UTC}, {type: manual}]
    steps:
      - {type: build_dataset, name: raw, dataset: RAW_TRIPS, partition: "${TODAY}"}
      - {type: run_recipe, name: run, recipe: trips}
      - type: conditional
        name: enough
        condition: "dataset_row_count('TRIPS') > 1"
        on_success: [{type: notification, channel: "${CHANNEL}", message: "Done"}]
        on_failure: [{type: notification, channel: "${CHANNEL}", message: "Failed", severity: error}]
"""
LATER = """\
models: [{name: delay, type: prediction, training_dataset: TRIPS}]
dashboards:
  - name: view
    type: standard
    pages:
      - {name: Overview, tiles: [{type: chart, dataset: TRIPS, x: day, y: n}, {type: metric, dataset: TRIPS}]}
"""
ENVIRONMENT = """\
environment: {name: dev, dataiku_host: "https://dss.example.com"}
variables: {DATABASE: PG_DEV, STORAGE: S3_DEV, PYTHON_ENV: py, CHANNEL: chat, TODAY: "${date:YYYY-MM-DD}"}
overrides:
  datasets: {RAW_TRIPS: {params: {sampling: first, sample_size: 10}}}
  scenarios: {nightly: {triggers: []}}
  recipes: {"*": {resources: {memory: 1G}}}
settings: {require_tests: false, require_approval: false, drift_policy: auto_correct, audit_log: {enabled: true}}
"""
PRODUCTION = """\
environment: {name: prod, dataiku_host: "https://dss-prod.example.com"}
variables: {DATABASE: PG, STORAGE: S3, PYTHON_ENV: py, CHANNEL: chat, TODAY: "2031-01-01"}
settings: {require_tests: true, require_approval: true, drift_policy: alert_only, audit_log: {enabled: true, destination: "s3://log/"}}
"""
TOOL = """\
dataiku:
  dev: {host: "https://dss.example.com", api_key_file: keys/dev.key}
  prod: {host: "https://dss-prod.example.com", api_key_file: keys/prod.key}
state_backend:
  type: hybrid
  local: {path: .dataiku/state}
  remote: {type: s3, bucket: states, prefix: team/ferries, region: eu-west-1}
  cache: {enabled: true, max_age_seconds: 300}
"""
DRIFT_POLICY = """\
ignore_drift:
  - resource: recipe.FERRIES.trips
    fields: [code]
    reason: "Hot fix, merged next week"
    expires: 2031-01-20
"""

ALONE = {
    "smallest": (SMALLEST, 2),
    "two steps": (TWO_STEPS, 4),
    "complete": (COMPLETE, 6),
    "sources": (SOURCES, 10),
    "fan": (FAN, 14),
    "framework": (FRAMEWORK, 11),
    "all parts": (ALL_PARTS, 3),
}


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
    assert len(found.declarations) == 10
    fields = {entry.address: entry.fields for entry in found.declarations}
    assert fields["dataset.FERRIES.RAW_TRIPS"] == {
        "name": "RAW_TRIPS",
        "type": "sql",
        "connection": "PG_DEV",
        "params": {"schema": "PUBLIC", "table": "trips", "mode": "table"},
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
    assert refusals(source, environment="dev") == [
        "in the variable TODAY: the function ${date:...} is not supported yet; give the value as a variable of the task"
    ]
    models = folder / "projects" / "with_models.yml"
    refused = refusals(models, environment="dev", variables={"TODAY": "x"})
    assert [message.split()[0] for message in refused] == ["models"]
    lenient = loaded(models, environment="dev", variables={"TODAY": "x"}, strict=False)
    (board,) = (entry.fields for entry in lenient.declarations if entry.kind == "dashboard")
    assert board == {"name": "view", "pages": [{"title": "Overview", "tiles": []}]}
    assert sum("a tile shows an insight" in warning.message for warning in lenient.warnings) == 2


def test_the_settings_of_production_act_but_for_an_audit_log_elsewhere(write: Write) -> None:
    folder = write({
        "projects/ferries.yml": DESIGN,
        "environments/prod.yml": PRODUCTION,
        "recipes/trips.py": "a = 1",
        "recipes/totals.sql": "SELECT 1",
    })  # fmt: skip
    source = folder / "projects" / "ferries.yml"
    (message,) = refusals(source, environment="prod")
    assert message.startswith("an entry is written to the audit log of DSS and nowhere else")
    found = loaded(source, environment="prod", strict=False)
    assert found.settings == Settings("alert_only", require_approval=True, audit_log=True)
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
        "blocks.yml": head + "  - {name: pumps, type: sql_table, connection: WH, table: pumps}\nblocks: [{ref: 'R/B@1.0.0'}]\n",
    })  # fmt: skip
    assert refusals(folder / "names.yml", naming="strict") == [
        "Project key 'low' must be UPPERCASE_WITH_UNDERSCORES",
        "Dataset name 'low' must be UPPERCASE_WITH_UNDERSCORES",
    ]
    assert refusals(folder / "cycle.yml") == ["Circular dependency detected: EAST -> WEST -> EAST"]
    assert refusals(folder / "hole.yml")[0].startswith("Recipe input 'NOTHING' references non-existent dataset")
    assert refusals(folder / "blocks.yml") == [
        "blocks are not managed yet; declare the datasets and recipes that the block stands for"
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
