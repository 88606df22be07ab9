# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the documentation of each module run, in order, and run again without a change.

The second run of a rollback without ``to`` undoes the first, and a verb runs again what it ran, so there a change is right.
"""

from __future__ import annotations

import ast
import json
import subprocess
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.transfer import checksum_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.holder import holder_from, record_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from support.engine import run_module
from support.line import Line, warehouse
from support.playbook import run
from support.sandbox import ROOT, SandboxProcess
from support.site import SandboxSite

MODULES = sorted(path for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")

PROJECT = {
    "project.yml": {"project": {"key": "QUICKSTART", "name": "Quickstart"}},
    "datasets/customers.yml": {"datasets": [{"name": "customers", "type": "managed", "format_type": "csv"}]},
    "environments/dev.yml": {"variables": {"STAGE": "dev"}},
}


def examples(module: Path) -> list[dict[str, t.Any]]:
    """The tasks in ``EXAMPLES``, read without importing the module."""
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "EXAMPLES":
            return yaml.safe_load(ast.literal_eval(node.value)) or []
    return []


def deployed(sandbox: SandboxProcess, folder: Path) -> None:
    """Three versions of a state, in the place that the examples of the modules for states name."""
    for tag in ("bronze", "silver", "gold"):
        declared = {"datasets": [{"name": "customers", "type": "managed", "format_type": "csv", "tags": [tag]}]}
        (folder / "configuration/datasets/customers.yml").write_text(yaml.safe_dump(declared))
        place = {"type": "local", "path": str(folder / "states")}
        options = {"path": str(folder / "configuration"), "environment": "dev", "state_backend": place}
        run_module(sandbox.environ, base=folder, **options)


def deployed_and_moved(sandbox: SandboxProcess, folder: Path) -> None:
    deployed(sandbox, folder)
    subprocess.run(["git", "init", "--quiet", "--bare", str(folder / "states.git")], check=True)


def locked(_sandbox: SandboxProcess, folder: Path) -> None:
    """Somebody holds the lock."""
    holder = replace(holder_from({"LOGNAME": "ada"}, "apply"), lease=60.0, expires="2999-01-01T00:00:00Z")
    backend = open_backend({"type": "local", "path": str(folder / "states")}, folder, {})
    backend.write("dev/QUICKSTART.lock.json", record_of(holder), None)


def runnable(sandbox: SandboxProcess, folder: Path) -> None:
    """A flow to build and scenarios to run, with a rule of data quality and a check of the project standards."""
    flow = {
        "project": {"key": "QUICKSTART", "name": "Quickstart"},
        "datasets": [{"name": name, "type": "managed"} for name in ("customers", "customers_clean")],
        "recipes": [
            {"name": "clean_customers", "type": "sync", "inputs": ["customers"], "outputs": ["customers_clean"]}
        ],
        "managed_folders": [{"name": "reports"}],
        "scenarios": [{"name": "Nightly build"}, {"name": "smoke", "marked_as_test": True}],
    }
    run_module(sandbox.environ, base=folder, definition=flow)
    customers = sandbox.client().get_project("QUICKSTART").get_dataset("customers")
    customers.get_data_quality_rules().create_rule({"type": "RecordCountInRangeRule", "displayName": "Enough"})
    sandbox.control.instance(standards_checks=[{"id": "described", "name": "It is described"}])


def imported(sandbox: SandboxProcess, folder: Path) -> None:
    """A project with something in it, and its export."""
    runnable(sandbox, folder)
    with sandbox.client().get_project("QUICKSTART").get_export_stream() as export:
        (folder / "export.zip").write_bytes(export.read())


def charted(sandbox: SandboxProcess, _folder: Path) -> None:
    """An insight that somebody made."""
    sandbox.client().get_project("QUICKSTART").create_insight({"name": "Orders table", "type": "dataset_table"})


VERBS = ("build", "gate", "scenario_run")  # they always change
READS = ("build_info", "scenario_run_info")  # they never do
PREPARED = {
    "state": deployed_and_moved,
    "state_lock": locked,
    "project_import": imported,
    "rollback": deployed,
    "dashboard": charted,
    "zone": runnable,
    **dict.fromkeys((*VERBS, *READS), runnable),
}


def designed(line: Line) -> None:
    """A project on the design node, and a connection of its own on each."""
    for node, name in ((line.dev, "warehouse"), (line.prod, "warehouse_prod")):
        warehouse(node, name)
    project = line.dev.client().create_project("QUICKSTART", "Quickstart", "admin")
    project.create_dataset(
        "orders", "PostgreSQL", params={"connection": "warehouse", "mode": "table", "table": "orders"}
    )
    project.create_scenario("NIGHTLY", "step_based")


def with_warehouse(line: Line) -> None:
    """The same, and no other name is needed."""
    designed(line)
    warehouse(line.prod, "warehouse")


def delivered(line: Line) -> None:
    """The same, and its first bundle is on the automation node."""
    designed(line)
    line.run(line.dev, project="QUICKSTART")
    line.run(line.prod, project="QUICKSTART", source=line.source)
    options = {"project": "QUICKSTART", "connections": {"warehouse": "warehouse_prod"}, "judge": False}
    line.run(line.prod, "connection_remapping", **options)


def to_be_remapped(line: Line) -> None:
    """The same, without other names yet."""
    designed(line)
    line.run(line.dev, project="QUICKSTART")
    line.run(line.prod, project="QUICKSTART", source=line.source)
    line.prod.control.instance(code_envs=[{"envName": "python_prod", "envLang": "PYTHON"}])


def published(line: Line) -> None:
    """A bundle on the deployer, which reaches the automation node."""
    designed(line)
    project = line.dev.client().get_project("QUICKSTART")
    project.export_bundle("v1")
    project.publish_bundle("v1")
    node = {"automation_node_url": line.prod.url, "admin_api_key": line.prod.api_key}
    run_module(line.site.nodes["deployer"].environ, "deployer_infrastructure", id="prod", stage="Production", **node)


def deployed_on_prod(line: Line) -> None:
    """The same, and the bundle is deployed."""
    published(line)
    wanted = {"project": "QUICKSTART", "infrastructure": "prod", "bundle": "v1"}
    remapping = {"connections": {"warehouse": "warehouse_prod"}}
    deployer = line.site.nodes["deployer"].environ
    run_module(deployer, "deployment", id="QUICKSTART-on-prod", remapping=remapping, **wanted)


def promotable(line: Line) -> dict[str, str]:
    """A bundle that was accepted, and the archive of the next one."""
    designed(line)
    place = {"environment": "prod", "project": "QUICKSTART"}
    place["state_backend"] = {"type": "local", "path": str(line.folder / "states")}
    project = line.dev.client().get_project("QUICKSTART")
    for bundle in ("v1", "v2"):
        project.export_bundle(bundle)
        project.download_exported_bundle_archive_to_file(bundle, str(line.folder / f"{bundle}.zip"))
    archive = line.folder / "v1.zip"
    options = {"path": str(archive), "checksum": checksum_of(archive), "local_variables": {"region": "us"}}
    remapping = {"connections": {"warehouse": "warehouse_prod"}}
    line.run(line.prod, "promotion", bundle="v1", remapping=remapping, **options, **place)
    line.run(line.prod, "promotion", action="accept", **place)
    return {"v2_checksum": checksum_of(line.folder / "v2.zip")}


# Modules whose examples need a design node, an automation node or a deployer.
ON_SITE = {
    "bundle": with_warehouse,
    "bundle_info": delivered,
    "connection_remapping": to_be_remapped,
    "connection_remapping_info": delivered,
    "deployer_infrastructure": designed,
    "deployer_infrastructure_info": deployed_on_prod,
    "deployer_project": designed,
    "deployer_project_info": deployed_on_prod,
    "deployment": published,
    "deployment_info": deployed_on_prod,
    "promotion": promotable,
}


def steps(task: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """An example in check mode, for good, and once more."""
    undoes = "to" not in task.get("dataiku_iac.dss.rollback", {"to": 0})
    toggles = undoes or any(f"dataiku_iac.dss.{verb}" in task for verb in VERBS)
    return [
        {**task, "check_mode": True, "register": "planned"},
        {**task, "register": "done"},
        {**task, "register": "again"},
        {
            "name": f"Judge: {task['name']}",
            "ansible.builtin.assert": {
                "that": [
                    "planned.changed == done.changed",
                    "planned.diff | default(none) == done.diff | default(none)",
                    f"again is {'' if toggles else 'not '}changed",
                ],
                "quiet": True,
            },
        },
    ]


@pytest.fixture(scope="module")
def site() -> t.Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "deployer")
    yield site
    site.stop()


@pytest.mark.parametrize("module", ON_SITE)
def test_examples_of_module_run_on_several_nodes(site: SandboxSite, tmp_path: Path, module: str) -> None:
    site.reset()
    line = Line(site, tmp_path)
    variables = ON_SITE[module](line) or {}
    hosts = {
        name: {"dss_url": node.url, "dss_api_key": node.api_key}
        for name, node in (
            ("dev_design", line.dev),
            ("prod_automation", line.prod),
            ("prod_deployer", site.nodes["deployer"]),
        )
    }
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": {"localhost": None, **hosts}}}))
    tasks = examples(ROOT / "plugins" / "modules" / f"{module}.py")
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [step for task in tasks for step in steps(task)]}
    (tmp_path / "playbook.json").write_text(json.dumps([{**play, "vars": variables}]))

    code, output = run(["-i", "hosts.yml", "playbook.json"], line.dev.environ, tmp_path)

    assert code == 0, output
    assert "WARNING" not in output, output
    assert ("changed: [localhost" in output) is not module.endswith("_info")


OF_KINDS = {f"{name}_info" for name in KINDS}
ALONE = [path for path in MODULES if path.stem not in ON_SITE and path.stem not in OF_KINDS]


def examples_of(module: Path) -> list[dict[str, t.Any]]:
    tasks = examples(module)
    name = f"dataiku_iac.dss.{module.stem}"
    assert sum(name in task for task in tasks) >= 2, f"{name} needs at least two examples that use its full name"
    return tasks


def test_examples_of_the_info_modules_of_kinds_run(sandbox: SandboxProcess, tmp_path: Path) -> None:
    runnable(sandbox, tmp_path)
    tasks = [task for path in MODULES if path.stem in OF_KINDS for task in examples_of(path)]
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [step for task in tasks for step in steps(task)]}
    (tmp_path / "playbook.json").write_text(json.dumps([play]))

    code, output = run(["playbook.json"], sandbox.environ, tmp_path)

    assert code == 0, output
    assert "WARNING" not in output and "changed: [localhost]" not in output, output


@pytest.mark.parametrize("module", ALONE, ids=lambda path: path.stem)
def test_examples_of_module_run(sandbox: SandboxProcess, tmp_path: Path, module: Path) -> None:
    tasks = examples_of(module)
    for file, content in PROJECT.items():
        path = tmp_path / "configuration" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content))
    if module.stem != "project":
        sandbox.client().create_project("QUICKSTART", "Quickstart", "admin")
    if module.stem in PREPARED:
        PREPARED[module.stem](sandbox, tmp_path)
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [step for task in tasks for step in steps(task)]}
    (tmp_path / "playbook.json").write_text(json.dumps([play]))

    code, output = run(["playbook.json"], sandbox.environ, tmp_path)

    assert code == 0, output
    assert "WARNING" not in output, output
    assert ("changed: [localhost]" in output) is (module.stem not in READS)
