# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read what a report is made of: the state from its backend, the node in full, a configuration where one is given."""

from __future__ import annotations

import datetime
import typing as t
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from .._errors import DssError, visible
from .._kinds import KINDS
from .._node.client import DssNode
from .._node.history import Commit, NoHistory, standing, who_changed
from .._node.options import NodeOptions, node_options
from .._node.parallel import gather
from .._node.read import read
from .._plan.model import Options, Snapshot
from .._secrets import option_secrets, scrubbed
from .._state.holder import Holder, timestamp
from .._state.ledger import Ledger
from .._state.lock import read_holder
from .._state.model import INSTANCE, State
from .._state.store import KEEP_VERSIONS
from .._task import Caller, Target, targets_of
from .._work import host_of, ledger_of, with_tool
from .compared import DRIFTED, MISSED, Found, as_recorded, compared
from .drift import Read, drift_report
from .state import Report, state_report

_SECTIONS = frozenset(kind.section for kind in KINDS.values() if kind.scope == "project" and not kind.singleton)
_NO_TARGET = Target(None, {})


def gathered(what: str, params: Mapping[str, t.Any], caller: Caller) -> Report:
    """The report ``state`` or ``drift`` for the options of the lookup. Raises ``DssError``; no secret is in either."""
    secrets = option_secrets(params)
    try:
        report = _Gathering(params, caller, secrets).report(what)
    except DssError as error:
        error.args = (visible(scrubbed(str(error), secrets)),)
        raise
    return t.cast(Report, scrubbed(report, secrets))


class _Gathering:
    """One reading. Backend and session are closed before it returns, so that nothing outlives a lookup."""

    def __init__(self, params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> None:
        self._caller = caller
        self._secrets = secrets
        self._target = _target(params, caller)
        secrets |= self._target.secrets
        configuration = self._target.configuration
        given = {**params, "keep_versions": KEEP_VERSIONS}  # of no use here: nothing is written
        self._params = with_tool(given, configuration.tool) if configuration else given
        self._now = datetime.datetime.now(datetime.UTC)
        project = self._params.get("project") or self._target.project
        if not project:
            raise DssError("no project given: set project to its key, or path to its configuration")
        self._project = str(project)
        self._environment = str(self._params.get("environment") or host_of(self._node().url))

    def report(self, what: str) -> Report:
        configuration = self._target.configuration
        backend = configuration.tool.state_backend if configuration and configuration.tool else None
        owner = None if self._project == INSTANCE else self._project
        root = configuration.root if configuration else None
        ledger = ledger_of(self._params, self._caller, self._environment, owner, root, backend)
        try:
            ledger.read(tidy=False)
            return self._state(ledger) if what == "state" else self._drift(ledger)
        finally:
            ledger.close()

    def _state(self, ledger: Ledger) -> Report:
        holder = self._holder(ledger)
        place, journal = ledger.primary.place, ledger.unended(holder, self._now)
        return state_report(self._environment, self._project, place, _kept(ledger), holder, journal, KINDS)

    def _holder(self, ledger: Ledger) -> Holder | None:
        return read_holder(ledger.backend, ledger.primary.lock_name)

    def _drift(self, ledger: Ledger) -> Report:
        options, state = self._node(), _kept(ledger)
        wanted = Options(
            ignored=self._target.configuration.ignore_drift if self._target.configuration else (),
            ignore_tags=frozenset(self._params.get("ignore_tags") or ()),
            today=self._now.date(),
        )
        node = DssNode(options)
        try:
            snapshot = self._snapshot(node, state, options.workers)
            found = compared(self._project, state, snapshot, KINDS, wanted, self._target.resources)
            who = _who(node, self._project, found, state, options.workers)
        finally:
            node.close()
        place = Read(self._environment, self._project, options.url, timestamp(self._now), ledger.primary.place)
        journal = ledger.unended(self._holder(ledger), self._now)
        return drift_report(place, found, state, snapshot, journal, who, KINDS, wanted)

    def _snapshot(self, node: DssNode, state: State | None, workers: int) -> Snapshot:
        owner = None if self._project == INSTANCE else self._project
        recorded = as_recorded(state, owner, KINDS)
        return read(node, owner, recorded, KINDS, _SECTIONS if owner else frozenset(), workers)

    def _node(self) -> NodeOptions:
        options = node_options(self._params, self._caller.environ)
        self._secrets.add(options.api_key)
        return options


def _target(params: Mapping[str, t.Any], caller: Caller) -> Target:
    """The configuration, where the options name one."""
    if not params.get("path"):
        return _NO_TARGET
    path = caller.base / Path(str(params["path"])).expanduser()
    variables = params.get("configuration_variables") or {}
    wanted = {**params, "path": path, "variables": variables, "naming": "dss", "strict": True, "allow_python": False}
    targets = targets_of(wanted, caller)
    return next((target for target in targets if target.project == params.get("project")), targets[0])


def _kept(ledger: Ledger) -> State | None:
    """The state, or None where nothing was ever recorded."""
    return ledger.state if ledger.state.serial or ledger.state.resources else None


def _who(
    node: DssNode, project: str, found: Iterable[Found], state: State | None, workers: int
) -> dict[str, tuple[Commit, ...]]:
    """The commits since the last deployment that touched what differs, by address."""
    differing = [entry for entry in found if entry.status in (DRIFTED, MISSED)]
    if not differing or project == INSTANCE:
        return {}
    among = _since(node, project, state)
    calls = [
        partial(who_changed, node, project, KINDS[entry.kind], str(entry.object_id), _type_of(entry), among=among)
        for entry in differing
    ]
    answers = gather(calls, workers, lambda: None)
    return {
        entry.address: answer if among is not None else _later(answer, entry)
        for entry, answer in zip(differing, answers)
    }


def _since(node: DssNode, project: str, state: State | None) -> tuple[Commit, ...] | None:
    """The commits after the one at which everything was as recorded, or None where Git does not tell."""
    if state is None or state.reading is None:
        return None
    try:
        return standing(node, project).since(state.reading.head)
    except NoHistory:
        return None


def _later(commits: tuple[Commit, ...], entry: Found) -> tuple[Commit, ...]:
    """Those after the deployment, by the clocks of both machines."""
    deployed = entry.recorded.deployed_at if entry.recorded else ""
    return tuple(commit for commit in commits if commit.at[:19] > deployed[:19])


def _type_of(entry: Found) -> t.Any:
    known = entry.document or (entry.recorded.declared if entry.recorded else {})
    return known.get("type")
