# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uvicorn around the applications of all nodes: the ready lines, the end on a signal or with the parent."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import Iterator
from types import FrameType

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .app import TRANSPORT, build_app
from .node import Node
from .site import Site

_PARENT_CHECK_SECONDS = 0.5


class _Protocol(HttpToolsProtocol):
    """Hands the transport to the application, which must be able to break a connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[TRANSPORT] = self.transport  # type: ignore[literal-required]


class _Servers:
    """One server a node, in one loop: they start, answer and end together."""

    def __init__(self, site: Site, parent: int | None) -> None:
        self._site = site
        self._parent = parent
        self._servers = [_Server(node, self) for node in site]
        self._watcher: asyncio.Task[None] | None = None

    def end(self, number: int, frame: FrameType | None) -> None:
        for server in self._servers:
            server.handle_exit(number, frame)

    def has_started(self) -> None:
        """Called by each server; the lines are printed when all answer."""
        if all(server.started for server in self._servers):
            print(_ready_lines(self._site), flush=True)

    async def serve(self, listeners: list[socket.socket]) -> None:
        if self._parent is not None:
            self._watcher = asyncio.create_task(self._watch_parent(self._parent))
        with _signals(self):
            await asyncio.gather(
                *(server.serve(sockets=[listener]) for server, listener in zip(self._servers, listeners, strict=True))
            )

    async def _watch_parent(self, parent: int) -> None:
        while os.getppid() == parent:
            await asyncio.sleep(_PARENT_CHECK_SECONDS)
        self.end(signal.SIGTERM, None)


class _Server(uvicorn.Server):
    def __init__(self, node: Node, servers: _Servers) -> None:
        config = uvicorn.Config(
            build_app(node),
            http=_Protocol,
            lifespan="off",
            access_log=False,
            log_level="critical",
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=120,
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)
        self._servers = servers

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are for all servers of the process, see `_signals`."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._servers.has_started()


@contextlib.contextmanager
def _signals(servers: _Servers) -> Iterator[None]:
    """uvicorn raises a signal again after its shutdown, which would kill the process before the databases are closed."""
    before = {number: signal.signal(number, servers.end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ready_lines(site: Site) -> str:
    lines = [f"url={node.url} api_key={node.api_key}" for node in site]
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{line} node={node.name} type={node.node_type}" for line, node in zip(lines, site, strict=True))


def _listen(node: Node, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    shown = f"[{host}]" if ":" in host else host
    node.url = f"http://{shown}:{listener.getsockname()[1]}"
    return listener


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # not on every platform, see requirements.txt
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def serve(site: Site, host: str, port: int, exit_with_parent: bool) -> None:
    """Node number i of the site listens on `port` + i, or on a free port if `port` is 0."""
    gc.set_threshold(50_000, 20, 100)  # nearly all that a node holds stays; looking for cycles often is wasted
    parent = os.getppid() if exit_with_parent else None
    listeners = [_listen(node, host, port + index if port else 0) for index, node in enumerate(site)]
    servers = _Servers(site, parent)
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        runner.run(servers.serve(listeners))
