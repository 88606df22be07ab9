# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a resource needs: the addresses that go first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from .._kinds.base import Kind, Resource, address
from .checks import explicit_env


class Needs:
    """The needs of the resources of one configuration, as far as it declares them."""

    def __init__(self, desired: Mapping[str, Resource], kinds: Mapping[str, Kind]) -> None:
        self._desired = desired
        self._kinds = kinds

    def of(self, own: str, resource: Resource) -> tuple[str, ...]:
        """The addresses that a resource, whose own is given, needs: each once, in the order in which it names them."""
        needs = []
        if resource.project and resource.kind != "project":
            needs.append(address("project", resource.project, resource.project))
        for kind, name in resource.references:
            needs.append(self._address(resource, kind, name))
        code_env = explicit_env(resource.declared)
        if code_env:
            needs.append(self._address(resource, "code_env", code_env))
        for entry in resource.depends_on:
            needs += self._by_ending.get(entry, ())
        return tuple(key for key in dict.fromkeys(needs) if key in self._desired and key != own)

    def _address(self, resource: Resource, kind: str, name: str) -> str:
        return address(kind, resource.project if self._kinds[kind].scope == "project" else None, name)

    @cached_property
    def _by_ending(self) -> dict[str, list[str]]:
        """The addresses by all that ``depends_on`` may say of them: the whole, and what follows a dot."""
        found: dict[str, list[str]] = {}
        for key in self._desired:
            ending, dot = key, "."
            while dot:
                found.setdefault(ending, []).append(key)
                _head, dot, ending = ending.partition(".")
        return found
