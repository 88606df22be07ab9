# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not known of DSS is a switch: each one changes what it says (dss-api.md section 7)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from support.sandbox import connect

from .errors import refusal

DOCS = Path(__file__).parents[2] / "docs" / "sandbox.md"


@pytest.fixture
def dataset(project: Any) -> Any:
    params = {"connection": "filesystem_managed", "path": "in"}
    return project.create_dataset("d", "Filesystem", params=params, formatType="csv")


def commits(project: Any) -> int:
    return len(project.get_project_git().log()["entries"])


def test_an_unknown_switch_or_value_is_refused(control: Any) -> None:
    for values in ({"no_such_switch": 1}, {"missing_object_status": 418}):
        with pytest.raises(requests.HTTPError):
            control.switch(**values)


def test_the_table_of_the_documentation_is_complete(default_switches: Any) -> None:
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| `([^`]+)`", DOCS.read_text("utf-8"), re.MULTILINE)
    assert {name: default.lower() for name, default in rows} == {
        name: str(value).lower() for name, value in default_switches.items()
    }


@pytest.mark.parametrize("status", [404, 500])
def test_missing_object_status(control: Any, raw: Any, project: Any, status: int) -> None:
    control.switch(missing_object_status=status)
    for path in ("datasets/no", "recipes/no", "scenarios/no", "managedfolders/no", "flow/zones/no"):
        assert raw("GET", f"/dip/publicapi/projects/PROJ/{path}").status_code == status


def test_unknown_project_status(control: Any, raw: Any) -> None:
    control.switch(unknown_project_status=404)
    assert raw("GET", "/dip/publicapi/projects/NOPE").status_code == 404
    assert raw("GET", "/dip/publicapi/projects/NOPE", key=control.key()).status_code == 401


def test_missing_recipe(control: Any, raw: Any, project: Any) -> None:
    control.switch(missing_recipe="empty")
    answer = raw("GET", "/dip/publicapi/projects/PROJ/recipes/no")
    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize("status", [400, 409, 500])
def test_existing_object_status(control: Any, raw: Any, dataset: Any, status: int) -> None:
    control.switch(existing_object_status=status)
    body = {"name": "d", "projectKey": "PROJ", "type": "Inline"}
    assert raw("POST", "/dip/publicapi/projects/PROJ/datasets", json=body).status_code == status


def test_stale_version_tag(control: Any, dataset: Any) -> None:
    mine, theirs = dataset.get_settings(), dataset.get_settings()
    theirs.save()
    mine.save()
    control.switch(stale_version_tag="reject")
    assert "modified" in refusal(mine.save)


def test_put_identity(control: Any, dataset: Any) -> None:
    document = dataset.get_settings().get_raw()
    del document["name"]
    dataset.set_definition(document)
    control.switch(put_identity="require")
    assert "name is missing" in refusal(dataset.set_definition, document)
    control.switch(put_identity="ignore")
    dataset.set_definition({**document, "name": "other"})
    assert dataset.get_settings().get_raw()["name"] == "d"


def test_put_version_tag(control: Any, dataset: Any) -> None:
    control.switch(put_version_tag="sent")
    settings = dataset.get_settings()
    settings.get_raw()["versionTag"] = {"versionNumber": 77}
    settings.save()
    assert dataset.get_settings().get_raw()["versionTag"] == {"versionNumber": 77}


def test_dataset_list_items(control: Any, project: Any, dataset: Any) -> None:
    control.switch(dataset_list_items="docs_sample")
    item = project.list_datasets()[0]
    assert not {"metrics", "smartName"} & item.keys() and "schema" in item


def test_folder_list_items(control: Any, project: Any) -> None:
    project.create_managed_folder("f")
    assert "metrics" in project.list_managed_folders()[0]
    control.switch(folder_list_items="summary")
    assert project.list_managed_folders()[0].keys() == {"id", "projectKey", "name", "type", "params", "tags"}


@pytest.mark.parametrize(("mode", "has_metrics", "has_owner"), [("minimal", 0, 0), ("unowned", 1, 0), ("all", 1, 1)])
def test_project_settings_keys(control: Any, project: Any, mode: str, has_metrics: int, has_owner: int) -> None:
    control.switch(project_settings_keys=mode)
    keys = project.get_settings().get_raw().keys()
    assert ("metrics" in keys, "owner" in keys) == (bool(has_metrics), bool(has_owner))
    project.get_settings().save()
    assert project.get_permissions()["owner"] == "admin"


def test_dataset_defaults(control: Any, project: Any) -> None:
    control.switch(dataset_defaults="minimal")
    created = project.create_dataset("d", "Inline").get_settings()
    assert "readWriteOptions" not in created.get_raw()
    created.save()
    assert "readWriteOptions" in project.get_dataset("d").get_settings().get_raw()


def test_project_description(control: Any, client: Any) -> None:
    control.switch(project_description="dropped")
    assert "description" not in client.create_project("P", "P", "admin", description="x").get_metadata()


def test_project_checklist(control: Any, client: Any) -> None:
    control.switch(project_checklist=True)
    assert len(client.create_project("P", "P", "admin").get_metadata()["checklists"]["checklists"][0]["items"]) == 4


def test_invalid_project_key_status(control: Any, raw: Any) -> None:
    body = {"projectKey": "a b", "name": "n", "owner": "o", "permissions": [], "tags": []}
    assert raw("POST", "/dip/publicapi/projects/", json=body).status_code == 500
    control.switch(invalid_project_key_status=400)
    assert raw("POST", "/dip/publicapi/projects/", json=body).status_code == 400


def test_scenario_create_keeps(control: Any, project: Any) -> None:
    control.switch(scenario_create_keeps="all")
    definition = {"params": {"steps": [{"type": "custom_python"}]}, "active": True}
    document = project.create_scenario("S", "step_based", definition).get_settings().get_raw()
    assert len(document["params"]["steps"]) == 1 and document["active"] is True


def test_scenario_id_dash(control: Any, project: Any) -> None:
    control.switch(scenario_id_dash="replaced")
    assert project.create_scenario("a-b", "step_based").id == "a_b"


@pytest.mark.parametrize(("mode", "expected"), [("verbatim", "a\r\nb"), ("lf", "a\nb"), ("final_newline", "a\nb\n")])
def test_payload_text(control: Any, project: Any, mode: str, expected: str) -> None:
    control.switch(payload_text=mode)
    builder = project.new_recipe("python", "r")
    recipe = builder.with_script("a\r\nb").create()
    assert recipe.get_settings().get_code() == expected


@pytest.mark.parametrize(("mode", "expected"), [("kept", ["z", "a"]), ("sorted", ["a", "z"])])
def test_item_order(control: Any, project: Any, mode: str, expected: list[str]) -> None:
    control.switch(item_order=mode)
    for name in ("z", "a"):
        project.create_dataset(name, "Inline")
    builder = project.new_recipe("python", "r")
    builder.with_input("z").with_input("a")
    assert builder.create().get_settings().get_flat_input_refs() == expected


def test_folder_path_slash(control: Any, project: Any) -> None:
    control.switch(folder_path_slash="stripped")
    path = project.create_managed_folder("f").get_settings().get_raw()["params"]["path"]
    assert path == "${projectKey}/${odbId}"


@pytest.mark.parametrize(("mode", "kept"), [("reset", 0), ("keep", 1)])
def test_put_without_rules(control: Any, dataset: Any, mode: str, kept: int) -> None:
    control.switch(put_without_rules=mode)
    settings = dataset.get_settings()
    settings.get_raw()["metricsChecks"]["checks"] = [{"type": "ColumnNotEmptyRule", "columns": ["a"]}]
    settings.save()
    document = dataset.get_settings().get_raw()
    del document["metricsChecks"]
    dataset.set_definition(document)
    assert len(dataset.get_settings().get_raw()["metricsChecks"]["checks"]) == kept


@pytest.mark.parametrize(("mode", "value"), [("keep", True), ("false", False)])
def test_permission_flags_left_out(control: Any, project: Any, mode: str, value: bool) -> None:
    control.switch(permission_flags_left_out=mode)
    for entry in ({"group": "g", "runScenarios": True}, {"group": "g"}):
        project.set_permissions({"owner": "admin", "permissions": [entry]})
    assert project.get_permissions()["permissions"][0]["runScenarios"] is value


def test_global_key_login(control: Any, dataset: Any) -> None:
    control.switch(global_key_login="admin")
    dataset.get_settings().save()
    assert dataset.get_settings().get_raw()["versionTag"]["lastModifiedBy"] == {"login": "admin"}


def test_api_writes_commit(control: Any, project: Any) -> None:
    control.switch(api_writes_commit=False)
    before = commits(project)
    project.create_dataset("d", "Inline")
    assert commits(project) == before and project.get_project_git().get_status()["clean"] is False


def test_commit_unchanged(control: Any, project: Any, dataset: Any) -> None:
    control.switch(commit_unchanged=True)
    before = commits(project)
    dataset.get_settings().save()
    assert commits(project) == before + 1


def test_git_read_right(running: Any, control: Any, project: Any) -> None:
    control.switch(git_read_right="write")
    reader = connect(running.url, control.key(projects={"PROJ": "read"})).get_project("PROJ").get_project_git()
    writer = connect(running.url, control.key(projects={"PROJ": "write"})).get_project("PROJ").get_project_git()
    assert "not allowed" in refusal(reader.get_status) and writer.get_status()["clean"] is True


def test_git_entry_names(control: Any, project: Any) -> None:
    control.switch(git_entry_names="id")
    assert "id" in project.get_project_git().log()["entries"][0]


def test_commit_permissions(control: Any, project: Any) -> None:
    control.switch(commit_permissions=False)
    before = commits(project)
    project.set_permissions({"owner": "admin", "permissions": [{"group": "g", "admin": True}]})
    assert commits(project) == before and project.get_project_git().get_status()["clean"] is True


def test_commit_local_variables(control: Any, project: Any) -> None:
    control.switch(commit_local_variables=False)
    project.set_variables({"standard": {"a": 1}, "local": {"b": 2}})
    assert project.get_project_git().log()["entries"][0]["changedFiles"] == ["variables.json"]


def test_commit_activation(control: Any, project: Any) -> None:
    project.create_scenario("S", "step_based")
    control.switch(commit_activation=False)
    before = commits(project)
    settings = project.get_scenario("S").get_settings()
    settings.active = True
    settings.save()
    assert project.list_scenarios()[0]["active"] is True
    assert commits(project) == before and project.get_project_git().get_status()["clean"] is True
    settings.get_raw()["shortDesc"] = "x"
    settings.save()
    assert commits(project) == before + 1


def test_git_repository(control: Any, client: Any, project: Any) -> None:
    git = project.get_project_git()
    start = git.log()["entries"][0]["commitId"]
    control.switch(git_repository="instance")
    client.create_project("OTHER", "Other", "admin").create_dataset("d", "Inline")
    entries = git.log()["entries"]
    assert [entry["message"] for entry in entries] == [
        "Created dataset d",
        "Created project OTHER",
        "Created project PROJ",
    ]
    diff = git.diff(commit_from=start, commit_to=entries[0]["commitId"])
    assert "projects/OTHER/datasets/d.json" in [entry["path"] for entry in diff["entries"]]
    control.switch(api_writes_commit=False)
    client.get_project("OTHER").get_dataset("d").delete()
    assert git.get_status()["removed"] == ["projects/OTHER/datasets/d.json"]


def test_git_log_limit(control: Any, project: Any) -> None:
    for name in ("a", "b", "c"):
        project.create_dataset(name, "Inline")
    control.switch(git_log_limit=2)
    log = project.get_project_git().log()
    assert len(log["entries"]) == 2 and log["nextCommit"]


def test_merge_commits(control: Any, project: Any) -> None:
    control.switch(merge_commits=True)
    project.create_dataset("d", "Inline")
    entries = project.get_project_git().log()["entries"]
    assert [entry["message"] for entry in entries[:2]] == ["Merge branch 'work'", "Created dataset d"]


def test_missing_connection(control: Any, project: Any) -> None:
    control.switch(missing_connection="error")
    text = refusal(project.create_dataset, "d", "Filesystem", params={"connection": "no", "path": "p"})
    assert text == "java.lang.IllegalArgumentException: Connection 'no' does not exist"


def test_visual_payload(control: Any, project: Any) -> None:
    control.switch(visual_payload="verbatim")
    prototype = {"type": "distinct", "name": "r", "inputs": {}, "outputs": {}}
    recipe = project.create_recipe(prototype, {"rawCreation": True, "rawPayload": '{ "keys": [] }'})
    assert recipe.get_settings().data["payload"] == '{ "keys": [] }'
    assert json.loads(recipe.get_settings().data["payload"]) == {"keys": []}


def test_future_polls(control: Any, client: Any, project: Any) -> None:
    control.switch(future_polls=3)
    answer = client._perform_json("DELETE", "/projects/PROJ", params={"wait": False})
    future = client.get_future(answer["jobId"])
    assert [future.get_state()["hasResult"] for _time in range(3)] == [False, False, True]


def test_creator_tag(control: Any, client: Any) -> None:
    control.switch(creator_tag=True)
    project = client.create_project("P", "P", "admin")
    project.create_dataset("d", "Inline")
    login = client.get_auth_info()["authIdentifier"]
    assert project.get_dataset("d").get_settings().get_raw()["tags"] == [f"creator_{login}"]
    assert project.get_metadata()["tags"] == [f"creator_{login}"]


def test_plugin_custom_field(control: Any, project: Any) -> None:
    control.switch(plugin_custom_field=True)
    document = project.create_dataset("d", "Inline").get_settings().get_raw()
    assert document["customFields"] == {"gdpr_contains_personal_data": "UNSURE"}
