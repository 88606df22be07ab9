# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody changed in DSS: its cause for every sort of value, and what each way to deal with it does."""

from __future__ import annotations

import copy
import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.engine import run_module
from support.sandbox import SandboxProcess

Document = dict[str, t.Any]


def column(name: str, kind: str = "string") -> Document:
    return {"name": name, "type": kind}


def step(name: str, script: str = "pass") -> Document:
    return {"type": "run_python", "name": name, "params": {"script": script}}


DEFINITION: Document = {
    "project": {"key": "DRIFT", "name": "Drift", "tags": ["p"]},
    "variables": {"standard": {"year": 1, "deep": {"a": [1]}}},
    "managed_folders": [{"name": "files", "tags": ["f"]}],
    "datasets": [
        {
            "name": "d",
            "type": "managed",
            "description": "one",
            "tags": ["x", "y"],
            "schema": [column("id"), column("n", "int")],
            "flow_options": {"list": [{"a": 1}, {"a": 2}]},
        },
        {"name": "out", "type": "managed"},
    ],
    "recipes": [{"name": "r", "type": "python", "inputs": ["d"], "outputs": ["out"], "code": "one\n"}],
    "scenarios": [{"name": "s", "steps": [step("a"), step("b"), step("c")]}],
}


class Team:
    """A configuration that is deployed, and a colleague who works in DSS."""

    def __init__(self, sandbox: SandboxProcess, base: Path) -> None:
        self.sandbox = sandbox
        self.base = base
        self.definition = copy.deepcopy(DEFINITION)
        self.project = sandbox.client().get_project("DRIFT")
        self.run()

    def run(self, check: bool = False, **options: t.Any) -> Document:
        return run_module(self.sandbox.environ, check=check, base=self.base, definition=self.definition, **options)

    def actions(self, **options: t.Any) -> list[tuple[str, str, str]]:
        actions = self.run(check=True, **options)["plan"]["actions"]
        return [(action["address"], action["action"], action["cause"]) for action in actions]

    def causes(self, **options: t.Any) -> Document:
        """The cause of each changed path."""
        actions = self.run(check=True, **options)["plan"]["actions"]
        return {change["path"]: change["cause"] for action in actions for change in action["changes"]}

    def settings(self, kind: str, name: str) -> t.Any:
        return getattr(self.project, f"get_{kind}")(name).get_settings()

    def edit(self, kind: str, name: str, change: Callable[[Document], t.Any]) -> None:
        settings = self.settings(kind, name)
        change(settings.data["recipe"] if kind == "recipe" else settings.get_raw())
        settings.save()

    def raw(self, kind: str, name: str) -> Document:
        found: Document = self.settings(kind, name).get_raw()
        return found

    @property
    def ours(self) -> Document:
        """The declared dataset."""
        return t.cast(Document, self.definition["datasets"][0])

    @property
    def steps(self) -> list[Document]:
        return t.cast("list[Document]", self.definition["scenarios"][0]["steps"])


@pytest.fixture
def team(sandbox: SandboxProcess, tmp_path: Path) -> Iterator[Team]:
    yield Team(sandbox, tmp_path)
    sandbox.control.switch(item_order="kept")


def put(*path: t.Any, value: t.Any) -> Callable[[Document], None]:
    def change(document: t.Any) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


SORTS: dict[str, t.Any] = {  # sort of value: object, change in DSS, change in the configuration, path of the plan
    "scalar": (
        "dataset",
        "d",
        put("description", value="dss"),
        lambda team: team.ours.update(description="us"),
        "description",
    ),
    "set": ("dataset", "d", put("tags", value=["dss"]), lambda team: team.ours.update(tags=["us"]), "tags"),
    "keyed list": (
        "dataset",
        "d",
        put("schema", "columns", 1, "type", value="double"),
        lambda team: team.ours.update(schema=[column("id"), column("n", "bigint")]),
        "schema.columns[n]",
    ),
    "positional list": (
        "dataset",
        "d",
        put("flowOptions", value={"list": [{"a": 1}, {"a": "dss"}]}),
        lambda team: team.ours.update(flow_options={"list": [{"a": 1}, {"a": "us"}]}),
        "flow_options.list[1].a",
    ),
    "member": (
        "scenario",
        "s",
        put("params", "steps", 1, "params", "script", value="dss"),
        lambda team: team.steps[1]["params"].update(script="us"),
        "steps[b].params.script",
    ),
}


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_of_value_has_its_cause(sort: str, team: Team) -> None:
    kind, name, by_dss, by_us, path = SORTS[sort]
    team.edit(kind, name, by_dss)
    assert team.causes() == {path: "drift"}
    by_us(team)
    assert team.causes() == {path: "both"}
    assert team.causes(on_drift="keep") == {}
    team.run(on_drift="keep")
    team.run()
    assert team.causes() == {}
    team.definition = copy.deepcopy(DEFINITION)
    assert team.causes() == {path: "config"}


