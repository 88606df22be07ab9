# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node that answers what a test has written down, for code that is given a node."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field


@dataclass(frozen=True)
class InTurn:
    """Answers that a call gives one after the other; the last one stays."""

    answers: tuple[t.Any, ...]


def in_turn(*answers: t.Any) -> InTurn:
    return InTurn(answers)


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: dict[str, t.Any] = field(default_factory=dict)
    body: t.Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class ScriptedNode:
    """Answers by ``METHOD PATH``; an exception is raised, a function is called with the body, an unknown call fails the test."""

    def __init__(self, answers: dict[str, t.Any]) -> None:
        self.answers = dict(answers)
        self.calls: list[Call] = []

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        return self._answer(Call("GET", path, query))

    def text(self, path: str, /, **query: t.Any) -> str:
        return t.cast(str, self._answer(Call("GET", path, query)))

    def post(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        return self._answer(Call("POST", path, query, body))

    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.method != "GET"]

    def _answer(self, call: Call) -> t.Any:
        before = sum(str(made) == str(call) for made in self.calls)
        self.calls.append(call)
        assert str(call) in self.answers, f"nobody has written down what {call} answers"
        answer = self.answers[str(call)]
        if isinstance(answer, InTurn):
            answer = answer.answers[min(before, len(answer.answers) - 1)]
        if isinstance(answer, Exception):
            raise answer
        return answer(call.body) if callable(answer) else answer


def never() -> str:
    """Nothing asks to stop."""
    return ""
