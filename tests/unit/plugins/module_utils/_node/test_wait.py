# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting for futures: until the result, until the time is over, until a signal."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import Interrupted, NodeError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.wait import TimedOut, result_of, wait_for


class Answers:
    """A node that gives one answer after the other to the same call."""

    def __init__(self, *answers: t.Any) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        self.asked.append(path)
        return self.answers.pop(0)


RUNNING = {"jobId": "a b", "hasResult": False, "alive": True, "aborted": False}


def never() -> str:
    return ""


def test_a_future_is_asked_until_it_has_its_result() -> None:
    node = Answers(RUNNING, {**RUNNING, "hasResult": True, "result": {"success": False}})
    assert result_of(node, RUNNING, "the update", 5, never) == {"success": False}
    assert node.asked == ["/futures/a%20b"] * 2


@pytest.mark.parametrize("answer", [{"hasResult": True, "result": 7}, 7, [7], {"success": True}])
def test_what_is_there_at_once_needs_no_call(answer: t.Any) -> None:
    expected = answer["result"] if isinstance(answer, dict) and "result" in answer else answer
    assert result_of(Answers(), answer, "the update", 5, never) == expected


@pytest.mark.parametrize("ended", [{"aborted": True}, {"alive": False}])
def test_a_future_that_was_aborted_is_an_error(ended: dict[str, bool]) -> None:
    with pytest.raises(NodeError, match="the update was aborted in DSS"):
        result_of(Answers({**RUNNING, **ended}), RUNNING, "the update", 5, never)


def test_an_answer_of_another_form_is_an_error() -> None:
    with pytest.raises(NodeError, match="a form that this collection does not know"):
        result_of(Answers("what"), RUNNING, "the update", 5, never)


def test_time_is_over() -> None:
    with pytest.raises(TimedOut, match=r"the update did not end within 0\.05 s and goes on in DSS"):
        wait_for(lambda: None, "the update", 0.05, never)


def test_a_signal_ends_the_waiting() -> None:
    with pytest.raises(Interrupted, match="stopped by SIGTERM while waiting for the update"):
        wait_for(lambda: None, "the update", 60, lambda: "stopped by SIGTERM")
