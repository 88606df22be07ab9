# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Order: what has to exist before what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from .._errors import DssError


def in_order(addresses: Sequence[str], needs: Mapping[str, Iterable[str]]) -> list[str]:
    """Addresses such that each comes after what it needs, otherwise in the given order.

    Linear in addresses plus edges and without recursion. Raises ``DssError`` with the whole path of a cycle.
    """
    known = set(addresses)
    graph = {address: [need for need in needs.get(address, ()) if need in known] for address in addresses}
    try:
        sorter = TopologicalSorter(graph)
        sorter.prepare()
    except CycleError as error:
        raise DssError(f"these resources need one another: {' -> '.join(reversed(error.args[1]))}") from None
    place = {address: index for index, address in enumerate(addresses)}
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        ordered.extend(ready)
        sorter.done(*ready)
    return ordered
