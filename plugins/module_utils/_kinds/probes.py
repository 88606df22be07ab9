# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What DSS adds to the probes of metrics: dss-object-shapes.md "metrics.probes[]"."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._plan.compare import Document
from .shape import overlay

# Name and level in the user interface, and when it is computed: dss-object-shapes.md, "metrics.probes[]".
_PROBES: dict[str, tuple[str, int, str]] = {
    "basic": ("Basic data", 0, "PARTITION"),
    "records": ("Record count", 0, "NO"),
    "partitioning": ("Partitioning statistics", 1, "WHOLE_DATASET"),
    "col_stats": ("Columns statistics", 2, "NO"),
    "adv_col_stats": ("Most frequent values", 3, "NO"),
    "percentile_stats": ("Columns percentiles", 4, "NO"),
    "verify_col": ("Data validity", 4, "NO"),
    "python": ("Python probe", 8, "NO"),
    "sql_query": ("SQL probe", 9, "NO"),
    "cell": ("Cell value", 9, "NO"),
}
_PLUGIN_LEVEL = 10
_SETTINGS: dict[str, dict[str, t.Any]] = {
    "adv_col_stats": {"numberTopValues": 10},
    "python": {"envSelection": {"envMode": "INHERIT"}},
    "sql_query": {"singleAggregate": False, "perColumn": False, "canRunOnImpala": True},
}


def probe_defaults(probe: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What DSS adds to a probe of a type."""
    kind = str(probe.get("type"))
    name, level, on_build = _PROBES.get(kind, ("", _PLUGIN_LEVEL, "NO"))
    return {
        "enabled": True,
        "computeOnBuildMode": on_build,
        "meta": {"name": name, "level": level} if name else {"level": level},
        "configuration": _SETTINGS.get(kind, {}),
    }


def with_complete_probes(document: Document) -> Document:
    """A document as it is written: every stored probe has all common members, so one that lacks them is new."""
    metrics = document.get("metrics") or {}
    if all("meta" in probe for probe in metrics.get("probes") or ()):
        return document
    probes = [overlay(probe_defaults(probe), probe) for probe in metrics["probes"]]
    return {**document, "metrics": {**metrics, "probes": probes}}


def standard_probe(kind: str) -> dict[str, t.Any]:
    """A probe as DSS writes it into a new object."""
    return {"type": kind, **probe_defaults({"type": kind})}
