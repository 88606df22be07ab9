# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module state_lock: the lock of a state is shown and broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from support.state_place import ORDERS, Held, Place, recorded


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path)
    made.record(recorded(ORDERS))
    return made


@pytest.fixture
def bob(place: Place) -> Iterator[Held]:
    with Held(place) as lock:
        yield lock


def test_the_lock_is_shown(place: Place, bob: Held) -> None:
    result = place.run(module="state_lock")
    assert result["changed"] is False
    assert (result["lock"]["owner"], result["lock"]["operation"]) == ("bob", "apply")
    assert "nonce" not in result["lock"]


def test_a_lock_is_broken_once(place: Place, bob: Held) -> None:
    assert place.run("break", "state_lock", check=True)["changed"] is True
    assert not bob.lock.lost
    result = place.run("break", "state_lock")
    assert result["changed"] is True and result["msg"].startswith("the lock of bob on ")
    assert place.run("break", "state_lock") == {"changed": False, "lock": None}
    assert place.run("forget", address=ORDERS)["changed"] is True


def test_a_damaged_lock_can_be_broken(place: Place) -> None:
    (place.folder / "states/dev/SALES.lock.json").write_text("{")
    for action, module in (("forget", "state"), ("show", "state_lock")):
        with pytest.raises(DssError, match="is damaged: run the module state_lock with action: break"):
            place.run(action, module, **({"address": ORDERS} if module == "state" else {}))
    result = place.run("break", "state_lock")
    assert (result["changed"], result["lock"]) == (True, None)
    assert place.run("forget", address=ORDERS)["changed"] is True
