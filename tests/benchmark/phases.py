# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clocks around the functions of the engine, put there from outside: where the time of a run goes."""

from __future__ import annotations

import functools
import importlib
import threading
import time
import typing as t
from collections import defaultdict
from collections.abc import Callable, Iterator

ENGINE = "ansible_collections.dataiku_iac.dss.plugins.module_utils."
LOAD, VALIDATE, READ, PLAN, APPLY, STATE = PHASES = ("load", "validate", "read", "plan", "apply", "state")

# Where each function is looked up, by phase. What is called within another phase does not count for the outer one.
CLOCKED: dict[str, tuple[str, ...]] = {
    LOAD: ("_configuration.load:_read",),
    VALIDATE: ("_task:load_all",),
    READ: ("_deploy:read", "_deploy:read_project", "_deploy:refresh", "_deploy:closed"),
    PLAN: ("_task:desired", "_deploy:build", "_deploy:with_outlook", "_deploy:result_of"),
    APPLY: ("_work:apply",),
    STATE: (
        "_state.ledger:Ledger.read",
        "_state.ledger:Ledger.recorded",
        "_state.ledger:Ledger.save",
        "_state.ledger:Ledger.lock",
        "_state.store:Store.begin",
        "_state.store:Store.note",
        "_state.store:Store.end",
        "_state.notes:Notes.note",
        "_work:entries_of",
        "_work:recorded_after",
        "_work:listed_ids",
    ),
}


def places() -> Iterator[tuple[str, t.Any, str]]:
    """Each clocked function: its phase, what holds it, its name there. Raises where there is none."""
    for phase, names in CLOCKED.items():
        for name in names:
            module, _sign, path = name.partition(":")
            holder: t.Any = importlib.import_module(ENGINE + module)
            *outer, last = path.split(".")
            for part in outer:
                holder = getattr(holder, part)
            getattr(holder, last)
            yield phase, holder, last


class Clock:
    """Seconds by phase, of all threads together; clocks all functions from now on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._of_thread = threading.local()
        for phase, holder, name in list(places()):
            setattr(holder, name, self._clocked(phase, getattr(holder, name)))

    def _clocked(self, phase: str, function: Callable[..., t.Any]) -> Callable[..., t.Any]:
        @functools.wraps(function)
        def clocked(*given: t.Any, **named: t.Any) -> t.Any:
            stack: list[float] = self._of_thread.__dict__.setdefault("stack", [])
            stack.append(0.0)  # what clocked functions take within this one
            began = time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                took = time.perf_counter() - began
                within = stack.pop()
                if stack:
                    stack[-1] += took
                with self._lock:
                    self.seconds[phase] += took - within

        return clocked
