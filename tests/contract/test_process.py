# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process: how it starts, what survives a restart, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from support.sandbox import PACKAGE, SandboxProcess, connect


def test_it_prints_one_line_when_it_is_ready(tmp_path: Path) -> None:
    process = SandboxProcess("--api-key", "my-key", "--node-type", "automation", "--switch", "missing_connection=error")
    try:
        assert process.ready_line == f"url={process.url} api_key=my-key\n"
        assert process.url.startswith("http://127.0.0.1:")
        client = connect(process.url, "my-key")
        assert client.get_instance_info().node_type == "AUTOMATION"
    finally:
        assert process.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_on_a_signal(number: int) -> None:
    process = SandboxProcess()
    process.process.send_signal(number)
    assert process.process.wait(10) == 0
    assert process.process.stdout.read() == "" and process.process.stderr.read() == ""


def test_each_start_has_its_own_key() -> None:
    processes = [SandboxProcess() for _time in range(2)]
    assert len({process.api_key for process in processes} | {process.url for process in processes}) == 4
    for process in processes:
        process.stop()


def everything(client: Any) -> Any:
    project = client.get_project("PROJ")
    return (
        project.get_dataset("d").get_settings().get_raw(),
        project.get_recipe("r").get_settings().data,
        project.get_scenario("S").get_payload(),
        project.get_variables(),
        project.get_permissions(),
        project.get_project_git().log()["entries"],
        project.get_project_git().list_branches(),
        project.get_flow().get_zone(project.get_flow().list_zones()[1].id)._raw,
        client.list_connections(),
        client.list_project_keys(),
    )


def test_a_database_file_survives_a_restart(tmp_path: Path) -> None:
    flags = ("--database", str(tmp_path / "node.db"))
    process = SandboxProcess(*flags, "--api-key", "k")
    client = connect(process.url, "k")
    gone = client.create_project("GONE", "Gone", "admin")
    project = client.create_project("PROJ", "P", "admin")
    project.create_dataset("d", "Filesystem", params={"connection": "filesystem_managed", "path": "p"})
    project.new_recipe("python", "r").with_script("x").create()
    project.create_scenario("S", "custom_python").set_payload("y")
    project.set_variables({"standard": {"a": 1}, "local": {"b": 2}})
    project.get_project_git().create_branch("other")
    project.get_flow().create_zone("Z").add_item(project.get_dataset("d"))
    client.create_connection("pg", "PostgreSQL", {"password": "secret"})
    gone.delete()
    before = everything(client)
    assert process.stop() == 0

    again = SandboxProcess(*flags, "--api-key", "other")
    client = connect(again.url, "other")
    assert everything(client) == before
    client.get_connection("pg").set_definition(client.get_connection("pg").get_definition())
    assert client.get_connection("pg").get_info()["params"]["password"] == "secret"
    client.get_project("PROJ").create_dataset("e", "Inline")
    assert len(client.get_project("PROJ").get_project_git().log()["entries"]) == len(before[5]) + 1
    assert again.stop() == 0


def test_latency_is_added_to_every_answer() -> None:
    process = SandboxProcess("--latency-ms", "100")
    client = connect(process.url, process.api_key)
    start = time.monotonic()
    client.list_projects()
    assert time.monotonic() - start >= 0.1
    process.stop()


@pytest.mark.parametrize("flags", [["--switch", "nope=1"], ["--switch", "missing_connection"]])
def test_a_wrong_switch_is_refused_in_one_line(flags: list[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "dss_sandbox", *flags],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert answer.returncode == 2 and answer.stdout == "" and answer.stderr.count("\n") == 1


def test_a_taken_port_is_refused_in_one_line() -> None:
    process = SandboxProcess()
    answer = subprocess.run(
        [sys.executable, "-m", "dss_sandbox", "--port", process.url.rpartition(":")[2]],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert answer.returncode == 1 and "Cannot listen" in answer.stderr and "Traceback" not in answer.stderr
    process.stop()


def test_it_ends_when_its_parent_dies() -> None:
    script = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-m', 'dss_sandbox', '--exit-with-parent'], stdout=subprocess.PIPE)\n"
        "p.stdout.readline()\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and Path(f"/proc/{child}").exists() and not _is_zombie(child):
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists() or _is_zombie(child)


def _is_zombie(pid: int) -> bool:
    """A container's first process may leave the dead unburied."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_needs_nothing_but_what_the_requirements_name() -> None:
    names = (PACKAGE / "requirements.txt").read_text("utf-8")
    assert "starlette" in names and "uvicorn" in names and "httptools" in names
