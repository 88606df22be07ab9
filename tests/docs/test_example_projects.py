# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples apply to an empty node, in each of their environments, and are then as declared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.playbook import run
from support.sandbox import ROOT, SandboxProcess

EXAMPLES = ROOT / "docs" / "examples"
SECRET = "a-secret-of-the-warehouse"
CASES = [
    (folder.name, environment)
    for folder in sorted(path for path in EXAMPLES.iterdir() if path.is_dir())
    for environment in (sorted(path.stem for path in folder.glob("environments/*.yml")) or [""])
]


@pytest.fixture(autouse=True)
def copy_of_the_examples(tmp_path: Path) -> None:
    """Each test has its own, because a deployment leaves its state beside the configuration."""
    shutil.copytree(EXAMPLES, tmp_path / "docs" / "examples")


def deploy(node: SandboxProcess, folder: Path, name: str, environment: str, *options: str) -> str:
    command = ["dataiku_iac.dss.deploy", "-e", f"config=docs/examples/{name}", *options]
    if environment:
        command += ["-e", f"environment_name={environment}"]
    environ = {**node.environ, "SNOWFLAKE_PASSWORD": SECRET}
    code, output = run(command, environ, folder)
    assert code == 0, output
    assert SECRET not in output
    assert "WARNING" not in output, output
    return output


@pytest.mark.parametrize(("name", "environment"), CASES)
def test_example_applies_once_and_is_then_as_declared(
    sandbox: SandboxProcess, tmp_path: Path, name: str, environment: str
) -> None:
    if name == "multi-env":  # its README says that the connection must exist
        sandbox.client().create_connection(f"turbines_{environment}", "PostgreSQL", {"host": "db.example.com"})
    planned = deploy(sandbox, tmp_path, name, environment, "--check", "--diff")
    assert "0 to update, 0 to replace, 0 to delete." in planned
    applied = deploy(sandbox, tmp_path, name, environment)
    assert planned.splitlines()[-3:] == applied.splitlines()[-3:]  # the recap: check mode had foreseen it
    assert "No changes. " in deploy(sandbox, tmp_path, name, environment, "--check", "--diff")


def test_secret_of_the_example_arrives(sandbox: SandboxProcess, tmp_path: Path) -> None:
    deploy(sandbox, tmp_path, "snowflake-pipeline", "")
    assert SECRET in sandbox.control.secrets("snowflake_parcels").values()


@pytest.mark.parametrize(
    "folder", sorted(path for path in EXAMPLES.iterdir() if path.is_dir()), ids=lambda path: path.name
)
def test_example_says_how_to_run_it(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    assert f"ansible-playbook -i localhost, dataiku_iac.dss.deploy -e config=docs/examples/{folder.name}" in text
    assert folder.name in (EXAMPLES / "README.md").read_text()
