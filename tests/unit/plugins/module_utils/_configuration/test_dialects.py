# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.dialects import (
    canonical,
    with_canonical_keys,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import location_of, plain
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.files import Document
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.spellings import column_type, is_script

Kinds = dict[str, t.Any]


def translated(kinds: Kinds, text: str) -> tuple[Document, list[str]]:
    documents = with_canonical_keys([Document(parse(text.encode(), "f.yml"))], kinds)
    (document,), problems = canonical(documents, kinds)
    assert {problem.severity for problem in problems} <= {"warning"}
    return document, [f"{problem.path}: {problem.message}" for problem in problems]


def one(kinds: Kinds, section: str, text: str) -> tuple[t.Any, list[str]]:
    document, problems = translated(kinds, f"{section}: [{text}]")
    return plain(document.content[section][0]), problems


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("managed", "managed"), ("Managed", "managed"), ("SQL", "sql"), ("sql", "sql"), ("snowflake", "Snowflake"),
        ("POSTGRESQL", "PostgreSQL"), ("mysql", "MySQL"), ("filesystem", "Filesystem"), ("uploaded", "UploadedFiles"),
        ("UploadedFiles", "UploadedFiles"), ("azure_blob", "Azure"), ("gcs", "GCS"), ("hdfs", "HDFS"), ("s3", "S3"),
        ("http", "HTTP"), ("bigquery", "BigQuery"), ("redshift", "Redshift"), ("synapse", "Synapse"), ("sql_table", "sql"),
        ("CustomPython_x", "CustomPython_x"), ("stream", "stream"),
    ],
)  # fmt: skip
def test_types_of_datasets(kinds: Kinds, spelled: str, expected: str) -> None:
    assert one(kinds, "datasets", f"{{name: a, type: {spelled}}}") == ({"name": "a", "type": expected}, [])


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("python", "python"), ("Python", "python"), ("sql", "sql_query"), ("sql_script", "sql_script"), ("group", "grouping"),
        ("grouping", "grouping"), ("stack", "vstack"), ("prepare", "shaker"), ("sample", "sampling"), ("TopN", "topn"),
        ("CustomCode_X", "CustomCode_X"),
    ],
)  # fmt: skip
def test_types_of_recipes(kinds: Kinds, spelled: str, expected: str) -> None:
    assert one(kinds, "recipes", f"{{name: a, type: {spelled}}}")[0]["type"] == expected


def test_sql_text_with_several_statements_is_a_script(kinds: Kinds) -> None:
    assert one(kinds, "recipes", "{name: a, type: sql, code: 'delete from t; select 1'}")[0]["type"] == "sql_script"
    assert not is_script("select ';' -- ; a\n/* ; */ from \"x;y\";\n")
    assert is_script("create table x(a int); insert into x values (1)")


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("timestamp", ("date", None)), ("VARCHAR(255)", ("string", 255)), ("varchar", ("string", None)), ("integer", ("int", None)),
        ("text", ("string", None)), ("BIGINT", ("bigint", None)), ("decimal(10, 2)", ("double", None)), ("bool", ("boolean", None)),
        ("double precision", ("double", None)), ("geopoint", ("geopoint", None)), ("dateonly", ("dateonly", None)),
        ("what(ever", ("what(ever", None)), ("", ("", None)),
    ],
)  # fmt: skip
def test_types_of_columns(spelled: str, expected: tuple[str, int | None]) -> None:
    assert column_type(spelled) == expected


def test_columns_in_a_list_or_a_mapping(kinds: Kinds) -> None:
    columns = "[{name: a, type: varchar(9), nullable: false}, {name: b, type: bigint}]"
    expected = [{"name": "a", "type": "string", "maxLength": 9}, {"name": "b", "type": "bigint"}]
    warning = "nullable: not applied, because DSS does not say which columns may be empty"
    found, problems = one(kinds, "datasets", f"{{name: d, type: sql, schema: {columns}}}")
    assert (found["schema"], problems) == (expected, [f"datasets[0].schema[0].{warning}"])
    found, problems = one(kinds, "datasets", f"{{name: d, type: sql, schema: {{columns: {columns}}}}}")
    assert (found["schema"], problems) == ({"columns": expected}, [f"datasets[0].schema.columns[0].{warning}"])


