# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A converted configuration declares what the original declares, and says nothing more of other tools."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.convert import convert
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import Verbatim
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.dump import as_text
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.parser import parse
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError, DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import resource_notes
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from hypothesis import given, settings
from hypothesis import strategies as st
from support.dialects import ALONE, BLOCKS, DESIGN, ENVIRONMENT, LATER, TOOL, managed, python

Write = Callable[..., Path]
NOW = datetime(2031, 5, 6, tzinfo=UTC)
PROCESS = {"SF_CONN": "sf", "PG_CONN": "pg", "S3_CONN": "s3"}


def loaded(source: Path, **options: t.Any) -> Configuration:
    return load(source, kinds=KINDS, process_environment=PROCESS, now=NOW, **options)


def documents(found: Configuration) -> dict[str, t.Any]:
    return {key: item.declared for key, item in desired(found.declarations, found.project_key, KINDS).items()}


def unapplied(found: Configuration) -> list[str]:
    notes = resource_notes(desired(found.declarations, found.project_key, KINDS))
    return [str(note) for note in (*found.warnings, *notes) if "not applied, because" in note.message]


@pytest.mark.parametrize("suffix", [".yml", ".json"])
@pytest.mark.parametrize("name", [*ALONE, "blocks"])
def test_the_same_is_declared(write: Write, tmp_path: Path, name: str, suffix: str) -> None:
    text = BLOCKS if name == "blocks" else ALONE[name][0]
    if suffix == ".json":
        text = json.dumps(yaml.safe_load(text))
    folder = write({f"old/conf{suffix}": text, "old/code/films.py": "x = 1", "old/gauge.py": "a = 1"}) / "old"
    found = convert(folder / f"conf{suffix}", tmp_path / "new")
    before, after = loaded(folder / f"conf{suffix}"), loaded(tmp_path / "new" / f"conf{suffix}")
    assert documents(after) == documents(before)
    assert unapplied(after) == []
    places = {note.path for note in found.notes}
    assert places >= {warning.path for warning in before.warnings if "not applied" in warning.message}
    again = convert(tmp_path / "new" / f"conf{suffix}")
    assert again.files == found.files
    assert again.notes == ()


def test_a_tree_keeps_its_layout_variables_and_includes(write: Write, tmp_path: Path) -> None:
    folder = write({
        "old/projects/ferries.yml": DESIGN + LATER,
        "old/environments/dev.yml": ENVIRONMENT.replace(
            "overrides:\n", "overrides:\n  models: {delay: {}}\n"
        ).replace("datasets: {RAW_TRIPS: {", "datasets: {TOTALS: {format: csv}, RAW_TRIPS: {"),
        "old/recipes/trips.py": "a = 1",
        "old/recipes/totals.sql": "CREATE TABLE x; SELECT 1",
        "old/.dataiku/config.yml": TOOL,
        "old/unrelated.txt": "x",
    }) / "old"  # fmt: skip
    new = tmp_path / "new"
    found = convert(folder / "projects" / "ferries.yml", new)
    assert sorted(found.files) == [
        ".dataiku/config.yml", "environments/dev.yml", "projects/ferries.yml", "recipes/totals.sql", "recipes/trips.py",
    ]  # fmt: skip
    text = (new / "projects" / "ferries.yml").read_text()
    assert text.startswith("version: '1.0'\n")
    assert "connection: ${DATABASE}" in text
    assert "code_file: recipes/totals.sql" in text
    before = loaded(folder / "projects" / "ferries.yml", environment="dev")
    after = loaded(new / "projects" / "ferries.yml", environment="dev")
    assert documents(after) == documents(before)
    assert documents(after)["recipe.FERRIES.totals"]["type"] == "sql_script"
    # What an environment file says of how it is run stays as it is.
    assert [
        note for note in unapplied(after) if "settings.require_tests" not in note and "config.yml" not in note
    ] == []
    places = [note.path for note in found.notes]
    assert {
        "models[0]",
        "dashboards[0].pages[0].tiles[0]",
        "overrides.models",
        "overrides.datasets.RAW_TRIPS.params.sampling",
    } <= {*places}
    assert "scenarios[0].steps[2]" in places
    assert "overrides.recipes.*.resources" in places


