# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS, proxies and pages in front of a node, each against a small server on loopback."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ansible_collections.dataiku_iac.dss.plugins.module_utils._errors import DssError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from support.engine import run_module
from support.playbook import play
from support.sentences import assert_readable

DEFINITION = {"project": {"key": "TLS", "name": "Tls"}}
NO_KEY = json.dumps({"errorType": "com.dataiku.dip.exceptions.NotAuthenticatedException", "message": "Unknown API Key"})
REACHED = "refused the API key (Unknown API Key)"  # the connection was made: this is an answer


class Answers(BaseHTTPRequestHandler):
    """Answers everything with what the server was given; HTTP/1.1 so that connections are kept."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        status, headers, body = self.server.answer  # type: ignore[attr-defined]
        self.server.seen.append((self.command, self.path))  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_PUT = do_POST = do_DELETE = _answer

    def log_message(self, format: str, *args: t.Any) -> None:
        """Print nothing."""


class Server(ThreadingHTTPServer):
    """A server whose answer is set by the test."""

    answer: tuple[int, dict[str, str], str] = (401, {}, NO_KEY)
    context: ssl.SSLContext | None = None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.seen: list[tuple[str, str]] = []

    def get_request(self) -> t.Any:
        connection, address = super().get_request()
        return (self.context.wrap_socket(connection, server_side=True) if self.context else connection), address

    def handle_error(self, request: t.Any, client_address: t.Any) -> None:
        """A refused certificate is an error here, and what the test wants."""

    def url(self, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.server_port}"


@pytest.fixture
def server() -> t.Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)
    server.server_close()


def certificate(folder: Path, days: int = 1, address: str = "127.0.0.1") -> Path:
    """A self-signed certificate with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dss")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=3))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "node.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


def secure(server: Server, path: Path) -> str:
    server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(path)
    return server.url("https")


def message(url: str, environ: t.Mapping[str, str] | None = None, timeout: float = 5.0, **options: t.Any) -> str:
    with pytest.raises(DssError) as caught:
        run_module(environ or {}, definition=DEFINITION, url=url, api_key="a-key", timeout=timeout, **options)
    assert_readable(str(caught.value))
    return str(caught.value)


UNVERIFIED = "the TLS certificate cannot be verified: give ca_path with the authority that signed it"


def test_a_certificate_of_nobody_known_is_refused_with_the_option_that_helps(tmp_path: Path, server: Server) -> None:
    url = secure(server, certificate(tmp_path))
    assert message(url) == f"{url}: {UNVERIFIED} (self-signed certificate)"
    assert not server.seen


def test_the_authority_that_is_given_is_believed(tmp_path: Path, server: Server) -> None:
    path = certificate(tmp_path)
    url = secure(server, path)
    assert REACHED in message(url, ca_path=str(path))
    assert REACHED in message(url, {"REQUESTS_CA_BUNDLE": str(path)})
    assert REACHED in message(url, validate_certs=False)


def test_an_expired_certificate_and_one_of_another_host_are_refused(tmp_path: Path, server: Server) -> None:
    path = certificate(tmp_path, days=-1)
    assert message(secure(server, path), ca_path=str(path)).endswith("(certificate has expired)")
    path = certificate(tmp_path, address="10.0.0.1")
    assert "certificate cannot be verified" in message(secure(server, path), ca_path=str(path))


def test_tls_on_one_side_only_is_told(tmp_path: Path, server: Server) -> None:
    assert message(server.url("https")) == f"{server.url('https')} does not speak TLS: write http:// if that is meant"
    secure(server, certificate(tmp_path))
    assert f"the connection to {server.url()} broke (" in message(server.url())


def test_files_that_are_no_certificates_are_named(tmp_path: Path, server: Server) -> None:
    url = secure(server, certificate(tmp_path))
    (tmp_path / "text").write_text("not a certificate\n", encoding="utf-8")
    for name in ("ca_path", "client_certificate"):
        assert name in message(url, **{name: str(tmp_path / "text")})


def test_ansible_prints_one_sentence_about_tls_and_no_warning_without_verification(
    tmp_path: Path, server: Server
) -> None:
    url = secure(server, certificate(tmp_path))
    task = {"dataiku_iac.dss.configuration": {"definition": DEFINITION, "url": url, "api_key": "a-key"}}
    played = play(tmp_path, [task], "-vvv")
    assert played.result["msg"] == f"{url}: {UNVERIFIED} (self-signed certificate)"
    assert "Traceback" not in played.output
    task["dataiku_iac.dss.configuration"]["validate_certs"] = False
    output = play(tmp_path, [task], "-vvv").output
    assert REACHED in output and "InsecureRequest" not in output


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached_without_the_proxy(server: Server, host: str) -> None:
    assert REACHED in message(
        server.url(host=host), {"http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    )


def test_another_machine_is_reached_through_the_proxy_of_the_task(server: Server) -> None:
    assert REACHED in message("http://dss.invalid:11200", {"HTTP_PROXY": server.url()})
    assert server.seen[0][1].startswith("http://dss.invalid:11200/dip/publicapi/")
    server.seen.clear()
    for excluded in ("dss.invalid", ".invalid", "other, invalid", "*"):
        assert "cannot be reached" in message(
            "http://dss.invalid:11200", {"HTTP_PROXY": server.url(), "no_proxy": excluded}
        )
    assert not server.seen


def test_a_proxy_that_cannot_be_reached_is_named_as_such() -> None:
    found = message("http://dss.invalid:11200", {"http_proxy": "http://127.0.0.1:9"})
    assert (
        found
        == "the proxy for http://dss.invalid:11200 cannot be reached (connection refused): check the proxy variables and no_proxy"
    )


def test_a_redirection_is_not_followed(server: Server) -> None:
    server.answer = (302, {"location": "https://sso.example.com/login"}, "")
    found = message(server.url())
    assert f"{server.url()} sends to https://sso.example.com, where no API call can follow: is url the address" in found
    assert len(server.seen) == 1


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_that_is_not_of_dss_is_not_believed(server: Server, status: int) -> None:
    server.answer = (status, {}, "<html>nginx</html>")
    assert f"answered {status} (" in message(server.url()) and "not as DSS does: is url the address" in message(
        server.url()
    )


def test_an_answer_that_begins_and_does_not_end_is_told(server: Server) -> None:
    server.answer = (200, {"content-length": "1000"}, "{}")
    assert (
        message(server.url(), timeout=0.3)
        == "GET /projects/TLS/metadata: no answer within 0.3 s: raise timeout if the node is slow"
    )
    assert len(server.seen) == 1