def test_keys_of_datasets(kinds: Kinds) -> None:
    found, problems = one(kinds, "datasets", "{name: d, type: sql_query, format: csv, comment: c, query: select 1}")
    assert problems == []
    assert found == {
        "name": "d", "type": "sql", "format_type": "csv", "description": "c", "params": {"query": "select 1", "mode": "query"},
    }  # fmt: skip
    found, _problems = one(kinds, "datasets", "{name: d, type: sql_table, table: t, path: p, params: {schema: s}}")
    assert found["params"] == {"schema": "s", "table": "t", "path": "p"}
    found, _problems = one(kinds, "datasets", "{name: d, type: SQL, params: {query: q}}")
    assert found["params"] == {"query": "q", "mode": "query"}
    found, _problems = one(kinds, "datasets", "{name: d, type: sql, params: {query: q, mode: table}}")
    assert found["params"]["mode"] == "table"


def test_a_key_under_both_names_is_left_for_the_check(kinds: Kinds) -> None:
    assert one(kinds, "recipes", "{name: r, output: a, outputs: [b]}")[0] == {
        "name": "r",
        "output": "a",
        "outputs": ["b"],
    }
    assert one(kinds, "datasets", "{name: r, format: {type: csv}}")[0] == {"name": "r", "format": {"type": "csv"}}


def test_what_is_not_applied_is_said_and_removed(kinds: Kinds) -> None:
    text = (
        "project: {key: A, settings: {owner: me, exposed: true}}\n"
        "datasets:\n"
        "  - {name: d, type: sql, build_mode: RECURSIVE, partition_spec: '%Y', checks: [{type: freshness, column: x}],"
        " params: {table: t, partition_by: [x], compression: s, sampling: y, sample_size: 1}}\n"
        "recipes:\n"
        "  - {name: r, type: python, params: {engine: x}, resources: {}, cluster: c}\n"
    )
    document, problems = translated(kinds, text)
    assert plain(document.content) == {
        "project": {"key": "A", "owner": "me"},
        "datasets": [{"name": "d", "type": "sql", "params": {"table": "t"}}],
        "recipes": [{"name": "r", "type": "python"}],
    }
    assert all(": not applied, because " in problem for problem in problems)
    assert sorted(problem.split(":")[0] for problem in problems) == [
        "datasets[0].build_mode", "datasets[0].checks[0]", "datasets[0].params.compression", "datasets[0].params.partition_by",
        "datasets[0].params.sample_size", "datasets[0].params.sampling", "datasets[0].partition_spec",
        "project.settings.exposed", "recipes[0].cluster",
        "recipes[0].params.engine", "recipes[0].resources",
    ]  # fmt: skip


def test_a_key_that_the_kind_has_is_its_own_affair(kinds: Kinds, fake_kind: t.Any) -> None:
    text = {"type": "string"}
    kinds["recipe"] = fake_kind("recipe", "recipes", {"name": text, "cluster": text})
    assert one(kinds, "recipes", "{name: r, cluster: c}") == ({"name": "r", "cluster": "c"}, [])


def test_the_remote_of_the_settings_is_that_of_the_project(kinds: Kinds, fake_kind: t.Any) -> None:
    kinds["project_git"] = fake_kind("project_git", "project_git", {"remote": {"type": "string"}}, singleton=True)
    document, problems = translated(
        kinds, "project: {key: A, settings: {git: {enabled: true, remote: 'git@x:y.git'}}}\n"
    )
    assert plain(document.content) == {"project": {"key": "A"}, "project_git": {"remote": "git@x:y.git"}}
    assert str(location_of(document.content, ("project_git", "remote"))) == "f.yml:1:51"
    assert problems == ["project.settings.git.enabled: not applied, because every project of DSS is in Git"]


def test_roles_of_groups_are_rights(kinds: Kinds, fake_kind: t.Any) -> None:
    kinds["permissions"] = fake_kind("permissions", "permissions", {"groups": {"type": "object"}}, singleton=True)
    text = (
        "permissions: {groups: {admins: [admin]}}\nproject: {key: A, settings: {permissions: [{group: ada, role: write}, "
        "{group: bob, role: read}, {group: admins, role: read}]}}\n"
    )
    document, problems = translated(kinds, text)
    assert (plain(document.content), problems) == (
        {
            "permissions": {
                "groups": {
                    "ada": ["read_project_content", "write_project_content"],
                    "bob": ["read_project_content"],
                    "admins": ["admin"],
                }
            },
            "project": {"key": "A"},
        },
        [],
    )
    documents = with_canonical_keys(
        [Document(parse(b"project: {settings: {permissions: [{group: a, role: own}, 3]}}", "f.yml"))], kinds
    )
    _documents, found = canonical(documents, kinds)
    assert [(problem.path, problem.severity) for problem in found] == [
        ("project.settings.permissions[0]", "error"),
        ("project.settings.permissions[1]", "error"),
    ]


