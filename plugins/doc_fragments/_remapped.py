# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

from ..module_utils._documentation import fragment_with, other_node


def _name(*description: str) -> dict[str, t.Any]:
    return {"description": list(description), "type": "str"}


ModuleDocFragment = fragment_with(
    {
        "project": _name("Key of a project on an automation node. Its remapping counts from the next activation on."),
        "deployment": _name("Id of a deployment on a Project Deployer. Its remapping counts from the next update on."),
        "infrastructure": _name(
            "Id of an infrastructure on a Project Deployer. Its remapping is taken over by deployments that are made later.",
            "Which part of its settings that is is not documented, so it is refused where the settings do not hold it "
            "already.",
        ),
        "judge": {
            "description": ["Whether the table also says what the target lacks."],
            "type": "bool",
            "default": True,
        },
        "source": other_node(
            "The design node, so that the project there and its connections are compared. Without it the project that is "
            "on the target counts, and whether tables would be the same is not known."
        ),
        "target": other_node(
            "The automation node of the O(deployment) or O(infrastructure). Without it nothing is judged there."
        ),
    }
)
