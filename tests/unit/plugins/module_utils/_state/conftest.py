# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places to keep states in, and processes that contend for them."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Backend
from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.open import open_backend
from support.contenders import Contenders
from support.places import KINDS, Places

KEY = "a passphrase for tests"


@pytest.fixture(scope="session")
def places() -> t.Iterator[Places]:
    made = Places()
    yield made
    made.close()


@pytest.fixture(scope="session")
def contenders() -> t.Iterator[Contenders]:
    made = Contenders()
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def options(request: pytest.FixtureRequest, places: Places, tmp_path: Path) -> dict[str, t.Any]:
    """An empty place of each kind."""
    return places.options(request.param, tmp_path)


@pytest.fixture(params=[*KINDS, "local, encrypted"])
def backend(request: pytest.FixtureRequest, places: Places, tmp_path: Path) -> t.Iterator[Backend]:
    kind, _comma, encrypted = request.param.partition(", ")
    made = open_backend(places.options(kind, tmp_path), tmp_path, dict(os.environ), KEY if encrypted else None)
    yield made
    made.close()


@pytest.fixture
def local(tmp_path: Path) -> Backend:
    return open_backend({"path": "state"}, tmp_path, {})
