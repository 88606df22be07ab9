# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module bundle on a design node: export, publish, download, delete."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from pathlib import Path

from .._errors import DssError
from .._node.client import DssNode
from .._node.transfer import checksum_of
from .._task import Caller
from .archive import fetch, fetched
from .design import Exported, Intent, Wish, delete, export, exported, intent, is_published, noted_commit, publish
from .steps import Steps
from .task import BundleTask


class AtDesign(BundleTask):
    """One task; ``taken`` are ids that another node has."""

    def __init__(self, node: DssNode, params: Mapping[str, t.Any], caller: Caller, taken: frozenset[str]) -> None:
        super().__init__(node, params, caller)
        self.taken = taken

    def run(self) -> dict[str, t.Any]:
        """Raises ``DssError``."""
        if self.params["state"] == "active":
            raise DssError(
                f"{self.node.options.url} is a design node, where no bundle is active: use state: present to export, and "
                "give the url of an automation node to activate"
            )
        if self.params["state"] == "absent":
            there = any(entry.id == self.params["id"] for entry in exported(self.node, self.project))
            return self.deleted(there, delete)
        return self._present()

    def _present(self) -> dict[str, t.Any]:
        intended = intent(self.node, self.project, self._wish())
        held = intended.existing or Exported(intended.id, intended.notes, noted_commit(intended.notes))
        steps = Steps(f"bundle {intended.id} of {self.project}", warnings=list(intended.warnings))
        if intended.existing is None:
            steps.add(f"export ({intended.content.line})", lambda: export(self.node, intended, self.patience)[1])
        self._publish(steps, held)
        self._download(steps, intended)
        result = steps.run(self.caller)
        if result["changed"] and not self.caller.check_mode:
            listing = exported(self.node, self.project)
            held = next((entry for entry in listing if entry.id == intended.id), held)
        return {**result, "bundle": self._told(held)}

    def _wish(self) -> Wish:
        params = self.params
        return Wish(
            id=params["id"] or "",
            notes=params["release_notes"] or "",
            uncommitted=params["uncommitted"],
            force=params["force"],
            standards=params["evaluate_project_standards"],
            taken=self.taken,
            any_content=params["content"] == "any",
        )

    def _publish(self, steps: Steps, held: Exported) -> None:
        project = self.params["published_project"] or ""
        if not self.params["publish"] or is_published(held, project):
            return

        def send() -> Sequence[str]:
            publish(self.node, self.project, held, project, self.patience)
            return ()

        steps.add(f"publish to project {project or self.project} of the deployer", send)

    def _download(self, steps: Steps, intended: Intent) -> None:
        path = self.path
        if path is None or self._has_archive(path, intended):
            return

        def receive() -> Sequence[str]:
            self.checksum = fetch(self.node, self.project, intended.id, path, self.params["checksum"]).checksum
            return ()

        steps.add(f"download to {path}", receive)

    def _has_archive(self, path: Path, intended: Intent) -> bool:
        """Whether a file is the archive already; without a checksum the archive itself has to be looked at."""
        if intended.existing is None or not path.is_file():
            return False
        found = checksum_of(path)
        if self.checksum is None:
            with fetched(self.node, self.project, intended.id) as archive:
                self.checksum = archive.checksum
        return found == self.checksum

    def _told(self, bundle: Exported) -> dict[str, t.Any]:
        return {
            "id": bundle.id,
            "project": self.project,
            "commit": bundle.commit,
            "release_notes": bundle.notes,
            "published_project": bundle.published,
            "path": str(self.path) if self.path else "",
            "checksum": self.checksum or "",
        }
