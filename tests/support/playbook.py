# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a real ``ansible-playbook`` and read what it says."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

_ACTIONS = str(Path(__file__).with_name("action"))


@dataclass(frozen=True)
class Played:
    """What a run printed, how it ended, and the registered result of its last task."""

    code: int
    output: str
    result: dict[str, t.Any]


def play(
    folder: Path,
    tasks: t.Sequence[t.Mapping[str, t.Any]],
    *arguments: str,
    environ: t.Mapping[str, str] | None = None,
    variables: t.Mapping[str, t.Any] | None = None,
    timeout: float = 120,
) -> Played:
    """Run tasks on the controller; the last one's result is read back from a file."""
    saved = folder / "result.json"
    saved.unlink(missing_ok=True)
    last = {**tasks[-1], "register": "played_result"}
    save = {
        "keep_result": {"result": "{{ played_result | to_json }}", "to": str(saved)},
        "check_mode": False,
        "no_log": True,
    }
    block = {"block": [*tasks[:-1], last], "always": [save]}
    book = [{"hosts": "localhost", "gather_facts": False, "vars": dict(variables or {}), "tasks": [block]}]
    path = folder / "playbook.json"
    path.write_text(json.dumps(book), encoding="utf-8")
    code, output = run([str(path), *arguments], environ, folder, timeout)
    result = json.loads(saved.read_text(encoding="utf-8")) if saved.exists() else {}
    return Played(code, output, result)


def run(
    arguments: t.Sequence[str], environ: t.Mapping[str, str] | None, folder: Path, timeout: float = 120
) -> tuple[int, str]:
    """Run ``ansible-playbook`` in a folder; returns its exit status and everything it printed."""
    done = subprocess.run(
        ["ansible-playbook", "-i", "localhost,", *arguments],
        env={**os.environ, "ANSIBLE_ACTION_PLUGINS": _ACTIONS, **(environ or {})},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout
