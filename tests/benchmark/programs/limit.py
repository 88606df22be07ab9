# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that the collection made, as fast as Python can, on 8 kept-alive connections: ``limit.py CALLS``.

CALLS are levels of chains of calls: a level begins when the one before has ended, a chain is made in order on one
connection. Requests are put together before the clock starts; of an answer only its status and its end are looked at.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from collections import deque
from urllib.parse import urlsplit

CONNECTIONS = 8
Request = tuple[bytes, bool]
_LENGTH = b"\r\ncontent-length:"


class Connection:
    """A socket with the chain that it works on and the answer that has come so far."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.chain: deque[Request] = deque()
        self.answer = b""
        self.may_fail = False

    def send(self) -> None:
        self.answer = b""
        data, self.may_fail = self.chain.popleft()
        self.socket.sendall(data)

    def receive(self) -> bool:
        """Whether the answer is complete."""
        part = self.socket.recv(1 << 20)
        if not part:
            sys.exit("the node has closed the connection")
        self.answer += part
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.answer[:end].lower()
        start = head.index(_LENGTH) + len(_LENGTH)
        if len(self.answer) < end + 4 + int(head[start:].split(b"\r\n", 1)[0]):
            return False
        if not (head.startswith(b"http/1.1 2") or self.may_fail):
            sys.exit(f"refused: {self.answer[:2000]!r}")
        return True


def run(levels: list[list[list[Request]]], connections: list[Connection], selector: selectors.BaseSelector) -> None:
    """Make all calls."""
    for level in levels:
        chains = deque(level)
        busy = 0
        for connection in connections:
            if chains:
                connection.chain = deque(chains.popleft())
                connection.send()
                busy += 1
        while busy:
            for key, _events in selector.select():
                connection = key.data
                if not connection.receive():
                    continue
                if not connection.chain and chains:
                    connection.chain = deque(chains.popleft())
                if connection.chain:
                    connection.send()
                else:
                    busy -= 1


def request(method: str, path: str, body: str | None, may_fail: bool) -> Request:
    """One call as it goes over the wire, and whether a refusal is no fault."""
    host = urlsplit(os.environ["DKU_DSS_URL"]).netloc
    data = body.encode() if body else b""
    head = f"{method} /dip/publicapi{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {os.environ['DKU_API_KEY']}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data, may_fail


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        levels = [[[request(*call) for call in chain] for chain in level] for level in json.load(file)]
    address = urlsplit(os.environ["DKU_DSS_URL"])
    selector = selectors.DefaultSelector()
    connections = [Connection((address.hostname or "", address.port or 80)) for _number in range(CONNECTIONS)]
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    began = time.perf_counter()
    run(levels, connections, selector)
    done = sum(len(chain) for level in levels for chain in level)
    print(json.dumps({"seconds": time.perf_counter() - began, "calls": done}))


if __name__ == "__main__":
    main()
