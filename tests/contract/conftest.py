# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts the real sandbox process once and hands out an empty node, driven through the unmodified client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

dataikuapi = pytest.importorskip("dataikuapi", reason="the contract tests drive the node through the official client")
requests = pytest.importorskip("requests")
pytest.importorskip("uvicorn", reason="the sandbox node needs the packages of roles/sandbox/files/requirements.txt")

from support.sandbox import Control, SandboxProcess, connect  # noqa: E402  (needs the libraries above)


def pytest_configure(config: pytest.Config) -> None:
    # The client deprecates get_definition and its like, which show the raw documents best.
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning:dataikuapi")


@pytest.fixture(scope="session")
def running(sandbox_process: SandboxProcess) -> SandboxProcess:
    return sandbox_process


@pytest.fixture(scope="session")
def default_switches(running: SandboxProcess) -> Any:
    return running.control.switches()


@pytest.fixture
def control(running: SandboxProcess, default_switches: Any) -> Iterator[Control]:
    """An empty node with the default switches, again after the test."""
    control = running.control
    control.reset()
    yield control
    control.switch(**default_switches)
    control.clear_faults()


@pytest.fixture
def client(running: SandboxProcess, control: Control) -> Any:
    return connect(running.url, running.api_key)


@pytest.fixture
def project(client: Any) -> Any:
    return client.create_project("PROJ", "A project", "admin")


@pytest.fixture
def raw(running: SandboxProcess, control: Control) -> Any:
    """A plain HTTP call with the admin key, for facts that the client hides."""
    session = requests.Session()
    session.trust_env = False

    def call(method: str, path: str, key: str | None = None, **arguments: Any) -> Any:
        arguments.setdefault("auth", (key or running.api_key, ""))
        arguments.setdefault("timeout", 10)
        return session.request(method, running.url + path, **arguments)

    return call
