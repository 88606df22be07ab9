# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets as salted fingerprints: enough to see a change, not enough to know the value."""

from __future__ import annotations

import hashlib
import json
import typing as t
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from .._kinds.base import SENSITIVE

_ROUNDS = 20_000  # about 8 ms: a guess costs as much
_KEY = "$fingerprint"


class Fingerprint:
    """Stands for a secret; equal to every value that has the same fingerprint, so that plain values can be compared."""

    __slots__ = ("digest", "salt")

    def __init__(self, salt: str, digest: str) -> None:
        self.salt = salt
        self.digest = digest

    @classmethod
    def of(cls, value: t.Any, salt: str) -> Fingerprint:
        return cls(salt, _digest(_text(value), salt))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Fingerprint):
            return self.digest == other.digest
        return _digest(_text(other), self.salt) == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return SENSITIVE

    def as_json(self) -> dict[str, str]:
        return {_KEY: f"{self.salt}:{self.digest}"}


def fingerprinted(value: t.Any, is_secret: t.Callable[[str], bool], secrets: Iterable[str], salt: str) -> t.Any:
    """A value in which everything below a secret name, and every text that holds one of ``secrets``, is a fingerprint."""
    return _covered(value, is_secret, tuple(secrets), salt, "")


def _covered(value: t.Any, is_secret: t.Callable[[str], bool], secrets: tuple[str, ...], salt: str, path: str) -> t.Any:
    if value is None or isinstance(value, (bool, Fingerprint)):  # whether something is secret is none itself
        return value
    if path and is_secret(path) and value not in ("", [], {}):
        return Fingerprint.of(value, salt)
    if isinstance(value, str):
        return Fingerprint.of(value, salt) if any(secret in value for secret in secrets) else value
    if isinstance(value, Mapping):
        named = value.get("secret") is True or is_secret(str(value.get("name", "")))
        covered = {}
        for key, inner in value.items():
            below = f"{path}.{key}" if path else str(key)
            is_hidden = key == "value" and named and inner not in (None, "") and not isinstance(inner, Fingerprint)
            covered[key] = (
                Fingerprint.of(inner, salt) if is_hidden else _covered(inner, is_secret, secrets, salt, below)
            )
        return covered
    if isinstance(value, list):
        return [_covered(inner, is_secret, secrets, salt, path) for inner in value]
    return value


def holds_fingerprint(value: t.Any) -> bool:
    """Whether a secret is missing from a value, at whatever depth."""
    if isinstance(value, Fingerprint):
        return True
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(map(holds_fingerprint, inner))


def behind(covered: t.Any, value: t.Any) -> Iterator[str]:
    """The texts of a value that stand behind the fingerprints of a covered one: secrets that were known once."""
    if isinstance(covered, Fingerprint):
        if isinstance(value, str) and covered == value:
            yield value
    elif isinstance(covered, Mapping) and isinstance(value, Mapping):
        for key in covered.keys() & value.keys():
            yield from behind(covered[key], value[key])
    elif isinstance(covered, list) and isinstance(value, list):
        for one, other in zip(covered, value):
            yield from behind(one, other)


def to_plain(value: t.Any) -> t.Any:
    """A value for JSON; ``from_plain`` undoes it."""
    if isinstance(value, Fingerprint):
        return value.as_json()
    if isinstance(value, Mapping):
        return {key: to_plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(inner) for inner in value]
    return value


def from_plain(value: t.Any) -> t.Any:
    """What ``to_plain`` made a JSON value of."""
    if isinstance(value, dict):
        if value.keys() == {_KEY}:
            salt, _colon, digest = str(value[_KEY]).partition(":")
            bytes.fromhex(salt)
            return Fingerprint(salt, digest)
        return {key: from_plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [from_plain(inner) for inner in value]
    return value


def _text(value: t.Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


@lru_cache(maxsize=65_536)
def _digest(text: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", text.encode("utf-8", "surrogatepass"), bytes.fromhex(salt), _ROUNDS).hex()
