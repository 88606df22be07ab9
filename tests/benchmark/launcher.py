# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a command and say what it cost: ``python -I -S launcher.py REPORT COMMAND...``.

A small process of its own, because the peak of a child counts the memory of the process that it was forked from.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    began = time.perf_counter()
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
    _pid, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - began
    report = {
        "wall": wall,
        "cpu": usage.ru_utime + usage.ru_stime,  # of the process and of all that it has waited for
        "peak": usage.ru_maxrss * 1024,  # bytes, of the largest of these processes
        "code": os.waitstatus_to_exitcode(status),
    }
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump(report, file)


if __name__ == "__main__":
    main()
