# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module rollback: back to what a former version of the state records, or to before a run that did not end."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from ._apply.git_revert import revert
from ._apply.undo import undo
from ._errors import DssError
from ._kinds import KINDS
from ._node.options import node_options
from ._plan.model import Plan
from ._state.fingerprint import Fingerprint, holds_fingerprint
from ._state.journal import Journal
from ._state.ledger import Ledger
from ._state.model import INSTANCE, Recorded, State
from ._task import Caller, RunError, brief, result_of
from ._undo import snapshot_for, undo_plan, undone
from ._work import Work, complete_images


def rollback(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """Undo runs of one project in one environment. Raises ``DssError``."""
    options = node_options(params, caller.environ)
    secrets.add(options.api_key)
    with Work(params, caller, options, params["environment"], params["project"] or None, secrets) as work:
        work.ledger.read(tidy=False)
        journals = _journals(_serial(params["to"], work.ledger), work.ledger)
        kinds = {KINDS[entry.kind].scope for journal in journals for entry in journal.entries}
        work.begin("rollback", instance="instance" in kinds)
        return _rollback(work)


def _rollback(work: Work) -> dict[str, t.Any]:
    ledger, caller = work.ledger, work.caller
    serial = _serial(work.params["to"], ledger)
    target, journals = _version(serial, ledger), _journals(serial, ledger)
    if not journals:
        return {"changed": False, "to": serial, "warnings": ledger.warnings, "plan": result_of(Plan(()), [])["plan"]}
    plan = undo_plan(undo(journals, snapshot_for(journals, work), KINDS))
    result = {**result_of(plan, ledger.warnings), "to": serial}
    caller.show(plan)
    if caller.check_mode:
        return result
    reverted: Plan | None = None
    beyond: tuple[str, ...] = ()
    if work.params["method"] == "git":
        reverted = complete_images(plan, (), work)
        beyond = revert(work.node, _project(work), target.reading, journals, KINDS)
    recorded, former = _of_instance(journals, ledger) if work.project else ({}, {})
    done = undone(journals, work, {**recorded, **ledger.state.resources}, {**former, **target.resources}, reverted)
    data = {**done.data, "not_restored": [*beyond, *done.not_restored]}
    result = {**result, "changed": bool(done.restored) or reverted is not None, "rollback": data}
    if not done.succeeded:
        raise RunError(done.text, brief(result))
    return {**result, "msg": done.text}


def _project(work: Work) -> str:
    if work.project is None:
        raise DssError("method: git goes back in the history of a project: give project, or use method: journal")
    return work.project


def _of_instance(journals: list[Journal], ledger: Ledger) -> tuple[dict[str, Recorded], dict[str, Recorded]]:
    """What is recorded of the objects of the instance that some runs touched, and what was before them.

    Their state is that of many projects and goes back to no version: what it records of an object gets the values that
    the object had. A secret that a run has sent leaves the record, and is sent again by the next apply.
    """
    recorded = ledger.states[INSTANCE].resources
    touched = {entry.address: entry for journal in reversed(journals) for entry in journal.entries}
    now = {key: recorded[key] for key in touched if key in recorded}
    former = {
        key: replace(entry, declared=_with_values_of(touched[key].before, entry.declared, touched[key].declared))
        for key, entry in now.items()
        if touched[key].before is not None
    }
    return now, former


def _with_values_of(before: t.Any, declared: t.Any, written: t.Any) -> t.Any:
    """A declared document with the values that an object had; ``written`` is what a run wrote."""
    if not isinstance(declared, dict) or not isinstance(before, dict):
        return declared if holds_fingerprint(declared) else before
    sent = written if isinstance(written, dict) else {}
    return {
        key: _with_values_of(before[key], value, sent.get(key))
        for key, value in declared.items()
        if key in before and not (isinstance(value, Fingerprint) and value == sent.get(key))
    }


def _serial(to: int | None, ledger: Ledger) -> int:
    """The version to go back to: the one asked for, else that before the run that did not end or before the last one."""
    if to is not None:
        return to
    if ledger.interrupted is not None:
        return ledger.state.serial
    runs = [version.serial for version in ledger.state.versions if version.run]
    if not runs:
        raise DssError(f"{ledger.primary.place} records no run that could be undone")
    return runs[-1] - 1


def _version(serial: int, ledger: Ledger) -> State:
    state = ledger.state
    if serial == state.serial:
        return state
    if not 0 <= serial < state.serial:
        raise DssError(
            f"there is no version {serial} to go back to: {ledger.primary.place} is at version {state.serial}"
        )
    return ledger.primary.version(serial) if serial else ledger.empty


def _journals(serial: int, ledger: Ledger) -> list[Journal]:
    """The journals of the runs since a version, oldest first. Raises ``DssError`` where one is not kept any more."""
    kept = {version.serial: version for version in ledger.state.versions}
    journals = []
    for number in range(serial + 1, ledger.state.serial + 1):
        if number not in kept:
            raise DssError(
                f"version {serial} is too old to go back to: the journal of version {number} is not kept any more "
                f"(keep_versions); the oldest possible is {min(kept)}"
            )
        if kept[number].run:
            journal = ledger.primary.journal_of(number)
            if journal is None:
                raise DssError(
                    f"the journal of version {number} is missing at {ledger.primary.place}: {serial} cannot be reached"
                )
            journals.append(journal)
    return journals + ([ledger.interrupted] if ledger.interrupted else [])
