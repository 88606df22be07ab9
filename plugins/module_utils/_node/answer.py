# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that are JSON but not what DSS says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .._errors import NodeError


@contextmanager
def understood(what: str, doubtful: bool = False) -> Iterator[None]:
    """An answer in which an expected part is not there becomes a ``NodeError``; ``what`` is what was asked about."""
    try:
        yield
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        part = f" (without {error})" if isinstance(error, KeyError) else ""
        raise NodeError(
            f"the node answered about {what} in a form that this collection does not know{part}: is url the address of a "
            "DSS node, and its version supported?",
            error_type="form",
            doubtful=doubtful,
        ) from error
