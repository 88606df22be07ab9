# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What competes: each contestant as a command, for one prepared project."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .measure import Broken, Run, launch
from .node import Node

CONFIGURATION = "configuration"
RECORDED = "configuration, recorded state"
TASKS = "one task per object"
SCRIPT = "script"
EQUAL = "script, equal calls"
POOL = "script, 8 threads"
LIMIT = "limit"
CONTESTANTS = (CONFIGURATION, RECORDED, TASKS, SCRIPT, POOL, EQUAL, LIMIT)

PLAN, CHANGE, APPLY = "plan", "change 1 %", "apply"
WORKS = (PLAN, CHANGE, APPLY)
THREADS = 8

_PROGRAMS = Path(__file__).with_name("programs")
_TESTS = Path(__file__).parents[1]
_SUMMARY = re.compile(r"Plan: (\d+) to create, (\d+) to update, (\d+) to replace, (\d+) to delete\.")
_NO_CHANGES = re.compile(r"No changes\. \d+ objects? (?:is|are) as declared")


def playbook(path: Path, *arguments: str, node: Node | None = None) -> Run:
    """Run a whole ``ansible-playbook``."""
    return launch(["ansible-playbook", "-i", "localhost,", str(path), *arguments], _environ(node), node)


def program(name: str, *arguments: str, node: Node | None = None) -> Run:
    """Run one of ``programs/``."""
    return launch([sys.executable, str(_PROGRAMS / f"{name}.py"), *arguments], _environ(node), node)


def _environ(node: Node | None) -> Mapping[str, str]:
    found = [str(_TESTS), *os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)]
    return {**(node.environ if node else {}), "PYTHONPATH": os.pathsep.join(found)}


@dataclass(frozen=True)
class Files:
    """The files of one prepared project: its configuration, what the scripts want, the playbooks, the recorded calls."""

    folder: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "configuration"

    @property
    def documents(self) -> Path:
        return self.folder / "documents.json"

    @property
    def tasks(self) -> Path:
        return self.folder / "tasks.json"

    def calls(self, work: str) -> Path:
        """The calls of ``CONFIGURATION`` in levels."""
        return self.folder / f"calls {work.split()[0]}.json"


def run(contestant: str, work: str, files: Files, deploy: Path, state: Path, node: Node) -> Run:
    """Let a contestant do a work on a prepared node; ``deploy`` is the playbook with the task ``configuration``."""
    check = ["--check"] if work == PLAN else []
    mode = "plan" if work == PLAN else "apply"
    if contestant in (CONFIGURATION, RECORDED):
        given = ["-e", f"config={files.configuration}", "-e", f"state={state}"]
        return playbook(deploy, *given, *check, node=node)
    if contestant == TASKS:
        return playbook(files.tasks, *check, node=node)
    if contestant in (SCRIPT, POOL):
        return program("script", mode, str(files.documents), str(THREADS if contestant == POOL else 1), node=node)
    return program("equal" if contestant == EQUAL else "limit", str(files.calls(work)), node=node)


def summary(output: str) -> tuple[int, int]:
    """How many objects a printed plan creates, and how many it changes otherwise. Raises ``Broken`` where there is none."""
    found = _SUMMARY.search(output)
    if found:
        create, *others = map(int, found.groups())
        return create, sum(others)
    if _NO_CHANGES.search(output):
        return 0, 0
    raise Broken(f"no plan was printed: {output[-2000:]}")


def has_no_changes(contestant: str, done: Run) -> None:
    """Raises ``Broken`` where a contestant saw a difference in a project that is as declared."""
    if contestant in (CONFIGURATION, RECORDED):
        clean = summary(done.output) == (0, 0)
    elif contestant == TASKS:
        clean = re.search(r"changed=0 .*failed=0 ", done.output) is not None
    elif contestant in (SCRIPT, POOL):
        clean = done.said["differing"] == 0
    else:
        clean = done.said["calls"] > 0
    if not clean:
        raise Broken(f"{contestant}: a project that is as declared was to be changed: {done.output[-2000:]}")
