# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module convert: files, check mode, diff, and what it refuses."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.dialects import DESIGN, ENVIRONMENT
from support.engine import run_module
from support.sandbox import SandboxProcess


def converted(base: Path, **options: t.Any) -> dict[str, t.Any]:
    return run_module({}, "convert", base=base, path="old/projects/ferries.yml", dest="new", **options)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    files = {
        "projects/ferries.yml": DESIGN,
        "environments/dev.yml": ENVIRONMENT,
        "recipes/trips.py": "a = 1\n",
        "recipes/totals.sql": "SELECT 1\n",
    }
    for name, text in files.items():
        (tmp_path / "old" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "old" / name).write_text(text)
    return tmp_path


def test_check_mode_shows_what_is_written(base: Path) -> None:
    planned = converted(base, check=True)
    assert not (base / "new").exists()
    done = converted(base)
    assert planned == done
    assert done["changed"]
    assert done["written"] == done["files"] == [
        "environments/dev.yml", "projects/ferries.yml", "recipes/totals.sql", "recipes/trips.py",
    ]  # fmt: skip
    assert "+++ projects/ferries.yml" in done["diff"]["prepared"]
    assert "+    format_type: parquet" in done["diff"]["prepared"]
    assert (base / "new/recipes/trips.py").read_text() == "a = 1\n"
    assert done["warnings"] == done["not_applied"]
    assert any("recipes[0].resources: not applied, because" in note for note in done["not_applied"])
    again = converted(base)
    assert (again["changed"], again["written"], again["diff"]["prepared"]) == (False, [], "")


def test_what_was_edited_since_is_written_over_only_with_force(base: Path) -> None:
    converted(base)
    edited = base / "new" / "projects" / "ferries.yml"
    edited.write_text("mine")
    with pytest.raises(DssError, match="set force to write over them"):
        converted(base)
    assert edited.read_text() == "mine"
    assert converted(base, force=True)["written"] == ["projects/ferries.yml"]


def test_the_place_of_the_original_is_refused_in_check_mode_too(base: Path) -> None:
    for check in (True, False):
        with pytest.raises(DssError, match="is the configuration itself"):
            run_module({}, "convert", base=base, check=check, path="old/projects/ferries.yml", dest="old")


def test_the_plan_names_what_it_does_not_apply(sandbox: SandboxProcess, base: Path) -> None:
    """In its text and for a pull request, before the conversion and not after it."""
    definition = {
        "project": {"key": "FERRIES", "settings": {"exposed": True}},
        "datasets": [{"name": "A", "type": "managed", "format": "csv", "build_mode": "RECURSIVE"}],
        "models": [{"name": "m"}],
    }
    plan = run_module(sandbox.environ, check=True, base=base, definition=definition)["plan"]
    for place in ("project.settings.exposed", "datasets[0].build_mode", "models[0]"):
        assert f"Warning: definition {place}: not applied, because " in plan["text"]
    assert plan["markdown"].count("not applied, because") == 3
    (base / "old.json").write_text(json.dumps(definition))
    run_module({}, "convert", base=base, path="old.json", dest="new")
    plan = run_module(sandbox.environ, check=True, base=base, path=str(base / "new" / "old.json"))["plan"]
    assert "not applied" not in plan["text"]
    assert plan["summary"]["create"] == 2