def test_code_that_both_changed(team: Team) -> None:
    settings = team.settings("recipe", "r")
    settings.set_code("dss\n")
    settings.save()
    assert team.causes() == {"code": "drift"}
    team.definition["recipes"][0]["code"] = "us\n"
    assert team.causes() == {"code": "both"}
    team.run()
    assert team.settings("recipe", "r").get_code() == "us\n"


def test_a_whole_value_that_both_changed(team: Team) -> None:
    team.project.set_variables({"standard": {"year": 1, "deep": {"a": [2]}}, "local": {}})
    assert team.causes() == {"standard.deep": "drift"}
    team.definition["variables"]["standard"]["deep"] = {"a": [3]}
    assert team.causes() == {"standard.deep": "both"}
    assert team.causes(on_drift="keep") == {}


def test_what_both_changed_alike_is_no_change(team: Team) -> None:
    team.edit("dataset", "d", put("description", value="same"))
    team.ours["description"] = "same"
    assert team.actions(on_drift="fail") == []
    team.run(on_drift="fail")
    team.edit("dataset", "d", put("description", value="other"))
    assert team.causes() == {"description": "drift"}


def test_on_drift_fail_names_what_was_changed_and_writes_nothing(team: Team) -> None:
    team.edit("dataset", "d", put("description", value="dss"))
    team.sandbox.control.forget_calls()
    for check in (True, False):
        with pytest.raises(DssError, match=r"dataset\.DRIFT\.d.*on_drift is fail"):
            team.run(check=check, on_drift="fail")
    assert team.sandbox.control.calls()["writes"] == 0


def test_keeping_one_path_leaves_lists_and_steps_intact_when_another_path_is_applied(team: Team) -> None:
    team.edit("scenario", "s", lambda held: held["params"]["steps"].insert(1, step("theirs")))
    team.edit("dataset", "d", lambda held: held["schema"]["columns"].append(column("theirs")))
    team.ours["description"] = "us"
    team.steps[0]["params"]["script"] = "us"
    team.run(on_drift="keep")
    assert [entry["name"] for entry in team.raw("scenario", "s")["params"]["steps"]] == ["a", "theirs", "b", "c"]
    assert team.raw("scenario", "s")["params"]["steps"][0]["params"]["script"] == "us"
    assert [entry["name"] for entry in team.raw("dataset", "d")["schema"]["columns"]] == ["id", "n", "theirs"]
    assert team.raw("dataset", "d")["description"] == "us"
    assert team.actions(on_drift="keep") == []
    assert sorted(cause for _key, _action, cause in team.actions()) == ["drift", "drift"]
    team.run()
    assert [entry["name"] for entry in team.raw("scenario", "s")["params"]["steps"]] == ["a", "b", "c"]


# Objects --------------------------------------------------------------------------------------------------------------


def test_an_object_that_somebody_deleted_is_made_again_or_left(team: Team) -> None:
    team.project.get_scenario("s").delete()
    assert team.actions() == [("scenario.DRIFT.s", "create", "drift")]
    assert team.actions(on_drift="keep") == []
    team.run(on_drift="keep")
    assert team.actions() == [("scenario.DRIFT.s", "create", "drift")]
    with pytest.raises(DssError, match="on_drift is fail"):
        team.run(on_drift="fail")
    team.run()
    assert team.actions() == []


def test_an_object_that_somebody_made_anew_has_another_id_and_is_ours_still(team: Team) -> None:
    (folder,) = team.project.list_managed_folders()
    team.project.get_managed_folder(folder["id"]).delete()
    other = team.project.create_managed_folder("files").id
    assert other != folder["id"]
    assert team.actions() == [("managed_folder.DRIFT.files", "update", "drift")]
    team.run()
    assert team.actions() == []
    assert [item["id"] for item in team.project.list_managed_folders()] == [other]


def test_a_folder_that_somebody_renamed_gets_its_name_back_and_keeps_its_id(team: Team) -> None:
    (folder,) = team.project.list_managed_folders()
    team.edit("managed_folder", folder["id"], put("name", value="theirs"))
    assert team.causes() == {"name": "drift"}
    assert team.actions(on_drift="keep") == []
    team.run()
    assert [(item["id"], item["name"]) for item in team.project.list_managed_folders()] == [(folder["id"], "files")]


