# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places to keep states in, one for each kind of backend, with the servers that they need."""

from __future__ import annotations

import os
import subprocess
import sys
import typing as t
from collections.abc import Callable, Mapping
from pathlib import Path

from ansible_collections.dataiku_iac.dss.plugins.module_utils._state.backend import Backend, Blob, Expected

from . import moto_server, terraform_server

KINDS = ("local", "object_store", "git", "http")
TESTS = Path(__file__).parents[1]


class Server:
    """A server of this folder in a process of its own, which ends when its standard input does."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"support.{module}"],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, f"{module} did not start"

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Places:
    """Makes an empty place of a kind; starts a server when it is needed first."""

    def __init__(self) -> None:
        self._servers: dict[str, Server] = {}
        self._count = 0

    def options(self, kind: str, folder: Path) -> dict[str, t.Any]:
        """A ``state_backend`` that nothing was written to."""
        self._count += 1
        if kind == "local":
            return {"type": "local", "path": str(folder / f"state-{self._count}")}
        if kind == "git":
            repository = folder / f"state-{self._count}.git"
            subprocess.run(["git", "init", "--quiet", "--bare", str(repository)], check=True)
            return {"type": "git", "path": str(repository)}
        if kind == "object_store":
            return moto_server.options_of(self._url("moto_server"), f"project-{self._count}")
        return terraform_server.options_of(self._url("terraform_server"), f"project-{self._count}")

    def close(self) -> None:
        for server in self._servers.values():
            server.close()

    def _url(self, module: str) -> str:
        if module not in self._servers:
            self._servers[module] = Server(module)
        return self._servers[module].url


class Watched:
    """A backend that counts its writes, and in which they can be made to fail."""

    def __init__(self, inner: Backend) -> None:
        self.inner = inner
        self.writes: list[str] = []
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    @property
    def place(self) -> str:
        return self.inner.place

    def read(self, name: str) -> Blob | None:
        return self.inner.read(name)

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        self.writes.append(name)
        self.before()
        version = self.inner.write(name, data, expected, beside)
        self.after()
        return version

    def remove(self, name: str) -> None:
        self.inner.remove(name)

    def close(self) -> None:
        self.inner.close()
