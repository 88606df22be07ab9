# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The straight way to an automation node: the archive is sent from the controller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .._bundle.archive import Archive
from .._bundle.automation import Landing, deliver, imported, preload
from .._bundle.automation import activate as activate_bundle
from .._bundle.lost import Patience
from .._errors import DssError
from .._node.client import DssNode
from .image import Image, Wanted
from .writes import put_container, remap, set_local_variables


@dataclass(frozen=True)
class Direct:
    """From the controller to the node itself. ``check`` is called between the steps and raises ``Interrupted``."""

    node: DssNode
    project: str
    archive: Archive | None
    landing: Landing = field(default_factory=Landing)
    patience: Patience = field(default_factory=Patience)
    check: Callable[[], None] = lambda: None

    def bring(self, wanted: Wanted, activating: Callable[[], None]) -> list[str]:
        """Deliver, remap, preload, set local variables, activate: the remapping counts for preloading too."""
        node, project, bundle = self.node, self.project, wanted.bundle
        warnings: list[str] = []
        if bundle not in {entry.id for entry in imported(node, project)}:
            warnings += deliver(node, project, bundle, self._archive(bundle), self.landing, self.patience)
        self.check()
        if wanted.remapping is not None:
            remap(node, project, wanted.remapping)
        self.check()
        warnings += preload(node, project, bundle, self.patience)
        self.check()
        set_local_variables(node, project, wanted.local)
        self.check()
        activating()
        return [*warnings, *activate_bundle(node, project, bundle, wanted.scenarios, self.patience)]

    def restore(self, before: Image, activate: bool) -> list[str]:
        """Put the remapping back, and activate the former bundle with it."""
        put_container(self.node, self.project, before.container)
        self.check()
        if not activate or before.bundle is None:
            return []
        return list(activate_bundle(self.node, self.project, before.bundle, before.scenarios, self.patience))

    def _archive(self, bundle: str) -> Archive:
        if self.archive is None:
            raise DssError(f"bundle {bundle} is not on the node yet: give path with its archive")
        return self.archive
