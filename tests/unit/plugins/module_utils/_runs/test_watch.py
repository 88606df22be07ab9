# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts whose answer was lost, faults while waiting, aborts that do not go as wished."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Interrupted, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._runs import run as run_module
from ansible_collections.dataiku_iac.dss.plugins.module_utils._runs.run import (
    Deadline,
    Part,
    Run,
    end_of_log,
    failure_of,
    forbearing,
)
from ansible_collections.dataiku_iac.dss.plugins.module_utils._runs.watch import Watched, started_after_all
from support.scripted_node import ScriptedNode, in_turn, never

LOST = NodeError("POST run: the connection to https://dss broke", error_type="broken", doubtful=True)
DOWN = NodeError("https://dss cannot be reached", error_type="unconnected")
REFUSED = NodeError("not allowed", 403)


def turns(*found: t.Any) -> t.Callable[[], t.Any]:
    """A look that gives one thing after the other."""
    left = list(found)

    def look() -> t.Any:
        thing = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(thing, Exception):
            raise thing
        return thing

    return look


def test_the_only_candidate_is_taken_even_if_it_comes_late() -> None:
    assert started_after_all(turns([], DOWN, [], ["r1"]), "it", Deadline(5, never), LOST) == "r1"


@pytest.mark.parametrize(
    ("found", "seen"),
    [
        ([], "nothing has begun within 0 s"),
        (["r1", "r2"], "r1, r2 have begun since"),
        (REFUSED, r"it cannot be looked up \(not allowed\)"),
    ],
)
def test_where_no_single_one_is_found_the_start_stays_doubtful(found: t.Any, seen: str) -> None:
    with pytest.raises(NodeError, match=rf"dss broke; {seen}: look in DSS whether it runs before") as caught:
        started_after_all(turns(found), "it", Deadline(0, never), LOST)
    assert caught.value.doubtful


def test_a_signal_while_a_lost_start_is_looked_up() -> None:
    with pytest.raises(Interrupted, match="while waiting for the start of it, which goes on in DSS"):
        started_after_all(turns([]), "it", Deadline(60, lambda: "stopped by SIGTERM"), LOST)


def test_faults_that_pass_are_borne_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    look = forbearing(turns(DOWN, NodeError("restarting", 503), NodeError("oops", 500), "there"))
    assert [look() for _time in range(4)] == [None, None, None, "there"]
    for lasting in (REFUSED, NodeError("Scenario run r1 does not exist", 404), NodeError("Job does not exist", 500)):
        with pytest.raises(NodeError, match=str(lasting)):
            forbearing(turns(lasting))()
    monkeypatch.setattr(run_module, "_BLIND", 0)
    look = forbearing(turns(DOWN))
    assert look() is None
    with pytest.raises(NodeError, match="cannot be reached"):
        look()


def watched(*found: t.Any) -> Watched:
    return Watched("it (run r1)", Run("it", "r1"), turns(*found), "/log", "/abort")


def until_end(watching: Watched, aborting: t.Any = None) -> Run:
    node: t.Any = ScriptedNode({"GET /log": "the log", "POST /abort": aborting})
    return watching.until_end(node, Deadline(0, never), ("FAILED",), abort=True)


def test_what_ends_on_its_own_before_the_abort_is_told_so() -> None:
    run = until_end(watched(None, Run("it", "r1", "SUCCESS")))
    assert run.problem == "it (run r1) did not end within 0 s and ended as SUCCESS when it was to be aborted"


def test_an_abort_that_is_refused() -> None:
    run = until_end(watched(None), REFUSED)
    assert run.problem == "it (run r1) did not end within 0 s and could not be aborted: not allowed"
    assert (run.id, run.outcome, run.log) == ("r1", "", "the log")


def test_an_error_while_waiting_says_that_it_goes_on() -> None:
    run = until_end(watched(REFUSED))
    assert run.problem == "not allowed (while waiting for it (run r1), which goes on in DSS)"


def test_an_end_without_an_outcome_is_a_failure() -> None:
    assert until_end(watched(Run("it", "r1"))).problem == "it ended as nothing that DSS names"


def test_the_message_names_the_first_part_that_failed() -> None:
    parts = (Part("a", "t", "SUCCESS"), Part("b", "t", "FAILED", "no rows"), Part("c", "t", "FAILED", "late"))
    assert failure_of(Run("it", "r", "FAILED", 1000, 2500, parts)) == "it ended as FAILED after 1.5 s, in b: no rows"
    assert failure_of(Run("it", "r", "ABORTED", 1000, 0, parts[:1])) == "it ended as ABORTED"


def test_of_a_log_only_the_end_is_kept() -> None:
    node: t.Any = ScriptedNode(
        {"GET /log": in_turn("\n".join(map(str, range(1000))), "x" * 100_000, NodeError("gone"))}
    )
    assert end_of_log(node, "/log").splitlines() == [str(number) for number in range(940, 1000)]
    assert len(end_of_log(node, "/log")) == 8000
    assert end_of_log(node, "/log") == "(the log cannot be read: gone)"
