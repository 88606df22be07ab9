# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for a node that answers reads and refuses everything else: an import changes nothing."""

from __future__ import annotations

import typing as t
from pathlib import Path

from .._errors import DssError


class ReadOnly:
    """The writing half of ``Node``, which is never called."""

    def put(self, path: str, body: t.Any, **query: t.Any) -> t.Any:
        """Refused, as all writes are."""
        raise DssError(f"{path} is not written during an import")

    post = put

    def upload(self, path: str, file: Path, **query: t.Any) -> t.Any:
        """Refused."""
        self.put(path, None)

    def post_bytes(self, path: str, data: bytes) -> t.Any:
        """Refused."""
        self.put(path, data)

    def delete(self, path: str, **query: t.Any) -> t.Any:
        """Refused."""
        self.put(path, None)

    def stopped(self) -> str:
        """Nothing long is ever under way."""
        return ""
