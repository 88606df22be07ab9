# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bundle on an automation node: import from a file or straight from the design node, activate, delete."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .._errors import DssError
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._node.transfer import checksum_of
from .._task import Caller
from .archive import Archive, check, fetched, manifest_of
from .automation import Imported, Landing, activate, active_bundle, delete, deliver, imported, preload, refuse_active
from .design import exported
from .steps import Steps
from .task import BundleTask


@dataclass(frozen=True)
class Origin:
    """Where the archive comes from: a file, or else the design node; ``commit`` is that of the bundle, as far as it is known."""

    bundle: str
    path: Path | None = None
    commit: str = ""


class AtAutomation(BundleTask):
    """One task; ``source`` is the design node, if one is given."""

    def __init__(self, node: DssNode, source: DssNode | None, params: Mapping[str, t.Any], caller: Caller) -> None:
        super().__init__(node, params, caller)
        self.source = source

    def run(self) -> dict[str, t.Any]:
        """Raises ``DssError``."""
        return self._absent() if self.params["state"] == "absent" else self._present()

    def _absent(self) -> dict[str, t.Any]:
        bundle = self.params["id"]
        there = any(entry.id == bundle for entry in imported(self.node, self.project))
        if there:
            refuse_active(self.node, self.project, bundle)
        return self.deleted(there, delete)

    def _present(self) -> dict[str, t.Any]:
        held = imported(self.node, self.project)
        origin = self._origin(held)
        steps = Steps(f"bundle {origin.bundle} of {self.project}")
        there = next((entry for entry in held if entry.id == origin.bundle), None)
        active = active_bundle(self.node, self.project) if held else None
        if there is None:
            self._import(steps, origin)
        elif origin.commit and there.commit and origin.commit != there.commit:
            raise DssError(
                f"bundle {origin.bundle} of {self.project} is on the node with other content: it holds git "
                f"{there.commit[:12]} and not {origin.commit[:12]}; delete it there, or use another id"
            )
        activating = self.params["state"] == "active" and self._is_due(origin.bundle, active)
        wanted = self.params["preload"]
        if activating if wanted is None else wanted and (activating or there is None):
            steps.add("preload", lambda: preload(self.node, self.project, origin.bundle, self.patience))
        if activating:
            self._activate(steps, origin.bundle, active)
        result = steps.run(self.caller)
        now = origin.bundle if activating else active or ""
        told = {
            "id": origin.bundle,
            "project": self.project,
            "commit": origin.commit or (there.commit if there else ""),
            "checksum": self.checksum or "",
            "active": now == origin.bundle,
            "active_bundle": now,
        }
        return {**result, "bundle": told}

    def _origin(self, held: Sequence[Imported]) -> Origin:
        """Which bundle is meant. Raises ``DssError`` where that is not said or nothing has it."""
        given: str | None = self.params["id"]
        there = given is not None and any(entry.id == given for entry in held)
        if self.source is not None:
            return self._on_source(self.source, given, there)
        if there:
            return Origin(t.cast(str, given), self.path)
        if self.path is None:
            what = f"bundle {given} of {self.project} is not on the node" if given else "no bundle is given"
            raise DssError(f"{what}: give path with its archive, or source with the design node")
        bundle = given or manifest_of(self.path).bundle
        if not bundle:
            raise DssError(f"{self.path} does not say which bundle it holds: give id")
        return Origin(bundle, self.path)

    def _on_source(self, source: DssNode, given: str | None, there: bool) -> Origin:
        listing = exported(source, self.project)
        found = [entry for entry in listing if given in (None, entry.id)]
        if not found and given and there:  # deleted on the design node since
            return Origin(given)
        if not found:
            names = ", ".join(entry.id for entry in listing[-5:]) or "none"
            what = f"bundle {given} of {self.project}" if given else f"a bundle of {self.project}"
            raise DssError(f"{source.options.url} has not {what}; the last ones there: {names}")
        return Origin(found[-1].id, None, found[-1].commit)

    def _import(self, steps: Steps, origin: Origin) -> None:
        landing = Landing(
            self.params["project_folder"] or "",
            self.params["permissions_propagation"],
            self.params["fail_on_missing_users"],
        )

        def send(archive: Archive) -> Sequence[str]:
            return deliver(self.node, self.project, origin.bundle, archive, landing, self.patience)

        if origin.path is not None:
            check(origin.path, self.project, origin.bundle, self.checksum)
            self.checksum = checksum_of(origin.path)
            archive = Archive(origin.path, self.checksum)
            steps.add(f"import from {origin.path}", lambda: send(archive))
            return
        source = t.cast(DssNode, self.source)

        def stream() -> Sequence[str]:
            with fetched(source, self.project, origin.bundle, self.checksum) as archive:
                self.checksum = archive.checksum
                return send(archive)

        steps.add(f"import from {source.options.url}", stream)

    def _is_due(self, bundle: str, active: str | None) -> bool:
        if bundle != active or self.params["force"]:
            return True
        wanted: Mapping[str, bool] = self.params["scenarios"] or {}
        if not wanted:
            return False
        with understood(f"the scenarios of {self.project}"):
            listing = self.node.get(path_of("projects", self.project, "scenarios") + "/")
            found = {str(item["id"]): bool(item.get("active")) for item in listing}
        if unknown := sorted(set(wanted) - set(found)):
            raise DssError(f"bundle {bundle} of {self.project} has no scenario {', '.join(unknown)}: correct scenarios")
        return any(found[name] is not switched for name, switched in wanted.items())

    def _activate(self, steps: Steps, bundle: str, active: str | None) -> None:
        scenarios: Mapping[str, bool] = self.params["scenarios"] or {}
        switched = ", ".join(f"{name} {'on' if on else 'off'}" for name, on in sorted(scenarios.items()))
        before = f", before: {active}" if active else ""
        text = f"activate{' with scenarios ' + switched if switched else ''}{before}"
        steps.add(text, lambda: activate(self.node, self.project, bundle, scenarios, self.patience))
