# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bounded parallel reads."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

T = t.TypeVar("T")


def gather(calls: Sequence[Callable[[], T]], workers: int, check: Callable[[], None]) -> list[T]:
    """Run calls on at most ``workers`` threads and return their results in order.

    ``check`` is called a few times a second and may raise to stop; the first error is raised after what is in flight
    has ended.
    """
    if len(calls) <= 1:
        return [call() for call in calls]
    pool = ThreadPoolExecutor(min(workers, len(calls)))
    try:
        futures = [pool.submit(call) for call in calls]
        pending = set(futures)
        while pending:
            done, pending = wait(pending, timeout=0.2, return_when="FIRST_EXCEPTION")
            check()
            for future in done:
                future.result()
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
