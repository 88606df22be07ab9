# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects (dss-api.md 2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from .errors import UNREADABLE, refusal

FLAGS = 15


def test_creation_answers_the_bare_key(raw: Any) -> None:
    body = {"projectKey": "KEY", "name": "A name", "owner": "admin", "permissions": [], "tags": []}
    assert raw("POST", "/dip/publicapi/projects/", json=body).json() == "KEY"


def test_the_name_is_the_label_of_the_metadata(client: Any, project: Any) -> None:
    assert project.get_metadata()["label"] == "A project"
    assert client.list_projects()[0]["name"] == "A project"


def test_the_description_is_kept_but_not_the_short_one(client: Any) -> None:
    project = client.create_project("DESC", "Name", "admin", description="Long text")
    assert project.get_metadata()["description"] == "Long text"
    assert "shortDesc" not in project.get_metadata()


def test_the_summary_has_no_description_permissions_or_settings(client: Any, project: Any) -> None:
    summary = client.list_projects()[0]
    assert summary["projectKey"] == "PROJ" and summary["ownerLogin"] == "admin"
    assert not {"description", "permissions", "settings"} & summary.keys()
    assert project.get_summary().keys() == summary.keys()


def test_a_second_project_of_the_same_key_is_refused(client: Any, project: Any) -> None:
    assert "already exists" in refusal(client.create_project, "PROJ", "Again", "admin")


@pytest.mark.parametrize("key", ["MY KEY", "MY-KEY", "", "1KEY", "KEY.X"])
def test_an_invalid_key_is_refused(client: Any, key: str) -> None:
    assert "Invalid project key" in refusal(client.create_project, key, "Name", "admin")


def test_permissions_and_tags_must_be_arrays_at_creation(raw: Any) -> None:
    body = {"projectKey": "NULLS", "name": "N", "owner": "admin", "permissions": None, "tags": []}
    assert raw("POST", "/dip/publicapi/projects/", json=body).status_code >= 400


def test_metadata_is_replaced_as_a_whole(project: Any) -> None:
    metadata = project.get_metadata()
    metadata.update(label="New", description="Text", shortDesc="Short", tags=["b", "a", "b"])
    project.set_metadata(metadata)
    read = project.get_metadata()
    assert (read["label"], read["description"], read["shortDesc"]) == ("New", "Text", "Short")
    project.set_metadata({"label": "New"})
    assert "description" not in project.get_metadata()


def test_tags_come_back_sorted_and_once(project: Any) -> None:
    project.set_metadata({"label": "L", "tags": ["zeta", "alpha", "zeta"]})
    assert project.get_metadata()["tags"] == ["alpha", "zeta"]


def test_empty_descriptions_are_absent(project: Any) -> None:
    project.set_metadata({"label": "L", "description": "", "shortDesc": ""})
    assert not {"description", "shortDesc"} & project.get_metadata().keys()


def test_every_flag_of_a_permission_entry_is_stored(project: Any) -> None:
    project.set_permissions({"owner": "admin", "permissions": [{"group": "readers", "readProjectContent": True}]})
    entry = project.get_permissions()["permissions"][0]
    assert entry.pop("group") == "readers" and "user" not in entry
    assert len(entry) == FLAGS and entry["readProjectContent"] is True and entry["admin"] is False


def test_a_flag_left_out_keeps_its_value(project: Any) -> None:
    project.set_permissions({"owner": "admin", "permissions": [{"group": "readers", "runScenarios": True}]})
    project.set_permissions({"owner": "admin", "permissions": [{"group": "readers", "readProjectContent": True}]})
    entry = project.get_permissions()["permissions"][0]
    assert entry["runScenarios"] is True and entry["readProjectContent"] is True


def test_implied_rights_are_not_written_back(project: Any) -> None:
    project.set_permissions({"owner": "admin", "permissions": [{"user": "bob", "admin": True}]})
    assert project.get_permissions()["permissions"][0]["writeProjectContent"] is False


@pytest.mark.parametrize("entry", [{}, {"group": "a", "user": "b"}])
def test_a_permission_entry_needs_exactly_one_subject(project: Any, entry: dict[str, str]) -> None:
    assert "exactly one" in refusal(project.set_permissions, {"owner": "admin", "permissions": [entry]})


def test_the_owner_lives_in_the_permissions(client: Any, project: Any) -> None:
    permissions = project.get_permissions()
    permissions["owner"] = "bob"
    project.set_permissions(permissions)
    assert client.list_projects()[0]["ownerLogin"] == "bob"


def test_variables_keep_their_types(project: Any) -> None:
    variables = {"standard": {"a": 1, "b": "x", "c": [1.5, None], "d": {"e": True}}, "local": {"f": "g"}}
    project.set_variables(variables)
    assert project.get_variables() == variables


def test_variables_are_replaced_as_a_whole(project: Any) -> None:
    project.set_variables({"standard": {"a": 1}, "local": {}})
    project.set_variables({"standard": {"b": 2}, "local": {}})
    assert project.get_variables()["standard"] == {"b": 2}


