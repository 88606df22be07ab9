# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demo shows what it says, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
import requests
from support.sandbox import ROOT


@pytest.fixture
def demo(tmp_path: Path) -> t.Iterator[subprocess.Popen[str]]:
    """The demo, started; its node ends with it even if it is killed."""
    command = [sys.executable, str(ROOT / "docs" / "demo" / "demo.py")]
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    process.kill()
    process.communicate()


def url_in(text: str) -> str:
    found = re.search(r"DKU_DSS_URL=(\S+)", text)
    assert found, text
    return found[1]


def is_gone(url: str) -> bool:
    try:
        requests.get(url, timeout=2)
    except requests.exceptions.ConnectionError:
        return True
    return False


def test_the_demo_shows_what_it_promises(demo: subprocess.Popen[str], tmp_path: Path) -> None:
    output, _nothing = demo.communicate(timeout=300)
    assert demo.returncode == 0, output
    assert output.count("$ ansible-playbook -i localhost, dataiku_iac.dss.deploy -e config=bikes") == 6
    assert output.count("No changes. 9 objects are as declared.") == 2
    assert "-LONGEST = 48 * 60" in output
    assert "WARNING" not in output
    shown = {line.rstrip() for line in output.splitlines()}
    extract = (ROOT / "README.md").read_text().partition("```text\n")[2].partition("```")[0]
    assert {line for line in extract.splitlines() if line != "..."} <= shown
    assert is_gone(url_in(output))
    assert not list(tmp_path.glob("dss-demo-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_stops_everything(
    demo: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    seen = ""
    for line in demo.stdout or ():
        seen += line
        if line.startswith("$ ansible-playbook"):
            break
    demo.send_signal(number)
    rest, _nothing = demo.communicate(timeout=300)
    assert demo.returncode == 130, seen + rest
    assert "Traceback" not in rest
    assert is_gone(url_in(seen))
    assert not list(tmp_path.glob("dss-demo-*"))
