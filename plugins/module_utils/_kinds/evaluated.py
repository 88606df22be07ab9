# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What saved models and evaluation stores have in common: metrics, checks, how they are built."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping
from dataclasses import replace

from .._plan.compare import Document, Rule
from . import quality
from .base import Neighbours, Resource
from .building import FLOW_OPTIONS
from .dataset_types import ENGINE_CONFIG
from .dataset_types import FLOW_OPTIONS as FLOW_DEFAULTS
from .metrics import METRICS
from .partitioning import PARTITIONING, PARTITIONING_DEFAULTS, PARTITIONING_RULES
from .probes import probe_defaults, with_complete_probes
from .project_objects import TAGS, Named
from .shape import TEXT, Field, described

_CHECKS = "metricsChecks.checks"
FIELDS: tuple[Field, ...] = (
    Field("rebuild", "rebuildBehavior", described(TEXT, "When it is built: V(EXPLICIT), V(NORMAL) ...")),
    FLOW_OPTIONS,
    PARTITIONING,
    METRICS,
    quality.checks(_CHECKS, "Checks: a list, or a mapping with C(items) and C(exclusive)."),
    quality.quality("metricsChecks"),
)
DEFAULTS: Mapping[str, t.Any] = {
    "rebuildBehavior": "EXPLICIT",
    "flowOptions": FLOW_DEFAULTS,
    "partitioning": PARTITIONING_DEFAULTS,
    "metrics": {
        "engineConfig": ENGINE_CONFIG,
        "displayedState": {"partition": "NP", "columns": [], "metrics": ["reporting:BUILD_DURATION"]},
    },
    "metricsChecks": {"runOnBuild": False, "displayedState": {"partition": "NP"}},
}


class Evaluated(Named):
    """An object of the flow with metrics and checks, which takes its data along when it is deleted."""

    data_goes_along = True
    rules: Mapping[str, Rule] = {**TAGS, **PARTITIONING_RULES, **quality.compared(_CHECKS, {})}

    def finish(self, built: Resource, author: Mapping[str, t.Any], neighbours: Neighbours) -> Resource:
        built = super().finish(built, author, neighbours)
        return replace(
            built,
            rules={**built.rules, **quality.compared(_CHECKS, author)},
            notes=(*built.notes, *quality.notes(author)),
        )

    def complete(self, document: Document, resource: Resource) -> Document:
        return with_complete_probes(document)

    def part_defaults(self, pattern: str, part: t.Any) -> Mapping[str, t.Any]:
        known = {f"{_CHECKS}[]": quality.rule_defaults, "metrics.probes[]": probe_defaults}
        return known[pattern](part) if pattern in known else super().part_defaults(pattern, part)
