# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as JSON has them, with a few others that stand for something."""

from __future__ import annotations

import typing as t
from collections.abc import Callable

PLAIN = frozenset({str, int, float, bool, type(None)})  # types of what holds no other value


def substituted(value: t.Any, kinds: tuple[type, ...], instead: Callable[[t.Any], t.Any]) -> t.Any:
    """A value in which everything of some types, at whatever depth, is what ``instead`` says of it.

    What holds none of them is given back as it is and not copied.
    """
    if isinstance(value, dict):
        result = value
        for key, inner in value.items():
            if type(inner) not in PLAIN and (new := substituted(inner, kinds, instead)) is not inner:
                result = {**result} if result is value else result
                result[key] = new
        return result
    if isinstance(value, list):
        members = value
        for index, inner in enumerate(value):
            if type(inner) not in PLAIN and (new := substituted(inner, kinds, instead)) is not inner:
                members = [*members] if members is value else members
                members[index] = new
        return members
    return instead(value) if isinstance(value, kinds) else value
