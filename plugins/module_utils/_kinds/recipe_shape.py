# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of recipes: dss-api.md 2.6, dss-object-shapes.md "Recipes"."""

from __future__ import annotations

from functools import cache

from . import recipe_types
from .recipe_items import ITEMS, items_from_dss, items_to_dss
from .recipe_payloads.defaults import SCREEN
from .selections import CODE_ENV, CONTAINER, SELECTION
from .shape import FLAG, OBJECT, OBJECTS, TEXT, TEXTS, WHOLE, Field, Schema, Shape, described, without_ui_state

_PAYLOAD: Schema = {"anyOf": [{"type": "object"}, {"type": "string"}]}


@cache
def shape(engine: str, container: str) -> Shape:
    """The fields, with the places of engine and container selection, which differ by type."""
    return Shape(
        fields=(
            Field(
                "type",
                "type",
                described(TEXT, "Type of the recipe: python, sql_query, shaker, join, grouping, sync ..."),
            ),
            Field("inputs", "inputs", described(ITEMS, "What it reads."), items_to_dss, items_from_dss),
            Field("outputs", "outputs", described(ITEMS, "What it writes."), items_to_dss, items_from_dss),
            Field("code", "code", described(TEXT, "Program text of a code recipe.", **{"x-verbatim": True})),
            Field("engine", engine, described(TEXT, "Engine to run on: DSS, SQL, SPARK ...")),
            Field(
                "container",
                container,
                described(SELECTION, "Name of a container configuration, or DSS's own selection."),
                *CONTAINER,
            ),
            Field(
                "code_env",
                "params.envSelection",
                described(SELECTION, "Name of a code environment, or DSS's own selection."),
                *CODE_ENV,
            ),
            Field(
                "payload",
                "payload",
                described(_PAYLOAD, "Settings of a visual recipe, as DSS stores them.", **{"x-verbatim": True}),
                without_ui_state,
            ),
            Field(
                "params",
                "params",
                described(OBJECT, "Parameters of the type, with DSS's own names; short forms for join and grouping."),
            ),
            Field("description", "description", described(TEXT, "Long description.")),
            Field("short_description", "shortDesc", described(TEXT, "One line on what it does.")),
            Field("tags", "tags", described(TEXTS, "Tags, in any order.")),
            Field("variables", "variables", described(OBJECT, "Variables of this recipe alone.")),
            Field(
                "never_recompute",
                "neverRecomputeExistingPartitions",
                described(FLAG, "Whether partitions that exist are kept."),
            ),
            Field(
                "redispatch_partitioning",
                "redispatchPartitioning",
                described(FLAG, "Whether rows choose their partition."),
            ),
            Field(
                "max_running_activities",
                "maxRunningActivities",
                described(WHOLE, "Most activities at once, 0 for no limit."),
            ),
            Field("hash_propagation", "hashPropagationBehavior", described(TEXT, "How rebuilds spread downstream.")),
            Field("custom_fields", "customFields", described(OBJECT, "Values of custom fields.")),
            Field("custom_meta", "customMeta.kv", described(OBJECT, "Custom metadata, name to value.")),
            Field("checklists", "checklists.checklists", described(OBJECTS, "Checklists, with DSS's own names.")),
            Field("labels", "labels", described(TEXTS, "Labels.")),
            Field("dku_properties", "dkuProperties", described(OBJECTS, "Free properties, C(name) and C(value).")),
        ),
        defaults=recipe_types.defaults,
        computed=frozenset({"versionTag", "creationTag", *SCREEN}),
    )
