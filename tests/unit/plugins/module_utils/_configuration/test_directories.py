# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Directories and files that a library and a notebook take their contents from."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import Configuration, load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._kinds import KINDS


def configuration(folder: Path, files: t.Mapping[str, bytes | str], **sections: t.Any) -> Configuration:
    for name, data in {"project.yml": yaml.safe_dump({"project": {"key": "P"}, **sections}), **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return load(folder, kinds=KINDS)


def fields(found: Configuration, kind: str) -> dict[str, t.Any]:
    (declared,) = (entry.fields for entry in found.declarations if entry.kind == kind)
    return declared


def refusals(folder: Path, files: t.Mapping[str, bytes | str], **sections: t.Any) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        configuration(folder, files, **sections)
    return [str(problem) for problem in caught.value.problems]


def test_a_directory_gives_all_its_files_and_named_ones_win(tmp_path: Path) -> None:
    files = {
        "lib/python/__init__.py": "",
        "lib/python/tools/util.py": "A = '${x} {{ y }}'\r\n",
        "lib/static/logo.png": b"\x89\xff\x00",
        "lib/python/__pycache__/util.pyc": b"\x00",
        "lib/.git/config": "x",
        "lib/overridden.py": "from the directory",
        "src/other.py": "B = 1\n",
    }
    named = {"overridden.py": "from here", "python/other.py": {"file": "src/other.py"}, "gone.py": None}
    found = configuration(tmp_path, files, library={"path": "./lib", "files": named})
    assert fields(found, "library") == {
        "files": {
            "python/__init__.py": "",
            "python/tools/util.py": "A = '${x} {{ y }}'\r\n",
            "static/logo.png": {"base64": "if8A"},
            "overridden.py": "from here",
            "python/other.py": "B = 1\n",
            "gone.py": None,
        }
    }


@pytest.mark.parametrize(
    ("library", "why"),
    [
        ({"path": "nowhere"}, "project.yml:2:3 library.path: nowhere does not exist"),
        ({"path": "project.yml"}, "project.yml:2:3 library.path: project.yml is not a directory"),
        ({"path": "../"}, "project.yml:2:3 library.path: ../ is outside the configuration's folder; copy it there"),
        ({"files": {"a": {"file": "b"}}}, "project.yml:4:7 library.files.a.file: b does not exist"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(tmp_path: Path, library: t.Any, why: str) -> None:
    (tmp_path / "configuration").mkdir()
    assert refusals(tmp_path / "configuration", {}, library=library) == [why]


def test_a_link_out_of_the_configuration_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "configuration" / "lib").mkdir(parents=True)
    os.symlink(tmp_path / "secret", tmp_path / "configuration" / "lib" / "a.py")
    (why,) = refusals(tmp_path / "configuration", {}, library={"path": "lib"})
    assert "lib/a.py is outside the configuration's folder" in why


def test_a_mapping_in_memory_has_no_directories() -> None:
    with pytest.raises(ConfigurationError, match="this needs a configuration that is a file"):
        load({"project": {"key": "P"}, "library": {"path": "lib"}}, kinds=KINDS)


def test_a_notebook_comes_from_a_file_of_its_own(tmp_path: Path) -> None:
    text = '{"cells": [{"cell_type": "code", "source": "print(1)"}]}'
    notebook = {"name": "Look", "content_file": "notebooks/look.ipynb"}
    found = configuration(tmp_path, {"notebooks/look.ipynb": text}, notebooks=[notebook])
    assert fields(found, "notebook") == {"name": "Look", "content": text}
