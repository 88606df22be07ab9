# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets of a project that is imported: never written, each of them a variable that the user is to provide."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._kinds.base import Kind

_TOKEN = re.compile("\ue000([0-9]+)\ue001")
_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Secret:
    """A value that is not written: the variable in its place, and whose it is; ``path`` is that of DSS."""

    variable: str
    address: str
    path: str


class Secrets:
    """Covers the secrets of documents by tokens, and knows afterwards what stood there."""

    def __init__(self) -> None:
        self.found: list[Secret] = []
        self.values: dict[str, t.Any] = {}  # by variable
        self._used: set[str] = set()

    def covered(self, kind: Kind, address: str, document: t.Any) -> t.Any:
        """The document in which a token stands in place of each secret."""
        return self._walk(kind, address, document, "", False)

    def _walk(self, kind: Kind, address: str, value: t.Any, path: str, named: bool) -> t.Any:
        if isinstance(value, Mapping):
            hidden = value.get("secret") is True or kind.is_secret(str(value.get("name", "")))
            return {
                key: self._walk(
                    kind, address, inner, f"{path}.{key}" if path else str(key), named or (hidden and key == "value")
                )
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self._walk(kind, address, inner, f"{path}[{index}]", named) for index, inner in enumerate(value)]
        if value in (None, "") or isinstance(value, bool) or not (named or (path and kind.is_secret(path))):
            return value
        return self._token(address, path, value)

    def _token(self, address: str, path: str, value: t.Any) -> str:
        base = _UNFIT.sub("_", f"vault_{address}_{path}".lower()).strip("_")
        name, number = base, 1
        while name in self.values:
            number += 1
            name = f"{base}_{number}"
        self.values[name] = value
        self.found.append(Secret(name, address, path))
        return f"\ue000{len(self.found) - 1}\ue001"

    @property
    def listed(self) -> list[Secret]:
        """Those that are written as variables; others belong to fields that no author form has."""
        used = (entry for entry in self.found if entry.variable in self._used)
        return sorted(used, key=lambda entry: (entry.address, entry.variable))

    def variable_of(self, secret: Secret) -> str:
        """What is written in place of a secret."""
        self._used.add(secret.variable)
        return f"{{{{ {secret.variable} }}}}"

    def secret_in(self, text: str) -> Secret | None:
        """The secret for which a text stands, None for any other text."""
        found = _TOKEN.fullmatch(text)
        return self.found[int(found[1])] if found and int(found[1]) < len(self.found) else None

    def revealed(self, value: t.Any) -> t.Any:
        """A value with the secrets for which tokens stand: to be compared, never to be written."""
        if isinstance(value, Mapping):
            return {key: self.revealed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.revealed(inner) for inner in value]
        secret = self.secret_in(value) if isinstance(value, str) else None
        return value if secret is None else self.values[secret.variable]

    def spilt_in(self, value: t.Any) -> Secret | None:
        """A secret whose clear text occurs inside a value, at whatever depth."""
        likely = [entry for entry in self.found if _is_distinct(str(self.values[entry.variable]))]
        if not likely:
            return None
        texts = list(_texts(value))
        return next(
            (entry for entry in likely if any(str(self.values[entry.variable]) in text for text in texts)), None
        )

    def __bool__(self) -> bool:
        return bool(self.found)


def _is_distinct(value: str) -> bool:
    """Whether a text is found elsewhere only where it was copied: words and short texts occur by chance."""
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    return len(value) >= 12 or (len(value) >= 8 and mixed)


def _texts(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value
