# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message report that many calls answer (dss-api.md 1.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .documents import Document

_SEVERITIES = ("SUCCESS", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True)
class Message:
    """`code` is one of DSS's documented ERR_ codes."""

    severity: str
    code: str
    title: str
    text: str
    fatal: bool = False

    def to_json(self) -> Document:
        return {
            "severity": self.severity,
            "isFatal": self.fatal,
            "code": self.code,
            "title": self.title,
            "message": self.text,
            "details": self.text,
        }


def error(code: str, title: str, text: str) -> Message:
    """An error that ends what was asked for."""
    return Message("ERROR", code, title, text, fatal=True)


def warning(code: str, title: str, text: str) -> Message:
    return Message("WARNING", code, title, text)


def missing_connection(name: str) -> tuple[str, str, str]:
    """Code, title and text."""
    return "ERR_BUNDLE_ACTIVATE_MISSING_CONNECTION", "Missing connection", f"Connection '{name}' does not exist"


def report(messages: Sequence[Message]) -> Document:
    """`success` is false after an error only; HTTP knows nothing of it."""
    severities = {message.severity for message in messages}
    return {
        "anyMessage": bool(messages),
        "success": "ERROR" not in severities,
        "warning": "WARNING" in severities,
        "error": "ERROR" in severities,
        "fatal": any(message.fatal for message in messages),
        "maxSeverity": max(severities, key=_SEVERITIES.index, default="SUCCESS"),
        "messages": [message.to_json() for message in messages],
    }