def test_of_two_folders_with_one_name_the_recorded_one_is_ours(team: Team) -> None:
    (folder,) = team.project.list_managed_folders()
    other = team.project.create_managed_folder("files").id
    assert team.actions() == []
    team.run(prune=True)
    assert [item["id"] for item in team.project.list_managed_folders()] == [folder["id"]] != [other]


def test_a_folder_under_the_name_of_one_that_was_renamed_is_pruned_alone(team: Team) -> None:
    (folder,) = team.project.list_managed_folders()
    team.edit("managed_folder", folder["id"], put("name", value="theirs"))
    other = team.project.create_managed_folder("files").id
    assert team.actions(prune=True, on_drift="keep") == [(f"managed_folder.DRIFT.files[{other}]", "delete", "config")]
    team.run(prune=True, on_drift="keep")
    assert [item["id"] for item in team.project.list_managed_folders()] == [folder["id"]]


# Rules ----------------------------------------------------------------------------------------------------------------


def rule(resource: str, expires: str | None = "2999-12-31", *fields: str) -> Document:
    entry = {"resource": resource, "reason": "agreed with Eva", "fields": list(fields), "expires": expires}
    return {key: value for key, value in entry.items() if value}


@pytest.mark.parametrize(
    "found",
    [
        rule("dataset.DRIFT.d"),
        rule("dataset.*"),
        rule("*", None),
        rule("dataset.DRIFT.d", "2999-12-31", "description"),
        rule("dataset.DRIFT.d", "2999-12-31", "short_description", "description"),
    ],
)
def test_a_rule_leaves_drift_alone(found: Document, team: Team) -> None:
    team.edit("dataset", "d", put("description", value="dss"))
    team.definition["ignore_drift"] = [found]
    assert team.actions() == team.actions(on_drift="fail") == []
    team.run()
    assert team.raw("dataset", "d")["description"] == "dss"
    team.ours["description"] = "us"  # our own decision is no drift
    assert team.causes() == {"description": "both"}


@pytest.mark.parametrize(
    "found", [rule("dataset.DRIFT.d", "2020-01-01"), rule("dataset.DRIFT.d", None, "tags"), rule("recipe.*")]
)
def test_a_rule_that_does_not_apply_leaves_nothing_alone(found: Document, team: Team) -> None:
    team.edit("dataset", "d", put("description", value="dss"))
    team.definition["ignore_drift"] = [found]
    assert team.causes() == {"description": "drift"}


def test_a_rule_that_has_expired_is_a_finding(team: Team) -> None:
    team.definition["ignore_drift"] = [rule("dataset.DRIFT.d", "2020-01-01")]
    (finding,) = team.run(check=True)["warnings"]
    assert "dataset.DRIFT.d (agreed with Eva) expired on 2020-01-01" in finding


# What DSS does --------------------------------------------------------------------------------------------------------


def test_a_value_that_dss_rewrites_is_no_drift_until_somebody_changes_it(team: Team) -> None:
    team.sandbox.control.switch(item_order="sorted")
    team.definition["datasets"] += [{"name": name, "type": "managed"} for name in ("z", "a")]
    team.definition["recipes"][0]["inputs"] = ["z", "a"]
    warnings = team.run()["warnings"]
    assert any("normalised: the node holds" in warning for warning in warnings)
    assert team.actions() == team.actions(refresh="full") == []
    team.edit("recipe", "r", lambda held: held["inputs"]["main"]["items"].pop())
    assert team.causes() == {"inputs[z]": "drift"}
    team.run()
    assert team.actions() == team.actions(refresh="full") == []


def test_an_update_that_failed_is_finished_by_the_next_run_and_is_no_drift(team: Team) -> None:
    team.sandbox.control.fault("PUT", "/projects/DRIFT/datasets/d", status=500, count=0)
    team.ours["description"] = "us"
    with pytest.raises(DssError):
        team.run()
    team.sandbox.control.clear_faults()
    assert team.actions(on_drift="fail") == [("dataset.DRIFT.d", "update", "config")]
    team.run(on_drift="fail")
    assert team.actions() == []


def test_another_folder_of_a_declared_name_is_a_warning(sandbox: SandboxProcess, tmp_path: Path) -> None:
    definition = {"project": {"key": "TWIN", "name": "Twin"}, "managed_folders": [{"name": "docs"}]}
    assert run_module(sandbox.environ, base=tmp_path, definition=definition)["warnings"] == []
    sandbox.client().get_project("TWIN").create_managed_folder("docs")
    result = run_module(sandbox.environ, check=True, base=tmp_path, definition=definition)
    assert not result["changed"]
    (warning,) = result["warnings"]
    assert "managed_folders[0]: the node holds another managed folder of this name, which is not managed" in warning
