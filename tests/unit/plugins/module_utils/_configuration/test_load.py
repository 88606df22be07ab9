# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import Verbatim
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, Location
from hypothesis import given
from hypothesis import strategies as st

Write = Callable[..., Path]
Kinds = dict[str, t.Any]

PROJECT = "version: '1.0'\nproject:\n  key: DEMO\n  name: Demo\n"


def refused(source: t.Any, kinds: Kinds, **options: t.Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(source, kinds=kinds, **options)
    return [str(problem) for problem in caught.value.problems]


def fields(configuration: Configuration, address: str) -> dict[str, t.Any]:
    return next(entry.fields for entry in configuration.declarations if entry.address == address)


def test_declarations_of_a_file(write: Write, kinds: Kinds) -> None:
    text = (
        PROJECT + "variables: {standard: {a: 1}}\nconnections:\n  - {name: pg, type: PostgreSQL}\n"
        "datasets:\n  - name: ROWS\n    type: postgresql\n    params: {table: rows}\nrecipes: []\n"
    )
    source = write({"project.yml": text}) / "project.yml"
    found = load(source, kinds=kinds)
    assert found.project_key == "DEMO"
    assert found.sections == {"project", "variables", "connections", "datasets", "recipes"}
    assert found.warnings == ()
    assert found.source == str(source)
    assert found.environment is None
    assert [entry.address for entry in found.declarations] == [
        "project.DEMO", "variables.DEMO", "connection.pg", "dataset.DEMO.ROWS",
    ]  # fmt: skip
    dataset = found.declarations[-1]
    assert dataset.kind == "dataset"
    assert dataset.path == "datasets[0]"
    assert dataset.location == Location("project.yml", 9, 5)
    assert dataset.locate("params", "table") == Location("project.yml", 11, 14)
    assert dataset.locate("absent") == dataset.location
    assert dataset.fields == {"name": "ROWS", "type": "PostgreSQL", "params": {"table": "rows"}}


def test_fields_are_exact_plain_types(write: Write, kinds: Kinds) -> None:
    text = PROJECT + "datasets: [{name: A, type: !unsafe 'x{{', connection: '${C}', params: {a: [{b: '{{ D }}'}]}}]\n"
    found = load(write({"p.yml": text}) / "p.yml", kinds=kinds, variables={"C": "c", "D": {"k": ("v",)}})
    value = fields(found, "dataset.DEMO.A")
    assert value == {"name": "A", "type": "x{{", "connection": "c", "params": {"a": [{"b": {"k": ["v"]}}]}}

    def exact(part: t.Any) -> bool:
        inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        return type(part) in (dict, list, str) and all(exact(item) for item in inside)

    assert exact(value)


def test_paths_count_within_their_file(write: Write, kinds: Kinds) -> None:
    folder = write({
        "project.yml": PROJECT + "datasets: [{name: A, type: managed}]\n",
        "datasets/more.yml": "datasets:\n  - {name: B, type: managed}\n",
    })  # fmt: skip
    found = load(folder, kinds=kinds)
    assert [(entry.address, str(entry.location), entry.path) for entry in found.declarations[1:]] == [
        ("dataset.DEMO.A", "project.yml:5:12", "datasets[0]"),
        ("dataset.DEMO.B", "datasets/more.yml:2:5", "datasets[0]"),
    ]


def test_a_mapping_in_memory(kinds: Kinds) -> None:
    definition = {"project": {"key": "A"}, "datasets": [{"name": "X", "type": "managed", "params": {"t": ("a", "b")}}]}
    found = load(definition, kinds=kinds)
    assert found.source == "definition"
    assert fields(found, "dataset.A.X")["params"] == {"t": ["a", "b"]}
    assert found.declarations[1].location == Location("definition")
    assert refused({"project": {"key": "A"}, "datasets": [{"name": "X"}]}, kinds) == [
        "definition datasets[0].type: Dataset type is required"
    ]
    assert refused({"project": {1: 2}}, kinds) == ["definition project: the key 1 is not text; quote it"]
    assert refused({"project": {"key": b"x"}}, kinds) == [
        "definition project.key: a value of the type bytes cannot be part of a configuration; give text"
    ]
    circle: dict[str, t.Any] = {}
    circle["project"] = circle
    assert "nested deeper" in refused(circle, kinds)[0]


def test_ansible_has_seen_a_mapping_in_memory_before(kinds: Kinds) -> None:
    definition = {"project": {"key": "A", "name": "{{ x }} {% y %} ${Z}"}}
    found = load(definition, kinds=kinds, variables={"Z": "z", "x": "never"})
    assert fields(found, "project.A")["name"] == "{{ x }} {% y %} z"


def test_code_files_and_environments_need_files(kinds: Kinds) -> None:
    definition = {
        "project": {"key": "A"},
        "recipes": [{"name": "r", "type": "python", "code_file": "x", "outputs": ["B"]}],
    }
    assert "code_file needs a configuration that is a file; write the text in code" in refused(definition, kinds)[0]
    assert "needs a configuration that is a file" in refused({"project": {"key": "A"}}, kinds, environment="dev")[0]


def test_everything_of_an_environment(write: Write, kinds: Kinds) -> None:
    folder = write({
        "projects/p.yml": PROJECT + (
            "datasets:\n"
            "  - {name: A, type: sql, connection: '${DB}', params: {table: '${PREFIX}_${SHARED}_${projectKey}', schema: s}}\n"
            "  - {name: B, type: managed, connection: '${TASK}', description: '{{ env.WHO }} {{ from_ansible.x }}'}\n"
            "recipes: [{name: r, type: sql, inputs: [A], outputs: [B], sql_file: recipes/r.sql, code_env: '${ENV:py}'}]\n"
        ),
        "recipes/r.sql": "select '${DB}' {{ x }}",
        "environments/dev.yml": (
            "environment: {name: dev, dataiku_host: 'https://dss'}\n"
            "variables: {DB: pg_dev, PREFIX: 'dev_${SHARED}', TASK: never}\n"
            "overrides:\n  datasets:\n    A: {params: {schema: dev}}\n    '*': {tags: [dev]}\n"
            "settings: {require_tests: true}\n"
        ),
        ".dataiku/variables.yml": "SHARED: all\nDB: never\n",
    })  # fmt: skip
    found = load(
        folder / "projects" / "p.yml",
        kinds=kinds,
        environment="dev",
        variables={"TASK": "from_task"},
        lookup={"from_ansible": {"x": 5}}.__getitem__,
        process_environment={"WHO": "me"},
    )
    assert found.environment == "dev"
    assert fields(found, "dataset.DEMO.A") == {
        "name": "A", "type": "sql", "connection": "pg_dev", "params": {"table": "dev_all_all_${projectKey}", "schema": "dev"},
        "tags": ["dev"],
    }  # fmt: skip
    assert fields(found, "dataset.DEMO.B")["connection"] == "from_task"
    assert fields(found, "dataset.DEMO.B")["description"] == "me 5"
    assert fields(found, "recipe.DEMO.r")["code"] == "select '${DB}' {{ x }}"
    assert fields(found, "recipe.DEMO.r")["code_env"] == "py"
    assert [warning.path for warning in found.warnings] == ["settings.require_tests"]


def test_problems_of_all_stages_at_once_in_the_order_of_the_files(write: Write, kinds: Kinds) -> None:
    text = (
        "project: {key: A-B}\n"
        "datasets:\n"
        "  - {name: X, typ: managed}\n"
        "  - {name: X, type: '${ABSENT}'}\n"
        "recipes:\n"
        "  - {name: r, type: python, inputs: [GONE], outputs: [X], code_file: none.py}\n"
        "models: []\n"
    )
    folder = write({"project.yml": text, "environments/dev.yml": "overrides: {datasets: {Y: {}}}"})
    assert refused(folder, kinds, environment="dev") == [
        "environments/dev.yml:1:24 overrides.datasets.Y: datasets has no 'Y' to override",
        "project.yml:1:11 project.key: Project key 'A-B' may hold only letters, digits and underscores",
        "project.yml:3:5 datasets[0].type: Dataset type is required",
        "project.yml:3:15 datasets[0].typ: unknown key 'typ'; did you mean 'type'?",
        "project.yml:4:6 datasets[1].name: Dataset 'X' is declared twice, first at project.yml:3:5",
        "project.yml:4:15 datasets[1].type: the variable ${ABSENT} is not declared; declare it in the variables of the task "
        "or of the environment file, or write $${ABSENT} or !unsafe where DSS is to expand it",
        "project.yml:6:38 recipes[0].inputs[0]: Recipe input 'GONE' references non-existent dataset; declare it, or write "
        "{dataset: GONE, external: true}",
        "project.yml:6:59 recipes[0].code_file: Recipe 'r' references code file that doesn't exist: none.py",
    ]


def test_what_a_broken_file_would_have_declared_is_not_missed(write: Write, kinds: Kinds) -> None:
    folder = write({
        "project.yml": PROJECT + "recipes: [{name: r, type: python, code: x, inputs: [A], outputs: [B], x: 1}]",
        "datasets/a.yml": "datasets: [",
    })  # fmt: skip
    found = refused(folder, kinds)
    assert len(found) == 2
    assert found[0].startswith("datasets/a.yml")
    assert "unknown key 'x'" in found[1]


def test_a_project_is_needed_for_what_belongs_to_one(kinds: Kinds) -> None:
    dataset = {"name": "A", "type": "managed"}
    assert refused({"datasets": [dataset]}, kinds) == ["definition project: Configuration must include a project"]
    assert refused({"version": "1.0"}, kinds) == ["project: Configuration must include a project"]
    assert load({"datasets": [dataset]}, kinds=kinds, project_key="K").declarations[0].address == "dataset.K.A"
    assert load({"connections": [{"name": "c"}]}, kinds=kinds).project_key is None
    assert load({"connections": []}, kinds=kinds, project_key="K").declarations == ()
    assert (
        "the project key 'A' is not the 'B' that was asked for"
        in refused({"project": {"key": "A"}}, kinds, project_key="B")[0]
    )
    assert refused({"project": {"name": "x"}}, kinds) == ["definition project.key: Project key is required"]


def test_keys_of_other_sections_in_a_file_of_one(write: Write, kinds: Kinds) -> None:
    folder = write(
        {"project.yml": PROJECT, "datasets/a.yml": "datasets: []\nrecipes: []\nproject: {}\nversion: '1.0'\n"}
    )
    assert refused(folder, kinds) == [
        "datasets/a.yml:2:1 recipes: 'recipes' does not belong in a file of datasets; move it to project.yml or a file in recipes/",
        "datasets/a.yml:3:1 project: 'project' does not belong in a file of datasets; move it to project.yml",
    ]
    found = load(folder, kinds=kinds, strict=False)
    assert len(found.warnings) == 2
    assert found.sections == {"project", "datasets"}


def test_lenient_loading_drops_what_it_does_not_know(write: Write, kinds: Kinds) -> None:
    folder = write({"p.yml": PROJECT + "datasets: [{name: A, type: managed, strange: 1}]\nmodels: []\n"})
    found = load(folder / "p.yml", kinds=kinds, strict=False)
    assert fields(found, "dataset.DEMO.A") == {"name": "A", "type": "managed"}
    assert [warning.severity for warning in found.warnings] == ["warning", "warning"]
    assert len(refused(folder / "p.yml", kinds)) == 1


def test_a_warning_about_an_override_of_all_is_given_once(write: Write, kinds: Kinds) -> None:
    recipes = "".join(f"  - {{name: r{n}, type: python, code: x, outputs: [O{n}]}}\n" for n in range(5))
    folder = write({
        "project.yml": PROJECT + "recipes:\n" + recipes,
        "environments/dev.yml": "overrides: {recipes: {'*': {resources: {memory: 1G}}}}",
    })  # fmt: skip
    (warning,) = load(folder, kinds=kinds, environment="dev").warnings
    assert str(warning.location) == "environments/dev.yml:1:29"


def test_naming(kinds: Kinds) -> None:
    definition = {"project": {"key": "A"}, "datasets": [{"name": "lower", "type": "managed"}]}
    assert load(definition, kinds=kinds).declarations
    assert "UPPERCASE" in refused(definition, kinds, naming="strict")[0]
    with pytest.raises(ValueError, match="naming is one of strict, dss"):
        load(definition, kinds=kinds, naming="other")


def test_verbatim_text_in_memory(kinds: Kinds) -> None:
    definition = {"project": {"key": "A", "name": Verbatim("${X}")}}
    assert fields(load(definition, kinds=kinds), "project.A")["name"] == "${X}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "A", "${X}", "{{ y }}", "python", "sql"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "name", "type", "key", "inputs", "outputs", "params", "code", "code_file", "steps", "triggers", "schema",
            "columns", "depends_on", "dataset", "ref", "settings", "checks", "join_config", "raw", "lifecycle", "$include",
            "resource", "fields", "reason", "expires", "forget", "dataset.A.x", "nothing",
        ]),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
SECTIONS = st.sampled_from(
    [
        "version", "metadata", "project", "datasets", "recipes", "scenarios", "variables", "managed_folders",
        "ignore_drift", "removed",
    ]
)  # fmt: skip


@given(st.dictionaries(SECTIONS, JSON, max_size=5), st.booleans(), st.sampled_from(["dss", "strict"]))
def test_whatever_is_written_is_loaded_or_refused_in_sentences(
    kinds_of_session: Kinds, definition: dict[str, t.Any], strict: bool, naming: str
) -> None:
    try:
        load(definition, kinds=kinds_of_session, strict=strict, naming=naming)
    except ConfigurationError as error:
        assert error.problems
        assert all("\n" not in problem.message for problem in error.problems)
        places = [(problem.path, problem.message) for problem in error.problems]
        assert len(places) == len(set(places))
