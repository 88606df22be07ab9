# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates give the resources that their instances ask for, and nothing else than plain YAML would."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from hypothesis import given, settings
from hypothesis import strategies as st

Write = Callable[..., Path]

LANDING = """\
  landing:
    description: A table and its clean copy
    parameters:
      name: {description: Name of the table}
      warehouse: {type: string, default: WH}
      tags: {type: list, default: [landing]}
      key: {type: integer, default: 1}
      owner: {type: string, default: null}
    datasets:
      - name: ${param.name}_raw
        type: sql
        connection: ${param.warehouse}
        params: {table: "${param.name}", schema: "${SCHEMA}"}
        tags: ${param.tags}
        data_steward: ${param.owner}
      - {name: "${param.name}_clean", type: managed, format: parquet}
    recipes:
      - name: clean_${param.name}
        type: sql
        inputs: ["${param.name}_raw"]
        output: ${param.name}_clean
        code: SELECT * FROM "${param.name}" WHERE key = ${param.key} AND x = '${projectKey}'
"""
PLAIN = """\
project: {key: P, name: P}
datasets:
  - {name: orders_raw, type: sql, connection: WH, params: {table: orders, schema: IN}, tags: [landing], data_steward: null}
  - {name: orders_clean, type: managed, format_type: parquet}
  - {name: items_raw, type: sql, connection: OTHER, params: {table: items, schema: IN}, tags: [a, b], data_steward: ada}
  - {name: items_clean, type: managed, format_type: parquet}
recipes:
  - name: clean_orders
    type: sql_query
    inputs: [orders_raw]
    outputs: [orders_clean]
    code: SELECT * FROM "orders" WHERE key = 1 AND x = '${projectKey}'
  - name: clean_items
    type: sql_query
    inputs: [items_raw]
    outputs: [items_clean]
    code: SELECT * FROM "items" WHERE key = 7 AND x = '${projectKey}'
"""
INSTANCES = """\
instances:
  - {template: landing, parameters: {name: orders}}
  - template: landing
    parameters: {name: items, warehouse: "${WAREHOUSE}", tags: [a, b], key: 7, owner: ada}
"""
TEMPLATED = "project: {key: P, name: P}\ntemplates:\n" + LANDING + INSTANCES
VARIABLES = {"SCHEMA": "IN", "WAREHOUSE": "OTHER"}


def loaded(source: Path, **options: t.Any) -> Configuration:
    return load(source, kinds=KINDS, variables=VARIABLES, **options)


def fields(configuration: Configuration) -> dict[str, t.Any]:
    return {entry.address: entry.fields for entry in configuration.declarations}


