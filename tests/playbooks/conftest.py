# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A node whose key would be found wherever it leaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.sandbox import SandboxProcess


@pytest.fixture(scope="module")
def node_with_planted_key() -> Iterator[SandboxProcess]:
    process = SandboxProcess("--api-key", "plnt-api-key-77aa")  # every planted secret begins like this
    yield process
    process.stop()


@pytest.fixture
def node(node_with_planted_key: SandboxProcess) -> SandboxProcess:
    """The node, empty."""
    node_with_planted_key.control.reset()
    return node_with_planted_key
