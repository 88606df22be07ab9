# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A part of a plan and its impact, with what a node says of zones and scenarios."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.flow import scenario_summaries, zones
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import NodeOptions
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.read import read
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.build import build
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.desired import desired
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.impact import impact, impact_lines
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.model import Options, Plan, Snapshot
from ansible_collections.dataiku_iac.dss.plugins.module_utils._plan.subset import subset
from support.sandbox import SandboxProcess


@pytest.fixture
def project(sandbox: SandboxProcess) -> t.Any:
    """raw -> clean -> gold with a folder, zones Ingest (raw, folder) and Serve (gold), and a nightly build of gold."""
    project = sandbox.client().create_project("FLOW", "Flow", "admin")
    for name in ("raw", "clean", "gold"):
        params = {"connection": "filesystem_managed", "path": name}
        project.create_dataset(name, "Filesystem", params=params, formatType="csv")
    for source, target in (("raw", "clean"), ("clean", "gold")):
        builder = project.new_recipe("python", f"make_{target}").with_input(source).with_output(target)
        builder.with_script("pass").create()
    folder = project.create_managed_folder("files")
    flow = project.get_flow()
    flow.create_zone("Ingest").add_items([project.get_dataset("raw"), folder])
    flow.create_zone("Serve").add_item(project.get_dataset("gold"))
    scenario = project.create_scenario("Nightly", "step_based").get_settings()
    items = [{"type": "DATASET", "itemId": "gold"}]
    scenario.get_raw()["params"] = {"steps": [{"type": "build_flowitem", "params": {"builds": items}}]}
    scenario.get_raw().update(
        active=True, triggers=[{"type": "temporal", "active": True, "params": {"frequency": "Minutely"}}]
    )
    scenario.save()
    return project


@pytest.fixture
def node(sandbox: SandboxProcess) -> t.Iterator[DssNode]:
    node = DssNode(NodeOptions(sandbox.url, sandbox.api_key))
    yield node
    node.close()


CONFIGURATION = {
    "managed_folders": [{"name": "files", "tags": ["x"]}],
    "datasets": [
        {"name": "raw", "type": "Filesystem", "params": {"path": "elsewhere"}},
        {"name": "clean", "type": "Filesystem", "description": "Tidy"},
        {"name": "gold", "type": "Filesystem", "tags": ["gold"]},
        {"name": "new", "type": "managed", "connection": "filesystem_managed"},
    ],
    "scenarios": [{"name": "Nightly"}],
}


def planned(node: DssNode) -> tuple[Plan, t.Any, Snapshot]:
    configuration = load(CONFIGURATION, kinds=KINDS, project_key="FLOW")
    resources = desired(configuration.declarations, "FLOW", KINDS)
    snapshot = read(node, "FLOW", resources, KINDS)
    return build(resources, snapshot, Options(), KINDS), resources, snapshot


def calls(sandbox: SandboxProcess) -> list[str]:
    found = [f"{call['method']} {call['path']}" for call in sandbox.control.calls()["calls"]]
    sandbox.control.forget_calls()
    return found


def test_zones_are_one_call_and_the_default_one_holds_the_rest(
    sandbox: SandboxProcess, project: t.Any, node: DssNode
) -> None:
    _plan, _resources, snapshot = planned(node)
    sandbox.control.forget_calls()
    found = zones(node, "FLOW", snapshot)
    assert [call.rstrip("/") for call in calls(sandbox)] == ["GET /projects/FLOW/flow/zones"]
    (folder,) = snapshot.of("managed_folder")
    assert found == {
        "Default": frozenset({("dataset", "clean"), ("recipe", "make_clean")}),
        "Ingest": frozenset({("dataset", "raw"), ("managed_folder", folder)}),
        "Serve": frozenset({("dataset", "gold"), ("recipe", "make_gold")}),
    }
    assert zones(node, "NONE", Snapshot(project_exists=False)) == {}
    assert calls(sandbox) == []


@pytest.mark.parametrize(
    ("only", "kept"),
    [
        ("zone:Ingest", {"managed_folder.FLOW.files", "dataset.FLOW.raw"}),
        ("zone:Serve", {"dataset.FLOW.gold"}),
        ("zone:Default", {"dataset.FLOW.clean"}),
        ("tag:gold", {"dataset.FLOW.gold"}),
        ("dataset.*", {f"dataset.FLOW.{name}" for name in ("raw", "clean", "gold", "new")}),
    ],
)
def test_a_part_by_zone_and_tag(project: t.Any, node: DssNode, only: str, kept: set[str]) -> None:
    plan, resources, snapshot = planned(node)
    part = subset(plan, [only], resources, zones(node, "FLOW", snapshot), (), Options())
    assert {action.address for action in part.plan.changed} == kept
    assert {action.address for action in part.left} == {action.address for action in plan.changed} - kept


def test_two_zones_of_one_name_are_taken_together(project: t.Any, node: DssNode) -> None:
    project.get_flow().create_zone("Serve").add_item(project.get_dataset("clean"))
    found = zones(node, "FLOW", planned(node)[2])
    assert {("dataset", "clean"), ("dataset", "gold")} <= found["Serve"]
    assert found["Default"] == frozenset()


def test_an_answer_that_is_no_list_of_zones_is_one_sentence(
    sandbox: SandboxProcess, project: t.Any, node: DssNode
) -> None:
    sandbox.control.fault("GET", "/projects/FLOW/flow/zones", raw_body='[{"items": [{}]}]')
    with pytest.raises(NodeError, match="the zones of FLOW in a form"):
        zones(node, "FLOW", Snapshot())


def test_the_impact_names_what_is_made_from_a_change_and_the_scenario_that_is_due(
    sandbox: SandboxProcess, project: t.Any, node: DssNode
) -> None:
    plan, _resources, snapshot = planned(node)
    sandbox.control.forget_calls()
    summaries = scenario_summaries(node, "FLOW")
    assert [call.rstrip("/") for call in calls(sandbox)] == ["GET /projects/FLOW/scenarios"]
    lines = impact_lines(impact(plan, snapshot, datetime.now(UTC), summaries))
    assert lines[0] == "Out of date afterwards: dataset.FLOW.clean, dataset.FLOW.gold"
    assert lines[1].startswith("Scenario scenario.FLOW.Nightly is due at ")
    assert lines[1].endswith(" UTC and uses dataset.FLOW.gold")
    assert calls(sandbox) == []


def test_a_scenario_that_runs_now_is_seen(sandbox: SandboxProcess, project: t.Any, node: DssNode) -> None:
    sandbox.control.switch(scenario_run_seconds=3600)
    try:
        project.get_scenario("Nightly").run()
    finally:
        sandbox.control.switch(scenario_run_seconds=0)
    plan, _resources, snapshot = planned(node)
    found = impact(plan, snapshot, datetime.now(UTC), scenario_summaries(node, "FLOW"))
    assert [(entry.address, entry.running, entry.uses) for entry in found.scenarios] == [
        ("scenario.FLOW.Nightly", True, ("dataset.FLOW.gold",))
    ]


def test_a_refused_list_of_scenarios_stops_nothing(sandbox: SandboxProcess, project: t.Any, node: DssNode) -> None:
    sandbox.control.fault("GET", "/projects/FLOW/scenarios", status=403, count=1)
    assert scenario_summaries(node, "FLOW") is None
    sandbox.control.fault("GET", "/projects/FLOW/scenarios", raw_body="{}")
    assert scenario_summaries(node, "FLOW") == {}
