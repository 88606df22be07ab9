# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plan and apply a whole configuration against what the node holds and what the state records."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ._apply.executor import Outcome
from ._apply.recover import find_again
from ._apply.repair import with_repairs
from ._approval import Approval
from ._audit import audit
from ._configuration.load import Configuration
from ._errors import ConfigurationError, DssError
from ._garbage import without_collection
from ._kinds import KINDS
from ._kinds.base import Resource
from ._node.flow import zones
from ._node.history import NoHistory, Standing, standing
from ._node.needs import held_of
from ._node.options import node_options
from ._node.read import read, read_project
from ._node.refresh import Refresh, as_recorded, closed, refresh, still
from ._outlook import with_outlook
from ._plan import render
from ._plan.build import build
from ._plan.checks import twins
from ._plan.model import UNCHANGED, Options, Plan, Snapshot
from ._plan.moves import known_ids, with_moves
from ._plan.requirements import undeclared, with_requirements
from ._plan.select import selectors_need_zones
from ._plan.subset import Subset, subset
from ._secrets import secret_values
from ._state.fingerprint import behind
from ._state.journal import Journal
from ._state.model import Reading, Recorded
from ._task import Caller, RunError, Target, brief, finished, options_of, result_of
from ._undo import undone
from ._work import Work, complete_images, with_tool

_ON_DRIFT: Mapping[t.Optional[str], t.Any] = {"alert_only": "keep", "auto_correct": "overwrite", None: "overwrite"}


@dataclass(frozen=True)
class Planned:
    """A plan, what it was made of, what stays behind, and what need not be read."""

    plan: Plan
    snapshot: Snapshot
    refreshed: Refresh
    part: Subset | None = None


def deploy(params: Mapping[str, t.Any], caller: Caller, target: Target, secrets: set[str]) -> dict[str, t.Any]:
    """Plan a configuration, and apply it unless in check mode. Raises ``DssError``."""
    configuration = t.cast(Configuration, target.configuration)
    _confirmed(params, target)
    tool = configuration.tool
    options = node_options(with_tool(params, tool), caller.environ)
    secrets.add(options.api_key)
    approval = Approval(params, caller, configuration)
    backend = tool.state_backend if tool else None
    work = Work(
        params, caller, options, configuration.environment, target.project, secrets, configuration.root, backend
    )
    with work:
        return Deployment(work, target, configuration, approval).run()


