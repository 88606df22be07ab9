# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a start to an end: finding a start whose answer was lost, waiting, aborting."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from .._errors import NodeError
from .._node.client import DssNode
from .._node.wait import TimedOut, wait_for
from .run import Deadline, Run, end_of_log, failure_of, forbearing

_SETTLE = 30.0  # seconds within which a lost start is seen, or taken for not begun
_UNTIL_ABORTED = 30.0


def started_after_all(look: Callable[[], list[str]], what: str, deadline: Deadline, lost: NodeError) -> str:
    """The id of what a start without an answer has led to; ``look`` lists the candidates.

    Raises ``NodeError`` where there is none or more than one: the start is never sent again.
    """
    seconds = min(_SETTLE, deadline.left)
    try:
        found = wait_for(forbearing(lambda: look() or None), f"the start of {what}", seconds, deadline.stopped)
    except TimedOut:
        seen = f"nothing has begun within {seconds:.0f} s"
    except NodeError as error:
        seen = f"it cannot be looked up ({error})"
    else:
        if len(found) == 1:
            return found[0]
        seen = f"{', '.join(found)} have begun since"
    advice = f"look in DSS whether {what} runs before you start it again"
    raise NodeError(f"{lost}; {seen}: {advice}", lost.status, doubtful=True)


@dataclass(frozen=True)
class Watched:
    """A run or a job that has begun. ``look`` gives it once it has ended; the paths are those of the API."""

    label: str
    begun: Run
    look: Callable[[], Run | None]
    log: str
    abort: str

    def until_end(self, node: DssNode, deadline: Deadline, fail_on: Collection[str], abort: bool) -> Run:
        """How it ended; ``problem`` says what went wrong, a time that is over included. Raises ``Interrupted``.

        An outcome that DSS does not name counts as a failure. With ``abort`` it is aborted when its time is over.
        """
        try:
            run = deadline.wait(self.look, self.label)
        except TimedOut as error:
            run = self._aborted(node, deadline) if abort else replace(self.begun, problem=str(error))
        except NodeError as error:
            return replace(self.begun, problem=f"{error} (while waiting for {self.label}, which goes on in DSS)")
        else:
            if run.outcome and run.outcome not in fail_on:
                return run
            run = replace(run, problem=failure_of(run))
        return replace(run, log=end_of_log(node, self.log))

    def _aborted(self, node: DssNode, deadline: Deadline) -> Run:
        late = f"{self.label} did not end within {deadline.seconds:g} s"
        try:
            node.post(self.abort, None)
            ended = wait_for(forbearing(self.look), "the abort", _UNTIL_ABORTED, deadline.stopped)
        except NodeError as error:
            return replace(self.begun, problem=f"{late} and could not be aborted: {error}")
        how = "was aborted" if ended.outcome == "ABORTED" else f"ended as {ended.outcome} when it was to be aborted"
        return replace(ended, problem=f"{late} and {how}")
