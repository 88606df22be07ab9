# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations in the shapes of the earlier tools' examples (peer-config-format.md section 10)."""

from __future__ import annotations


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
BLOCKS = """\
version: "1.0"
project: {key: PUMPS, name: Pumps}
blocks:
  - {ref: "REG/FLOW@1.0.0", instance_name: one, zone_name: z, inputs: {IN: pumps}, extends: [{recipe: a, override_with: b}]}
  - {ref: "REG/ALERTS@latest", instance_name: two}
solutions: [{ref: REG/ALL, instance_name: all, zone_prefix: z, block_overrides: {}}]
datasets:
  - {name: pumps, type: sql_table, connection: WH, table: pumps, comment: All pumps, schema: [{name: id, type: bigint}]}
  - {name: gauges, type: managed, format_type: orc}
  - {name: totals, type: bigquery, connection: WH, table: totals}
recipes:
  - {name: gauge, type: python, inputs: [{ref: pumps, role: main}], outputs: [gauges], code_ref: gauge.py}
  - {name: totals, type: sql_script, inputs: [pumps], outputs: [{ref: totals, role: main}], sql: "SELECT 1; SELECT 2"}
scenarios: [{name: by_hand}]
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
