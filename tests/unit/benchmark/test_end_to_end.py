# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark itself, with ten objects and one round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchmark.bench import QUICK, Bench
from benchmark.contestants import APPLY, CONFIGURATION, EQUAL, LIMIT, PLAN, POOL, SCRIPT
from benchmark.groups.objects import seeded
from benchmark.groups.offline import offline
from benchmark.node import Node
from benchmark.workloads import CHAINS

SCRIPTS = (SCRIPT, POOL, EQUAL, LIMIT)  # a playbook takes seconds; those are raced by ./dev bench --quick


def test_contestants_do_the_same_work(tmp_path: Path) -> None:
    node = Node(1)
    try:
        case = seeded(Bench(tmp_path, QUICK, lambda text: None), node, "tiny", 20, CHAINS)
        rows = {work: {row.contestant: row for row in case.rows(work, SCRIPTS)} for work in (PLAN, APPLY)}
    finally:
        node.stop()
    for work, found in rows.items():
        assert found[EQUAL].calls == found[LIMIT].calls
        assert found[LIMIT].ratio == 1
        assert all(row.net is not None and row.net > 0 and row.peak > 0 for row in found.values())
        assert (found[LIMIT].calls == found[LIMIT].reads) == (work == PLAN)
        assert found[SCRIPT].calls == found[POOL].calls
    assert rows[PLAN][SCRIPT].calls == 1 + 3 + 20  # projects, lists, objects
    assert (rows[APPLY][LIMIT].sent or 0) > 10_000


def test_offline(tmp_path: Path) -> None:
    rows = list(offline(Bench(tmp_path, replace(QUICK, offline=(10,)), lambda text: None)))
    assert [(row.objects, row.contestant) for row in rows] == [(10, CONFIGURATION)] * 2
    assert all(row.net and row.phases["plan"] > 0 for row in rows)
