# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One project on one node: prepared for all contestants, raced, verified."""

from __future__ import annotations

import json
import shutil
import typing as t
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from . import contestants as who
from .contestants import APPLY, CHANGE, LIMIT, PLAN, RECORDED, Files
from .files import configuration_task, one_by_one, write_configuration, write_documents, write_playbook
from .measure import Broken, Budget, Entrant, Run, race, typical
from .node import Node
from .programs.script import differs
from .recorded import levels, read_calls
from .results import Row, row_of
from .workloads import Workload, changed

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plays:
    """What the races of one run of the benchmark have in common.

    ``start_up`` are seconds by contestant, to be taken off where a program does not clock itself.
    """

    folder: Path
    budget: Budget
    start_up: t.Mapping[str, float]
    say: Say

    @property
    def deploy(self) -> Path:
        """The playbook with the task ``configuration``."""
        path = self.folder / "deploy.json"
        if not path.exists():
            write_playbook(path, [configuration_task("{{ config }}", "{{ state }}")])
        return path


@dataclass(frozen=True)
class Subject:
    """A project in files, as it is and with a change to one object in a hundred."""

    objects: int
    shape: str
    files: Files
    revised: Files


def synthetic_subject(folder: Path, workload: Workload) -> Subject:
    """A synthetic project, for all contestants."""
    files = prepared(folder / "declared", workload)
    return Subject(workload.objects, workload.shape, files, prepared(folder / "changed", changed(workload)))


def run_engine(mode: str, node: Node, files: Files, state: Path, calls: Path) -> None:
    """Let the engine ``check`` or ``apply``, and record its calls. Raises ``Broken`` where one escapes the record."""
    done = who.program("engine", mode, str(files.configuration), str(state), "--calls", str(calls), node=node)
    recorded = len(read_calls(calls))
    if done.traffic is None or done.traffic.total != recorded:
        raise Broken(f"{recorded} calls were recorded, and the node has counted {done.traffic}")


fill_by_apply = partial(run_engine, "apply")


class Case:
    """A subject on a node, with the state that was recorded when the node was filled."""

    def __init__(self, plays: Plays, node: Node, subject: Subject, group: str, folder: Path) -> None:
        self.plays = plays
        self.node = node
        self.group = group
        self.subject = subject
        self.folder = folder
        self.state = folder / "state"
        self._round = folder / "round"

    @property
    def _about(self) -> str:
        return f"{self.subject.objects} objects, {self.subject.shape}, {self.node.latency} ms"

    # Preparation ------------------------------------------------------------------------------------------------------

    def seed(self, fill: Callable[[Node, Files, Path, Path], None] = fill_by_apply) -> None:
        """Fill the node, keep its content, and record the calls of each work. Raises ``Broken``."""
        self.plays.say(f"{self.group}: prepares {self._about}")
        files, revised, calls = self.subject.files, self.subject.revised, self.folder / "calls.json"
        self.node.control.reset()
        fill(self.node, files, self.state, calls)
        if calls.exists():
            _keep_levels(calls, files.calls(APPLY))
        self._holds(files)
        self.node.control.keep()
        run_engine("check", self.node, files, self.folder / "empty", calls)
        _keep_levels(calls, files.calls(PLAN))
        self._before_change()
        fill_by_apply(self.node, revised, self._round, calls)
        _keep_levels(calls, revised.calls(CHANGE))
        self._holds(revised)

    def _before_plan(self) -> None:
        self.node.control.restore()

    def _before_change(self) -> None:
        self.node.control.restore()
        shutil.rmtree(self._round, ignore_errors=True)
        shutil.copytree(self.state, self._round)

    def _before_apply(self) -> None:
        self.node.control.reset()
        shutil.rmtree(self._round, ignore_errors=True)

    # Races ------------------------------------------------------------------------------------------------------------

    def rows(self, work: str, contestants: Sequence[str], start: Callable[[], Run] | None = None) -> list[Row]:
        """Race the contestants at a work; the rows with their ratios to the limit.

        With ``start`` a playbook that only starts runs along, and what it takes stands for the start-up of the others.
        """
        self.plays.say(f"{self.group}: {work}, {self._about}")
        entrants = [self._entrant(name, work) for name in contestants]
        if work == PLAN:
            self._before_plan()
        starter = Entrant("start-up", start) if start else None
        race([*([starter] if starter else []), *entrants], self.plays.budget, self.plays.say)
        known = self.plays.start_up
        if starter:
            known = dict.fromkeys(known, typical(starter.runs, lambda run: run.wall))
        return with_ratios([self._row(entrant, work, known.get(entrant.name, 0.0)) for entrant in entrants])

    def _entrant(self, name: str, work: str) -> Entrant:
        files = self.subject.revised if work == CHANGE else self.subject.files
        state = {PLAN: self.state if name == RECORDED else self.folder / "empty"}.get(work, self._round)
        prepare: dict[str, Callable[[], None]] = {CHANGE: self._before_change, APPLY: self._before_apply}

        def verify(done: Run) -> None:
            if work == PLAN:
                who.has_no_changes(name, done)
            else:
                self._holds(files)

        return Entrant(
            name,
            partial(who.run, name, work, files, self.plays.deploy, state, self.node),
            prepare.get(work, lambda: None),
            verify,
        )

    def _row(self, entrant: Entrant, work: str, start_up: float) -> Row:
        return row_of(
            entrant.runs,
            self.group,
            work,
            entrant.name,
            self.subject.objects,
            start_up,
            shape=self.subject.shape,
            latency=self.node.latency,
        )

    def _holds(self, files: Files) -> None:
        """Raises ``Broken`` where the node does not hold what the files declare."""
        documents = json.loads(files.documents.read_text(encoding="utf-8"))
        held = self.node.objects(documents["project"])
        for kind, wanted in held.items():
            known_by = "id" if kind == "scenario" else "name"
            if {item[known_by] for item in wanted} != {item[known_by] for item in documents[kind]}:
                raise Broken(f"{len(documents[kind])} {kind}s were to be on the node, and there are {len(wanted)}")
        datasets = {item["name"]: item for item in held["dataset"]}
        for item in documents["dataset"]:
            if differs(item, datasets[item["name"]]):
                raise Broken(f"dataset {item['name']} is not as it was to be: {datasets[item['name']]}")
        project = self.node.client().get_project(documents["project"])
        for item in documents["recipe"][:: max(1, len(documents["recipe"]) // 5)]:
            if "code" in item and project.get_recipe(item["name"]).get_settings().get_payload() != item["code"]:
                raise Broken(f"recipe {item['name']} has other code")
        for item in documents["scenario"][:: max(1, len(documents["scenario"]) // 5)]:
            if differs(item, project.get_scenario(item["id"]).get_settings().get_raw()):
                raise Broken(f"scenario {item['id']} is not as it was to be")


def _keep_levels(calls: Path, kept: Path) -> None:
    kept.write_text(json.dumps(levels(read_calls(calls))), encoding="utf-8")


def prepared(folder: Path, workload: Workload) -> Files:
    """The files of a workload, for all contestants."""
    files = Files(folder)
    write_configuration(files.configuration, workload)
    write_documents(files.documents, files.configuration)
    tasks, variables = one_by_one(workload)
    write_playbook(files.tasks, tasks, vars=variables)
    return files


def with_ratios(rows: Sequence[Row]) -> list[Row]:
    """The rows of a race with their ratios to the limit, start-up apart."""
    limit = next((row.net for row in rows if row.contestant == LIMIT), None)
    if not limit:
        return list(rows)
    return [replace(row, ratio=None if row.net is None else row.net / limit) for row in rows]
