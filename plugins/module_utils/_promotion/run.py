# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A promotion to one node: what was good is remembered, the bundle is brought in, accepted or undone."""

from __future__ import annotations

import time
import typing as t
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from .._bundle.reports import ReportedError
from .._errors import DssError, Interrupted
from .._kinds.base import Node
from .image import Image, Wanted, differing, image_of, lacking
from .record import ACCEPTED, OPEN, UNDONE, WAITING, Record, Records, covered
from .writes import put_variables, switch_scenarios


class Route(t.Protocol):
    """How a bundle reaches the node: straight, or by the Project Deployer. Everything may be done twice."""

    def bring(self, wanted: Wanted, activating: Callable[[], None]) -> list[str]:
        """Deliver, remap, preload, set variables, activate; ``activating`` is called before the last. Returns warnings."""

    def restore(self, before: Image, activate: bool) -> list[str]:
        """Put the remapping back and, if asked, activate the former bundle. Returns warnings."""


@dataclass(frozen=True)
class Undone:
    """How an undo went: ``seconds`` it took, what no call can give back, and what is not as it was all the same."""

    before: Image
    seconds: float
    not_restored: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()

    @property
    def succeeded(self) -> bool:
        return not self.differs

    @property
    def text(self) -> str:
        """One line for people."""
        if not self.succeeded:
            return f"rolling back did not succeed: {'; '.join(self.differs)}: run the playbook rollback again"
        what = f"bundle {self.before.bundle} is active again" if self.before.bundle else "every scenario is off"
        rest = f"; not restored: {'; '.join(self.not_restored)}" if self.not_restored else ""
        return f"rolled back in {self.seconds:.2f} s: {what}{rest}"

    @property
    def data(self) -> dict[str, t.Any]:
        return {
            "succeeded": self.succeeded,
            "seconds": round(self.seconds, 3),
            "bundle": self.before.bundle,
            "not_restored": list(self.not_restored),
            "differs": list(self.differs),
        }


class Failed(DssError):
    """A promotion that failed and was undone, or could not be."""

    def __init__(self, message: str, undone: Undone | None) -> None:
        self.undone = undone
        super().__init__(message)


