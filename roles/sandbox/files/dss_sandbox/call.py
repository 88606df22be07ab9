# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of the API as the handlers see it, and what they may answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from .documents import Document, loads, without_nulls
from .errors import bad_request
from .keys import ApiKey

if TYPE_CHECKING:
    from .node import Node
    from .project import Project


class Call:
    __slots__ = (
        "_query",
        "_raw_query",
        "body",
        "headers",
        "key",
        "message",
        "method",
        "node",
        "params",
        "path",
        "project",
        "template",
    )

    def __init__(
        self, node: Node, method: str, path: str, raw_query: bytes, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> None:
        self.node = node
        self.method = method
        self.path = path
        self.template = ""
        self.params: dict[str, str] = {}
        self.headers = headers
        self.body = body
        self.key: ApiKey
        self.project: Project
        self.message = ""
        self._raw_query = raw_query
        self._query: dict[str, list[str]] | None = None

    @property
    def author(self) -> str:
        return self.key.author(self.node.switches)

    def switch(self, name: str) -> Any:
        return self.node.switches[name]

    # -- body: parsed whatever the content type says (dss-api.md 1.1) --

    def json(self) -> Any:
        try:
            return loads(self.body.decode("utf-8"))
        except ValueError as error:
            raise bad_request(f"The request body is not JSON: {error}") from error  # unverified text

    def object(self) -> Document:
        value = self.json()
        if not isinstance(value, dict):
            raise bad_request("The request body must be a JSON object")  # unverified text
        document: Document = without_nulls(value) if b"null" in self.body else value
        return document

    def header(self, name: bytes) -> str:
        for key, value in self.headers:
            if key == name:
                return value.decode("latin-1")
        return ""

    # -- query --

    @property
    def query(self) -> dict[str, list[str]]:
        if self._query is None:
            self._query = parse_qs(self._raw_query.decode("latin-1"), keep_blank_values=True)
        return self._query

    def text(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

    def flag(self, name: str, default: bool = False) -> bool:
        """Python style booleans, any case (dss-api.md 1.1)."""
        values = self.query.get(name)
        return default if not values else values[0].lower() == "true"

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        try:
            return int(text)
        except ValueError as error:
            raise bad_request(f"{name} must be a number, not {text}") from error  # unverified text


class Reply:
    """An answer that is not JSON made from a Python value."""

    __slots__ = ("body", "content_type", "retry_after", "status")

    def __init__(
        self, body: bytes | str, content_type: str = "application/json;charset=utf-8", status: int = 200
    ) -> None:
        self.body = body.encode("utf-8") if isinstance(body, str) else body
        self.content_type = content_type
        self.status = status
        self.retry_after = 0  # seconds; 0 says nothing


NOTHING = Reply(b"")  # for the calls whose body the client ignores (dss-api.md 1.2, kind E)


def done(message: str) -> Document:
    """Many writes answer a small object with a msg text (dss-api.md 1.2)."""
    return {"msg": message}
