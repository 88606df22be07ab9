# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a message to people has to look like."""

from __future__ import annotations

import re

_CLASS = re.compile(r"\b[A-Za-z]*(Error|Exception|Pool|Object|NoneType)\b|\b0x[0-9a-f]{6,}|<[a-z_.]+ object|Traceback")


def assert_readable(message: str) -> None:
    """Each line is one sentence: no class of Python, no traceback, no doubled prefix, no empty part."""
    for line in message.splitlines():
        assert line.strip(), message
        assert not _CLASS.search(line), line
        assert ": :" not in line and ";;" not in line and "()" not in line and not line.endswith((":", ";", ",")), line
        first = line.split(": ", 1)[0]
        assert not line.startswith(f"{first}: {first}: "), line
