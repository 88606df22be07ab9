# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The session of Dataiku's client, with less work for each call: half of what ``requests`` does is the same every time."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable
from functools import cache

# A path that requests would leave as it is: unreserved characters, and no segment that begins with a dot.
_PLAIN = re.compile(r"(?:/+[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*/*")


@cache
def _adapter_class() -> type:
    """An adapter for one host without a proxy, whose pool and certificates are settled by the first call."""
    from requests import Response
    from requests.adapters import HTTPAdapter
    from requests.structures import CaseInsensitiveDict

    class OneHost(HTTPAdapter):
        pool: t.Any = None

        def get_connection_with_tls_context(self, request: t.Any, *rest: t.Any, **more: t.Any) -> t.Any:
            if self.pool is None:
                pool = super().get_connection_with_tls_context(request, *rest, **more)
                super().cert_verify(pool, request.url, more.get("verify", rest[0] if rest else True), more.get("cert"))
                self.pool = pool
            return self.pool

        def cert_verify(self, *settled: t.Any) -> None:
            """Done with the pool."""

        def close(self) -> None:
            if (
                self.pool is not None
            ):  # the manager only forgets it, and its connections stay open until it is collected
                self.pool.close()
                self.pool = None
            super().close()

        def request_url(self, request: t.Any, proxies: t.Any) -> str:
            return t.cast(str, request.path)

        def build_response(self, req: t.Any, resp: t.Any) -> t.Any:
            if resp.status != 200 or "set-cookie" in resp.headers:
                return super().build_response(req, resp)
            response = Response()
            response.status_code = resp.status
            response.headers = CaseInsensitiveDict(resp.headers)
            response.raw = resp
            response.reason = resp.reason
            response.url = req.url
            response.request = req
            return response

    return OneHost


def lean(session: t.Any, base: str, refuse: Callable[[t.Any], None], timeout: float, connections: int) -> None:
    """Let a session make ordinary calls below ``base`` without what is the same for each of them.

    The same bytes go out and the same errors come back. What is not ordinary goes the long way: uploads, streamed
    answers, headers of one call, proxies; and everything once the node, or what stands before it, has set a cookie.
    """
    from requests.adapters import HTTPAdapter

    if session.proxies or not hasattr(HTTPAdapter, "get_connection_with_tls_context"):  # requests before 2.32
        return
    ordinary = session.request
    adapter = _adapter_class()(pool_connections=1, pool_maxsize=connections)
    close = session.close
    template = _Template(session, base)

    def request(method: str, url: str, params: t.Any = None, data: t.Any = None, **more: t.Any) -> t.Any:
        unusual = {name for name, value in more.items() if name != "verify" and value}
        if unusual or session.cookies or not (data is None or isinstance(data, (str, bytes))):
            return ordinary(method, url, params=params, data=data, **more)
        prepared = template.prepared(method, url, params, data)
        response = adapter.send(prepared, timeout=timeout, verify=session.verify, cert=session.cert, proxies={})
        if response.status_code != 200:
            refuse(response)
        if response.cookies:
            session.cookies.update(response.cookies)
        response.content  # noqa: B018 - read whole here, so that the connection is free and errors are those of this call
        return response

    def closed() -> None:
        adapter.close()
        close()

    session.request, session.close = request, closed


class _Template:
    """Requests as ``requests`` prepares them; what does not depend on the call is prepared once."""

    def __init__(self, session: t.Any, base: str) -> None:
        self._session = session
        self._base = base
        self._headers: dict[str, dict[str, str]] = {}

    def prepared(self, method: str, url: str, params: t.Any, data: t.Any) -> t.Any:
        from requests import PreparedRequest

        known = self._headers.get(method)
        if known is None:
            known = self._headers[method] = self._learnt(method, url)
        prepared = PreparedRequest()
        prepared.method = method
        body = data.encode() if isinstance(data, str) else data or None
        prepared.body = body
        length = {"Content-Length": str(len(body) if body else 0)} if body or method not in ("GET", "HEAD") else {}
        prepared.headers = t.cast(t.Any, {**known, **length})
        path = url[len(self._base) :] if url.startswith(self._base) else "?"
        if params or not _PLAIN.fullmatch(path):
            prepared.prepare_url(url, params)
            path = prepared.path_url
        else:
            prepared.url, path = url, self._prefix + path
        prepared.path = path  # type: ignore[attr-defined]
        return prepared

    def _learnt(self, method: str, url: str) -> dict[str, str]:
        """The headers of every call, from one that ``requests`` has prepared; and where the address begins."""
        from requests import Request

        whole = self._session.prepare_request(Request(method, url))
        self._prefix = self._session.prepare_request(Request("GET", self._base)).path_url.rstrip("/")
        return {name: value for name, value in whole.headers.items() if name.lower() != "content-length"}
