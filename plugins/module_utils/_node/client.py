# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The adapter over Dataiku's client: time limits, safe retries and typed errors, which the client has not."""

from __future__ import annotations

import json
import random
import re
import time
import typing as t
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urljoin

from .._errors import DssError, MissingLibrary, NodeError
from .options import NodeOptions, proxies
from .pace import Gate, Pace
from .session import lean

T = t.TypeVar("T")

_TRIES = 4
_CHUNK = 256 * 1024
_PASSING = frozenset({429, 502, 503, 504})
_IS_IT_A_NODE = "is url the address of a DSS node, or of a proxy or login page before it?"


class DssNode:
    """One DSS node: raw JSON in, raw JSON out, safe to use from several threads.

    A read is tried again after a passing fault; a write only where it surely did not arrive. A write whose answer was
    lost raises ``NodeError`` with ``doubtful``. Nothing is tried again once ``stopped`` says why, and no call is made once
    ``lost`` says that the lock is not held any more.
    """

    def __init__(
        self, options: NodeOptions, stopped: t.Callable[[], str] = lambda: "", lost: t.Callable[[], str] = lambda: ""
    ) -> None:
        self.options = options
        self._stopped = stopped
        self._lost = lost
        self._gate = Gate(Pace(options.workers, options.write_connections or options.workers), stopped)
        self._client = self._connected(options)

    def get(self, path: str, /, **query: t.Any) -> t.Any:
        return self._json("GET", path, None, query)

    def put(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        return self._json("PUT", path, body, query)

    def post(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        return self._json("POST", path, body, query)

    def delete(self, path: str, **query: t.Any) -> t.Any:
        return self._json("DELETE", path, None, query)

    def text(self, path: str, /, **query: t.Any) -> str:
        """What a call answers that is a text and not JSON, such as a log."""

        def decode(response: t.Any) -> str:
            return t.cast(bytes, response.content).decode("utf-8", "replace")

        return self._call("GET", path, lambda: decode(self._client._perform_http("GET", path, params=query or None)))

    def download(
        self, path: str, chunk: Callable[[bytes], object], restart: Callable[[], object], body: t.Any = None
    ) -> None:
        """Give a binary answer to ``chunk``, part by part; ``restart`` is called before the first, and before another try.

        With a ``body`` it is asked for by POST, as an export of a project is, which changes nothing either.
        """
        method = "GET" if body is None else "POST"

        def receive() -> None:
            restart()
            with self._client._perform_http(method, path, body=body, stream=True) as response:
                for part in response.iter_content(_CHUNK):
                    chunk(part)

        self._call("GET", path, receive, timed=False)

    def upload(self, path: str, file: Path, **query: t.Any) -> t.Any:
        """Send a file as the field ``file`` of a form, streamed (dss-api.md 1.1); returns the JSON of the answer, if any."""
        whole = f"{path}?{urlencode(query)}" if query else path

        def send() -> t.Any:
            with _opened(file) as content:
                response = self._client._perform_json_upload("POST", whole, file.name, content)
            return _parsed(response.content, "POST", path, self.options)

        return self._call("POST", path, send, timed=False)

    def post_bytes(self, path: str, data: bytes) -> t.Any:
        """Send some bytes as the whole body; returns the JSON of the answer, if any."""

        def send() -> t.Any:
            response = self._client._perform_http("POST", path, raw_body=data)
            return _parsed(response.content, "POST", path, self.options)

        return self._call("POST", path, send)

    def stopped(self) -> str:
        """Why nothing new is to begin; empty while all goes on."""
        return self._stopped()

    def close(self) -> None:
        self._client._session.close()

    def _connected(self, options: NodeOptions) -> t.Any:
        try:
            return _guarded(self._new_client(options), options)
        except ImportError as error:
            names = {"dataikuapi": "dataiku-api-client", None: "dataiku-api-client"}
            raise MissingLibrary(names.get(error.name, str(error.name))) from error

    def _new_client(self, options: NodeOptions) -> t.Any:
        import dataikuapi

        return dataikuapi.DSSClient(options.url, options.api_key, client_certificate=options.client_certificate)

    def _json(self, method: str, path: str, body: t.Any, query: t.Mapping[str, t.Any]) -> t.Any:
        def send() -> t.Any:
            response = self._client._perform_http(method, path, params=query or None, body=body)
            return _parsed(response.content, method, path, self.options)

        return self._call(method, path, send)

    def _call(self, method: str, path: str, send: Callable[[], T], timed: bool = True) -> T:
        """Make a call, again after a passing fault; ``timed`` says that how long it takes tells of the node's load."""
        for left in range(_TRIES - 1, -1, -1):
            try:
                return self._in_turn(method, path, send, timed)
            except NodeError as error:
                if not left or not _may_repeat(method, error) or self._stopped():
                    raise
            time.sleep(0.1 * 2 ** (_TRIES - 1 - left) * random.uniform(0.5, 1.0))
        raise AssertionError("unreachable")

    def _in_turn(self, method: str, path: str, send: Callable[[], T], timed: bool) -> T:
        gate, pace = self._gate, self._gate.pace
        call = gate.enter(_sort(method, path), method != "GET")
        try:
            answer = self._once(method, path, send)
        except NodeError as error:
            if error.status in _PASSING or error.error_type == "timeout":
                gate.leave(call, pace.refused, time.monotonic(), error.rest)
            else:
                gate.leave(call, pace.untold)
            raise
        except BaseException:
            gate.leave(call, pace.untold)
            raise
        if timed:
            gate.leave(call, pace.answered, time.monotonic())
        else:
            gate.leave(call, pace.untold)
        return answer

    def _once(self, method: str, path: str, send: Callable[[], T]) -> T:
        import requests

        if self._lost():
            raise NodeError(f"{method} {path} was not sent: {self._lost()}", error_type="lost")
        try:
            return send()
        except requests.exceptions.RequestException as error:
            raise _unreachable(error, method, path, self.options) from None
        except OSError as error:  # requests says so when it cannot use a certificate file
            raise NodeError(
                f"{self.options.url}: {error}: check client_certificate and ca_path", error_type="tls"
            ) from None


def _sort(method: str, path: str) -> str:
    """Calls that take about as long as one another: of one method, on one list of a project or an item of it."""
    parts = path.split("/", 5)
    return f"{method} {parts[1]} {parts[3] if len(parts) > 3 else ''} {len(parts)}"


def _opened(file: Path) -> t.IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise DssError(f"{file} cannot be read: {error.strerror}") from None


def _guarded(client: t.Any, options: NodeOptions) -> t.Any:
    """A client with time limits, typed errors and the certificates and proxies of the options."""
    from requests.adapters import HTTPAdapter

    session = client._session
    session.verify = options.verify
    # Proxies once and not for every request: resolving them costs more than the request on a fast node.
    session.proxies = proxies(options.url, options.environ)
    session.trust_env = False
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=options.workers)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    session.hooks["response"].append(_refuse_errors)
    send = session.send
    session.send = lambda request, **more: send(request, **{**more, "timeout": options.timeout})
    lean(session, options.url, _refuse_errors, options.timeout, options.workers)
    if options.verify is False:
        import urllib3

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return client


def _refuse_errors(response: t.Any, *_unused: t.Any, **_more: t.Any) -> None:
    """Raise before the client does, because its exception has lost the status (dss-api.md 1.3)."""
    call = f"{response.request.method} {response.request.path_url.replace('/dip/publicapi', '', 1)}"
    if response.is_redirect:  # requests would turn a write into a read of the other page
        target = urljoin(response.url, response.headers["location"])
        raise NodeError(
            f"{call}: {_host(response.url)} sends to {_host(target)}, where no API call can follow: {_IS_IT_A_NODE}"
        )
    if response.status_code < 400:
        return
    try:
        body = response.json()
    except ValueError:
        body = None
    told = body if isinstance(body, dict) else {}
    kind = str(told.get("errorType") or "")
    said = str(told.get("detailedMessage") or told.get("message") or "").strip() or response.reason or "no reason given"
    error = NodeError(said, response.status_code, kind, doubtful=response.status_code in (502, 504))
    error.rest = _seconds(response.headers.get("Retry-After"))
    if error.unauthenticated:
        raise NodeError(
            f"{_host(response.url)} refused the API key ({said}): check api_key or DKU_API_KEY",
            response.status_code,
            kind,
        )
    if not told and response.status_code < 500:
        raise NodeError(
            f"{call}: {_host(response.url)} answered {response.status_code} ({said}), and not as DSS does: {_IS_IT_A_NODE}"
        )
    error.args = (f"{call}: the node answered {response.status_code}: {said}",)
    raise error


def _seconds(text: str | None) -> float:
    """What ``Retry-After`` asks for where it is a number; a date is not understood, and the node is given no special rest."""
    return float(text) if text and text.strip().isdigit() else 0.0


def _parsed(content: bytes, method: str, path: str, options: NodeOptions) -> t.Any:
    try:
        answer = json.loads(content) if content.strip() else None
    except ValueError:
        answer = content.decode("utf-8", "replace").strip()  # texts such as a bare key: dss-api.md 1.2
    page = isinstance(answer, str) and answer.startswith("<")
    if page or (method == "GET" and not isinstance(answer, (dict, list))):
        start = f"it starts with {answer[:40]!r}" if isinstance(answer, str) else "it holds nothing"
        raise NodeError(
            f"{method} {path}: {options.url} answered something that is not JSON of DSS ({start}): {_IS_IT_A_NODE}",
            doubtful=method != "GET",
        )
    return answer


def _unreachable(error: Exception, method: str, path: str, options: NodeOptions) -> NodeError:
    from requests import exceptions

    url, text = options.url, str(error)
    if isinstance(error, exceptions.SSLError):
        if "wrong_version_number" in text.lower() or "record layer" in text.lower():
            return NodeError(f"{url} does not speak TLS: write http:// if that is meant", error_type="tls")
        if "pem lib" in text.lower():
            message = f"client_certificate {options.client_certificate} cannot be used: it has to hold the certificate and its key as PEM"
            return NodeError(message, error_type="tls")
        return NodeError(
            f"{url}: the TLS certificate cannot be verified: give ca_path with the authority that signed it ({_short(text)})",
            error_type="tls",
        )
    if isinstance(error, exceptions.ProxyError):
        return NodeError(
            f"the proxy for {url} cannot be reached ({_short(text)}): check the proxy variables and no_proxy",
            error_type="unconnected",
        )
    if isinstance(error, exceptions.ConnectTimeout):
        return NodeError(
            f"{url} does not answer within {options.timeout:g} s: is the node up?", error_type="unconnected"
        )
    if isinstance(error, exceptions.ConnectionError) and (
        "NewConnectionError" in text or "NameResolutionError" in text
    ):
        return NodeError(
            f"{url} cannot be reached ({_short(text)}): is the node up and url right?", error_type="unconnected"
        )
    if isinstance(error, exceptions.Timeout) or "Read timed out" in text:
        message = f"{method} {path}: no answer within {options.timeout:g} s: raise timeout if the node is slow"
        return NodeError(message, error_type="timeout", doubtful=method != "GET")
    message = f"{method} {path}: the connection to {url} broke ({_short(text)})"
    return NodeError(message, error_type="broken", doubtful=method != "GET")


def _may_repeat(method: str, error: NodeError) -> bool:
    if error.error_type == "tls":
        return False
    if error.error_type == "unconnected" or error.status == 429:
        return True
    return method == "GET" and (error.status in _PASSING or error.error_type == "broken")


def _short(text: str) -> str:
    """What went wrong, out of the nested text of requests and urllib3."""
    for part in (
        "Connection refused",
        "Name or service not known",
        "Temporary failure in name resolution",
        "No route to host",
        "self-signed certificate",
        "certificate has expired",
        "Connection reset by peer",
        "IncompleteRead",
        "Remote end closed connection",
        "hostname mismatch",
        "unable to get local issuer certificate",
    ):
        if part.lower() in text.lower():
            return {"IncompleteRead": "the answer is not complete"}.get(part, part.lower())
    return re.sub(r".*[:(] *(?=[A-Za-z])", "", text).strip("\"')( ")[:120] or "no reason given"


def _host(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
