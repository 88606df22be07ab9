# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A configuration in Python declares what plain YAML declares, and is never run unasked."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils import dataiku_iac
from ansible_collections.dataiku_iac.dss.plugins.module_utils.dataiku_iac import (
    Configuration,
    ConfigurationError,
    DssError,
    Project,
)

Write = Callable[..., Path]
MODULE = "ansible_collections.dataiku_iac.dss.plugins.module_utils.dataiku_iac"

YAML = """\
project: {key: P, name: P, tags: [a]}
connections: [{name: wh, type: PostgreSQL}]
managed_folders: [{name: docs}]
datasets:
  - {name: a_raw, type: PostgreSQL, connection: wh, params: {table: "${TABLE}"}}
  - {name: a_clean, type: managed}
  - {name: b_raw, type: PostgreSQL, connection: wh, params: {table: "${TABLE}"}}
  - {name: b_clean, type: managed}
recipes:
  - {name: clean_a, type: python, inputs: [a_raw, docs], outputs: [a_clean], code: "x = '${y}'"}
  - {name: clean_b, type: python, inputs: [b_raw, docs], outputs: [b_clean], code: "x = '${y}'"}
scenarios:
  - {name: nightly, steps: [{type: build_flowitem, items: [a_clean, b_clean]}]}
variables: {standard: {year: 1}}
"""
PYTHON = """\
project = Project("P", name="P", tags=["a"])
wh = project.connection("wh", type="PostgreSQL")
docs = project.managed_folder("docs")
built = []
for name in "ab":
    raw = project.dataset(f"{name}_raw", type="PostgreSQL", connection=wh, params={"table": "${TABLE}"})
    clean = project.dataset(f"{name}_clean", type="managed")
    built.append(clean)
    project.recipe(f"clean_{name}", type="python", inputs=[raw, docs], outputs=[clean], code="x = '${y}'")
project.scenario("nightly", steps=[{"type": "build_flowitem", "items": built}])
project.set("variables", {"standard": {"year": 1}})
"""
TEMPLATED = """\
project: {key: P, name: P, tags: [a]}
connections: [{name: wh, type: PostgreSQL}]
managed_folders: [{name: docs}]
templates:
  cleaned:
    parameters: {name: {}}
    datasets:
      - {name: "${param.name}_raw", type: PostgreSQL, connection: wh, params: {table: "${TABLE}"}}
      - {name: "${param.name}_clean", type: managed}
    recipes:
      - name: clean_${param.name}
        type: python
        inputs: ["${param.name}_raw", docs]
        outputs: ["${param.name}_clean"]
        code: "x = '${y}'"
instances: [{template: cleaned, parameters: {name: a}}, {template: cleaned, parameters: {name: b}}]
scenarios:
  - {name: nightly, steps: [{type: build_flowitem, items: [a_clean, b_clean]}]}
variables: {standard: {year: 1}}
"""


def loaded(source: t.Any, **options: t.Any) -> Configuration:
    return dataiku_iac.load(source, variables={"TABLE": "t"}, **options)


def resources(found: Configuration) -> dict[str, t.Any]:
    return {key: (item.declared, item.references) for key, item in sorted(dataiku_iac.desired(found).items())}


def failure(folder: Path, program: str) -> str:
    (folder / "project.py").write_text(program)
    with pytest.raises(ConfigurationError) as caught:
        loaded(folder / "project.py", allow_python=True)
    return str(caught.value)


def test_yaml_python_and_templates_give_the_same_resources(write: Write) -> None:
    folder = write({"plain.yml": YAML, "templated.yml": TEMPLATED, "p/project.py": PYTHON, "one.py": PYTHON})
    plain = resources(loaded(folder / "plain.yml"))
    assert len(plain) == 11
    assert resources(loaded(folder / "templated.yml")) == plain
    assert resources(loaded(folder / "p", allow_python=True)) == plain
    assert resources(loaded(folder / "one.py", allow_python=True)) == plain
    namespace: dict[str, t.Any] = {"Project": Project}
    exec(PYTHON, namespace)
    assert resources(loaded(namespace["project"])) == plain


