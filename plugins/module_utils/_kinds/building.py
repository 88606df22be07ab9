# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every member of the flow that holds data has: how it is built, by datasets and managed folders alike."""

from __future__ import annotations

from .parts import mapping
from .shape import FLAG, OBJECTS, TEXT, WHOLE, Field, Shape, described

FLOW_OPTIONS = mapping(
    "flow_options",
    "flowOptions",
    Shape(
        fields=(
            Field("rebuild", "rebuildBehavior", described(TEXT, "NORMAL, EXPLICIT or WRITE_PROTECT.")),
            Field(
                "cross_project_build",
                "crossProjectBuildBehavior",
                described(TEXT, "DEFAULT, or STOP: a build of another project does not go on here."),
            ),
            Field("virtualizable", "virtualizable", described(FLAG, "Whether a build may skip it where SQL allows.")),
            Field(
                "ignore_error_status",
                "ignoreErrorStatusOnBuild",
                described(FLAG, "Whether a build goes on when its rules end in an error."),
            ),
        )
    ),
    "How it is built.",
)

_ORDERING = Shape(
    fields=(
        Field("enabled", "enabled", described(FLAG, "Whether rows are sorted when they are read.")),
        Field("rules", "rules", described(OBJECTS, "By what, with DSS's own names.")),
    )
)
READ_WRITE_OPTIONS = mapping(
    "read_write_options",
    "readWriteOptions",
    Shape(
        fields=(
            Field("preserve_order", "preserveOrder", described(FLAG, "Whether rows keep their order.")),
            Field("write_buckets", "writeBuckets", described(WHOLE, "In how many parts it is written.")),
            Field("single_file", "forceSingleOutputFile", described(FLAG, "Whether it is written as one file.")),
            mapping("read_ordering", "defaultReadOrdering", _ORDERING, "Order in which rows are read."),
        )
    ),
    "How it is read and written.",
)
