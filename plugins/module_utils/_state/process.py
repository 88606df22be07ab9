# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One process of one machine, told apart from every other, so that a dead one is known at once where it ran."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """``machine`` is this boot of it and this namespace of process ids, ``started`` in clock ticks since the boot.

    Both are empty where the system does not tell.
    """

    machine: str
    pid: int
    started: str

    @property
    def surely_gone(self) -> bool:
        """Whether it ran on this very machine and is there no more."""
        return self.machine != "" and self.machine == _machine() and not _lives(self.pid, self.started)


def this_process() -> Process:
    pid = os.getpid()
    return Process(_machine(), pid, _started(pid))


def named_token() -> str:
    """A text that no other call gives, and that names this process."""
    here = this_process()
    return ".".join((_short(here.machine), str(here.pid), here.started, secrets.token_hex(8)))


def is_dead(token: str) -> bool:
    """Whether the process that made a ``named_token`` surely exists no more."""
    short, _dot, rest = token.partition(".")
    parts = rest.split(".")
    machine = _machine()
    if short != _short(machine) or len(parts) != 3 or not parts[0].isdigit():
        return False
    return Process(machine, int(parts[0]), parts[1]).surely_gone


def _short(machine: str) -> str:
    return hashlib.sha256(machine.encode()).hexdigest()[:16]


def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{platform.node()} {boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process started, empty where that is not told or the process has ended and is only still listed."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return ""
    return "" if status[0] in "ZX" else status[19]


def _lives(pid: int, started: str) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    # A /proc that hides the processes of others does not tell; then it may live.
    return _started(pid) == started or not Path(f"/proc/{pid}").exists()
