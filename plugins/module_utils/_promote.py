# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module promotion: a bundle is brought to the node of an environment, accepted, or undone."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from ._bundle.archive import Archive
from ._bundle.automation import Landing, imported
from ._bundle.lost import Patience
from ._bundle.rows import ERROR, Row, errors, table
from ._bundle.uses import judged
from ._errors import DssError
from ._node.client import DssNode
from ._node.options import node_options
from ._promotion.by_deployer import ByDeployer
from ._promotion.direct import Direct
from ._promotion.image import Image, Wanted, lacking
from ._promotion.record import WAITING, Record, Records
from ._promotion.run import Failed, Promotion, Route, Undone
from ._remapping import Remapping
from ._runs.running import running_work, wait_until_idle
from ._session import other_session
from ._task import Caller, RunError
from ._work import Work

_NOTHING = {"changed": False, "diff": {"prepared": ""}, "warnings": []}


def manage_promotion(params: Mapping[str, t.Any], caller: Caller, secrets: set[str]) -> dict[str, t.Any]:
    """One step of a promotion. Raises ``DssError``; ``RunError`` where the node was changed before something failed."""
    options = node_options(params, caller.environ)
    secrets.add(options.api_key)
    with Work(params, caller, options, params["environment"], params["project"], secrets) as work:
        if params["action"] != "show":
            work.begin("promotion", instance=False)
        with ExitStack() as stack:
            return Task(work, stack).run()


