#!/usr/bin/python
# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: deployer_project
short_description: Manage a project of the Project Deployer
version_added: 0.3.0
description:
  - Creates, changes or deletes a published project, which holds bundles. Publishing a bundle makes it as well.
  - Only what is declared is compared and changed; every other field belongs to DSS or to a colleague.
  - It is not deleted while deployments use it; the message names them.
author:
  - Dataiku IaC contributors (!UNKNOWN)
extends_documentation_fragment:
  - dataiku_iac.dss._node
  - dataiku_iac.dss._deployer_project
  - dataiku_iac.dss._attributes
options:
  state:
    description:
      - V(present) makes what is declared so. V(absent) deletes it with its bundles.
    type: str
    choices: [present, absent]
    default: present
seealso:
  - module: dataiku_iac.dss.deployer_project_info
  - module: dataiku_iac.dss.deployment
  - module: dataiku_iac.dss.deployer_infrastructure
"""

EXAMPLES = r"""
- name: Where bundles of sales are published
  dataiku_iac.dss.deployer_project:
    key: SALES
    name: Sales
    permissions:
      - group: operators
        read: true
        deploy: true
  delegate_to: prod_deployer

- name: The published project is gone
  dataiku_iac.dss.deployer_project:
    key: SALES
    state: absent
  delegate_to: prod_deployer
"""

RETURN = r"""
plan:
  description: What was to be done, as for M(dataiku_iac.dss.configuration). C(docs/schemas/plan.schema.json) describes it.
  returned: always, unless the options are wrong or the node cannot be reached
  type: dict
  sample: {summary: {create: 1, update: 0, replace: 0, delete: 0, unchanged: 0}}
outcome:
  description: What an apply did, as for M(dataiku_iac.dss.configuration).
  returned: when something was to be changed and this is not check mode
  type: dict
  sample: {applied: [deployer_project.SALES], failed: [], skipped: []}
"""

from ..module_utils._module import main_of


def main() -> None:
    """Run the module."""
    main_of("deployer_project")


if __name__ == "__main__":
    main()
