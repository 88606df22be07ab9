# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Paths of the DSS public API."""

from __future__ import annotations

from urllib.parse import quote


def path_of(*segments: str | None) -> str:
    """A path below the base path, each segment quoted: a name may hold a slash, a space or a question mark."""
    return "".join("/" + quote(str(segment), safe="") for segment in segments)
