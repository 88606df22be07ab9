# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One project on a node and in a place for states, always begun from the same former state."""

from __future__ import annotations

import os
import random
import typing as t
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.client import DssNode
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.options import node_options
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import read_holder
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import INSTANCE, State
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.store import Store
from ansible_collections.dataiku_iac.dss.plugins.module_utils._work import host_of

from .changing_project import FORMER, KEY, LATTER, PASSWORDS, colleagues_work
from .held import differing, held, renamed
from .places import Places
from .process import until
from .runs import Ended, Runs
from .sandbox import SandboxProcess

KINDS = ("local", "encrypted", "git", "http", "object_store")
ENCRYPTION_KEY = "a passphrase of the tests"
FULL = os.environ.get("DSS_TEST_FULL") == "1"
_SCOPES = (INSTANCE, KEY)


class Laboratory:
    """A node, the processes of the runs and places for states; the former state is made once and restored for each trial."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = SandboxProcess()
        self.runs = Runs()
        self.places = Places()
        self.node = DssNode(node_options({"timeout": 10.0, "workers": 1, "validate_certs": True}, self.sandbox.environ))
        self.environment = host_of(self.sandbox.url)
        self.busy = False
        self._uninterrupted: dict[str, tuple[str, ...]] = {}

    def close(self) -> None:
        self.node.close()
        self.runs.close()
        self.places.close()
        self.sandbox.stop()

    @cached_property
    def _former(self) -> tuple[dict[str, bytes], dict[str, t.Any]]:
        """The former state: what its backend keeps by name, and what the node holds."""
        self.sandbox.control.reset()
        trial = Trial(self, "local")
        assert trial.apply(FORMER).result["changed"]
        colleagues_work(self.sandbox.client())
        self.sandbox.control.keep()
        names = [f"{self.environment}/{scope}.state.json" for scope in _SCOPES]
        blobs = {name: trial.backend.read(name) for name in names}
        return {name: blob.data for name, blob in blobs.items() if blob}, trial.held()

    @property
    def former(self) -> dict[str, t.Any]:
        """What the node holds when a trial begins."""
        return self._former[1]

    @cached_property
    def latter(self) -> tuple[dict[str, t.Any], t.Any]:
        """What the node holds, and what is recorded, after a run that nobody interrupted."""
        with self.trial("local") as trial:
            assert not trial.apply(LATTER).error
            return trial.held(), trial.recorded()

    def trial(self, kind: str, with_state: bool = True) -> Trial:
        """The former state on the node and in a new place; without a state the place is empty."""
        assert not self.busy, "there is one node: end the other trial first"
        kept, _held = self._former
        until(lambda: self.sandbox.control.calls()["open"] == 0)  # of a run that was killed before
        self.sandbox.control.restore()
        self.sandbox.control.clear_faults()
        self.sandbox.control.forget_calls()
        trial = Trial(self, kind)
        if with_state:
            *others, last = kept
            trial.backend.write(last, kept[last], None, {name: kept[name] for name in others})
        return trial

    def points(self, kind: str) -> tuple[str, ...]:
        """The points of an apply that nobody interrupts."""
        if kind not in self._uninterrupted:
            with self.trial(kind) as trial:
                self._uninterrupted[kind] = trial.apply(LATTER).points
        return self._uninterrupted[kind]


class Trial:
    """One place, and the runs that use it. Nothing is shared between the runs but the place and the node."""

    def __init__(self, laboratory: Laboratory, kind: str) -> None:
        self.laboratory = laboratory
        self.control = laboratory.sandbox.control
        place = laboratory.places.options("local" if kind == "encrypted" else kind, laboratory.folder)
        self.options: dict[str, t.Any] = {"state_backend": place, "workers": 1, "settle_timeout": 0.0}
        self.is_encrypted = kind == "encrypted"
        if self.is_encrypted:
            self.options["encryption_key"] = ENCRYPTION_KEY
        self.backend: Backend = open_backend(place, laboratory.folder, {}, self.options.get("encryption_key"))

    def __enter__(self) -> Trial:
        self.laboratory.busy = True
        return self

    def __exit__(self, *_error: object) -> None:
        self.laboratory.busy = False
        self.backend.close()

    # Runs -------------------------------------------------------------------------------------------------------------

    def apply(self, definition: dict[str, t.Any], **options: t.Any) -> Ended:
        return self._run(definition=definition, max_deletes=50, **options)

    def rollback(self, **options: t.Any) -> Ended:
        return self._run(module="rollback", environment=self.laboratory.environment, project=KEY, **options)

    def _run(self, **options: t.Any) -> Ended:
        environ = self.laboratory.sandbox.environ
        return self.laboratory.runs.run(environ, base=str(self.laboratory.folder), **{**self.options, **options})

    # What there is then -------------------------------------------------------------------------------------------------

    def held(self) -> dict[str, t.Any]:
        return held(self.laboratory.node, KEY)

    @property
    def password(self) -> str:
        """What the node keeps as the password of the connection."""
        return str(self.control.secrets("pg")["password"])

    @property
    def states(self) -> dict[str, State]:
        return {scope: t.cast(State, self._store(scope).read()) for scope in _SCOPES}

    def recorded(self) -> t.Any:
        """What the states say of each object, with names in place of ids that the node made."""
        entries = {key: entry for state in self.states.values() for key, entry in state.resources.items()}
        names = {entry.object_id: f"<{entry.name}>" for entry in entries.values() if entry.kind == "managed_folder"}
        return {
            key: renamed([entry.object_id, entry.declared, sorted(entry.dependencies), entry.status], names)
            for key, entry in entries.items()
        }

    @property
    def is_open(self) -> bool:
        """Whether a journal says that a run did not end."""
        return any(self._store(scope).open_journal() is not None for scope in _SCOPES)

    @property
    def is_locked(self) -> bool:
        return any(read_holder(self.backend, self._store(scope).lock_name) is not None for scope in _SCOPES)

    @property
    def writes(self) -> list[str]:
        """The calls that may have changed the node, the log of its audit aside."""
        calls = [
            f"{call['method']} {call['path']}" for call in self.control.calls()["calls"] if call["method"] != "GET"
        ]
        return [call for call in calls if "/admin/audit/" not in call]

    def await_what_is_on_its_way(self) -> None:
        """Until the node has processed every call that it got."""
        until(lambda: self.control.calls()["open"] == 0)

    def _store(self, scope: str) -> Store:
        return Store(self.backend, self.laboratory.environment, scope)


def changed_by(planned: Ended) -> set[str]:
    """The addresses that a plan would change."""
    assert not planned.error, planned.error
    return {action["address"] for action in planned.result["plan"]["actions"]}


def assert_finished(trial: Trial) -> None:
    """The node holds what is declared, each object once; the states say so; nothing is left to do, or open, or locked."""
    held, recorded = trial.laboratory.latter
    assert not (wrong := differing(trial.held(), held)), wrong
    assert not (wrong := differing(trial.recorded(), recorded)), wrong
    assert trial.password == PASSWORDS[1]
    assert not changed_by(trial.apply(LATTER, check=True))
    assert not trial.is_open and not trial.is_locked


def chosen(points: Sequence[str], count: int, seed: str) -> list[int]:
    """Numbers of points: all in a full test, else so many, the same ones each time."""
    numbers = range(1, len(points) + 1)
    return list(numbers) if FULL or count >= len(numbers) else sorted(random.Random(seed).sample(numbers, count))
