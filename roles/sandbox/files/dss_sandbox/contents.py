# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that need not be text, in a store of texts: library files may be anything."""

from __future__ import annotations

import base64

_MARK = "\x00base64:"  # no text of a project begins with a null character


def stored(data: bytes) -> str:
    """The text that stands for some bytes: themselves where they are UTF-8."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _MARK + base64.b64encode(data).decode("ascii")
    return _MARK + base64.b64encode(data).decode("ascii") if text.startswith(_MARK) else text


def data_of(text: str) -> bytes:
    """The bytes that a stored text stands for."""
    return base64.b64decode(text[len(_MARK) :]) if text.startswith(_MARK) else text.encode("utf-8")


def is_binary(text: str) -> bool:
    """Whether a stored text stands for bytes that are no text."""
    return text.startswith(_MARK)
