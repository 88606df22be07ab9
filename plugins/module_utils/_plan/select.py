# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Selectors: an address or a pattern with ``*`` (the project may be left out), ``tag:NAME``, ``zone:NAME``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .._configuration.words import Words
from .._errors import DssError, visible
from .._kinds.base import Resource
from .model import Action, Plan

Zones = Mapping[str, frozenset[tuple[str, str]]]  # (kind, id of the object) by the name of the zone
_TAG, _ZONE = "tag:", "zone:"


def selectors_need_zones(only: Iterable[str]) -> bool:
    """Whether the zones of the project have to be read."""
    return any(selector.strip().startswith(_ZONE) for selector in only)


def selected(
    only: Sequence[str], plan: Plan, desired: Mapping[str, Resource], zones: Zones, recorded: Collection[str]
) -> frozenset[str]:
    """The addresses that at least one selector means, of what is planned, forgotten or recorded.

    Raises ``DssError`` with a line for each selector that selects nothing.
    """
    if not only:
        raise DssError("only is an empty list, which selects nothing: leave it out to plan everything")
    names = _names(plan, desired, zones, recorded)
    found: set[str] = set()
    wrong: list[str] = []
    for selector in map(str.strip, only):
        hits = names.matched(selector)
        found |= hits
        if not hits:
            wrong.append(names.why_nothing(selector))
    if wrong:
        raise DssError(visible("\n".join(wrong)))
    return frozenset(found)


@dataclass(frozen=True)
class _Names:
    """What can be selected: addresses by their name without the project, by tag and by zone."""

    project: str
    addresses: Mapping[str, set[str]]
    tags: Mapping[str, set[str]]
    zones: Mapping[str, set[str]]

    def matched(self, selector: str) -> set[str]:
        if selector.startswith(_TAG):
            return _matched(selector.removeprefix(_TAG).strip(), self.tags)
        if selector.startswith(_ZONE):
            return _matched(selector.removeprefix(_ZONE).strip(), self.zones)
        kind, _dot, rest = selector.partition(".")
        head, _dot, name = rest.partition(".")
        found = _matched(selector, self.addresses)
        if head and _pattern(head).fullmatch(self.project):
            found = found | _matched(f"{kind}.{name}" if name else kind, self.addresses)
        return found

    def why_nothing(self, selector: str) -> str:
        """What is wrong with a selector, and the nearest one."""
        zone = _pattern(selector.removeprefix(_ZONE).strip())
        if selector.startswith(_ZONE) and any(map(zone.fullmatch, self.zones)):
            return (
                f"only: {selector} selects nothing: no object of this zone is declared or recorded, and what is to be "
                "created has no zone yet: give its address"
            )
        known = [f"{_TAG}{tag}" for tag in self.tags] + [f"{_ZONE}{zone}" for zone in self.zones]
        known += [*self.addresses, *(address for addresses in self.addresses.values() for address in addresses)]
        what = "the project has no such zone" if selector.startswith(_ZONE) else "nothing of it is declared or recorded"
        return f"only: {selector} selects nothing: {what}{Words(known).nearest(selector)}"


def _names(plan: Plan, desired: Mapping[str, Resource], zones: Zones, recorded: Collection[str]) -> _Names:
    project = next((action.project for action in plan.actions if action.project), "")
    addresses: dict[str, set[str]] = {}
    tags: dict[str, set[str]] = {}
    by_object: dict[tuple[str, str], str] = {}
    for key in dict.fromkeys([*(action.address for action in plan.actions), *plan.forgets, *recorded]):
        addresses.setdefault(_without(project, key), set()).add(key)
    for action in plan.actions:
        for tag in _tags(action, desired):
            tags.setdefault(str(tag), set()).add(action.address)
        if action.object_id is not None:
            by_object[action.kind, action.object_id] = action.address
    members = {zone: {by_object[item] for item in held if item in by_object} for zone, held in zones.items()}
    return _Names(project, addresses, tags, members)


def _without(project: str, address: str) -> str:
    """``dataset.P.NAME`` as ``dataset.NAME``, ``variables.P`` as ``variables``."""
    kind, _dot, rest = address.partition(".")
    if project and rest == project:
        return kind
    return f"{kind}.{rest.removeprefix(project + '.') if project else rest}"


def _tags(action: Action, desired: Mapping[str, Resource]) -> Iterable[object]:
    """The tags that are declared, otherwise those that the object has."""
    resource = desired.get(action.address)
    declared = resource.declared if resource else {}
    return (declared if "tags" in declared else action.before).get("tags") or ()


def _matched(pattern: str, known: Mapping[str, set[str]]) -> set[str]:
    if "*" not in pattern:
        return known.get(pattern, set())
    fits = _pattern(pattern)
    return {address for name, addresses in known.items() if fits.fullmatch(name) for address in addresses}


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    """Only ``*`` is special: an address may hold brackets."""
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.DOTALL)
