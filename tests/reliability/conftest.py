# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for runs that are killed, or whose calls fail."""

from __future__ import annotations

import typing as t

import pytest
from support.trial import Laboratory


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Laboratory]:
    """A node of its own: the other tests empty theirs."""
    found = Laboratory(tmp_path_factory.mktemp("laboratory"))
    assert found.latter
    yield found
    found.close()