class Deployment:
    """One run of a configuration: what is recorded, the plan, the apply, what is recorded then."""

    def __init__(self, work: Work, target: Target, configuration: Configuration, approval: Approval) -> None:
        self.work = work
        self.params = work.params
        self.caller = work.caller
        self.target = target
        self.configuration = configuration
        self.approval = approval
        self.former: dict[str, Recorded] = {}  # when the run began
        self.recorded: dict[str, Recorded] = {}  # under the addresses of now, with what an interrupted run has made
        self.moved: dict[str, str] = {}  # new addresses with the old ones
        self.warnings: list[str] = []  # those of the configuration are part of the plan
        self.started = datetime.datetime.now(datetime.UTC)

    def run(self) -> dict[str, t.Any]:
        with without_collection():
            planned, options, result = self._prepared()
        self.caller.show(planned.plan)
        if planned.plan.problems:
            raise RunError(render.problems(planned.plan.problems), brief({**result, "changed": False}))
        if self.caller.check_mode:
            return result
        if not planned.plan.changed:
            self._record(planned)
            return result
        return self._apply(planned, options, result)

    def _prepared(self) -> tuple[Planned, Options, dict[str, t.Any]]:
        """The plan with all that is worth knowing, and the result that says so."""
        work, ledger = self.work, self.work.ledger
        absent = self.params["state"] == "absent"
        instance = any(KINDS[resource.kind].scope == "instance" for resource in self.target.resources.values())
        work.begin("delete" if absent else "apply", instance)
        self.approval.prepare(ledger)
        self.former = ledger.recorded(self.target.resources)
        moves = self.configuration.moved
        self.recorded, self.moved, wrong = with_moves(self.former, moves, self.target.resources)
        if wrong:
            raise ConfigurationError(wrong)
        if ledger.taken_over:
            covered = work.cover.declared
            self.recorded = {
                key: replace(entry, declared=covered(entry.kind, entry.declared))
                for key, entry in self.recorded.items()
            }
        if ledger.interrupted:
            self._find_again()
        options = self._options()
        planned = self._planned(options)
        work.hide(self._former_secrets(planned))
        plan = with_outlook(planned, self, options)
        plan = replace(plan, warnings=(*self.configuration.warnings, *plan.warnings))
        result = result_of(plan, [*self.warnings, *ledger.warnings])
        result.update(self._settled(plan, options))
        return replace(planned, plan=plan), options, result

    def _former_secrets(self, planned: Planned) -> set[str]:
        """What the node still holds of secrets that the configuration does not name any more."""
        found = secret_values(list(planned.snapshot.of("variables").values()))  # code may hold them too
        for action in planned.plan.changed:
            if action.address in self.recorded:
                found.update(behind(self.recorded[action.address].declared, action.before))
        return found

    # The plan -------------------------------------------------------------------------------------------------------

    def _options(self) -> Options:
        settings = self.configuration.settings
        return replace(
            options_of(self.params, self.target),
            on_drift=self.params["on_drift"] or _ON_DRIFT[settings.drift_policy],
            ignored=self.configuration.ignore_drift,
            forget=frozenset(entry.address for entry in self.configuration.removed if entry.forget),
            moved=self.moved,
            today=self.started.date(),
        )

    def _planned(self, options: Options) -> Planned:
        """The plan, from as few reads as are safe."""
        undeclared = (
            key
            for key, entry in self.recorded.items()
            if key not in self.target.resources and not KINDS[entry.kind].singleton
        )
        whole = options.absent or options.prune or any(undeclared)
        planned = self._planned_from(options, whole)
        changed = planned.plan.changed
        unread = planned.snapshot.unread
        if unread and any(action.destroys or action.address in unread for action in changed):
            planned = self._planned_from(options, whole=True)
        if planned.refreshed.reason:
            self.caller.explain(f"everything is read: {planned.refreshed.reason}")
        if not self.params["only"]:
            return planned
        known = self._zones(planned.snapshot)
        part = subset(planned.plan, self.params["only"], self.target.resources, known, self.recorded, options)
        left = None if options.prune else part.plan.unmanaged  # of what is to be pruned a part stays
        return replace(planned, plan=replace(part.plan, unmanaged=left), part=part)

    def _planned_from(self, options: Options, whole: bool) -> Planned:
        work, project, desired = self.work, self.target.project, self.target.resources
        document = read_project(work.node, project, desired, KINDS)
        refreshed = Refresh(reason="there is no project")
        if project is not None:
            refreshed = refresh(
                work.node,
                project,
                desired,
                work.ledger.state,
                KINDS,
                document=None if document is None else document.get(project, {}),
                mode=self.params["refresh"],
                max_age=datetime.timedelta(hours=self.params["refresh_max_age"]),
                now=self.started,
                whole=whole,
                interrupted=work.ledger.interrupted is not None,
            )
        skip = {key: self.recorded[key] for key in refreshed.skip}
        of_project = refreshed.sections if skip else self._listed() if project else frozenset()
        of_instance = {
            KINDS[entry.kind].section
            for key, entry in self.recorded.items()
            if KINDS[entry.kind].scope == "instance" and key not in options.forget
        }
        snapshot = read(
            work.node,
            project,
            desired,
            KINDS,
            of_project | of_instance,
            work.options.workers,
            work.guard.check,
            known=document,
            skip=skip,
            ids=known_ids(desired, self.recorded),
        )
        plan = build(desired, snapshot, options, KINDS, self.recorded)
        plan = with_repairs(plan, work.ledger.interrupted, snapshot, KINDS)
        plan = self._with_requirements(plan, snapshot)
        if plan.unmanaged is None and refreshed.unmanaged is not None:
            adopted = {action.address for action in plan.actions if action.adopts}
            plan = replace(plan, unmanaged=tuple(key for key in refreshed.unmanaged if key not in adopted))
        return Planned(_with_twins(plan, desired), snapshot, refreshed)

    def _with_requirements(self, plan: Plan, snapshot: Snapshot) -> Plan:
        """The plan with what the configuration requires of the node and the node lacks."""
        remapping = self.configuration.remapping
        tables = {"connections": remapping.connections, "code_envs": remapping.code_envs}
        wanted = undeclared(self.configuration.requirements.renamed(tables), self.target.resources)
        if not wanted or self.params["state"] == "absent":
            return plan
        return with_requirements(plan, wanted, held_of(self.work.node, wanted, snapshot))

    def _listed(self) -> frozenset[str]:
        """The sections of a project of which all is listed: what was recorded may go, what is not managed is told."""
        recorded = {entry.kind for entry in self.recorded.values()}
        return frozenset(
            kind.section
            for name, kind in KINDS.items()
            if kind.scope == "project"
            and not kind.singleton
            and (kind.surveyed or name in recorded or kind.section in self.target.sections)
        )

    def _zones(self, snapshot: Snapshot) -> Mapping[str, frozenset[tuple[str, str]]]:
        if self.target.project is None or not selectors_need_zones(self.params["only"]):
            return {}
        return zones(self.work.node, self.target.project, snapshot)

    def _find_again(self) -> None:
        """What an interrupted run has made counts as recorded."""
        journal = t.cast(Journal, self.work.ledger.interrupted)
        words = f"the {journal.operation} that {journal.by} began at {journal.at} did not end"
        if self.caller.check_mode:
            self.warnings.append(f"{words}: the next apply resumes it, the module rollback undoes it")
            return
        seconds = self._time_to_settle(journal)
        found = find_again(journal, self.work.node, KINDS, self.recorded, seconds, lambda: self.work.guard.stopped)
        self.recorded = {
            **self.recorded,
            **{
                key: replace(entry, owner=entry.owner or self.target.project or "")
                for key, entry in found.recorded.items()
            },
        }
        self.warnings += [f"{words}: this run resumes it", *found.warnings]

    def _time_to_settle(self, journal: Journal) -> float:
        """Seconds in which writes of a run that was killed may still arrive."""
        ago = (self.started - datetime.datetime.fromisoformat(journal.at)).total_seconds()
        timeout: float = self.params["settle_timeout"]
        return max(0.0, min(timeout, timeout - ago))

    def _settled(self, plan: Plan, options: Options) -> dict[str, t.Any]:
        return self.approval.settle(plan, self.target.resources, options, self.work)

    # The apply ------------------------------------------------------------------------------------------------------

    def _apply(self, planned: Planned, options: Options, result: dict[str, t.Any]) -> dict[str, t.Any]:
        work = self.work
        plan = complete_images(planned.plan, self.target.resources, work)
        unmoved = self._was_read(planned) and self._is_still(planned.refreshed.standing)
        stood: list[Standing | None] = []
        outcome, journal, segments = work.carry_out(
            plan,
            options,
            planned.snapshot,
            "delete" if options.absent else "apply",
            on_error=self.params["on_error"],
            written=lambda: stood.append(self._standing()),
        )
        if outcome.unsettled:  # nothing can be undone surely before what is under way has arrived
            work.leave_open(journal, segments, outcome.unsettled)
            return finished(result, outcome, "run again to finish, or the module rollback to undo it")
        if not outcome.succeeded and self.params["on_failure"] == "rollback" and not work.guard.stopped:
            return self._rolled_back(plan, outcome, journal, segments, result)
        after = work.after(plan, self.recorded, outcome)
        seen = self._as_recorded(outcome.held, after)
        earlier = self._seen(planned, after) if unmoved else frozenset()
        reading = self._closed(planned, after, stood[-1] if stood else None, seen, earlier - seen)
        audit(work, plan, outcome, self.configuration, result["digest"])
        work.close_run(self.former, after, journal, segments, journal.operation, reading)
        return finished(result, outcome)

    def _rolled_back(
        self, plan: Plan, outcome: Outcome, journal: Journal, segments: int, result: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        """Undo what this run did before it failed."""
        work = self.work
        after = work.after(plan, self.recorded, outcome)
        work.close_run(self.former, after, journal, segments, journal.operation, None)
        undo = undone([work.in_clear(journal, plan)], work, after, self.former)
        try:
            finished(result, outcome, "what was applied is undone")
        except RunError as error:
            raise RunError(f"{error}\n{undo.text}", {**error.result, "rollback": undo.data}) from None
        return {**result, "rollback": undo.data}

    # What is recorded then --------------------------------------------------------------------------------------------

    def _record(self, planned: Planned) -> None:
        """Nothing is to be changed: what is adopted, forgotten or was read is recorded."""
        after = self.work.after(planned.plan, self.recorded)
        seen = self._seen(planned, after)
        reading = self._closed(planned, after, planned.refreshed.standing, seen, frozenset())
        self.work.close_run(self.former, after, None, 0, "refresh", reading)

    def _seen(self, planned: Planned, after: Mapping[str, Recorded]) -> frozenset[str]:
        """What was read for the plan and is as recorded."""
        held = {
            action.address: planned.snapshot.of(action.kind).get(str(action.object_id), {})
            for action in planned.plan.actions
            if action.action == UNCHANGED and action.object_id and action.address not in planned.snapshot.unread
        }
        return self._as_recorded(held, after)

    def _as_recorded(self, held: Mapping[str, t.Any], after: Mapping[str, Recorded]) -> frozenset[str]:
        desired = self.target.resources
        return frozenset(
            key
            for key, document in held.items()
            if key in after
            and key in desired
            and document
            and as_recorded(KINDS[after[key].kind], desired[key], after[key], document)
        )

    def _closed(
        self,
        planned: Planned,
        after: Mapping[str, Recorded],
        since: Standing | None,
        seen: frozenset[str],
        earlier: frozenset[str],
    ) -> Reading | None:
        if self.target.project is None or self.params["state"] == "absent":
            return None
        former = self.work.ledger.state
        kept = {key: entry for key, entry in after.items() if KINDS[entry.kind].scope == "project"}
        return closed(
            self.work.node,
            self.target.project,
            planned.refreshed,
            former,
            replace(former, resources=kept),
            KINDS,
            since=since,
            seen=seen,
            earlier=earlier,
            unmanaged=planned.plan.unmanaged,
            now=self.started,
        )

    def _was_read(self, planned: Planned) -> bool:
        """Whether the plan read an object that it leaves as it is: only then it matters of which moment that was."""
        unread = planned.snapshot.unread
        return any(
            action.action == UNCHANGED and action.object_id and action.address not in unread
            for action in planned.plan.actions
            if KINDS[action.kind].git_folder
        )

    def _is_still(self, stood: Standing | None) -> bool:
        return stood is not None and still(self.work.node, t.cast(str, self.target.project), stood)

    def _standing(self) -> Standing | None:
        if self.target.project is None or self.params["state"] == "absent":
            return None
        try:
            return standing(self.work.node, self.target.project)
        except NoHistory:
            return None


def _with_twins(plan: Plan, desired: Mapping[str, Resource]) -> Plan:
    return replace(plan, warnings=(*plan.warnings, *twins(plan.unmanaged or (), desired)))


def _confirmed(params: Mapping[str, t.Any], target: Target) -> None:
    """Deleting a whole project has to be said twice."""
    if params["state"] == "absent" and params.get("confirm") != target.project:
        raise DssError(
            f"state: absent would delete project {target.project} with everything in it: set confirm: {target.project} "
            "if this is what you want"
        )
