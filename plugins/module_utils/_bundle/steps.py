# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a task: the text that check mode shows is that of what is then done."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .._errors import DssError, Interrupted
from .._task import Caller, RunError


@dataclass(frozen=True)
class Step:
    """One change: what a reader sees, and the call, which returns warnings."""

    text: str
    do: Callable[[], Sequence[str]]


@dataclass
class Steps:
    """What a task changes, in order, and the warnings on the way."""

    title: str
    steps: list[Step] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, text: str, do: Callable[[], Sequence[str]]) -> None:
        self.steps.append(Step(text, do))

    @property
    def text(self) -> str:
        """The changes for people; empty where there are none."""
        if not self.steps:
            return ""
        return "".join(f"{line}\n" for line in (self.title, *(f"  {step.text}" for step in self.steps)))

    def run(self, caller: Caller) -> dict[str, t.Any]:
        """Do them unless in check mode; the result without what the module adds.

        Raises ``RunError`` where something was changed before a step failed, else what the step raised.
        """
        done: list[str] = []
        try:
            for step in [] if caller.check_mode else self.steps:
                if caller.guard.stopped:
                    raise Interrupted(f"{caller.guard.stopped} before this step: {step.text}")
                self.warnings += step.do()
                done.append(step.text)
        except DssError as error:
            if not done:
                raise
            result = {"changed": True, "diff": {"prepared": self.text}, "warnings": self.warnings}
            raise RunError(f"{error}; done before: {'; '.join(done)}; run again to finish", result) from None
        return {"changed": bool(self.steps), "diff": {"prepared": self.text}, "warnings": self.warnings}
