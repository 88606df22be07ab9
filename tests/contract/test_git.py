# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Project Git (dss-api.md 2.3, table Project Git; unknown 29)."""

from __future__ import annotations

import io
from typing import Any

import pytest

from .errors import refusal


@pytest.fixture
def git(project: Any) -> Any:
    return project.get_project_git()


def messages(git: Any) -> list[str]:
    return [entry["message"] for entry in git.log()["entries"]]


def touch(project: Any, name: str = "d", **changes: Any) -> None:
    settings = project.get_dataset(name).get_settings()
    settings.get_raw().update(changes)
    settings.save()


def explicit(project: Any) -> None:
    settings = project.get_settings()
    settings.get_raw()["settings"]["gitCommitMode"] = "EXPLICIT"
    settings.save()


def test_a_new_project_has_one_commit_and_is_clean(git: Any) -> None:
    status = git.get_status()
    assert status["clean"] is True and status["hasUncommittedChanges"] is False
    assert status["currentBranch"] == git.get_current_branch() == "master"
    assert len(git.log()["entries"]) == 1


def test_each_save_is_a_commit_newest_first(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    touch(project, shortDesc="x")
    assert messages(git) == ["Edited dataset d", "Created dataset d", "Created project PROJ"]


def test_an_entry_names_author_time_and_files(client: Any, project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    entry = git.log()["entries"][0]
    assert len(entry["commitId"]) == 40 and entry["timestamp"] > 0
    assert entry["author"] == client.get_auth_info()["authIdentifier"]
    assert entry["changedFiles"] == ["datasets/d.json"]


def test_a_save_that_changes_nothing_makes_no_commit(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    touch(project)
    assert len(git.log()["entries"]) == 2


def test_reads_make_no_commit(project: Any, git: Any) -> None:
    project.list_datasets()
    project.get_settings()
    assert len(git.log()["entries"]) == 1


@pytest.mark.parametrize(
    ("change", "files"),
    [
        (lambda p: p.set_variables({"standard": {"a": 1}, "local": {}}), ["localvariables.json", "variables.json"]),
        (lambda p: p.set_tags({"tags": {"t": {}}}), ["tags.json"]),
        (lambda p: p.set_metadata({"label": "L"}), ["params.json"]),
        (lambda p: p.create_scenario("S", "step_based"), ["scenarios/S.json", "scenarios/S.py"]),
    ],
)
def test_objects_live_where_a_real_repository_has_them(project: Any, git: Any, change: Any, files: list[str]) -> None:
    change(project)
    assert git.log()["entries"][0]["changedFiles"] == files


def test_a_recipe_is_two_files(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    builder = project.new_recipe("python", "r")
    builder.with_output("d")
    builder.create()
    assert git.log()["entries"][0]["changedFiles"] == ["recipes/r.json", "recipes/r.py"]


def test_a_cascade_is_one_commit(project: Any, git: Any) -> None:
    for name in ("a", "b"):
        project.create_dataset(name, "Inline")
    builder = project.new_recipe("python", "r")
    builder.with_input("a").with_output("b")
    builder.create()
    project.get_dataset("a").delete()
    assert git.log()["entries"][0]["changedFiles"] == ["datasets/a.json", "recipes/r.json", "recipes/r.py"]


def test_the_log_comes_in_pages(project: Any, git: Any) -> None:
    for number in range(4):
        project.create_dataset(f"d{number}", "Inline")
    first = git.log(count=2)
    second = git.log(count=2, start_commit=first["nextCommit"])
    third = git.log(count=2, start_commit=second["nextCommit"])
    ids = [entry["commitId"] for page in (first, second, third) for entry in page["entries"]]
    assert ids == [entry["commitId"] for entry in git.log()["entries"]] and "nextCommit" not in third


@pytest.mark.parametrize(("path", "count"), [("datasets", 2), ("datasets/d.json", 1), ("tags.json", 1), ("wiki", 0)])
def test_the_log_can_be_limited_to_a_path(project: Any, git: Any, path: str, count: int) -> None:
    project.create_dataset("d", "Inline")
    project.create_dataset("e", "Inline")
    assert len(git.log(path=path)["entries"]) == count


def test_a_diff_of_one_commit_counts_lines(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    touch(project, shortDesc="x")
    diff = git.diff(commit_from=git.log()["entries"][0]["commitId"])
    assert (diff["addedLines"], diff["removedLines"], diff["changedFiles"]) == (1, 0, 1) or diff["addedLines"] == 2
    assert diff["entries"][0]["path"] == "datasets/d.json"


def test_a_diff_between_commits_names_every_file(project: Any, git: Any) -> None:
    start = git.log()["entries"][0]["commitId"]
    project.create_dataset("d", "Inline")
    project.set_tags({"tags": {"t": {}}})
    end = git.log()["entries"][0]["commitId"]
    diff = git.diff(commit_from=start, commit_to=end)
    assert [entry["path"] for entry in diff["entries"]] == ["datasets/d.json", "tags.json"]
    assert diff["commitFrom"]["commitId"] == start and diff["commitTo"]["commitId"] == end


def test_in_explicit_mode_changes_wait_for_a_commit(project: Any, git: Any) -> None:
    explicit(project)
    git.commit("settings")
    before = len(git.log()["entries"])
    project.create_dataset("d", "Inline")
    status = git.get_status()
    assert status["clean"] is False and status["untracked"] == ["datasets/d.json"]
    assert len(git.log()["entries"]) == before and git.diff()["changedFiles"] == 1
    git.commit("by hand")
    assert git.get_status()["clean"] is True and messages(git)[0] == "by hand"


def test_uncommitted_changes_can_be_dropped(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    explicit(project)
    git.commit("settings")
    touch(project, shortDesc="x")
    project.create_dataset("e", "Inline")
    git.reset_to_head()
    assert [item["name"] for item in project.list_datasets()] == ["d"]
    assert "shortDesc" not in project.get_dataset("d").get_settings().get_raw()
    assert git.get_status()["clean"] is True


def test_reverting_to_a_revision_brings_configuration_back(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    good = git.log()["entries"][0]["commitId"]
    touch(project, shortDesc="x")
    project.create_dataset("e", "Inline")
    assert git.revert_to_revision(good)["success"] is True
    assert [item["name"] for item in project.list_datasets()] == ["d"]
    assert "shortDesc" not in project.get_dataset("d").get_settings().get_raw()
    assert len(git.log()["entries"]) == 5


def test_the_version_tag_never_goes_back(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    good = git.log()["entries"][0]["commitId"]
    touch(project, shortDesc="x")
    git.revert_to_revision(good)
    assert project.get_dataset("d").get_settings().get_raw()["versionTag"]["versionNumber"] == 2


def test_one_commit_can_be_reverted(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    project.create_dataset("e", "Inline")
    commit = git.log()["entries"][1]["commitId"]
    assert git.revert_commit(commit)["success"] is True
    assert [item["name"] for item in project.list_datasets()] == ["e"]


def test_a_branch_has_its_own_objects(project: Any, git: Any) -> None:
    git.create_branch("work")
    git.switch("work")
    project.create_dataset("d", "Inline")
    git.switch("master")
    assert project.list_datasets() == [] and git.get_current_branch() == "master"
    git.switch("work")
    assert [item["name"] for item in project.list_datasets()] == ["d"]
    assert git.list_branches() == ["master", "work"]


def test_tags_name_a_commit(git: Any) -> None:
    git.create_tag("v1", message="first")
    tag = git.list_tags()[0]
    assert (tag["shortName"], tag["commit"]) == ("v1", git.log()["entries"][0]["commitId"])
    git.delete_tag("v1")
    assert git.list_tags() == []


def test_an_unknown_commit_is_refused(git: Any) -> None:
    assert "does not exist" in refusal(git.revert_to_revision, "0" * 40)


def test_no_remote_is_ever_reached(git: Any) -> None:
    git.set_remote("https://git.invalid/x.git")
    assert git.get_remote() == "https://git.invalid/x.git"
    assert git.fetch()["success"] is False


def test_a_deleted_and_recreated_object_has_both_in_the_log(project: Any, git: Any) -> None:
    project.create_dataset("d", "Inline")
    project.get_dataset("d").delete()
    project.create_dataset("d", "Inline")
    assert messages(git)[:3] == ["Created dataset d", "Deleted dataset d", "Created dataset d"]


def test_an_export_can_be_imported_again(client: Any, project: Any) -> None:
    project.create_dataset("d", "Filesystem", params={"connection": "filesystem_managed", "path": "p"})
    project.create_scenario("S", "custom_python").set_payload("x = 1\r\n")
    data = io.BytesIO(project.get_export_stream().read())
    before = project.get_dataset("d").get_settings().get_raw()
    project.delete()
    assert client.prepare_project_import(data).execute()["success"] is True
    again = client.get_project("PROJ")
    assert again.get_dataset("d").get_settings().get_raw() == before
    assert again.get_scenario("S").get_payload() == "x = 1\r\n"
