# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Zip exports and directories that are damaged or hostile are refused with a sentence, and nothing of them is used."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import import archive
from ansible_collections.dataiku_iac.dss.plugins.module_utils._import.archive import read_source, read_zip


def packed(*members: tuple[str | zipfile.ZipInfo, str | bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as package:
        for name, content in members:
            package.writestr(name, content)
    return buffer.getvalue()


def read(data: bytes) -> archive.Files:
    return read_zip(io.BytesIO(data), "e.zip")


def test_an_export_is_read_below_its_root_with_what_it_says_of_itself() -> None:
    manifest = {"originalProjectKey": "SALES", "exportedWithPlugins": [{"pluginId": "geoadmin", "version": "1"}]}
    files = read(
        packed(
            ("export-manifest.json", json.dumps(manifest)),
            ("project_config/params.json", "{}"),
            ("project_config/datasets/a.json", "{}"),
            ("uploads/a/data.csv", "1"),
        )
    )
    assert sorted(files.contents) == ["datasets/a.json", "params.json"]
    assert (files.key, files.plugins) == ("SALES", frozenset({"geoadmin"}))


def test_a_folder_that_wraps_it_all_is_no_part_of_the_paths() -> None:
    assert [*read(packed(("sales/params.json", "{}"), ("other/x", ""))).contents] == ["params.json"]


@pytest.mark.parametrize("path", ["../params.json", "/etc/passwd", "a/../../b", "..\\b", "C:/b", "\\b"])
def test_a_path_that_leads_outside_is_refused(path: str) -> None:
    with pytest.raises(DssError, match="is not safe: it holds the path"):
        read(packed(("params.json", "{}"), (path, "x")))


def test_a_symbolic_link_in_a_zip_is_refused() -> None:
    link = zipfile.ZipInfo("datasets")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DssError, match="'datasets' in it is a symbolic link"):
        read(packed(("params.json", "{}"), (link, "/etc")))


@pytest.mark.parametrize("keep", [0.2, 0.6, 0.98])
def test_a_truncated_zip_is_no_whole_archive(keep: float) -> None:
    data = packed(("params.json", "{}"), ("datasets/a.json", json.dumps(["x"] * 500)))
    with pytest.raises(DssError, match="is no whole zip archive"):
        read(data[: int(len(data) * keep)])


def test_damaged_content_is_no_whole_archive() -> None:
    data = packed(("params.json", '{"name": "A project"}'))
    with pytest.raises(DssError, match="is no whole zip archive"):
        read(data.replace(b"A project", b"B project"))


def test_a_bomb_is_refused_although_it_lies_about_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1024 * 1024)
    data = packed(("params.json", "{}"), ("a", b"\0" * 2_000_000), compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(DssError, match="grows to more than 1 MiB"):
        read(data)


def test_what_is_beside_the_project_may_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1024)
    assert read(packed(("project_config/params.json", "{}"), ("managed_fs/d", b"x" * 4096))).contents


def test_a_file_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = packed(("params.json", "{}"), ("params.json", "{}"))
    with pytest.raises(DssError, match=r"holds 'params\.json' twice"):
        read(data)


def test_something_that_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DssError, match=r"holds no params\.json"):
        read(packed(("a", "b")))
    with pytest.raises(DssError, match=r"holds no params\.json"):
        read_source(tmp_path)
    with pytest.raises(DssError, match="cannot be read: No such file"):
        read_source(tmp_path / "nothing.zip")


def test_a_directory_is_read_without_its_git_and_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    project = tmp_path / "project"
    for path in ("params.json", ".git/config", "datasets/a.json"):
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text("{}")
    (project / "datasets" / "b.json").symlink_to(tmp_path / "secret")
    (project / "recipes").symlink_to(tmp_path)
    files = read_source(project)
    assert sorted(files.contents) == ["datasets/a.json", "params.json"]
    assert files.skipped == ("recipes is a symbolic link", "datasets/b.json is a symbolic link")
