# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project import (dss-api.md 2.3, 2.14)."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from .errors import refusal

PARAMS = {"name": "Imported", "owner": "admin", "permissions": [], "settings": {}, "tags": []}
DATASET = {
    "type": "Filesystem",
    "managed": False,
    "params": {"connection": "dev", "path": "p"},
    "schema": {"columns": [], "userModified": False},
    "tags": [],
}


def archive(files: dict[str, Any], prefix: str = "", **extra: Any) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for path, content in {"params.json": PARAMS, **files}.items():
            target.writestr(prefix + path, content if isinstance(content, (str, bytes)) else json.dumps(content))
        for path, content in extra.items():
            target.writestr(path, json.dumps(content))
    buffer.seek(0)
    return buffer


def imported(client: Any, data: io.BytesIO, **settings: Any) -> Any:
    result = client.prepare_project_import(data).execute({"targetProjectKey": "IMP", **settings})
    assert result["success"] is True, result
    return client.get_project("IMP")


def test_an_object_comes_back_as_stored_without_newer_defaults(client: Any) -> None:
    project = imported(client, archive({"datasets/d.json": DATASET}))
    document = project.get_dataset("d").get_settings().get_raw()
    assert document.keys() - DATASET.keys() == {"name", "projectKey", "smartName", "versionTag"}


def test_newer_defaults_come_with_the_next_write(client: Any) -> None:
    project = imported(client, archive({"datasets/d.json": DATASET}))
    settings = project.get_dataset("d").get_settings()
    settings.save()
    assert "metrics" in project.get_dataset("d").get_settings().get_raw()


def test_a_folder_that_wraps_the_project_is_skipped(client: Any) -> None:
    project = imported(client, archive({"datasets/d.json": DATASET}, prefix="some-repository-main/"))
    assert [item["name"] for item in project.list_datasets()] == ["d"]


def test_the_manifest_of_an_export_names_the_key(client: Any) -> None:
    data = archive({}, prefix="project_config/", **{"export-manifest.json": {"originalProjectKey": "ORIGIN"}})
    client.prepare_project_import(data).execute()
    assert client.list_project_keys() == ["ORIGIN"]


def test_without_manifest_and_target_the_import_is_refused(client: Any) -> None:
    assert "targetProjectKey" in refusal(client.prepare_project_import(archive({})).execute)


def test_version_tags_of_an_export_are_used(client: Any) -> None:
    tag = {"versionNumber": 12, "lastModifiedBy": {"login": "bob"}, "lastModifiedOn": 1}
    tags = {"tags": {"DATASET.d": tag}}
    project = imported(client, archive({"datasets/d.json": DATASET, "version-tags.json": tags}))
    assert project.get_dataset("d").get_settings().get_raw()["versionTag"] == tag


def test_connections_are_remapped_by_name(client: Any) -> None:
    remapping = {"connections": [{"source": "dev", "target": "filesystem_managed"}]}
    project = imported(client, archive({"datasets/d.json": DATASET}), remapping=remapping)
    assert project.get_dataset("d").get_settings().get_raw()["params"]["connection"] == "filesystem_managed"


def test_code_envs_are_remapped_by_name(client: Any) -> None:
    recipe = {"type": "python", "params": {"envSelection": {"envMode": "EXPLICIT_ENV", "envName": "old"}}}
    files = {"recipes/r.json": {**recipe, "inputs": {}, "outputs": {}}, "recipes/r.py": "x"}
    remapping = {"codeEnvs": [{"source": "old", "target": "new"}]}
    project = imported(client, archive(files), remapping=remapping)
    assert project.get_recipe("r").get_settings().recipe_settings["params"]["envSelection"]["envName"] == "new"


def test_a_missing_connection_is_a_message_not_an_error(client: Any) -> None:
    handle = client.prepare_project_import(archive({"datasets/d.json": DATASET}))
    result = handle.execute({"targetProjectKey": "IMP"})
    assert result["success"] is True and "'dev' does not exist" in result["messages"][0]["message"]


def test_a_missing_connection_can_fail_the_import(client: Any, control: Any) -> None:
    control.switch(missing_connection="error")
    handle = client.prepare_project_import(archive({"datasets/d.json": DATASET}))
    assert handle.execute({"targetProjectKey": "IMP"})["success"] is False
    assert client.list_project_keys() == []


def test_the_payload_follows_the_type_and_a_stale_one_is_not_served(client: Any) -> None:
    recipe = {"type": "sql_query", "inputs": {}, "outputs": {}}
    files = {"recipes/r.json": recipe, "recipes/r.sql": "SELECT 1", "recipes/r.join": '{"joins":[]}'}
    project = imported(client, archive(files))
    assert project.get_recipe("r").get_settings().data["payload"] == "SELECT 1"


def test_a_missing_payload_is_absent(client: Any) -> None:
    project = imported(client, archive({"recipes/r.json": {"type": "python", "inputs": {}, "outputs": {}}}))
    assert "payload" not in project.get_recipe("r").get_settings().data


def test_models_keep_their_id_in_the_graph(client: Any) -> None:
    recipe = {"type": "prediction_scoring", "inputs": {"model": {"items": [{"ref": "abcd1234"}]}}, "outputs": {}}
    project = imported(client, archive({"saved_models/abcd1234.json": {"name": "M"}, "recipes/score.json": recipe}))
    nodes = project.get_flow().get_graph().nodes
    assert nodes["abcd1234"]["type"] == "COMPUTABLE_SAVED_MODEL" and nodes["abcd1234"]["successors"] == ["score"]


@pytest.mark.parametrize("path", ["../evil.json", "/etc/evil.json", "datasets/../../evil.json"])
def test_a_path_that_leaves_the_archive_is_refused(client: Any, path: str) -> None:
    assert "cannot be imported" in refusal(client.prepare_project_import, archive({path: {}}))


def test_a_truncated_archive_is_refused(client: Any) -> None:
    data = archive({"datasets/d.json": DATASET}).getvalue()
    assert "cannot be imported" in refusal(client.prepare_project_import, io.BytesIO(data[: len(data) // 2]))


def test_an_archive_without_a_project_is_refused(client: Any) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("readme.txt", "nothing")
    buffer.seek(0)
    assert "params.json" in refusal(client.prepare_project_import, buffer)


def test_a_broken_object_leaves_no_half_project(client: Any) -> None:
    handle = client.prepare_project_import(archive({"datasets/d.json": "{"}))
    assert "datasets/d.json" in refusal(handle.execute, {"targetProjectKey": "IMP"})
    assert client.list_project_keys() == []


def test_an_import_under_a_taken_key_is_refused(client: Any, project: Any) -> None:
    handle = client.prepare_project_import(archive({}))
    assert "already exists" in refusal(handle.execute, {"targetProjectKey": "PROJ"})
