# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for what a node does in its own time: futures (dss-api.md 1.5), jobs, scenario runs."""

from __future__ import annotations

import time
import typing as t
from collections.abc import Callable, Mapping

from .._errors import Interrupted, NodeError
from .._kinds.base import Node
from .._kinds.paths import path_of
from .answer import understood

T = t.TypeVar("T")

# Seconds and a factor; the client of Dataiku begins at 0.2 and ends at 15 (dss-api.md 1.5).
_FIRST, _GROWTH, _LONGEST = 0.1, 1.3, 10.0


class TimedOut(NodeError):
    """What was waited for did not end in time; it goes on in DSS."""


def wait_for(look: Callable[[], T | None], what: str, timeout: float, stopped: Callable[[], str]) -> T:
    """Look until there is something, with growing pauses; ``timeout`` is in seconds.

    Raises ``TimedOut``, and ``Interrupted`` once ``stopped`` says why.
    """
    end = time.monotonic() + timeout
    pause = _FIRST
    while True:
        found = look()
        if found is not None:
            return found
        if stopped():
            raise Interrupted(f"{stopped()} while waiting for {what}, which goes on in DSS")
        left = end - time.monotonic()
        if left <= 0:
            raise TimedOut(f"{what} did not end within {timeout:g} s and goes on in DSS: raise wait_timeout")
        _sleep(min(pause, left), stopped)
        pause = min(pause * _GROWTH, _LONGEST)


def result_of(node: Node, answer: t.Any, what: str, timeout: float, stopped: Callable[[], str]) -> t.Any:
    """The result of a call that may answer a future, or at once with ``hasResult``; what else it answers is the result.

    Raises ``NodeError``, also for a future that was aborted.
    """
    if not isinstance(answer, Mapping) or not {"jobId", "hasResult"} & answer.keys():
        return answer
    if answer.get("hasResult") and "result" in answer:
        return answer["result"]
    with understood(what):
        path = path_of("futures", answer["jobId"])

    def look() -> Mapping[str, t.Any] | None:
        with understood(what):
            state = node.get(path, peek=False)
            if state.get("hasResult"):
                return t.cast("Mapping[str, t.Any]", state)
            if state.get("aborted") or state.get("alive") is False:
                raise NodeError(f"{what} was aborted in DSS: run again to have it done")
        return None

    return wait_for(look, what, timeout, stopped).get("result")


def _sleep(seconds: float, stopped: Callable[[], str]) -> None:
    """Sleep, but no longer than a signal takes to be heard."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not stopped():
        time.sleep(min(left, 0.2))
