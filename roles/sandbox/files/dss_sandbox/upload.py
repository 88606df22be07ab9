# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one file of a multipart upload (dss-api.md 1.1: the field is called `file`)."""

from __future__ import annotations

import re

from .errors import bad_request

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_FIELD = re.compile(rb'\bname="([^"]*)"')
_FILENAME = re.compile(rb'\bfilename="([^"]*)"')


def file_of(content_type: str, body: bytes) -> tuple[str, bytes]:
    """The file's name, which may be empty, and its bytes."""
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise bad_request("Expected a multipart body")  # unverified text
    for part in body.split(b"--" + found.group(1).encode("latin-1")):
        head, blank, data = part.partition(b"\r\n\r\n")
        field = _FIELD.search(head)
        if not blank or field is None or field.group(1) != b"file":
            continue
        filename = _FILENAME.search(head)
        return (filename.group(1).decode("utf-8", "replace") if filename else ""), data[:-2]
    raise bad_request("The multipart body has no field called file")  # unverified text
