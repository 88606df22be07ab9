# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Samples of a kind: values for each of its author fields, and what they need around them."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .sandbox import SandboxProcess

KEY = "P"
Values = t.Any  # a list of values, or a strategy of hypothesis


def nothing_more(sandbox: SandboxProcess) -> None:
    """The node needs nothing besides what is declared."""


@dataclass(frozen=True)
class Sample:
    """Values to try, field by field, on one object of a kind.

    ``base`` is the author mapping with what it cannot be without. ``fields`` gives for each field at least two values that
    differ, as a list or as a strategy. ``around`` are further sections of the configuration of project ``P``, ``beside`` what else has
    to be declared of the object while a field is tried, ``prepare`` makes on the empty node what cannot be declared
    (``P`` exists by then). ``shown`` names fields whose change is shown under another name, ``silent`` those that say how an apply
    works and are no part of the object.
    """

    base: Mapping[str, t.Any]
    fields: Mapping[str, Values]
    around: Mapping[str, t.Any] = field(default_factory=dict)
    beside: Mapping[str, Mapping[str, t.Any]] = field(default_factory=dict)
    prepare: Callable[[SandboxProcess], None] = nothing_more
    shown: Mapping[str, Sequence[str]] = field(default_factory=dict)
    silent: Sequence[str] = ()
