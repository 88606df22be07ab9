# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task in a loop: ours beside the simplest one that Ansible has."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator
from functools import partial

from .. import contestants as who
from ..bench import Bench
from ..case import prepared
from ..files import write_playbook
from ..measure import Broken, Entrant, Run, race, typical
from ..node import Node
from ..results import Row, row_of
from ..workloads import synthetic

PING, DATASET = "ansible.builtin.ping", "dataset"
WORK = "task in a loop"
_NO_LOOP = " without the loop"


def loops(bench: Bench) -> Iterator[Row]:
    """``ping`` and an unchanged ``dataset``; what a playbook takes with a loop of one is taken off."""
    workload = synthetic(1)
    files = prepared(bench.folder / "loops", workload)
    fields = dict(workload.datasets[0])
    tasks: dict[str, dict[str, t.Any]] = {
        PING: {"ansible.builtin.ping": {}},
        DATASET: {"dataiku_iac.dss.dataset": {"project": workload.key, **fields}},
    }
    node = Node(0)
    try:
        who.program("engine", "apply", str(files.configuration), str(bench.folder / "loops-state"), node=node)
        entrants = []
        for name, task in tasks.items():
            for times, more in ((1, _NO_LOOP), (1 + bench.sizes.loop, "")):
                path = bench.folder / f"loop-{name}-{times}.json"
                python = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}  # discovery costs a second
                write_playbook(path, [{**task, "loop": list(range(times))}], vars=python)
                entrants.append(Entrant(name + more, partial(who.playbook, path, node=node), verify=_verify))
        race(entrants, bench.budget, bench.say)
    finally:
        node.stop()
    once = {entrant.name: typical(entrant.runs, lambda run: run.wall) for entrant in entrants}
    for entrant in entrants:
        if not entrant.name.endswith(_NO_LOOP):
            start_up = once[entrant.name + _NO_LOOP]
            yield row_of(entrant.runs, "loops", WORK, entrant.name, bench.sizes.loop, start_up)


def _verify(done: Run) -> None:
    if "changed=0 " not in done.output or "failed=0 " not in done.output:
        raise Broken(f"a task that changes nothing changed something: {done.output[-2000:]}")
