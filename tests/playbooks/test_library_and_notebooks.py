# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Library and notebooks against a node: what is read, what stays, what comes back."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from support.engine import run_module
from support.sandbox import SandboxProcess

KEY = "QUICKSTART"
LIBRARY = {"files": {"python/util.py": "A = 1\n", "python/__init__.py": ""}, "python_path": ["python"]}
NOTEBOOK = {"name": "Look", "content": {"cells": [{"cell_type": "code", "source": "print(1)"}]}}
GIT_MODE = {"key": KEY, "git_commit_mode": "AUTO"}


def go(sandbox: SandboxProcess, base: Path, check: bool = False, **sections: t.Any) -> dict[str, t.Any]:
    return run_module(
        sandbox.environ, check=check, base=base, definition={"project": GIT_MODE, **sections}, max_deletes=5
    )


def calls_of(sandbox: SandboxProcess, base: Path, about: str, **sections: t.Any) -> dict[str, int]:
    """The calls of a plan that nothing comes of, of one part of the API."""
    sandbox.control.forget_calls()
    assert go(sandbox, base, check=True, **sections)["changed"] is False
    counts: dict[str, int] = sandbox.control.calls()["counts"]
    return {path: count for path, count in counts.items() if about in path}


def files(sandbox: SandboxProcess) -> dict[str, str]:
    def below(folder: t.Any) -> t.Iterator[t.Any]:
        for item in folder.list():
            yield from [item] if item.children is None else below(item)

    return {item.path: item.read() for item in below(sandbox.client().get_project(KEY).get_library().root)}


def by_hand(sandbox: SandboxProcess, path: str, text: str) -> None:
    sandbox.client().get_project(KEY).get_library().add_file(path).write(text)


def test_only_what_is_declared_of_a_library_is_read(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, library=LIBRARY)
    by_hand(sandbox, "of_others.py", "B = 1\n")
    tree, file = (
        "GET /projects/{projectKey}/libraries/contents",
        "GET /projects/{projectKey}/libraries/contents/{path...}",
    )
    # Each file, and the settings for python_path; a state would tell by Git that nothing has changed.
    fresh = tmp_path / "fresh"
    assert calls_of(sandbox, fresh, "librar", library=LIBRARY) == {tree: 1, file: 3}
    assert calls_of(sandbox, fresh, "librar", library={"files": LIBRARY["files"]}) == {tree: 1, file: 2}
    assert calls_of(sandbox, fresh, "librar", library={"python_path": ["python"]}) == {file: 1}


def test_git_tells_that_a_library_is_as_recorded(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, library=LIBRARY, datasets=[{"name": "d", "type": "managed"}])
    assert calls_of(sandbox, tmp_path, "librar", library=LIBRARY, datasets=[{"name": "d", "type": "managed"}]) == {}
    sandbox.client().get_project(KEY).get_library().get_file("python/util.py").write("A = 2\n")
    plan = go(sandbox, tmp_path, check=True, library=LIBRARY, datasets=[{"name": "d", "type": "managed"}])["plan"]
    ((action,),) = [plan["actions"]]
    assert (action["address"], action["cause"]) == (f"library.{KEY}", "drift")


def test_files_of_others_stay_unless_the_library_is_exclusive(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, library=LIBRARY)
    by_hand(sandbox, "of_others.py", "B = 1\n")
    assert go(sandbox, tmp_path, library=LIBRARY)["changed"] is False
    result = go(sandbox, tmp_path, library={"exclusive": True, **LIBRARY})
    assert [change["path"] for change in result["plan"]["actions"][0]["changes"]] == ["files.of_others.py"]
    assert set(files(sandbox)) == {"/python/util.py", "/python/__init__.py", "/external-libraries.json"}


def test_a_rollback_gives_back_the_files_that_were_there(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, library=LIBRARY)
    before = files(sandbox)
    changed = {"exclusive": True, "files": {"python/util.py": "A = 2\n", "new/one.py": "C = 1\n"}}
    go(sandbox, tmp_path, library=changed)
    assert files(sandbox) != before
    state = {"type": "local", "path": str(tmp_path / "state")}
    (environment,) = (folder.name for folder in (tmp_path / "state").iterdir() if folder.is_dir())
    run_module(
        sandbox.environ,
        "rollback",
        base=tmp_path,
        environment=environment,
        project=KEY,
        state_backend=state,
        settle_timeout=0.0,
    )
    assert files(sandbox) == before


def test_a_file_that_is_taken_out_is_only_released(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, library=LIBRARY)
    result = go(sandbox, tmp_path, library={"files": {"python/util.py": "A = 1\n"}})
    assert result["changed"] is False
    assert "/python/__init__.py" in files(sandbox)


def test_the_directory_of_a_configuration_becomes_the_library(sandbox: SandboxProcess, tmp_path: Path) -> None:
    folder = tmp_path / "configuration"
    (folder / "lib" / "python").mkdir(parents=True)
    (folder / "lib" / "python" / "a.py").write_text("A = 1\n")
    (folder / "lib" / "logo.png").write_bytes(b"\x89\x00")
    (folder / "project.yml").write_text(yaml.safe_dump({"project": {"key": KEY}, "library": {"path": "lib"}}))
    for changed in (True, False):
        assert run_module(sandbox.environ, base=tmp_path, path=str(folder))["changed"] is changed
    library = sandbox.client().get_project(KEY).get_library()
    assert library.get_file("logo.png").read(as_type="bytes") == b"\x89\x00"


