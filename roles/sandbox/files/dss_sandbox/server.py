# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uvicorn around the application: the ready line, the end on a signal or with the parent."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Iterator

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .app import TRANSPORT, build_app
from .node import Node

_PARENT_CHECK_SECONDS = 0.5


class _Protocol(HttpToolsProtocol):
    """Hands the transport to the application, which must be able to break a connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[TRANSPORT] = self.transport  # type: ignore[literal-required]


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready_line: str, parent: int | None) -> None:
        super().__init__(config)
        self._ready_line = ready_line
        self._parent = parent

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn raises the signal again after its shutdown, which would kill the process before the database is closed."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._parent is not None:
            self._watcher = asyncio.create_task(self._watch_parent(self._parent))
        print(self._ready_line, flush=True)

    async def _watch_parent(self, parent: int) -> None:
        while os.getppid() == parent:
            await asyncio.sleep(_PARENT_CHECK_SECONDS)
        self.should_exit = True


def serve(node: Node, host: str, port: int, api_key: str, exit_with_parent: bool) -> None:
    gc.set_threshold(50_000, 20, 100)  # nearly all that a node holds stays; looking for cycles often is wasted
    parent = os.getppid() if exit_with_parent else None
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    shown = f"[{host}]" if ":" in host else host
    ready_line = f"url=http://{shown}:{listener.getsockname()[1]} api_key={api_key}"
    config = uvicorn.Config(
        build_app(node),
        http=_Protocol,
        lifespan="off",
        access_log=False,
        log_level="critical",
        server_header=False,
        date_header=False,
        timeout_keep_alive=120,
        timeout_graceful_shutdown=2,
    )
    _Server(config, ready_line, parent).run(sockets=[listener])
