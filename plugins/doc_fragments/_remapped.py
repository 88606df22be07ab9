# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where a remapping stands, and whether it is judged."""

    DOCUMENTATION = r"""
options:
  project:
    description:
      - Key of a project on an automation node. Its remapping counts from the next activation on.
    type: str
  deployment:
    description:
      - Id of a deployment on a Project Deployer. Its remapping counts from the next update on.
    type: str
  infrastructure:
    description:
      - Id of an infrastructure on a Project Deployer. Its remapping is taken over by deployments that are made later.
      - Which part of its settings that is is not documented, so it is refused where the settings do not hold it already.
    type: str
  judge:
    description:
      - Whether the table also says what the target lacks.
    type: bool
    default: true
"""
