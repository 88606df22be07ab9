# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The flow of a project as a graph: from what a recipe reads to the recipe, from the recipe to what it writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .._plan.compare import Document
from .._plan.flow import references

FLOW_KINDS = ("dataset", "managed_folder", "recipe")


@dataclass(frozen=True)
class Flow:
    """``addresses`` of objects by (kind, id), and the documents of the recipes by address."""

    addresses: Mapping[tuple[str, str], str]
    recipes: Mapping[str, Document]


def edges(flow: Flow) -> list[list[str]]:
    """``[from, to]`` for each connection between two known objects, sorted."""
    found = set()
    for recipe, document in flow.recipes.items():
        found |= {(source, recipe) for source in _objects(flow, document, "inputs")}
        found |= {(recipe, target) for target in _objects(flow, document, "outputs")}
    return [list(edge) for edge in sorted(found)]


def _objects(flow: Flow, document: Document, side: str) -> Iterator[str]:
    for ref in references(document, side):
        for kind in ("dataset", "managed_folder"):
            if (kind, str(ref)) in flow.addresses:
                yield flow.addresses[kind, str(ref)]
