# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Partitioning of datasets and managed folders: dss-api.md 2.4 "Partitioning", dss-object-shapes.md "partitioning"."""

from __future__ import annotations

import typing as t

from .._plan.compare import Keyed, Rule
from .parts import mapping, members
from .shape import FLAG, TEXT, Field, Shape, described

_PERIODS = ("YEAR", "MONTH", "DAY", "HOUR")

_DIMENSION = Shape(
    fields=(
        Field("name", "name", described(TEXT, "Name of the dimension.")),
        Field(
            "type",
            "type",
            described(TEXT, "V(discrete) for values, which DSS calls value, or V(time)."),
            lambda kind: "value" if kind == "discrete" else kind,
            lambda kind: "discrete" if kind == "value" else kind,
        ),
        Field(
            "period",
            "params.period",
            described(TEXT, f"For time: {', '.join(_PERIODS[:-1])} or {_PERIODS[-1]}, in any case."),
            lambda period: period.upper() if str(period).upper() in _PERIODS else period,
        ),
    )
)
_PARTITIONING = Shape(
    fields=(
        members("dimensions", "dimensions", _DIMENSION, "The dimensions, in order."),
        Field(
            "file_path_pattern",
            "filePathPattern",
            described(TEXT, "For files: where a partition lies, such as C(/%{country}/%Y/%M/.*)."),
        ),
        Field(
            "ignore_non_matching_files",
            "ignoreNonMatchingFile",
            described(FLAG, "Whether files that do not fit the pattern are passed over."),
        ),
        Field(
            "missing_partitions_are_empty",
            "considerMissingRequestedPartitionsAsEmpty",
            described(FLAG, "Whether a partition that is asked for and not there counts as empty."),
        ),
    )
)

PARTITIONING = mapping("partitioning", "partitioning", _PARTITIONING, "How the data is partitioned.")
PARTITIONING_RULES: dict[str, Rule] = {"partitioning.dimensions": Keyed(("name",), by_position=True)}
PARTITIONING_DEFAULTS: dict[str, t.Any] = {
    "ignoreNonMatchingFile": False,
    "considerMissingRequestedPartitionsAsEmpty": False,
}
