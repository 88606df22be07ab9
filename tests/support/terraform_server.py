# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small strict server that keeps Terraform states with locks, as GitLab does; ``python -m support.terraform_server``.

As in gitlabhq, lib/api/terraform/state.rb: a write needs the ID of the lock if there is one and none if there is none;
a refused LOCK is answered with 409 and the ID of the holder, but with the other fields of the one who asks; an unlock
without an ID always works. The serial in a state has to grow with each write.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

USERNAME, PASSWORD = "ci", "state-password-of-ci"
_FIELDS = ("ID", "Operation", "Info", "Who", "Version", "Created", "Path")


class TerraformServer:
    """Serves from a thread until ``close``. ``calls`` are the method and path of each request so far.

    ``fail`` gives the status that the next requests are refused with; ``drop`` the number of answers to swallow after
    the request was carried out.
    """

    def __init__(self, locked_status: int = 409) -> None:
        self.states: dict[str, bytes] = {}
        self.locks: dict[str, dict[str, str]] = {}
        self.calls: list[str] = []
        self.fail: list[int] = []
        self.drop: list[str] = []
        self.locked_status = locked_status
        self._one_at_a_time = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def options(self, folder: str = "project") -> dict[str, t.Any]:
        """A ``state_backend`` that uses this server."""
        return options_of(self.url, folder)

    def wait(self) -> None:
        self._thread.join()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def answer(self, method: str, path: str, query: dict[str, list[str]], content: bytes) -> tuple[int, bytes]:
        with self._one_at_a_time:
            self.calls.append(f"{method} {path}")
            if self.fail:
                return self.fail.pop(0), b""
            name = path.removesuffix("/lock")
            if path.endswith("/lock") or method in ("LOCK", "UNLOCK"):
                return self._lock(method, name, query, content)
            return self._state(method, name, (query.get("ID") or [""])[0], content)

    def _state(self, method: str, name: str, lock: str, content: bytes) -> tuple[int, bytes]:
        if method == "GET":
            return (200, self.states[name]) if name in self.states else (404, b"")
        if lock != self.locks.get(name, {}).get("ID", ""):
            return self.locked_status, json.dumps(self.locks.get(name, {})).encode()
        if method == "DELETE":
            self.states.pop(name, None)
            return 200, b""
        if method != "POST":
            return 405, b""
        serial = json.loads(content)["serial"]
        if name in self.states and serial <= json.loads(self.states[name])["serial"]:
            return 400, b'{"message": "version has already been taken"}'
        self.states[name] = content
        return 200, b""

    def _lock(self, method: str, name: str, query: dict[str, list[str]], content: bytes) -> tuple[int, bytes]:
        told = json.loads(content) if content else {}
        held = self.locks.get(name)
        if method in ("POST", "LOCK"):
            if not all(isinstance(told.get(field), str) for field in _FIELDS):
                return 400, b'{"error": "a field of the lock is missing"}'
            if held is not None:
                return self.locked_status, json.dumps({**told, "ID": held["ID"], "Who": held["Who"]}).encode()
            self.locks[name] = told
            return 200, content
        if method in ("DELETE", "UNLOCK"):
            given = (query.get("ID") or [told.get("ID", "")])[0]
            if given and given != (held or {}).get("ID"):
                return self.locked_status, json.dumps(held or {}).encode()
            self.locks.pop(name, None)
            return 200, b""
        return 405, b""


def options_of(url: str, folder: str = "project") -> dict[str, t.Any]:
    return {"type": "http", "address": f"{url}/{folder}/{{name}}", "username": USERNAME, "password": PASSWORD}


def _handler(server: TerraformServer) -> type[BaseHTTPRequestHandler]:
    wanted = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            if self.headers.get("Authorization") != wanted:
                status, body = 401, b""
            else:
                status, body = server.answer(self.command, parts.path, parse_qs(parts.query), content)
            if self.command in server.drop:
                server.drop.remove(self.command)
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = do_LOCK = do_UNLOCK = handle_one

        def log_message(self, format: str, *args: t.Any) -> None:
            """Nothing: tests read ``calls``."""

    return Handler


if __name__ == "__main__":
    running = TerraformServer()
    print(running.url, flush=True)
    sys.stdin.read()  # until the tests end
    running.close()