class Task:
    """The options of one task, and the promotion that they are about."""

    def __init__(self, work: Work, stack: ExitStack) -> None:
        self.work = work
        self.params = work.params
        self.check_mode = work.caller.check_mode
        self._stack = stack
        self.project: str = work.params["project"]
        self.promotion = Promotion(
            node=work.node,
            project=self.project,
            records=Records(work.ledger.backend, work.environment, self.project),
            route=self._route(),
            at=work.now,
            by=work.by,
            workers=work.options.workers,
            check=work.guard.check,
        )

    def run(self) -> dict[str, t.Any]:
        self.promotion.look()
        step = {"activate": self._activate, "accept": self._accept, "rollback": self._rollback, "show": self._show}
        return step[self.params["action"]]()

    def _stopped(self) -> str:
        return self.work.guard.stopped

    def _route(self) -> Route:
        params, work = self.params, self.work
        archive = Archive(Path(work.caller.base, params["path"]), params["checksum"]) if params["path"] else None
        patience = Patience(params["wait_timeout"], self._stopped)
        deployer = params["deployer"]
        if deployer is None:
            landing = Landing(params["project_folder"] or "", params["permissions"])
            return Direct(work.node, self.project, archive, landing, patience, work.guard.check)
        infrastructure = deployer["infrastructure"]
        return ByDeployer(
            deployer=self._node("deployer"),
            node=work.node,
            project=self.project,
            infrastructure=infrastructure,
            deployment=deployer["deployment"] or f"{self.project}-on-{infrastructure}",
            published=deployer["published_project"] or self.project,
            archive=archive,
            patience=patience,
            check=work.guard.check,
        )

    def _node(self, name: str) -> DssNode:
        """The other node that an option names, closed with the task."""
        secrets: set[str] = set()
        node = self._stack.enter_context(other_session(name, self.params[name], self.work.caller, secrets))
        self.work.hide(secrets)
        return node

    # The steps --------------------------------------------------------------------------------------------------------

    def _activate(self) -> dict[str, t.Any]:
        promotion, wanted = self.promotion, self._wanted()
        record = promotion.record
        if promotion.is_settled(wanted):
            return {**_NOTHING, "promotion": self._data(t.cast(Record, record))}
        if promotion.waits(wanted):
            self._idle()  # a test that a killed run has started may still run, and would be in the way of its next start
            return {
                **_NOTHING,
                "promotion": self._data(t.cast(Record, record)),
                "msg": _resumed(t.cast(Record, record)),
            }
        rows = self._judged(wanted)
        prepared = _plan_text(self.project, self.work.environment, promotion.held, wanted, rows)
        result: dict[str, t.Any] = {
            "changed": bool(lacking(promotion.held, wanted)) or bool(record and record.unfinished),
            "diff": {"prepared": prepared},
            "remapping": [row.to_value() for row in rows],
            "warnings": self._notes(rows),
        }
        if (wrong := errors(rows)) and self.params["on_finding"] == "fail":
            raise DssError(f"{self.project} cannot be promoted to {self.work.environment}: {'; '.join(wrong)}")
        if record is not None and record.unfinished:
            result["warnings"].append(_resumed(record))
        self._idle()
        if self.check_mode:
            return {**result, "promotion": self._planned(wanted)}
        try:
            record = promotion.bring(wanted, self.params["checksum"] or "")
        except Failed as error:
            undone = {"rollback": error.undone.data} if error.undone else {}
            warnings = [*result["warnings"], *promotion.warnings]
            raise RunError(str(error), {**result, "changed": True, "warnings": warnings, **undone}) from None
        return {**result, "warnings": [*result["warnings"], *promotion.warnings], "promotion": self._data(record)}

    def _accept(self) -> dict[str, t.Any]:
        record = self.promotion.record
        if self.check_mode:
            waiting = record is not None and record.status == WAITING
            return {**_NOTHING, "changed": waiting, **({"promotion": self._data(record)} if record else {})}
        accepted = self.promotion.accept(self.params["run"])
        return {**_NOTHING, "changed": accepted != record, "promotion": self._data(accepted)}

    def _rollback(self) -> dict[str, t.Any]:
        promotion, bundle = self.promotion, self.params["to"]
        if bundle:
            return self._go_to(bundle)
        record = promotion.record
        if self.check_mode:
            due = record is not None and record.status != "undone"
            return {**_NOTHING, "changed": due, "diff": {"prepared": _back_text(promotion.held, record) if due else ""}}
        text = _back_text(promotion.held, record)
        undone = promotion.undo(self.params["run"])
        if undone is None:
            return {**_NOTHING, "promotion": self._data(t.cast(Record, record))}
        return self._undone(undone, text)

    def _go_to(self, bundle: str) -> dict[str, t.Any]:
        promotion = self.promotion
        there = [entry.id for entry in imported(self.work.node, self.project)]
        if bundle not in there:
            raise DssError(
                f"bundle {bundle} of {self.project} is not on this node: it has {', '.join(there) or 'none'}; promote it, "
                "or name one of these"
            )
        text = f"bundle: {promotion.held.bundle or 'none'} -> {bundle}\n"
        if promotion.held.bundle == bundle and not (promotion.record and promotion.record.unfinished):
            return dict(_NOTHING)
        if self.check_mode:
            return {**_NOTHING, "changed": True, "diff": {"prepared": text}}
        return self._undone(promotion.go_to(bundle), text)

    def _undone(self, undone: Undone, text: str) -> dict[str, t.Any]:
        result: dict[str, t.Any] = {
            "changed": True,
            "diff": {"prepared": text},
            "warnings": self.promotion.warnings,
            "rollback": undone.data,
            "msg": undone.text,
        }
        if not undone.succeeded:
            raise RunError(undone.text, result)
        return result

    def _show(self) -> dict[str, t.Any]:
        record, held = self.promotion.record, self.promotion.held
        now = {"bundle": held.bundle, "scenarios": dict(held.scenarios), "remapping": held.remapping.to_value()}
        return {**_NOTHING, "active": now, **({"promotion": self._data(record)} if record else {})}

    # What they need ---------------------------------------------------------------------------------------------------

    def _wanted(self) -> Wanted:
        return Wanted(
            bundle=self.params["bundle"],
            remapping=self._remapping(),
            local=self.params["local_variables"],
            scenarios={str(name): _flag(name, active) for name, active in self.params["scenarios"].items()},
        )

    def _remapping(self) -> Remapping | None:
        """The option, or else that of the environment; None where neither says anything."""
        if self.params["remapping"] is not None:
            return Remapping.from_value(self.params["remapping"], "remapping")
        content = self.params["environment_content"] or {}
        if content.get("remapping") is not None:
            return Remapping.from_value(content["remapping"], "environment_content.remapping")
        return None

    def _judged(self, wanted: Wanted) -> list[Row]:
        """What the node lacks for the remapping; nothing is asked where no source is given to compare with."""
        if not self.params["source"]:
            return []
        former = (self.promotion.held.container or {}).get("remapping")
        table = former if wanted.remapping is None else wanted.remapping.to_dss(former)
        return judged(self._node("source"), self.work.node, self.project, Remapping.from_dss(table))

    def _notes(self, rows: Sequence[Row]) -> list[str]:
        """What is worth saying without being in the way."""
        notes = [finding.text for row in rows for finding in row.findings if finding.severity != ERROR]
        return [*self.work.ledger.warnings, *notes, *(errors(rows) if self.params["on_finding"] == "warn" else [])]

    def _idle(self) -> None:
        """Nothing may run in a project while its content is exchanged, unless that is asked for."""
        rule = self.params["running"]
        if rule == "ignore" or not self.promotion.held.exists:
            return
        running = running_work(self.work.node, self.project)
        if running and rule == "refuse":
            names = ", ".join(map(str, running))
            raise DssError(f"{names} of {self.project} runs: try again later, or give running: wait")
        if running and not self.check_mode:
            wait_until_idle(self.work.node, self.project, self.params["wait_timeout"], self._stopped)
            self.promotion.look()  # what ran may have changed variables

    def _data(self, record: Record) -> dict[str, t.Any]:
        return {
            "run": record.run,
            "status": record.status,
            "bundle": record.bundle,
            "checksum": record.checksum,
            "before": record.before.bundle,
            "at": record.at,
            "by": record.by,
            "environment": self.work.environment,
            "project": self.project,
        }

    def _planned(self, wanted: Wanted) -> dict[str, t.Any]:
        record = Record("", WAITING, wanted.bundle, self.params["checksum"] or "", "", "", self.promotion.before[0])
        return self._data(record)


def _resumed(record: Record) -> str:
    return (
        f"the promotion of bundle {record.bundle} that {record.by} began at {record.at} did not end: this run goes on"
    )


def _flag(name: t.Any, active: t.Any) -> bool:
    if isinstance(active, bool):
        return active
    raise DssError(f"scenarios.{name} is {active!r}: give true or false")


def _plan_text(project: str, environment: str, held: Image, wanted: Wanted, rows: Sequence[Row]) -> str:
    lines = [f"Promotion of {project} to {environment}:", *(f"  {line}" for line in lacking(held, wanted))]
    if rows:
        lines += [f"  {line}" for line in table(rows).splitlines()]
    return "\n".join(lines) + "\n"


def _back_text(held: Image, record: Record | None) -> str:
    then = record.before.bundle if record else None
    return f"bundle: {held.bundle or 'none'} -> {then or 'none, every scenario off'}\n"
