# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a plan says besides its actions: who changed DSS, what follows, what stays behind, what nobody manages."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from ._kinds import KINDS
from ._node.flow import scenario_summaries
from ._node.history import Commit, NoHistory, changed_paths
from ._node.parallel import gather
from ._plan.build import effective_rules
from ._plan.drift import drift_of
from ._plan.impact import impact, impact_data, impact_lines, needs_summaries
from ._plan.model import UNCHANGED, Action, Options, Plan, Section
from ._plan.subset import left_lines, subset_data
from ._report.accept import acceptance
from ._report.compared import DRIFTED, Found
from ._report.drift import known_in
from ._state.model import Recorded

if t.TYPE_CHECKING:
    from ._deploy import Deployment, Planned

_ASKED = 20  # commits of which the files are asked for: one call each
_SHOWN = 10
_DRIFT = "Drift: DSS was changed since the last apply."
_FORTNIGHT = timedelta(days=14)


def with_outlook(planned: Planned, run: Deployment, options: Options) -> Plan:
    """The plan with everything that is worth knowing before it is applied."""
    plan, snapshot = planned.plan, planned.snapshot
    sections: list[Section] = []
    if planned.part is not None:
        sections.append(Section("left", left_lines(planned.part), subset_data(planned.part)))
    drifted = _drift(planned, run, options)
    if drifted:
        data = [entry.data for entry in drifted]
        brief = [_DRIFT, *(entry.line for entry in drifted)]
        sections.append(Section("drift", _drift_lines(drifted, options), data, brief))
    summaries: Mapping[str, t.Any] | None = snapshot.summaries
    if summaries is None and needs_summaries(plan, snapshot):
        summaries = scenario_summaries(run.work.node, t.cast(str, run.target.project))
    follows = impact(plan, snapshot, run.started, summaries if snapshot.project_exists else {})
    sections.append(Section("impact", impact_lines(follows), impact_data(follows)))
    if plan.forgets:
        lines = ["Leaves the state:", *(f"  {key} ({why})" for key, why in plan.forgets.items())]
        sections.append(Section("forgets", lines, dict(plan.forgets)))
    if run.moved:
        lines = ["Has another address:", *(f"  {old} is {new} now" for new, old in run.moved.items())]
        sections.append(Section("moved", lines, {old: new for new, old in run.moved.items()}))
    if plan.unmanaged is not None:
        sections.append(Section("unmanaged", _listed("Not managed", plan.unmanaged), list(plan.unmanaged)))
    adopted = [action.address for action in plan.actions if action.adopts]
    sections.append(Section("adopted", _listed("Found on the node, to be recorded", adopted), adopted))
    return replace(plan, sections=tuple(sections))


def _listed(title: str, addresses: Sequence[str]) -> list[str]:
    """One line with the first of some addresses, or none."""
    if not addresses:
        return []
    more = f" and {len(addresses) - _SHOWN} more" if len(addresses) > _SHOWN else ""
    return [f"{title}: {', '.join(addresses[:_SHOWN])}{more}"]


# Drift ----------------------------------------------------------------------------------------------------------------


class Drifted:
    """One object that somebody changed in DSS, who that was, and what would accept the change."""

    def __init__(self, action: Action, found: Found, who: Sequence[Commit], accept: str | None) -> None:
        self.action = action
        self.who = who
        self.accept = accept
        kind = KINDS[action.kind]
        self.fields = [kind.author_path(change.path) for change in found.changes]
        self.left = sorted({entry.why for entry in action.left})

    @property
    def line(self) -> str:
        """What was changed, by whom and when, and whether it is left alone."""
        what = ", ".join(self.fields) or "deleted"
        who = "; ".join(f"by {entry.author or 'somebody'}{_moment(entry.at)}" for entry in self.who)
        left = f" ({'; '.join(self.left)})" if self.left else ""
        return f"  {self.action.address}: {what}{f', {who}' if who else ''}{left}"

    @property
    def data(self) -> dict[str, t.Any]:
        return {
            "address": self.action.address,
            "deleted": not self.fields,
            "fields": self.fields,
            "left": self.left,
            "who": [
                {"author": entry.author, "at": entry.at, "message": entry.message, "commit": entry.id}
                for entry in self.who
            ],
            "accept": self.accept,
        }


def _drift(planned: Planned, run: Deployment, options: Options) -> list[Drifted]:
    known = known_in(planned.snapshot, KINDS)
    drifted = planned.plan.drifted
    authors = _authors(drifted, planned, run)
    result = []
    for action in drifted:
        recorded = run.recorded.get(action.address)
        found = _found(action, recorded, options)
        text = acceptance(found, KINDS[action.kind], known).text if found.changes else None
        result.append(Drifted(action, found, authors.get(action.address, ()), text))
    return result


def _found(action: Action, recorded: Recorded | None, options: Options) -> Found:
    if recorded is None or action.resource is None or not action.before:
        return Found(action.address, action.kind, DRIFTED, action.object_id, recorded)
    rules = effective_rules(action.resource, options)
    changes = tuple(drift_of(KINDS[action.kind], rules, recorded, action.before))
    return Found(action.address, action.kind, DRIFTED, action.object_id, recorded, action.before, changes, rules=rules)


def _authors(drifted: Sequence[Action], planned: Planned, run: Deployment) -> Mapping[str, Sequence[Commit]]:
    """Who changed each object since the last read that is recorded, by one call for each commit.

    Nothing where Git does not tell.
    """
    project, stood, reading = run.target.project, planned.refreshed.standing, run.work.ledger.state.reading
    if project is None or stood is None or reading is None or not drifted:
        return {}
    try:
        commits = stood.since(reading.head)[:_ASKED]
        calls = [partial(changed_paths, run.work.node, project, commit.id) for commit in commits]
        touched = gather(calls, run.work.options.workers, lambda: None)
    except NoHistory:
        return {}
    return {
        action.address: [commit for commit, paths in zip(commits, touched) if paths.intersection(_files(action, run))]
        for action in drifted
    }


def _files(action: Action, run: Deployment) -> tuple[str, ...]:
    kind, recorded = KINDS[action.kind], run.recorded.get(action.address)
    if recorded is None or not kind.git_folder:
        return ()
    return kind.git_paths(recorded.object_id, action.before.get("type") or recorded.declared.get("type"))


def _moment(at: str) -> str:
    """ISO time in UTC as people read it, to the minute."""
    return f" at {at[:16].replace('T', ' ')} UTC" if at else ""


def _drift_lines(drifted: Sequence[Drifted], options: Options) -> list[str]:
    lines = [_DRIFT]
    for entry in drifted:
        lines.append(entry.line)
        if entry.accept:
            lines += ["    to accept it, declare:", *(f"      {line}" for line in entry.accept.rstrip().splitlines())]
    applied = [entry for entry in drifted if entry.action.action != UNCHANGED]
    if applied:
        until = options.today + _FORTNIGHT
        fields = f", fields: [{', '.join(applied[0].fields)}]" if applied[0].fields else ""
        rule = f"{{resource: {applied[0].action.address}{fields}, reason: ..., expires: {until}}}"
        lines.append("  Applying this plan overwrites it, unless on_drift is keep or fail.")
        lines.append(f"  To leave it alone for a while, add to ignore_drift: {rule}")
    return lines
