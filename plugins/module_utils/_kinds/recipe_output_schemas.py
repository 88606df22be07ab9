# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schemas of what a recipe writes: DSS works them out when it is asked to, not when a recipe changes (dss-api.md 2.6)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from graphlib import CycleError, TopologicalSorter

from .._errors import DssError
from .base import Done, FollowUp, Node
from .paths import path_of
from .recipe_types import has_output_schemas

# Author fields on which the columns of the outputs depend.
_DECISIVE = ("type", "inputs", "outputs", "payload", "params")


def updates(done: Sequence[Done], drop_data: bool) -> list[list[FollowUp]]:
    """The calls for the recipes that were made or work in another way, those first that others read from.

    One call asks what is to change, and one more changes each output that needs it.
    """
    recipes = {entry.object_id: entry for entry in done if _outputs(entry) and (entry.made or _works_otherwise(entry))}
    return [
        [partial(_update, recipes[name], drop_data) for name in batch] for batch in _batches(list(recipes.values()))
    ]


def _outputs(entry: Done) -> list[str]:
    """The outputs whose schemas are DSS's to say."""
    known = has_output_schemas(entry.resource.declared.get("type"))
    return list(entry.resource.aside.get("schemas_of") or ()) if known else []


def _works_otherwise(entry: Done) -> bool:
    return any(path.startswith(_DECISIVE) for path in entry.changed)


def _batches(recipes: Sequence[Done]) -> list[list[str]]:
    makers = {ref: entry.object_id for entry in recipes for ref in _refs(entry, "outputs")}
    needs = {
        entry.object_id: {
            makers[ref] for ref in _refs(entry, "inputs") if makers.get(ref, entry.object_id) != entry.object_id
        }
        for entry in recipes
    }
    sorter = TopologicalSorter(needs)
    try:
        sorter.prepare()
    except CycleError:
        return [sorted(needs)]  # DSS has no cycles, but what is declared may
    batches = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        sorter.done(*ready)
        batches.append(ready)
    return batches


def _refs(entry: Done, side: str) -> Iterable[t.Any]:
    for content in (entry.resource.declared.get(side) or {}).values():
        for item in content.get("items") or ():
            yield item["ref"]


def _update(entry: Done, drop_data: bool, node: Node) -> str:
    """Update the schemas of one recipe; a warning, or an empty text."""
    base = path_of("projects", entry.resource.project, "recipes", entry.object_id)
    try:
        answer = node.get(base + "/schema-update")
        if not answer.get("totalIncompatibilities"):
            return ""
        for computable in answer.get("computables") or ():
            if computable.get("type") == "DATASET" and computable.get("datasetName") in _outputs(entry):
                node.post(base + "/actions/updateOutputSchema", _body(computable, drop_data))
    except DssError as error:
        return (
            f"{entry.resource.address} is as declared, but the schemas of {', '.join(_outputs(entry))} could not be updated: "
            f"{error}; update them in DSS, declare them, or set update_output_schemas to false"
        )
    return ""


def _body(computable: Mapping[str, t.Any], drop_data: bool) -> dict[str, t.Any]:
    """Dataiku's client drops and makes tables anew; here data goes only with ``drop_data``."""
    return {
        "computableType": "DATASET",
        "computableId": computable["datasetName"],
        "newSchema": computable.get("newSchema"),
        "dropAndRecreate": drop_data,
        "synchronizeMetastore": True,
    }
