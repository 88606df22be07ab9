# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every place that keeps states can do: read, conditional write, remove."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import dataclass

from .._errors import DssError


class BackendError(DssError):
    """The place that keeps the state cannot be used; the message says what to do."""


class Moved(BackendError):
    """A conditional write found another content than expected: somebody else wrote in the meantime."""


@dataclass(frozen=True)
class Blob:
    """The content kept under a name; ``version`` changes with every write."""

    data: bytes
    version: str


class Anything:
    """The expectation of an unconditional write."""


ANYTHING = Anything()
Expected = t.Union[str, None, Anything]


class Backend(t.Protocol):
    """Where states, locks, journals and plans are kept, by names such as ``prod/SALES.state.json``.

    A name consists of letters, digits, ``_``, ``-``, ``.`` and ``/``. Raises ``BackendError``.
    """

    @property
    def place(self) -> str:
        """Where it is, for messages; holds no secret."""

    def read(self, name: str) -> Blob | None:
        """The content, or None when there is none."""

    def write(self, name: str, data: bytes, expected: Expected, beside: Mapping[str, bytes] | None = None) -> str:
        """Write if the version is still the expected one (None: nothing is there); returns the new version.

        ``beside`` is written first and unconditionally: copies whose content nobody disputes. Never half done: a
        reader sees the old or the new content. Raises ``Moved``.
        """

    def remove(self, name: str) -> None:
        """Remove what is there, if anything."""

    def close(self) -> None:
        """Give back sockets and files."""
