# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Order: what has to exist before what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from .._errors import DssError


def in_order(addresses: Sequence[str], needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Addresses such that each comes after what it needs, otherwise in the given order.

    Linear in addresses plus edges and without recursion. Raises ``DssError`` with the whole path of a cycle.
    """
    waiting = dict.fromkeys(addresses, 0)  # for how many needs
    users: dict[str, list[str]] = {}
    for address in addresses:
        for need in needs.get(address, ()):
            if need in waiting:
                waiting[address] += 1
                users.setdefault(need, []).append(address)
    place = {address: index for index, address in enumerate(addresses)}
    ready = [address for address in addresses if not waiting[address]]
    ordered: list[str] = []
    while ready:
        ordered += ready
        following = []
        for user in (user for address in ready for user in users.get(address, ())):
            waiting[user] -= 1
            if not waiting[user]:
                following.append(user)
        ready = sorted(following, key=place.__getitem__)
    if len(ordered) < len(waiting):
        raise DssError(f"these resources need one another: {' -> '.join(_cycle(waiting, needs))}")
    return ordered


def _cycle(addresses: Collection[str], needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Addresses of which each needs the next one, the last of them being the first."""
    known = {address: [need for need in needs.get(address, ()) if need in addresses] for address in addresses}
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []
