# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls to an HTTP server that keeps states: time limits, safe retries, errors in one sentence."""

from __future__ import annotations

import os
import random
import time
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._errors import MissingLibrary
from .._node.options import proxies
from .backend import BackendError

_TIMEOUT = 30.0  # seconds, of one request
_TRIES = 4
_PASSING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes


@dataclass(frozen=True)
class Service:
    """Where and how. Addresses hold ``{name}``; ``verify`` is true, false or a file with certificates."""

    address: str
    lock_address: str
    lock_method: str = "POST"
    unlock_method: str = "DELETE"
    update_method: str = "POST"
    username: str = ""
    password: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    verify: bool | str = True
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    _sessions: dict[int, t.Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def place(self) -> str:
        return self.address.split("{name}")[0].rstrip("/")

    def address_of(self, part: str) -> str:
        return self.address.replace("{name}", part)

    def lock_address_of(self, part: str) -> str:
        return self.lock_address.replace("{name}", part)

    def call(
        self, method: str, address: str, query: Mapping[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        """One call, tried again after a passing fault: all calls of the protocol may be repeated.

        A lock that was granted says its own ID the second time, a document and the end of a lock are what they were.
        Raises ``BackendError`` when no answer came; an answer may have any status.
        """
        for left in range(_TRIES - 1, -1, -1):
            try:
                answer = self._once(method, address, query, content)
                if answer.status not in _PASSING or not left:
                    return answer
            except BackendError:
                if not left:
                    raise
            time.sleep(0.1 * 2 ** (_TRIES - 1 - left) * random.uniform(0.5, 1.0))
        raise AssertionError("unreachable")

    def require(self, answer: Answer) -> None:
        """Raise ``BackendError`` unless the answer is a success."""
        if answer.status in (401, 403):
            raise BackendError(
                f"{self.place} refused ({answer.status}): check username, password or token in state_backend, and "
                "whether that account may write states there"
            )
        if not 200 <= answer.status < 300:
            raise BackendError(f"{self.place} answered {answer.status}: check address in state_backend")

    def close(self) -> None:
        session = self._sessions.pop(os.getpid(), None)
        if session is not None:
            session.close()

    def _once(self, method: str, address: str, query: Mapping[str, str] | None, content: bytes | None) -> Answer:
        session = self._session()
        import requests

        headers = {"Content-Type": "application/json"} if content is not None else {}
        try:
            response = session.request(
                method,
                address,
                params=query,
                data=content,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,  # a write would become a read, and the password would go elsewhere
            )
        except (requests.exceptions.RequestException, OSError) as error:
            kind = type(error).__name__
            raise BackendError(
                f"{self.place} cannot be reached ({kind}): is the address in state_backend right and the server up?"
            ) from None
        return Answer(response.status_code, response.content)

    def _session(self) -> t.Any:
        """The session of this process: one that a parent used would give each the other's answers."""
        if os.getpid() not in self._sessions:
            try:
                import requests
            except ImportError:
                raise MissingLibrary("requests") from None
            session: t.Any = requests.Session()
            session.trust_env = False
            session.proxies = proxies(self.address, self.environ)
            session.verify = self.verify
            session.headers.update(self.headers)
            if self.username or self.password:
                session.auth = (self.username.encode(), self.password.encode())
            if self.verify is False:
                import urllib3

                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            self._sessions[os.getpid()] = session
        return self._sessions[os.getpid()]
