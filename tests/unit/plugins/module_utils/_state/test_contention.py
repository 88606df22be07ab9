# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several processes at one state: ten rounds, a hundred with DSS_TEST_FULL=1."""

from __future__ import annotations

import os
import time
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import read_holder
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from support.contenders import Contenders

NAME = "prod/SALES.lock.json"
ROUNDS = 100 if os.environ.get("DSS_TEST_FULL") == "1" else 10


def test_two_to_eight_at_once_never_hold_the_lock_together_and_lose_no_update(
    options: dict[str, t.Any], contenders: Contenders, tmp_path: Path
) -> None:
    total = 0
    for number in range(ROUNDS):
        runs = 2 + number % 7
        at = time.time() + 0.03
        results = [tmp_path / f"{number}-{run}.json" for run in range(runs)]
        for result in results:
            contenders.start("count", result, options=options, at=at, alone=str(tmp_path / "alone"))
        for result in results:
            assert contenders.result(result) == {"intruders": 0, "lost": []}
        total += runs
    backend = open_backend(options, tmp_path, dict(os.environ))
    blob = backend.read("prod/SALES.state.json")
    assert blob is not None and int(blob.data) == total
    assert read_holder(backend, NAME) is None
    backend.close()


@pytest.mark.parametrize("options", ["local"], indirect=True)
def test_with_short_leases_and_many_turns_too(
    options: dict[str, t.Any], contenders: Contenders, tmp_path: Path
) -> None:
    results = [tmp_path / f"{run}.json" for run in range(4)]
    at = time.time() + 0.05
    for result in results:
        alone = str(tmp_path / "alone")
        contenders.start("count", result, options=options, at=at, alone=alone, times=20, lease=3)
    for result in results:
        assert contenders.result(result) == {"intruders": 0, "lost": []}
    blob = open_backend(options, tmp_path, {}).read("prod/SALES.state.json")
    assert blob is not None and blob.data == b"80"


def test_runs_on_different_projects_do_not_wait(
    options: dict[str, t.Any], contenders: Contenders, tmp_path: Path
) -> None:
    contenders.start("hold", tmp_path / "held.json", options=options)
    contenders.result(tmp_path / "held.json")
    from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.lock import holder_from, lock_of

    backend = open_backend(options, tmp_path, dict(os.environ))
    for name in ("prod/OTHER.lock.json", "dev/SALES.lock.json", "prod/_instance.lock.json"):
        lock = lock_of(backend, name, holder_from({}, "apply"), 60)
        assert lock.acquire(0, lambda: "") == []
        lock.release()
    backend.close()