def test_includes_and_templates(write: Write, tmp_path: Path) -> None:
    folder = write({
        "p.yml": "project: {key: INC, name: I}\ndatasets: {$include: [d.yml, e.yml]}\nrecipes: {$include: r.yml}\n"
        "templates: {t: {parameters: {n: {}}, datasets: [{name: '${param.n}', type: SNOWFLAKE, connection: c, format: csv}]}}\n"
        "instances: [{template: t, parameters: {n: x}}]\n",
        "d.yml": "datasets:\n" + managed("A"),
        "e.yml": managed("B"),
        "r.yml": "recipes:\n" + python("b", "A", "B"),
    })  # fmt: skip
    new = tmp_path / "new"
    convert(folder / "p.yml", new)
    assert yaml.safe_load((new / "p.yml").read_text())["datasets"] == {"$include": ["d.yml", "e.yml"]}
    assert "type: Snowflake" in (new / "p.yml").read_text()
    assert "format_type: csv" in (new / "p.yml").read_text()
    assert documents(loaded(new / "p.yml")) == documents(loaded(folder / "p.yml"))


def test_directories_and_files_of_a_library_come_along(write: Write, tmp_path: Path) -> None:
    folder = write({
        "old/p.yml": "project: {key: P}\nlibrary: {path: lib, files: {python/x.py: {file: one.py}}}\n",
        "old/lib/python/a/b.py": "a = 1",
        "old/one.py": "x = 1",
    }) / "old"  # fmt: skip
    found = convert(folder / "p.yml", tmp_path / "new")
    assert sorted(found.files) == ["lib/python/a/b.py", "one.py", "p.yml"]
    assert documents(loaded(tmp_path / "new" / "p.yml")) == documents(loaded(folder / "p.yml"))


def test_a_folder_of_projects(write: Write, tmp_path: Path) -> None:
    folder = write({
        "old/projects/one.yml": "project: {key: ONE}\ndatasets:\n" + managed("A"),
        "old/projects/two/project.yml": "project: {key: TWO}\n",
        "old/projects/two/datasets/a.yml": "datasets:\n" + managed("B"),
    }) / "old"  # fmt: skip
    found = convert(folder, tmp_path / "new")
    assert sorted(found.files) == ["projects/one.yml", "projects/two/datasets/a.yml", "projects/two/project.yml"]


def test_nothing_of_somebody_is_written_over(write: Write, tmp_path: Path) -> None:
    folder = write({"p.yml": "project: {key: P}\n"})
    new = tmp_path / "new"
    assert convert(folder / "p.yml").changes(new) == ("p.yml",)
    convert(folder / "p.yml", new)
    convert(folder / "p.yml", new)  # the same again
    (new / "p.yml").write_text("mine")
    with pytest.raises(DssError, match=r"holds other files of these names: p\.yml; set force"):
        convert(folder / "p.yml", new)
    convert(folder / "p.yml", new, force=True)
    assert (new / "p.yml").read_text() != "mine"
    with pytest.raises(DssError, match="is the configuration itself"):
        convert(folder / "p.yml", folder)


def test_what_cannot_be_read_is_an_error(write: Write) -> None:
    with pytest.raises(ConfigurationError, match="a ',' or '}' is missing"):
        convert(write({"p.yml": "project: {key: P"}) / "p.yml")
    with pytest.raises(ConfigurationError, match="Config path not found"):
        convert("/nowhere/p.yml")


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")) | st.sampled_from("\n\t {}$:#'\"")
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=10,
)


@settings(deadline=None, max_examples=60)
@given(VALUES, st.sampled_from([".yml", ".json"]))
def test_what_is_written_is_read_again(value: t.Any, suffix: str) -> None:
    assert parse(as_text({"x": value}, suffix).encode(), f"f{suffix}")["x"] == value


@settings(deadline=None, max_examples=60)
@given(TEXTS)
def test_unsafe_text_stays_unsafe(text: str) -> None:
    found = parse(as_text({"x": Verbatim(text)}, ".yml").encode(), "f.yml")["x"]
    assert (found, type(found)) == (text, Verbatim)
