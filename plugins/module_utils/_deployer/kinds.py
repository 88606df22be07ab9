# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of the kinds of the Project Deployer, which no configuration declares: made as that of the others."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._kinds.registry import Registry

if t.TYPE_CHECKING:  # only what is imported somewhere is packed for a host
    from . import deployment, infrastructure, published  # noqa: F401
    from .base import DeployerKind

DEPLOYER: Mapping[str, DeployerKind] = Registry(
    str(__package__),
    {
        "deployer_infrastructure": ("infrastructure", "DeployerInfrastructure"),
        "deployer_project": ("published", "DeployerProject"),
        "deployment": ("deployment", "Deployment"),
    },
)