def test_it_is_never_run_unasked(write: Write, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    folder = write({"project.py": f"open({str(trace)!r}, 'w')\n"})
    for source in (folder, folder / "project.py"):
        with pytest.raises(ConfigurationError, match=r"project\.py: this is a Python program, which is not run unless"):
            loaded(source)
        assert dataiku_iac.validate(source)[0].severity == "error"
    assert not trace.exists()


def test_a_mistake_names_the_line_of_the_call(write: Write) -> None:
    folder = write({})
    program = 'project = Project("P", name="P")\n\nproject.dataset(\n    "d", type="managed", formt="csv")\n'
    assert failure(folder, program).startswith("project.py:3:1 datasets[0].formt: unknown key 'formt'")
    assert failure(folder, 'project = Project("P", name="P", description=object())\n').startswith("project.py")


def test_each_call_of_a_helper_has_the_line_of_the_program(write: Write) -> None:
    folder = write({"project.py": PYTHON})
    found = loaded(folder, allow_python=True)
    lines = {entry.address: entry.location.line for entry in found.declarations}
    assert (lines["project.P"], lines["dataset.P.a_raw"], lines["recipe.P.clean_b"]) == (1, 6, 9)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("x = (", "project.py:1:5: this is not Python: '(' was never closed"),
        ("\nraise ValueError('no')", "project.py:2:1: the program failed: ValueError: no"),
        ("import sys\nsys.exit('bye')", "project.py:2:1: the program failed: SystemExit: bye"),
        ("def f():\n    return 1 / 0\nf()", "project.py:2:1: the program failed: ZeroDivisionError: division by zero"),
        ("x = 1", "project.py: the program leaves no project in the variable project; write project = Project("),
        ("project = {}", "project.py: the program leaves no project in the variable project"),
        ('project = Project("P", name="P")\nproject.add("project", "x")', "project is no list of resources; use set()"),
        ('project = Project("P", name="P")\nproject.add("things", "x")', "project.py:2:1 things: unknown key 'things'"),
    ],
)
def test_what_a_program_does_wrong(write: Write, program: str, message: str) -> None:
    assert message in failure(write({}), program)


def test_code_files_folders_and_environments_belong_to_it(write: Write) -> None:
    folder = write({
        "project.py": f"from {MODULE} import Project\nproject = Project('P', name='P')\n"
        "project.recipe('r', type='python', inputs=[], outputs=['d'], code_file='r.py')\n",
        "r.py": "x = 1",
        "datasets/d.yml": "datasets: [{name: d, type: managed}]\n",
        "environments/dev.yml": "overrides: {datasets: {d: {tags: [dev]}}}\n",
    })  # fmt: skip
    fields = {
        entry.address: entry.fields for entry in loaded(folder, allow_python=True, environment="dev").declarations
    }
    assert fields["recipe.P.r"]["code"] == "x = 1"
    assert fields["dataset.P.d"]["tags"] == ["dev"]


def test_both_a_yaml_and_a_python_file(write: Write) -> None:
    folder = write({"project.yml": "project: {key: P}\n", "project.py": "x"})
    with pytest.raises(ConfigurationError, match=r"has both project\.yml and project\.py; keep one"):
        loaded(folder)


def test_several_projects_need_load_all(write: Write) -> None:
    folder = write(
        {"projects/a.yml": "project: {key: A}\n", "projects/b/project.py": "project = Project('B', name='B')\n"}
    )
    assert [found.project_key for found in dataiku_iac.load_all(folder, allow_python=True)] == ["A", "B"]
    with pytest.raises(DssError):
        dataiku_iac.load(folder)


def test_a_plan_of_what_is_declared_and_what_is_there() -> None:
    found = loaded(
        {"project": {"key": "P", "name": "P"}, "datasets": [{"name": "d", "type": "managed", "tags": ["a"]}]}
    )
    connections = {"filesystem_managed": "Filesystem"}
    new = dataiku_iac.plan(found, connections=connections)
    assert new.summary["create"] == 2
    held = {"project": {"P": {"metadata": {"label": "P"}}},
            "dataset": {"d": {"name": "d", "type": "Filesystem", "managed": True, "tags": ["b"]}, "x": {"name": "x"}}}  # fmt: skip
    changed = dataiku_iac.plan(found, held, connections=connections)
    assert [(entry.action, entry.address) for entry in changed.changed] == [("update", "dataset.P.d")]
    assert "to update" in dataiku_iac.render(changed, "markdown")
    assert '"update": 1' in dataiku_iac.render(changed, "json")
    pruned = dataiku_iac.plan(found, held, connections=connections, prune=True)
    assert ("delete", "dataset.P.x") in [(entry.action, entry.address) for entry in pruned.changed]
    assert held["dataset"]["d"]["tags"] == ["b"]