def test_what_was_changed_below_a_git_reference_is_not_discarded(sandbox: SandboxProcess, tmp_path: Path) -> None:
    reference = {"python/shared": {"repository": "git@example.com:shared.git", "checkout": "main"}}
    go(sandbox, tmp_path, library={"git_references": reference})
    git = sandbox.client().get_project(KEY).get_project_git()
    assert [item["checkout"] for item in git.list_libraries()] == ["main"]
    settings = sandbox.client().get_project(KEY).get_library().get_file("external-libraries.json")
    settings.write(settings.read().replace('"isDirty":false', '"isDirty":true'))
    moved = {"python/shared": {**reference["python/shared"], "checkout": "v2"}}
    with pytest.raises(Exception, match="were changed in DSS, and pulling it anew would discard that"):
        go(sandbox, tmp_path, library={"git_references": moved})
    assert [item["checkout"] for item in git.list_libraries()] == ["main"]


def test_the_password_of_a_git_reference_is_sent_and_never_shown(sandbox: SandboxProcess, tmp_path: Path) -> None:
    reference = {"a": {"repository": "https://example.com/a.git", "login": "ada", "password": "very-secret"}}
    result = go(sandbox, tmp_path, library={"git_references": reference})
    assert "very-secret" not in str(result)
    assert "very-secret" not in "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert go(sandbox, tmp_path, library={"git_references": reference})["changed"] is False


def test_outputs_of_a_notebook_are_no_difference_and_stay(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, notebooks=[NOTEBOOK])
    held = sandbox.client().get_project(KEY).get_jupyter_notebook("Look")
    ran = held.get_content()
    ran.get_cells()[0].update(execution_count=3, outputs=[{"output_type": "stream", "name": "stdout", "text": ["1"]}])
    ran.save()
    listed = {"GET /projects/{projectKey}/jupyter-notebooks": 1, "GET /projects/{projectKey}/sql-notebooks": 1}
    one = {"GET /projects/{projectKey}/jupyter-notebooks/{name}": 1}
    assert calls_of(sandbox, tmp_path, "notebook", notebooks=[NOTEBOOK]) == {**listed, **one}
    go(sandbox, tmp_path, notebooks=[{**NOTEBOOK, "tags": ["gold"]}])
    assert held.get_content().get_cells()[0]["outputs"], "the source is the same"
    other = {"cells": [{"cell_type": "code", "source": "print(2)"}]}
    go(sandbox, tmp_path, notebooks=[{**NOTEBOOK, "content": other}])
    assert held.get_content().get_cells()[0]["outputs"] == []


def test_a_notebook_of_another_type_is_another_one(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, notebooks=[NOTEBOOK])
    sql = {"name": "Look", "type": "sql", "connection": "filesystem_managed", "cells": [{"code": "SELECT ${n}"}]}
    assert go(sandbox, tmp_path, notebooks=[sql])["plan"]["summary"]["replace"] == 1
    project = sandbox.client().get_project(KEY)
    assert project.list_jupyter_notebooks() == []
    (item,) = project.list_sql_notebooks()
    assert item.to_notebook().get_content().cells[0]["code"] == "SELECT ${n}"
    assert go(sandbox, tmp_path, notebooks=[sql])["changed"] is False


def test_what_leaves_a_project_may_be_made_in_the_same_run(sandbox: SandboxProcess, tmp_path: Path) -> None:
    sharing = {
        "exposed_objects": [{"type": "MANAGED_FOLDER", "name": "files", "projects": ["OTHER"]}],
        "bundle_contents": {"managed_folders": ["files"]},
    }
    declared = {"managed_folders": [{"name": "files"}], "project_sharing": sharing}
    for changed in (True, False):
        assert go(sandbox, tmp_path, **declared)["changed"] is changed
    settings = sandbox.client().get_project(KEY).get_settings().get_raw()
    (folder,) = sandbox.client().get_project(KEY).list_managed_folders()
    assert settings["exposedObjects"]["objects"][0]["localName"] == folder["id"]
    assert settings["bundleExporterSettings"]["exportOptions"]["includedManagedFolders"] == [
        {"id": folder["id"], "name": "files"}
    ]


def test_a_project_on_another_branch_is_not_touched(sandbox: SandboxProcess, tmp_path: Path) -> None:
    go(sandbox, tmp_path, project_git={"branch": "master"})
    git = sandbox.client().get_project(KEY).get_project_git()
    git.create_branch("work")
    tagged = {"key": KEY, "tags": ["gold"]}
    for base in (tmp_path, tmp_path / "without_a_record"):
        with pytest.raises(Exception, match="is on branch master, declared is work"):
            go(sandbox, base, project=tagged, project_git={"branch": "work"})
    assert git.get_current_branch() == "master"
    run_module(sandbox.environ, "project_git", project=KEY, branch="work", switch_branch=True)
    assert git.get_current_branch() == "work"
    with pytest.raises(Exception, match="has no branch typo"):
        run_module(sandbox.environ, "project_git", project=KEY, branch="typo", switch_branch=True)


def test_a_folder_that_is_not_there_is_told(sandbox: SandboxProcess, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="there is no project folder /Finance"):
        go(sandbox, tmp_path, project_location={"folder": "/Finance"})
