# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which metrics the probes of an object define, and what is known of their values without any data (dss-api.md 2.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .documents import Document

# Ids of the standard metrics: displayedState and metricId of the corpus.
_OF_PROBE = {
    "basic": ("COUNT_COLUMNS", "COUNT_FILES", "SIZE"),
    "records": ("COUNT_RECORDS",),
    "partitioning": ("COUNT_PARTITIONS",),  # unverified
}
_OF_FILES = ("COUNT_FILES", "SIZE")


@dataclass(frozen=True)
class Facts:
    """What the sandbox node knows of an object: its columns (None for a folder) and the sizes of its files, if it has any."""

    columns: int | None
    files: tuple[int, ...] | None

    def value(self, metric_id: str) -> int:
        """There are no rows and no partitions here."""
        known = {
            "basic:COUNT_COLUMNS": self.columns or 0,
            "basic:COUNT_FILES": len(self.files or ()),
            "basic:SIZE": sum(self.files or ()),
        }
        return known.get(metric_id, 0)


def defined(probes: list[Document], facts: Facts) -> Iterator[str]:
    """Ids of the metrics of the probes that are switched on; what code and plugins yield shows only when it runs."""
    for probe in probes:
        kind = probe.get("type")
        if not probe.get("enabled", True):
            continue
        for name in _OF_PROBE.get(str(kind), ()):
            if (name not in _OF_FILES or facts.files is not None) and (
                name != "COUNT_COLUMNS" or facts.columns is not None
            ):
                yield f"{kind}:{name}"
        for aggregate in probe.get("configuration", {}).get("aggregates", ()):
            yield f"{kind}:{aggregate.get('aggregated')}:{aggregate.get('column')}"


def point(metric_id: str, value: Any, partition: str, now: int) -> Document:
    """A computed value; ``value`` is text, as the client casts it by ``dataType``."""
    kinds: Mapping[type, str] = {int: "BIGINT", float: "DOUBLE"}
    return {
        "metricId": metric_id,
        "partition": partition,
        "value": str(value),
        "dataType": kinds.get(type(value), "STRING"),
        "computed": now,
    }