def refused(source: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        loaded(source)
    return [str(problem) for problem in caught.value.problems]


def test_a_template_gives_what_plain_yaml_gives(write: Write) -> None:
    folder = write({"plain.yml": PLAIN, "templated.yml": TEMPLATED})
    plain, templated = loaded(folder / "plain.yml"), loaded(folder / "templated.yml")
    assert fields(templated) == fields(plain)
    documents = [
        {key: resource.declared for key, resource in desired(found.declarations, "P", KINDS).items()}
        for found in (plain, templated)
    ]
    assert documents[0] == documents[1]


def test_templates_in_files_of_their_own_with_code_beside_them(write: Write) -> None:
    folder = write({
        "project.yml": "project: {key: P, name: P}\n" + INSTANCES,
        "templates/landing.yml": "templates:\n" + LANDING.replace("code: SELECT", "#").replace(
            "type: sql\n        inputs", "type: sql\n        code_file: ${param.name}.sql\n        inputs"
        ),
        "templates/orders.sql": "SELECT 1",
        "items.sql": "SELECT 2",
    })  # fmt: skip
    found = fields(loaded(folder))
    assert found["recipe.P.clean_orders"]["code"] == "SELECT 1"
    assert found["recipe.P.clean_items"]["code"] == "SELECT 2"
    included = write({"inc/p.yml": "project: {key: P, name: P}\ntemplates: {$include: t.yml}\n" + INSTANCES,
                      "inc/t.yml": "templates:\n" + LANDING})  # fmt: skip
    assert set(fields(loaded(included / "inc" / "p.yml"))) == set(found)


def test_an_override_reaches_what_a_template_gave(write: Write) -> None:
    folder = write(
        {"p.yml": TEMPLATED, "environments/dev.yml": "overrides: {datasets: {orders_raw: {connection: DEV}}}\n"}
    )
    assert fields(loaded(folder / "p.yml", environment="dev"))["dataset.P.orders_raw"]["connection"] == "DEV"


def test_a_fault_of_an_instance_names_both_places(write: Write) -> None:
    folder = write({
        "project.yml": "project: {key: P, name: P}\ninstances:\n  - {template: t, parameters: {name: a, rows: [x]}}\n",
        "templates/t.yml": """\
templates:
  t:
    parameters: {name: {}, rows: {type: list}}
    datasets:
      - {name: "${param.name}", type: managed, schema: {columns: "${param.rows}"}, strange: 1}
""",
    })  # fmt: skip
    found = refused(folder)
    # What an instance gives is found where that was written.
    assert found == [
        "project.yml:3:48 datasets[0].schema.columns[0]: must be a mapping, not text",
        "templates/t.yml:5:84 (instance at project.yml:3:5) datasets[0].strange: unknown key 'strange'; known: "
        + found[1].partition("known: ")[2],
    ]


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        (
            "{template: landing}",
            "p.yml:4:5 instances[0]: the template 'landing' (p.yml:6:3) needs the parameter 'name'",
        ),
        (
            "{template: landin}",
            "p.yml:4:6 instances[0].template: there is no template 'landin'; did you mean 'landing'?",
        ),
        ("{template: landing, parameters: {name: a, nam: b}}", "has no parameter 'nam'; did you mean 'name'?"),
        (
            "{template: landing, parameters: {name: 3}}",
            "p.yml:4:38 instances[0].parameters.name: must be text, not a number",
        ),
        ("{template: landing, parameters: {name: a, key: true}}", "must be a whole number, not true or false"),
        (
            "{template: landing, parameters: {name: a, tags: x}}",
            "must be a list, not text: the template 'landing' (p.yml:6:3)",
        ),
        ("{template: landing, parameters: {name: null}}", "must be text, not empty"),
        ("{template: landing, params: {}}", "unknown key 'params'"),
        ("3", "must be a mapping"),
    ],
)
def test_faults_of_instances(write: Write, instance: str, message: str) -> None:
    text = f"project: {{key: P, name: P}}\ndatasets: []\ninstances:\n  - {instance}\ntemplates:\n{LANDING}"
    (found,) = refused(write({"p.yml": text}) / "p.yml")
    assert message in found


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            '{datasets: [{name: "${param.nam}"}], parameters: {name: }}',
            "'t' has no parameter 'nam'; did you mean 'name'?",
        ),
        ("{parameters: {n: {type: integer, default: x}}}", "parameters.n.default: must be a whole number, as the type"),
        ("{parameters: {n: {type: text}}}", "must be one of string, integer, number, boolean, list, mapping"),
        ("{project: {key: X}}", "unknown key 'project'"),
        ("{templates: {}}", "unknown key 'templates'"),
        ("3", "must be a mapping"),
    ],
)
def test_faults_of_templates_need_no_instance(write: Write, template: str, message: str) -> None:
    (found,) = refused(write({"p.yml": f"project: {{key: P, name: P}}\ntemplates: {{t: {template}}}\n"}) / "p.yml")
    assert message in found


def test_a_parameter_outside_of_a_template_is_an_error(write: Write) -> None:
    text = 'project: {key: P, name: "${param.name}"}\n'
    assert "${param.name} is a parameter, and this is no template" in refused(write({"p.yml": text}) / "p.yml")[0]


def test_unsafe_text_and_escaped_parameters_stay(write: Write) -> None:
    text = """\
project: {key: P, name: P}
templates:
  t:
    parameters: {name: {}}
    datasets:
      - {name: "${param.name}", type: managed, description: "$${param.name}", short_description: !unsafe "${param.name}"}
instances: [{template: t, parameters: {name: a}}]
"""
    found = fields(loaded(write({"p.yml": text}) / "p.yml"))["dataset.P.a"]
    assert found["description"] == found["short_description"] == "${param.name}"


def test_two_templates_of_one_name(write: Write) -> None:
    folder = write({"project.yml": "project: {key: P, name: P}\n",
                    "templates/a.yml": "templates: {t: {}}\n", "templates/b.yml": "templates: {t: {}}\n"})  # fmt: skip
    assert refused(folder) == [
        "templates/b.yml:1:13 templates.t: the template 't' stands here twice, first at templates/a.yml:1:13"
    ]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("ab$", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60)
@given(value=VALUES)
def test_a_value_of_any_type_is_put_in_as_it_is(value: t.Any) -> None:
    kind = {dict: "mapping", list: "list", bool: "boolean", int: "integer"}.get(type(value), "string")
    definition: dict[str, t.Any] = {
        "project": {"key": "P"},
        "templates": {
            "t": {
                "parameters": {"v": {"type": kind, "default": None}},
                "datasets": [{"name": "d", "type": "managed", "raw": {"x": "${param.v}"}}],
            }
        },
        "instances": [{"template": "t", "parameters": {"v": value}}],
    }
    plain = {"project": {"key": "P"}, "datasets": [{"name": "d", "type": "managed", "raw": {"x": value}}]}
    assert fields(load(definition, kinds=KINDS)) == fields(load(plain, kinds=KINDS))
