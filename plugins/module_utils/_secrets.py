# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets never leave: their values are found in what was declared and replaced in everything that goes out."""

from __future__ import annotations

import json
import typing as t
from collections.abc import Iterable, Mapping

from ._kinds.base import SENSITIVE, is_secret
from ._plan.values import PLAIN

_OPTIONS = ("update_secrets",)  # of our modules: what they say is no secret though their name sounds like one
_SHORTEST = 4  # a shorter text occurs by chance, and replacing it would mangle everything; paths are redacted anyway
_SHORTEST_NUMBER = 6  # years, ports and counts occur everywhere


def option_secrets(params: Mapping[str, t.Any]) -> set[str]:
    """The secrets in the options of a module."""
    return secret_values({name: value for name, value in params.items() if name not in _OPTIONS})


def secret_values(value: t.Any, path: str = "") -> set[str]:
    """All texts and numbers below a secret name, at whatever depth."""
    found: set[str] = set()
    _collect(value, is_secret(path), found)
    return found


def _collect(value: t.Any, is_hidden: bool, found: set[str]) -> None:
    """Add what is secret in a value; ``is_hidden`` says that a name above it is that of a secret."""
    if isinstance(value, (dict, Mapping)):
        for key, inner in value.items():
            hidden = is_hidden or is_secret(str(key)) or (key == "value" and _names_secret(value))
            if hidden or type(inner) not in PLAIN:
                _collect(inner, hidden, found)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            if is_hidden or type(inner) not in PLAIN:
                _collect(inner, is_hidden, found)
    elif is_hidden and isinstance(value, (str, int, float)) and not isinstance(value, bool):
        text = str(value)
        if len(text) >= (_SHORTEST if isinstance(value, str) else _SHORTEST_NUMBER):
            found.add(text)


def _names_secret(value: Mapping[str, t.Any]) -> bool:
    """Whether the ``value`` of a mapping is a secret by what stands beside it."""
    return value.get("secret") is True or is_secret(str(value.get("name", "")))


def scrubbed(value: t.Any, secrets: Iterable[str]) -> t.Any:
    """A value in which no secret occurs, not even inside a longer text, as it is or as JSON writes it."""
    forms = {form for secret in secrets if len(secret) >= _SHORTEST for form in _forms(secret)}
    longest_first = sorted(forms, key=len, reverse=True)
    return _scrub(value, longest_first) if longest_first else value


def _forms(secret: str) -> set[str]:
    return {
        secret,
        secret.strip() or secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        repr(secret)[1:-1],
    }


def _scrub(value: t.Any, secrets: list[str]) -> t.Any:
    if isinstance(value, str):
        for secret in secrets:
            if secret in value:
                value = value.replace(secret, SENSITIVE)
        return value
    if isinstance(value, Mapping):
        return {_scrub(key, secrets): _scrub(inner, secrets) for key, inner in value.items()}
    if isinstance(value, list):
        return [_scrub(inner, secrets) for inner in value]
    return value