@dataclass
class Promotion:
    """One project on one node. ``check`` raises ``Interrupted`` when nothing new may start."""

    node: Node
    project: str
    records: Records
    route: Route
    at: str
    by: str
    workers: int = 8
    check: Callable[[], None] = lambda: None
    warnings: list[str] = field(default_factory=list)
    record: Record | None = field(init=False)
    held: Image = field(init=False)

    def look(self) -> None:
        """Read the record and the node."""
        self.record = self.records.read()
        self.held = image_of(self.node, self.project, self.workers)

    # Bringing in ------------------------------------------------------------------------------------------------------

    @property
    def before(self) -> tuple[Image, Mapping[str, bool]]:
        """What was good before the promotion that now begins, and the scenarios that a failed first one switched off."""
        record = self.record
        if record is None:
            return self.held, {}
        if record.unfinished and self.held.bundle in (record.bundle, record.before.bundle):
            return record.before, record.switched_off
        if record.status == UNDONE and record.before.bundle is None and self.held.bundle == record.bundle:
            return record.before, record.switched_off
        return self.held, {}

    def is_settled(self, wanted: Wanted) -> bool:
        """Whether the bundle was accepted already and all is as wanted."""
        record = self.record
        accepted = record is not None and record.status == ACCEPTED and record.bundle == wanted.bundle
        return accepted and not lacking(self.held, wanted)

    def waits(self, wanted: Wanted) -> bool:
        """Whether the bundle is active and only its gates are open, from a run that did not end."""
        record = self.record
        waiting = record is not None and record.status == WAITING and record.bundle == wanted.bundle
        return waiting and not lacking(self.held, wanted)

    def bring(self, wanted: Wanted, checksum: str) -> Record:
        """Make the bundle active; on an error all is put back at once. Raises ``Failed`` and ``Interrupted``."""
        before, off = self.before
        record = Record(uuid.uuid4().hex, OPEN, wanted.bundle, checksum, self.at, self.by, before, off)
        self.records.write(record)
        asked = False

        def activating() -> None:
            nonlocal asked
            asked = True

        try:
            self.check()
            if lacking(self.held, wanted) or self._half_done(wanted):
                self.warnings += self.route.bring(wanted, activating)
            self._look_again({**off, **wanted.scenarios})
            if missing := lacking(self.held, wanted):
                raise DssError(f"DSS answered that all was done, and it is not: {'; '.join(missing)}")
        except Interrupted as error:
            raise Interrupted(
                f"{error}: run again to finish the promotion, or the playbook rollback to undo it"
            ) from None
        except DssError as error:
            raise self._given_up(record, asked, error) from None
        record = replace(record, status=WAITING)
        self.records.write(record)
        return record

    def _half_done(self, wanted: Wanted) -> bool:
        """Whether a killed run may have left this very bundle half active: it is then activated once more."""
        record = self.record
        return record is not None and record.status == OPEN and record.bundle == wanted.bundle

    def _look_again(self, scenarios: Mapping[str, bool]) -> None:
        """Read the node, and again where scenarios had to be switched: an activation may leave them otherwise."""
        self.held = image_of(self.node, self.project, self.workers)
        if switch_scenarios(self.node, self.project, self.held.scenarios, scenarios):
            self.held = image_of(self.node, self.project, self.workers)

    def _given_up(self, record: Record, asked: bool, error: DssError) -> DssError:
        """What a run that failed says, once it has put back what it could.

        An activation that DSS reports as refused has left the former bundle as it was (dss-api.md 2.13).
        """
        try:
            undone = self._undo(record, asked and not isinstance(error, ReportedError))
        except Interrupted as stopped:
            return Interrupted(f"{error}\n{stopped}: run the playbook rollback to undo the promotion")
        except DssError as second:
            return Failed(
                f"{error}\nrolling back failed as well: {second}: run again once the node answers, or the playbook rollback",
                None,
            )
        return Failed(f"{error}\n{undone.text}", undone)

    # Its end ----------------------------------------------------------------------------------------------------------

    def accept(self, run: str | None) -> Record:
        """Nothing is to be undone any more. Raises ``DssError`` where that is not the promotion of this run."""
        record = self._mine(run)
        if record.status == ACCEPTED:
            return record
        if record.status != WAITING:
            raise DssError(
                f"bundle {record.bundle} cannot be accepted: its promotion is {record.status}; promote it again"
            )
        if self.held.bundle != record.bundle:
            raise DssError(
                f"bundle {record.bundle} cannot be accepted: {self.held.bundle or 'none'} is active now, somebody has "
                "activated it since"
            )
        record = replace(record, status=ACCEPTED)
        self.records.write(record)
        return record

    def undo(self, run: str | None) -> Undone | None:
        """Put back what was active before the last promotion; None where that was done before."""
        record = self._mine(run)
        if record.status == UNDONE:
            return None
        record = replace(record, status=OPEN)
        self.records.write(record)
        return self._undo(record, True)

    def go_to(self, bundle: str) -> Undone:
        """Activate a bundle that is on the node; remapping, local variables and scenarios stay as they are."""
        wanted = replace(self.held, bundle=bundle, variables={"local": self.held.local})
        record = Record(uuid.uuid4().hex, OPEN, bundle, "", self.at, self.by, self.held)
        self.records.write(record)
        undone = self._restored(wanted, True)
        self.records.write(replace(record, status=ACCEPTED if undone.succeeded else OPEN))
        return undone

    def _mine(self, run: str | None) -> Record:
        record = self.record
        if record is None:
            raise DssError(f"no promotion of {self.project} is recorded: check environment and state_backend")
        if run is not None and record.run != run:
            raise DssError(
                f"the promotion of this run was taken over by one of {record.by} at {record.at} (bundle {record.bundle}): "
                "nothing was changed, that run is in charge now"
            )
        return record

    def _undo(self, record: Record, asked: bool) -> Undone:
        self.held = image_of(self.node, self.project, self.workers)
        before = record.before
        if before.bundle is None and self.held.exists:
            on = {name: True for name, active in self.held.scenarios.items() if active}
            before = replace(self.held.switched_off, bundle=None)
            record = replace(record, switched_off={**record.switched_off, **on})
            self.records.write(record)  # before anything is switched off: nobody could tell afterwards
        undone = self._restored(before, asked or self.held.bundle != before.bundle)
        self.records.write(replace(record, status=UNDONE if undone.succeeded else OPEN))
        return undone

    def _restored(self, before: Image, activate: bool) -> Undone:
        """Put an image back and read it again."""
        start = time.monotonic()
        lost: list[str] = []
        if self.held.exists:
            self.check()
            self.warnings += self.route.restore(before, activate and before.bundle is not None)
            lost = put_variables(self.node, self.project, before.variables)
            self._look_again(before.scenarios)
        if before.bundle is None and self.held.bundle:
            lost.append(f"project {self.project} stays on the node, with bundle {self.held.bundle}")
        differs = differing(self.held, _knowable(before, self.held)) if self.held.exists else []
        return Undone(before, time.monotonic() - start, tuple(lost), tuple(differs))


def _knowable(before: Image, held: Image) -> Image:
    """The image without secrets that nobody kept: what is held counts for them."""
    variables = {}
    for half, names in before.variables.items():
        now = held.variables.get(half) or {}
        variables[half] = {name: now.get(name) if covered(value) else value for name, value in names.items()}
    return replace(before, variables=variables)
