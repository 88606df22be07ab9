# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets as salted fingerprints: enough to see a change, not enough to know the value."""

from __future__ import annotations

import hashlib
import json
import typing as t
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from .._kinds.base import SENSITIVE
from .._plan.values import PLAIN

_ROUNDS = 20_000  # about 8 ms: a guess costs as much
KEY = "$fingerprint"  # of the JSON that stands for a fingerprint


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
        return {KEY: f"{self.salt}:{self.digest}"}


class Places:
    """The places of documents of one kind, as far as any was seen, and which of them have the name of a secret."""

    def __init__(self, is_secret: t.Callable[[str], bool]) -> None:
        self.is_secret = is_secret
        self._root = _Place("", False)

    def may_hide(self, value: t.Any, secrets: Collection[str]) -> bool:
        """Whether a value might hold a secret; most hold none, and it is seen quickly."""
        texts: list[str] = []
        if self._is_odd(value, self._root, texts):
            return True
        whole = "\n".join(texts)
        return any(secret in whole for secret in secrets)

    def _is_odd(self, value: t.Any, place: _Place, texts: list[str]) -> bool:
        """Whether a value has a secret name in it, or what JSON does not have; its texts are added to ``texts``."""
        if isinstance(value, dict):
            if "value" in value and (value.get("secret") is True or self.is_secret(str(value.get("name", "")))):
                return True
            for key, inner in value.items():
                kind = type(inner)
                if inner is None or kind is bool:
                    continue
                below = place.inner.get(key) or self._place(place, key)
                if below.is_secret:
                    return True
                if kind is str:
                    texts.append(inner)
                elif kind not in PLAIN and self._is_odd(inner, below, texts):
                    return True
            return False
        if isinstance(value, list):
            for inner in value:
                kind = type(inner)
                if kind is str:
                    texts.append(inner)
                elif kind not in PLAIN and self._is_odd(inner, place, texts):
                    return True
            return False
        if isinstance(value, str):
            texts.append(value)
        return not isinstance(value, (str, int, float, type(None)))

    def _place(self, above: _Place, key: t.Any) -> _Place:
        path = f"{above.path}.{key}" if above.path else str(key)
        return above.inner.setdefault(key, _Place(path, self.is_secret(path)))


class _Place:
    """A path, whether it is that of a secret, and the places below by their keys."""

    __slots__ = ("inner", "is_secret", "path")

    def __init__(self, path: str, is_secret: bool) -> None:
        self.path = path
        self.is_secret = is_secret
        self.inner: dict[t.Any, _Place] = {}


def fingerprinted(value: t.Any, places: Places, secrets: Collection[str], salt: str) -> t.Any:
    """A value in which everything below a secret name, and every text that holds one of ``secrets``, is a fingerprint.

    What holds none is given back as it is and not copied.
    """
    if not places.may_hide(value, secrets):
        return value
    return covered_carefully(value, places.is_secret, tuple(secrets), salt, "")


def covered_carefully(
    value: t.Any, is_secret: t.Callable[[str], bool], secrets: tuple[str, ...], salt: str, path: str
) -> t.Any:
    """The same, without the look that finds out at once that there is none; ``path`` is where the value is."""
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
                Fingerprint.of(inner, salt) if is_hidden else covered_carefully(inner, is_secret, secrets, salt, below)
            )
        return covered
    if isinstance(value, list):
        return [covered_carefully(inner, is_secret, secrets, salt, path) for inner in value]
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


def as_plain(value: t.Any) -> t.Any:
    """What stands in JSON for a value that JSON does not have; ``from_plain`` undoes it for secrets."""
    if isinstance(value, Fingerprint):
        return value.as_json()
    return dict(value) if isinstance(value, Mapping) else str(value)


def from_plain(value: t.Any) -> t.Any:
    """A value that was read from JSON, with its fingerprints."""
    if isinstance(value, dict):
        if value.keys() == {KEY}:
            salt, _colon, digest = str(value[KEY]).partition(":")
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
