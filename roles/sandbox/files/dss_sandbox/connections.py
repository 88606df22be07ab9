# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections of the instance and their secrets (dss-api.md 2.16)."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from . import database as db
from .defaults import known, load
from .documents import Document, dumps, fill, pick, tag
from .errors import bad_request

_D = load("connection")
_KNOWN = known("connection")
_CREATED_FROM = known("connection", "created_from")
_SECRETS = frozenset(_D["secrets"])
_PREFIX = "e:AES:"  # unverified: the real form of encrypted text is unknown 17


class Connections:
    """Definitions hold clear secrets; each write draws a new salt, so the text read back differs (dss-api.md 2.16 [dac])."""

    def __init__(self, database: db.Database) -> None:
        self._db = database
        self._key = secrets.token_bytes(32)
        self.definitions: dict[str, Document] = {}

    def clear(self) -> None:
        """Back to the connections of a fresh node; unverified: their exact list."""
        self.definitions = {}
        self._db.put(db.PUT_DOCUMENT, ("secret_key", self._key.hex()))
        for name, definition in _D["built_in"].items():
            self._store(name, {"name": name, **json.loads(dumps(definition))}, "admin", None)

    def load(self, documents: dict[str, str]) -> None:
        self._key = bytes.fromhex(documents["secret_key"])
        for name, body in documents.items():
            if name.startswith("connection:"):
                self.definitions[name.partition(":")[2]] = json.loads(body)

    def create(self, body: Document, login: str) -> None:
        """Creation ignores all but six fields (dss-api.md 2.16 [client][dac])."""
        self._store(body["name"], pick(body, _CREATED_FROM), login, None)

    def update(self, name: str, body: Document, login: str) -> None:
        self._store(name, pick(body, _KNOWN), login, self.definitions[name])

    def delete(self, name: str) -> None:
        del self.definitions[name]
        self._db.put(db.PUT_DOCUMENT, (f"connection:{name}", None))

    def _store(self, name: str, document: Document, login: str, old: Document | None) -> None:
        document["name"] = name
        document["creationTag"] = old["creationTag"] if old else tag(login)
        if old is not None:
            document.setdefault("type", old["type"])
        fill(document, _D["common"])
        if not isinstance(document["type"], str):
            raise bad_request("Expected a text as type")  # unverified text
        if not document.get("description"):
            document.pop("description", None)
        document["params"] = self._each_secret(document, self.clear_text)
        document["$salt"] = secrets.token_hex(8)
        self.definitions[name] = document
        self._db.put(db.PUT_DOCUMENT, (f"connection:{name}", dumps(document)))

    def types(self, names: Iterable[str]) -> dict[str, str | None]:
        """The type of each, None for one that does not exist."""
        return {name: self.definitions.get(name, {}).get("type") for name in sorted(names)}

    def served(self, name: str) -> Document:
        document = self.definitions[name]
        salt = document["$salt"]
        shown = {key: value for key, value in document.items() if key != "$salt"}
        shown["params"] = self._each_secret(document, lambda text: self.encrypted(text, salt))
        return shown

    def secrets_of(self, name: str) -> Document:
        found: Document = {}
        document = self.definitions[name]
        names = self._secret_names(document)
        for key, value in document["params"].items():
            if key in names:
                found[key] = value
            elif key == "properties" and isinstance(value, list):
                found.update({item["name"]: item["value"] for item in value if _is_secret_property(item)})
        return found

    @staticmethod
    def _secret_names(document: Document) -> frozenset[str]:
        return _SECRETS | frozenset(_D["secrets_by_type"].get(document.get("type"), ()))

    def _each_secret(self, document: Document, function: Callable[[str], str]) -> Document:
        names = self._secret_names(document)
        params: Document = {}
        for key, value in document["params"].items():
            if key in names and isinstance(value, str) and value:
                value = function(value)
            elif key == "properties" and isinstance(value, list):
                # A property may be secret (dss-api.md 2.16, MySQL).
                value = [
                    {**item, "value": function(item["value"])} if _is_secret_property(item) else item for item in value
                ]
            params[key] = value
        return params

    # -- a reversible cover for the text, keyed by the node; not meant as cryptography --

    def encrypted(self, text: str, salt: str) -> str:
        return _PREFIX + salt + ":" + base64.b64encode(self._mask(text.encode("utf-8"), salt)).decode("ascii")

    def clear_text(self, text: str) -> str:
        """Encrypted text of this node keeps the secret, anything else is a new value (dss-api.md 2.16 [dac])."""
        if not text.startswith(_PREFIX):
            return text
        salt, _sign, covered = text[len(_PREFIX) :].partition(":")
        try:
            return self._mask(base64.b64decode(covered, validate=True), salt).decode("utf-8")
        except ValueError:
            return text

    def _mask(self, data: bytes, salt: str) -> bytes:
        stream = hashlib.shake_256(self._key + salt.encode("ascii", "replace")).digest(len(data))
        return bytes(a ^ b for a, b in zip(data, stream))


def _is_secret_property(item: Any) -> bool:
    return isinstance(item, dict) and bool(item.get("secret")) and isinstance(item.get("value"), str)
