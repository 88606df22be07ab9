# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many projects in three environments: one playbook, a host for each project in each environment."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from functools import partial

from support.company import ENVIRONMENTS, INVENTORY, NODES, PLAYBOOK, Company
from support.site import SandboxSite

from .. import contestants as who
from ..bench import Bench
from ..files import write_playbook
from ..measure import Broken, Budget, Entrant, Run, launch, race, typical
from ..results import Row, row_of

SINGLE, TOGETHER = "single runs, one after the other", "one playbook"
_FEW = 10  # hosts of which the time of a single run is the mean


def fleet(bench: Bench) -> Iterator[Row]:
    """An apply to empty nodes, then a plan of what is as recorded."""
    site = SandboxSite(*NODES)
    try:
        company = Company(bench.folder / "fleet", site, [f"P{number:03}" for number in range(bench.sizes.projects)])
        hosts = len(ENVIRONMENTS) * bench.sizes.projects
        few = min(_FEW, hosts)
        forks = [min(2, os.cpu_count() or 1), *([8] if bench.sizes.whole else [])]
        write_playbook(company.folder / "nothing.json", [{"ansible.builtin.meta": "noop"}], hosts="dss")
        for work in (who.APPLY, who.PLAN):
            bench.say(f"fleet: {work}, {hosts} hosts")
            play = partial(_play, company, work)
            prepare = partial(_empty, company) if work == who.APPLY else lambda: None
            singles = [
                Entrant("nothing", partial(_play, company, who.PLAN, 1, "", "nothing.json")),
                Entrant(
                    SINGLE, partial(play, 1, f"dss[0:{few - 1}]"), prepare=prepare, verify=partial(_verify, work, few)
                ),
            ]
            race(singles, Budget(min(3, bench.sizes.rounds), 20.0), bench.say)
            together = [
                Entrant(
                    TOGETHER if count == forks[0] else f"{TOGETHER}, {count} forks",
                    partial(play, count, ""),
                    prepare=prepare,
                    verify=partial(_verify, work, hosts),
                )
                for count in forks
            ]
            race(together, Budget(1, 0.0), bench.say)
            start_up = typical(singles[0].runs, lambda run: run.wall)
            yield row_of(singles[1].runs, "fleet", work, SINGLE, few, start_up)
            for entrant, count in zip(together, forks):
                yield row_of(entrant.runs, "fleet", work, entrant.name, hosts, start_up, phases={"forks": count})
    finally:
        site.stop()


def _empty(company: Company) -> None:
    """Nodes without projects, and no states."""
    company.begin()
    shutil.rmtree(company.states, ignore_errors=True)


def _play(company: Company, work: str, forks: int, limit: str, playbook: str = PLAYBOOK) -> Run:
    more = [*(["--check"] if work == who.PLAN else []), *(["--limit", limit] if limit else [])]
    places = [str(company.folder / INVENTORY), str(company.folder / playbook)]
    return launch(["ansible-playbook", "-i", *places, "--forks", str(forks), *more])


def _verify(work: str, hosts: int, done: Run) -> None:
    """Each host of an apply has changed, none of a plan."""
    changed = re.findall(r"^\S+ +: ok=1 +changed=(\d) +unreachable=0 +failed=0", done.output, re.MULTILINE)
    if changed != ["1" if work == who.APPLY else "0"] * hosts:
        raise Broken(f"{work} of {hosts} projects gave {len(changed)} hosts: {done.output[-3000:]}")
