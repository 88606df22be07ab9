# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project library and its Git references: dss-api.md 2.11 and 2.3, through the unmodified client."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from .errors import refusal

SETTINGS = "external-libraries.json"


def paths(folder: Any) -> list[str]:
    found = []
    for item in folder.list():
        found += paths(item) if item.children is not None else [item.path]
    return found


def test_a_new_library_holds_its_settings(project: Any) -> None:
    library = project.get_library()
    assert paths(library.root) == [f"/{SETTINGS}"]
    assert json.loads(library.get_file(SETTINGS).read()) == {
        "gitReferences": {},
        "pythonPath": ["python"],
        "rsrcPath": ["R"],
        "importLibrariesFromProjects": [],
    }


def test_files_are_written_read_renamed_moved_and_deleted(project: Any) -> None:
    library = project.get_library()
    library.add_folder("python")
    file = library.get_folder("/python").add_file("util.py")
    assert project.get_library().get_file("/python/util.py").read() == "", "a POST without a body makes an empty file"
    file.write("A = 'é'\r\n")
    assert project.get_library().get_file("/python/util.py").read() == "A = 'é'\r\n"
    file.rename("tool.py")
    library.add_folder("R")
    file.move_to(library.get_folder("/R"))
    fresh = project.get_library()
    assert paths(fresh.root) == ["/R/tool.py", f"/{SETTINGS}"]
    assert fresh.get_folder("/python").list() == [], "a folder stays when its last file goes"
    fresh.get_folder("/R").delete()
    assert paths(project.get_library().root) == [f"/{SETTINGS}"]


def test_a_file_may_hold_any_bytes(project: Any, raw: Any) -> None:
    data = b"\x89PNG\x00\xff\xfe"
    raw("POST", "/dip/publicapi/projects/PROJ/libraries/contents/static/logo.png", data=data)
    assert project.get_library().get_file("static/logo.png").read(as_type="bytes") == data
    with zipfile.ZipFile(io.BytesIO(project.get_export_stream().read())) as archive:
        assert archive.read("project_config/lib/static/logo.png") == data


def test_library_files_of_users_leave_a_project_as_they_are(project: Any, client: Any) -> None:
    text = '{"b":1,   "a": "<=>"}\n'
    project.get_library().add_file("data.json").write(text)
    stream = io.BytesIO(project.get_export_stream().read())
    with zipfile.ZipFile(stream) as archive:
        assert archive.read("project_config/lib/data.json").decode() == text
    stream.seek(0)
    assert client.prepare_project_import(stream).execute({"targetProjectKey": "COPY"})["success"]
    assert client.get_project("COPY").get_library().get_file("data.json").read() == text


@pytest.mark.parametrize(
    ("path", "text"), [("python", "Not a file"), ("missing.py", "does not exist"), ("a/../../b", "Invalid path")]
)
def test_what_cannot_be_read_is_refused(project: Any, raw: Any, path: str, text: str) -> None:
    project.get_library().add_folder("python")
    answer = raw("GET", f"/dip/publicapi/projects/PROJ/libraries/contents/{path.replace('..', '%2E%2E')}")
    assert text in answer.json()["message"]
    assert answer.status_code == (500 if path == "python" else 404 if path == "missing.py" else 400)


def test_a_file_is_no_folder(project: Any) -> None:
    library = project.get_library()
    library.add_file("a")
    assert "Not a directory: a" in refusal(lambda: library.add_file("a/b.py"))


def test_each_save_is_a_commit_below_lib(project: Any) -> None:
    project.get_library().add_file("util.py").write("A = 1\n")
    (entry, *_others) = project.get_project_git().log()["entries"]
    assert entry["changedFiles"] == ["lib/util.py"]


def test_git_references_are_entries_of_the_settings(project: Any) -> None:
    git = project.get_project_git()
    git.add_library(
        "git@example.com:team/shared.git", "python/shared", "main", "src", as_type="object"
    ).wait_for_result()
    assert [(item["remote"], item["checkout"], item["remotePath"]) for item in git.list_libraries()] == [
        ("git@example.com:team/shared.git", "main", "src")
    ]
    settings = json.loads(project.get_library().get_file(SETTINGS).read())
    assert settings["pythonPath"] == ["python", "python/shared"]
    assert git.set_library("python/shared", "git@example.com:team/shared.git", "", "v2") == "python/shared"
    git.reset_library("python/shared").wait_for_result()
    assert [(item["checkout"], item["remotePath"]) for item in git.list_libraries()] == [("v2", "")]
    assert "already exists" in refusal(lambda: git.add_library("x", "python/shared", "main"))
    git.remove_library("python/shared", delete_directory=True)
    assert git.list_libraries() == []
    assert "does not exist" in refusal(lambda: git.remove_library("python/shared", delete_directory=False))
