# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever DSS holds is written so that a configuration says the same, and no secret is in it."""

from __future__ import annotations

import tempfile
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.escaping import text, written
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.layout import files_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.run import declared
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.secrets import Secrets
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.sources import Sourced
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.yaml_text import Unsafe
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from hypothesis import example, given, settings
from hypothesis import strategies as st

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1) | st.text(
    alphabet="${}:aA_%# \n", min_size=1
)


def sourced(description: str, code: str = "x", **variables: t.Any) -> Sourced:
    documents: dict[str, dict[str, dict[str, t.Any]]] = {
        "project": {"P": {"metadata": {"label": "P"}, "settings": {}, "permissions": {}}},
        "variables": {"": {"standard": variables, "local": {}}},
        "dataset": {"d": {"name": "d", "type": "Filesystem", "description": description}},
        "recipe": {"r": {"name": "r", "type": "python", "code": code, "outputs": {"main": {"items": [{"ref": "d"}]}}}},
    }
    return Sourced("P", documents, frozenset(), {}, ())


def read_back(source: Sourced, layout: t.Literal["single", "split"]) -> dict[str, dict[str, t.Any]]:
    """The author fields by kind after they were written and loaded."""
    found = declared(source)
    with tempfile.TemporaryDirectory() as folder:
        for path, data in files_of(found.rendered.items, found.requirements, found.secrets.listed, layout).items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(data)
        configuration = load(Path(folder), kinds=KINDS, lookup=found.secrets.values.__getitem__)
    return {entry.kind: entry.fields for entry in configuration.declarations}


@given(TEXTS, TEXTS, st.sampled_from(["single", "split"]))
@settings(max_examples=60, deadline=None)
@example("${x} $${y} ${projectKey} {{ z }}", "{% raw %} ${a}\n", "split")
@example("${a${b}}", "\ufeffprint()\r\n", "single")
@example("two\nlines\n\n", "x", "single")
def test_texts_and_code_are_read_back_as_they_were(
    description: str, code: str, layout: t.Literal["single", "split"]
) -> None:
    found = read_back(sourced(description, code), layout)
    assert found["dataset"].get("description") == description
    assert found["recipe"]["code"] == code


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${projectKey}/${odbId}", "${projectKey}/${odbId}"),
        ("${DKU_X}", "${DKU_X}"),
        ("${other}", "$${other}"),
        ("a ${b", "a ${b"),
        ("$${x}", "$$${x}"),
    ],
)
def test_only_what_ours_would_touch_is_escaped(value: str, expected: str) -> None:
    assert text(value, False, Secrets()) == expected
    assert text(value, True, Secrets()) == value


def test_template_markers_are_unsafe() -> None:
    for value in ("{{ a }}", "{% if %}", "{# c #}", "a {{ ${b}"):
        found = text(value, False, Secrets())
        assert (found, type(found)) == (value, Unsafe)


def test_a_secret_is_a_variable_and_never_written() -> None:
    found = declared(sourced("d", db_password="hunter2-very-secret", plain="x"))
    files = files_of(found.rendered.items, {}, found.secrets.listed, "split")
    assert b"hunter2" not in b"".join(files.values())
    assert b'db_password: "{{ vault_variables_p_standard_db_password }}"' in files["project.yml"]
    assert b'vault_variables_p_standard_db_password: ""' in files["secrets.example.yml"]
    loaded = read_back(sourced("d", db_password="hunter2-very-secret"), "split")
    assert loaded["variables"]["standard"]["db_password"] == "hunter2-very-secret"


def test_a_text_in_which_a_secret_occurs_is_left_out_and_named() -> None:
    found = declared(sourced("uses hunter2-very-secret", db_password="hunter2-very-secret"))
    files = files_of(found.rendered.items, {}, found.secrets.listed, "split")
    assert b"hunter2" not in b"".join(files.values())
    (problem,) = found.authors.problems
    assert str(problem).startswith(
        "dataset.P.d description: holds in clear the secret of variables.P standard.db_password"
    )


def test_a_secret_where_no_variable_can_stand_is_left_out() -> None:
    secrets = Secrets()
    covered = secrets.covered(KINDS["recipe"], "recipe.P.r", {"payload": {"apiKey": "abc", "other": 1}})
    left: list[str] = []
    assert written(covered, {"payload": True}, secrets, left) == {"payload": {"other": 1}}
    assert left == ["payload.apiKey"]
