# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients with their open connections, from one item of a loop to the next: Ansible runs a loop in one process.

A client is kept for the same options only, is lent to one node at a time, and never crosses a fork, after which two
processes would talk on one connection.
"""

from __future__ import annotations

import os
import threading
import time
import typing as t
from dataclasses import dataclass

from .options import NodeOptions

_MOST = 4  # nodes of a task that alternates between them
_SECONDS = 5.0  # a connection that is idle for longer may be dead without anybody having said so


@dataclass(frozen=True)
class _Kept:
    options: NodeOptions
    client: t.Any
    process: int
    since: float


_kept: list[_Kept] = []
_using = threading.Lock()


def take(options: NodeOptions) -> t.Any:
    """The client that is kept for these options, or None."""
    with _using:
        _forget_old()
        found = next((entry for entry in _kept if entry.options == options), None)
        if found is not None:
            _kept.remove(found)
    return found and found.client


def keep(options: NodeOptions, client: t.Any) -> None:
    """Keep a client that nobody uses any more."""
    client._session.cookies.clear()  # one item tells the next nothing
    with _using:
        _kept.append(_Kept(options, client, os.getpid(), time.monotonic()))
        _forget_old()


def _forget_old() -> None:
    process, now = os.getpid(), time.monotonic()
    fresh = [entry for entry in _kept if entry.process == process and now - entry.since < _SECONDS][-_MOST:]
    for entry in _kept:
        if entry.process == process and entry not in fresh:  # that of another process is not ours to close
            entry.client._session.close()
    _kept[:] = fresh
