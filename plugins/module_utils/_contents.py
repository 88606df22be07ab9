# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contents of files as values of a document: text where it is text, else base64."""

from __future__ import annotations

import base64
import binascii
import typing as t
from collections.abc import Mapping

BASE64 = "base64"


def value_of(data: bytes) -> t.Any:
    """The text, or ``{"base64": ...}`` where the bytes are not UTF-8 or hold a null character."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    return {BASE64: base64.b64encode(data).decode("ascii")} if "\0" in text else text


def bytes_of(value: t.Any) -> bytes:
    """The bytes that a value stands for. Raises ``ValueError`` where it is none of the two forms."""
    if isinstance(value, str):
        return value.encode("utf-8")
    encoded = value.get(BASE64) if isinstance(value, Mapping) else None
    if not isinstance(encoded, str):
        raise ValueError("neither text nor base64")
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"the base64 is damaged: {error}") from None