def test_compression_of_another_tool_is_that_of_parquet(kinds: Kinds) -> None:
    text = "{name: d, type: S3, format: parquet, params: {compression: gzip}}"
    found, problems = one(kinds, "datasets", text)
    assert (found["format_params"], found["params"], problems) == ({"compression": "GZIP"}, {}, [])
    declared = "{name: d, type: S3, format: parquet, params: {compression: gzip}, format_params: {compression: SNAPPY}}"
    assert one(kinds, "datasets", declared)[0]["format_params"] == {"compression": "SNAPPY"}


def test_checks_of_another_tool_are_rules_of_data_quality(kinds: Kinds) -> None:
    text = "{name: d, type: sql, checks: [{type: not_null, columns: [a, b]}, {type: freshness}, {type: unique, columns: [a]}]}"
    found, problems = one(kinds, "datasets", text)
    assert found["checks"] == [
        {
            "type": "ColumnNotEmptyRule",
            "columns": ["a", "b"],
            "name": "a, b not empty",
            "threshold": "ENTIRE_COLUMN_NOT_EMPTY",
        },
        {"type": "ColumnUniqueValuesRule", "columns": ["a"], "name": "a unique"},
    ]
    assert [problem.split(":")[0] for problem in problems] == ["datasets[0].checks[1]"]


def test_the_checks_of_dss_stay(kinds: Kinds) -> None:
    found, problems = one(kinds, "datasets", "{name: d, type: sql, checks: [{type: numericRange}]}")
    assert (found["checks"], problems) == ([{"type": "numericRange"}], [])


def test_inputs_and_outputs(kinds: Kinds) -> None:
    text = (
        "managed_folders: [{name: F}]\n"
        "recipes:\n"
        "  - name: r\n"
        "    type: python\n"
        "    inputs: [A, {dataset: B, alias: b}, {ref: F, role: files}, {ref: C}, {ref: D, role: side}, {object: m}, 3]\n"
        "    output: O\n"
    )
    document, problems = translated(kinds, text)
    recipe = document.content["recipes"][0]
    assert problems == ["recipes[0].inputs[1].alias: not applied, because only the conditions of a join recipe know it"]
    assert plain(recipe["inputs"]) == [
        "A", "B", {"folder": "F", "role": "files"}, "C", {"dataset": "D", "role": "side"}, {"object": "m"}, 3,
    ]  # fmt: skip
    assert plain(recipe["outputs"]) == ["O"]
    assert location_of(recipe, ("outputs",)).line == 6
    assert str(location_of(recipe, ("inputs", 2, "folder"))) == "f.yml:5:42"


def test_a_join_of_another_tool(kinds: Kinds) -> None:
    text = (
        "{name: r, type: join, inputs: [{dataset: A, alias: a}, {dataset: B, alias: b}], output: C, join_config: "
        "{type: left, conditions: [{left: a.x, right: b.y}, {left: b.v, right: a.u}, {left: k, right: k}], select: [a.*]}}"
    )
    found, problems = one(kinds, "recipes", text)
    assert found == {
        "name": "r",
        "type": "join",
        "inputs": ["A", "B"],
        "outputs": ["C"],
        "params": {
            "join_type": "left",
            "join_conditions": [
                {"input1_column": "x", "input2_column": "y"},
                {"input1_column": "u", "input2_column": "v"},
                {"input1_column": "k", "input2_column": "k"},
            ],
        },
    }
    assert problems == [
        "recipes[0].join_config.select: not applied, because the columns of a join are declared in join"
    ]


def test_what_is_canonical_stays_the_same_object(kinds: Kinds) -> None:
    text = (
        "project: {key: A, settings: {x: 1}}\ndatasets: [{name: d, type: Filesystem, schema: [{name: a, type: int}]}]\n"
    )
    before = Document(parse(text.encode(), "f.yml"))
    (after,), problems = canonical(with_canonical_keys([before], kinds), kinds)
    assert problems == []
    assert after.content is before.content


def test_malformed_values_are_left_for_the_check(kinds: Kinds) -> None:
    text = (
        "project: 3\ndatasets: [3, {name: 1, type: 2, params: 3, schema: 4, checks: 5}, {schema: [1], params: {query: 1}}]\n"
        "recipes: [{type: [x], inputs: {a: 1}, params: 1}, {type: join, join_config: 3, inputs: 4}]\nmanaged_folders: 3\n"
    )
    translated(kinds, text.replace("managed_folders: 3\n", ""))
    documents = with_canonical_keys([Document(parse(text.encode(), "f.yml"))], kinds)
    canonical(documents, kinds)
