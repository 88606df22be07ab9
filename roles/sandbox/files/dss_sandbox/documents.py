# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that hold for every stored document: nulls, tags, empty texts, version tags, defaults."""

from __future__ import annotations

import json
import secrets
import string
import time
from typing import Any

from .errors import bad_request

Document = dict[str, Any]


def _not_json(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_not_json)
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)
_CONTAINERS: tuple[type, ...] = (dict, list)
_ID_LETTERS = string.ascii_letters + string.digits


def dumps(value: Any) -> str:
    return _ENCODER.encode(value)


def loads(text: str) -> Any:
    """Strict JSON: no NaN, and no half of a surrogate pair, which no database can store."""
    value = _DECODER.decode(text)
    if "\\ud" in text or "\\uD" in text:
        dumps(value).encode("utf-8")
    return value


def now_ms() -> int:
    return int(time.time() * 1000)


def random_id(length: int) -> str:
    return "".join(secrets.choice(_ID_LETTERS) for _time in range(length))


def without_nulls(value: Any) -> Any:
    """Keys sent as null are not stored (dss-api.md 3.1 #10)."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def fill(target: Document, defaults: Document) -> None:
    """Add what the defaults name and the target lacks. Shared by reference: stored documents are never changed in place."""
    for key, default in defaults.items():
        if key not in target:
            target[key] = default
            continue
        kind = default.__class__
        if kind in _CONTAINERS and target[key].__class__ is not kind:
            # unverified text; a typed server cannot read one for the other
            raise bad_request(f"Expected {'an object' if kind is dict else 'a list'} as {key}")
        if kind is dict and default:
            nested: Document = target[key]
            fill(nested, default)


def tidy(document: Document) -> None:
    """Tags are a sorted set, empty descriptions are absent (dss-api.md 3.1 #5, #6)."""
    tags = document.get("tags")
    if tags:
        if not isinstance(tags, list) or not all(isinstance(name, str) for name in tags):
            raise bad_request("Expected a list of texts as tags")  # unverified text
        document["tags"] = sorted(set(tags))
    for name in ("description", "shortDesc"):
        if name in document and not document[name]:
            del document[name]


def pick(document: Document, known: frozenset[str]) -> Document:
    """Unknown or misplaced fields vanish with a 200 (dss-api.md 3.1 #2)."""
    return {key: value for key, value in document.items() if key in known}


def tag(login: str, number: int = 0) -> Document:
    """The member order and extendedProperties of a current server (dss-object-shapes.md, creationTag)."""
    return {
        "versionNumber": number,
        "lastModifiedBy": {"login": login},
        "lastModifiedOn": now_ms(),
        "extendedProperties": {},
    }
