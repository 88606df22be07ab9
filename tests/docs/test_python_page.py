# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs of docs/python.md run as they stand, where there is neither Ansible nor Dataiku's client."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import ansible_collections
import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils import dataiku_iac
from support.sandbox import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text()
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
WITHOUT = "import sys\nfor name in ('ansible', 'dataikuapi', 'requests'):\n    sys.modules[name] = None\n"
COLLECTIONS = next(
    Path(place).parent for place in ansible_collections.__path__ if (Path(place) / "dataiku_iac/dss").exists()
)


def run(folder: Path, program: str) -> str:
    (folder / "program.py").write_text(WITHOUT + program)
    environ = {"PYTHONPATH": str(COLLECTIONS), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=folder, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_programs() -> None:
    assert len(PROGRAMS) == 2


def test_a_plan_without_ansible(tmp_path: Path) -> None:
    said = run(tmp_path, PROGRAMS[0])
    assert '  ~ project.BAKERY  # definition\n      ~ name: "Old name" -> "Bakery"' in said
    assert "Plan: 0 to create, 1 to update, 0 to replace, 0 to delete." in said
    assert "error definition dataset: unknown key 'dataset'; did you mean 'datasets'?" in said


def test_the_project_in_python_declares_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "project.py").write_text(PROGRAMS[1])
    configuration = dataiku_iac.load(tmp_path, allow_python=True)
    addresses = list(dataiku_iac.desired(configuration))
    assert len(addresses) == 9
    assert "recipe.BAKERY.clean_customers" in addresses
    run(
        tmp_path,
        PROGRAMS[1]
        + "\nfrom ansible_collections.dataiku_iac.dss.plugins.module_utils.dataiku_iac import load\nload(project)\n",
    )


@pytest.mark.parametrize("name", dataiku_iac.__all__)
def test_what_is_public_is_there_and_documented(name: str) -> None:
    assert getattr(dataiku_iac, name).__doc__


def test_the_table_names_the_functions() -> None:
    told = set(re.findall(r"^\| `(\w+)[(`]", PAGE, re.MULTILINE))
    assert told == {name for name in dataiku_iac.__all__ if name[0].islower()} | {"Project"}
