# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for tests that need a node."""

from __future__ import annotations

import sys
import typing as t

import pytest
from support.sandbox import SandboxProcess

if "ansible_collections" not in sys.modules:
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()


@pytest.fixture(scope="session")
def sandbox_process() -> t.Iterator[SandboxProcess]:
    process = SandboxProcess()
    yield process
    process.stop()


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """An empty node."""
    sandbox_process.control.reset()
    return sandbox_process


@pytest.fixture
def second_sandbox() -> t.Iterator[SandboxProcess]:
    """Another empty node."""
    process = SandboxProcess()
    yield process
    process.stop()
