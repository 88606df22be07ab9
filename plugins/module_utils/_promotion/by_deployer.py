# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way by the Project Deployer (dss-api.md 2.15): a deployment says what is to be active, an update makes it so."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from .._bundle.archive import Archive
from .._bundle.archive import check as check_archive
from .._bundle.lost import Patience, found
from .._deployer.base import ROOT
from .._deployer.update import update
from .._errors import DssError, NodeError
from .._kinds.paths import path_of
from .._node.answer import understood
from .._node.client import DssNode
from .._node.transfer import download, upload
from .._plan.compare import Document
from .image import Image, Wanted
from .writes import put_container

_CONTAINER = "bundleContainerSettings"


@dataclass(frozen=True)
class ByDeployer:
    """``deployer`` serves ``node`` as ``infrastructure``; ``published`` is the key of the project on the deployer."""

    deployer: DssNode
    node: DssNode
    project: str
    infrastructure: str
    deployment: str
    published: str
    archive: Archive | None
    patience: Patience = field(default_factory=Patience)
    check: Callable[[], None] = lambda: None

    def bring(self, wanted: Wanted, activating: Callable[[], None]) -> list[str]:
        """Publish the archive, say what is to be active, and let the deployer make it so."""
        self._publish(wanted.bundle)
        self.check()
        settings = self._settings() or self._created(wanted.bundle)
        former = (settings.get(_CONTAINER) or {}).get("remapping") or {}
        container = dict(settings.get(_CONTAINER) or {})
        if wanted.remapping is not None:
            container["remapping"] = wanted.remapping.to_dss(former)
        self._save(
            settings,
            {
                "bundleId": wanted.bundle,
                "localVariables": {**(settings.get("localVariables") or {}), **wanted.local},
                "scenariosToActivate": {**(settings.get("scenariosToActivate") or {}), **wanted.scenarios},
                **({_CONTAINER: container} if container else {}),
            },
        )
        self.check()
        activating()
        return self._update()

    def restore(self, before: Image, activate: bool) -> list[str]:
        """Let the deployer go back; after a first promotion it only learns that no scenario is to be active."""
        settings = self._settings()
        if settings is None:
            return []
        local = settings.get("localVariables") or {}
        changes: Document = {"scenariosToActivate": dict(before.scenarios)}
        if before.bundle is not None:
            kept = {name: value for name, value in before.local.items() if name in local}
            changes |= {"bundleId": before.bundle, "localVariables": kept}
            changes |= {_CONTAINER: before.container} if before.container is not None else {}
        self._save(settings, changes)
        self.check()
        warnings = self._update() if activate or before.bundle is None else []
        put_container(self.node, self.project, before.container)  # an update that failed has left its own
        return warnings

    # The calls --------------------------------------------------------------------------------------------------------

    def _publish(self, bundle: str) -> None:
        """Send the archive unless the deployer has the bundle, and compare what it then has with what was sent."""
        archive = self.archive
        if bundle not in self._packages():
            if archive is None:
                raise DssError(f"bundle {bundle} is not on the deployer yet: give path with its archive")
            check_archive(archive.path, self.project, bundle, archive.checksum)
            try:
                path = path_of(ROOT, "projects", "bundles")
                upload(self.deployer, path, archive.path, archive.checksum, projectKey=self.published)
            except NodeError as error:
                found(lambda: bundle in self._packages() or None, error, self.patience)
        if archive is not None:
            with TemporaryDirectory(prefix="dss-bundle-") as folder:
                path = path_of(ROOT, "projects", self.published, "bundles", bundle)
                checksum = download(self.deployer, path, Path(folder) / "published.zip")
            if checksum != archive.checksum:
                raise DssError(
                    f"bundle {bundle} on the deployer is not the archive that was meant: its checksum is {checksum} and not "
                    f"{archive.checksum}; delete it there, or export a new bundle"
                )

    def _packages(self) -> set[str]:
        try:
            with understood(f"the published project {self.published}"):
                status = self.deployer.get(path_of(ROOT, "projects", self.published))
                return {str(package["id"]) for package in status.get("packages") or ()}
        except NodeError as error:
            if error.missing:
                return set()
            raise

    @property
    def _path(self) -> str:
        return path_of(ROOT, "deployments", self.deployment)

    def _settings(self) -> Document | None:
        try:
            return t.cast(Document, self.deployer.get(f"{self._path}/settings"))
        except NodeError as error:
            if error.missing:
                return None
            raise

    def _created(self, bundle: str) -> Document:
        body = {
            "deploymentId": self.deployment,
            "publishedProjectKey": self.published,
            "infraId": self.infrastructure,
            "bundleId": bundle,
            "deployedProjectKey": self.project,
        }
        try:
            self.deployer.post(path_of(ROOT, "deployments"), body, ignoreWarnings=True)
        except NodeError as error:
            return found(self._settings, error, self.patience)
        settings = self._settings()
        if settings is None:
            raise NodeError(f"deployment {self.deployment} was made, but the deployer does not show it: run again")
        return settings

    def _save(self, settings: Document, changes: Mapping[str, t.Any]) -> None:
        if {**settings, **changes} != settings:
            self.deployer.put(f"{self._path}/settings", {**settings, **changes}, ignoreWarnings=True)

    def _update(self) -> list[str]:
        return list(update(self.deployer, self.deployment, self.patience.timeout, self.patience.stopped))
