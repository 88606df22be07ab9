# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a text must look like in a configuration so that it is read back as it is."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._configuration.expressions import Expander, Scope, Unfilled, escape
from .._configuration.variables import Protected
from .secrets import Secrets
from .yaml_text import Unsafe

_TEMPLATES = ("{{", "{%", "{#")
_DSS = Expander(Scope())  # knows only the names that DSS itself expands


class _Left(Exception):
    """The value holds a secret where no variable can stand."""


def written(value: t.Any, guard: Protected, secrets: Secrets, left: list[str], path: str = "") -> t.Any:
    """A value as it is written: template markers unsafe, ``${`` doubled where it would be ours, secrets as variables.

    ``guard`` says where the schema leaves text alone. There no variable can stand, so a secret is left out, and
    ``left`` learns its path.
    """
    if isinstance(value, Mapping):
        guards = guard if isinstance(guard, dict) else {}
        found = {}
        for key, inner in value.items():
            below = True if guard is True else guards.get(key, guards.get("*"))
            here = f"{path}.{key}" if path else str(key)
            try:
                found[key] = written(inner, below, secrets, left, here)
            except _Left:
                left.append(here)
        return found
    if isinstance(value, list):
        below = True if guard is True else guard.get("*") if isinstance(guard, dict) else None
        items = []
        for index, inner in enumerate(value):
            here = f"{path}[{index}]"
            try:
                items.append(written(inner, below, secrets, left, here))
            except _Left:
                left.append(here)
        return items
    return text(value, guard is True, secrets) if isinstance(value, str) else value


def text(value: str, verbatim: bool, secrets: Secrets) -> str:
    """One text as it is written."""
    secret = secrets.secret_in(value)
    if secret is not None:
        if verbatim:
            raise _Left
        return secrets.variable_of(secret)
    if any(marker in value for marker in _TEMPLATES):
        return Unsafe(value)
    return value if verbatim or "${" not in value or _is_left(value) else escape(value)


def _is_left(value: str) -> bool:
    """Whether our substitution leaves the text as it is, because only DSS knows the names in it."""
    try:
        return _DSS.text(value) is value
    except Unfilled:
        return False
