# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t
from collections.abc import Callable
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.code_files import CodeFiles, file_keys
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.document import location_of, plain
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.files import Document, Reading, read
from ansible_collections.dataiku_iac.dss.plugins.module_utils._configuration.load import load
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import ConfigurationError

SECTIONS = ("datasets", "recipes", "scenarios", "connections", "managed_folders")
Write = Callable[..., Path]


def messages(reading: Reading) -> list[str]:
    return [str(problem) for problem in reading.problems]


def names(reading: Reading, section: str) -> list[str]:
    return [item["name"] for document in reading.documents for item in document.content.get(section) or ()]


@pytest.mark.parametrize("name", ["one.yml", "one.yaml", "one.json", "ONE.YML"])
def test_a_file_alone(write: Write, name: str) -> None:
    folder = write({name: '{"project": {"key": "A"}}', "datasets/ignored.yml": "datasets: []"})
    reading = read(folder / name, SECTIONS)
    assert reading.problems == ()
    assert [plain(document.content) for document in reading.documents] == [{"project": {"key": "A"}}]
    assert reading.documents[0].content.file == name


def test_a_directory_in_the_order_of_kinds_and_names(write: Write) -> None:
    folder = write({
        "project.yml": "project: {key: A}\ndatasets: [{name: d0}]\n",
        "datasets/b.yml": "datasets: [{name: d2}]",
        "datasets/a.yml": "version: '1.0'\ndatasets: [{name: d1}]",
        "datasets/a.yaml": "datasets: [{name: d3}]",
        "datasets/a.json": '{"datasets": [{"name": "d4"}]}',
        "datasets/notes.txt": "no yaml: [",
        "datasets/.hidden.yml": "datasets: [{name: hidden}]",
        "datasets/deeper/c.yml": "datasets: [{name: deeper}]",
        "datasets/empty.yml": "# nothing\n",
        "recipes/code.py": "x = 1",
        "scenarios/s.yml": "scenarios:",
    })  # fmt: skip
    reading = read(folder, SECTIONS)
    assert reading.problems == ()
    assert names(reading, "datasets") == ["d0", "d1", "d2", "d3", "d4"]
    places = {document.content.file for document in reading.documents}
    assert {"project.yml", "datasets/a.yml", "scenarios/s.yml"} <= places


def test_what_is_wrong_with_a_source(write: Write, tmp_path: Path) -> None:
    write({"a.txt": "x", "empty/x": "", "d/project.yml": "a: 1", "d/datasets": "file"})
    assert messages(read(tmp_path / "none.yml", SECTIONS)) == [f"Config path not found: {tmp_path}/none.yml"]
    assert messages(read(tmp_path / "a.txt", SECTIONS)) == [
        "Unknown config file format: .txt. Supported: .yaml, .yml, .json"
    ]
    assert messages(read(tmp_path / "empty", SECTIONS)) == [
        f"project.yml not found in {tmp_path}/empty. Directory-based configs require a project.yml file."
    ]
    assert messages(read(tmp_path / "d", SECTIONS)) == ["datasets path is not a directory: datasets"]


def test_two_project_files_are_one_too_many(write: Write) -> None:
    folder = write({"project.yml": "project: {key: A}", "project.json": "{}"})
    assert messages(read(folder, SECTIONS)) == [
        "project.json: the configuration has both project.yml and project.json; keep one of them"
    ]


def test_faults_of_all_files_are_reported_at_once(write: Write) -> None:
    folder = write({"project.yml": "a: b: c", "datasets/a.yml": "[", "recipes/r.yml": "a: 1\na: 2"})
    assert [problem.location.file for problem in read(folder, SECTIONS).problems] == [
        "project.yml", "datasets/a.yml", "recipes/r.yml",
    ]  # fmt: skip


def test_an_empty_project_file_is_refused(write: Write) -> None:
    assert messages(read(write({"project.yml": "# later\n"}), SECTIONS)) == ["project.yml: the file is empty"]


