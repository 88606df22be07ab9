# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every run has in common, whether a scenario or a job: how long it is waited for and what became of it."""

from __future__ import annotations

import datetime
import time
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from .._errors import DssError, NodeError
from .._node.client import DssNode
from .._node.wait import TimedOut, result_of, wait_for
from .._state.holder import timestamp

T = t.TypeVar("T")

CANCELLED = "CANCELLED"  # our word for a start that DSS called off; it never was a run
_BLIND = 60.0  # seconds
_LOG_LINES, _LOG_CHARACTERS = 60, 8000


@dataclass(frozen=True)
class Deadline:
    """How many seconds a task waits in all, and what makes it stop earlier."""

    seconds: float
    stopped: Callable[[], str]
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_end", time.monotonic() + self.seconds)

    @property
    def left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def wait(self, look: Callable[[], T | None], what: str) -> T:
        """What ``look`` finds; faults that pass are borne for a minute. Raises ``NodeError`` and ``Interrupted``."""
        with self._told(what):
            return wait_for(forbearing(look), what, self.left, self.stopped)

    def result(self, node: DssNode, answer: t.Any, what: str) -> t.Any:
        """The result of a future. Raises ``NodeError`` (``TimedOut`` too) and ``Interrupted``."""
        with self._told(what):
            return result_of(node, answer, what, self.left, self.stopped)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """The time in the message is that of the task and not what was left of it."""
        try:
            yield
        except TimedOut:
            raise TimedOut(
                f"{what} did not end within {self.seconds:g} s and goes on in DSS: raise wait_timeout"
            ) from None


def forbearing(look: Callable[[], T | None]) -> Callable[[], T | None]:
    """``look``, which finds nothing while the node cannot be asked: a restart is no reason to give up what runs there.

    What is no passing fault, or does not pass within a minute, is raised.
    """
    since: list[float] = []

    def looked() -> T | None:
        try:
            found = look()
        except NodeError as error:
            since.append(time.monotonic())
            if not _passes(error) or since[-1] - since[0] > _BLIND:
                raise
            return None
        since.clear()
        return found

    return looked


def _passes(error: NodeError) -> bool:
    if error.missing or error.forbidden or error.unauthenticated:
        return False
    return error.error_type in ("broken", "timeout", "unconnected") or (error.status or 0) in (429, *range(500, 600))


@dataclass(frozen=True)
class Part:
    """A step of a scenario run, or an activity of a job."""

    name: str
    type: str
    outcome: str
    message: str = ""


@dataclass(frozen=True)
class Run:
    """A scenario run or a job; times are milliseconds since 1970, 0 where DSS does not say.

    ``problem`` is why it counts as failed, in one sentence, or an empty text.
    """

    what: str
    id: str = ""
    outcome: str = ""
    start: int = 0
    end: int = 0
    parts: tuple[Part, ...] = ()
    problem: str = ""
    log: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        return round((self.end - self.start) / 1000, 3) if self.start and self.end else None

    def as_data(self) -> dict[str, t.Any]:
        """The run as it stands in results, without its parts."""
        return {
            "id": self.id or None,
            "outcome": self.outcome or None,
            "start": _time(self.start),
            "end": _time(self.end),
            "seconds": self.seconds,
        }

    def parts_as_data(self) -> list[dict[str, t.Any]]:
        """Its steps or activities as they stand in results."""
        return [asdict(part) for part in self.parts]


def failure_of(run: Run) -> str:
    """How a run ended, with the first part that failed and its message."""
    after = f" after {run.seconds:g} s" if run.seconds is not None else ""
    head = f"{run.what} ended as {run.outcome or 'nothing that DSS names'}{after}"
    failed = next((part for part in run.parts if part.outcome in (run.outcome, "FAILED")), None)
    if failed is None:
        return head
    return f"{head}, in {failed.name}" + (f": {failed.message}" if failed.message else "")


def end_of_log(node: DssNode, path: str) -> str:
    """The last lines of a log, or why it cannot be read: that must not hide what it is read for."""
    try:
        lines = node.text(path).strip().splitlines()
    except NodeError as error:
        return f"(the log cannot be read: {error})"
    return "\n".join(lines[-_LOG_LINES:])[-_LOG_CHARACTERS:]


@contextmanager
def of_project(project: str) -> Iterator[None]:
    """The first call on a project: unknown and hidden ones become a sentence."""
    try:
        yield
    except NodeError as error:
        if not error.project_unreadable or error.unauthenticated:
            raise
        raise DssError(
            f"project {project} does not exist, or the key may not read it (DSS does not say which): check the project "
            "key and the rights of the API key"
        ) from None


@contextmanager
def needing(right: str) -> Iterator[None]:
    """A refusal names the right that the key lacks."""
    try:
        yield
    except NodeError as error:
        if error.forbidden:
            raise NodeError(f"{error}: the key needs {right}", error.status, error.error_type) from None
        raise


def _time(milliseconds: int) -> str | None:
    return timestamp(datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)) if milliseconds else None
