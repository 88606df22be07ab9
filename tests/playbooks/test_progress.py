# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a long apply is: live on a terminal, a line a second elsewhere, nothing under no_log."""

from __future__ import annotations

import json
import os
import pty
import typing as t
from pathlib import Path

import pytest
from support.playbook import run
from support.sandbox import SandboxProcess

NAMES = [f"d{number}" for number in range(25)]


@pytest.fixture
def slow() -> t.Iterator[SandboxProcess]:
    process = SandboxProcess("--latency-ms", "40")
    yield process
    process.stop()


def book(folder: Path, **more: t.Any) -> str:
    definition = {
        "project": {"key": "LONG", "name": "Long"},
        "datasets": [{"name": name, "type": "managed"} for name in NAMES],
    }
    task = {"dataiku_iac.dss.configuration": {"definition": definition, "workers": 1}, **more}
    path = folder / "playbook.json"
    path.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]), encoding="utf-8")
    return str(path)


def on_a_terminal(arguments: list[str], environ: t.Mapping[str, str]) -> str:
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("ansible-playbook", ["ansible-playbook", "-i", "localhost,", *arguments], {**os.environ, **environ})
    output = b""
    try:
        while chunk := os.read(terminal, 65536):
            output += chunk
    except OSError:  # Linux says so when the other side has closed
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, output.decode()
    return output.decode()


def test_elsewhere_it_is_a_line_a_second(slow: SandboxProcess, tmp_path: Path) -> None:
    code, output = run([book(tmp_path)], slow.environ, tmp_path)
    assert code == 0
    assert " of 26 done, last " in output
    assert "\r" not in output


def test_on_a_terminal_one_line_is_written_again_and_wiped(slow: SandboxProcess, tmp_path: Path) -> None:
    output = on_a_terminal([book(tmp_path)], slow.environ)
    assert output.count("\r\x1b[K") > 2
    assert " of 26 done" in output
    assert "done\r\n" not in output


def test_under_no_log_nothing_is_said(slow: SandboxProcess, tmp_path: Path) -> None:
    code, output = run([book(tmp_path, no_log=True)], slow.environ, tmp_path)
    assert code == 0
    assert "26" not in output
    assert "LONG" not in output
