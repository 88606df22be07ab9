# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Process start-up and Ansible's own overhead: every contestant, with nothing to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from .. import contestants as who
from ..bench import Bench
from ..files import configuration_task, write_playbook
from ..measure import Budget, Entrant, race, typical
from ..node import Node
from ..results import Row, row_of

NOTHING = "nothing"
OURS = "ours.json"  # a playbook with a task of ours that plans a project without objects
ANSIBLE = "ansible-playbook without a task"


def start_up(bench: Bench) -> Iterator[Row]:
    """A playbook that does nothing, one that plans a project without objects, and the scripts without a call."""
    folder = bench.folder
    write_playbook(folder / "nothing.json", [{"ansible.builtin.meta": "noop"}])
    task = configuration_task("", str(folder / "none"))
    options = task["dataiku_iac.dss.configuration"]
    options.update(path=None, definition={"project": {"key": "NOTHING", "name": "Nothing"}})
    write_playbook(folder / OURS, [{**task, "check_mode": True}])
    (folder / "no calls.json").write_text(json.dumps([]), encoding="utf-8")
    node = Node(0)
    try:
        entrants = [
            Entrant(ANSIBLE, partial(who.playbook, folder / "nothing.json")),
            Entrant(who.CONFIGURATION, partial(who.playbook, folder / OURS, node=node)),
            Entrant(who.SCRIPT, partial(who.program, "script", "nothing", node=node)),
            Entrant(who.EQUAL, partial(who.program, "equal", str(folder / "no calls.json"), node=node)),
            Entrant(who.LIMIT, partial(who.program, "limit", str(folder / "no calls.json"), node=node)),
        ]
        race(entrants, Budget(bench.sizes.rounds, 60.0), bench.say)
    finally:
        node.stop()
    ours = typical(entrants[1].runs, lambda run: run.wall)
    bench.start_up.update(dict.fromkeys((who.CONFIGURATION, who.RECORDED, who.TASKS), ours))
    for entrant in entrants:
        yield row_of(entrant.runs, "start-up", NOTHING, entrant.name, 0)
