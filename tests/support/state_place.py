# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States on a local backend without a node, and the modules that are run on them."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.holder import holder_from
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.journal import Entry, Journal
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import lock_of
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.model import Recorded, State, new_state
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.store import Store

from .engine import run_module

AT = "2026-05-04T09:30:00.000Z"
LOCAL = {"type": "local", "path": "states"}
ORDERS, CLEAN = "dataset.SALES.orders", "recipe.SALES.clean"


def recorded(address: str, object_id: str = "", **fields: t.Any) -> Recorded:
    kind, _project, name = address.split(".")
    return Recorded(address, kind, name, object_id or name, owner="SALES", deployed_at=AT, deployed_by="ada", **fields)


class Place:
    """A folder with a local backend, and the modules run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "states/dev/SALES.state.json"

    def store(self, project: str = "SALES", environment: str = "dev", **options: t.Any) -> Store:
        return Store(open_backend({**LOCAL, **options}, self.folder, {}), environment, project)

    def record(self, *entries: Recorded, project: str = "SALES") -> State:
        """Write one more version."""
        store = self.store(project)
        state = store.read() or new_state("dev", project)
        fields = {**vars(state), "resources": {entry.address: entry for entry in entries}}
        return store.write(State(**fields), "apply", "ada", AT)

    def interrupt(self) -> None:
        """Leave the journal of a run that did not end."""
        store = self.store()
        state = store.read()
        assert state is not None
        entry = Entry(ORDERS, "dataset", "SALES", "orders", "update", "orders")
        store.begin(Journal("r1", "apply", state.lineage, state.serial, AT, "ada", (entry,)))

    def run(self, action: str = "", module: str = "state", check: bool = False, **options: t.Any) -> dict[str, t.Any]:
        given = {"state_backend": LOCAL, "environment": "dev", "project": "SALES", "lock_timeout": 0.0, **options}
        action = action or ("list" if module == "state" else "show")
        return run_module(given.pop("environ", {}), module, check, base=self.folder, action=action, **given)

    def refused(self, action: str, **options: t.Any) -> str:
        before = self.contents()
        with pytest.raises(DssError) as caught:
            self.run(action, **options)
        assert "\n" not in str(caught.value)
        assert self.contents() == before
        return str(caught.value)

    def contents(self) -> dict[str, bytes]:
        """Every file but locks, which a refused run takes and gives back, and what guards writing."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return {
            str(path): path.read_bytes() for path in files if ".lock" not in path.name and ".mutex" not in path.name
        }

    @property
    def resources(self) -> dict[str, Recorded]:
        state = self.store().read()
        return dict(state.resources) if state else {}


class Held:
    """The lock of the project, held by bob."""

    def __init__(self, place: Place) -> None:
        store = place.store()
        self.lock = lock_of(store.backend, store.lock_name, holder_from({"LOGNAME": "bob"}, "apply"))

    def __enter__(self) -> Held:
        self.lock.acquire(0, lambda: "")
        return self

    def __exit__(self, *error: object) -> None:
        self.lock.release()
