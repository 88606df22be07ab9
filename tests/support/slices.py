# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job in slices as AWX makes them: an imported inventory, its hosts dealt out, one ansible-runner process for each slice.

AWX imports with ``ansible-inventory --list --export`` and keeps names, groups and variables of hosts. Slice n of m gets every m-th
host by name, beginning with the n-th, and an inventory script without the others (``get_sliced_hosts`` and ``get_script_data`` in
awx/main/models/inventory.py of ansible/awx at commit e21dd0a0933fd544d1fe2513c54fe41203775eb5).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import typing as t
from collections.abc import Mapping
from pathlib import Path

Document = dict[str, t.Any]


def imported(folder: Path, inventory: str, environ: Mapping[str, str] | None = None) -> Document:
    """An inventory as AWX imports it."""
    done = subprocess.run(
        ["ansible-inventory", "--list", "--export", "-i", inventory],
        env={**os.environ, **(environ or {})},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found: Document = json.loads(done.stdout)
    return found


def sliced(inventory: Document, number: int, count: int) -> Document:
    """What the inventory script of slice ``number`` (from 1) of ``count`` prints."""
    variables = inventory["_meta"]["hostvars"]
    names = sorted(variables)[number - 1 :: count]
    groups = {name: _group(group, names) for name, group in inventory.items() if name != "_meta"}
    return {**groups, "_meta": {"hostvars": {name: variables[name] for name in names}}}


def _group(group: Document, names: list[str]) -> Document:
    return {**group, "hosts": [name for name in group.get("hosts", ()) if name in names]}


def private_folder(place: Path, inventory: Document, project: Path, settings: Document, arguments: str = "") -> Path:
    """A private data directory of ansible-runner for one job, with the project and an inventory script."""
    shutil.copytree(project, place / "project", ignore=shutil.ignore_patterns("states", "keys", "inventory"))
    for name, content in {"settings": json.dumps(settings), "cmdline": arguments}.items():
        path = place / "env" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    script = place / "inventory/hosts"
    script.parent.mkdir()
    script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(inventory)!r})\n", encoding="utf-8")
    script.chmod(0o700)
    return place


class Job:
    """One ansible-runner process; it ends with ``wait``."""

    def __init__(self, place: Path, playbook: str, environ: Mapping[str, str] | None = None) -> None:
        self.place = place
        self._process = subprocess.Popen(
            ["ansible-runner", "run", str(place), "--playbook", playbook, "--ident", "1", "--quiet"],
            env={**os.environ, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait(self, seconds: float) -> tuple[int, str]:
        """The exit status, and everything that the process and its playbook printed."""
        try:
            printed, _none = self._process.communicate(timeout=seconds)
        finally:
            self._process.kill()
        return self._process.returncode, printed + (self.place / "artifacts/1/stdout").read_text(encoding="utf-8")
