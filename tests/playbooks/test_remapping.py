# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A remapping on a real node pair: what the target lacks is known in check mode, before anything moves."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._task import RunError
from support.line import KEY, REAL, Line, real_project, small_project, warehouse
from support.sandbox import connect
from support.site import SandboxSite

MAPPED = {"connections": {"warehouse": "target"}}


@pytest.fixture(scope="module")
def site() -> t.Iterator[SandboxSite]:
    site = SandboxSite("dev=design", "prod=automation", "deployer")
    yield site
    site.stop()


@pytest.fixture
def line(site: SandboxSite, tmp_path: Path) -> Line:
    """A project on the design node, and nothing of it on the automation node but a connection for it."""
    site.reset()
    made = Line(site, tmp_path)
    small_project(made)
    warehouse(made.prod, "target")
    return made


def remap(line: Line, check: bool = False, **options: t.Any) -> dict[str, t.Any]:
    return line.run(line.prod, "connection_remapping", check, **{"source": line.source, **MAPPED, **options})


def stored(line: Line) -> dict[str, t.Any]:
    settings = line.prod.client().get_project(KEY).get_settings().get_raw()
    return settings.get("bundleContainerSettings", {})


def imported(line: Line) -> None:
    line.export()
    line.release(state="present")


def connection_of(line: Line, dataset: str = "orders") -> str:
    settings = line.prod.client().get_project(KEY).get_dataset(dataset).get_settings().get_raw()
    return settings["params"]["connection"]


def test_a_remapping_is_written_once_and_counts_from_the_activation_on(line: Line) -> None:
    imported(line)
    planned = remap(line, check=True)
    assert "remapping" not in stored(line) or not stored(line)["remapping"]["connections"]
    done = remap(line)
    assert (planned["diff"], planned["remapping"], planned["rows"]) == (done["diff"], done["remapping"], done["rows"])
    assert done["diff"]["prepared"].splitlines() == [
        "remapping of project FLOW",
        "  connections: warehouse -> target",
        "kind        source     target  used by                      finding",
        "connection  warehouse  target  dataset orders, dataset raw  ok",
    ]
    assert stored(line)["remapping"]["connections"] == [{"source": "warehouse", "target": "target"}]
    again = remap(line)
    assert (again["changed"], again["diff"]["prepared"]) == (False, "")
    line.release()
    assert connection_of(line) == "target"
    assert line.run(line.prod, "connection_remapping_info")["remapping"]["connections"] == {"warehouse": "target"}
    warehouse(line.prod, "other")
    assert remap(line, connections={"warehouse": "other"})["changed"]
    assert connection_of(line) == "target"
    assert line.release(force=True)["changed"]
    assert connection_of(line) == "other"


@pytest.mark.skipif(not REAL.is_dir(), reason="needs ../shared/corpus, which is not published")
def test_a_real_project_is_judged_whole(site: SandboxSite, tmp_path: Path) -> None:
    site.reset()
    line = Line(site, tmp_path)
    real_project(line)
    imported(line)
    warehouse(line.prod, "target")
    mapped = {"connections": {"postgreSQL": "target"}}
    done = remap(line, **mapped)
    rows = {row["source"]: row for row in done["rows"] if row["kind"] == "connection"}
    assert len(rows) >= 2 and rows["postgreSQL"]["target"] == "target" and len(rows["postgreSQL"]["used_by"]) >= 10
    assert not [found for row in rows.values() for found in row["findings"] if found["severity"] == "error"]
    line.release()
    warehouse(line.prod, "target", host="dev.example.com")
    with pytest.raises(RunError, match=r"error: dataset .* and \d+ more would be written where the source has it"):
        remap(line, check=True, **mapped)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (None, "missing"),
        ({"kind": "MySQL"}, "type"),
        ({"allowWrite": False}, "not_writable"),
        ({"usableBy": "ALLOWED", "allowedGroups": ["finance"]}, "not_allowed"),
        ({"host": "DEV.example.com"}, "same_table"),
    ],
)
@pytest.mark.parametrize("there", [False, True], ids=["before the first bundle", "after it"])
def test_each_wrong_case_stops_check_mode_and_the_run_before_anything_moves(
    line: Line, target: dict[str, t.Any] | None, code: str, there: bool
) -> None:
    if target is None:
        line.prod.client().get_connection("target").delete()
    else:
        warehouse(line.prod, "target", **target)
    if there:
        imported(line)
    line.prod.control.forget_calls()
    for check in (True, False) if there else (True,):
        with pytest.raises(RunError, match="the target lacks what the remapping needs, nothing was written") as failed:
            remap(line, check)
        (row,) = failed.value.result["rows"]
        assert [found["code"] for found in row["findings"] if found["severity"] == "error"] == [code]
        assert "warehouse  target" in str(failed.value)
    assert line.writes(line.prod) == {}
    if there:
        warned = remap(line, on_finding="warn")
        assert warned["changed"] and any("target" in warning for warning in warned["warnings"])


def test_entries_join_those_that_are_there_unless_they_are_to_be_all(line: Line) -> None:
    imported(line)
    remap(line)
    both = remap(line, connections={"files": "filesystem_managed"}, judge=False)
    assert both["remapping"]["connections"] == {"warehouse": "target", "files": "filesystem_managed"}
    listed = [{"source": "files", "target": "filesystem_managed"}]
    alone = remap(line, connections=listed, exclusive=True, code_envs={"a": "b"}, judge=False)
    assert alone["remapping"] == {
        "connections": {"files": "filesystem_managed"},
        "code_envs": {"a": "b"},
        "containers": {},
    }
    assert "  connections: warehouse -> (no entry), before: target" in alone["diff"]["prepared"]
    more = remap(
        line, connections=None, containers={"s": "b"}, code_envs_behavior={"import_mode": "FAIL_IF_MISS"}, judge=False
    )
    assert more["changed"] and stored(line)["codeEnvsBehavior"]["importTimeMode"] == "FAIL_IF_MISS"
    assert stored(line)["remapping"]["enableContainerExecRemapping"] is True
    assert len(stored(line)["remapping"]["codeEnvs"]) == 1
    told = line.run(line.prod, "connection_remapping_info", judge=False)
    assert told["code_envs_behavior"]["import_mode"] == "FAIL_IF_MISS"


def test_what_the_key_may_not_see_is_said_and_not_guessed(line: Line) -> None:
    imported(line)
    limited = line.prod.control.key(login="ada", groups=["ops"], projects={KEY: "admin"})
    client = connect(line.prod.url, limited)
    assert client.list_connections_names("all")
    told = line.run(line.prod, "connection_remapping", url=line.prod.url, api_key=limited, source=line.source, **MAPPED)
    (row,) = told["rows"]
    assert {found["code"] for found in row["findings"]} == {"unknown"}
    assert any("rights to write and its place are not known" in warning for warning in told["warnings"])
    with pytest.raises(RunError, match="is missing, or the key may not use it"):
        remap(line, url=line.prod.url, api_key=limited, connections={"warehouse": "gone"})


def test_without_a_source_the_project_on_the_node_counts(line: Line) -> None:
    imported(line)
    line.release()
    (row,) = remap(line, source=None)["rows"]
    assert row["used_by"] == ["dataset orders", "dataset raw"]
    assert [found["severity"] for found in row["findings"]] == ["note"]


def test_a_deployment_and_an_infrastructure_are_judged_by_their_automation_node(line: Line) -> None:
    node = line.site.nodes["deployer"]
    line.export(id="v1", publish=True)
    deployer = node.client().get_projectdeployer()
    deployer.create_infra("prod", "Production")
    deployer.create_deployment("flow-on-prod", KEY, "prod", "v1")
    to_prod = {"url": line.prod.url, "api_key": line.prod.api_key}

    def deployed(check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        given = {"project": None, "deployment": "flow-on-prod", "source": line.source, "target": to_prod, **MAPPED}
        return line.run(node, "connection_remapping", check, **{**given, **options})

    warehouse(line.prod, "target", allowWrite=False)
    with pytest.raises(RunError, match="connection target may not be written, but dataset orders is"):
        deployed(check=True)
    warehouse(line.prod, "target")
    assert deployed(check=True)["diff"] == deployed()["diff"]
    assert not deployed()["changed"]
    settings = deployer.get_deployment("flow-on-prod").get_settings().get_raw()
    assert settings["bundleContainerSettings"]["remapping"]["connections"] == [
        {"source": "warehouse", "target": "target"}
    ]
    assert deployed(connections={"a": "b"}, target=None)["table"] == ""
    with pytest.raises(DssError, match="deployment none is not on the node: make it, or correct deployment"):
        deployed(deployment="none")
    of_infra = {"deployment": None, "infrastructure": "prod"}
    with pytest.raises(DssError, match="the settings of infrastructure prod hold no bundleContainerSettings"):
        deployed(**of_infra)
    node.control.switch(infra_remapping="bundleContainerSettings")
    try:
        deployer.get_infra("prod").get_settings().save()
        assert deployed(**of_infra)["rows"][0]["used_by"] == []
        assert not deployed(**of_infra)["changed"]
    finally:
        node.control.switch(infra_remapping="dropped")


def test_a_lost_answer_is_read_back_and_a_lost_write_is_said(line: Line) -> None:
    imported(line)
    line.prod.control.fault("PUT", "/projects/FLOW/settings", drop="after", count=1)
    assert remap(line)["changed"]
    assert not remap(line)["changed"]
    line.prod.control.fault("PUT", "/projects/FLOW/settings", lost=True, count=1)
    with pytest.raises(DssError, match="but they read as before: run again"):
        remap(line, connections={"warehouse": "warehouse"})
    line.prod.control.clear_faults()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"connections": {"warehouse": ""}}, "connection_remapping.connections.warehouse: needs a name on both sides"),
        ({"connections": "warehouse"}, "must be a mapping of names to names, or a list of source and target"),
        ({"project": "ABSENT"}, "project ABSENT is not on the node: import its first bundle, or correct project"),
        ({"source": {"url": "nonsense", "api_key": "k"}}, "source: url 'nonsense' is not an address"),
    ],
)
def test_mistakes_are_one_sentence(line: Line, options: dict[str, t.Any], message: str) -> None:
    imported(line)
    with pytest.raises(DssError, match=message):
        remap(line, **options)
