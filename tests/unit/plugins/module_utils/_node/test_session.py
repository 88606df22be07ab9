# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lean session sends what ``requests`` sends, byte for byte, and leaves to it what is not ordinary."""

from __future__ import annotations

import gzip
import socket
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from ansible_collections.dataiku_iac.dss.plugins.module_utils._node.session import lean


class Server:
    """Keeps the bytes of each request; answers what it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, list[tuple[str, str]], bytes]] = []
        self.status, self.headers, self.body = 200, {}, b"{}"  # type: tuple[int, dict[str, str], bytes]
        self.connections = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.heard.append((self.command, self.path, sorted(self.headers.items()), body))
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(server.body)))
                self.end_headers()
                self.wfile.write(server.body)

            do_GET = do_PUT = do_POST = do_DELETE = answer

            def log_message(self, *_unused: t.Any) -> None:
                """No output."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> t.Iterator[Server]:
    started = Server()
    yield started
    started.stop()


class Refused(Exception):
    """What the node refused."""


def refuse(response: requests.Response) -> None:
    if response.status_code >= 300:
        raise Refused(
            response.status_code, response.json(), response.headers.get("Retry-After"), response.request.path_url
        )


def sessions(server: Server) -> tuple[requests.Session, requests.Session]:
    """One as the client makes it, and a lean one."""
    made = []
    for _number in range(2):
        session = requests.Session()
        session.trust_env = False
        session.auth = requests.auth.HTTPBasicAuth("kéy", "")
        session.headers["X-DKU-APITicket"] = "t"
        made.append(session)
    lean(made[1], server.url, refuse, 5.0, 4)
    return made[0], made[1]


@pytest.mark.parametrize(
    ("method", "path", "params", "data"),
    [
        ("GET", "/dip/publicapi/projects/K/recipes/", None, None),
        ("GET", "/dip/publicapi/projects/K/recipes/a.b-c_d~e", None, None),
        ("GET", "/dip/publicapi/projects/K/./../x/.hidden/..", None, None),
        ("GET", "/dip/publicapi/a%20b/%E4%b8%ad/é/a b/q?r=1&s=é", None, None),
        ("GET", "/dip/publicapi/x", {"b": True, "n": None, "l": [1, 2], "é": "a b&c"}, None),
        ("GET", "/dip/publicapi/x", None, '{"a": 1}'),
        ("POST", "/dip/publicapi/x", None, '{"a": "\\u00e9"}'),
        ("POST", "/dip/publicapi/x", {"a": 1}, None),
        ("POST", "/dip/publicapi/x", None, b"\x00\xff"),
        ("POST", "/dip/publicapi/x", None, b""),
        ("PUT", "/dip/publicapi/x", None, "null"),
        ("DELETE", "/dip/publicapi/x/", {"dropData": False}, None),
    ],
)
def test_the_same_bytes_go_out(server: Server, method: str, path: str, params: t.Any, data: t.Any) -> None:
    for session in sessions(server):
        for _twice in range(2):
            assert session.request(method, server.url + path, params=params, data=data, verify=True).json() == {}
    assert len(server.heard) == 4
    assert all(heard == server.heard[0] for heard in server.heard)


def test_a_connection_is_kept_and_refusals_are_told_with_what_the_client_would_lose(server: Server) -> None:
    session = sessions(server)[1]
    session.request("GET", server.url + "/a")
    server.status, server.headers, server.body = 429, {"Retry-After": "7"}, b'{"message": "no"}'
    with pytest.raises(Refused) as caught:
        session.request("GET", server.url + "/b", params={"c": 1})
    assert caught.value.args == (429, {"message": "no"}, "7", "/b?c=1")
    server.status, server.body = 200, b"[]"
    assert session.request("GET", server.url + "/a").json() == []
    assert server.connections == 1
    session.close()


def test_a_compressed_answer_is_unpacked(server: Server) -> None:
    server.headers, server.body = {"Content-Encoding": "gzip"}, gzip.compress(b'{"a": 1}')
    assert sessions(server)[1].request("GET", server.url + "/a").json() == {"a": 1}


def test_a_cookie_of_what_stands_before_the_node_comes_back(server: Server) -> None:
    session = sessions(server)[1]
    server.headers = {"Set-Cookie": "route=7; Path=/"}
    session.request("GET", server.url + "/a")
    session.request("GET", server.url + "/a")
    assert ("Cookie", "route=7") in server.heard[1][2]


def test_what_is_not_ordinary_is_left_to_requests(server: Server) -> None:
    session = sessions(server)[1]
    server.body = b"abc"
    with session.request("GET", server.url + "/a", stream=True) as answer:
        assert list(answer.iter_content(2)) == [b"ab", b"c"]
    session.request("POST", server.url + "/a", files={"file": b"x"})
    session.request("GET", server.url + "/a", headers={"X": "y"})
    assert server.heard[1][3].startswith(b"--") and ("X", "y") in server.heard[2][2]


def test_with_a_proxy_nothing_is_changed() -> None:
    session = requests.Session()
    session.proxies = {"http": "http://127.0.0.1:9"}
    ordinary = session.request
    lean(session, "http://dss", refuse, 5.0, 4)
    assert session.request == ordinary


def test_errors_are_those_of_requests() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        session = requests.Session()
        session.trust_env = False
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        lean(session, url, refuse, 0.2, 1)
        with pytest.raises(requests.exceptions.ReadTimeout):
            session.request("GET", url + "/a")
    with pytest.raises(requests.exceptions.ConnectionError):
        session.request("GET", url + "/a")
