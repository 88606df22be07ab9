# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The points of a run at which it can be killed: before and after each call to the node and each write of the backend."""

from __future__ import annotations

import os
import signal
import threading
import time
import typing as t
from collections.abc import Callable
from fnmatch import fnmatchcase

from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state import git, notes
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import BackendError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.http_service import Service
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Result
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.local import Local
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.object_store import ObjectStore


class Points:
    """Numbers the points of this process from 1 and kills it at number ``stop``; 0 is never.

    ``fail`` (a pattern of points, how many to let pass, how many to hit) refuses writes of the backend instead: at
    "before" nothing was written, at "after" only the answer is lost.
    """

    def __init__(self, stop: int = 0, fail: tuple[str, int, int] | None = None) -> None:
        self.labels: list[str] = []
        self._stop = stop
        self._pattern, self._skip, self._left = fail or ("", 0, 0)
        self._one_at_a_time = threading.Lock()

    def install(self) -> None:
        """Watch everything that this process does from now on."""
        for owner, name, describe in _STEPS:
            self._watch(owner, name, describe)
        _write_segments_at_once()

    def _watch(self, owner: t.Any, name: str, describe: Callable[..., str]) -> None:
        step = getattr(owner, name)

        def watched(place: t.Any, *arguments: t.Any, **options: t.Any) -> t.Any:
            what = describe(*arguments)
            if not what:
                return step(place, *arguments, **options)
            self._pass(f"before {what}")
            result = step(place, *arguments, **options)
            self._pass(f"after {what}")
            return result

        setattr(owner, name, watched)

    def _pass(self, label: str) -> None:
        with self._one_at_a_time:
            self.labels.append(label)
            if len(self.labels) == self._stop:
                os.kill(os.getpid(), signal.SIGKILL)
            if not self._left or not fnmatchcase(label, self._pattern):
                return
            if self._skip:
                self._skip -= 1
                return
            self._left -= 1
        raise BackendError("the place of the states is out of order")


def _changing(method: str, address: str, *_rest: t.Any) -> str:
    return "" if method == "GET" else f"{method} {'/'.join(address.split('/')[4:])}"


# A write of a backend with copies beside it is several steps where the place has no larger ones.
_STEPS: tuple[tuple[t.Any, str, Callable[..., str]], ...] = (
    (DssNode, "_once", lambda method, path, *_rest: f"{method} {path}"),
    (Local, "_replace", lambda name, _data: f"write {name}"),
    (Local, "remove", lambda name: f"remove {name}"),
    (ObjectStore, "_put", lambda name, *_rest: f"write {name}"),
    (ObjectStore, "remove", lambda name: f"remove {name}"),
    (git._Branch, "write", lambda changes, _expected: f"push {' '.join(change.name for change in changes)}"),
    (Service, "call", _changing),
)


def _write_segments_at_once() -> None:
    """Let each sixth action wait until the results are in the journal, so that the points have the same numbers always."""
    notes.SECONDS, notes.MANY = 3600.0, 6
    take = notes.Notes.note

    def note(self: notes.Notes, address: str, result: Result) -> None:
        take(self, address, result)
        while self.segments < len(self.results) // notes.MANY and self._thread.is_alive():
            time.sleep(0.0005)

    notes.Notes.note = note  # type: ignore[method-assign]