def test_includes(write: Write) -> None:
    folder = write({
        "projects/p.yml": (
            "project: {key: A}\n"
            "datasets: {$include: datasets/mapping.yml}\n"
            "recipes: {$include: [beside.yml, ../recipes/list.json]}\n"
        ),
        "datasets/mapping.yml": "datasets:\n  - {name: d}\n",
        "projects/beside.yml": "- {name: r1}\n",
        "recipes/list.json": '[{"name": "r2"}]',
    })  # fmt: skip
    reading = read(folder / "projects" / "p.yml", SECTIONS)
    assert reading.problems == ()
    assert names(reading, "datasets") == ["d"]
    assert names(reading, "recipes") == ["r1", "r2"]
    assert [document.content.file for document in reading.documents] == [
        "projects/p.yml", "datasets/mapping.yml", "projects/beside.yml", "recipes/list.json",
    ]  # fmt: skip
    assert str(location_of(reading.documents[1].content, ("datasets", 0))) == "datasets/mapping.yml:2:5"


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ("none.yml", "f.yml:1:12 datasets.$include: the file none.yml does not exist"),
        ("../x.yml", "../x.yml is outside the configuration's folder"),
        ("/etc/passwd", "/etc/passwd is outside the configuration's folder"),
        ("again.yml", "again.yml includes another file itself"),
        ("'a\\0b'", "a\\0b does not exist"),
        ('"a\\0b"', "cannot be used as a file name"),
        ("[1]", "$include stands alone and names one file or a list of files"),
        ("broken.yml", "broken.yml:1:5: a ':' is not expected"),
        ("folder", "folder is not a file"),
    ],
)
def test_includes_that_are_refused(write: Write, include: str, expected: str) -> None:
    folder = write({
        "conf/f.yml": f"datasets: {{$include: {include}}}",
        "conf/again.yml": "datasets: {$include: f.yml}",
        "conf/broken.yml": "a: b: c",
        "conf/folder/x": "",
        "x.yml": "datasets: []",
    })  # fmt: skip
    (found,) = messages(read(folder / "conf" / "f.yml", SECTIONS))
    assert expected in found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(write: Write) -> None:
    folder = write({"f.yml": "a: 1"})
    (folder / "f.yml").chmod(0)
    assert "cannot be read" in messages(read(folder / "f.yml", SECTIONS))[0]


def test_links_out_of_the_folder_are_not_followed(write: Write) -> None:
    folder = write({"secret.yml": "datasets: [{name: secret}]", "conf/project.yml": "project: {key: A}"})
    (folder / "conf" / "datasets").mkdir()
    (folder / "conf" / "datasets" / "a.yml").symlink_to(folder / "secret.yml")
    reading = read(folder / "conf", SECTIONS)
    assert names(reading, "datasets") == []
    assert "datasets/a.yml is outside the configuration's folder" in messages(reading)[0]


def test_the_source_itself_may_be_a_link(write: Write) -> None:
    folder = write({"data/real.yml": "project: {key: A}", "conf/x": ""})
    (folder / "conf" / "p.yml").symlink_to(folder / "data" / "real.yml")
    assert read(folder / "conf" / "p.yml", SECTIONS).problems == ()


def test_a_pipe_is_not_waited_for(write: Write) -> None:
    folder = write({"project.yml": "project: {key: A}\nrecipes: {$include: pipe.yml}"})
    os.mkfifo(folder / "pipe.yml")
    assert "pipe.yml is not a file" in messages(read(folder, SECTIONS))[0]


# Code files --------------------------------------------------------------------------------------------------------


def filled(folder: Path, source: str, section: str = "recipes") -> tuple[Document, list[str]]:
    reading = read(folder / source, SECTIONS)
    assert reading.problems == ()
    files = CodeFiles(reading.tree)
    label = section.removesuffix("s").capitalize()
    document = files.fill(reading.documents[0], section, file_keys(section, {}), label)
    return document, [str(problem) for problem in files.problems]


def test_code_is_read_beside_the_file_or_in_the_root(write: Write) -> None:
    folder = write({
        "projects/p.yml": (
            "recipes:\n"
            "  - {name: a, code_file: ../code/a.py}\n"
            "  - {name: b, code_file: code/a.py, code: ''}\n"
            "  - {name: c, code_file: here.sql, payload_file: p.json}\n"
            "  - {name: d, code: x, code_file: ''}\n"
        ),
        "code/a.py": "print('${X} {{ y }}')\n",
        "projects/here.sql": b"\xef\xbb\xbfselect 1",
        "projects/p.json": "{}",
    })  # fmt: skip
    document, problems = filled(folder, "projects/p.yml")
    assert problems == []
    assert plain(document.content["recipes"]) == [
        {"name": "a", "code": "print('${X} {{ y }}')\n"},
        {"name": "b", "code": "print('${X} {{ y }}')\n"},
        {"name": "c", "code": "select 1", "payload": "{}"},
        {"name": "d", "code": "x"},
    ]
    assert str(location_of(document.content, ("recipes", 0, "code"))) == "projects/p.yml:2:15"


