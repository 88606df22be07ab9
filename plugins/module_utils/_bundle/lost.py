# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that take long or whose answer is lost: the node itself tells what became of them."""

from __future__ import annotations

import typing as t
from collections.abc import Callable
from dataclasses import dataclass

from .._errors import NodeError
from .._node.wait import TimedOut, wait_for

T = t.TypeVar("T")

_SETTLES = 10.0  # seconds in which what was sent before a connection broke is surely done or not


@dataclass(frozen=True)
class Patience:
    """For how many seconds a call may be at work in DSS, and what says that nothing is to be waited for any more."""

    timeout: float = 600.0
    stopped: Callable[[], str] = lambda: ""


PATIENT = Patience()


def found(look: Callable[[], T | None], lost: NodeError, patience: Patience) -> T:
    """What the node shows once a call whose answer was lost is done. Raises the error of the call where it shows nothing.

    A call that only took too long is waited for as long as any other; one whose connection broke has arrived or not.
    """
    if not lost.doubtful:
        raise lost
    slow = lost.error_type == "timeout" or lost.status in (502, 504)
    timeout = patience.timeout if slow else min(_SETTLES, patience.timeout)
    try:
        return wait_for(look, str(lost), timeout, patience.stopped)
    except TimedOut:
        raise NodeError(f"{lost}; the node does not show that it was done: run again", doubtful=True) from None
