# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds by name, each imported and made when it is asked for."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator, Mapping
from importlib import import_module

K = t.TypeVar("K")


class Registry(Mapping[str, K]):
    """Kinds in the order of ``places``, which gives by name the module in ``package`` and the class.

    Which there are is known without importing any.
    """

    def __init__(self, package: str, places: Mapping[str, tuple[str, str]]) -> None:
        self._package = package
        self._places = places
        self._made: dict[str, K] = {}

    def __getitem__(self, name: str) -> K:
        made = self._made.get(name)
        if made is None:
            module, kind = self._places[name]
            # Of two threads that ask at once both get the first: a kind may hold a lock.
            made = self._made.setdefault(name, getattr(import_module(f"{self._package}.{module}"), kind)())
        return made

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
