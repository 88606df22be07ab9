# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Message reports: DSS answers 200 and tells inside whether it went well (dss-api.md 1.3)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping

from .._errors import NodeError

_MARKS = {"messages", "maxSeverity", "anyMessage"}


class ReportedError(NodeError):
    """DSS did what it was asked in part or not at all, and said so in its report; carries the warnings beside."""

    def __init__(self, message: str, warnings: tuple[str, ...]) -> None:
        self.warnings = warnings
        super().__init__(message)


def warnings_of(answer: t.Any, what: str) -> tuple[str, ...]:
    """The warnings of the message report that an answer is, or holds; an answer without one has none.

    Raises ``ReportedError`` where the report tells of an error; ``what`` begins its sentence. ``success`` does not
    count: it is false beside mere warnings too (dss-api.md 1.3).
    """
    errors: list[str] = []
    warnings: list[str] = []
    failed = False
    for report in _reports(answer):
        failed = failed or bool(report.get("error") or report.get("fatal") or report.get("maxSeverity") == "ERROR")
        for message in report.get("messages") or ():
            if not isinstance(message, Mapping):
                continue
            if message.get("severity") == "ERROR" or message.get("isFatal"):
                errors.append(_sentence(message))
            elif message.get("severity") == "WARNING":
                warnings.append(f"{what}: {_sentence(message)}")
    if errors or failed:
        raise ReportedError(f"{what} failed: {'; '.join(errors) or 'DSS gives no reason'}", tuple(warnings))
    return tuple(warnings)


def _reports(answer: t.Any) -> Iterator[Mapping[str, t.Any]]:
    """The answer itself, or the reports that are its parts."""
    if not isinstance(answer, Mapping):
        return
    if answer.keys() & _MARKS and not isinstance(answer.get("messages"), Mapping):
        yield answer
    for part in answer.values():
        if isinstance(part, Mapping) and part.keys() & _MARKS:
            yield part


def _sentence(message: Mapping[str, t.Any]) -> str:
    title, text, code = (str(message.get(name) or "").strip() for name in ("title", "message", "code"))
    told = title if text in ("", title) else text if not title else f"{title}: {text}"
    return f"{told or 'no text'} ({code})" if code else told or "no text"
