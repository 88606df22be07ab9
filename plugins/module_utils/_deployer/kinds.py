# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of the kinds of the Project Deployer, which no configuration declares: static, as that of the others."""

from __future__ import annotations

from .base import DeployerKind
from .deployment import Deployment
from .infrastructure import DeployerInfrastructure
from .published import DeployerProject

DEPLOYER: dict[str, DeployerKind] = {
    kind.name: kind for kind in (DeployerInfrastructure(), DeployerProject(), Deployment())
}
