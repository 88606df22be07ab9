# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as JSON has them, with a few others that stand for something."""

from __future__ import annotations

import operator
import typing as t
from collections.abc import Callable

PLAIN = frozenset({str, int, float, bool, type(None)})  # types of what holds no other value


def substituted(value: t.Any, kinds: tuple[type, ...], instead: Callable[[t.Any], t.Any]) -> t.Any:
    """A value in which everything of some types, at whatever depth, is what ``instead`` says of it.

    What holds none of them is given back as it is and not copied.
    """
    if isinstance(value, kinds):
        return instead(value)
    if isinstance(value, dict):
        found = {
            key: new
            for key, inner in value.items()
            if type(inner) not in PLAIN and (new := substituted(inner, kinds, instead)) is not inner
        }
        return {**value, **found} if found else value
    if isinstance(value, list):
        members = [inner if type(inner) in PLAIN else substituted(inner, kinds, instead) for inner in value]
        return value if all(map(operator.is_, members, value)) else members
    return value
