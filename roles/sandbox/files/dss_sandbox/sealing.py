# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in documents of the instance: kept in clear, given out encrypted, and kept when that text comes back.

As for connections (dss-api.md 2.16); that users, plugins and the encrypted fields of 2.18 work alike is unverified.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from .connections import Connections
from .documents import Document

# ldapSettings.bindPassword and the secrets of SSO and Azure AD (dss-api.md 2.18 [dac]), credentials and presets.
_NAMES = frozenset({"bindPassword", "clientSecret", "password", "refreshToken", "secretKey", "token"})
_SALT = "$salt"


def kept(document: Document, cipher: Connections) -> Document:
    """A document as it is stored: with clear secrets and a salt of its own for the next answer."""
    clear: Document = _each_secret(document, cipher.clear_text)
    return {**clear, _SALT: secrets.token_hex(8)}


def served(document: Document, cipher: Connections) -> Document:
    """A document as an answer shows it: what begins with a dollar sign is not a part of it."""
    shown = {key: value for key, value in document.items() if not key.startswith("$")}
    salt = str(document.get(_SALT, ""))
    sealed: Document = _each_secret(shown, lambda text: cipher.encrypted(text, salt))
    return sealed


def _each_secret(value: Any, function: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        hidden = value.get("secret") is True
        return {
            key: function(item)
            if isinstance(item, str) and item and (key in _NAMES or (hidden and key == "value"))
            else _each_secret(item, function)
            for key, item in value.items()
        }
    return [_each_secret(item, function) for item in value] if isinstance(value, list) else value
