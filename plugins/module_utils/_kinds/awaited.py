# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DSS does in its own time (dss-api.md 1.5), and how it says that it failed."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from .base import Node

_LONGEST = 3 * 3600.0  # seconds: a code environment with large packages takes its time


def awaited(node: Node, answer: t.Any, what: str) -> t.Any:
    """The result of a call that may answer a future. Raises ``NodeError``, and ``Interrupted`` once the run is to stop."""
    from .._node.wait import result_of  # which knows the kinds

    return result_of(node, answer, what, _LONGEST, node.stopped)


def failures(result: t.Any) -> tuple[str, ...]:
    """What a result says went wrong: HTTP 200 with ``error`` inside is normal (dss-api.md 1.3)."""
    if not isinstance(result, Mapping):
        return ()
    report = result.get("messages")
    report = report if isinstance(report, Mapping) else result
    told = tuple(_texts(report.get("messages")))
    failed = report.get("error") or report.get("fatal") or result.get("success") is False
    return (told or ("DSS does not say why",)) if failed else ()


def _texts(messages: t.Any) -> Iterator[str]:
    for entry in messages if isinstance(messages, list) else ():
        if isinstance(entry, Mapping) and entry.get("severity") in (None, "ERROR"):
            yield str(entry.get("message") or entry.get("title") or entry.get("code"))