def test_variables_need_both_halves(raw: Any, project: Any) -> None:
    assert raw("PUT", "/dip/publicapi/projects/PROJ/variables/", json={"standard": {}}).status_code >= 400


def test_resolved_variables_merge_instance_and_project(client: Any, project: Any) -> None:
    variables = client.get_global_variables()
    variables.update(a="instance", b="instance")
    variables.save()
    project.set_variables({"standard": {"b": "project"}, "local": {}})
    # client.get_resolved_variables would need the dataiku package of a node
    resolved = client._perform_json("GET", "/projects/PROJ/variables-resolved", params={"typed": "true"})
    assert (resolved["a"], resolved["b"], resolved["projectKey"]) == ("instance", "project", "PROJ")


def test_tag_objects_may_be_empty(project: Any) -> None:
    project.set_tags({"tags": {"plain": {}, "red": {"color": "#ff0000"}}})
    assert project.get_tags() == {"tags": {"plain": {}, "red": {"color": "#ff0000"}}}


def test_settings_have_the_defaults_of_a_current_server(project: Any) -> None:
    raw = project.get_settings().get_raw()
    assert raw["settings"]["gitCommitMode"] == "AUTO"
    assert raw["settings"]["codeEnvs"]["python"] == {"mode": "INHERIT", "preventOverride": False}
    assert raw["exposedObjects"] == {"objects": []}


def test_remapping_is_absent_until_it_is_used(project: Any) -> None:
    settings = project.get_settings()
    assert not {"bundleContainerSettings", "bundleExporterSettings"} & settings.get_raw().keys()
    settings.get_raw()["bundleContainerSettings"] = {"remapping": {"connections": [{"source": "a", "target": "b"}]}}
    settings.save()
    kept = project.get_settings().get_raw()["bundleContainerSettings"]
    assert kept["remapping"]["connections"] == [{"source": "a", "target": "b"}]
    assert kept["codeEnvsBehavior"]["importTimeMode"] == "INSTALL_IF_MISS"


def test_settings_left_out_fall_back_to_defaults(project: Any) -> None:
    settings = project.get_settings()
    settings.get_raw()["settings"] = {"container": {"containerMode": "NONE"}}
    settings.save()
    read = project.get_settings().get_raw()["settings"]
    assert read["container"] == {"containerMode": "NONE"} and read["gitCommitMode"] == "AUTO"


def test_settings_do_not_touch_what_other_calls_own(project: Any) -> None:
    settings = project.get_settings()
    settings.get_raw().update(name="Hijacked", owner="mallory", permissions=[{"user": "mallory", "admin": True}])
    settings.save()
    assert project.get_metadata()["label"] == "A project"
    assert project.get_permissions()["owner"] == "admin" and project.get_permissions()["permissions"] == []


def test_exposed_objects_get_their_defaults(project: Any) -> None:
    settings = project.get_settings()
    settings.get_raw()["exposedObjects"]["objects"] = [
        {"type": "DATASET", "localName": "d", "rules": [{"targetProject": "OTHER"}]}
    ]
    settings.save()
    assert project.get_settings().get_raw()["exposedObjects"]["objects"] == [
        {
            "type": "DATASET",
            "localName": "d",
            "quickSharingEnabled": False,
            "rules": [{"targetProject": "OTHER", "appearOnFlow": True}],
        }
    ]


def test_every_save_moves_the_version_tag(project: Any) -> None:
    before = project.get_summary()["versionTag"]["versionNumber"]
    project.set_metadata({"label": "L"})
    assert project.get_summary()["versionTag"]["versionNumber"] == before + 1


def test_a_deleted_project_is_gone(client: Any, project: Any) -> None:
    project.delete()
    assert client.list_project_keys() == []
    assert refusal(project.get_metadata) == UNREADABLE


def test_a_deletion_that_is_not_waited_for_is_a_future(client: Any, project: Any) -> None:
    answer = client._perform_json("DELETE", "/projects/PROJ", params={"wait": False})
    assert answer["hasResult"] is False
    assert client.get_future(answer["jobId"]).wait_for_result()["success"] is True


def test_the_key_of_a_deleted_project_can_be_used_again(client: Any, project: Any) -> None:
    project.create_dataset("d", "Inline")
    project.delete()
    again = client.create_project("PROJ", "Again", "admin")
    assert again.list_datasets() == [] and len(again.get_project_git().log()["entries"]) == 1


def test_a_duplicate_has_the_same_objects(client: Any, project: Any) -> None:
    project.create_dataset("d", "Inline")
    assert project.duplicate("COPY", "The copy")["targetProjectKey"] == "COPY"
    copy = client.get_project("COPY")
    assert [item["name"] for item in copy.list_datasets()] == ["d"]
    assert copy.get_metadata()["label"] == "The copy"


def test_timeline_interest_and_application_answer(project: Any) -> None:
    assert project.get_timeline()["items"]
    assert project.get_interest()["starred"] is False
    assert project.get_app_manifest().get_raw() == {}