def test_scripts_and_the_code_of_steps(write: Write) -> None:
    folder = write({
        "p.yml": (
            "scenarios:\n"
            "  - {name: a, script_file: s.py}\n"
            "  - {name: b, code_file: s.py}\n"
            "  - name: c\n"
            "    steps:\n"
            "      - {type: python, code_file: s.py}\n"
            "      - {type: conditional, on_success: [{type: shell, code_file: s.py}], on_failure: [{type: x}]}\n"
        ),
        "s.py": "x",
    })  # fmt: skip
    document, problems = filled(folder, "p.yml", "scenarios")
    assert problems == []
    assert plain(document.content["scenarios"]) == [
        {"name": "a", "script": "x"},
        {"name": "b", "script": "x"},
        {
            "name": "c",
            "steps": [
                {"type": "python", "code": "x"},
                {"type": "conditional", "on_success": [{"type": "shell", "code": "x"}], "on_failure": [{"type": "x"}]},
            ],
        },
    ]


def test_what_is_wrong_with_code_files(write: Write) -> None:
    folder = write({
        "conf/p.yml": (
            "recipes:\n"
            "  - {name: a, code_file: none.py}\n"
            "  - {name: b, code_file: ok.py, code: x}\n"
            "  - {name: c, code_file: ../secret.py}\n"
            "  - {name: d, code_file: link.py}\n"
            "  - {name: e, code_file: latin.py}\n"
            "  - {name: f, code_file: large.py}\n"
            "  - {name: g, code_file: [x]}\n"
            "  - {name: h, code_file: sub}\n"
        ),
        "conf/ok.py": "x",
        "conf/sub/x": "",
        "conf/latin.py": b"# ok\nx = '\xe9'\n",
        "conf/large.py": b"x" * (8 * 1024 * 1024 + 1),
        "secret.py": "secret",
    })  # fmt: skip
    (folder / "conf" / "link.py").symlink_to(folder / "secret.py")
    document, problems = filled(folder, "conf/p.yml")
    assert problems == [
        "p.yml:2:15 recipes[0].code_file: Recipe 'a' references code file that doesn't exist: none.py",
        "p.yml:3:15 recipes[1].code_file: Code recipe 'b' cannot have both 'code' and 'code_file'",
        "p.yml:4:15 recipes[2].code_file: Recipe 'c': ../secret.py is outside the configuration's folder; copy it there",
        "p.yml:5:15 recipes[3].code_file: Recipe 'd': link.py is outside the configuration's folder; copy it there",
        "latin.py:2:6: the byte 0xe9 is not UTF-8; save the file as UTF-8 (p.yml:6:15 names it)",
        "p.yml:7:15 recipes[5].code_file: Recipe 'f': large.py is larger than 8 MiB",
        "p.yml:8:15 recipes[6].code_file: code_file must be the name of a file",
        "p.yml:9:15 recipes[7].code_file: Recipe 'h': sub is not a file",
    ]
    assert "secret" not in str(plain(document.content))


def test_a_substituted_name_is_not_shown(write: Write, kinds: dict[str, t.Any]) -> None:
    folder = write({
        "p.yml": (
            "project: {key: A}\nrecipes:\n"
            "  - {name: a, type: python, outputs: [X], code_file: '{{ env.PLACE }}'}\n"
            "  - {name: b, type: python, outputs: [Y], code_file: '/{{ env.PLACE }}'}\n"
        )
    })  # fmt: skip
    with pytest.raises(ConfigurationError) as caught:
        load(folder / "p.yml", kinds=kinds, process_environment={"PLACE": "s3cr3t"})
    assert len(caught.value.problems) == 2
    assert "s3cr3t" not in str(caught.value)


def test_a_kind_can_name_file_keys_of_its_own(write: Write) -> None:
    schema: dict[str, t.Any] = {"properties": {"content_file": {"type": "string", "x-file-of": "content"}}}
    assert file_keys("wiki_articles", schema) == {"content_file": "content"}
